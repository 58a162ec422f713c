"""Where the desk keeps its things: the hidden room `.faqbot` of a knowledge folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

Files = dict[str, bytes]  # name relative to the folder ("sources/x.txt" too) -> bytes


class DeskError(Exception):
    """What the desk cannot do; its text tells the office why, and how to go on."""


class Place:
    """A knowledge folder, and the hidden room in it where the desk keeps its things.

    Nothing is read or made until it is needed. One Place may be used by several threads.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.room = folder / ".faqbot"
        self.draft = self.room / "draft"
        self.draft_files = self.draft / "files"
        self.versions = self.room / "versions"
        self.publishing = self.room / "publishing"
        self.paused = self.room / "paused"
        self.journal = self.room / "journal.sqlite"

    def ready(self) -> None:
        """Make the room where there is none yet; raises DeskError where that cannot be."""
        raise NotImplementedError

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Only one thread of one process at a time; the same one may enter it again.

        Makes the room. Raises DeskError after 10 seconds of waiting, and in place of an OSError
        inside: a full disk, a folder that may not be written.
        """
        raise NotImplementedError
        yield


def read_files(folder: Path) -> Files:
    """The folder's knowledge files as of one moment; what cannot be read is left out.

    While a publish is under way these are the files of the new version.
    """
    raise NotImplementedError


def digest(files: Mapping[str, bytes]) -> str:
    """What `Knowledge.digest` of a folder with these files is."""
    raise NotImplementedError

"""Where the desk keeps its things: the hidden room `.faqbot` of a knowledge folder."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from faqbot import knowledge
from faqbot.knowledge.snapshot import PUBLISHING, WORKSPACE, take_snapshot

Files = dict[str, bytes]  # name relative to the folder ("sources/x.txt" too) -> bytes

digest = knowledge.digest

PATIENCE = 10.0  # seconds to wait for somebody who is just saving
_MAY_BE_LINKS = ("password", "secret", "journal.sqlite")  # as systems that keep secrets make them
_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


class DeskError(Exception):
    """What the desk cannot do; its text tells the office why, and how to go on."""


class Busy(DeskError):  # noqa: N818
    """Somebody else is just saving."""

    def __init__(self) -> None:
        super().__init__("Somebody else is just saving. Nothing is lost: try again in a moment.")


class Workspace:
    """A knowledge folder, and the hidden room in it where the desk keeps its things.

    Nothing is read or made until it is needed. One Place may be used by several threads.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.room = folder / WORKSPACE
        self.draft = self.room / "draft"
        self.draft_files = self.draft / "files"
        self.versions = self.room / "versions"
        self.publishing = self.room / PUBLISHING
        self.paused = self.room / "paused"
        self.journal = self.room / "journal.sqlite"
        self._mine = threading.local()  # whether this thread holds the lock

    def ready(self) -> None:
        """Make the room where there is none yet; raises DeskError where that cannot be."""
        if not self.folder.is_dir():
            raise DeskError(f"There is no folder {self.folder}. Check how its name is written.")
        self.refuse_links()
        try:
            self.room.mkdir(mode=0o700, exist_ok=True)
            with suppress(FileExistsError), (self.room / ".gitignore").open("x") as file:
                file.write("*\n")
        except OSError as error:
            raise self._in_words(error) from error

    def refuse_links(self) -> None:
        """Raise a DeskError where the room, or what is written in it, is a link elsewhere."""
        for path in (self.room, *_links_in(self.room), *_links_in(self.draft)):
            if os.path.islink(path):  # False where it may not be looked at
                raise DeskError(
                    f"{path.relative_to(self.folder)} is a link to another place, "
                    "which is not safe. Remove the link, and try again."
                )

    @contextmanager
    def lock(self, wait: float = PATIENCE) -> Iterator[None]:
        """Only one thread of one process at a time; the same one may enter it again.

        Makes the room. Raises Busy after so many seconds, and a DeskError in place of an OSError
        inside: a full disk, a folder that may not be written.
        """
        if getattr(self._mine, "held", False):
            yield
            return
        self.ready()
        try:
            with FileLock(self.room / "lock", timeout=wait), self._holding():
                yield
        except Timeout:
            raise Busy from None
        except OSError as error:
            raise self._in_words(error) from error

    @contextmanager
    def _holding(self) -> Iterator[None]:
        self._mine.held = True
        try:
            yield
        finally:
            self._mine.held = False

    def _in_words(self, error: OSError) -> DeskError:
        if error.errno in _FULL:
            return DeskError("The disk is full, so nothing was saved. Make room, and try again.")
        if error.errno in _FORBIDDEN:
            return DeskError(
                f"faqbot may not write in the folder {self.folder}, so nothing was saved. "
                "Ask whoever looks after the server to allow it, and try again."
            )
        return DeskError(
            f"Nothing was saved: {error.strerror or error}. "
            "Try again; if it stays so, ask whoever looks after the server."
        )


def _links_in(room: Path) -> list[Path]:
    with suppress(OSError), os.scandir(room) as found:
        return [
            Path(one.path) for one in found if one.is_symlink() and one.name not in _MAY_BE_LINKS
        ]
    return []


def read_files(folder: Path) -> Files:
    """The folder's knowledge files as of one moment; a file that cannot be read is left out.

    While a publish is under way these are the files of the new version. Raises DeskError where
    the folder itself cannot be read.
    """
    snapshot = take_snapshot(folder)
    if snapshot.refused:
        raise DeskError("\n".join(map(str, snapshot.problems)))
    return snapshot.files

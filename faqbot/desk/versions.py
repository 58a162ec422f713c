"""Publishing: a whole new version of the folder or none of it; and going back to earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from faqbot.desk.place import DeskError, Files, Place
from faqbot.knowledge import Problem

MOST = 200  # versions are kept
AS_FOUND = "as found in the folder"  # the note of a version that was not published by the desk


@dataclass(frozen=True, slots=True)
class Version:
    """A state of the folder that is kept; who is empty where nobody published it at the desk."""

    id: str  # "0007"
    when: datetime  # UTC
    who: str
    note: str
    digest: str


class Outdated(DeskError):
    """The folder is no longer as it was when the work began."""


class Broken(DeskError):
    """The files cannot be published; `problems` says all that is wrong with them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def versions(place: Place) -> list[Version]:
    """All that are kept, the newest first."""
    raise NotImplementedError


def publish(
    place: Place, files: Files, who: str, note: str, expected: str | None = None
) -> Version:
    """Make these the folder's files, all at once.

    `expected` is the digest that the folder must still have, else Outdated is raised. Raises
    Broken where the files do not load. What the folder held before is kept as a version. Files
    that equal the folder's make no new version.
    """
    raise NotImplementedError


def files_of(place: Place, id: str) -> Files:
    """The files of a version; raises DeskError where there is none of this id."""
    raise NotImplementedError


def restore(place: Place, id: str, who: str) -> Version:
    """Publish an earlier version again, as a new one."""
    raise NotImplementedError


def recover(place: Place) -> bool:
    """Finish a publish that was cut off; whether there was one to finish.

    Costs two looks at the disk where there is none. Does nothing while somebody is publishing.
    Raises DeskError where the folder cannot be written: the new version is what is read anyway.
    """
    raise NotImplementedError

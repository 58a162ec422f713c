"""The draft: what has been changed at the desk and is not published yet.

There is one for the practice, on disk, shared by all workers and all who are signed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from faqbot.desk.place import DeskError, Files, Place
from faqbot.desk.versions import Version

if TYPE_CHECKING:
    from faqbot.desk.editing import EntryText

Action = Literal["phrasing", "entry", "office", "ignore"]
Side = Literal["draft", "folder"]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was done to the draft."""

    who: str
    when: datetime  # UTC
    what: str  # a sentence: "Changed the answer of “How long…?”."


@dataclass(frozen=True, slots=True)
class Taken:
    """A visitor's question of the journal that the draft takes care of."""

    question: str  # as the journal has it
    action: Action
    entry: str = ""  # the id of the entry that it went to


@dataclass(frozen=True, slots=True)
class Draft:
    """The folder as it was when the draft began, and as it will be."""

    base: Files
    files: Files
    changes: tuple[Change, ...] = ()
    taken: tuple[Taken, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to publish."""
        return self.base == self.files and not self.taken

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of the files that will be other than they were, sorted."""
        names = self.base.keys() | self.files.keys()
        return tuple(sorted(n for n in names if self.base.get(n) != self.files.get(n)))


@dataclass(frozen=True, slots=True)
class Clash:
    """What was changed in the draft and, differently, in the folder."""

    file: str
    entry_id: str  # empty where the whole file is meant
    question: str
    draft_text: str  # empty where it was removed
    folder_text: str

    @property
    def key(self) -> str:
        """Names it when choosing: the entry's id, or the file's name."""
        return self.entry_id or self.file


class Conflict(DeskError):
    """Somebody else saved the same text in the meantime; nothing was saved, nothing is lost."""

    def __init__(self, mine: str, theirs: str) -> None:
        super().__init__(
            "Somebody else changed this in the meantime. Look at both texts, "
            "put what you want to keep into one, and save again."
        )
        self.mine = mine
        self.theirs = theirs  # what stands in the draft now; empty where it was removed


class Clashes(DeskError):
    """The folder was changed since the draft began, in the same places."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__(
            "The knowledge folder was changed since this draft began, in the same places. "
            "Choose for each of them which text to keep."
        )
        self.clashes = tuple(clashes)


def read(place: Place) -> Draft:
    """The draft; where there is none, one that changes nothing."""
    raise NotImplementedError


def text_of(data: bytes) -> str:
    """A file's bytes as a person edits them: plain line ends, and never an error."""
    raise NotImplementedError


def fingerprint(text: str) -> str:
    """A short name for a text; line ends do not count, since browsers change them."""
    raise NotImplementedError


def save_file(
    place: Place, name: str, text: str, before: str, who: str, what: str, taken: Taken | None = None
) -> Draft:
    """Put a file's whole text into the draft; a blank text removes the file.

    `before` is the fingerprint of the text that the person started from ("" counts as none yet);
    raises Conflict where the draft has another by now, DeskError where the name is not one of a
    knowledge file.
    """
    raise NotImplementedError


def save_entry(
    place: Place,
    file: str,
    entry_id: str | None,
    entry: EntryText,
    before: str | None,
    who: str,
    taken: Taken | None = None,
) -> Draft:
    """Put one entry into the draft; the rest of its file stays as it is.

    Without `entry_id` it is a new one at the end of the file. `before` is the fingerprint of the
    entry's block (`editing.Block.text`); raises Conflict where the draft has another by now.
    """
    raise NotImplementedError


def add_phrasing(
    place: Place, entry_id: str, phrasing: str, who: str, taken: Taken | None = None
) -> Draft:
    """Add a way to ask to an entry."""
    raise NotImplementedError


def add_office_topic(
    place: Place, question: str, phrasings: Sequence[str], who: str, taken: Taken | None = None
) -> Draft:
    """Add what only the office can answer."""
    raise NotImplementedError


def remove_entry(place: Place, entry_id: str, before: str, who: str) -> Draft:
    """Take an entry out; raises Conflict where its block is not `before` any more."""
    raise NotImplementedError


def mark_reviewed(place: Place, entry_id: str, who: str, on: date) -> Draft:
    """Note that somebody has read the entry and found it right."""
    raise NotImplementedError


def ignore(place: Place, question: str, who: str) -> Draft:
    """Take a question off the list of the unanswered, once the draft is published."""
    raise NotImplementedError


def discard(place: Place) -> None:
    """Throw the draft away."""
    raise NotImplementedError


def conflicts(place: Place) -> list[Clash]:
    """Where draft and folder were both changed since the draft began, and differ."""
    raise NotImplementedError


def rebase(place: Place, choose: Mapping[str, Side], who: str) -> Draft:
    """Take the folder's changes into the draft; `choose` says whose text is kept, by `Clash.key`.

    Raises Clashes with those that nothing was chosen for; then nothing is changed.
    """
    raise NotImplementedError


def publish(place: Place, who: str, note: str = "") -> Version:
    """Publish the draft, with what was changed in the folder meanwhile, and begin anew.

    Raises Clashes, or Broken; then the draft stays. What it has `taken` is to be settled in the
    journal by the caller, who reads it before.
    """
    raise NotImplementedError

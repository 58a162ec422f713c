"""One entry in its file's text: read it, write it, take it out; all else stays byte for byte.

What staff type into a field of the form can never become another part of the file: where it
would, `EditError` says so. Whether the knowledge as a whole is sound is for `knowledge.read`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from faqbot.desk.merging import Merged, merge
from faqbot.knowledge import Role
from faqbot.knowledge.blocks import Block, blocks

__all__ = [
    "Block",
    "EditError",
    "EntryText",
    "Merged",
    "NoEntryError",
    "Slip",
    "add_phrasing",
    "blocks",
    "merge",
    "new_id",
    "phrasings_of",
    "read_entry",
    "remove_entry",
    "write_entry",
]


@dataclass(frozen=True, slots=True)
class EntryText:
    """An entry as staff edit it: the fields of the form."""

    question: str
    id: str
    phrasings: tuple[str, ...] = ()
    answer: str = ""  # Markdown; also the paragraph "En español:" of an emergency
    quotes: tuple[str, ...] = ()
    reviewed: str = ""  # "2026-11-02 by Ann Lee", or nothing


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong with one field: `field` is the name of an attribute of `EntryText`."""

    field: str
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.message} {self.mend}"


class EditError(ValueError):
    """The entry cannot be written as it was typed; `slips` says all that is wrong with it."""

    def __init__(self, *slips: Slip) -> None:
        super().__init__("\n".join(map(str, slips)))
        self.slips = slips


class NoEntryError(EditError):
    """The file has no entry of this id (any more)."""


def read_entry(text: str, entry_id: str, role: Role = Role.ANSWER) -> EntryText:
    """The entry as its fields; raises NoEntryError."""
    raise NotImplementedError


def write_entry(text: str, entry_id: str | None, entry: EntryText) -> str:
    """The file's text with the entry in place of the one of this id; None adds it at the end.

    An entry that did not change leaves the text as it is. Raises EditError.
    """
    raise NotImplementedError


def remove_entry(text: str, entry_id: str) -> str:
    """The file's text without the entry; raises NoEntryError."""
    raise NotImplementedError


def add_phrasing(text: str, entry_id: str, phrasing: str) -> str:
    """The text with one more way to ask the entry; as it is, where the entry has it already."""
    raise NotImplementedError


def new_id(question: str, taken: Iterable[str]) -> str:
    """A short id from the question's words, none of `taken` and none with a meaning of its own."""
    raise NotImplementedError


def phrasings_of(typed: str) -> tuple[str, ...]:
    """What was typed into a field of many lines: each line is a phrasing, with or without dash."""
    raise NotImplementedError

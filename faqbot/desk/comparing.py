"""What a draft changes, entry by entry, in words for the office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from faqbot.knowledge import Knowledge

Op = Literal["same", "out", "in"]


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry that is not as it was; or, with an empty `id`, a file that holds no entries."""

    id: str
    question: str  # of the new entry, else the old one; for a file its name
    file: str
    kind: Literal["new", "removed", "changed"]
    sentences: tuple[str, ...]
    before: str = ""  # the answer, or the page text, as plain text
    after: str = ""
    words: tuple[
        tuple[Op, str], ...
    ] = ()  # "same" and "out" join to `before`, "same" and "in" to `after`


def changes(old: Knowledge, new: Knowledge) -> list[EntryChange]:
    """All that differs: files' entries in the new order, then removed ones, then other files."""
    raise NotImplementedError

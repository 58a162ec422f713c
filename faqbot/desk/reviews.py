"""When each answer should be looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from faqbot.knowledge import Entry, Knowledge


@dataclass(frozen=True, slots=True)
class Due:
    """An entry, who reviewed it last and when, and when it is due."""

    entry: Entry
    last: date | None  # None: never
    by: str
    due: date  # today, where it was never reviewed
    overdue: bool  # also where it was never reviewed


def due(knowledge: Knowledge, today: date) -> list[Due]:
    """Every answer and emergency message, soonest first; none where `review_every` is off."""
    raise NotImplementedError

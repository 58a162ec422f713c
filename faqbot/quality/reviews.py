"""When each answer should be looked at again."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from faqbot.knowledge import Entry, Knowledge, Role

_SPOKEN_TO_VISITORS = (Role.ANSWER, Role.EMERGENCY)  # where a stale word does harm


@dataclass(frozen=True, slots=True)
class Due:
    """An entry, who reviewed it last and when, and when it is due."""

    entry: Entry
    last: date | None  # None: never
    by: str
    due: date  # today, where it was never reviewed
    overdue: bool  # also where it was never reviewed


def due(knowledge: Knowledge, today: date) -> list[Due]:
    """Every answer and emergency message, soonest first; none where `review_every` is off.

    Other entries are listed once somebody has marked them as reviewed.
    """
    months = knowledge.practice.review_every
    entries = [e for e in knowledge.entries if e.role in _SPOKEN_TO_VISITORS or e.reviewed]
    found = [_due(entry, months, today) for entry in entries if months]
    return sorted(found, key=lambda one: (one.last is not None, one.due))


def _due(entry: Entry, months: int, today: date) -> Due:
    if entry.reviewed is None:
        return Due(entry, None, "", today, overdue=True)
    day = months_after(entry.reviewed, months)
    return Due(entry, entry.reviewed, entry.reviewed_by, day, overdue=day < today)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or that month's last, where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))

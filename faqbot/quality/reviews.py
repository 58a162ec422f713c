"""When each answer is due to be read again."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from faqbot.knowledge import Entry, Knowledge, Role

_ALWAYS_DUE = (Role.ANSWER, Role.EMERGENCY)  # where a stale word does harm


@dataclass(frozen=True, slots=True)
class Due:
    """An entry, and when it is due; one that was never reviewed is overdue since today."""

    entry: Entry
    due: date
    overdue: bool


def due(knowledge: Knowledge, today: date) -> list[Due]:
    """Every answer and emergency message, soonest first; none if `review_every` is off.

    Other entries are listed once somebody has marked them as reviewed.
    """
    months = knowledge.practice.review_every
    entries = [e for e in knowledge.entries if e.role in _ALWAYS_DUE or e.reviewed]
    found = [_due(entry, months, today) for entry in entries if months]
    return sorted(found, key=lambda one: (one.entry.reviewed is not None, one.due))


def _due(entry: Entry, months: int, today: date) -> Due:
    day = months_after(entry.reviewed, months) if entry.reviewed else today
    return Due(entry, day, overdue=day < today or not entry.reviewed)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))

"""What visitors asked and got in the last days, counted for the report's charts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from faqbot.journal.store import Count

_FORMULA = re.compile(r"((?:^|;) *)(?=[=+@\t\r-])")
DAILY = 31  # days; a longer report counts by the week
REPLY_KINDS = (  # (kind in the journal, label, pattern), in stacking order from the bottom
    ("answer", "Answered", "answer"),
    ("choices", "Offered a choice", "choices"),
    ("office", "Sent to the phone", "office"),
    ("emergency", "Emergency", "emergency"),
    ("small talk", "Small talk", "small-talk"),
    ("caution", "Answered with a caution", "caution"),
)
QUESTION_KINDS = ("answer", "choices", "office")  # the share of answers is a share of these


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of reply, with a number for each label; `mark` names its colour and pattern."""

    name: str
    mark: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Feedback:
    """How visitors found one answer."""

    entry: str
    helpful: int
    unhelpful: int

    @property
    def total(self) -> int:
        """How many said whether it helped."""
        return self.helpful + self.unhelpful


@dataclass(frozen=True, slots=True)
class Report:
    """All that the charts show; days are the office's."""

    first: date
    last: date
    weekly: bool
    labels: tuple[str, ...]  # the days, or the first days of the weeks, the earliest first
    series: tuple[Series, ...]  # replies by kind
    shares: tuple[float | None, ...]  # of answers, for each label; None where nothing was asked
    most: tuple[tuple[str, int], ...]  # entries and how often each was the answer
    feedback: tuple[Feedback, ...]  # of each answer, least helpful first

    @property
    def total(self) -> int:
        """How many replies there were."""
        return sum(sum(one.numbers) for one in self.series)

    @property
    def answered_share(self) -> float | None:
        """The share of questions that were answered."""
        return _share(*(sum(one.numbers) for one in self.series[: len(QUESTION_KINDS)]))

    @property
    def helpful_share(self) -> float | None:
        """The share of feedback that says that an answer helped."""
        return _share(
            sum(one.helpful for one in self.feedback), sum(one.unhelpful for one in self.feedback)
        )


def report(counts: Iterable[Count], days: int, today: date, zone: tzinfo | None) -> Report:
    """The last `days` days up to today, in the office's time zone; None is the server's."""
    first = today - timedelta(days - 1)
    kept = _within(counts, days, today, zone)
    weekly = days > DAILY
    length = 7 if weekly else 1
    starts = _starts(first, today, length)
    table = Counter[tuple[str, int]]()
    for day, count in kept:
        table[count.kind, (day - starts[0]).days // length] += count.number
    columns = range(len(starts))
    return Report(
        first=first,
        last=today,
        weekly=weekly,
        labels=tuple(_label(start, days) for start in starts),
        series=tuple(
            Series(name, mark, tuple(table[kind, column] for column in columns))
            for kind, name, mark in REPLY_KINDS
        ),
        shares=tuple(
            _share(*(table[kind, column] for kind in QUESTION_KINDS)) for column in columns
        ),
        most=tuple(_by_entry(kept, "answer").most_common()),
        feedback=_feedback(kept),
    )


def cells(
    counts: Iterable[Count], days: int, today: date, zone: tzinfo | None
) -> list[tuple[str, str, str, int]]:
    """The same counts as day, kind, entry and number, for a spreadsheet."""
    table = Counter[tuple[str, str, str]]()
    for day, count in _within(counts, days, today, zone):
        table[day.isoformat(), count.kind, count.entry] += count.number
    return [(*key, number) for key, number in sorted(table.items())]


def words_only(cell: str) -> str:
    """The cell, changed where a spreadsheet would take it for a formula.

    Also after a semicolon, which begins a cell where spreadsheets write 1,5 for one and a half.
    """
    return _FORMULA.sub(r"\1'", cell)


def _within(
    counts: Iterable[Count], days: int, today: date, zone: tzinfo | None
) -> list[tuple[date, Count]]:
    dated = ((count.hour.astimezone(zone).date(), count) for count in counts)
    return [(day, count) for day, count in dated if today - timedelta(days) < day <= today]


def _starts(first: date, last: date, length: int) -> list[date]:
    """The first day of each column; columns end today, so the first may begin a little earlier."""
    number = -(-((last - first).days + 1) // length)
    return [last - timedelta(length * column - 1) for column in range(number, 0, -1)]


def _label(start: date, days: int) -> str:
    short = f"{start:%b} {start.day}"
    return f"{start:%a}, {short}" if days <= 7 else short


def _share(good: int, *others: int) -> float | None:
    total = good + sum(others)
    return good / total if total else None


def _by_entry(kept: Sequence[tuple[date, Count]], kind: str) -> Counter[str]:
    counted = Counter[str]()
    for _, count in kept:
        if count.kind == kind and count.entry:
            counted[count.entry] += count.number
    return counted


def _feedback(kept: Sequence[tuple[date, Count]]) -> tuple[Feedback, ...]:
    good, bad = _by_entry(kept, "helpful"), _by_entry(kept, "not helpful")
    found = [Feedback(entry, good[entry], bad[entry]) for entry in good.keys() | bad.keys()]
    return tuple(sorted(found, key=lambda one: (-one.unhelpful, -one.total, one.entry)))

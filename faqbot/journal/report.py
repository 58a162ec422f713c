"""What visitors asked and got in the last days, counted for the report's pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Protocol

DAILY = 31  # days; a longer report counts by the week
KINDS = (  # the journal's name, in words, and how it is drawn; from the ground up
    ("answer", "Answered", "answer"),
    ("choices", "Offered a choice", "choices"),
    ("office", "Sent to the phone", "office"),
    ("emergency", "Emergency", "emergency"),
    ("small talk", "Small talk", "small-talk"),
    ("caution", "Answered with a caution", "caution"),
)
ASKED = ("answer", "choices", "office")  # what the share answered is of


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of thing, counted once for each label; `mark` is a key of PATTERNS."""

    name: str
    mark: str
    numbers: tuple[int, ...]


class Count(Protocol):
    """What the journal tells of one hour."""

    @property
    def hour(self) -> datetime: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def entry(self) -> str: ...  # noqa: D102
    @property
    def number(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Verdict:
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
    """All that the pictures show; days are the office's."""

    first: date
    last: date
    weekly: bool
    labels: tuple[str, ...]  # the days, or the first days of the weeks, the earliest first
    series: tuple[Series, ...]  # replies by kind, a number for each label
    shares: tuple[float | None, ...]  # of questions that were answered; None where none was asked
    most: tuple[tuple[str, int], ...]  # entries and how often each was the answer
    verdicts: tuple[Verdict, ...]  # the least helpful of those judged most

    @property
    def total(self) -> int:
        """How many replies there were."""
        return sum(sum(one.numbers) for one in self.series)

    @property
    def answered(self) -> float | None:
        """The share of questions that were answered."""
        return _share(*(sum(one.numbers) for one in self.series[: len(ASKED)]))

    @property
    def helpful(self) -> float | None:
        """The share of verdicts that say that an answer helped."""
        return _share(
            sum(one.helpful for one in self.verdicts), sum(one.unhelpful for one in self.verdicts)
        )


def report(counts: Iterable[Count], days: int, today: date, zone: tzinfo | None) -> Report:
    """The last `days` days up to today, in the zone of the office; None is the server's."""
    first = today - timedelta(days - 1)
    kept = [(day, one) for one in counts if first <= (day := _day(one.hour, zone)) <= today]
    weekly = days > DAILY
    starts = _starts(first, today, weekly)
    length = 7 if weekly else 1
    table = Counter[tuple[str, int]]()
    for day, one in kept:
        table[one.kind, (day - starts[0]).days // length] += one.number
    places = range(len(starts))
    return Report(
        first=first,
        last=today,
        weekly=weekly,
        labels=tuple(_label(start, days) for start in starts),
        series=tuple(
            Series(name, mark, tuple(table[kind, place] for place in places))
            for kind, name, mark in KINDS
        ),
        shares=tuple(_share(*(table[kind, place] for kind in ASKED)) for place in places),
        most=tuple(_by_entry(kept, "answer").most_common()),
        verdicts=_verdicts(kept),
    )


def cells(
    counts: Iterable[Count], days: int, today: date, zone: tzinfo | None
) -> list[tuple[str, str, str, int]]:
    """The same as day, kind, entry and number, for a spreadsheet."""
    first = today - timedelta(days - 1)
    table = Counter[tuple[str, str, str]]()
    for one in counts:
        day = _day(one.hour, zone)
        if first <= day <= today:
            table[day.isoformat(), one.kind, one.entry] += one.number
    return [(*key, number) for key, number in sorted(table.items())]


def words_only(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _day(hour: datetime, zone: tzinfo | None) -> date:
    return hour.astimezone(zone).date()


def _starts(first: date, last: date, weekly: bool) -> list[date]:
    """The first day of each column; weeks end today, so the first may begin a little earlier."""
    length = 7 if weekly else 1
    number = -(-((last - first).days + 1) // length)
    return [last - timedelta(length * place - 1) for place in range(number, 0, -1)]


def _label(start: date, days: int) -> str:
    short = f"{start:%b} {start.day}"
    return f"{start:%a}, {short}" if days <= 7 else short


def _share(good: int, *others: int) -> float | None:
    total = good + sum(others)
    return good / total if total else None


def _by_entry(kept: Sequence[tuple[date, Count]], kind: str) -> Counter[str]:
    counted = Counter[str]()
    for _, one in kept:
        if one.kind == kind and one.entry:
            counted[one.entry] += one.number
    return counted


def _verdicts(kept: Sequence[tuple[date, Count]]) -> tuple[Verdict, ...]:
    good, bad = _by_entry(kept, "helpful"), _by_entry(kept, "not helpful")
    found = [Verdict(entry, good[entry], bad[entry]) for entry in good.keys() | bad.keys()]
    return tuple(sorted(found, key=lambda one: (-one.unhelpful, -one.total, one.entry)))

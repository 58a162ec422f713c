"""Report: what was asked and what visitors got, in pictures, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, request

from faqbot.journal.report import KINDS, Report, cells, report, words_only
from faqbot.journal.unanswered import Group, group
from faqbot.knowledge import Entry, Knowledge
from faqbot.staff import charts, context, times, unanswered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from faqbot.journal import Count, Journal

PERIODS = (7, 30, 90)  # days
DAYS = 30  # where none is named
BARS = 10  # at the most, in each list of bars
COLUMNS = ("day", "kind of reply", "entry", "question", "number")
MARKS = {"office": "office", "choices": "choices", "not helpful": "not-helpful"}
REASONS = (
    ("sent to the phone", "office"),
    ("offered a choice", "choices"),
    ("the answer did not help", "not-helpful"),
)
OPINIONS = (("helped", "answer"), ("did not help", "not-helpful"))


@dataclass(frozen=True, slots=True)
class Bar:
    """A lying bar with what stands beside it."""

    label: str
    entry: str  # the id of the entry that the label leads to; "" for none
    number: str
    svg: str
    about: bool = False  # whether the label is a visitor's question


def add(room: Blueprint) -> None:
    """Add the pages to the desk."""

    @room.get("/report", endpoint="report")
    def show() -> str:
        journal, days = context.service().journal, _days()
        if journal is None:
            return context.page("report.html", journal=False, report=None)
        return context.page("report.html", journal=True, **_pictures(journal, days))

    @room.get("/report.csv", endpoint="report_csv")
    def as_csv() -> Response:
        journal = context.service().journal
        if journal is None:
            abort(404, "The journal is switched off, so nothing was counted.")
        days = _days()
        response = Response(_csv(journal, days), mimetype="text/csv")
        response.headers.set("Content-Disposition", "attachment", filename=f"report-{days}.csv")
        return response


def _days() -> int:
    days = request.args.get("days", DAYS, int)
    return days if days in PERIODS else DAYS


def _known() -> Knowledge:
    return context.service().bot.knowledge


def _today() -> date:
    return times.today(_known().practice)


def _counts(journal: Journal, days: int) -> Sequence[Count]:
    """Also of the hours of the first day that are more than so many times 24 hours ago."""
    return journal.counts(days + 1)


def _groups(journal: Journal, days: int) -> list[Group]:
    return group(journal.questions(days)[: unanswered.MOST], unanswered.phrasings())


def _pictures(journal: Journal, days: int) -> dict[str, Any]:
    found = report(_counts(journal, days), days, _today(), times.zone_of(_known().practice))
    entries = {entry.id: entry for entry in _known().entries}
    return {
        "days": days,
        "periods": PERIODS,
        "report": found,
        "kinds": _kinds(found),
        "legend": _legend("kind", [(name, mark) for _, name, mark in KINDS]),
        "reasons": _legend("reason", REASONS),
        "opinions": _legend("opinion", OPINIONS),
        "shares": _shares(found),
        "most": _most(found, entries),
        "verdicts": _verdicts(found, entries),
        "unanswered": _unanswered(_groups(journal, days)),
    }


def _legend(name: str, marks: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(words, charts.swatch(f"{name}-{mark}", mark)) for words, mark in marks]


def _kinds(found: Report) -> str:
    totals = [sum(numbers) for numbers in zip(*(s.numbers for s in found.series), strict=True)]
    most = max(range(len(totals)), key=totals.__getitem__)
    return charts.stacked(
        "kinds",
        f"Questions a {'week' if found.weekly else 'day'}, by what visitors got",
        f"{found.total} in all; the most, {totals[most]}, "
        f"{'in the week from' if found.weekly else 'on'} {found.labels[most]}.",
        found.labels,
        found.series,
    )


def _shares(found: Report) -> str:
    return charts.line(
        "shares",
        "The share of questions that were answered",
        "No question was asked." if found.answered is None else f"{found.answered:.0%} in all.",
        found.labels,
        found.shares,
    )


def _most(found: Report, entries: dict[str, Entry]) -> list[Bar]:
    top = max((number for _, number in found.most), default=1)
    return [
        _bar(entries, entry, f"{number:,}", f"most-{place}", [("answer", number / top)])
        for place, (entry, number) in enumerate(found.most[:BARS])
    ]


def _verdicts(found: Report, entries: dict[str, Entry]) -> list[Bar]:
    return [
        _bar(
            entries,
            one.entry,
            f"helped {one.helpful} of {one.total}",
            f"verdict-{place}",
            [("answer", one.helpful / one.total), ("not-helpful", one.unhelpful / one.total)],
        )
        for place, one in enumerate(found.verdicts[:BARS])
    ]


def _unanswered(groups: Sequence[Group]) -> list[Bar]:
    top = max((found.count for found in groups), default=1)
    return [
        Bar(
            label=found.questions[0].text,
            entry="",
            number=f"{found.count:,}",
            svg=charts.lying(
                f"group-{place}",
                [(mark, dict(found.kinds).get(kind, 0) / top) for kind, mark in MARKS.items()],
            ),
            about=True,
        )
        for place, found in enumerate(groups[:BARS])
    ]


def _bar(
    entries: dict[str, Entry],
    entry_id: str,
    number: str,
    name: str,
    parts: Iterable[tuple[str, float]],
) -> Bar:
    """An entry's bar; one that is gone has its id for a name, and leads nowhere."""
    entry = entries.get(entry_id)
    label = entry.question if entry else f"{entry_id} (no longer there)"
    return Bar(label, entry_id if entry else "", number, charts.lying(name, parts))


def _csv(journal: Journal, days: int) -> str:
    """With a byte order mark, by which Excel knows that it is UTF-8."""
    practice = _known().practice
    questions = {entry.id: entry.question for entry in _known().entries}
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    counted = cells(_counts(journal, days), days, _today(), times.zone_of(practice))
    for day, kind, entry, number in counted:
        row = (day, kind, entry, questions.get(entry, ""))
        rows.writerow([*map(words_only, row), number])
    for found in _groups(journal, days):
        row = ("", "not answered", found.nearest, found.questions[0].text)
        rows.writerow([*map(words_only, row), found.count])
    return f"\ufeff{text.getvalue()}"

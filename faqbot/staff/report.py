"""Report: what was asked and what visitors got, in pictures, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, abort, request

from faqbot.journal import KEEP_DAYS, Journal
from faqbot.journal.report import Report, cells, report, words_only
from faqbot.journal.unanswered import Group, group

from . import context, unanswered
from .context import desk

PERIODS = (7, 30, KEEP_DAYS)
DEFAULT_DAYS = 30
MAX_BARS = 10  # at the most, in each list of bars
STEPS = (2, 4, 6, 8, 10, 12, 16)  # that a scale may end at, or ten times these, a hundred times…
COLUMNS = ("day", "kind of reply", "entry", "question", "number")
MARKS = {"office": "office", "choices": "choices", "not helpful": "not-helpful"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A horizontal bar with its label and number."""

    label: str
    number: str
    parts: Sequence[tuple[str, float]]  # each a mark and its share of the whole width
    entry: str = ""  # the id of the entry that the label leads to
    about: str = ""  # the key of the visitor's question that is the label


@desk.get("/report", endpoint="report")
def show() -> str:
    """The last days in pictures."""
    journal, days = context.service().journal, _days()
    if journal is None:
        return context.render("report.html", journal=False)
    found = report(journal.counts(days + 1), days, context.today(), context.zone())
    questions = _questions()
    totals = [sum(numbers) for numbers in zip(*(s.numbers for s in found.series), strict=True)]
    return context.render(
        "report.html",
        journal=True,
        days=days,
        periods=PERIODS,
        report=found,
        top=scale(max(totals)),
        totals=totals,
        most=_most(found, questions),
        feedback=_feedback(found, questions),
        unanswered=_unanswered(_groups(journal, days)),
    )


@desk.get("/report.csv")
def report_csv() -> Response:
    """The same as a table, with a byte order mark, by which Excel knows that it is UTF-8."""
    journal, days, questions = context.service().journal, _days(), _questions()
    if journal is None:
        abort(404, "The journal is off, so nothing was counted.")
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    counts = journal.counts(days + 1)
    for day, kind, entry, number in cells(counts, days, context.today(), context.zone()):
        row = (day, kind, entry, questions.get(entry, ""))
        rows.writerow([*map(words_only, row), number])
    for found in _groups(journal, days):
        row = ("", "not answered", found.nearest, found.questions[0].text)
        rows.writerow([*map(words_only, row), found.count])
    response = Response(f"\ufeff{text.getvalue()}", mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"report-{days}.csv")
    return response


def scale(most: int) -> int:
    """Where a scale up to `most` ends: at 2, 4, 6, 8, 10, 12, 16, 20, 40…; it can be halved."""
    unit = 1
    while most > STEPS[-1] * unit:
        unit *= 10
    return next(step * unit for step in STEPS if step * unit >= most)


def _days() -> int:
    days = request.args.get("days", DEFAULT_DAYS, int)
    return days if days in PERIODS else DEFAULT_DAYS


def _questions() -> Mapping[str, str]:
    return {entry.id: entry.question for entry in context.service().bot.knowledge.entries}


def _groups(journal: Journal, days: int) -> list[Group]:
    return group(journal.questions(days)[: unanswered.MAX_QUESTIONS], unanswered.phrasings())


def _most(found: Report, questions: Mapping[str, str]) -> list[Bar]:
    top = max((number for _, number in found.most), default=1)
    return [
        _bar(questions, entry, f"{number:,}", [("answer", number / top)])
        for entry, number in found.most[:MAX_BARS]
    ]


def _feedback(found: Report, questions: Mapping[str, str]) -> list[Bar]:
    return [
        _bar(
            questions,
            one.entry,
            f"helped {one.helpful} of {one.total}",
            [("answer", one.helpful / one.total), ("not-helpful", one.unhelpful / one.total)],
        )
        for one in found.feedback[:MAX_BARS]
    ]


def _unanswered(groups: Sequence[Group]) -> list[Bar]:
    top = max((found.count for found in groups), default=1)
    return [
        Bar(
            label=found.questions[0].text,
            number=f"{found.count:,}",
            parts=[(mark, dict(found.kinds).get(kind, 0) / top) for kind, mark in MARKS.items()],
            about=unanswered.key(found.questions[0].text),
        )
        for found in groups[:MAX_BARS]
    ]


def _bar(
    questions: Mapping[str, str], entry: str, number: str, parts: Sequence[tuple[str, float]]
) -> Bar:
    """An entry's bar; one that is gone has its id for a name, and leads nowhere."""
    if entry in questions:
        return Bar(questions[entry], number, parts, entry)
    return Bar(f"{entry} (no longer there)", number, parts)

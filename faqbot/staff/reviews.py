"""Reviews: which answers are due to be read again, the longest due first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, abort, request

from faqbot.editing import draft as drafts
from faqbot.editing.workspace import fingerprint, text_of
from faqbot.knowledge.wording import excerpt
from faqbot.quality import readability, reviews
from faqbot.quality.reviews import Due
from faqbot.staff import context, times

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

OFTEN = (6, 12, 24)  # months, to choose from
PRACTICE = "practice.toml"
SWITCHED_ON = "From the next publish on, each answer is to be read again every {} months."
REVIEWED = "“{}” is noted as reviewed by you today, once you publish."

_EVERY = re.compile(r"(?m)^review_every[ \t]*=.*$")
_NOTED = re.compile(r"(?m)^#[ \t]*review_every[ \t]*=.*$")
_NAME = re.compile(r"(?m)^name[ \t]*=.*$")
_TABLE = re.compile(r"(?m)^[ \t]*\[")


@dataclass(frozen=True, slots=True)
class Row:
    """An entry that is to be read again, and how well it reads."""

    due: Due
    when: str  # "due in 3 weeks", "2 months overdue"
    reading: str  # "about 7th grade: easy"


def add(room: Blueprint) -> None:
    """Add the pages to the desk."""

    @room.get("/reviews", endpoint="reviews")
    def show() -> str:
        known = context.known()[0] or context.service().bot.knowledge
        today = times.today(known.practice)
        rows = [_row(due, today) for due in reviews.due(known, today)]
        return context.page(
            "reviews.html",
            every=known.practice.review_every,
            often=OFTEN,
            overdue=[row for row in rows if row.due.overdue],
            later=[row for row in rows if not row.due.overdue],
        )

    @room.post("/reviews", endpoint="mark_reviewed")
    def mark_reviewed() -> ResponseReturnValue:
        entry_id, practice = request.form.get("id", ""), context.service().bot.knowledge.practice
        drafts.mark_reviewed(context.workspace(), entry_id, context.who(), times.today(practice))
        context.say(REVIEWED.format(excerpt(request.form.get("question", entry_id))))
        return context.go("reviews")

    @room.post("/reviews/every", endpoint="review_every")
    def review_every() -> ResponseReturnValue:
        months = request.form.get("months", 0, int)
        if months not in OFTEN:
            abort(400)
        _switch_on(months)
        context.say(SWITCHED_ON.format(months))
        return context.go("reviews")


def _switch_on(months: int) -> None:
    text = text_of(context.draft().files.get(PRACTICE, b""))
    drafts.save_file(
        context.workspace(),
        PRACTICE,
        with_review_every(text, months),
        fingerprint(text),
        context.who(),
        f"Had each answer read again every {months} months.",
    )


def with_review_every(text: str, months: int) -> str:
    """practice.toml with this line: where it stands already, also as a note, or below the name."""
    line = f'review_every = "{months} months"'
    top = _TABLE.split(text, maxsplit=1)[0]
    for pattern, new in ((_EVERY, line), (_NOTED, line), (_NAME, rf"\g<0>\n{line}")):
        if pattern.search(top):
            return pattern.sub(new, top, count=1) + text[len(top) :]
    return f"{line}\n{text}"


def _row(due: Due, today: date) -> Row:
    return Row(due, when_due(due, today), readability.in_words(readability.grade(due.entry.text)))


def when_due(due: Due, today: date) -> str:
    """ "never reviewed", "2 months overdue", "due today", "due in 3 weeks"."""
    days = (due.due - today).days
    if due.entry.reviewed is None:
        return "never reviewed"
    if days < 0:
        return f"{_span(-days)} overdue"
    return f"due in {_span(days)}" if days else "due today"


def _span(days: int) -> str:
    """ "1 day", "3 weeks", "5 months", "2 years"."""
    for unit, length in (("year", 730), ("month", 60), ("week", 14), ("day", 0)):
        if days >= length:
            number = days // {"year": 365, "month": 30, "week": 7, "day": 1}[unit]
            return f"{number} {unit}{'s' if number != 1 else ''}"
    raise AssertionError

"""Reviews: which answers are due to be read again, the longest due first."""

from __future__ import annotations

import re
from datetime import date

from flask import abort, request
from flask.typing import ResponseReturnValue

from faqbot.editing import draft as drafts
from faqbot.editing.workspace import fingerprint, text_of
from faqbot.knowledge.strings import excerpt
from faqbot.quality import advice
from faqbot.quality.advice import Due

from . import context
from .answers import reading_level
from .context import desk

INTERVALS = (6, 12, 24)  # months, to choose from
PRACTICE = "practice.toml"
REVIEWS_ON = "Once you publish, each answer is due for review every {} months."
REVIEWED = "“{}” is noted as reviewed by you today, once you publish."

_EVERY = re.compile(r"(?m)^review_every[ \t]*=.*$")
_NOTED = re.compile(r"(?m)^#[ \t]*review_every[ \t]*=.*$")
_NAME = re.compile(r"(?m)^name[ \t]*=.*$")
_TABLE = re.compile(r"(?m)^[ \t]*\[")


@desk.get("/reviews", endpoint="reviews")
def show() -> str:
    """Show what is due, and what will be."""
    known = context.checked().knowledge or context.service().bot.knowledge
    today = context.today()
    dues = advice.due(known, today)
    return context.render(
        "reviews.html",
        every=known.practice.review_every,
        often=INTERVALS,
        overdue=[due for due in dues if due.overdue],
        later=[due for due in dues if not due.overdue],
        when_due=lambda due: when_due(due, today),
        reading_level=reading_level,
    )


@desk.post("/reviews")
def mark_reviewed() -> ResponseReturnValue:
    """Note in the draft that somebody read an answer."""
    entry_id = request.form.get("id", "")
    drafts.mark_reviewed(context.workspace(), entry_id, context.who(), context.today())
    context.flash(REVIEWED.format(excerpt(request.form.get("question", entry_id))))
    return context.redirect_to("reviews")


@desk.post("/reviews/every")
def review_every() -> ResponseReturnValue:
    """Switch reviews on, in the draft."""
    months = request.form.get("months", 0, int)
    if months not in INTERVALS:
        abort(400)
    text = text_of(context.draft().files.get(PRACTICE, b""))
    drafts.save_file(
        context.workspace(),
        PRACTICE,
        with_review_every(text, months),
        fingerprint(text),
        context.who(),
        f"Had each answer read again every {months} months.",
    )
    context.flash(REVIEWS_ON.format(months))
    return context.redirect_to("reviews")


def with_review_every(text: str, months: int) -> str:
    """practice.toml with this line: where it is already, also in a comment, or below the name."""
    line = f'review_every = "{months} months"'
    top = _TABLE.split(text, maxsplit=1)[0]
    for pattern, new in ((_EVERY, line), (_NOTED, line), (_NAME, rf"\g<0>\n{line}")):
        if pattern.search(top):
            return pattern.sub(new, top, count=1) + text[len(top) :]
    return f"{line}\n{text}"


def when_due(due: Due, today: date) -> str:
    """ "never reviewed", "2 months overdue", "due today", "due in 3 weeks"."""
    days = (due.due - today).days
    if due.entry.reviewed is None:
        return "never reviewed"
    if days < 0:
        return f"{_span(-days)} overdue"
    return f"due in {_span(days)}" if days else "due today"


def _span(days: int) -> str:
    """ "1 day", "3 weeks", "5 months", "2 years"; a unit is used from two of it up."""
    units = (("year", 365), ("month", 30), ("week", 7), ("day", 1))
    unit, length = next((u for u in units if days >= 2 * u[1]), units[-1])
    number = days // length
    return f"{number} {unit}{'s' if number != 1 else ''}"

"""The line "Reviewed: 2026-11-02 by Ann Lee": when a person last found an entry right."""

from __future__ import annotations

import re
from datetime import date, timedelta

from faqbot.knowledge.diagnostics import Diagnostics
from faqbot.knowledge.parsed import Line

from .wording import excerpt, plain

_DAY = timedelta(days=1)  # in the office it can be tomorrow already
_REVIEW = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:,? by (\S.*)|,? ?)", re.IGNORECASE)
_EXAMPLE = "Reviewed: 2026-11-02 by Ann Lee"


def read_review(line: Line | None, diagnostics: Diagnostics) -> tuple[date | None, str]:
    """The date and the person behind "Reviewed:"; what cannot be read is told."""
    if line is None:
        return None, ""
    review = _REVIEW.fullmatch(line.text)
    day = _date(review[1]) if review else None
    if review is None or day is None:
        diagnostics.add(
            line.number,
            f"The date of this review cannot be read: “{excerpt(line.text)}”."
            if line.text
            else "Nothing stands behind “Reviewed:”.",
            f"Write year, month and day, and who it was: {_EXAMPLE}",
        )
        return None, ""
    if day > date.today() + _DAY:
        diagnostics.add(
            line.number,
            f"This review lies in the future: {day.isoformat()}.",
            f"Write the day on which the answer was looked at: {_EXAMPLE}",
        )
    return day, plain(review[2] or "")


def _date(text: str) -> date | None:
    try:
        return date(*map(int, text.split("-")))
    except ValueError:
        return None

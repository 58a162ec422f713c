"""Spots what says who a visitor is: a box on a web page is no safe place for it.

`web/widget.js` holds the same rules for the browser; `tests/cases/personal.json` is read by the
tests of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faqbot.knowledge import Phone

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_RULES = {
    "email": re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE),
    "date": re.compile(
        r"\b\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d\b|\b(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}\b"
        rf"|\b(?:\d+[a-z]* (?:of )?{_MONTH}|{_MONTH} \d+[a-z]*),? (?:19|20)\d\d\b",
        re.IGNORECASE,
    ),
    "number": re.compile(r"(?:\d[-\s./()]{0,2}){6,}\d"),
}


def find_personal(text: str, phones: Iterable[Phone] = ()) -> str | None:
    """Which kind of personal detail `text` holds: "email", "date", "number" or None.

    The practice's own `phones` are nobody's secret, so asking about them is fine.
    """
    own = [_digits(phone.number) for phone in phones]
    for kind, rule in _RULES.items():
        found = (_digits(match.group()) for match in rule.finditer(text))
        if any(not digits or not digits.endswith(tuple(own)) for digits in found):
            return kind
    return None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)

"""An entry as it stands in its file, and the slips that show once all of it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from faqbot.knowledge.diagnostics import Diagnostics

from .wording import excerpt

LONGEST_PHRASING = 300  # characters

_BULLET = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s")


class Line(NamedTuple):
    """A line's number, from 1, and its text."""

    number: int
    text: str


@dataclass(slots=True)
class Draft:
    """What the lines of one entry hold, before any rule was looked at."""

    id: str
    question: str
    line: int
    made: bool = False  # the id, from the question's words
    phrasings: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)  # with the empty lines between paragraphs
    quotes: list[Line] = field(default_factory=list)
    asked: int = 0  # the line of "Also asked:"
    topic: Line | None = None  # what stands behind "Topic:"
    reviewed: Line | None = None  # what stands behind "Reviewed:"

    @property
    def answered(self) -> bool:
        """Whether there is any text that is neither phrasing nor quote."""
        return any(line.text for line in self.body)

    def trim(self) -> None:
        """Drop the empty lines at the end of the body."""
        while self.body and not self.body[-1].text:
            self.body.pop()

    def part(self, number: int) -> None:
        """Begin a new paragraph of the body."""
        if self.body:
            self.body.append(Line(number, ""))


def check_draft(draft: Draft, diagnostics: Diagnostics) -> None:
    """Tell what probably stands in the wrong part of the entry."""
    _check_phrasings(draft, diagnostics)
    _check_list(draft, diagnostics)
    _check_unmarked(draft, diagnostics)


def tell_missing_signs(line: Line, diagnostics: Diagnostics) -> None:
    """Tell a question that is no heading."""
    diagnostics.add(
        line.number,
        "This line looks like a question, but there are no # signs before it.",
        f"Write: ## {excerpt(line.text)}",
    )


def _check_phrasings(draft: Draft, diagnostics: Diagnostics) -> None:
    for line, text in (Line(draft.line, draft.question), *draft.phrasings):
        if len(text) > LONGEST_PHRASING:
            diagnostics.add(
                line,
                f"This question is very long ({len(text)} letters): is it the answer?",
                "Write questions as short as visitors type them; an answer stands below "
                "the list, after an empty line, without a dash.",
            )
    if draft.asked and not draft.phrasings:
        diagnostics.add(
            draft.asked,
            "Nothing is listed under “Also asked:”.",
            "Put each way to ask on its own line, with a dash and a space before it, or "
            "remove “Also asked:”.",
        )


def _check_list(draft: Draft, diagnostics: Diagnostics) -> None:
    if not draft.asked and _begins_with_phrasings(draft):
        diagnostics.add(
            draft.body[0].number,
            "A list stands where the answer should be.",
            "If these are other ways to ask, write “Also asked:” above the list; "
            "if this is the answer, write a sentence before the list.",
        )


def _begins_with_phrasings(draft: Draft) -> bool:
    """Whether the answer begins with a list that is all of it, or is short like questions."""
    rows = [line.text for line in draft.body if line.text]
    if not rows or not _BULLET.match(rows[0]):
        return False
    items = [text for text in rows if _BULLET.match(text)]
    short = [t for t in items if len(t.split()) <= 12 and not t.endswith((".", ";", "!"))]
    return len(short) * 2 > len(items) or len(items) == len(rows)


def _check_unmarked(draft: Draft, diagnostics: Diagnostics) -> None:
    """After the quote, a question alone between empty lines probably lost its # signs."""
    if not draft.quotes:
        return
    rows = draft.body
    for index, line in enumerate(rows[:-1]):
        alone = (index == 0 or not rows[index - 1].text) and not rows[index + 1].text
        if line.number > draft.quotes[0].number and alone and line.text.endswith("?"):
            tell_missing_signs(line, diagnostics)

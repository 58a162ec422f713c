"""A file of entries as it was read line by line, before any rule is checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from faqbot.knowledge.strings import excerpt
from faqbot.knowledge.values import Diagnostics

LONGEST_PHRASING = 300  # characters

_LIST_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s")


class Line(NamedTuple):
    """A line's number, from 1, and its text."""

    number: int
    text: str


class LineKind(Enum):
    """What a line of a file of entries is taken for."""

    BLANK = auto()
    TITLE = auto()  # "# Our page"
    FRONT_MATTER = auto()  # "Procedure: …", before the first question
    ASIDE = auto()  # anything else before the first question
    HEADING = auto()  # begins an entry
    ASKED = auto()  # "Also asked:"
    PHRASING = auto()
    BODY = auto()  # of the answer
    QUOTE = auto()
    TOPIC = auto()
    REVIEWED = auto()
    RULE = auto()  # a row of dashes


@dataclass(slots=True)
class ParsedEntry:
    """What the lines of one entry say."""

    id: str
    question: str
    line: int
    made: bool = False  # whether the id was made from the question's words
    phrasings: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)  # with the empty lines between paragraphs
    quotes: list[Line] = field(default_factory=list)
    asked_line: int = 0  # the line of "Also asked:"
    fields: dict[LineKind, Line] = field(default_factory=dict)  # after "Topic:" and "Reviewed:"

    @property
    def has_answer(self) -> bool:
        """Whether there is any text that is neither phrasing nor quote."""
        return any(line.text for line in self.body)

    def trim(self) -> None:
        """Drop the empty lines at the end of the body."""
        while self.body and not self.body[-1].text:
            self.body.pop()

    def begin_paragraph(self, number: int) -> None:
        """Let what follows be a new paragraph of the body."""
        if self.body:
            self.body.append(Line(number, ""))


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What the lines of a file say."""

    entries: list[ParsedEntry]
    front_matter: dict[str, Line]  # what follows "Procedure:" and the like; also the "title"
    left_out: list[Line]  # what follows "Leave out:"
    kinds: tuple[LineKind, ...]  # of each line


def check_parts(entry: ParsedEntry, diagnostics: Diagnostics) -> None:
    """Report what is probably in the wrong part of the entry."""
    for line, text in (Line(entry.line, entry.question), *entry.phrasings):
        if len(text) > LONGEST_PHRASING:
            message = f"This question is very long ({len(text)} letters): is it the answer?"
            diagnostics.add(line, message, "Write the answer below the list, without a dash.")
    if entry.asked_line and not entry.phrasings:
        diagnostics.add(
            entry.asked_line,
            "There is nothing listed under “Also asked:”.",
            "Write other ways to ask below it, each after a dash and a space, or remove it.",
        )
    if not entry.asked_line and _begins_with_phrasings(entry):
        diagnostics.add(
            entry.body[0].number,
            "There is a list where the answer should be.",
            "If these are other ways to ask, write “Also asked:” above the list; "
            "if it is the answer, write a sentence above it.",
        )
    _check_unmarked(entry, diagnostics)


def _begins_with_phrasings(entry: ParsedEntry) -> bool:
    """Whether the answer begins with a list that is all of it, or is short like questions."""
    rows = [line.text for line in entry.body if line.text]
    if not rows or not _LIST_ITEM.match(rows[0]):
        return False
    items = [text for text in rows if _LIST_ITEM.match(text)]
    short = [t for t in items if len(t.split()) <= 12 and not t.endswith((".", ";", "!"))]
    return len(short) * 2 > len(items) or len(items) == len(rows)


def _check_unmarked(entry: ParsedEntry, diagnostics: Diagnostics) -> None:
    """After the quote, a question alone between empty lines has probably lost its # signs."""
    rows = entry.body if entry.quotes else []
    for index, line in enumerate(rows[:-1]):
        alone = (index == 0 or not rows[index - 1].text) and not rows[index + 1].text
        if line.number > entry.quotes[0].number and alone and line.text.endswith("?"):
            report_missing_signs(line, diagnostics)


def report_missing_signs(line: Line, diagnostics: Diagnostics) -> None:
    """Report a question that is not marked as a heading."""
    message = "This line looks like a question, but there are no # signs before it."
    diagnostics.add(line.number, message, f"Write: ## {excerpt(line.text)}")

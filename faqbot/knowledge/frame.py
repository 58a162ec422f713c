"""The frame of a file of entries, read line by line: headings, "Also asked:", its list, quotes.

Markdown does not decide here. Under CommonMark a missing empty line, a row of dashes or a stray
fence moves text to another part without a word; line by line, each such slip has a line number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from rapidfuzz import fuzz

from .notes import Notes
from .values import Role
from .wording import excerpt, plain, slug

LONGEST_PHRASING = 300  # characters

_HEADING = re.compile(r"(#+)(\s*)(.*?)(?:\s+#+)?$")
_ID = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_BRACES = re.compile(r"\s*\{\s*(#?)([^{}]*?)\s*(\}?)$")
_ID_AT_END = re.compile(r"\S.*\{#[^{}]*\}$")
_ALSO_ASKED = re.compile(r"[*_]*also asked[*_]*(?:$|[*_ ]*[:：][*_ ]*(.*))", re.IGNORECASE)  # noqa: RUF001
_BULLET = re.compile(
    r"(?:[•·▪●◦‣∙–—]|-(?!-)|[*+](?=\s|$)|\d{1,3}[.)](?=\s|$))\s*(.*)"  # noqa: RUF001
)
_BODY_BULLET = re.compile(r"(?:[•·▪●◦‣∙]\s*|-(?=[^\W\d])|[-*+]\s+)(?=\S)|\d{1,9}[.)]\s")
_RULE = re.compile(r"(?:-\s*){3,}|(?:=\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}")


class Line(NamedTuple):
    """A line's number, from 1, and its text."""

    number: int
    text: str


@dataclass(slots=True)
class Draft:
    """An entry as it stands in its file, before any rule was looked at."""

    id: str
    question: str
    line: int
    phrasings: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)  # with the empty lines between paragraphs
    quotes: list[Line] = field(default_factory=list)
    asked: int = 0  # the line of "Also asked:"

    @property
    def answered(self) -> bool:
        """Whether there is any text that is neither phrasing nor quote."""
        return any(line.text for line in self.body)


def read_frame(lines: Iterable[str], role: Role, notes: Notes) -> list[Draft]:
    """The entries that the lines hold; every slip in the frame is told to `notes`."""
    reader = _Reader(role, notes)
    for number, text in enumerate(lines, 1):
        reader.take(number, text)
    return reader.finish()


class _Reader:
    """Where the reading stands: which entry is open, and whether its list or a quote goes on."""

    def __init__(self, role: Role, notes: Notes) -> None:
        self.role = role
        self.tell = notes.tell
        self.drafts: list[Draft] = []
        self.draft: Draft | None = None
        self.last = Line(0, "")  # the last line that was not empty
        self.after_blank = True
        self.in_list = False
        self.loose: bool | None = None  # whether empty lines part the phrasings, once known
        self.parted = False  # whether that was found to change within the list
        self.quoting = False
        self.body_bullet = False  # whether the last line belongs to a list of the answer

    def take(self, number: int, text: str) -> None:
        stripped = text.strip()
        if not stripped:
            self._blank(number)
            return
        self._sort(number, text, stripped)
        self.after_blank = False
        self.last = Line(number, stripped)

    def finish(self) -> list[Draft]:
        self._close()
        return self.drafts

    def _sort(self, number: int, text: str, stripped: str) -> None:
        quoting, self.quoting = self.quoting, False
        if stripped[0] == "#" and self._heading(number, stripped):
            return
        if stripped[0] == ">":
            self._quote(number, stripped.lstrip("> \t"), goes_on=quoting)
        elif found := self._asks(stripped):
            self._also_asked(number, found)
        elif self.in_list and (bullet := _BULLET.fullmatch(stripped)) and not _is_rule(stripped):
            self._phrasing(number, bullet[1])
        elif self.in_list and not self.after_blank and self._wrapped(number, text, stripped):
            return
        elif _is_rule(stripped):
            self._rule()
        elif _ID_AT_END.fullmatch(stripped) and not _BULLET.match(stripped):
            self._missing_signs(Line(number, stripped))
        else:
            self._text(number, text, stripped)

    def _blank(self, number: int) -> None:
        self.after_blank = True
        self.quoting = self.body_bullet = False
        if self.draft and self.draft.body:
            self.draft.body.append(Line(number, ""))

    # headings

    def _heading(self, number: int, stripped: str) -> bool:
        match = _HEADING.fullmatch(stripped)
        if match is None:
            return False
        signs, gap, rest = match.groups()
        looks_asked = rest.endswith("?") or "{#" in rest
        if len(signs) == 1 and not looks_asked and not (gap and self.drafts_begun):
            return bool(gap) or not rest  # a title is skipped; "#1 in New York" is prose
        if len(signs) != 2 or (rest and not gap):
            self.tell(
                number,
                f"A question starts with two # signs and a space; this line starts with "
                f"“{signs}{' ' if gap else rest[:1]}”.",
                f"Write: ## {excerpt(rest)}" if rest else "Remove the # signs.",
            )
        self._begin(number, rest)
        return True

    @property
    def drafts_begun(self) -> bool:
        return self.draft is not None

    def _begin(self, number: int, rest: str) -> None:
        self._close()
        question, entry_id = self._split_id(number, rest.strip())
        self.draft = Draft(entry_id, question, number)
        self.in_list, self.loose, self.parted = False, None, False

    def _split_id(self, number: int, heading: str) -> tuple[str, str]:
        braces = _BRACES.search(heading)
        question = plain(heading[: braces.start()] if braces else heading)
        made = slug(question)
        if not made:
            self.tell(
                number,
                "This heading has no question in it.",
                "Write the question after the two # signs, or remove the line.",
            )
            return question, ""
        if braces is None:
            return question, made
        sign, given, end = braces.groups()
        if not (sign and end and _ID.fullmatch(given)):
            self.tell(
                number,
                f"The id “{excerpt(braces[0].strip())}” cannot be used: an id stands in braces "
                "after a # sign and has only small letters, digits and dashes.",
                f"Write: ## {excerpt(question)} {{#{slug(given) or made}}}",
            )
            return question, slug(given) or made
        return question, given

    def _missing_signs(self, line: Line) -> None:
        self.tell(
            line.number,
            "This line looks like a question, but there are no # signs before it.",
            f"Write: ## {excerpt(line.text)}",
        )
        self._begin(line.number, line.text)

    # phrasings

    def _asks(self, stripped: str) -> re.Match[str] | str | None:
        if stripped[0] in "aA*_":
            return _ALSO_ASKED.fullmatch(stripped) or self._misspelt_asks(stripped)
        return self._misspelt_asks(stripped)

    def _misspelt_asks(self, stripped: str) -> str | None:
        if stripped[-1] != ":" or len(stripped) > 16 or " " not in stripped:
            return None
        return stripped if fuzz.ratio(stripped.lower(), "also asked:") >= 78 else None

    def _also_asked(self, number: int, found: re.Match[str] | str) -> None:
        if isinstance(found, str):
            self.tell(
                number,
                f"“{excerpt(found)}” is probably meant to be “Also asked:”.",
                "Write: Also asked:",
            )
        elif found[1]:
            self.tell(
                number,
                "Something stands behind “Also asked:” on the same line.",
                f"Put it on its own line below, with a dash and a space: - {excerpt(found[1], 40)}",
            )
        self._open_list(number)

    def _open_list(self, number: int) -> None:
        if self._unmarked_question():
            pass
        elif self.draft is None:
            self.tell(
                number,
                "“Also asked:” stands before the first question.",
                "Write the question above it, with two # signs and a space: ## Where are you?",
            )
            self._begin(number, "Also asked")
        elif self.draft.asked:
            self.tell(
                number,
                f"This question has “Also asked:” twice; the first is in line {self.draft.asked}.",
                "Move everything into one list, or give the second one its own question "
                "with two # signs.",
            )
        if self.draft:
            self.draft.asked = number
        self.in_list, self.loose, self.parted = True, None, False

    def _unmarked_question(self) -> bool:
        """Whether the line above was a question without its # signs; if so it opens an entry."""
        line, draft = self.last, self.draft
        if draft is None:
            if not line.text or line.text[0] == ">":
                return False
            self._missing_signs(Line(line.number, line.text.lstrip("# ")))
            return True
        if not (draft.asked or draft.quotes) or not line.text.endswith("?"):
            return False
        while draft.body and not draft.body[-1].text:
            draft.body.pop()
        if not draft.body or draft.body[-1].number != line.number:
            return False
        draft.body.pop()
        self._missing_signs(line)
        return True

    def _phrasing(self, number: int, text: str) -> None:
        assert self.draft is not None  # noqa: S101 - a list is only open inside an entry
        phrasing = plain(text)
        if not phrasing:
            self.tell(number, "There is nothing behind this dash.", "Remove the line.")
            return
        if self.draft.phrasings and self.last.number != self.draft.asked:
            self._watch_gaps(number)
        self.draft.phrasings.append(Line(number, phrasing))

    def _watch_gaps(self, number: int) -> None:
        if self.loose is None:
            self.loose = self.after_blank
        elif self.loose != self.after_blank and not self.parted and self.role is not Role.OFFICE:
            self.parted = True
            self.tell(
                number,
                "An empty line parts the list under “Also asked:” in two, so it is not clear "
                "whether the second part is the answer.",
                "If it is the answer, write a sentence before its list; if these are other ways "
                "to ask, remove the empty line.",
            )

    def _wrapped(self, number: int, text: str, stripped: str) -> bool:
        """Whether the line carries on the phrasing above; an indent says so."""
        assert self.draft is not None  # noqa: S101
        if not self.draft.phrasings or self.last.number == self.draft.asked:
            return False
        if text[0] in " \t":
            number, begun = self.draft.phrasings[-1]
            self.draft.phrasings[-1] = Line(number, plain(f"{begun} {stripped}"))
            return True
        if stripped[0].islower():
            self.tell(
                number,
                "It is not clear whether this line carries on the line above or is the answer.",
                "If it is the answer, leave an empty line before it; "
                "if not, join it to the line above.",
            )
        return False

    # the answer and its quotes

    def _quote(self, number: int, text: str, *, goes_on: bool) -> None:
        self.in_list = False
        if self.draft is None:
            self.tell(
                number,
                "This quote stands before the first question.",
                "Write the question above it, with two # signs and a space.",
            )
            return
        self._part_body(number)
        quotes = self.draft.quotes
        if not text:
            return
        if goes_on:
            quotes[-1] = Line(quotes[-1].number, f"{quotes[-1].text} {text}")
        else:
            quotes.append(Line(number, text))
        self.quoting = True

    def _rule(self) -> None:
        """A row of dashes parts entries for the eye, unless it underlines a question."""
        self.in_list = False
        draft, line = self.draft, self.last
        if self.after_blank or not line.text.endswith("?"):
            if draft:
                self._part_body(line.number)
            return
        if draft and draft.body and draft.body[-1].number == line.number:
            draft.body.pop()
        elif draft:
            return
        self._missing_signs(line)

    def _text(self, number: int, text: str, stripped: str) -> None:
        self.in_list = False
        if self.draft is None:
            return
        bullet = _BODY_BULLET.match(stripped)
        indent = text[: len(text) - len(text.lstrip())]
        if bullet and not bullet[0][0].isdigit():
            stripped = "- " + stripped[bullet.end() :]
        elif self.body_bullet and not indent and not stripped[0].islower() and not bullet:
            self._part_body(number)  # else the sentence below a list becomes its last item
        self.body_bullet = bool(bullet) or (self.body_bullet and bool(indent))
        self.draft.body.append(Line(number, indent.expandtabs(4) + stripped))

    def _part_body(self, number: int) -> None:
        if self.draft and self.draft.body:
            self.draft.body.append(Line(number, ""))

    # an entry is complete

    def _close(self) -> None:
        draft = self.draft
        if draft is None:
            return
        while draft.body and not draft.body[-1].text:
            draft.body.pop()
        self._check_list(draft)
        self._check_unmarked(draft)
        self.drafts.append(draft)

    def _check_list(self, draft: Draft) -> None:
        for line, text in draft.phrasings:
            if len(text) > LONGEST_PHRASING:
                self.tell(
                    line,
                    f"This way to ask is very long ({len(text)} letters): is it the answer?",
                    "Write ways to ask as short as visitors type them; an answer stands below "
                    "the list, after an empty line, without a dash.",
                )
        if draft.asked and not draft.phrasings:
            self.tell(
                draft.asked,
                "Nothing is listed under “Also asked:”.",
                "Put each way to ask on its own line, with a dash and a space before it, or "
                "remove “Also asked:”.",
            )
        if not draft.asked and self._begins_with_questions(draft):
            self.tell(
                draft.body[0].number,
                "A list stands where the answer should be.",
                "If these are other ways to ask, write “Also asked:” above the list; "
                "if this is the answer, write a sentence before the list.",
            )

    def _begins_with_questions(self, draft: Draft) -> bool:
        items = [line.text for line in draft.body if line.text]
        if not items or not _BODY_BULLET.match(items[0]):
            return False
        listed = [text for text in items if _BODY_BULLET.match(text)]
        short = [t for t in listed if len(t.split()) <= 12 and not t.endswith((".", ";", "!"))]
        return len(short) * 2 > len(listed) or len(listed) == len(items)

    def _check_unmarked(self, draft: Draft) -> None:
        """After the quote, a question alone between empty lines probably lost its # signs."""
        if not draft.quotes:
            return
        first = draft.quotes[0].number
        rows = draft.body
        for index, line in enumerate(rows[:-1]):
            alone = (index == 0 or not rows[index - 1].text) and not rows[index + 1].text
            if line.number > first and alone and line.text.endswith("?"):
                self.tell(
                    line.number,
                    "This line looks like a question, but there are no # signs before it.",
                    f"Write: ## {excerpt(line.text)}",
                )


def _is_rule(stripped: str) -> bool:
    return stripped[0] in "-=*_" and _RULE.fullmatch(stripped) is not None

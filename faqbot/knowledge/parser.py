"""The frame of a file of entries, read line by line: its head, headings, lists, topics, quotes.

Markdown does not decide here. Under CommonMark a missing empty line, a row of dashes or a stray
fence moves text to another part without a word; line by line, each such slip has a line number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from rapidfuzz import fuzz

from faqbot.knowledge.diagnostics import Diagnostics
from faqbot.knowledge.parsed import Draft, Line, check_draft, tell_missing_signs

from .values import Role
from .wording import excerpt, plain, slug

ID = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_BRACES = re.compile(r" ?\{ ?(#?)([^{}]*?) ?(\}?)$")
_ID_AT_END = re.compile(r"\S.*\{#[^{}]*\}$")
_ALSO_ASKED = re.compile(r"[*_]*also asked[*_]*(?:[*_ ]*:[*_ ]*(.*))?", re.IGNORECASE)
_BULLET = re.compile(
    r"(?:[•·▪●◦‣∙–—]|-(?!-)|[*+](?= |$)|\d{1,3}[.)](?= |$)) ?(.*)"  # noqa: RUF001
)
_BODY_BULLET = re.compile(r"(?:[•·▪●◦‣∙] ?|-(?=[^\W\d])|[-*+] )(?=\S)|\d{1,9}[.)] ")
_RULE = re.compile(r"(?:- ?){3,}|(?:= ?){3,}|(?:\* ?){3,}|(?:_ ?){3,}")
_REVIEWED = re.compile(
    r"[*_]*(?:last )?reviewed[*_]*(?: on)? ?(?::|(?=\d{4}))[*_ ]*(.*)", re.IGNORECASE
)
_TOPIC = re.compile(r"[*_]*topics?[*_]* ?:[*_ ]*(.*)", re.IGNORECASE)
_HEAD = re.compile(
    r"[*_]*(procedure|condition|part|address|pack)s?[*_]* ?:[*_ ]*(.*)", re.IGNORECASE
)

_LEAVE_OUT = re.compile(r"[*_]*leave out[*_]* ?:[*_ ]*(.+)", re.IGNORECASE)


class Kind(Enum):
    """What a line of a file of entries is taken for."""

    BLANK = auto()
    TITLE = auto()  # "# Our page"
    HEAD = auto()  # "Procedure: …", before the first question
    ASIDE = auto()  # what else stands before the first question
    HEADING = auto()  # begins an entry
    ASKED = auto()  # "Also asked:"
    PHRASING = auto()
    BODY = auto()  # of the answer
    QUOTE = auto()
    TOPIC = auto()
    REVIEWED = auto()
    RULE = auto()  # a row of dashes


@dataclass(frozen=True, slots=True)
class Frame:
    """What the lines of a file hold."""

    drafts: list[Draft]
    head: dict[str, Line]  # what stands behind "Procedure:" and the like, and the "title"
    left_out: list[Line]  # what stands behind "Leave out:"
    kinds: tuple[Kind, ...]  # of each line


def read_frame(lines: Iterable[str], role: Role, diagnostics: Diagnostics) -> Frame:
    """The entries that the lines hold; every slip in the frame is told to `notes`."""
    reader = _Reader(role, diagnostics)
    for number, text in enumerate(lines, 1):
        reader.take(number, text)
    return Frame(reader.finish(), reader.head, reader.left_out, tuple(reader.kinds))


class _Reader:
    """Where the reading stands: which entry is open, and whether its list or a quote goes on."""

    def __init__(self, role: Role, diagnostics: Diagnostics) -> None:
        self.role = role
        self.diagnostics = diagnostics
        self.drafts: list[Draft] = []
        self.head: dict[str, Line] = {}
        self.left_out: list[Line] = []
        self.kinds: list[Kind] = []  # of each line so far
        self.draft: Draft | None = None
        self.last = Line(0, "")  # the last line that was not empty
        self.after_blank = True
        self.listing: Draft | None = None  # the entry whose phrasings are being listed
        self.loose: bool | None = None  # whether empty lines part the phrasings, once known
        self.parted = False  # whether that was found to change within the list
        self.quoting = False
        self.body_bullet = False  # whether the last line belongs to a list of the answer

    def take(self, number: int, text: str) -> None:
        squeezed = " ".join(text.split())  # also keeps the patterns above linear
        kind = self._sort(number, squeezed, indented=text[:1].isspace())
        self.kinds.append(kind)
        self.after_blank = kind in (Kind.BLANK, Kind.REVIEWED, Kind.TOPIC)
        if not self.after_blank:
            self.last = Line(number, squeezed)

    def finish(self) -> list[Draft]:
        self._close()
        return self.drafts

    def _sort(self, number: int, text: str, *, indented: bool) -> Kind:
        """Take the line as a part of the entry, and say as what."""
        if not text:
            return self._blank(number)
        quoting, self.quoting = self.quoting, False
        if text[0] == "#" and (kind := self._heading(number, text)):
            return kind
        if text[0] == ">":
            return self._quote(number, text.lstrip("> "), goes_on=quoting)
        if asks := _ALSO_ASKED.fullmatch(text):
            return self._also_asked(number, asks[1] or "")
        if _nearly_asks(text):
            return self._also_asked_misspelt(number, text)
        if review := _REVIEWED.fullmatch(text):
            return self._reviewed(number, review[1])
        if topic := _TOPIC.fullmatch(text):
            return self._topic(number, topic[1])
        if self.draft is None and (head := _HEAD.fullmatch(text)):
            return self._head(number, head[1].lower(), head[2])
        if self.draft is None and (left_out := _LEAVE_OUT.fullmatch(text)):
            self.left_out.append(Line(number, left_out[1]))
            return Kind.HEAD
        if _is_rule(text):
            return self._rule(number)
        if self.listing and self._list(number, text, self.listing, indented=indented):
            return Kind.PHRASING
        if _ID_AT_END.fullmatch(text) and not _BULLET.match(text):
            return self._unmarked_heading(Line(number, text))
        return self._text(number, text, indented=indented)

    def _blank(self, number: int) -> Kind:
        self.quoting = self.body_bullet = False
        if self.draft:
            self.draft.part(number)
        return Kind.BLANK

    # headings

    def _heading(self, number: int, text: str) -> Kind | None:
        rest = text.lstrip("#")
        signs, gap, rest = text[: len(text) - len(rest)], rest[:1] == " ", rest.strip("# ")
        asked = rest.endswith("?") or "{#" in rest
        if signs == "#" and not asked and not (gap and self.draft):
            if gap and self.draft is None:
                self.head.setdefault("title", Line(number, plain(rest)))
            return Kind.TITLE if gap or not rest else None  # "#1 in New York" is prose
        if signs != "##" or (rest and not gap):
            self.diagnostics.add(
                number,
                "A question starts with two # signs and a space; this line starts with "
                f"“{signs}{' ' if gap else rest[:1]}”.",
                f"Write: ## {excerpt(rest)}" if rest else "Remove the # signs.",
            )
        return self._begin(number, rest)

    def _begin(self, number: int, heading: str) -> Kind:
        self._close()
        if number <= len(self.kinds):  # a line above, only now seen to be a heading
            self.kinds[number - 1] = Kind.HEADING
        braces = _BRACES.search(heading)
        question = plain(heading[: braces.start()] if braces else heading)
        made = braces is None
        self.draft = Draft(self._id(number, question, braces), question, number, made)
        self.listing = None
        return Kind.HEADING

    def _id(self, number: int, question: str, braces: re.Match[str] | None) -> str:
        made = slug(question)
        if not made:
            self.diagnostics.add(
                number,
                "This heading has no question in it.",
                "Write the question after the two # signs, or remove the line.",
            )
            return ""
        if braces is None:
            return made
        sign, given, end = braces.groups()
        if sign and end and ID.fullmatch(given):
            return given
        self.diagnostics.add(
            number,
            f"The id “{excerpt(braces[0])}” cannot be used: an id stands in braces "
            "after a # sign and has only small letters, digits and dashes.",
            f"Write: ## {excerpt(question)} {{#{slug(given) or made}}}",
        )
        return slug(given) or made

    def _unmarked_heading(self, line: Line) -> Kind:
        tell_missing_signs(line, self.diagnostics)
        return self._begin(line.number, line.text)

    def _close(self) -> None:
        if self.draft:
            self.draft.trim()
            check_draft(self.draft, self.diagnostics)
            self.drafts.append(self.draft)

    # phrasings

    def _also_asked(self, number: int, behind: str) -> Kind:
        draft = self._open_list(number)
        if behind:
            draft.phrasings.append(Line(number, plain(behind)))
            self.diagnostics.add(
                number,
                "Something stands behind “Also asked:” on the same line.",
                f"Put it on its own line below, with a dash and a space: - {excerpt(behind, 40)}",
            )
        return Kind.ASKED

    def _also_asked_misspelt(self, number: int, text: str) -> Kind:
        self.diagnostics.add(
            number,
            f"“{excerpt(text)}” is probably meant to be “Also asked:”.",
            "Write: Also asked:",
        )
        self._open_list(number)
        return Kind.ASKED

    def _open_list(self, number: int) -> Draft:
        draft = self._asked_of(number)
        draft.asked = number
        self.draft = self.listing = draft
        self.loose, self.parted = None, False
        return draft

    def _asked_of(self, number: int) -> Draft:
        """The entry that "Also asked:" belongs to."""
        if line := self._unmarked_question():
            self._unmarked_heading(line)
        elif self.draft is None:
            self.diagnostics.add(
                number,
                "“Also asked:” stands before the first question.",
                "Write the question above it, with two # signs and a space: ## Where are you?",
            )
        elif self.draft.asked:
            self.diagnostics.add(
                number,
                f"This question has “Also asked:” twice; the first is in line {self.draft.asked}.",
                "Move everything into one list, or give the second one its own question "
                "with two # signs.",
            )
        return self.draft or Draft("", "", number)

    def _unmarked_question(self) -> Line | None:
        """The line above, when it is a question that lost its # signs; the body gives it up."""
        line, draft = self.last, self.draft
        if draft is None:
            text = line.text.lstrip("# ")
            return Line(line.number, text) if text and text[0] != ">" else None
        if not (draft.asked or draft.quotes) or not line.text.endswith("?"):
            return None
        draft.trim()
        return draft.body.pop() if draft.body and draft.body[-1].number == line.number else None

    def _list(self, number: int, text: str, draft: Draft, *, indented: bool) -> bool:
        """Take the line as a part of the list; False when it ends the list."""
        first = not draft.phrasings or self.last.number == draft.asked
        if bullet := _BULLET.fullmatch(text):
            if not first:
                self._watch_gaps(number)
            self._phrasing(number, plain(bullet[1]), draft)
            return True
        if first or self.after_blank:
            return False
        if indented:
            begun = draft.phrasings[-1]
            draft.phrasings[-1] = Line(begun.number, f"{begun.text} {plain(text)}")
            return True
        if text[0].islower():
            self.diagnostics.add(
                number,
                "It is not clear whether this line carries on the line above or is the answer.",
                "If it is the answer, leave an empty line before it; "
                "if not, join it to the line above.",
            )
        return False

    def _phrasing(self, number: int, phrasing: str, draft: Draft) -> None:
        if phrasing:
            draft.phrasings.append(Line(number, phrasing))
        else:
            self.diagnostics.add(number, "There is nothing behind this dash.", "Remove the line.")

    def _watch_gaps(self, number: int) -> None:
        if self.loose is None:
            self.loose = self.after_blank
        elif self.loose != self.after_blank and not self.parted and self.role is not Role.OFFICE:
            self.parted = True
            self.diagnostics.add(
                number,
                "An empty line parts the list under “Also asked:” in two, so it is not clear "
                "whether the second part is the answer.",
                "If it is the answer, write a sentence before its list; if these are other ways "
                "to ask, remove the empty line.",
            )

    # the answer and its quotes

    def _quote(self, number: int, text: str, *, goes_on: bool) -> Kind:
        self.listing = None
        if self.draft is None:
            self.diagnostics.add(
                number,
                "This quote stands before the first question.",
                "Write the question above it, with two # signs and a space.",
            )
            return Kind.ASIDE
        self.draft.part(number)
        quotes = self.draft.quotes
        if text and goes_on:
            quotes[-1] = Line(quotes[-1].number, f"{quotes[-1].text} {text}")
        elif text:
            quotes.append(Line(number, text))
        self.quoting = bool(text)
        return Kind.QUOTE

    def _reviewed(self, number: int, text: str) -> Kind:
        if self.draft is None:
            self.diagnostics.add(
                number,
                "“Reviewed:” stands before the first question.",
                "Move it below the question that was reviewed.",
            )
        elif self.draft.reviewed:
            self.diagnostics.add(
                number,
                "This question has “Reviewed:” twice; the first is in line "
                f"{self.draft.reviewed.number}.",
                "Keep the later one, and remove the other.",
            )
        else:
            self.draft.reviewed = Line(number, text)
        self._blank(number)  # so that what follows is no part of what stands above
        return Kind.REVIEWED

    def _topic(self, number: int, text: str) -> Kind:
        if self.draft is None:
            self.diagnostics.add(
                number,
                "“Topic:” stands before the first question.",
                "Move it below the question that is meant.",
            )
        elif self.draft.topic:
            self.diagnostics.add(
                number,
                "This question has “Topic:” twice; the first is in line "
                f"{self.draft.topic.number}.",
                "Write all its topics on one line, parted by commas.",
            )
        else:
            self.draft.topic = Line(number, text)
        self._blank(number)
        return Kind.TOPIC

    def _head(self, number: int, key: str, text: str) -> Kind:
        if key in self.head:
            self.diagnostics.add(
                number,
                f"“{key.capitalize()}:” stands here twice; the first is in line "
                f"{self.head[key].number}.",
                "Write all names on one line, parted by commas.",
            )
        self.head.setdefault(key, Line(number, plain(text)))
        return Kind.HEAD

    def _rule(self, number: int) -> Kind:
        """A row of dashes parts entries for the eye, unless it underlines a question."""
        draft, line = self.draft, self.last
        self.listing = None
        if not self.after_blank and line.text.endswith("?"):
            body = draft.body if draft else [line]
            if body and body[-1].number == line.number:
                self._unmarked_heading(body.pop())
        elif draft:
            draft.part(number)
        return Kind.RULE

    def _text(self, number: int, text: str, *, indented: bool) -> Kind:
        self.listing = None
        if self.draft is None:
            return Kind.ASIDE
        bullet = _BODY_BULLET.match(text)
        if bullet and not text[0].isdigit():
            text = "- " + text[bullet.end() :]
        elif not bullet and self.body_bullet and not indented and not text[0].islower():
            self.draft.part(number)  # else the sentence below a list becomes its last item
        within = self.body_bullet and indented
        self.draft.body.append(Line(number, "  " + text if within and not bullet else text))
        self.body_bullet = bool(bullet) or within
        return Kind.BODY


def _nearly_asks(text: str) -> bool:
    return (
        text[-1] == ":"
        and len(text) <= 16
        and " " in text
        and fuzz.ratio(text.lower(), "also asked:") >= 78
    )


def _is_rule(text: str) -> bool:
    return text[0] in "-=*_" and _RULE.fullmatch(text) is not None

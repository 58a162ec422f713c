"""Reads a file of entries line by line: its front matter, headings, phrasings, answers and quotes.

This is not left to a Markdown parser. Under CommonMark, a missing empty line, a row of dashes or
a stray fence silently moves text to another part; here, each such mistake has a line number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from faqbot.knowledge.parsed import (
    Line,
    LineKind,
    ParsedEntry,
    ParsedFile,
    check_parts,
    report_missing_signs,
)
from faqbot.knowledge.strings import excerpt, slug, strip_emphasis
from faqbot.knowledge.values import Diagnostics, Role

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
_FRONT_MATTER = re.compile(
    r"[*_]*(procedure|condition|part|address|pack)s?[*_]* ?:[*_ ]*(.*)", re.IGNORECASE
)
_LEAVE_OUT = re.compile(r"[*_]*leave out[*_]* ?:[*_ ]*(.+)", re.IGNORECASE)
_FIELDS = {  # their names, and what to do about a second one
    LineKind.TOPIC: ("Topic", "Write all its topics on one line, separated by commas."),
    LineKind.REVIEWED: ("Reviewed", "Keep the later one, and remove the other."),
}


def parse(lines: Iterable[str], role: Role, diagnostics: Diagnostics) -> ParsedFile:
    """What the lines hold; every mistake in how they are arranged is added to `diagnostics`."""
    parser = _Parser(role, diagnostics)
    for text in lines:
        parser.take(text)
    parser.close()
    return ParsedFile(parser.entries, parser.front_matter, parser.left_out, tuple(parser.kinds))


class _Parser:
    """The state between two lines: which entry is open, and whether its list or quote goes on."""

    def __init__(self, role: Role, diagnostics: Diagnostics) -> None:
        self.role = role
        self.diagnostics = diagnostics
        self.entries: list[ParsedEntry] = []
        self.front_matter: dict[str, Line] = {}
        self.left_out: list[Line] = []
        self.kinds: list[LineKind] = []  # of each line so far
        self.number = 0  # of the line being read
        self.entry: ParsedEntry | None = None  # the one that lines are added to
        self.last = Line(0, "")  # the last line that was not empty
        self.after_blank = True
        self.listing: ParsedEntry | None = None  # the entry whose phrasings are being listed
        self.loose: bool | None = None  # whether empty lines separate the phrasings, once known
        self.split = False  # whether an empty line was found to split the list
        self.quoting = False
        self.body_bullet = False  # whether the last line belongs to a list of the answer

    def take(self, text: str) -> None:
        self.number += 1
        squeezed = " ".join(text.split())  # also keeps the patterns above linear
        kind = self._sort(squeezed, indented=text[:1].isspace())
        self.kinds.append(kind)
        self.after_blank = kind in (LineKind.BLANK, LineKind.REVIEWED, LineKind.TOPIC)
        if not self.after_blank:
            self.last = self._line(squeezed)

    def close(self) -> None:
        """End the entry that is open."""
        if self.entry:
            self.entry.trim()
            check_parts(self.entry, self.diagnostics)
            self.entries.append(self.entry)

    def _line(self, text: str) -> Line:
        return Line(self.number, text)

    def _report(self, message: str, fix: str) -> None:
        self.diagnostics.add(self.number, message, fix)

    def _report_early(self, what: str) -> None:
        fix = "Write the question above it, after two # signs and a space: ## Where are you?"
        self._report(f"{what} comes before the first question.", fix)

    def _report_twice(self, name: str, first: int, fix: str) -> None:
        self._report(f"“{name}:” occurs twice; the first is in line {first}.", fix)

    def _sort(self, text: str, *, indented: bool) -> LineKind:
        """Add the line to its part of the entry, and return which part that is."""
        if not text:
            return self._blank()
        quoting, self.quoting = self.quoting, False
        if text[0] == "#" and (kind := self._heading(text)):
            return kind
        if text[0] == ">":
            return self._quote(text.lstrip("> "), goes_on=quoting)
        if asked := _ALSO_ASKED.fullmatch(text):
            return self._also_asked(asked[1] or "")
        if _is_nearly_also_asked(text):
            message = f"“{excerpt(text)}” is probably meant to be “Also asked:”."
            self._report(message, "Write: Also asked:")
            return self._also_asked()
        if review := _REVIEWED.fullmatch(text):
            return self._field(LineKind.REVIEWED, review[1])
        if topic := _TOPIC.fullmatch(text):
            return self._field(LineKind.TOPIC, topic[1])
        if self.entry is None and (found := _FRONT_MATTER.fullmatch(text)):
            return self._front_matter(found[1].lower(), found[2])
        if self.entry is None and (left_out := _LEAVE_OUT.fullmatch(text)):
            self.left_out.append(self._line(left_out[1]))
            return LineKind.FRONT_MATTER
        if text[0] in "-=*_" and _RULE.fullmatch(text):
            return self._rule()
        if self.listing and self._list(text, self.listing, indented=indented):
            return LineKind.PHRASING
        if _ID_AT_END.fullmatch(text) and not _BULLET.match(text):
            return self._unmarked_heading(self._line(text))
        return self._text(text, indented=indented)

    def _blank(self) -> LineKind:
        self.quoting = self.body_bullet = False
        if self.entry:
            self.entry.begin_paragraph(self.number)
        return LineKind.BLANK

    # headings

    def _heading(self, text: str) -> LineKind | None:
        rest = text.lstrip("#")
        signs, gap, rest = text[: len(text) - len(rest)], rest[:1] == " ", rest.strip("# ")
        is_question = rest.endswith("?") or "{#" in rest
        if signs == "#" and not is_question and not (gap and self.entry):
            if gap and self.entry is None:
                self.front_matter.setdefault("title", self._line(strip_emphasis(rest)))
            return LineKind.TITLE if gap or not rest else None  # "#1 in New York" is prose
        if signs != "##" or (rest and not gap):
            start = f"{signs} " if gap else f"{signs}{rest[:1]}"
            message = f"A question starts with “## ”, but this line starts with “{start}”."
            self._report(message, f"Write: ## {excerpt(rest)}" if rest else "Remove the # signs.")
        return self._begin(self._line(rest))

    def _begin(self, heading: Line) -> LineKind:
        self.close()
        number, text = heading
        if number < self.number:  # a line above, only now seen to be a heading
            self.kinds[number - 1] = LineKind.HEADING
        braces = _BRACES.search(text)
        question = strip_emphasis(text[: braces.start()] if braces else text)
        id = self._id(number, question, braces)
        self.entry = ParsedEntry(id, question, number, made=braces is None)
        self.listing = None
        return LineKind.HEADING

    def _id(self, number: int, question: str, braces: re.Match[str] | None) -> str:
        made = slug(question)
        if not made:
            fix = "Write the question after the two # signs, or remove the line."
            self.diagnostics.add(number, "There is no question in this heading.", fix)
            return ""
        if braces is None:
            return made
        sign, given, end = braces.groups()
        if sign and end and ID.fullmatch(given):
            return given
        message = f"“{excerpt(braces[0])}” is not an id of lowercase letters, digits and dashes."
        id = slug(given) or made
        self.diagnostics.add(number, message, f"Write: ## {excerpt(question)} {{#{id}}}")
        return id

    def _unmarked_heading(self, line: Line) -> LineKind:
        report_missing_signs(line, self.diagnostics)
        return self._begin(line)

    # phrasings

    def _also_asked(self, rest: str = "") -> LineKind:
        entry = self._asked_of()
        entry.asked_line = self.number
        self.entry = self.listing = entry
        self.loose, self.split = None, False
        if rest:
            entry.phrasings.append(self._line(strip_emphasis(rest)))
            fix = f"Put it on its own line below, after a dash and a space: - {excerpt(rest, 40)}"
            self._report("There is something after “Also asked:” on the same line.", fix)
        return LineKind.ASKED

    def _asked_of(self) -> ParsedEntry:
        """The entry that "Also asked:" belongs to."""
        if line := self._unmarked_question():
            self._unmarked_heading(line)
        elif self.entry is None:
            self._report_early("“Also asked:”")
        elif self.entry.asked_line:
            fix = "Move everything into one list, or write another question above the second one."
            self._report_twice("Also asked", self.entry.asked_line, fix)
        return self.entry or ParsedEntry("", "", self.number)

    def _unmarked_question(self) -> Line | None:
        """The line above, when it is a question that lost its # signs; the body gives it up."""
        line, entry = self.last, self.entry
        if entry is None:
            text = line.text.lstrip("# ")
            return Line(line.number, text) if text and text[0] != ">" else None
        if not (entry.asked_line or entry.quotes) or not line.text.endswith("?"):
            return None
        entry.trim()
        return entry.body.pop() if entry.body and entry.body[-1].number == line.number else None

    def _list(self, text: str, entry: ParsedEntry, *, indented: bool) -> bool:
        """Take the line as a part of the list; False when it ends the list."""
        first = not entry.phrasings or self.last.number == entry.asked_line
        if bullet := _BULLET.fullmatch(text):
            if not first:
                self._check_gap()
            if phrasing := strip_emphasis(bullet[1]):
                entry.phrasings.append(self._line(phrasing))
            else:
                self._report("There is nothing after this dash.", "Remove the line.")
            return True
        if first or self.after_blank:
            return False
        if indented:
            begun = entry.phrasings[-1]
            entry.phrasings[-1] = Line(begun.number, f"{begun.text} {strip_emphasis(text)}")
            return True
        if text[0].islower():
            fix = "Leave an empty line before the answer, or join this line to the one above."
            self._report("It is not clear whether this continues the line above.", fix)
        return False

    def _check_gap(self) -> None:
        if self.loose is None:
            self.loose = self.after_blank
        elif self.loose != self.after_blank and not self.split and self.role is not Role.PHONE_ONLY:
            self.split = True
            self._report(
                "An empty line splits the list under “Also asked:”: is the second part the answer?",
                "If it is, write a sentence above that part; if not, remove the empty line.",
            )

    # the answer, its quotes, and what is said about it

    def _quote(self, text: str, *, goes_on: bool) -> LineKind:
        self.listing = None
        if self.entry is None:
            self._report_early("This quote")
            return LineKind.ASIDE
        self.entry.begin_paragraph(self.number)
        quotes = self.entry.quotes
        if text and goes_on:
            quotes[-1] = Line(quotes[-1].number, f"{quotes[-1].text} {text}")
        elif text:
            quotes.append(self._line(text))
        self.quoting = bool(text)
        return LineKind.QUOTE

    def _field(self, kind: LineKind, text: str) -> LineKind:
        """ "Topic:" or "Reviewed:", which may stand anywhere below the heading, but only once."""
        name, fix = _FIELDS[kind]
        if self.entry is None:
            self._report_early(f"“{name}:”")
        elif first := self.entry.fields.get(kind):
            self._report_twice(name, first.number, fix)
        else:
            self.entry.fields[kind] = self._line(text)
        self._blank()  # so that what follows is not part of what is above
        return kind

    def _front_matter(self, key: str, text: str) -> LineKind:
        if first := self.front_matter.get(key):
            fix = "Write all names on one line, separated by commas."
            self._report_twice(key.capitalize(), first.number, fix)
        self.front_matter.setdefault(key, self._line(strip_emphasis(text)))
        return LineKind.FRONT_MATTER

    def _rule(self) -> LineKind:
        """A row of dashes separates entries visually, unless it underlines a question."""
        entry, line = self.entry, self.last
        self.listing = None
        if not self.after_blank and line.text.endswith("?"):
            body = entry.body if entry else [line]
            if body and body[-1].number == line.number:
                self._unmarked_heading(body.pop())
        elif entry:
            entry.begin_paragraph(self.number)
        return LineKind.RULE

    def _text(self, text: str, *, indented: bool) -> LineKind:
        self.listing = None
        if self.entry is None:
            return LineKind.ASIDE
        bullet = _BODY_BULLET.match(text)
        if bullet and not text[0].isdigit():
            text = "- " + text[bullet.end() :]
        elif not bullet and self.body_bullet and not indented and not text[0].islower():
            self.entry.begin_paragraph(self.number)  # else it would join the last list item
        within = self.body_bullet and indented
        self.entry.body.append(self._line("  " + text if within and not bullet else text))
        self.body_bullet = bool(bullet) or within
        return LineKind.BODY


def _is_nearly_also_asked(text: str) -> bool:
    is_short = text[-1] == ":" and len(text) <= 16 and " " in text
    return is_short and fuzz.ratio(text.lower(), "also asked:") >= 78

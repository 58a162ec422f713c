"""One entry in its file's text: read it, write it, remove it; all else stays byte for byte.

What somebody types into one field of the form can never become another part of the file: if it
would, `EditError` says so. Whether the knowledge as a whole is sound is up to `knowledge.read`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from faqbot.editing.workspace import DeskError, Files, decode
from faqbot.knowledge import Role, role_of
from faqbot.knowledge.blocks import Block as Block
from faqbot.knowledge.blocks import blocks as blocks
from faqbot.knowledge.parsed import LineKind, ParsedEntry
from faqbot.knowledge.parser import ID, parse
from faqbot.knowledge.snapshot import clean, lines_of
from faqbot.knowledge.strings import excerpt, slug, strip_emphasis
from faqbot.knowledge.values import KINDS, LOOK_ALIKES, Diagnostics

LONGEST_ID = 40  # characters of an id made from a question

_LINE_END = re.compile(r"\r\n|\r|\n")
_BULLET = re.compile(r"(?:[•·▪●*+–—-]|\d{1,3}[.)])\s+")  # noqa: RUF001
_NOT_IN_IDS = re.compile(r"[^a-z0-9-]+")
_MOST_NESTED = 5  # marks within marks: more than anybody types


@dataclass(frozen=True, slots=True)
class EntryText:
    """An entry as staff edit it: the fields of the form."""

    question: str
    id: str = ""  # if empty, one is made from the question
    phrasings: tuple[str, ...] = ()
    answer: str = ""  # Markdown; includes the paragraph "En español:" of an emergency
    quotes: tuple[str, ...] = ()
    reviewed: str = ""  # "2026-11-02 by Ann Lee", or empty
    topics: str = ""  # ids of topics separated by commas, "none", or empty


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field; `field` is an attribute of `EntryText`, or empty."""

    field: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.message} {self.fix}"


class EditError(DeskError):
    """The entry cannot be written as it was typed; `problems` says all that is wrong with it."""

    def __init__(self, *problems: FieldProblem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class NoEntryError(EditError):
    """There is no entry with this id, perhaps not any more."""

    def __init__(self, entry_id: str) -> None:
        super().__init__(
            FieldProblem(
                "id",
                f"There is no question “{excerpt(entry_id)}” any more.",
                "Somebody may have removed or renamed it: look at the list of answers.",
            )
        )


# entries in a set of files


def blocks_in(files: Files, name: str) -> list[Block]:
    """The entries of one of the files; of none that holds no entries."""
    text = decode(files.get(name, b""))
    return blocks(text, role_of(name)) if name.endswith(".md") else []


def ids(files: Files) -> dict[str, str]:
    """Each entry's id, with the name of its file."""
    names = sorted(files, reverse=True)
    return {block.id: name for name in names for block in blocks_in(files, name) if block.id}


def find(files: Files, entry_id: str) -> tuple[str, EntryText]:
    """The name of the file that holds the entry, and the entry; raises NoEntryError.

    An id that two pages' headings make may have the page's name before it, as in the knowledge.
    """
    found = [(name, block) for name in sorted(files) for block in blocks_in(files, name)]
    for qualified in (False, True):
        for name, block in found:
            page = f"{slug(name.removesuffix('.md'))}-" if qualified else ""
            if block.id and entry_id == page + block.id:
                return name, fields_of(block)
    raise NoEntryError(entry_id)


# an entry in its file's text


def read_entry(text: str, entry_id: str, role: Role = Role.ANSWER) -> EntryText:
    """The entry as its fields; raises NoEntryError."""
    return fields_of(_find(blocks(text, role), entry_id))


def fields_of(block: Block) -> EntryText:
    """The fields of an entry, read from its part of the file."""
    lines = lines_of(clean(block.text))
    parsed, _ = _parse(lines)
    if not parsed:  # a heading with one sign, which on its own is taken for the file's title
        parsed, _ = _parse([f"## {block.question}", *lines[1:]])
    return _tidy(_of(parsed[0]), block.id)


def write_entry(text: str, entry_id: str | None, entry: EntryText) -> str:
    """The file's text with `entry` in place of the one with this id; None adds it at the end.

    An unchanged entry leaves the text as it is. Raises EditError.
    """
    found = blocks(text)
    taken = [block.id for block in found]
    block = None if entry_id is None else _find(found, entry_id)
    new = _tidy(entry, block.id if block else new_id(entry.question, taken))
    if block and new == fields_of(block):
        return text
    lines = _lines(new)
    if new.id in taken and (block is None or new.id != block.id):
        raise EditError(name_taken(new.id))
    at = taken.index(block.id) if block else len(taken)
    written = _replace(text, block, lines) if block else _append(text, lines)
    _refuse_disorder(written, [*taken[:at], new.id, *taken[at + 1 :]])
    return written


def remove_entry(text: str, entry_id: str) -> str:
    """The file's text without the entry; raises NoEntryError."""
    block = _find(blocks(text), entry_id)
    before, after = text[: block.start], text[block.end :]
    if after or not before.strip("\ufeff\r\n"):
        return before + after
    return before.rstrip("\r\n") + _line_end(text)


def new_id(question: str, taken: Iterable[str]) -> str:
    """A short id from the question's words; none of `taken` and none with a special meaning."""
    made = _NOT_IN_IDS.sub("", slug(question)).strip("-")
    if len(made) > LONGEST_ID:
        made = made[: LONGEST_ID + 1].rpartition("-")[0] or made[:LONGEST_ID]
    made = re.sub(r"--+", "-", made) or "question"
    refused = {*taken, *KINDS, LOOK_ALIKES}
    found, number = made, 2
    while found in refused:
        found, number = f"{made}-{number}", number + 1
    return found


def name_taken(entry_id: str) -> FieldProblem:
    """Two entries cannot have the same id."""
    return FieldProblem(
        "id", f"“{entry_id}” is the name of another question.", "Choose another name."
    )


def phrasings_of(typed: str) -> tuple[str, ...]:
    """The lines of a text field, each of them a phrasing, with or without a bullet."""
    lines = (_squeeze(line) for line in lines_of(clean(typed)))
    bare = (_BULLET.sub("", line, count=1) if _BULLET.match(line) else line for line in lines)
    return tuple(dict.fromkeys(line for line in bare if line))


# an entry's fields


def _find(found: Sequence[Block], entry_id: str) -> Block:
    for block in found:
        if block.id == entry_id and entry_id:
            return block
    raise NoEntryError(entry_id)


def _of(parsed: ParsedEntry) -> EntryText:
    topic, reviewed = map(parsed.fields.get, (LineKind.TOPIC, LineKind.REVIEWED))
    return EntryText(
        question=parsed.question,
        id=parsed.id,
        phrasings=tuple(line.text for line in parsed.phrasings),
        answer="\n".join(line.text for line in parsed.body),
        quotes=tuple(line.text for line in parsed.quotes),
        topics=topic.text if topic else "",
        reviewed=reviewed.text if reviewed else "",
    )


def _parse(lines: Sequence[str]) -> tuple[list[ParsedEntry], tuple[LineKind, ...]]:
    parsed = parse(lines, Role.ANSWER, Diagnostics(""))
    return parsed.entries, parsed.kinds


def _tidy(entry: EntryText, entry_id: str) -> EntryText:
    """Without what a file does not keep: extra spaces and empty lines, marks around a question."""
    return EntryText(
        question=_unmarked(entry.question),
        id=entry.id.strip() or entry_id,
        phrasings=tuple(filter(None, map(_unmarked, entry.phrasings))),
        answer=_paragraphs(entry.answer),
        quotes=tuple(filter(None, (_squeeze(quote).lstrip("> ") for quote in entry.quotes))),
        topics=_squeeze(entry.topics),
        reviewed=_squeeze(entry.reviewed),
    )


def _unmarked(text: str) -> str:
    text = _squeeze(text)
    for _ in range(_MOST_NESTED):
        text = strip_emphasis(text)
    return text


def _squeeze(text: str) -> str:
    return " ".join(clean(text).split())


def _paragraphs(text: str) -> str:
    lines = [line.rstrip() for line in lines_of(clean(text))]
    kept = [line for line, above in zip(lines, ["", *lines], strict=False) if line or above]
    return "\n".join(kept).strip()


# an entry's lines


class _Row(NamedTuple):
    """A line to be written: the field it comes from, and what it must be read as."""

    text: str
    field: str = ""
    kind: LineKind = LineKind.BLANK


def _lines(entry: EntryText) -> list[str]:
    """The entry's lines in a file; raises EditError if they would be read differently."""
    if problems := list(_wrong_names(entry)):
        raise EditError(*problems)
    rows = list(_rows(entry))
    parsed, kinds = _parse([row.text for row in rows])
    if problems := list(_misread(rows, kinds)) or list(_altered(entry, _of(parsed[0]))):
        raise EditError(*problems)
    as_read = replace(entry, answer=_paragraphs(_of(parsed[0]).answer))
    return [row.text for row in _rows(as_read)]


def _wrong_names(entry: EntryText) -> Iterator[FieldProblem]:
    if not slug(entry.question):
        yield FieldProblem(
            "question", "There is no question.", "Write it as a visitor would ask it."
        )
    elif not ID.fullmatch(entry.id) and entry.id != slug(entry.question):
        yield FieldProblem(
            "id",
            f"“{excerpt(entry.id)}” cannot be the name of a question.",
            f"Use small letters, digits and dashes only, such as {new_id(entry.question, ())}",
        )


def _rows(entry: EntryText) -> Iterator[_Row]:
    name = f" {{#{entry.id}}}" if ID.fullmatch(entry.id) else ""
    yield _Row(f"## {entry.question}{name}", "question", LineKind.HEADING)
    if entry.topics:
        yield _Row("")
        yield _Row(f"Topic: {entry.topics}", "topics", LineKind.TOPIC)
    if entry.phrasings:
        yield _Row("")
        yield _Row("Also asked:", "phrasings", LineKind.ASKED)
        yield _Row("")
    for phrasing in entry.phrasings:
        yield _Row(f"- {phrasing}", "phrasings", LineKind.PHRASING)
    if entry.answer:
        yield _Row("")
    for line in lines_of(entry.answer) if entry.answer else ():
        yield _Row(line, "answer", LineKind.BODY if line else LineKind.BLANK)
    for quote in entry.quotes:
        yield _Row("")
        yield _Row(f"> {quote}", "quotes", LineKind.QUOTE)
    if entry.reviewed:
        yield _Row("")
        yield _Row(f"Reviewed: {entry.reviewed}", "reviewed", LineKind.REVIEWED)


def _misread(rows: Sequence[_Row], kinds: Sequence[LineKind]) -> Iterable[FieldProblem]:
    """The lines that are taken for something else; the first of each field."""
    pairs = reversed(list(zip(rows, kinds, strict=True)))
    return {row.field: _explain(row, kind) for row, kind in pairs if row.kind is not kind}.values()


def _altered(entry: EntryText, read: EntryText) -> Iterator[FieldProblem]:
    """The texts that would be read in other words."""
    for (field, typed), (_, found) in zip(_single_lines(entry), _single_lines(read), strict=True):
        if typed != found:
            yield FieldProblem(
                field,
                f"“{excerpt(typed)}” would be read as “{excerpt(found)}”.",
                "Leave out signs such as # * _ at its beginning and its end.",
            )


def _single_lines(entry: EntryText) -> Iterator[tuple[str, str]]:
    """Each text of one line, with its field."""
    yield "question", entry.question
    yield "id", entry.id
    yield from (("phrasings", phrasing) for phrasing in entry.phrasings)
    yield from (("quotes", quote) for quote in entry.quotes)
    yield "topics", entry.topics
    yield "reviewed", entry.reviewed


_TAKEN_FOR = {
    LineKind.HEADING: ("would begin a question of its own", "Take out the # sign or the dashes."),
    LineKind.TITLE: ("would not be shown", "Take it out."),
    LineKind.QUOTE: (
        "would be taken for a quote of your page",
        "Take out the > sign, or move the line to the field for quotes.",
    ),
    LineKind.ASKED: ("would begin a list of other ways to ask", "Write it in other words."),
    LineKind.PHRASING: (
        "would be taken for another way to ask, because the answer begins with a list",
        "Write a sentence before the list.",
    ),
    LineKind.TOPIC: ("would be taken for the topic of the question", "Use the field for it."),
    LineKind.REVIEWED: (
        "would be taken for the note on who reviewed the answer",
        "Use the field for it, or other words.",
    ),
    LineKind.RULE: ("would not be shown", "Take it out."),
}


def _explain(row: _Row, kind: LineKind) -> FieldProblem:
    what, fix = _TAKEN_FOR.get(kind, ("would be read differently", "Write it in other words."))
    typed = row.text.removeprefix("- ") if row.kind is LineKind.PHRASING else row.text
    return FieldProblem(row.field, f"The line “{excerpt(typed)}” {what}.", fix)


# the text around an entry


def _line_end(text: str) -> str:
    found = _LINE_END.search(text)
    return found[0] if found else "\n"


def _replace(text: str, block: Block, lines: Sequence[str]) -> str:
    """With the lines in place of the block, except for empty lines and dashes at its end."""
    end = _line_end(text)
    _, kinds = _parse(lines_of(clean(block.text)))
    content = max(n for n, kind in enumerate(kinds) if kind not in (LineKind.BLANK, LineKind.RULE))
    ends = [*_LINE_END.finditer(block.text)]
    rest = block.text[ends[content].start() :] if content < len(ends) else ""
    apart = end if kinds[content + 1 : content + 2] == (LineKind.RULE,) else ""
    return text[: block.start] + end.join(lines) + apart + rest + text[block.end :]


def _append(text: str, lines: Sequence[str]) -> str:
    end = _line_end(text)
    gap = ""
    if text.strip("\ufeff\r\n"):
        ended = len(_LINE_END.findall(text[len(text.rstrip("\r\n")) :]))
        gap = end * max(0, 2 - ended)
    return text + gap + end.join(lines) + end


def _refuse_disorder(text: str, expected: Sequence[str]) -> None:
    """If the rest of the file is broken, a change here could change how that is read."""
    if [block.id for block in blocks(text)] != list(expected):
        raise EditError(
            FieldProblem(
                "",
                "A question near this one is not written as it must be.",
                "Open the whole file as text, and fix what is marked there first.",
            )
        )

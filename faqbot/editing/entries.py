"""One entry in its file's text: read it, write it, take it out; all else stays byte for byte.

What staff type into a field of the form can never become another part of the file: where it
would, `EditError` says so. Whether the knowledge as a whole is sound is for `knowledge.read`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from faqbot.editing.merging import Merged, merge
from faqbot.knowledge import Role
from faqbot.knowledge.blocks import Block, blocks
from faqbot.knowledge.parsed import LineKind, ParsedEntry
from faqbot.knowledge.parser import ID, parse
from faqbot.knowledge.snapshot import clean, lines_of
from faqbot.knowledge.values import KINDS, LOOK_ALIKES, Diagnostics
from faqbot.knowledge.wording import excerpt, plain, sameness, slug

__all__ = [
    "Block",
    "EditError",
    "EntryText",
    "FieldProblem",
    "Merged",
    "NoEntryError",
    "add_phrasing",
    "blocks",
    "merge",
    "new_id",
    "phrasings_of",
    "read_entry",
    "remove_entry",
    "write_entry",
]

LONGEST_ID = 40  # characters of one that is made from a question

_LINE_END = re.compile(r"\r\n|\r|\n")
_DASH = re.compile(r"(?:[•·▪●*+–—-]|\d{1,3}[.)])\s+")  # noqa: RUF001
_NO_ID = re.compile(r"[^a-z0-9-]+")
_PLAIN_ROUNDS = 5  # marks within marks: more than anybody types


@dataclass(frozen=True, slots=True)
class EntryText:
    """An entry as staff edit it: the fields of the form."""

    question: str
    id: str = ""  # where there is none yet, one is made from the question
    phrasings: tuple[str, ...] = ()
    answer: str = ""  # Markdown; also the paragraph "En español:" of an emergency
    quotes: tuple[str, ...] = ()
    reviewed: str = ""  # "2026-11-02 by Ann Lee", or nothing
    topics: str = ""  # ids of topics parted by commas, "none", or nothing


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field: `field` is the name of an attribute of `EntryText`."""

    field: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.message} {self.fix}"


class EditError(ValueError):
    """The entry cannot be written as it was typed; `slips` says all that is wrong with it."""

    def __init__(self, *slips: FieldProblem) -> None:
        super().__init__("\n".join(map(str, slips)))
        self.slips = slips


class NoEntryError(EditError):
    """The file has no entry of this id (any more)."""

    def __init__(self, entry_id: str) -> None:
        super().__init__(
            FieldProblem(
                "id",
                f"There is no question “{entry_id}” in this file any more.",
                "Somebody may have removed it: look at the list of answers.",
            )
        )


def read_entry(text: str, entry_id: str, role: Role = Role.ANSWER) -> EntryText:
    """The entry as its fields; raises NoEntryError."""
    return _fields(_find(_blocks(text, entry_id, role), entry_id))


def write_entry(text: str, entry_id: str | None, entry: EntryText) -> str:
    """The file's text with the entry in place of the one of this id; None adds it at the end.

    An entry that did not change leaves the text as it is. Raises EditError.
    """
    found = _blocks(text, entry_id)
    ids = [block.id for block in found]
    block = None if entry_id is None else _find(found, entry_id)
    new = _tidy(entry, block.id if block else new_id(entry.question, ids))
    if block and new == _fields(block):
        return text
    lines = _lines(new)
    if new.id in ids and (block is None or new.id != block.id):
        raise EditError(
            FieldProblem(
                "id", f"“{new.id}” is the name of another question.", "Choose another name."
            )
        )
    at = ids.index(block.id) if block else len(ids)
    written = _replace(text, block, lines) if block else _append(text, lines)
    _refuse_disorder(written, [*ids[:at], new.id, *ids[at + 1 :]])
    return written


def remove_entry(text: str, entry_id: str) -> str:
    """The file's text without the entry; raises NoEntryError."""
    block = _find(_blocks(text, entry_id), entry_id)
    before, after = text[: block.start], text[block.end :]
    if after or not before.strip("\ufeff\r\n"):
        return before + after
    return before.rstrip("\r\n") + _line_end(text)


def add_phrasing(text: str, entry_id: str, phrasing: str) -> str:
    """The text with one more way to ask the entry; as it is, where the entry has it already."""
    entry = read_entry(text, entry_id)
    if sameness(phrasing) in map(sameness, (entry.question, *entry.phrasings)):
        return text
    return write_entry(text, entry_id, replace(entry, phrasings=(*entry.phrasings, phrasing)))


def new_id(question: str, taken: Iterable[str]) -> str:
    """A short id from the question's words, none of `taken` and none with a meaning of its own."""
    made = _NO_ID.sub("", slug(question)).strip("-")
    if len(made) > LONGEST_ID:
        made = made[: LONGEST_ID + 1].rpartition("-")[0] or made[:LONGEST_ID]
    made = re.sub(r"--+", "-", made) or "question"
    refused = {*taken, *KINDS, LOOK_ALIKES}
    number = 2
    found = made
    while found in refused:
        found, number = f"{made}-{number}", number + 1
    return found


def phrasings_of(typed: str) -> tuple[str, ...]:
    """What was typed into a field of many lines: each line is a phrasing, with or without dash."""
    lines = (" ".join(line.split()) for line in lines_of(clean(typed)))
    bare = (_DASH.sub("", line, count=1) if _DASH.match(line) else line for line in lines)
    return tuple(dict.fromkeys(line for line in bare if line))


# an entry's fields


def _blocks(text: str, entry_id: str | None, role: Role = Role.ANSWER) -> list[Block]:
    """The entries, where the one that is meant may have its page's name before its id."""
    found = blocks(text, role)
    if entry_id is None or entry_id in {block.id for block in found}:
        return found
    meant = [block for block in found if block.id and entry_id.endswith(f"-{block.id}")]
    longest = max(meant, key=lambda block: len(block.id), default=None)
    return [replace(block, id=entry_id) if block is longest else block for block in found]


def _find(found: Sequence[Block], entry_id: str) -> Block:
    for block in found:
        if block.id == entry_id and entry_id:
            return block
    raise NoEntryError(entry_id)


def _fields(block: Block) -> EntryText:
    """The fields of an entry, as they come out of its part of the file."""
    lines = lines_of(clean(block.text))
    drafts, _ = _sort(lines)
    if not drafts:  # its heading has one sign, and by itself is taken for the file's title
        drafts, _ = _sort([f"## {block.question}", *lines[1:]])
    return _tidy(_of(drafts[0]), block.id)


def _of(draft: ParsedEntry) -> EntryText:
    topic, reviewed = map(draft.fields.get, (LineKind.TOPIC, LineKind.REVIEWED))
    return EntryText(
        question=draft.question,
        id=draft.id,
        phrasings=tuple(line.text for line in draft.phrasings),
        answer="\n".join(line.text for line in draft.body),
        quotes=tuple(line.text for line in draft.quotes),
        topics=topic.text if topic else "",
        reviewed=reviewed.text if reviewed else "",
    )


def _sort(lines: Sequence[str]) -> tuple[list[ParsedEntry], tuple[LineKind, ...]]:
    parsed = parse(lines, Role.ANSWER, Diagnostics(""))
    return parsed.entries, parsed.kinds


def _tidy(entry: EntryText, entry_id: str) -> EntryText:
    """Without what a file does not keep: spaces too many, empty lines, marks around a question.

    Line breaks stay where they cannot be; they are told later.
    """
    return EntryText(
        question=_plain(entry.question),
        id=entry.id.strip() or entry_id,
        phrasings=tuple(filter(None, map(_plain, entry.phrasings))),
        answer=_paragraphs(entry.answer),
        quotes=tuple(filter(None, (" ".join(clean(q).split()).lstrip("> ") for q in entry.quotes))),
        topics=_squeeze(entry.topics),
        reviewed=_squeeze(entry.reviewed),
    )


def _plain(text: str) -> str:
    text = _squeeze(text)
    for _ in range(_PLAIN_ROUNDS):
        text = plain(text)
    return text


def _squeeze(text: str) -> str:
    lines = (" ".join(line.split()) for line in lines_of(clean(text).strip()))
    return "\n".join(filter(None, lines))


def _paragraphs(text: str) -> str:
    lines = [line.rstrip() for line in lines_of(clean(text))]
    kept = [line for line, above in zip(lines, ["", *lines], strict=False) if line or above]
    return "\n".join(kept).strip()


# an entry's lines


@dataclass(frozen=True, slots=True)
class _Row:
    """A line to be written: the field it comes from, and what it must be taken for."""

    text: str
    field: str = ""
    kind: LineKind = LineKind.BLANK


def _lines(entry: EntryText) -> list[str]:
    """The entry as it stands in a file; raises EditError where it would be read differently."""
    slips = [*_broken_lines(entry), *_wrong_names(entry)]
    if slips:
        raise EditError(*slips)
    rows = list(_rows(entry))
    drafts, kinds = _sort([row.text for row in rows])
    slips = list(_misread(rows, kinds)) or list(_altered(entry, _of(drafts[0])))
    if slips:
        raise EditError(*slips)
    as_read = replace(entry, answer=_paragraphs(_of(drafts[0]).answer))
    return [row.text for row in _rows(as_read)]


def _broken_lines(entry: EntryText) -> Iterator[FieldProblem]:
    for field, text in _typed(entry):
        if "\n" in text:
            yield FieldProblem(
                field,
                f"There is a line break in “{excerpt(text)}”.",
                "Write each way to ask by itself, on one line."
                if field == "phrasings"
                else "Write it on one line.",
            )


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
    """The texts that come out of the file in other words."""
    for (field, typed), (_, found) in zip(_typed(entry), _typed(read), strict=True):
        if typed != found:
            yield FieldProblem(
                field,
                f"“{excerpt(typed)}” would be read as “{excerpt(found)}”.",
                "Leave out signs such as # * _ at its beginning and its end.",
            )


def _typed(entry: EntryText) -> Iterator[tuple[str, str]]:
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


# the text around it


def _line_end(text: str) -> str:
    """As the text ends its lines."""
    found = _LINE_END.search(text)
    return found[0] if found else "\n"


def _replace(text: str, block: Block, lines: Sequence[str]) -> str:
    """With the lines in place of the block, but for the empty lines and dashes at its end."""
    end = _line_end(text)
    _, kinds = _sort(lines_of(clean(block.text)))
    content = max(n for n, kind in enumerate(kinds) if kind not in (LineKind.BLANK, LineKind.RULE))
    ends = [*_LINE_END.finditer(block.text)]
    rest = block.text[ends[content].start() :] if content < len(ends) else ""
    parted = end if kinds[content + 1 : content + 2] == (LineKind.RULE,) else ""
    return text[: block.start] + end.join(lines) + parted + rest + text[block.end :]


def _append(text: str, lines: Sequence[str]) -> str:
    end = _line_end(text)
    gap = ""
    if text.strip("\ufeff\r\n"):
        ended = len(_LINE_END.findall(text[len(text.rstrip("\r\n")) :]))
        gap = end * max(0, 2 - ended)
    return text + gap + end.join(lines) + end


def _refuse_disorder(text: str, ids: Sequence[str]) -> None:
    """Where the rest of the file is broken, a change here could change what is read there."""
    if [block.id for block in blocks(text)] != list(ids):
        raise EditError(
            FieldProblem(
                "",
                "A question near this one is not written as it must be.",
                "Open the whole file as text, and fix what is marked there first.",
            )
        )

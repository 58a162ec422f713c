"""A file of entries cut into its blocks, by offsets, so that one of them can be replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from faqbot.knowledge.parsed import LineKind
from faqbot.knowledge.parser import parse
from faqbot.knowledge.snapshot import clean, lines_of
from faqbot.knowledge.values import Diagnostics, Role

_LINE_END = re.compile(r"\r\n|\r|\n")
_MARK = "\ufeff"  # the byte order mark, where the text still has one


@dataclass(frozen=True, slots=True)
class Block:
    """An entry's part of its file: from its heading to the next one, `start` to `end`."""

    id: str  # "" for a heading without words
    question: str
    start: int  # in characters of the given text
    end: int
    line: int  # of the heading, from 1
    text: str


def blocks(text: str, role: Role = Role.ANSWER) -> list[Block]:
    """The entries of a file in order; what comes before the first is in none of them.

    `text` may have any line ends and a byte order mark. Never raises, even for a broken file.
    """
    parsed = parse(lines_of(clean(text)), role, Diagnostics(""))
    begun = [e for e in parsed.entries if parsed.kinds[e.line - 1] is LineKind.HEADING]
    starts = list(_line_starts(text))
    cuts = [*(starts[entry.line - 1] for entry in begun), len(text)]
    return [
        Block(entry.id, entry.question, start, end, entry.line, text[start:end])
        for entry, (start, end) in zip(begun, pairwise(cuts), strict=True)
    ]


def _line_starts(text: str) -> Iterator[int]:
    yield len(_MARK) if text.startswith(_MARK) else 0
    for end in _LINE_END.finditer(text):
        yield end.end()

"""A file of entries cut into its blocks, by offsets, so that one can be replaced and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from faqbot.knowledge.diagnostics import Diagnostics
from faqbot.knowledge.parser import Kind, read_frame

from .files import clean, lines_of
from .values import Role

_LINE_END = re.compile(r"\r\n|\r|\n")
_MARK = "\ufeff"  # the byte order mark, where the text still begins with it


@dataclass(frozen=True, slots=True)
class Block:
    """An entry's part of its file: from its heading to the next one, `start` to `end`."""

    id: str  # "" for a heading without words
    question: str
    start: int  # in characters of the file's text, as it was given
    end: int
    line: int  # of the heading, from 1
    text: str


def blocks(text: str, role: Role = Role.ANSWER) -> list[Block]:
    """The entries of a file in its order; what stands before the first is in none of them.

    `text` may have any line ends and a byte order mark. Never raises, also for a broken file.
    """
    frame = read_frame(lines_of(clean(text)), role, Diagnostics(""))
    begun = [draft for draft in frame.drafts if frame.kinds[draft.line - 1] is Kind.HEADING]
    starts = list(_line_starts(text))
    cuts = [*(starts[draft.line - 1] for draft in begun), len(text)]
    return [
        Block(draft.id, draft.question, start, end, draft.line, text[start:end])
        for draft, (start, end) in zip(begun, pairwise(cuts), strict=True)
    ]


def _line_starts(text: str) -> Iterator[int]:
    yield len(_MARK) if text.startswith(_MARK) else 0
    for end in _LINE_END.finditer(text):
        yield end.end()

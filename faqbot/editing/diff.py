"""Two versions of a text, side by side: which words went out and which came in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

Op = Literal["same", "out", "in"]
Words = tuple[tuple[Op, str], ...]

MOST = 4_000  # words and gaps of a changed passage that are compared one by one

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WORD = re.compile(r"\s+|\S+")
_Hunk = tuple[bool, str, str]  # whether it changed, and how it reads before and after


def word_changes(before: str, after: str) -> Words:
    """What to take out of `before` and put in to get `after`.

    "same" and "out" join to `before`, "same" and "in" to `after`. One word that stayed between two
    that changed is told with them, because whole phrases are easier to read.
    """
    hunks = _join(_fold(list(_join(_compare(before, after)))))
    return tuple(piece for hunk in hunks for piece in _pieces(hunk) if piece[1])


def _compare(before: str, after: str) -> Iterator[_Hunk]:
    """By lines first, so that a long page takes no longer than its changes."""
    for changed, old, new in _hunks(_LINE.findall(before), _LINE.findall(after)):
        words = _WORD.findall(old), _WORD.findall(new)
        if changed and max(map(len, words)) <= MOST:
            yield from _hunks(*words, gap=str.isspace)
        else:
            yield changed, old, new


def _hunks(
    old: Sequence[str], new: Sequence[str], gap: Callable[[str], bool] | None = None
) -> Iterator[_Hunk]:
    matcher = SequenceMatcher(gap, old, new, autojunk=gap is None)
    for op, i, j, k, m in matcher.get_opcodes():
        yield op != "equal", "".join(old[i:j]), "".join(new[k:m])


def _join(hunks: Iterable[_Hunk]) -> Iterator[_Hunk]:
    """Neighbours that both changed, or both stayed, as one."""
    for changed, near in groupby(hunks, key=lambda hunk: hunk[0]):
        parts = list(near)
        yield changed, "".join(old for _, old, _ in parts), "".join(new for _, _, new in parts)


def _fold(hunks: Sequence[_Hunk]) -> Iterator[_Hunk]:
    """A word alone between two changes counts as changed."""
    for index, (changed, old, new) in enumerate(hunks):
        alone = 0 < index < len(hunks) - 1 and len(old.split()) <= 1 and "\n" not in old
        yield changed or alone, old, new


def _pieces(hunk: _Hunk) -> Words:
    changed, old, new = hunk
    return (("out", old), ("in", new)) if changed else (("same", old),)

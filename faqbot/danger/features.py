"""What the classifier sees of a message: hashed features of its words, letters and signs.

Runs of letters and of words catch wordings that no table lists; the signs of the tables, each with
how it is meant (denied, asked, old, settled), carry over what clinicians wrote to other wordings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise
from zlib import crc32

from .context import ASKED, DENIED, GONE, OLD
from .reading import Reading

BUCKETS = 1 << 17
LETTERS = (3, 4, 5)  # lengths of the runs of letters
MOST_SIGNS = 24  # of which pairs are made: bounds the time of a hostile message
_MEANT = {DENIED: "d", ASKED: "a", OLD: "o", GONE: "g"}


def word_features(word: str) -> list[int]:
    """A word and its runs of letters, as numbers below `BUCKETS`."""
    bounded = f"<{word}>"
    runs = [
        bounded[start : start + size]
        for size in LETTERS
        for start in range(len(bounded) - size + 1)
    ]
    return _hashed([word, *(f"#{run}" for run in runs)])


def message_features(reading: Reading, covers: Sequence[int]) -> list[int]:
    """Neighbouring words, signs and pairs of signs; `covers` says how each word is meant."""
    words = ["<", *(word.text for word in reading.words), ">"]
    runs = [f"{a} {b}" for a, b in pairwise(words)]
    for a, b, c in zip(words, words[1:], words[2:], strict=False):
        runs += (f"{a} {b} {c}", f"{a} _ {c}")
    runs += (f"{a} __ {d}" for a, d in zip(words, words[3:], strict=False))
    signs = sorted({_sign(mark.concept, covers[mark.start : mark.end]) for mark in reading.marks})
    pairs = (f"{a}&{b}" for a, b in combinations(signs[:MOST_SIGNS], 2))
    length = f"length {min(len(reading.words).bit_length(), 6)}"
    return _hashed([*runs, *signs, *pairs, length])


def _sign(concept: str, covers: Iterable[int]) -> str:
    """A concept with the letters of the contexts that cover it: "@fever~d" is denied."""
    if concept.startswith("~"):
        return f"@{concept}"
    cover = 0
    for one in covers:
        cover |= one
    meant = "".join(letter for context, letter in _MEANT.items() if cover & context)
    return f"@{concept}~{meant}" if meant else f"@{concept}"


def _hashed(names: Iterable[str]) -> list[int]:
    return [crc32(name.encode()) % BUCKETS for name in names]

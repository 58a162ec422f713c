"""Word vectors: what a text is about, whatever its words are.

A text's vector is the sum of its word pieces' vectors, scaled to length 1. `make models` learns
these from a sentence encoder, which itself is not needed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FILE = Path(__file__).parent.parent / "common" / "en" / "vectors.npz"
CONTINUATION = "##"  # begins a piece that does not begin a word
CACHED_WORDS = 8_192  # words; visitors make up ever new ones
MAX_LETTERS = 40  # letters of a word that are looked at


class WordPieces:
    """Splits words into known pieces."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(pieces)}

    def split(self, word: str) -> list[int]:
        """The numbers of the word's pieces, always the longest that fits (WordPiece).

        Letters that begin no piece are left out.
        """
        found, start = [], 0
        while start < len(word):
            prefix = CONTINUATION if start else ""
            ends = range(len(word), start, -1)
            end = next((e for e in ends if prefix + word[start:e] in self._numbers), start + 1)
            if (number := self._numbers.get(prefix + word[start:end])) is not None:
                found.append(number)
            start = end
        return found


class WordVectors:
    """A table of word pieces and their vectors."""

    def __init__(self, pieces: Sequence[str], table: NDArray[np.int8], scales: Floats) -> None:
        """Shapes: `table` (pieces, size), of which each row is multiplied by one of `scales`."""
        self._pieces = WordPieces(pieces)
        self._table, self._scales = table, scales
        self.size: int = table.shape[1]
        self.word = lru_cache(maxsize=CACHED_WORDS)(self._sum)

    @classmethod
    def load(cls, file: Path = FILE) -> WordVectors:
        """Read a table from the file that `make models` writes."""
        with np.load(file, allow_pickle=False) as arrays:
            pieces = arrays["pieces"].tobytes().decode().split("\n")
            return cls(pieces, arrays["table"], arrays["scales"])

    def text(self, words: Iterable[str]) -> Floats:
        """The vector of some words: shape (size,), of length 1; zeros where no piece is known."""
        total = np.zeros(self.size, np.float32)
        for word in words:
            total += self.word(word)
        return normalized(total)

    def texts(self, lines: Iterable[Iterable[str]]) -> Floats:
        """The vectors of several texts: shape (texts, size)."""
        rows = [self.text(words) for words in lines]
        return np.array(rows, np.float32).reshape(len(rows), self.size)

    def _sum(self, word: str) -> Floats:
        """A word's vector, not scaled: words that carry little meaning are short."""
        rows = self._pieces.split(word[:MAX_LETTERS])
        return np.asarray(self._scales[rows] @ self._table[rows].astype(np.float32))


def normalized(vectors: NDArray[np.floating]) -> Floats:
    """Vectors along the last axis scaled to length 1; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


@cache
def word_vectors() -> WordVectors:
    """The table that faqbot ships, read once a process: 4 MB."""
    return WordVectors.load()

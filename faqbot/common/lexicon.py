"""The words of a language that are spelt correctly, and how frequent each is.

The files are made by `models.lexicon`.
"""

from __future__ import annotations

import gzip
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


class Frequencies:
    """Sorted words with their Zipf values, kept as the bytes of the file.

    They are found by bisection: 185,000 words take 4 MB, where a dictionary takes 22.
    """

    def __init__(self, lines: bytes) -> None:
        """`lines`: "word<TAB>zipf", each ended by a line feed, sorted bytewise."""
        self._lines = lines
        ends = np.flatnonzero(np.frombuffer(lines, np.uint8) == ord("\n"))
        starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
        self._starts = memoryview(np.ascontiguousarray(starts, np.int32).data)

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[str]:
        return (line.partition("\t")[0] for line in self._lines.decode().splitlines())

    def get(self, word: str) -> float | None:
        """The word's Zipf value, 0 for a word that was never counted; None if it is unknown."""
        key = word.encode("utf-8", "surrogatepass") + b"\t"
        index = bisect_left(
            self._starts, key, key=lambda start: self._lines[start : start + len(key)]
        )
        start = self._starts[index] if index < len(self) else len(self._lines)
        if not self._lines.startswith(key, start):
            return None
        return float(self._lines[start + len(key) : self._lines.index(b"\n", start)])


class Lexicon:
    """Correctly spelt words of a language, in lower case, without accents and apostrophes.

    A Zipf value is the base-10 logarithm of how often a word occurs in a billion words: 7.7 for
    "the", 3.3 for "wheelchair", 1.3 for "kyphoplasty"; 0 stands for words never counted.
    """

    def __init__(self, language: str) -> None:
        """`language`: "en", or "es", which holds frequent words that nobody has reviewed."""
        self.language = language
        packed = (HERE / language / "lexicon.txt.gz").read_bytes()
        head, _, rest = gzip.decompress(packed).partition(b"\n")
        self.digest = head.decode()
        words, _, stems = rest.partition(b"\n\n")
        self._words, self._stems = Frequencies(words + b"\n"), Frequencies(stems)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._words.get(word) is not None

    def __len__(self) -> int:
        return len(self._words)

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def zipf(self, word: str) -> float:
        """How frequent a word is, from 0 to 8; 0 also for an unknown one."""
        return self._words.get(word) or 0.0

    def stem_zipf(self, stem: str) -> float:
        """The Zipf value of the most frequent word with this stem, even a misspelt one.

        Values up to 2.5 are given as 0.
        """
        return self._stems.get(stem) or 0.0


@cache
def lexicon(language: str = "en") -> Lexicon:
    """The lexicon of a language, read once and shared by all threads."""
    return Lexicon(language)

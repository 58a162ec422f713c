"""Which words are written correctly, and how frequent they are, as `models.lexicon` built it."""

from __future__ import annotations

import gzip
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


class Frequencies:
    """Sorted words with their Zipf values, kept as they stand in the file.

    One run of bytes, searched by halving it: 185,000 words take 4 MB, and as a dictionary 22.
    """

    def __init__(self, lines: bytes) -> None:
        """`lines`: "word<TAB>zipf", each ended by a line feed, sorted by their bytes."""
        self._lines = lines
        ends = np.flatnonzero(np.frombuffer(lines, np.uint8) == ord("\n"))
        starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
        self._starts = memoryview(np.ascontiguousarray(starts, np.int32).data)

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[str]:
        return (line.partition("\t")[0] for line in self._lines.decode().splitlines())

    def get(self, word: str) -> float | None:
        """The word's Zipf value, from 0 (correct, but not counted) to 8; None if it is unknown."""
        key = word.encode("utf-8", "surrogatepass") + b"\t"
        place = bisect_left(
            self._starts, key, key=lambda start: self._lines[start : start + len(key)]
        )
        start = self._starts[place] if place < len(self) else len(self._lines)
        if not self._lines.startswith(key, start):
            return None
        return float(self._lines[start + len(key) : self._lines.index(b"\n", start)])


class Lexicon:
    """Correctly written words of a language: small letters, without accents and apostrophes.

    A Zipf value is the logarithm to base 10 of how often a word stands in a billion words: 7.7 for
    "the", 3.3 for "wheelchair", 1.3 for "kyphoplasty", and 0 for what was never counted.
    """

    def __init__(self, language: str) -> None:
        """`language`: "en", or "es", whose words are frequent ones that nobody curated."""
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
        """How frequent a word is, from 0 to 8; 0 also where it is unknown."""
        return self._words.get(word) or 0.0

    def stem_zipf(self, stem: str) -> float:
        """How frequent the commonest word with this stem is, correct or not; 0 from 2.5 down."""
        return self._stems.get(stem) or 0.0


@cache
def lexicon(language: str = "en") -> Lexicon:
    """The lexicon of a language, read once; all threads may share it."""
    return Lexicon(language)

"""A message as words with their places, and the concepts that they name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from faqbot.text import fold, normalize

from .spelling import Speller
from .tables import Phrase

LONGEST = 120  # words; what is behind is not read
COMMA, SENTENCE = 1, 40  # how far apart they set words
HARMLESS = "~harmless"
_ONLY_BESIDE = frozenset({"~no-if", "~no-report", "~report"})  # they tell of a place, not of words

_PIECE = re.compile(
    r"(?P<word>[^\W_]+(?:['.,](?=\d|[^\W\d_])(?:(?<=')|(?<=\d.)(?=\d))[^\W_]+)*)"
    r"|(?P<comma>\.{2,}|,|:|\(|\)| -+ |[–—])"
    r"|(?P<stop>[.!?;¿¡]+)"
)
_ABBREVIATED = frozenset("dr mr mrs ms vs st approx dra sr sra".split())
_ENDING = re.compile(r"[\n\r]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the message: as mended, as typed, and where. `at` grows faster over stops."""

    text: str
    typed: str
    at: int
    begins: bool = False  # a sentence
    comma: bool = False  # before it


@dataclass(frozen=True, slots=True)
class Mark:
    """A concept named by the words from `start` to before `end`."""

    start: int
    end: int
    concept: str
    language: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as read: its words, and its marks with the longest of each kind only."""

    words: tuple[Word, ...]
    marks: tuple[Mark, ...]


@dataclass(slots=True)
class _Node:
    """A place in the tree of phrases: what may follow, and what ends here."""

    after: dict[str, _Node]
    ends: list[tuple[str, str]]


class Reader:
    """Finds the concepts of a message, slips of the finger mended."""

    def __init__(self, phrases: Sequence[Phrase], further_words: Iterable[str] = ()) -> None:
        """`further_words`: words besides those of the phrases that slips are mended to."""
        self._tree = _Node({}, [])
        for phrase in phrases:
            self._plant(phrase)
        vocabulary = {word for phrase in phrases for word in phrase.words}
        self._speller = Speller(vocabulary.union(further_words))

    def _plant(self, phrase: Phrase) -> None:
        node = self._tree
        for word in phrase.words:
            node = node.after.setdefault(word, _Node({}, []))
        node.ends.append((phrase.concept, phrase.language))

    def read(self, text: str) -> Reading:
        """The words and the marks of `text`."""
        words = self.words(text)
        return Reading(words, tuple(_meant(self._marks(words))))

    def words(self, text: str) -> tuple[Word, ...]:
        """The words of `text`, mended; one that was two words run together gives two."""
        found: list[Word] = []
        at, begins, comma = 0, True, False
        for piece in _PIECE.finditer(normalize(_ENDING.sub(" . ", text))):
            if piece["word"]:
                typed = fold(piece["word"]).replace("'", "")
                for word in self._speller.mend(re.split("[.,]", typed)[0]):
                    found.append(Word(word, typed, at, begins, comma))
                    at, begins, comma = at + 1, False, False
            elif piece["comma"]:
                at, comma = at + COMMA, True
            elif not (found and found[-1].text in _ABBREVIATED):
                at, begins = at + SENTENCE, True
        return tuple(found[:LONGEST])

    def _marks(self, words: Sequence[Word]) -> list[Mark]:
        marks: list[Mark] = []
        for start in range(len(words)):
            node: _Node | None = self._tree
            for end in range(start, len(words)):
                if end > start and words[end].begins:
                    break
                node = node.after.get(words[end].text) if node else None
                if node is None:
                    break
                marks += (Mark(start, end + 1, *ended) for ended in node.ends)
        return marks


def _meant(marks: list[Mark]) -> list[Mark]:
    """Without what a saying takes away, and without frames that are part of a longer phrase.

    "Feeling" stays a concept inside "no feeling", but "no" there denies nothing.
    """
    long = [m for m in marks if m.end - m.start > 1 and m.concept not in _ONLY_BESIDE]
    sayings = [m for m in long if m.concept == HARMLESS and not _is_part(m, long)]
    return [
        mark
        for mark in marks
        if not any(_takes(saying, mark) for saying in sayings)
        and not (mark.concept[0] == "~" and _is_part(mark, long))
    ]


def _is_part(mark: Mark, long: list[Mark]) -> bool:
    length = mark.end - mark.start
    return any(
        other.start <= mark.start and mark.end <= other.end and other.end - other.start > length
        for other in long
    )


def _takes(saying: Mark, mark: Mark) -> bool:
    length = saying.end - saying.start
    return mark.start < saying.end and saying.start < mark.end and mark.end - mark.start <= length

"""A message as words with their places, and the concepts that they name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import NamedTuple

from faqbot.text import fold, normalize
from faqbot.understanding.spelling import Speller

from .tables import TERSE, Phrase

LANGUAGES = ("en", "es")  # whose words are never taken for a slip of one of danger
LONGEST = 120  # words; what is behind is not read
MOST_STATES = 30_000  # 9 MB; 17,000 messages about danger need 9,000, all there are 300,000
COMMA, SENTENCE = 1, 40  # how far apart they set words
HARMLESS, NAME = "~harmless", "~name"
_SAYINGS = frozenset({HARMLESS, NAME})
_TERSE = 3  # words of a message that says no more than what it is about
# Phrases of these may hold a frame's words and yet leave the frame as it is: in "no clot" of
# "they found no clot", a verdict, the "no" denies all the same.
_TIMES = frozenset("~begun ~again ~urgent".split())  # stay what they are inside a sign
_BESIDE = frozenset(["~no-if", "~no-report"])  # tell of the word behind them only
_LEAVING = frozenset("~no-if ~no-report ~report verdict said looked lost wont".split())

_PIECE = re.compile(
    r"(?P<word>[^\W_]+(?:['.,](?=\d|[^\W\d_])(?:(?<=')|(?<=\d.)(?=\d))[^\W_]+)*)"
    r"|(?P<comma>\.{2,}|,|:|\(|\)| -+ |[\u2013\u2014])"  # dashes
    r"|(?P<stop>[.!?;¿¡]+)"
)
_ABBREVIATED = frozenset("dr mr mrs ms vs st approx dra sr sra".split())
_ENDING = re.compile(r"[\n\r]+")


class Word(NamedTuple):  # a tuple, because a message makes a hundred: a dataclass is slower
    """A word of the message: as mended, as typed, and where. `at` grows faster over stops."""

    text: str
    typed: str
    at: int
    begins: bool = False  # a sentence
    comma: bool = False  # before it


class Mark(NamedTuple):
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


@dataclass(slots=True, eq=False)
class _Node:
    """A place in a phrase: the places that each word leads to, and what ends here."""

    after: dict[str, list[_Node]] = field(default_factory=dict)
    ends: list[tuple[str, str]] = field(default_factory=list)


class _State:
    """All places that some words lead to; where a further word leads is found when first asked.

    The phrases spelled out would be 300,000: a second to plant, and most of them never met.
    """

    __slots__ = ("_after", "_nodes", "_room", "ends")

    def __init__(self, nodes: list[_Node], room: _Room) -> None:
        self._nodes, self._room = nodes, room
        self._after: dict[str, _State] = {}
        self.ends = tuple(dict.fromkeys(end for node in nodes for end in node.ends))

    def after(self, word: str) -> _State | None:
        known = self._after.get(word)
        if known is None:
            nodes = [then for node in self._nodes for then in node.after.get(word, ())]
            if not nodes:
                return None
            known = self._after[word] = _State(nodes, self._room)
            self._room.left -= 1
        return known


class _Room:
    """How many more states may be held."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MOST_STATES


class _Paths:
    """All phrases from their beginnings on; what was found is forgotten before it is too much."""

    def __init__(self, root: _Node) -> None:
        self._root = root
        self._begin()

    def _begin(self) -> None:
        self._room = _Room()
        self._start = _State([self._root], self._room)

    def start(self) -> _State:
        """Where every phrase begins."""
        if self._room.left < 0:
            self._begin()
        return self._start


def _plant(phrase: Phrase) -> _Node:
    """The phrase's first place."""
    node = _Node(ends=[(phrase.concept, phrase.language)])
    for choices in reversed(phrase.places):
        then, node = node, _Node()
        for choice in choices:
            if not choice:
                node.ends += then.ends
                for word, nodes in then.after.items():
                    node.after.setdefault(word, []).extend(nodes)
                continue
            at = node
            for word in choice[:-1]:
                step = _Node()
                at.after.setdefault(word, []).append(step)
                at = step
            at.after.setdefault(choice[-1], []).append(then)
    return node


class Reader:
    """Finds the concepts of a message, slips of the finger mended."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        root = _Node()
        for phrase in phrases:
            for word, nodes in _plant(phrase).after.items():
                root.after.setdefault(word, []).extend(nodes)
        self._paths = _Paths(root)
        known = {w for phrase in phrases for choices in phrase.places for c in choices for w in c}
        self._speller = Speller(dict.fromkeys(sorted(known), 1), LANGUAGES, recall=True)

    def knowing(self, words: Iterable[str]) -> Reader:
        """A reader that also mends slips to these words; it shares all else with this one."""
        other = copy(self)
        other._speller = self._speller.knowing(words)
        return other

    def read(self, text: str) -> Reading:
        """The words and the marks of `text`."""
        words = self.words(text)
        terse = [Mark(0, 0, TERSE, "en")] if 0 < len(words) <= _TERSE else []
        return Reading(words, (*_meant(self._marks(words)), *terse))

    def words(self, text: str) -> tuple[Word, ...]:
        """The words of `text`, mended; one that was two words run together gives two."""
        found: list[Word] = []
        at, begins, comma = 0, True, False
        for piece in _PIECE.finditer(normalize(_ENDING.sub(" . ", text))):
            if piece["word"]:
                typed = fold(piece["word"]).replace("'", "")
                for word in self._speller.correct(re.split("[.,]", typed)[0]).split():
                    found.append(Word(word, typed, at, begins, comma))
                    at, begins, comma = at + 1, False, False
            elif piece["comma"]:
                at, comma = at + COMMA, True
            elif not (found and found[-1].text in _ABBREVIATED):
                at, begins = at + SENTENCE, True
        return tuple(found[:LONGEST])

    def _marks(self, words: Sequence[Word]) -> list[Mark]:
        marks: list[Mark] = []
        begin = self._paths.start()
        for start in range(len(words)):
            state: _State | None = begin
            for end in range(start, len(words)):
                if end > start and words[end].begins:
                    break
                state = state.after(words[end].text) if state else None
                if state is None:
                    break
                marks += (Mark(start, end + 1, *ended) for ended in state.ends)
        return marks


def _meant(marks: list[Mark]) -> list[Mark]:
    """Without what a saying takes away, and without frames that are part of a longer phrase.

    "Feeling" stays a concept inside "no feeling", but "no" there denies nothing.
    """
    long = [m for m in marks if m.end - m.start > 1 and m.concept not in _LEAVING]
    framing = [mark for mark in long if mark.concept[0] == "~"]
    sayings = [m for m in long if m.concept in _SAYINGS and not _is_part(m, long)]
    return [
        mark
        for mark in marks
        if not any(_takes(saying, mark) for saying in sayings)
        and not (
            mark.concept[0] == "~"
            and mark.concept not in _BESIDE
            and _is_part(mark, framing if mark.concept in _TIMES else long)
        )
    ]


def _is_part(mark: Mark, long: list[Mark]) -> bool:
    length = mark.end - mark.start
    return any(
        other.start <= mark.start and mark.end <= other.end and other.end - other.start > length
        for other in long
    )


def _takes(saying: Mark, mark: Mark) -> bool:
    """Whether a saying makes a mark mean nothing; a name leaves marks as long as itself."""
    length = saying.end - saying.start - (saying.concept == NAME)
    return mark.start < saying.end and saying.start < mark.end and mark.end - mark.start <= length

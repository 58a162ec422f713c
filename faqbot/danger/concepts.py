"""The words of a message, and the concepts of the tables that they name.

`english.txt` and `spanish.txt` list what people call things. They are written for clinicians to
read, and hold no code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import NamedTuple

from faqbot.text import fold, normalize
from faqbot.understanding.spelling import Speller

TABLES = {"en": "english.txt", "es": "spanish.txt"}
TERSE = "terse"  # a concept that no table has: the message has at most three words
MAX_WORDS = 120  # words of a message; what follows is not read
MAX_STATES = 30_000  # 9 MB, after which they are forgotten; 17,000 messages need 9,000
COMMA_GAP, SENTENCE_GAP = 1, 40  # positions that a comma and a full stop add between words
_TERSE_WORDS = 3
_NAME = "~name"
_MASKING = frozenset(["~harmless", _NAME])  # idioms and names: concepts inside mean nothing
# Contexts that hold inside a longer phrase too, where others don't, as "no" in "no feeling": times,
# even inside a sign, and what is only about the next word.
_TIMES = frozenset(["~begun", "~again", "~urgent"])
_ABOUT_NEXT_WORD = frozenset(["~no-if", "~no-report"])
# Phrases inside which all contexts hold: "no" denies in "they found no clot", which is a verdict.
_TRANSPARENT = frozenset("~no-if ~no-report ~report verdict said looked lost wont".split())

_PIECE = re.compile(
    r"(?P<word>[^\W_]+(?:['.,](?=\d|[^\W\d_])(?:(?<=')|(?<=\d.)(?=\d))[^\W_]+)*)"
    r"|(?P<comma>\.{2,}|,|:|\(|\)| -+ |[\u2013\u2014])"  # dashes
    r"|(?P<stop>[.!?;¿¡]+)"
)
_ABBREVIATIONS = frozenset("dr mr mrs ms vs st approx dra sr sra".split())
_LINE_BREAKS = re.compile(r"[\n\r]+")

Choice = tuple[str, ...]  # words, or none where the slot may be left out


@dataclass(frozen=True, slots=True)
class Phrase:
    """Ways to name a concept: for each slot in order, the choices that may fill it."""

    slots: tuple[tuple[Choice, ...], ...]
    concept: str
    language: str


class Token(NamedTuple):  # a tuple, as a message makes a hundred, and a dataclass is slower
    """A word of a message."""

    text: str  # spelling corrected
    typed: str
    position: int  # grows by 1 a word, and by more over commas and full stops
    begins: bool = False  # a sentence
    comma: bool = False  # before it


class Mention(NamedTuple):
    """A concept named by the tokens from `start` up to `end`, exclusive."""

    start: int
    end: int
    concept: str
    language: str

    @property
    def length(self) -> int:
        """How many tokens."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is understood."""

    tokens: tuple[Token, ...]
    mentions: tuple[Mention, ...]
    contexts: tuple[int, ...] = ()  # of each token, once `rules` has found them; see `context`


# the tables


@cache
def phrases() -> tuple[Phrase, ...]:
    """All phrases, each once, in the order of the tables."""
    found = (
        Phrase(tuple(map(_choices, phrase.split())), name.rstrip("*"), language)
        for language in TABLES
        for name, text in _concepts(language)
        for phrase in text.split(",")
        if phrase.strip()
    )
    return tuple(dict.fromkeys(found))


@cache
def background() -> frozenset[str]:
    """The concepts with a star: they count even where they are past or asked about."""
    names = (name for language in TABLES for name, _ in _concepts(language))
    return frozenset(name.rstrip("*") for name in names if name.endswith("*"))


def _concepts(language: str) -> Iterator[tuple[str, str]]:
    """The name of each concept, with its star, and its phrases as they are written."""
    text = (resources.files(__package__) / TABLES[language]).read_text(encoding="utf-8")
    joined = re.sub(r"\n[ \t]+", " ", re.sub(r"(?m)^#.*\n?", "", text))
    for line in joined.splitlines():
        name, _, body = line.partition(":")
        if body:
            yield name.strip(), body


def _choices(word: str) -> tuple[Choice, ...]:
    """`a|b` is either, `a|b?` either or nothing, `a_b|c` a b or c, `3..5` a number from 3 to 5."""
    choices = [""] if word.endswith("?") else []
    for choice in word.rstrip("?").split("|"):
        low, dots, high = choice.partition("..")
        choices += map(str, range(int(low), int(high) + 1)) if dots else [choice]
    return tuple(tuple(fold(choice).replace("_", " ").split()) for choice in choices)


# finding phrases


@dataclass(slots=True, eq=False)
class _Node:
    """A point in a phrase: where each next word leads, and the phrases that end here.

    These are given by concept and language.
    """

    after: dict[str, list[_Node]] = field(default_factory=dict)
    ends: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: _Node) -> None:
        """Lead to all that the other leads to."""
        self.ends += other.ends
        for word, nodes in other.after.items():
            self.after.setdefault(word, []).extend(nodes)


def _first_node(phrase: Phrase) -> _Node:
    """The node before a phrase; built from the phrase's end."""
    node = _Node(ends=[(phrase.concept, phrase.language)])
    for choices in reversed(phrase.slots):
        then, node = node, _Node()
        for choice in choices:
            if not choice:
                node.add(then)
                continue
            after = then
            for word in reversed(choice[1:]):
                after = _Node({word: [after]})
            node.after.setdefault(choice[0], []).append(after)
    return node


class _State:
    """The set of nodes that a sequence of words leads to, and its successors, found lazily.

    So a deterministic automaton is made of the phrases as far as it is used (the subset
    construction): all 300,000 states would take a second, and most are never reached.
    """

    __slots__ = ("after", "ends", "nodes")

    def __init__(self, nodes: list[_Node]) -> None:
        self.nodes = nodes
        self.ends = tuple(dict.fromkeys(end for node in nodes for end in node.ends))
        self.after: dict[str, _State] = {}


class ConceptFinder:
    """Finds the words and the concepts of a message."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        root = _Node()
        for phrase in phrases:
            root.add(_first_node(phrase))
        self._start = _State([root])
        self._states: list[_State] = []  # all reached from `_start`, to forget if too many
        known = {w for phrase in phrases for slot in phrase.slots for c in slot for w in c}
        # Correct words of either language are never taken for a misspelling of a sign.
        self._speller = Speller(dict.fromkeys(sorted(known), 1), tuple(TABLES), prefer_recall=True)

    def with_words(self, words: Iterable[str]) -> ConceptFinder:
        """A finder that corrects misspellings of these words too; it shares all else with this."""
        other = copy(self)
        other._speller = self._speller.with_words(words)
        return other

    def read(self, text: str) -> Message:
        """The tokens and the mentions of a text, without contexts."""
        tokens = self.tokens(text)
        terse = [Mention(0, 0, TERSE, "en")] if 0 < len(tokens) <= _TERSE_WORDS else []
        return Message(tokens, (*_without_masked(self._mentions(tokens)), *terse))

    def tokens(self, text: str) -> tuple[Token, ...]:
        """The words of a text; one that was two words run together gives two tokens."""
        found: list[Token] = []
        position, begins, comma = 0, True, False
        for piece in _PIECE.finditer(normalize(_LINE_BREAKS.sub(" . ", text))):
            if piece["word"]:
                typed = fold(piece["word"]).replace("'", "")
                for word in self._speller.correct(re.split("[.,]", typed)[0]).split():
                    found.append(Token(word, typed, position, begins, comma))
                    position, begins, comma = position + 1, False, False
            elif piece["comma"]:
                position, comma = position + COMMA_GAP, True
            elif not (found and found[-1].text in _ABBREVIATIONS):
                position, begins = position + SENTENCE_GAP, True
        return tuple(found[:MAX_WORDS])

    def _mentions(self, tokens: Sequence[Token]) -> list[Mention]:
        """Every phrase within a sentence, whatever it is part of."""
        if len(self._states) > MAX_STATES:
            self._start.after.clear()
            self._states.clear()
        found: list[Mention] = []
        for start in range(len(tokens)):
            state: _State | None = self._start
            for end in range(start, len(tokens)):
                if end > start and tokens[end].begins:
                    break
                state = self._step(state, tokens[end].text) if state else None
                if state is None:
                    break
                found += (Mention(start, end + 1, *ended) for ended in state.ends)
        return found

    def _step(self, state: _State, word: str) -> _State | None:
        """The state after one more word; None where no phrase goes on with it."""
        known = state.after.get(word)
        if known is None and (nodes := [n for one in state.nodes for n in one.after.get(word, ())]):
            known = state.after[word] = _State(nodes)
            self._states.append(known)
        return known


def _without_masked(mentions: list[Mention]) -> list[Mention]:
    """The mentions, minus those inside an idiom or a name and contexts inside a longer phrase."""
    long = [m for m in mentions if m.length > 1 and m.concept not in _TRANSPARENT]
    contexts = [mention for mention in long if mention.concept[0] == "~"]
    masks = [m for m in long if m.concept in _MASKING and not _is_part(m, long)]
    return [
        mention
        for mention in mentions
        if not any(_masks(mask, mention) for mask in masks)
        and not (
            mention.concept[0] == "~"
            and mention.concept not in _ABOUT_NEXT_WORD
            and _is_part(mention, contexts if mention.concept in _TIMES else long)
        )
    ]


def _is_part(mention: Mention, long: list[Mention]) -> bool:
    return any(
        other.start <= mention.start and mention.end <= other.end and other.length > mention.length
        for other in long
    )


def _masks(mask: Mention, mention: Mention) -> bool:
    """Whether the two overlap, and the mask is as long; a name masks only what is shorter."""
    overlap = mention.start < mask.end and mask.start < mention.end
    return overlap and mention.length <= mask.length - (mask.concept == _NAME)

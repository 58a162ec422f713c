"""What speaks for and against each entry that a question may mean.

What the question has and the entry lacks counts most against near misses: "how long to recover
from an ACL repair" is much like "how long to recover", but for two words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from faqbot.common.topics import names
from faqbot.knowledge import Entry
from faqbot.text import sentences, words
from faqbot.understanding.claims import Claims
from faqbot.understanding.features import rarity, stem
from faqbot.understanding.phrasings import Ballot, Phrasings, Question
from faqbot.understanding.vectors import WordVectors, unit

CANDIDATES = 8  # entries that are looked at
REMEMBERED = 1_024  # words of questions, and what they are beside each entry
# What the likeness to an entry's answer and to its topics counts for, to become a candidate.
ANSWER, TOPIC = 0.5, 0.5

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

# The columns of the evidence, in this order. A lead is how far a value is above the best other
# entry's; negative where another leads. Weights of words are `Features.weight`, from 0 to 1.3.
COLUMNS = (
    "vote",  # from about -1 to 1
    "likeness",  # of the nearest phrasing, by words and letters and by vectors, added up
    "word likeness",
    "vector likeness",
    "answer likeness",  # of the nearest sentence of answer and quotes, by vectors; 0 without any
    "topic likeness",  # of the topics that the question may be to those that the entry is, 0 to 1
    "claimed topic",  # the probability that the question is a topic that the entry claims
    "vote times likeness",  # (vote + 1) times the likeness
    "vote lead",
    "likeness lead",
    "word likeness lead",
    "vector likeness lead",
    "answer likeness lead",
    "topic likeness lead",
    "claimed topic lead",
    "vote times likeness lead",
    "vote in standard deviations",  # above the mean of all entries
    "heading likeness",  # by vectors
    "coverage",  # the share of the question's words, by weight, that the phrasings have
    "coverage with answer",  # … or that the answer and quotes have
    "soft coverage",  # the same, where a word of like meaning counts in part
    "gap",  # the weight of the heaviest word that only other entries have
    "gap with answer",  # … of the heaviest word that phrasings, answer and quotes lack
    "soft gap",  # the same, where a word of like meaning lessens it
    "unknown",  # the share of words, by weight, that no entry has
    "soft unknown",
    "words",  # logarithm of 1 + their number
    "phrasings",  # logarithm of the entry's number of them
    "entries",  # logarithm of their number
    "unclaimed topic",  # the probability that the question is a topic that no entry is
    "small talk",
    "no topic",
    "likeliest topic",  # its probability
    "another name",  # 1 where a procedure, condition or part is named that no entry tells of
    "has an answer",  # 1, or 0 where it is for the office
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The candidates of a question, likeliest first."""

    entries: Indices  # their numbers
    columns: Floats  # (candidates, len(COLUMNS))
    nearest: Indices  # the number of each one's nearest phrasing
    likeness: Floats  # the word likeness of the nearest phrasing, from 0 to about 1
    topics: Floats  # the probability of each topic, and last of none


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question, beside each entry: shape (entries,) each."""

    weight: float
    asked: NDArray[np.bool_]  # whether a phrasing has its stem
    told: NDArray[np.bool_]  # … or the answer or a quote
    soft: Floats  # the likeness of the entry's word that is nearest in meaning, from 0 to 1


class Witness:
    """Gathers the evidence from the entries of a practice."""

    def __init__(
        self, entries: Sequence[Entry], phrasings: Phrasings, vectors: WordVectors, claims: Claims
    ) -> None:
        """`phrasings` and `claims`: those of the entries, in the same order."""
        self._phrasings, self._vectors, self._claims = phrasings, vectors, claims
        self._answered = np.array([entry.answered for entry in entries], np.float32)
        self._sizes = np.log(np.bincount(phrasings.entry_of))
        answers = [_sentences(entry) for entry in entries]
        owners = np.repeat(np.arange(len(entries)), [len(lines) for lines in answers])
        self._answers = vectors.texts([line for lines in answers for line in lines])
        self._tellers, self._first_told = np.unique(owners, return_index=True)
        asked = [
            {token for line in phrasings.tokens[phrasings.own(i)] for token in line}
            for i in range(len(entries))
        ]
        told = [
            (own | {word for line in lines for word in line}) or {""}  # of "???": never asked for
            for own, lines in zip(asked, answers, strict=True)
        ]
        self._asked = [frozenset(map(stem, own)) for own in asked]
        self._told = [frozenset(map(stem, own)) for own in told]
        self._others = _marks().difference(*self._told)
        vocabulary = sorted(set().union(*told))
        places = {word: place for place, word in enumerate(vocabulary)}
        self._meanings = unit(np.array([vectors.word(word) for word in vocabulary]))
        self._words_of = np.array([places[word] for own in told for word in sorted(own)])
        self._first_word = np.cumsum([0, *map(len, told[:-1])])
        self._word = lru_cache(maxsize=REMEMBERED)(self._look_up)

    def knows(self, stemmed: str, entry: int) -> bool:
        """Whether the stem is in one of the entry's phrasings, its answer or its quotes."""
        return stemmed in self._told[entry]

    def gather(self, question: Question, ballot: Ballot) -> Evidence:
        """The evidence on the likeliest entries."""
        like, starts = ballot.likeness, self._phrasings.starts
        kinds = np.stack([like.both, like.words, like.vectors])
        best = np.maximum.reduceat(kinds, starts, axis=1)
        answers = self._answer_likeness(question)
        product = np.maximum(ballot.votes + 1, 0) * np.maximum(best[0], 0)
        topics = self._claims.of(question.tokens, question.vector)
        alike, claimed, overall = self._claims.columns(topics)
        signals = np.vstack([ballot.votes, best, answers, alike, claimed, product])
        near = product + ANSWER * answers + TOPIC * alike
        found = np.argsort(-near, kind="stable")[:CANDIDATES]
        spread = float(ballot.votes.std()) + 1e-6
        columns = [
            *signals[:, found],
            *_leads(signals)[:, found],
            (ballot.votes[found] - ballot.votes.mean()) / spread,
            like.vectors[starts[found]],
            *self._word_columns(found, question.tokens),
            self._sizes[found],
            np.full(len(found), math.log(len(starts))),
            *(np.full(len(found), value) for value in overall),
            np.full(len(found), float(self._names_another(question.tokens))),
            self._answered[found],
        ]
        nearest = np.array([self._nearest(i, like.both) for i in found.tolist()])
        rows = np.array(columns, np.float32).T
        return Evidence(found, rows, nearest, like.words[nearest], topics)

    def _names_another(self, tokens: Sequence[str]) -> bool:
        """Whether a text names a thing of medicine that none of the entries has."""
        stems = set(map(stem, tokens))
        return not stems.isdisjoint(self._others)

    def _nearest(self, entry: int, likeness: Floats) -> int:
        own = self._phrasings.own(entry)
        return int(likeness[own].argmax() + own.start)

    def _answer_likeness(self, question: Question) -> Floats:
        found = np.zeros(len(self._answered), np.float32)
        if len(self._tellers):
            likeness = self._answers @ question.vector
            found[self._tellers] = np.maximum.reduceat(likeness, self._first_told)
        return np.maximum(found, 0)

    def _word_columns(self, found: Indices, tokens: Sequence[str]) -> list[Floats]:
        said = [self._word(token) for token in tokens]
        weights = np.array([word.weight for word in said], np.float32)
        shares = weights / (weights.sum() or 1)
        asked, told = np.stack([w.asked for w in said]), np.stack([w.told for w in said])
        soft = np.stack([word.soft for word in said])
        known = np.asarray(told.any(1))
        nearest = soft.max(1)
        asked, told, soft = asked[:, found], told[:, found], soft[:, found]
        heavy = weights[:, None]
        return [
            shares @ asked,
            shares @ told,
            shares @ soft,
            (heavy * (known[:, None] & ~asked)).max(0),
            (heavy * ~told).max(0),
            (heavy * (1 - soft)).max(0),
            np.full(len(found), shares @ ~known),
            np.full(len(found), shares @ (1 - nearest)),
            np.full(len(found), math.log(1 + len(said))),
        ]

    def _look_up(self, token: str) -> Word:
        stemmed = stem(token)
        told = np.array([stemmed in own for own in self._told])
        near = np.clip(self._meanings @ unit(self._vectors.word(token)), 0, 1)
        soft = np.maximum.reduceat(near[self._words_of], self._first_word)
        soft[told] = 1  # another form of the word, or one of which no piece is known
        return Word(
            weight=self._phrasings.features.weight(stemmed),
            asked=np.array([stemmed in own for own in self._asked]),
            told=told,
            soft=soft,
        )


@cache
def _marks() -> frozenset[str]:
    """The stem by which each name of medicine is told: that of its rarest word."""
    every = (words(name) for own in names().values() for name in own)
    return frozenset(max(map(stem, said), key=rarity) for said in every)


def _sentences(entry: Entry) -> list[list[str]]:
    """The words of each sentence of an entry's answer and quotes."""
    if not entry.answered:
        return []
    return [words(line) for text in (entry.text, *entry.quotes) for line in sentences(text)]


def _leads(values: Floats) -> Floats:
    """How far each value is above the best other of its row; over -1 where there is no other."""
    if values.shape[1] == 1:
        return values + 1
    second, first = np.partition(values, -2, axis=1)[:, -2:].T[..., None]
    return np.asarray(np.where(values == first, values - second, values - first))

"""What speaks for and against each entry that a question may mean.

What the question has and the entry lacks counts most against near misses: "how long to recover
from an ACL repair" is much like "how long to recover", but for two words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faqbot.knowledge import Entry
from faqbot.text import sentences, words
from faqbot.understanding.features import stem
from faqbot.understanding.phrasings import Ballot, Phrasings, Question
from faqbot.understanding.vectors import WordVectors, unit

CANDIDATES = 8  # entries that are looked at
ANSWER = 0.5  # what the likeness to an entry's answer counts for, to become a candidate

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

# The columns of the evidence, in this order. A lead is how far a value is above the best other
# entry's; negative where another leads. Weights of words are `Features.weight`, from 0 to 1.3.
COLUMNS = (
    "vote",  # from about -1 to 1
    "vote lead",
    "vote in standard deviations",  # above the mean of all entries
    "likeness",  # of the nearest phrasing, by words and letters and by vectors, added up
    "likeness lead",
    "word likeness",
    "word likeness lead",
    "vector likeness",
    "vector likeness lead",
    "vector likeness of the two nearest",  # on average
    "vector likeness of the question in the heading",
    "answer likeness",  # of the nearest sentence of answer and quotes, by vectors; 0 without any
    "answer likeness lead",
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
    "has an answer",  # 1, or 0 where it is for the office
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The candidates of a question, likeliest first."""

    entries: Indices  # their numbers
    columns: Floats  # (candidates, len(COLUMNS))
    nearest: Indices  # the number of each one's nearest phrasing
    likeness: Floats  # the word likeness of the nearest phrasing, from 0 to about 1


class Witness:
    """Gathers the evidence from the entries of a practice."""

    def __init__(
        self, entries: Sequence[Entry], phrasings: Phrasings, vectors: WordVectors
    ) -> None:
        """`phrasings`: those of the entries, in the same order."""
        self._phrasings, self._vectors = phrasings, vectors
        self._counts = np.bincount(phrasings.entry_of)
        self._answered = np.array([entry.answered for entry in entries], np.float32)
        told = [_sentences(entry) for entry in entries]
        self._answers = vectors.texts([line for lines in told for line in lines])
        owners = np.repeat(np.arange(len(entries)), [len(lines) for lines in told])
        self._tellers, self._first_told = np.unique(owners, return_index=True)
        asked = [
            {token for line in phrasings.tokens[phrasings.own(i)] for token in line}
            for i in range(len(entries))
        ]
        all_words = [own | {w for line in lines for w in line} for own, lines in zip(asked, told, strict=True)]
        self._asked = [frozenset(map(stem, own)) for own in asked]
        self._told = [frozenset(map(stem, own)) for own in all_words]
        self._known = frozenset().union(*self._told)
        vocabulary = {word: place for place, word in enumerate(sorted(set().union(*all_words)))}
        self._vocabulary = vocabulary
        self._meanings = unit(np.array([vectors.word(word) for word in vocabulary]))
        self._words_of = [np.array([vocabulary[w] for w in sorted(own)]) for own in all_words]

    def knows(self, stemmed: str, entry: int) -> bool:
        """Whether the stem is in one of the entry's phrasings, its answer or its quotes."""
        return stemmed in self._told[entry]

    def gather(self, question: Question, ballot: Ballot) -> Evidence:
        """The evidence on the likeliest entries."""
        like = ballot.likeness
        best = self._phrasings.best
        both, by_words, by_vectors = best(like.both), best(like.words), best(like.vectors)
        answers = self._answer_likeness(question)
        score = np.maximum(ballot.votes + 1, 0) * np.maximum(both, 0) + ANSWER * answers
        found = np.argsort(-score, kind="stable")[:CANDIDATES]
        spread = float(ballot.votes.std()) + 1e-6
        of_all = np.column_stack(
            [
                ballot.votes,
                _leads(ballot.votes),
                (ballot.votes - ballot.votes.mean()) / spread,
                both,
                _leads(both),
                by_words,
                _leads(by_words),
                by_vectors,
                _leads(by_vectors),
            ]
        )[found]
        columns = np.column_stack(
            [
                of_all,
                self._phrasing_columns(found, like.vectors),
                np.column_stack([answers, _leads(answers)])[found],
                self._word_columns(found, question),
                np.log(self._counts[found]),
                np.full(len(found), math.log(len(self._asked))),
                self._answered[found],
            ]
        )
        nearest = np.array([self._nearest(i, like.both) for i in found.tolist()])
        return Evidence(found, columns.astype(np.float32), nearest, like.words[nearest])

    def _nearest(self, entry: int, likeness: Floats) -> int:
        own = self._phrasings.own(entry)
        return own.start + int(likeness[own].argmax())

    def _answer_likeness(self, question: Question) -> Floats:
        found = np.zeros(len(self._asked), np.float32)
        if len(self._tellers):
            likeness = self._answers @ question.vector
            found[self._tellers] = np.maximum.reduceat(likeness, self._first_told)
        return np.maximum(found, 0)

    def _phrasing_columns(self, found: Indices, likeness: Floats) -> Floats:
        rows = []
        for entry in found.tolist():
            own = likeness[self._phrasings.own(entry)]
            rows.append((np.sort(own)[-2:].mean(), own[0]))
        return np.array(rows, np.float32)

    def _word_columns(self, found: Indices, question: Question) -> Floats:
        stems = [stem(token) for token in question.tokens]
        weights = np.array([self._phrasings.features.weight(stemmed) for stemmed in stems])
        total = float(weights.sum()) or 1.0
        known = np.array([stemmed in self._known for stemmed in stems])
        near = self._meaning_likeness(question)
        everywhere = near.max(1)
        unknown = (
            float(weights @ ~known) / total,
            float(weights @ (1 - everywhere)) / total,
            math.log(1 + len(stems)),
        )
        rows = []
        for entry in found.tolist():
            asked = np.array([stemmed in self._asked[entry] for stemmed in stems])
            told = np.array([stemmed in self._told[entry] for stemmed in stems])
            soft = near[:, self._words_of[entry]].max(1)
            rows.append(
                (
                    float(weights @ asked) / total,
                    float(weights @ told) / total,
                    float(weights @ soft) / total,
                    (weights * (known & ~asked)).max(),
                    (weights * ~told).max(),
                    (weights * (1 - soft)).max(),
                    *unknown,
                )
            )
        return np.array(rows, np.float32)

    def _meaning_likeness(self, question: Question) -> Floats:
        """From 0 to 1, of each word of the question to each of the vocabulary's."""
        asked = unit(np.array([self._vectors.word(token) for token in question.tokens]))
        near = np.clip(asked @ self._meanings.T, 0, 1)
        for row, token in enumerate(question.tokens):
            if (place := self._vocabulary.get(token)) is not None:
                near[row, place] = 1  # also where no piece of it is known
        return near


def _sentences(entry: Entry) -> list[list[str]]:
    """The words of each sentence of an entry's answer and quotes."""
    if not entry.answered:
        return []
    return [words(line) for text in (entry.text, *entry.quotes) for line in sentences(text)]


def _leads(values: Floats) -> Floats:
    """How far each value is above the best other; over -1 where there is no other."""
    leader = int(values.argmax())
    leads = values - values[leader]
    second = np.partition(values, -2)[-2] if len(values) > 1 else -1.0
    leads[leader] = values[leader] - second
    return np.asarray(leads)

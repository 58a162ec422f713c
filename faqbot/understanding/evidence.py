"""Candidates: the entries that a question may mean, with the evidence for and against each.

What the question has and the entry lacks counts most against near misses: "how long to recover
from an ACL repair" is much like "how long to recover", but for two words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from faqbot.common.topics import medical_names
from faqbot.knowledge import Entry
from faqbot.text import sentences, words
from faqbot.understanding.caching import shared_cache
from faqbot.understanding.features import rarity, stem
from faqbot.understanding.topics import Claims, TopicModel, speller, topic_model
from faqbot.understanding.vectors import WordVectors, normalized, word_vectors
from faqbot.understanding.voting import Phrasings, Query

MAX_CANDIDATES = 8  # entries that are looked at
CACHED_WORDS = 2_048  # words of questions, of all practices together; each takes 6 bytes an entry
CACHED_VOCABULARIES = 64  # practices, or pages of them, whose words' vectors are kept: 30 MB
# What similarity to an entry's answer, and to its topics, is multiplied by in its rank.
ANSWER_WEIGHT, TOPIC_WEIGHT = 0.5, 0.5

Floats = NDArray[np.float32]
Truths = NDArray[np.bool_]
Indices = NDArray[np.intp]

SIGNALS = (
    "vote",  # from about -1 to 1
    "similarity",  # of the nearest phrasing, by words and letters plus by vectors
    "word similarity",
    "vector similarity",
    "answer similarity",  # of the nearest sentence of answer and quotes, by vectors; 0 without any
    "topic similarity",  # of the question's topics to the entry's, 0 to 1
    "claimed topic",  # the probability that the question is a topic that the entry claims
    "vote times similarity",  # (vote + 1) times the similarity
)
# The columns of the evidence, in this order. A lead is how far a signal is above the best other
# entry's; negative where another leads. Words are weighted by `Features.weight`, 0.3 to 1.3.
COLUMNS = (
    *SIGNALS,
    *(f"{signal} lead" for signal in SIGNALS),
    "vote in standard deviations",  # above the mean of all entries
    "heading similarity",  # by vectors
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
    "another name",  # 1 where a procedure, condition or part is named that no entry has
    "has an answer",  # 1, or 0 where it is for the office
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The candidates of a question, likeliest first by votes and similarity."""

    entries: Indices  # their numbers
    columns: Floats  # (candidates, len(COLUMNS))
    nearest: Indices  # the number of each one's nearest phrasing
    similarity: Floats  # the word similarity of the nearest phrasing, from 0 to about 1
    topics: Floats  # the probability of each topic, and last of none


class Candidates:
    """Finds candidates among the entries of one practice."""

    def __init__(
        self,
        entries: Sequence[Entry],
        synonyms: Sequence[Sequence[str]] = (),
        previous: Candidates | None = None,
        pack: str = "",
        vectors: WordVectors | None = None,
        topics: TopicModel | None = None,
    ) -> None:
        """At least one entry; `previous`: older candidates, whose phrasings are reused if equal.

        `pack`: that of the practice's pages. `vectors`, `topics`: others than those that faqbot
        ships, for learning and measuring.
        """
        vectors = vectors or word_vectors()
        lines = [entry.lines for entry in entries]
        self._inputs = (lines, tuple(synonyms), pack)
        self.phrasings: Phrasings = (
            previous.phrasings
            if previous and previous._inputs == self._inputs
            else Phrasings(lines, synonyms, vectors, speller(pack))
        )
        self.entries = tuple(entries)
        self.claims: Claims = Claims(entries, topics or topic_model(pack))
        self._numbers = {entry.id: number for number, entry in enumerate(entries)}
        self._answered = np.array([entry.has_answer for entry in entries])
        self._sizes = np.log(np.bincount(self.phrasings.entry_of))
        answers = [_sentences(entry) for entry in entries]
        owners = np.repeat(np.arange(len(entries)), [len(own) for own in answers])
        self._sentence_vectors = vectors.texts([line for own in answers for line in own])
        self._with_answer, self._first_sentences = np.unique(owners, return_index=True)
        self._words = _EntryWords(self.phrasings, answers, vectors)

    def find(self, text: str) -> Evidence | None:
        """The likeliest entries first; None for a text without words."""
        query = self.phrasings.query(text)
        if not query.tokens:
            return None
        similar, starts = self.phrasings.similarities(query), self.phrasings.starts
        best = np.maximum.reduceat(
            np.stack([similar.kernel, similar.words, similar.vectors]), starts, axis=1
        )
        answers = self._answer_similarity(query)
        product = np.maximum(similar.votes + 1, 0) * np.maximum(best[0], 0)
        topics = self.claims.model.probabilities(query.tokens, query.vector)
        by_topic, claimed, whole = self.claims.evidence(topics)
        signals = np.vstack([similar.votes, best, answers, by_topic, claimed, product])
        rank = product + ANSWER_WEIGHT * answers + TOPIC_WEIGHT * by_topic
        found = np.argsort(-rank, kind="stable")[:MAX_CANDIDATES]
        columns = [
            *signals[:, found],
            *_leads(signals)[:, found],
            (similar.votes[found] - similar.votes.mean()) / (float(similar.votes.std()) + 1e-6),
            similar.vectors[starts[found]],
            *self._words.columns(found, query.tokens),
            self._sizes[found],
            np.full(len(found), math.log(len(starts))),
            *(np.full(len(found), value) for value in whole),
            np.full(len(found), float(self._words.names_another(query.tokens))),
            self._answered[found],
        ]
        rows = np.array(columns, np.float32).T
        nearest = np.array([self._nearest(entry, similar.kernel) for entry in found.tolist()])
        return Evidence(found, rows, nearest, similar.words[nearest], topics)

    def labelled(self, text: str, right: frozenset[str]) -> tuple[Floats, Truths] | None:
        """The evidence on an example, and which candidates, and last none, are right.

        `right`: the ids that are. Where none of them has an answer, any entry without an answer is
        right, and so is none. None for a text without words.
        """
        found = self.find(text)
        if found is None:
            return None
        truth = np.array([*(self.entries[number].id in right for number in found.entries), False])
        known = [self._numbers[id] for id in right if id in self._numbers]
        if not self._answered[known].any():
            truth[:-1] |= ~self._answered[found.entries]
            truth[-1] = True
        truth[-1] |= not truth.any()
        return found.columns, truth

    def shared(self, text: str, entry: str) -> list[str]:
        """The stems of the text that are in the entry's phrasings, answer or quotes."""
        stems = map(stem, self.phrasings.features.tokens(text))
        known = self._words.all[self._numbers[entry]]
        return [stemmed for stemmed in stems if stemmed in known]

    def _nearest(self, entry: int, kernel: Floats) -> int:
        own = self.phrasings.phrasing_slice(entry)
        return int(kernel[own].argmax() + own.start)

    def _answer_similarity(self, query: Query) -> Floats:
        found = np.zeros(len(self.entries), np.float32)
        if len(self._with_answer):
            similarity = self._sentence_vectors @ query.vector
            found[self._with_answer] = np.maximum.reduceat(similarity, self._first_sentences)
        return np.maximum(found, 0)


class _EntryWords:
    """The words of each entry, to compare those of a question with."""

    def __init__(
        self, phrasings: Phrasings, answers: Sequence[list[list[str]]], vectors: WordVectors
    ) -> None:
        """`answers`: the sentences of each entry's answer and quotes, as words."""
        asked = [
            {token for line in phrasings.tokens[phrasings.phrasing_slice(i)] for token in line}
            for i in range(len(answers))
        ]
        every = [
            (own | {word for line in lines for word in line}) or {""}  # of "???": never asked for
            for own, lines in zip(asked, answers, strict=True)
        ]
        self._weight, self._vectors = phrasings.features.weight, vectors
        self._asked = [frozenset(map(stem, own)) for own in asked]
        self.all = [frozenset(map(stem, own)) for own in every]  # of each entry, its stems
        vocabulary = sorted(set().union(*every))
        numbers = {word: number for number, word in enumerate(vocabulary)}
        self._vocabulary = vocabulary
        self._words_of = np.array([numbers[word] for own in every for word in sorted(own)])
        self._first_word = np.cumsum([0, *map(len, every[:-1])])

    def names_another(self, tokens: Sequence[str]) -> bool:
        """Whether a procedure, condition or part is named that none of the entries has."""
        named = _names().intersection(map(stem, tokens))
        return any(not any(stemmed in own for own in self.all) for stemmed in named)

    def columns(self, found: Indices, tokens: Sequence[str]) -> list[Floats]:
        """The columns of the evidence from "coverage" to "words" for some entries."""
        weights, asked, known, soft = (
            np.stack(parts) for parts in zip(*map(self._compare, tokens), strict=True)
        )
        shares = weights / (weights.sum() or 1)
        elsewhere, most_like = np.asarray(known.any(1)), soft.max(1)
        asked, known, soft = asked[:, found], known[:, found], soft[:, found]
        heavy = weights[:, None]
        return [
            shares @ asked,
            shares @ known,
            shares @ soft,
            (heavy * (elsewhere[:, None] & ~asked)).max(0),
            (heavy * ~known).max(0),
            (heavy * (1 - soft)).max(0),
            np.full(len(found), shares @ ~elsewhere),
            np.full(len(found), shares @ (1 - most_like)),
            np.full(len(found), math.log(1 + len(tokens))),
        ]

    @shared_cache(CACHED_WORDS)
    def _compare(self, token: str) -> tuple[np.float32, Truths, Truths, Floats]:
        """A word's weight and, for each entry, three things: shape (entries,).

        Whether a phrasing has its stem; whether a phrasing, the answer or a quote has; and the
        similarity of the entry's word that is nearest in meaning, from 0 to 1.
        """
        stemmed = stem(token)
        known = np.array([stemmed in own for own in self.all])
        near = np.clip(self._meanings() @ normalized(self._vectors.word(token)), 0, 1)
        soft = np.maximum.reduceat(near[self._words_of], self._first_word)
        soft[known] = 1  # another form of the word, or one of which no piece is known
        asked = np.array([stemmed in own for own in self._asked])
        return np.float32(self._weight(stemmed)), asked, known, soft

    @shared_cache(CACHED_VOCABULARIES)
    def _meanings(self) -> Floats:
        """The vectors of the vocabulary's words, each of length 1: a third of a practice's memory.

        Computing them takes 0.3 ms for 500 words.
        """
        return normalized(np.array([self._vectors.word(word) for word in self._vocabulary]))


@cache
def _names() -> frozenset[str]:
    """The stem by which each name of a procedure, condition or part is known: its rarest word's."""
    every = (words(name) for own in medical_names().values() for name in own)
    return frozenset(max(map(stem, name), key=rarity) for name in every)


def _sentences(entry: Entry) -> list[list[str]]:
    """The words of each sentence of an entry's answer and quotes."""
    if not entry.has_answer:
        return []
    return [words(line) for text in (entry.text, *entry.quotes) for line in sentences(text)]


def _leads(values: Floats) -> Floats:
    """How far each value is above the best other of its row; over -1 where there is no other."""
    if values.shape[1] == 1:
        return values + 1
    second, first = np.partition(values, -2, axis=1)[:, -2:].T[..., None]
    return np.asarray(np.where(values == first, values - second, values - first))

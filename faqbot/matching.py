"""`Matcher`: a question, and the entries that it may mean, ranked with scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from faqbot.features import Features, Lexicon, Synonyms, Vector, stem
from faqbot.text import words

RIDGE = 0.2  # from 0.05 to 0.6 HINT3's OSCR moves by less than 0.01
STEPS = 25  # of conjugate gradients; beyond 20 no figure moves, and stopping early smooths too
EXACT = 0.9999  # nearness; one word more or less is well below

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a question may mean, and what speaks for it."""

    id: str
    score: float  # from 0 up: (vote + 1) times nearness
    vote: float  # from about -1 to 1: kernel ridge regression over all phrasings
    lead: float  # of the vote over the best other entry's; negative where another leads
    nearness: float  # from 0 to 1: the likeness of the entry's nearest phrasing
    coverage: float  # from 0 to 1: the share of the question's words, by weight, that it knows
    gap: float  # from 0 to 1.3: the weight of the heaviest word that only other entries know
    phrasing: str  # the nearest phrasing

    @property
    def exact(self) -> bool:
        """Whether the question is one of the entry's phrasings, word forms aside."""
        return self.nearness > EXACT


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a matcher learns from phrasings, to be kept where learning again would take seconds."""

    lexicon: Lexicon
    rows: csr_array  # (phrasings, features)
    weights: Floats  # (features, entries)
    constants: Floats  # (entries,)
    known: csr_array  # (entries, stems): which stems an entry's phrasings are made of


class _Index:
    """Finds a vector's likeness to every phrasing, by lists of the phrasings of each feature."""

    def __init__(self, rows: csr_array) -> None:
        columns = rows.tocsc()
        self._count = rows.shape[0]
        self._rows = columns.indices
        self._values = columns.data
        self._starts = columns.indptr.tolist()

    def likeness(self, vector: Vector) -> Floats:
        """Shape (phrasings,)."""
        starts = self._starts
        spans = [slice(starts[i], starts[i + 1]) for i in vector.ids.tolist()]
        if not spans:
            return np.zeros(self._count, np.float32)
        rows = np.concatenate([self._rows[span] for span in spans])
        values = np.concatenate([self._values[span] for span in spans])
        values *= np.repeat(vector.values, [span.stop - span.start for span in spans])
        return np.bincount(rows, values, self._count).astype(np.float32)


def ridge_regression(rows: csr_array, targets: Floats, ridge: float) -> tuple[Floats, Floats]:
    """Weights (features, m) and constants (m,) of centred ridge regression, all columns at once.

    `rows`: (n, features), one phrasing each; `targets`: (n, m). Solved in its dual form by
    conjugate gradients (Hestenes and Stiefel, 1952), which never form the n times n kernel.
    """
    columns = rows.T.tocsr()
    middle = targets.mean(0)
    mean = np.asarray(rows.mean(0), np.float32).ravel()

    def kernel(dual: Floats) -> Floats:
        weights = columns @ dual - np.outer(mean, dual.sum(0))
        return np.asarray(rows @ weights - mean @ weights)

    dual = np.zeros_like(targets)
    residual = targets - middle
    direction = residual.copy()
    size = (residual**2).sum(0)
    for _ in range(STEPS):
        image = kernel(direction) + ridge * direction
        step = size / np.maximum((direction * image).sum(0), 1e-20)
        dual += step * direction
        residual -= step * image
        before, size = size, (residual**2).sum(0)
        direction = residual + size / np.maximum(before, 1e-20) * direction
    weights = np.asarray(columns @ dual - np.outer(mean, dual.sum(0)), np.float32)
    return weights, middle - mean @ weights


class Matcher:
    """Ranks entries for a question by two steps.

    1. Kernel ridge regression on the similarity of phrasings (one entry against the rest, targets
       1 and -1, centred), solved once: so all phrasings vote, not the nearest alone.
    2. (vote + 1) times the likeness of the entry's nearest phrasing, which rejects what no entry
       answers better than either.
    """

    def __init__(
        self,
        phrasings: Sequence[str],
        labels: Sequence[str],
        synonyms: Sequence[Sequence[str]] = (),
        learnt: Learnt | None = None,
    ) -> None:
        """`labels[i]` is the entry of `phrasings[i]`; at least one phrasing.

        `learnt`: what another matcher learnt from the same, which saves learning it again.
        """
        self.entries = tuple(dict.fromkeys(labels))
        places = {entry: place for place, entry in enumerate(self.entries)}
        order = sorted(range(len(labels)), key=lambda i: places[labels[i]])
        self.phrasings: tuple[str, ...] = tuple(phrasings[i] for i in order)
        self._entry_of = np.array([places[labels[i]] for i in order])
        self._first = np.searchsorted(self._entry_of, np.arange(len(self.entries) + 1))
        self.learnt = learnt or self._learn(synonyms)
        self.features = Features(self.learnt.lexicon, Synonyms(synonyms))
        self._index = _Index(self.learnt.rows)
        self._words = self._vocabularies()

    def _learn(self, synonyms: Sequence[Sequence[str]]) -> Learnt:
        joined = Synonyms(synonyms)
        tokens = [joined.join(words(phrasing)) for phrasing in self.phrasings]
        lexicon = Lexicon.of(tokens, [self.entries[i] for i in self._entry_of])
        features = Features(lexicon, joined)
        rows = features.matrix(tokens)
        targets = np.full((len(tokens), len(self.entries)), -1, np.float32)
        targets[np.arange(len(tokens)), self._entry_of] = 1
        weights, constants = ridge_regression(rows, targets, RIDGE)
        return Learnt(lexicon, rows, weights, constants, self._known(lexicon, tokens))

    def _known(self, lexicon: Lexicon, tokens: Sequence[Sequence[str]]) -> csr_array:
        places = {stemmed: place for place, stemmed in enumerate(lexicon.words)}
        own: list[set[int]] = [set() for _ in self.entries]
        for entry, line in zip(self._entry_of, tokens, strict=True):
            own[entry].update(places[stem(token)] for token in line)
        ends = np.cumsum([0, *map(len, own)])
        ids = np.array([place for found in own for place in sorted(found)])
        return csr_array((np.ones(len(ids), bool), ids, ends), (len(own), len(places)))

    def _vocabularies(self) -> list[frozenset[str]]:
        """The stems that each entry's phrasings are made of."""
        stems = list(self.learnt.lexicon.words)
        ids, ends = self.learnt.known.indices, self.learnt.known.indptr
        return [frozenset(stems[i] for i in ids[a:b]) for a, b in pairwise(ends)]

    def rank(self, question: str, top: int = 5) -> list[Match]:
        """The `top` entries for the question, best first; fewer where nothing is alike."""
        tokens = self.features.tokens(question)
        vector = self.features.vector(tokens)
        likeness = self._index.likeness(vector)
        votes = vector.values @ self.learnt.weights[vector.ids] + self.learnt.constants
        nearness = np.maximum.reduceat(likeness, self._first[:-1])
        scores = np.maximum(votes + 1, 0) * nearness
        best = [int(i) for i in np.argsort(-scores, kind="stable")[:top] if scores[i] > 0]
        stems = self.features.stems(tokens)
        weights = {stemmed: self.features.weight(stemmed) for stemmed in stems}
        total = math.fsum(weights[stemmed] for stemmed in stems) or 1.0
        leader, first, second = _leaders(votes)
        matches = []
        for i in best:
            unknown = [stemmed for stemmed in stems if stemmed not in self._words[i]]
            elsewhere = [weights[s] for s in unknown if s in self.learnt.lexicon.words]
            match = Match(
                id=self.entries[i],
                score=float(scores[i]),
                vote=float(votes[i]),
                lead=float(votes[i]) - (second if i == leader else first),
                nearness=float(nearness[i]),
                coverage=1 - math.fsum(weights[stemmed] for stemmed in unknown) / total,
                gap=max(elsewhere, default=0.0),
                phrasing=self._nearest(i, likeness),
            )
            matches.append(match)
        return sorted(matches, key=lambda match: not match.exact)

    def _nearest(self, entry: int, likeness: Floats) -> str:
        first, end = self._first[entry : entry + 2]
        return self.phrasings[int(first) + int(likeness[first:end].argmax())]


def _leaders(votes: Floats) -> tuple[int, float, float]:
    """The place of the highest vote, that vote and the next; -1, that of what is never meant."""
    leader = int(votes.argmax())
    others = np.delete(votes, leader)
    return leader, float(votes[leader]), float(others.max()) if len(others) else -1.0

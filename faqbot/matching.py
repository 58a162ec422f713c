"""`Matcher`: a question, and the entries that it may mean, ranked with scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faqbot.features import Features, Vector

RIDGE = 0.2  # from 0.05 to 0.6 HINT3 OSCR moves by less than 0.01


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a question may mean."""

    id: str
    score: float  # from 0 up; how sure the vote of all phrasings and the nearest one are together
    vote: float  # from about -1 to 1: kernel ridge regression over all phrasings
    nearness: float  # from 0 to about 1: the likeness of the entry's nearest phrasing
    phrasing: str  # that phrasing


class _Index:
    """Finds a vector's likeness to every phrasing, by lists of the phrasings of each feature."""

    def __init__(self, vectors: Sequence[Vector], size: int) -> None:
        self._count = len(vectors)
        ids = np.concatenate([v.ids for v in vectors])
        order = np.argsort(ids, kind="stable")
        rows = np.repeat(np.arange(len(vectors), dtype=np.int32), [len(v.ids) for v in vectors])
        self._rows = rows[order]
        self._values = np.concatenate([v.values for v in vectors])[order]
        self._starts = np.searchsorted(ids[order], np.arange(size + 1))

    def likeness(self, vector: Vector) -> NDArray[np.float32]:
        """Shape (phrasings,)."""
        spans = [slice(self._starts[i], self._starts[i + 1]) for i in vector.ids]
        if not spans:
            return np.zeros(self._count, np.float32)
        sizes = [span.stop - span.start for span in spans]
        rows = np.concatenate([self._rows[span] for span in spans])
        values = np.concatenate([self._values[span] for span in spans])
        values = values * np.repeat(vector.values, sizes)
        return np.bincount(rows, values, self._count).astype(np.float32)


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
        ridge: float = RIDGE,
    ) -> None:
        """`labels[i]` is the entry of `phrasings[i]`."""
        self.phrasings = tuple(phrasings)
        self.entries = tuple(dict.fromkeys(labels))
        place = {entry: i for i, entry in enumerate(self.entries)}
        order = np.argsort([place[label] for label in labels], kind="stable")
        self.phrasings = tuple(phrasings[i] for i in order)
        self._entry_of = np.array([place[labels[i]] for i in order])
        self._first = np.searchsorted(self._entry_of, np.arange(len(self.entries)))
        self.features = Features(self.phrasings, [labels[i] for i in order], synonyms)
        tokens = [self.features.tokens(phrasing) for phrasing in self.phrasings]
        vectors = [self.features.vector(line) for line in tokens]
        self._index = _Index(vectors, self.features.size)
        self._solve(vectors, ridge)

    def _solve(self, vectors: Sequence[Vector], ridge: float) -> None:
        kernel = np.stack([self._index.likeness(vector) for vector in vectors])
        means, mean = kernel.mean(0), kernel.mean()
        targets = np.where(self._entry_of[:, None] == np.arange(len(self.entries)), 1.0, -1.0)
        centred = kernel - means - means[:, None] + mean
        centred[np.diag_indices_from(centred)] += ridge
        dual = np.linalg.solve(centred, (targets - targets.mean(0)).astype(np.float32))
        self._weights = np.zeros((self.features.size, len(self.entries)), np.float32)
        for vector, row in zip(vectors, dual, strict=True):
            self._weights[vector.ids] += vector.values[:, None] * row
        self._offset = targets.mean(0) - means @ dual

    def rank(self, question: str, top: int = 5) -> list[Match]:
        """The `top` entries for the question, best first; fewer where nothing is alike."""
        vector = self.features.vector(self.features.tokens(question))
        likeness = self._index.likeness(vector)
        votes = vector.values @ self._weights[vector.ids] + self._offset
        nearness = np.maximum.reduceat(likeness, self._first)
        scores = np.maximum(votes + 1, 0) * nearness
        best = np.argsort(-scores, kind="stable")[:top]
        return [self._match(i, scores, votes, nearness, likeness) for i in best if scores[i] > 0]

    def _match(self, i: int, scores, votes, nearness, likeness) -> Match:
        end = self._first[i + 1] if i + 1 < len(self._first) else len(likeness)
        nearest = self._first[i] + int(likeness[self._first[i] : end].argmax())
        return Match(
            self.entries[i],
            float(scores[i]),
            float(votes[i]),
            float(nearness[i]),
            self.phrasings[nearest],
        )

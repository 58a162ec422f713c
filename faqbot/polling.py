"""How alike a question is to phrasings, and how they vote: all of them, or the candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from faqbot.features import Vector
from faqbot.learning import RIDGE, Learnt, solve

CANDIDATES = 300  # phrasings; with 200 some right entries are lost, with 500 none is won
BUDGET = 200_000  # phrasings looked at to find the candidates; with 100,000 some are lost

Places = NDArray[np.intp]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Poll:
    """The entries that have a say on a question, in ascending order of their places."""

    entries: Places
    votes: Floats  # of each entry, from about -1 to 1
    rows: Places  # phrasings of these entries, entry by entry
    starts: Places  # where each entry's rows start
    likeness: Floats  # of each row to the question, from 0 to about 1

    def nearness(self) -> Floats:
        """The likeness of each entry's nearest phrasing."""
        return np.asarray(np.maximum.reduceat(self.likeness, self.starts))

    def nearest(self, number: int) -> int:
        """The nearest phrasing of the entry of this number in the poll."""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else None
        own = slice(self.starts[number], end)
        return int(self.rows[own][self.likeness[own].argmax()])


class Polls(Protocol):
    """A way of taking a poll."""

    def take(self, vector: Vector) -> Poll:
        """Ask for the votes on a question, given as its features."""


class Index:
    """Finds phrasings by lists of the phrasings of each feature."""

    def __init__(self, rows: csc_array) -> None:
        self._lists: csr_array = rows.T
        self._sizes = np.diff(rows.indptr)

    def likeness(self, vector: Vector, budget: int | None = None) -> Floats:
        """Shape (phrasings,): the vector's product with each, or its part by rare features.

        `budget`: how many values are added up at most, the rarest features' first.
        """
        ids, values = vector.ids, vector.values
        if budget is not None:
            rarest = np.argsort(self._sizes[ids], kind="stable")
            kept = rarest[np.cumsum(self._sizes[ids[rarest]]) <= budget]
            ids, values = ids[kept], values[kept]
        return np.asarray(values @ self._lists[ids])


class FullPolls:
    """All phrasings vote, by weights that were learnt."""

    def __init__(self, learnt: Learnt, entry_of: Places) -> None:
        self._index = Index(learnt.rows)
        self._weights, self._constants = learnt.weights, learnt.constants
        self._rows = np.arange(len(entry_of))
        self._entries, self._starts = np.unique(entry_of, return_index=True)

    def take(self, vector: Vector) -> Poll:
        """Every entry's vote."""
        weights = self._weights[vector.ids].astype(np.float32)
        votes = vector.values @ weights + self._constants
        likeness = self._index.likeness(vector)
        return Poll(self._entries, votes, self._rows, self._starts, likeness)


class CandidatePolls:
    """The phrasings that share the question's rarest features vote, by weights found on the spot.

    It is kernel ridge regression all the same, centred on the mean of all phrasings, as though
    those that are no candidates had no say. Its cost does not grow with the number of entries.
    """

    def __init__(self, learnt: Learnt, entry_of: Places) -> None:
        count = len(entry_of)
        self._index = Index(learnt.rows)
        self._phrasings: csr_array = learnt.rows.tocsr()
        self._mean = np.asarray(learnt.rows.sum(0), np.float32).ravel() / np.float32(count)
        self._to_mean = np.asarray(self._phrasings @ self._mean, np.float32)
        self._mean_size = np.float32(self._mean @ self._mean)
        self._entry_of = entry_of
        self._middle = (2 * np.bincount(entry_of) / count - 1).astype(np.float32)

    def take(self, vector: Vector) -> Poll:
        """The votes of the candidates' entries."""
        rows = self._candidates(vector)
        entries, starts, own = np.unique(
            self._entry_of[rows], return_index=True, return_inverse=True
        )
        phrasings = self._phrasings[rows]
        question = np.zeros(phrasings.shape[1], np.float32)
        question[vector.ids] = vector.values
        likeness = np.asarray(phrasings @ question)
        dual = self._dual(phrasings, rows, likeness - vector.values @ self._mean[vector.ids])
        middle = self._middle[entries]
        votes = middle + 2 * np.bincount(own, dual) - (1 + middle) * dual.sum()
        return Poll(entries, votes.astype(np.float32), rows, starts, likeness)

    def _candidates(self, vector: Vector) -> Places:
        """The likest phrasings; any others where too few are alike, for the sake of the mean."""
        likeness = self._index.likeness(vector, BUDGET)
        if len(likeness) <= CANDIDATES:
            return np.arange(len(likeness))
        alike = np.flatnonzero(likeness)
        if len(alike) < CANDIDATES:
            others = np.flatnonzero(likeness[: 2 * CANDIDATES] == 0)
            return np.sort(np.concatenate([alike, others[: CANDIDATES - len(alike)]]))
        best = np.argpartition(-likeness[alike], CANDIDATES - 1)[:CANDIDATES]
        return np.sort(alike[best])

    def _dual(self, phrasings: csr_array, rows: Places, asked: Floats) -> Floats:
        """How much each candidate counts for the question; `asked`: the kernel, not yet centred."""
        to_mean = self._to_mean[rows]
        kernel = (phrasings @ phrasings.T).toarray()
        kernel += self._mean_size - to_mean - to_mean[:, None]
        return solve(lambda dual: kernel @ dual, asked - to_mean + self._mean_size, RIDGE)

"""Sparse vectors and rows of them, as numpy arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Vector:
    """A question as sparse features: `ids` in the vocabulary, each once, and their `values`."""

    ids: Ids
    values: Floats


@dataclass(frozen=True, slots=True)
class Rows:
    """Vectors below one another: row i has `ids` and `values` from `ends[i]` to `ends[i + 1]`."""

    ends: Ids  # (rows + 1,)
    ids: Ids
    values: Floats
    width: int  # features in the vocabulary

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __iter__(self) -> Iterator[Vector]:
        for start, end in zip(self.ends[:-1].tolist(), self.ends[1:].tolist(), strict=True):
            yield Vector(self.ids[start:end], self.values[start:end])

    def dense(self, rows: NDArray[np.intp]) -> Floats:
        """Some rows, over the features that any of them has: shape (rows, features)."""
        counts, places = _ranges(self.ends, rows)
        columns, inverse = np.unique(self.ids[places], return_inverse=True)
        found = np.zeros((len(rows), len(columns)), np.float32)
        found[np.repeat(np.arange(len(rows)), counts), inverse] = self.values[places]
        return found


class Index:
    """Finds the rows that share features with a vector: for each feature, the rows that have it."""

    def __init__(self, rows: Rows) -> None:
        self._count = len(rows)
        order = np.argsort(rows.ids, kind="stable")
        self._rows = np.repeat(np.arange(len(rows), dtype=np.int32), np.diff(rows.ends))[order]
        self._values = rows.values[order]
        sizes = np.bincount(rows.ids, minlength=rows.width)
        self._starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)

    def product(self, vector: Vector, budget: int | None = None) -> Floats:
        """Shape (rows,): the vector's product with each row.

        `budget`: how many values are added up at most, those of the rarest features; without
        the rest, a product may come out lower.
        """
        ids, values = vector.ids, vector.values
        if budget is not None:
            sizes = self._starts[ids + 1] - self._starts[ids]
            rarest = np.argsort(sizes, kind="stable")
            kept = rarest[np.cumsum(sizes[rarest]) <= budget]
            ids, values = ids[kept], values[kept]
        counts, places = _ranges(self._starts, ids)
        weights = self._values[places] * np.repeat(values, counts)
        return np.bincount(self._rows[places], weights, self._count).astype(np.float32)


def _ranges(
    ends: Ids, which: NDArray[np.signedinteger]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """How long each of these ranges is, and all positions in them, one range after the other."""
    starts = ends[which]
    counts = ends[which + 1] - starts
    shifts = starts - np.cumsum(counts) + counts
    return counts, np.repeat(shifts, counts) + np.arange(counts.sum())

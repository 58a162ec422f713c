"""Sparse vectors and matrices, as numpy arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Vector:
    """A sparse vector: the distinct `ids` of its features, and their `values`."""

    ids: Ids
    values: Floats


@dataclass(frozen=True, slots=True)
class Rows:
    """Sparse rows (CSR): row i has `ids` and `values` from `ends[i]` to `ends[i + 1]`."""

    ends: Ids  # (rows + 1,)
    ids: Ids
    values: Floats
    width: int  # number of features

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __iter__(self) -> Iterator[Vector]:
        for start, end in zip(self.ends[:-1].tolist(), self.ends[1:].tolist(), strict=True):
            yield Vector(self.ids[start:end], self.values[start:end])


class Index:
    """An inverted index of rows: for each feature, the rows that have it, with their values."""

    def __init__(self, rows: Rows) -> None:
        self._count = len(rows)
        order = np.argsort(rows.ids, kind="stable")
        self._rows = np.repeat(np.arange(len(rows), dtype=np.int32), np.diff(rows.ends))[order]
        self._values = rows.values[order]
        sizes = np.bincount(rows.ids, minlength=rows.width)
        self._starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)

    def product(self, vector: Vector) -> Floats:
        """The dot product of the vector with each row: shape (rows,)."""
        starts = self._starts[vector.ids]
        counts = self._starts[vector.ids + 1] - starts
        shifts = starts - np.cumsum(counts) + counts
        found = np.repeat(shifts, counts) + np.arange(counts.sum())  # in `_rows` and `_values`
        weights = self._values[found] * np.repeat(vector.values, counts)
        return np.bincount(self._rows[found], weights, self._count).astype(np.float32)

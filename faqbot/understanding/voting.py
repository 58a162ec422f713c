"""How phrasings vote on a question: kernel ridge regression, one entry against the rest.

The kernel is the likeness of two texts by words and letters, plus that of their word vectors where
there are any. It is centred; targets are 1 and -1. All entries' votes are solved for at once, when
the knowledge is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from faqbot.understanding.sparse import Index, Rows, Vector

RIDGE = 0.2  # from 0.05 to 0.6 HINT3's OSCR moves by less than 0.01
DIRECT = 2_000  # phrasings; solving for 2,000 takes 0.5 s, and the time grows with the cube
STEPS = 25  # of conjugate gradients; beyond 20 no figure moves, and stopping early smooths too

Indices = NDArray[np.intp]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Texts:
    """Phrasings as they are compared."""

    rows: Rows  # words and letters
    vectors: Floats  # (phrasings, size): word vectors of length 1; size 0 without any

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like each phrasing is to a question: shape (phrasings,) each."""

    words: Floats  # by words and letters, from 0 to about 1
    vectors: Floats  # by word vectors, from -1 to 1

    @property
    def both(self) -> Floats:
        """The kernel."""
        return self.words + self.vectors


class Votes(Protocol):
    """Solved weights."""

    def of(self, features: Vector, vector: Floats, likeness: Floats) -> Floats:
        """The vote of each entry on a question, from about -1 to 1.

        `features`, `vector`: the question; `likeness`: the kernel with each phrasing.
        """


def solve(texts: Texts, index: Index, entry_of: Indices) -> Votes:
    """`entry_of[i]` is the number of the entry of phrasing i, from 0 on without a gap."""
    count = int(entry_of.max()) + 1
    targets = np.full((len(texts), count), -1, np.float32)
    targets[np.arange(len(texts)), entry_of] = 1
    return (DirectVotes if len(texts) <= DIRECT else LargeVotes)(texts, index, targets)


class DirectVotes:
    """Weights of phrasings, (phrasings, entries), by Gaussian elimination."""

    def __init__(self, texts: Texts, index: Index, targets: Floats) -> None:
        kernel = np.array([index.product(row) for row in texts.rows])
        kernel += texts.vectors @ texts.vectors.T
        to_all, mean = kernel.mean(0), targets.mean(0)
        kernel += to_all.mean() - to_all - to_all[:, None]
        kernel[np.diag_indices_from(kernel)] += RIDGE
        self._weights = np.linalg.solve(kernel, targets - mean)
        self._constants = mean - to_all @ self._weights

    def of(self, features: Vector, vector: Floats, likeness: Floats) -> Floats:
        """The vote of each entry; see `Votes`."""
        return np.asarray(likeness @ self._weights + self._constants)


class LargeVotes:
    """Weights of features, (features, entries), by conjugate gradients (Hestenes, Stiefel, 1952).

    Never forms the kernel, which for 14,000 phrasings would take 800 MB.
    """

    def __init__(self, texts: Texts, index: Index, targets: Floats) -> None:
        from scipy.sparse import csr_array  # 40 MB, which only so large a knowledge needs

        parts = (texts.rows.values, texts.rows.ids, texts.rows.ends)
        rows = csr_array(parts, shape=(len(texts), texts.rows.width))
        columns = rows.T.tocsr()
        by_word = np.asarray(rows.mean(0), np.float32).ravel()
        by_vector = texts.vectors.mean(0)
        mean = targets.mean(0)

        def weigh(dual: Floats) -> tuple[Floats, Floats]:
            total = dual.sum(0)
            return (
                columns @ dual - np.outer(by_word, total),
                texts.vectors.T @ dual - np.outer(by_vector, total),
            )

        def kernel(dual: Floats) -> Floats:
            words, vectors = weigh(dual)
            centre = by_word @ words + by_vector @ vectors
            return np.asarray(rows @ words + texts.vectors @ vectors - centre)

        self._words, self._vectors = weigh(_conjugate_gradients(kernel, targets - mean))
        self._constants = mean - by_word @ self._words - by_vector @ self._vectors
        self._words = self._words.astype(np.float16)  # as good to vote with, in half the memory

    def of(self, features: Vector, vector: Floats, likeness: Floats) -> Floats:
        """The vote of each entry; see `Votes`."""
        words = features.values @ self._words[features.ids].astype(np.float32)
        return np.asarray(words + vector @ self._vectors + self._constants)


def _conjugate_gradients(kernel: Callable[[Floats], Floats], targets: Floats) -> Floats:
    """Find the `dual` with kernel(dual) + RIDGE * dual = targets, each column by itself."""
    dual = np.zeros_like(targets)
    residual = targets.copy()
    direction = residual.copy()
    size = (residual**2).sum(0)
    for _ in range(STEPS):
        image = kernel(direction) + RIDGE * direction
        step = size / np.maximum((direction * image).sum(0), 1e-20)
        dual += step * direction
        residual -= step * image
        before, size = size, (residual**2).sum(0)
        direction = residual + size / np.maximum(before, 1e-20) * direction
    return dual

"""How similar phrasings are to a question, and how they vote: kernel ridge regression.

The kernel is the similarity of two texts by words and letters, plus that of their word vectors if
there are any. The vote is one entry against the rest: the kernel is centred, and targets are 1 and
-1. All entries' weights are solved for at once, when the knowledge is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from sys import intern

import numpy as np
from numpy.typing import NDArray

from faqbot.text import words
from faqbot.understanding.features import Features, Synonyms
from faqbot.understanding.sparse import Index, Rows, Vector
from faqbot.understanding.spelling import Speller
from faqbot.understanding.vectors import WordVectors

# Word similarity from which a phrasing equals the question; one word less is well below.
EXACT_SIMILARITY = 0.9999
RIDGE = 0.2  # from 0.05 to 0.6 HINT3's OSCR moves by less than 0.01
MAX_DIRECT_PHRASINGS = 2_000  # takes 0.5 s; the time grows with the cube
STEPS = 25  # of conjugate gradients; beyond 20 no figure moves, and stopping early regularises too

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is compared."""

    tokens: tuple[str, ...]  # its words, spelling corrected and terms joined
    features: Vector  # words and letters
    vector: Floats  # of length 1; size 0 without word vectors


@dataclass(frozen=True, slots=True)
class Similarities:
    """How like the phrasings are to a query: shape (phrasings,), and the entries' votes."""

    words: Floats  # by words and letters, from 0 to about 1
    vectors: Floats  # by word vectors, from -1 to 1
    kernel: Floats  # the sum of both
    votes: Floats  # (entries,), from about -1 to 1


class Phrasings:
    """Phrasings of entries that are numbered from 0 on; at least one each."""

    def __init__(
        self,
        lines: Sequence[Sequence[str]],
        synonyms: Sequence[Sequence[str]] = (),
        vectors: WordVectors | None = None,
        speller: Speller | None = None,
    ) -> None:
        """`lines[i]`: the phrasings of entry i. Without `vectors`, words and letters count.

        `speller`: corrects towards words beside those of the phrasings.
        """
        terms = Synonyms(synonyms)
        self.lines: tuple[str, ...] = tuple(line for own in lines for line in own)
        self.entry_of = np.repeat(np.arange(len(lines)), [len(own) for own in lines])
        self.starts = np.flatnonzero(np.diff(self.entry_of, prepend=-1))
        # Interned, each word is held once, however often it occurs.
        self.tokens = [tuple(map(intern, terms.join(words(line)))) for line in self.lines]
        self.features = Features(self.tokens, self.entry_of.tolist(), terms, speller)
        self._vectors = vectors
        count = len(self.lines)
        self._line_vectors = (
            vectors.texts(self.tokens) if vectors else np.zeros((count, 0), np.float32)
        )
        rows = self.features.matrix(self.tokens)
        self._index = Index(rows)
        targets = np.full((count, len(lines)), -1, np.float32)
        targets[np.arange(count), self.entry_of] = 1
        solver = DirectVotes if count <= MAX_DIRECT_PHRASINGS else LargeVotes
        self._votes = solver(rows, self._line_vectors, self._index, targets)

    def query(self, text: str) -> Query:
        """A text as it is compared."""
        tokens = self.features.tokens(text)
        vector = self._vectors.text(tokens) if self._vectors else np.zeros(0, np.float32)
        return Query(tuple(tokens), self.features.vector(tokens), vector)

    def similarities(self, query: Query) -> Similarities:
        """How like each phrasing is to the query, and the entries' votes on it."""
        by_words = self._index.product(query.features)
        by_vectors = self._line_vectors @ query.vector
        kernel = by_words + by_vectors
        return Similarities(by_words, by_vectors, kernel, self._votes.votes_for(query, kernel))

    def phrasing_slice(self, entry: int) -> slice:
        """Where the entry's phrasings are."""
        ends = self.starts[entry + 1 : entry + 2].tolist() or [len(self.lines)]
        return slice(int(self.starts[entry]), ends[0])


class DirectVotes:
    """Weights of phrasings, (phrasings, entries), by Gaussian elimination."""

    def __init__(self, rows: Rows, vectors: Floats, index: Index, targets: Floats) -> None:
        """`rows`, `vectors`: the phrasings; `index`: of the rows; `targets`: 1 or -1.

        Shapes: `vectors` (phrasings, size), `targets` (phrasings, entries).
        """
        kernel = np.array([index.product(row) for row in rows])
        kernel += vectors @ vectors.T
        to_all, mean = kernel.mean(0), targets.mean(0)
        kernel += to_all.mean() - to_all - to_all[:, None]
        kernel[np.diag_indices_from(kernel)] += RIDGE
        self._weights = np.linalg.solve(kernel, targets - mean)
        self._constants = mean - to_all @ self._weights

    def votes_for(self, query: Query, kernel: Floats) -> Floats:
        """The vote of each entry, from about -1 to 1; `kernel`: the query's with each phrasing."""
        return np.asarray(kernel @ self._weights + self._constants)


class LargeVotes:
    """Weights of features, (features, entries), by conjugate gradients (Hestenes, Stiefel, 1952).

    Never forms the kernel, which for 14,000 phrasings would take 800 MB.
    """

    def __init__(self, rows: Rows, vectors: Floats, index: Index, targets: Floats) -> None:
        """As those of `DirectVotes`."""
        from scipy.sparse import csr_array  # 40 MB, which only so many phrasings need

        x = csr_array((rows.values, rows.ids, rows.ends), shape=(len(rows), rows.width))
        columns = x.T.tocsr()
        by_word = np.asarray(x.mean(0), np.float32).ravel()
        by_vector = vectors.mean(0)
        mean = targets.mean(0)

        def weigh(dual: Floats) -> tuple[Floats, Floats]:
            total = dual.sum(0)
            return (
                columns @ dual - np.outer(by_word, total),
                vectors.T @ dual - np.outer(by_vector, total),
            )

        def multiply(dual: Floats) -> Floats:
            words, numbers = weigh(dual)
            centre = by_word @ words + by_vector @ numbers
            return np.asarray(x @ words + vectors @ numbers - centre + RIDGE * dual)

        self._words, self._vectors = weigh(_conjugate_gradients(multiply, targets - mean))
        self._constants = mean - by_word @ self._words - by_vector @ self._vectors
        self._words = self._words.astype(np.float16)  # as good to vote with, in half the memory

    def votes_for(self, query: Query, kernel: Floats) -> Floats:
        """The vote of each entry, from about -1 to 1."""
        words = query.features.values @ self._words[query.features.ids].astype(np.float32)
        return np.asarray(words + query.vector @ self._vectors + self._constants)


def _conjugate_gradients(multiply: Callable[[Floats], Floats], targets: Floats) -> Floats:
    """Find x with multiply(x) = targets, each column by itself; `multiply` is positive definite."""
    found = np.zeros_like(targets)
    residual = targets.copy()
    direction = residual.copy()
    size = (residual**2).sum(0)
    for _ in range(STEPS):
        image = multiply(direction)
        step = size / np.maximum((direction * image).sum(0), 1e-20)
        found += step * direction
        residual -= step * image
        before, size = size, (residual**2).sum(0)
        direction = residual + size / np.maximum(before, 1e-20) * direction
    return found

"""Which topic a question is: probabilities of what is asked of every practice.

A linear model over the question's words, pairs of words and word vector, learnt from the wordings
of `common/en` by `make models`; one for all practices of a process.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from faqbot.common.topics import topics
from faqbot.understanding.features import stem
from faqbot.understanding.vectors import WordVectors, word_vectors

FILE = Path(__file__).parent.parent / "common" / "en" / "topics.npz"
BUCKETS = 1 << 13
VECTOR = 3.0  # what the word vector is multiplied by, beside features of length 1

Floats = NDArray[np.float32]


def features(tokens: Sequence[str]) -> list[int]:
    """The question's words and pairs of neighbours, as numbers below `BUCKETS`."""
    stems = [stem(token) for token in tokens]
    names = [*stems, *(f"{a} {b}" for a, b in pairwise(["^", *stems, "$"]))]
    return [crc32(name.encode()) % BUCKETS for name in dict.fromkeys(names)]


class TopicModel:
    """Weights of features and of the word vector's numbers, for each topic."""

    def __init__(
        self,
        ids: Sequence[str],
        weights: NDArray[np.int8],
        scale: Floats,
        vector: Floats,
        constants: Floats,
        vectors: WordVectors | None = None,
    ) -> None:
        """Shapes: `weights` (BUCKETS, topics), times `scale` (topics,); `vector` (size, topics)."""
        self.ids = tuple(ids)
        self._weights, self._scale = weights, scale
        self._vector, self._constants = vector, constants
        self._vectors = vectors or word_vectors()

    @classmethod
    def load(cls, file: Path = FILE) -> TopicModel:
        """Read what `make models` wrote."""
        with np.load(file, allow_pickle=False) as arrays:
            names = ("weights", "scale", "vector", "constants")
            return cls(tuple(topics()), *(arrays[name] for name in names))

    def scores(self, tokens: Sequence[str]) -> Floats:
        """The logit of each topic for the words of a question: shape (topics,)."""
        own = features(tokens)
        by_words = self._weights[own].sum(0, dtype=np.int32) / np.sqrt(max(1, len(own)))
        by_vector = (VECTOR * self._vectors.text(tokens)) @ self._vector
        return np.asarray(by_words * self._scale + by_vector + self._constants, np.float32)


@cache
def topic_model() -> TopicModel:
    """The one that faqbot ships, read once a process."""
    return TopicModel.load()

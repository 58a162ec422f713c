"""Which topic a question is: probabilities of what is asked of every practice.

A linear model over the question's words, pairs of words and word vector, learnt from the wordings
of `common/en` by `make models`; one for all practices of a process, and one for each pack.
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
from faqbot.understanding.spelling import Speller
from faqbot.understanding.vectors import WordVectors, word_vectors

EN = Path(__file__).parent.parent / "common" / "en"
BUCKETS = 1 << 13
VECTOR = 3.0  # what the word vector is multiplied by, beside features of length 1

Floats = NDArray[np.float32]


def features(tokens: Sequence[str]) -> list[int]:
    """The question's words and pairs of neighbours, as numbers below `BUCKETS`."""
    stems = [stem(token) for token in tokens]
    names = [*stems, *(f"{a} {b}" for a, b in pairwise(["^", *stems, "$"]))]
    return [crc32(name.encode()) % BUCKETS for name in dict.fromkeys(names)]


def file_of(pack: str = "") -> Path:
    """Where the model is kept that all practices share, or that of a pack."""
    return EN / "packs" / f"{pack}.npz" if pack else EN / "topics.npz"


class TopicModel:
    """Weights of features and of the word vector's numbers, for each topic."""

    def __init__(
        self,
        ids: Sequence[str],
        weights: NDArray[np.int8],
        scale: Floats,
        vector: Floats,
        constants: Floats,
        vocabulary: NDArray[np.uint8],
        vectors: WordVectors | None = None,
    ) -> None:
        """Shapes: `weights` (BUCKETS, topics), times `scale` (topics,); `vector` (size, topics).

        `vocabulary`: the words of wordings, as UTF-8, one a line, the oftenest first.
        """
        self.ids = tuple(ids)
        self.words: tuple[str, ...] = tuple(vocabulary.tobytes().decode().split("\n"))
        self._weights, self._scale = weights, scale
        self._vector, self._constants = vector.astype(np.float32), constants
        self._vectors = vectors or word_vectors()

    @classmethod
    def load(cls, pack: str = "") -> TopicModel:
        """Read what `make models` wrote."""
        with np.load(file_of(pack), allow_pickle=False) as arrays:
            names = ("weights", "scale", "vector", "constants", "vocabulary")
            return cls(tuple(topics(pack)), *(arrays[name] for name in names))

    def scores(self, tokens: Sequence[str], vector: Floats | None = None) -> Floats:
        """The logit of each topic for the words of a question: shape (topics,).

        `vector`: the words', where it is known.
        """
        own = features(tokens)
        by_words = self._weights[own].sum(0, dtype=np.int32) / np.sqrt(max(1, len(own)))
        vector = self._vectors.text(tokens) if vector is None else vector
        by_vector = (VECTOR * vector) @ self._vector
        return np.asarray(by_words * self._scale + by_vector + self._constants, np.float32)


@cache
def topic_model(pack: str = "") -> TopicModel:
    """The one that faqbot ships, or that of a pack, read once a process."""
    return TopicModel.load(pack)


@cache
def speller(pack: str = "") -> Speller:
    """Mends words to those that visitors of any practice use; one for all of a process."""
    return Speller(dict.fromkeys(topic_model(pack).words, 1))

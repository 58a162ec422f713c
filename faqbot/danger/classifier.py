"""`Classifier`: the probability that a message tells of danger, learnt from 70,000 messages.

Logistic regression over hashed features and the message's word vector; `make models` learns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from math import exp, sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faqbot.understanding.vectors import word_vectors

from .features import message_features, word_features
from .reading import Reading

FILE = Path(__file__).with_name("classifier.npz")
REMEMBERED = 16_384  # words
FEATURES, VECTOR = 4.0, 1.0  # what the two parts are multiplied by before learning

Floats = NDArray[np.float32]


class Classifier:
    """Weights of the features, and of the numbers of the message's vector."""

    def __init__(self, weights: Floats, vector: Floats, constant: float) -> None:
        """Shapes: `weights` (BUCKETS,), `vector` (word_vectors().size,)."""
        self._weights: list[float] = (FEATURES * weights).tolist()
        self._vector, self._constant = VECTOR * vector, constant
        self._word = lru_cache(REMEMBERED)(self._word_sum)

    @classmethod
    def load(cls, file: Path = FILE) -> Classifier:
        """Read what `make models` wrote."""
        with np.load(file, allow_pickle=False) as arrays:
            weights = arrays["weights"].astype(np.float32) * arrays["scale"]
            return cls(weights, arrays["vector"], float(arrays["constant"]))

    def probability(self, reading: Reading, covers: Sequence[int]) -> float:
        """How likely the message tells of danger, from 0 to 1; `covers`: how each word is meant."""
        words = [word.text for word in reading.words]
        if not words:
            return 0.0
        parts = [self._word(word) for word in words]
        own = message_features(reading, covers)
        total = sum(weight for weight, _ in parts) + sum(map(self._weights.__getitem__, own))
        count = sum(number for _, number in parts) + len(own)
        score = total / sqrt(count) + float(self._vector @ word_vectors().text(words))
        return 1 / (1 + exp(-max(-30.0, min(30.0, score + self._constant))))

    def _word_sum(self, word: str) -> tuple[float, int]:
        own = word_features(word)
        return sum(map(self._weights.__getitem__, own)), len(own)


@cache
def classifier() -> Classifier:
    """The one that faqbot ships, read once a process."""
    return Classifier.load()

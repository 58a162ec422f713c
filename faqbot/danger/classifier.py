"""`Classifier`: the probability that a message is about danger, trained on 70,000 messages.

Logistic regression over hashed features and the message's word vector; `make models` trains it.
Runs of letters and of words catch wordings that no table lists; concepts, each with its contexts,
carry the clinicians' knowledge over to other wordings.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache, reduce
from itertools import combinations, pairwise
from math import exp, sqrt
from operator import or_
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from faqbot.danger.concepts import Mention, Message
from faqbot.danger.context import DENIED, HYPOTHETICAL, PAST, RESOLVED
from faqbot.understanding.vectors import word_vectors

FILE = Path(__file__).with_name("classifier.npz")
BUCKETS = 1 << 17
RUN_LENGTHS = (3, 4, 5)  # lengths of the runs of letters
MAX_CONCEPTS = 24  # of which pairs are made: bounds the time of a hostile message
FEATURE_SCALE, VECTOR_SCALE = 4.0, 1.0  # scales of the two parts, in learning and in use
CACHED_WORDS = 16_384  # words
_CONTEXTS = {DENIED: "d", HYPOTHETICAL: "a", PAST: "o", RESOLVED: "g"}

Floats = NDArray[np.float32]


def word_features(word: str) -> list[int]:
    """The buckets of a word and of its runs of letters, from 0 to `BUCKETS` - 1."""
    bounded = f"<{word}>"
    runs = [
        bounded[start : start + size]
        for size in RUN_LENGTHS
        for start in range(len(bounded) - size + 1)
    ]
    return _hashed([word, *(f"#{run}" for run in runs)])


def message_features(message: Message) -> list[int]:
    """The buckets of runs of words, of concepts in their contexts, and of pairs of concepts."""
    words = ["<", *(token.text for token in message.tokens), ">"]
    runs = [f"{a} {b}" for a, b in pairwise(words)]
    for a, b, c in zip(words, words[1:], words[2:], strict=False):
        runs += (f"{a} {b} {c}", f"{a} _ {c}")
    runs += (f"{a} __ {d}" for a, d in zip(words, words[3:], strict=False))
    concepts = sorted({_in_context(message, mention) for mention in message.mentions})
    pairs = (f"{a}&{b}" for a, b in combinations(concepts[:MAX_CONCEPTS], 2))
    length = f"length {min(len(message.tokens).bit_length(), 6)}"
    return _hashed([*runs, *concepts, *pairs, length])


def _in_context(message: Message, mention: Mention) -> str:
    """A concept with the letters of its contexts: "@fever~d" is denied."""
    if mention.concept.startswith("~"):
        return f"@{mention.concept}"
    contexts = reduce(or_, message.contexts[mention.start : mention.end], 0)
    letters = "".join(letter for context, letter in _CONTEXTS.items() if contexts & context)
    return f"@{mention.concept}~{letters}" if letters else f"@{mention.concept}"


def _hashed(names: Iterable[str]) -> list[int]:
    return [crc32(name.encode()) % BUCKETS for name in names]


class Classifier:
    """Weights of the buckets, and of the components of the message's vector."""

    def __init__(self, weights: Floats, vector: Floats, constant: float) -> None:
        """Shapes: `weights` (BUCKETS,), `vector` (word_vectors().size,)."""
        self._weights: list[float] = (FEATURE_SCALE * weights).tolist()
        self._vector, self._constant = VECTOR_SCALE * vector, constant
        self._word = lru_cache(CACHED_WORDS)(self._word_sum)

    @classmethod
    def load(cls, file: Path = FILE) -> Classifier:
        """Read what `make models` wrote."""
        with np.load(file, allow_pickle=False) as arrays:
            weights = arrays["weights"].astype(np.float32) * arrays["scale"]
            return cls(weights, arrays["vector"], float(arrays["constant"]))

    def probability(self, message: Message) -> float:
        """The probability that a message in context is about danger."""
        words = [token.text for token in message.tokens]
        if not words:
            return 0.0
        parts = [self._word(word) for word in words]
        own = message_features(message)
        total = sum(weight for weight, _ in parts) + sum(map(self._weights.__getitem__, own))
        count = sum(number for _, number in parts) + len(own)
        score = total / sqrt(count) + float(self._vector @ word_vectors().text(words))
        return 1 / (1 + exp(-max(-30.0, min(30.0, score + self._constant))))

    def _word_sum(self, word: str) -> tuple[float, int]:
        """The sum of the weights of a word's buckets, and their number."""
        own = word_features(word)
        return sum(map(self._weights.__getitem__, own)), len(own)


@cache
def classifier() -> Classifier:
    """The classifier shipped with faqbot, loaded once per process."""
    return Classifier.load()

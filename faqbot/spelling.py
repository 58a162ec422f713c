"""Slips of the finger and of the ear: an unknown word becomes the known one that was meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler
from wordfreq import get_frequency_dict

SHORTEST = 4  # letters; shorter words have too many near neighbours to be mended
NEAR_ENOUGH = 0.74  # of 1; from 0.65 to 0.78 HINT3's misspelt lines score alike
SOUNDS = (
    ("ph", "f"),
    ("ck", "k"),
    ("gh", ""),
    ("kn", "n"),
    ("wr", "r"),
    ("wh", "w"),
    ("tion", "shun"),
    ("sion", "shun"),
    ("ough", "o"),
    ("x", "ks"),
    ("qu", "kw"),
)


@cache
def english() -> Mapping[str, float]:
    """Common English words (about 29,000) with their share of all words, by wordfreq."""
    return get_frequency_dict("en", wordlist="small")


def sound(word: str) -> str:
    """Spell a word roughly as it sounds, so that `kyfoplasty` meets `kyphoplasty`."""
    for letters, heard in SOUNDS:
        word = word.replace(letters, heard)
    word = re.sub("c(?=[eiy])", "s", word)
    word = re.sub("c(?!h)", "k", word).replace("z", "s").replace("y", "i")
    word = re.sub(r"(.)\1", r"\1", word)
    return re.sub("[aeiou]+", "a", word)


class Speller:
    """Mends words against a vocabulary; real English words are left as they are.

    The guard for real words matters more than the distance: without it "cost" becomes "cast",
    and the right entries on HINT3's curekart drop by two in a hundred.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        """`counts`: each word of the knowledge with the number of times it stands there."""
        self._known = frozenset(counts)
        self._words = [word for word in counts if len(word) >= SHORTEST - 1]
        self._sounds = [sound(word) for word in self._words]
        self._bonus: NDArray[np.float64] = 0.01 * np.log1p([counts[word] for word in self._words])
        self.correct = lru_cache(maxsize=8192)(self._correct)

    def _correct(self, word: str) -> str:
        """Return the known word that `word` was meant to be, or `word` itself."""
        if self._is_fine(word):
            return word
        nearness = self._nearness(word)
        best = int(nearness.argmax())
        return self._words[best] if nearness[best] >= NEAR_ENOUGH else word

    def _is_fine(self, word: str) -> bool:
        return (
            word in self._known
            or len(word) < SHORTEST
            or not word.isalpha()
            or word in english()
            or not self._words
        )

    def _nearness(self, word: str) -> NDArray[np.float64]:
        letters = process.cdist([word], self._words, scorer=OSA.normalized_similarity)[0]
        start = process.cdist([word], self._words, scorer=JaroWinkler.normalized_similarity)[0]
        heard = process.cdist([sound(word)], self._sounds, scorer=OSA.normalized_similarity)[0]
        return np.asarray(0.5 * letters + 0.2 * start + 0.3 * heard + self._bonus)

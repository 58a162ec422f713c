"""Slips of the finger and of the ear: an unknown word becomes the known one that was meant."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler
from wordfreq import get_frequency_dict

SHORTEST = 3  # letters; shorter words have too many near neighbours to be mended
LONG, LONGER = 5, 9  # letters from which two slips, and three, can be told from another word
NEAR_ENOUGH = {3: 0.6, 4: 0.62}  # of about 1, by letters; a slip in a short word changes more of it
NEAR_ENOUGH_LONG = 0.71  # of 0.68 to 0.74, the figures on public data differ by a few in 1,000
COMMON = 0.02  # for each time that the number of a word's occurrences grows by a factor of e
BINS, MOST = 32, 255  # in which letters are counted, and how many at most: a byte holds them
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")

# What a pair of words gains where one of these turns the one into the other: what hands do often
# is likelier than what they seldom do. "" and a letter stand for one left out, or one too many.
SWAPPED, DOUBLED, UNDOUBLED, BESIDE, DROPPED, OTHER = 0.08, 0.08, 0.06, 0.05, 0.03, -0.03

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


def hand(typed: str, meant: str) -> float:
    """How much likelier than others the slip is that makes `typed` of `meant`, from -0.03 to 0.08.

    0 where it takes more than one.
    """
    start = _shared(typed, meant)
    end = _shared(typed[start:][::-1], meant[start:][::-1])
    was, should = typed[start : len(typed) - end], meant[start : len(meant) - end]
    match len(was), len(should):
        case 2, 2 if was == should[::-1]:
            return SWAPPED
        case 1, 1:
            return BESIDE if should in _beside(was) else OTHER
        case 1, 0:
            return DOUBLED if _doubles(typed, start) else 0.0
        case 0, 1:
            return UNDOUBLED if _doubles(meant, start) else DROPPED
    return 0.0


def _shared(one: str, other: str) -> int:
    """How many letters the two begin with in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _doubles(word: str, at: int) -> bool:
    return word[at] in (word[at - 1 : at], word[at + 1 : at + 2])


@cache
def _beside(letter: str) -> frozenset[str]:
    """The keys around a letter's; each row stands half a key to the right of the one above."""
    places = {
        key: (row, x + row / 2) for row, keys in enumerate(KEYS) for x, key in enumerate(keys)
    }
    row, x = places.get(letter, (-9, 0))
    return frozenset(k for k, (r, c) in places.items() if abs(r - row) <= 1 and abs(c - x) <= 1)


class Letters:
    """How many letters some words share with another, counted fast and never too low.

    It rules out nearly all words before they are compared in earnest, which is what takes time.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self.lengths = np.array([len(word) for word in words], np.int32)
        codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32)
        places = np.repeat(np.arange(len(words)), self.lengths)
        counts = np.bincount(codes % BINS * len(words) + places, minlength=BINS * len(words))
        self._counts = np.minimum(counts, MOST).astype(np.uint8).reshape(BINS, len(words))

    def shared(self, word: str) -> NDArray[np.uint16]:
        """With each of the words, at most so many letters are shared."""
        found = np.zeros(len(self.lengths), np.uint16)
        for place, count in Counter(ord(letter) % BINS for letter in word).items():
            found += np.minimum(self._counts[place], min(count, MOST))
        return found


class _Shelf:
    """Words that are compared with those about as long only."""

    def __init__(self, words: Sequence[str], reach: int) -> None:
        """`reach`: how many letters more or less still count as about as long."""
        self._words, self._reach = words, reach
        self._letters = Letters(words)

    def near(self, word: str, slips: int) -> set[int]:
        """The places of the words that so many slips can make of `word`."""
        places = self._worth(word, slips)
        if not places:
            return set()
        distances = process.cdist(
            [word],
            [self._words[place] for place in places],
            scorer=OSA.distance,
            score_cutoff=slips,
            dtype=np.uint8,
        )[0]
        return {places[i] for i in np.flatnonzero(distances <= slips)}

    def _worth(self, word: str, slips: int) -> list[int]:
        """The places of the words about as long that lack no more letters than that."""
        lengths = self._letters.lengths
        lacking = np.maximum(lengths, len(word)) - self._letters.shared(word)
        is_near = (np.abs(lengths - len(word)) <= self._reach) & (lacking <= slips)
        found: list[int] = np.flatnonzero(is_near).tolist()
        return found


class Speller:
    """Mends words against a vocabulary; real English words are left as they are.

    The guard for real words matters more than the distance: without it "cost" becomes "cast",
    and the right entries on HINT3's curekart drop by two in a hundred.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        """`counts`: each word of the knowledge with the number of times it stands there."""
        self._known = counts
        self._words = [w for w in counts if len(w) >= SHORTEST and not w.isdigit()]
        self._sounds = [sound(word) for word in self._words]
        self._common = [COMMON * math.log1p(counts[word]) for word in self._words]
        self._by_letters = _Shelf(self._words, 2)
        self._by_sound = _Shelf(self._sounds, 1)
        self.correct = lru_cache(maxsize=4096)(self._correct)

    def _correct(self, word: str) -> str:
        """Return the known word that `word` was meant to be, or `word` itself."""
        if self._is_fine(word):
            return word
        heard = sound(word)
        near = {place: self._nearness(word, heard, place) for place in self._near(word, heard)}
        best = max(near, key=near.__getitem__, default=-1)
        enough = near and near[best] > NEAR_ENOUGH.get(len(word), NEAR_ENOUGH_LONG)
        return self._words[best] if enough else word

    def _is_fine(self, word: str) -> bool:
        return (
            word in self._known or len(word) < SHORTEST or not word.isalpha() or word in english()
        )

    def _near(self, word: str, heard: str) -> list[int]:
        """The places of the words that are worth a closer look."""
        found = self._by_letters.near(word, 1 + (len(word) >= LONG) + (len(word) >= LONGER))
        if len(word) > SHORTEST:
            found |= self._by_sound.near(heard, int(len(heard) >= LONG))
        return sorted(found)

    def _nearness(self, word: str, heard: str, place: int) -> float:
        other = self._words[place]
        letters = OSA.normalized_similarity(word, other)
        start = JaroWinkler.normalized_similarity(word, other)
        alike = OSA.normalized_similarity(heard, self._sounds[place])
        near = 0.5 * letters + 0.2 * start + 0.3 * alike
        return near + self._common[place] + hand(word, other)

"""Slips of the finger in the words of danger; a real word is never bent into one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from rapidfuzz.distance import OSA
from wordfreq import get_frequency_dict

from faqbot.text import fold

_CACHE = 4_096  # slips of visitors that are remembered
_LONGEST = 40  # letters of these; "heeeelp" of 500 is mended anew each time
_GLUE = frozenset("i im my the a is she he her his mom dad and of in to me on mi la el".split())
_SAME_SOUND = (
    ("ph", "f"),
    ("ck", "k"),
    ("x", "ks"),
    ("qu", "k"),
    ("kn", "n"),
    ("wr", "r"),
    ("wh", "w"),
    ("gh", ""),
    ("pn", "n"),
    ("ps", "s"),
    ("sc", "s"),
)


@cache
def real_words() -> frozenset[str]:
    """Common words of English and Spanish, without accents and apostrophes."""
    found: set[str] = set()
    for language in ("en", "es"):
        words = get_frequency_dict(language, wordlist="small")
        found.update(fold(word).replace("'", "") for word in words)
    return frozenset(found)


def sound(word: str) -> str:
    """How a word sounds, roughly: all vowels are one, doubled letters are single."""
    for letters, heard in _SAME_SOUND:
        word = word.replace(letters, heard)
    word = re.sub("c(?=[eiy])", "s", word).replace("c", "k").replace("z", "s")
    word = re.sub("e$|h(?![aeiouy])", "", word)
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiouy]+", "a", word))


class Speller:
    """Mends words against a vocabulary, by letters first, then by sound, then by parting them."""

    def __init__(self, vocabulary: Iterable[str], beyond: Speller | None = None) -> None:
        """`beyond`: another speller, whose words are known as well."""
        self._beyond = beyond
        self._own = frozenset(vocabulary)
        self._near: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._sounds: dict[str, str] = {}
        for word in sorted(word for word in self._own if word.isalpha() and len(word) > 2):
            self._near[word[0], len(word)].append(word)
            if len(word) > 4:
                self._sounds.setdefault(sound(word), word)
        self._mended = lru_cache(maxsize=_CACHE)(self._mend)

    def knowing(self, words: Iterable[str]) -> Speller:
        """A speller that knows these words too; what this one knows is held once for both."""
        return Speller((word for word in words if not self._knows(word)), self)

    def mend(self, word: str) -> tuple[str, ...]:
        """The word, or what it was meant to be: one known word, or two that were run together."""
        if self._knows(word) or not word.isalpha() or word in real_words():
            return (word,)
        return self._mended(word) if len(word) <= _LONGEST else self._mend(word)

    def _knows(self, word: str) -> bool:
        return word in self._own or (self._beyond is not None and self._beyond._knows(word))

    def _mend(self, word: str) -> tuple[str, ...]:
        short = re.sub(r"(.)\1{2,}", r"\1", word)
        if short != word:
            return self.mend(short)
        found = self._by_letters(word) or self._by_sound(word)
        return (found,) if found else self._parted(word) or (word,)

    def _by_letters(self, word: str) -> str | None:
        """The nearest known word; of equally near ones, that with its letters or sound."""
        most = 1 if len(word) < 8 else 2 if len(word) < 12 else 3
        best, least = None, most + 0.5
        for candidate in self._candidates(word, most):
            distance = float(OSA.distance(word, candidate, score_cutoff=most))
            if distance <= least:
                swapped = sorted(word) == sorted(candidate)
                distance -= 0.6 * swapped or 0.5 * (sound(word) == sound(candidate))
            if distance < least and (len(word) > 3 or distance < 1):
                best, least = candidate, distance
        return best

    def _candidates(self, word: str, most: int) -> Iterator[str]:
        """Known words of nearly the length that begin alike, or with the first letters swapped."""
        for first in dict.fromkeys(word[:2] if most else ""):
            for length in range(len(word) - most, len(word) + most + 1):
                yield from self._beginning(first, length)

    def _beginning(self, letter: str, length: int) -> list[str]:
        """The known words of this length that begin with this letter, in alphabetical order."""
        own = self._near.get((letter, length), [])
        if self._beyond is None:
            return own
        others = self._beyond._beginning(letter, length)
        return sorted(own + others) if own and others else own or others

    def _by_sound(self, word: str) -> str | None:
        found = self._sounding(sound(word)) if len(word) > 4 else None
        most = 2 if len(word) < 8 else 3
        return found if found and OSA.distance(word, found) <= most else None

    def _sounding(self, heard: str) -> str | None:
        """The first known word in the alphabet that sounds like this."""
        own = self._sounds.get(heard)
        other = self._beyond._sounding(heard) if self._beyond else None
        return min(own, other) if own and other else own or other

    def _parted(self, word: str) -> tuple[str, str] | None:
        for cut in range(1, len(word)) if 5 < len(word) < 20 else ():
            left, right = word[:cut], word[cut:]
            if self._is_part(left) and self._is_part(right):
                return left, right
        return None

    def _is_part(self, part: str) -> bool:
        return part in _GLUE or (len(part) > 2 and self._knows(part))

"""Slips of the finger and of the ear: an unknown word becomes the known one that was meant.

A correctly written word is never changed: what the lexicon holds stays as it is, however near a
known word is. Matching and the search for danger share this; they differ in their vocabularies, in
the languages whose words are left alone, and in whether a word missed costs more than a wrong one.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import takewhile
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from faqbot.common.lexicon import lexicon
from faqbot.understanding.caching import shared_cache

SHORTEST = 3  # letters; shorter words have too many near neighbours to be fixed
LONGEST = 40  # letters; longer ones are not fixed: each would cost more than any is worth
LONG, LONGER = 5, 9  # letters from which two slips, and three, can be told from another word
NEAR_ENOUGH = {3: 0.6, 4: 0.62}  # of about 1, by letters; a slip in a short word changes more of it
NEAR_ENOUGH_LONG = 0.71  # of 0.68 to 0.74, the figures on public data differ by a few in 1,000
COMMON = 0.02  # for each time that the number of a word's occurrences grows by a factor of e
BINS, MOST = 32, 255  # in which letters are counted, and how many at most: a byte holds them
SHORTEST_PARTED, LONGEST_PARTED = 6, 19  # letters of two words that were run together
NEARER = (
    0.8  # how near a known word must be to be likelier than two run together: "mylegs", "miles"
)
SHORTEST_FORM, SHORTEST_BRITISH = 4, 6  # letters; "hoes" is no "hes"
FREQUENT = 3.0  # Zipf value from which a form of a known word is a word of its own: "colds", "cold"
GLUE = frozenset(  # short words that are run together with others, in English and Spanish
    "i im my the a is she he her his mom dad and of in to me on mi la el".split()
)
REMEMBERED = 16_384  # words, of all practices together: 3 MB
REPEATED = re.compile(r"(.)\1{2,}")
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


def sound(word: str) -> str:
    """Spell a word roughly as it sounds, so that `kyfoplasty` meets `kyphoplasty`."""
    for letters, heard in SOUNDS:
        word = word.replace(letters, heard)
    word = re.sub("c(?=[eiy])", "s", word)
    word = re.sub("c(?!h)", "k", word).replace("z", "s").replace("y", "i")
    word = re.sub(r"(.)\1", r"\1", word)
    return re.sub("[aeiou]+", "a", word)


def base(word: str) -> str:
    """A word without its regular ending, in American spelling: what forms of it share."""
    if len(word) >= SHORTEST_BRITISH:
        word = re.sub("[ao]e", "e", word).replace("our", "or").replace("ise", "ize")
    word = re.sub("ie[sd]$", "y", word)
    word = re.sub("(?<=...)(ing|ed|es|s|e)$", "", word)
    return re.sub(r"([^aeiou])\1$", r"\1", word)


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
            return BESIDE if should in beside(was) else OTHER
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
def beside(letter: str) -> frozenset[str]:
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
    """Mends words against a vocabulary; correctly written words are left as they are.

    The guard for real words matters more than the distance: without it "cost" becomes "cast",
    and the right entries on HINT3's curekart drop by two in a hundred.
    """

    def __init__(
        self,
        counts: Mapping[str, int],
        languages: Sequence[str] = ("en",),
        recall: bool = False,
        beyond: Speller | None = None,
    ) -> None:
        """`counts`: each word of the vocabulary with the number of times it stands there.

        `languages`: those whose words are left alone. `recall`: whether a word missed costs more
        than a wrong one; then "chestpain" becomes "chest pain", "heeeelp" help, and a rare form of
        a known word, "drowns", that word. `beyond`: another speller, whose words are known as well.
        """
        self._known, self._recall, self._beyond = counts, recall, beyond
        self._lexicons = [lexicon(language) for language in languages]
        self._words = [w for w in counts if len(w) >= SHORTEST and not w.isdigit()]
        self._sounds = [sound(word) for word in self._words]
        self._common = [COMMON * math.log1p(counts[word]) for word in self._words]
        self._by_letters = _Shelf(self._words, 2)
        self._by_sound = _Shelf(self._sounds, 1)
        self._forms = defaultdict[str, list[str]](list)
        for word in self._words if recall else ():
            self._forms[base(word)].append(word)

    def knowing(self, words: Iterable[str]) -> Speller:
        """A speller that knows these words too; what this one knows is held once for both."""
        own = Counter(word for word in words if not self._knows(word))
        return Speller(own, [one.language for one in self._lexicons], self._recall, self)

    def correct(self, word: str) -> str:
        """Return the known word that `word` was meant to be, or `word` itself.

        Where words are parted it may be two known words, with a space between them.
        """
        return self._remembered(word) if len(word) <= LONGEST else self._correct(word)

    @shared_cache(REMEMBERED)
    def _remembered(self, word: str) -> str:
        return self._correct(word)

    def _correct(self, typed: str) -> str:
        if self._is_fine(typed):
            return self._form(typed) or typed
        word = REPEATED.sub(r"\1", typed) if self._recall else typed
        if self._knows(word):
            return word
        if not SHORTEST <= len(word) <= LONGEST:
            return typed
        nearness, best = self._best(word, sound(word))
        parted = self._parted(word) if self._recall and nearness < NEARER else None
        if parted:
            return parted
        return best if nearness > NEAR_ENOUGH.get(len(word), NEAR_ENOUGH_LONG) else typed

    def _is_fine(self, word: str) -> bool:
        """Whether a word is written correctly, or is none that could be fixed."""
        return (
            self._knows(word)
            or len(word) < SHORTEST
            or not word.isalpha()
            or any(word in one for one in self._lexicons)
        )

    def _form(self, word: str) -> str | None:
        """The known word that a rare word is a form of: "drowns", "oedema"."""
        if not self._recall or self._knows(word) or len(word) < SHORTEST_FORM or not word.isalpha():
            return None
        if any(one.zipf(word) >= FREQUENT for one in self._lexicons):
            return None
        forms = self._known_forms(base(word))
        return min(forms, key=lambda form: OSA.distance(word, form), default=None)

    def _known_forms(self, bare: str) -> list[str]:
        beyond = self._beyond._known_forms(bare) if self._beyond else []
        return [*beyond, *self._forms.get(bare, ())]

    def _knows(self, word: str) -> bool:
        return word in self._known or (self._beyond is not None and self._beyond._knows(word))

    def _best(self, word: str, heard: str) -> tuple[float, str]:
        """The nearest known word, after how near it is; of equally near ones, the first."""
        near = ((self._nearness(word, heard, i), self._words[i]) for i in self._near(word, heard))
        found = max(near, key=itemgetter(0), default=(0.0, word))
        if self._beyond is None:
            return found
        return max(self._beyond._best(word, heard), found, key=itemgetter(0))

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

    def _parted(self, word: str) -> str | None:
        """The two known words that were run together, if there are two."""
        for cut in range(1, len(word)) if SHORTEST_PARTED <= len(word) <= LONGEST_PARTED else ():
            left, right = word[:cut], word[cut:]
            if self._is_part(left) and self._is_part(right):
                return f"{left} {right}"
        return None

    def _is_part(self, part: str) -> bool:
        return part in GLUE or (len(part) >= SHORTEST and self._knows(part))

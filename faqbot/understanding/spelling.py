"""Spelling correction: an unknown word becomes the known one that was meant.

A correctly spelt word is never changed: what the lexicon holds stays as it is, however near a known
word is. Matching and the detection of danger share this; they differ in their vocabularies, in the
languages whose words are left alone, and in whether a missed word costs more than a wrong one.
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

MIN_LETTERS = 3  # shorter words have too many near neighbours to be corrected
MAX_LETTERS = 40  # longer words are not corrected, as each would take long
TWO_EDITS_LETTERS, THREE_EDITS_LETTERS = 5, 9  # from which so many edits are allowed
# Similarity that a correction takes, of about 1, by length: an edit changes more of a short word.
# For long words, the figures on public data differ by a few in 1,000 from 0.68 to 0.74.
MIN_SIMILARITY = {3: 0.6, 4: 0.62}
MIN_SIMILARITY_LONG = 0.71
FREQUENCY_BONUS = 0.02  # for each factor of e in the number of occurrences
LETTER_BINS, MAX_COUNT = 32, 255  # for counting letters; a count is stored in a byte
MIN_JOINED_LETTERS, MAX_JOINED_LETTERS = 6, 19  # letters of two words that were run together
# Similarity from which a known word is likelier than two joined words: "mylegs", "miles".
SURER_THAN_JOINED = 0.8
MIN_FORM_LETTERS, MIN_BRITISH_LETTERS = 4, 6  # letters; "hoes" is not a form of "hes"
MIN_OWN_WORD_ZIPF = 3.0  # from which a form is a word of its own: "colds" is not "cold"
JOINABLE_WORDS = frozenset(  # short words that are run together with others, in English and Spanish
    "i im my the a is she he her his mom dad and of in to me on mi la el".split()
)
CACHED_WORDS = 16_384  # words, of all practices together: 3 MB
REPEATED = re.compile(r"(.)\1{2,}")
KEYBOARD_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")

# Added to a pair's similarity where one typo of this kind turns the one word into the other.
SWAPPED, DOUBLED, UNDOUBLED, ADJACENT, DROPPED, OTHER = 0.08, 0.08, 0.06, 0.05, 0.03, -0.03

# Letters and their sound, replaced one after the other.
SOUNDS = [
    pair.split("=")
    for pair in "ph=f ck=k gh= kn=n wr=r wh=w tion=shun sion=shun ough=o x=ks qu=kw".split()
]


def phonetic_key(word: str) -> str:
    """A word spelt roughly as it sounds: `kyfoplasty` sounds like `kyphoplasty`."""
    for letters, phonetic in SOUNDS:
        word = word.replace(letters, phonetic)
    word = re.sub("c(?=[eiy])", "s", word)
    word = re.sub("c(?!h)", "k", word).replace("z", "s").replace("y", "i")
    word = re.sub(r"(.)\1", r"\1", word)
    return re.sub("[aeiou]+", "a", word)


def base_form(word: str) -> str:
    """A word without its regular ending, in American spelling: what forms of it share."""
    if len(word) >= MIN_BRITISH_LETTERS:
        word = re.sub("[ao]e", "e", word).replace("our", "or").replace("ise", "ize")
    word = re.sub("ie[sd]$", "y", word)
    word = re.sub("(?<=...)(ing|ed|es|s|e)$", "", word)
    return re.sub(r"([^aeiou])\1$", r"\1", word)


def typo_bonus(typed: str, meant: str) -> float:
    """How much likelier than others the typo is that makes `typed` of `meant`: -0.03 to 0.08.

    0 where it takes more than one.
    """
    start = _shared(typed, meant)
    end = _shared(typed[start:][::-1], meant[start:][::-1])
    was, should = typed[start : len(typed) - end], meant[start : len(meant) - end]
    match len(was), len(should):
        case 2, 2 if was == should[::-1]:
            return SWAPPED
        case 1, 1:
            return ADJACENT if should in adjacent_keys(was) else OTHER
        case 1, 0:
            return DOUBLED if _doubles(typed, start) else 0.0
        case 0, 1:
            return UNDOUBLED if _doubles(meant, start) else DROPPED
    return 0.0


def _shared(one: str, other: str) -> int:
    """How many letters the two have in common at the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _doubles(word: str, at: int) -> bool:
    return word[at] in (word[at - 1 : at], word[at + 1 : at + 2])


@cache
def adjacent_keys(letter: str) -> frozenset[str]:
    """The keys around a letter's, and its own; each row is half a key right of the one above."""
    positions = {
        key: (row, x + row / 2)
        for row, keys in enumerate(KEYBOARD_ROWS)
        for x, key in enumerate(keys)
    }
    row, x = positions.get(letter, (-9, 0))
    return frozenset(k for k, (r, c) in positions.items() if abs(r - row) <= 1 and abs(c - x) <= 1)


class LetterIndex:
    """Finds words that have most letters in common with another.

    It rules out nearly all words before they are compared letter by letter, which takes longer.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self.lengths = np.array([len(word) for word in words], np.int32)
        codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32)
        numbers = np.repeat(np.arange(len(words)), self.lengths)
        counts = np.bincount(
            codes % LETTER_BINS * len(words) + numbers, minlength=LETTER_BINS * len(words)
        )
        self._counts = (
            np.minimum(counts, MAX_COUNT).astype(np.uint8).reshape(LETTER_BINS, len(words))
        )

    def shared(self, word: str) -> NDArray[np.uint16]:
        """An upper bound, for each of the words, of the number of letters that both have."""
        found = np.zeros(len(self.lengths), np.uint16)
        for code, count in Counter(ord(letter) % LETTER_BINS for letter in word).items():
            found += np.minimum(self._counts[code], min(count, MAX_COUNT))
        return found

    def within_edits(self, word: str, edits: int, reach: int) -> set[int]:
        """Indices of words within `edits` edits, and at most `reach` letters shorter or longer."""
        missing = np.maximum(self.lengths, len(word)) - self.shared(word)
        near = (np.abs(self.lengths - len(word)) <= reach) & (missing <= edits)
        indices: list[int] = np.flatnonzero(near).tolist()
        if not indices:
            return set()
        distances = process.cdist(
            [word],
            [self._words[i] for i in indices],
            scorer=OSA.distance,
            score_cutoff=edits,
            dtype=np.uint8,
        )[0]
        return {indices[i] for i in np.flatnonzero(distances <= edits)}


class Speller:
    """Corrects words towards a vocabulary.

    Leaving correct words alone matters more than the distance: otherwise "cost" becomes "cast", and
    on HINT3's curekart two in a hundred fewer right entries are found.
    """

    def __init__(
        self,
        counts: Mapping[str, int],
        languages: Sequence[str] = ("en",),
        prefer_recall: bool = False,
        parent: Speller | None = None,
    ) -> None:
        """`counts`: the vocabulary, each word with its number of occurrences.

        `languages`: those whose words are left alone. `prefer_recall`: if a missed word costs more
        than a wrong one; then "chestpain" becomes "chest pain", "heeeelp" help, and a rare form of
        a known word, "drowns", that word. `parent`: another speller, whose words are known as well.
        """
        self._known, self._prefer_recall, self._parent = counts, prefer_recall, parent
        self._lexicons = [lexicon(language) for language in languages]
        self._words = [w for w in counts if len(w) >= MIN_LETTERS and not w.isdigit()]
        self._phonetic_keys = [phonetic_key(word) for word in self._words]
        self._frequency_bonuses = [
            FREQUENCY_BONUS * math.log1p(counts[word]) for word in self._words
        ]
        self._by_letters = LetterIndex(self._words)
        self._by_phonetic_key = LetterIndex(self._phonetic_keys)
        self._forms = defaultdict[str, list[str]](list)
        for word in self._words if prefer_recall else ():
            self._forms[base_form(word)].append(word)

    def with_words(self, words: Iterable[str]) -> Speller:
        """A speller that knows these words too; they share what this one knows."""
        new = Counter(word for word in words if not self._knows(word))
        return Speller(new, [one.language for one in self._lexicons], self._prefer_recall, self)

    def correct(self, word: str) -> str:
        """The known word that `word` was meant to be, or `word` itself.

        With `prefer_recall` it may be two known words with a space between them.
        """
        return self._cached(word) if len(word) <= MAX_LETTERS else self._correct(word)

    @shared_cache(CACHED_WORDS)
    def _cached(self, word: str) -> str:
        return self._correct(word)

    def _correct(self, typed: str) -> str:
        if self._is_fine(typed):
            return self._known_form(typed) or typed
        word = REPEATED.sub(r"\1", typed) if self._prefer_recall else typed
        if self._knows(word):
            return word
        if not MIN_LETTERS <= len(word) <= MAX_LETTERS:
            return typed
        similarity, best = self._best(word, phonetic_key(word))
        split = (
            self._split_words(word)
            if self._prefer_recall and similarity < SURER_THAN_JOINED
            else None
        )
        if split:
            return split
        return best if similarity > MIN_SIMILARITY.get(len(word), MIN_SIMILARITY_LONG) else typed

    def _is_fine(self, word: str) -> bool:
        """Whether a word is spelt correctly, or cannot be corrected."""
        return (
            self._knows(word)
            or len(word) < MIN_LETTERS
            or not word.isalpha()
            or any(word in one for one in self._lexicons)
        )

    def _known_form(self, word: str) -> str | None:
        """The known word that a rare word is a form of: "drowns", "oedema"."""
        if (
            not self._prefer_recall
            or self._knows(word)
            or len(word) < MIN_FORM_LETTERS
            or not word.isalpha()
        ):
            return None
        if any(one.zipf(word) >= MIN_OWN_WORD_ZIPF for one in self._lexicons):
            return None
        forms = self._known_forms(base_form(word))
        return min(forms, key=lambda form: OSA.distance(word, form), default=None)

    def _known_forms(self, base: str) -> list[str]:
        inherited = self._parent._known_forms(base) if self._parent else []
        return [*inherited, *self._forms.get(base, ())]

    def _knows(self, word: str) -> bool:
        return word in self._known or (self._parent is not None and self._parent._knows(word))

    def _best(self, word: str, phonetic: str) -> tuple[float, str]:
        """The most similar known word, after its similarity; the first of equals."""
        near = self._by_letters.within_edits(
            word, 1 + (len(word) >= TWO_EDITS_LETTERS) + (len(word) >= THREE_EDITS_LETTERS), 2
        )
        if len(word) > MIN_LETTERS:
            near |= self._by_phonetic_key.within_edits(
                phonetic, int(len(phonetic) >= TWO_EDITS_LETTERS), 1
            )
        found = ((self._similarity(word, phonetic, i), self._words[i]) for i in sorted(near))
        best = max(found, key=itemgetter(0), default=(0.0, word))
        if self._parent is None:
            return best
        return max(self._parent._best(word, phonetic), best, key=itemgetter(0))

    def _similarity(self, word: str, phonetic: str, index: int) -> float:
        other = self._words[index]
        letters = OSA.normalized_similarity(word, other)
        start = JaroWinkler.normalized_similarity(word, other)
        sounds = OSA.normalized_similarity(phonetic, self._phonetic_keys[index])
        similarity = 0.5 * letters + 0.2 * start + 0.3 * sounds
        return similarity + self._frequency_bonuses[index] + typo_bonus(word, other)

    def _split_words(self, word: str) -> str | None:
        """The two known words that were run together, if there are two."""
        for cut in (
            range(1, len(word)) if MIN_JOINED_LETTERS <= len(word) <= MAX_JOINED_LETTERS else ()
        ):
            left, right = word[:cut], word[cut:]
            if self._is_joinable(left) and self._is_joinable(right):
                return f"{left} {right}"
        return None

    def _is_joinable(self, part: str) -> bool:
        return part in JOINABLE_WORDS or (len(part) >= MIN_LETTERS and self._knows(part))

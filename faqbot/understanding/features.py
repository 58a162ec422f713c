"""What of a question is compared: its words, the letters in them, and which word follows which."""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from sys import intern
from zlib import crc32

import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from faqbot.common.lexicon import lexicon
from faqbot.text import words
from faqbot.understanding.caching import shared_cache
from faqbot.understanding.sparse import Rows, Vector
from faqbot.understanding.spelling import LetterIndex, Speller

SHARES = (0.4, 0.4, 0.2)  # of words, runs of letters and pairs of words in the similarity; sum 1
RUNS = (3, 4)  # lengths of the runs of letters
NEAR = 0.87  # Jaro-Winkler similarity from which two stems count as alike
SHORTEST_NEAR = 4  # letters; shorter stems must be equal
ROUNDING = 1e-6
SYNONYM = 0.8  # the likeness of two words that staff call the same
FLOOR = 0.3  # what a word keeps of its weight although it doesn't tell entries apart
COMMONEST, RAREST = 7.5, 2.5  # Zipf values between which rarity falls from 1 to 0

LONGEST = 40  # letters of a word that are looked at; 500 of them have a thousand runs
CACHED = 8_192  # words; visitors make up ever new ones
CACHED_FEATURES = 4_096  # words and their features, of all practices together: 3 MB
BLOCK = 5_000  # lines that are weighed at once, which takes some 100 MB

SCALES = np.sqrt(SHARES)
KINDS = len(SHARES)
UNKNOWN = 1 << 32  # keys of unknown features, which are no ids, begin here
KIND = UNKNOWN << 1  # keys of the next kind begin here …
LINE = KIND * KINDS  # … and those of the next line

Floats = NDArray[np.float64]
Weights = tuple[NDArray[np.int64], Floats]  # keys, and a value for each
Weighed = tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.float32]]


@lru_cache(maxsize=CACHED)
def stem(word: str) -> str:
    """What the forms of a word share (Snowball's English stemmer)."""
    # A stemmer has a state, which other threads would change; a new one costs nothing.
    return str(snowballstemmer.stemmer("english").stemWord(word))


@lru_cache(maxsize=CACHED)
def rarity(stemmed: str) -> float:
    """How rare a stem is in English: 0 for "the", 1 for "kyphoplasti"."""
    zipf = lexicon("en").stem_zipf(stemmed) or RAREST
    return min(1.0, max(0.0, (COMMONEST - zipf) / (COMMONEST - RAREST)))


def runs_of_letters(word: str) -> list[str]:
    """The runs of three and of four letters in a word, its edges marked by a blank."""
    edged = f" {word} "
    return [edged[i : i + n] for n in RUNS for i in range(max(1, len(edged) - n + 1))]


def pairs(stems: Sequence[str]) -> list[str]:
    """Which stem follows which, the question's two ends included."""
    return [f"{a} {b}" for a, b in zip(["^", *stems], [*stems, "$"], strict=True)]


def _inverse_frequencies(documents: Sequence[Iterable[str]]) -> dict[str, float]:
    """Each feature's log((N + 1) / (n + 1)) + 1, where n of the N documents have it."""
    counts = Counter(feature for document in documents for feature in dict.fromkeys(document))
    return {name: math.log((len(documents) + 1) / (n + 1)) + 1 for name, n in counts.items()}


def _word_weights(
    documents: Sequence[Sequence[str]], labels: Sequence[Hashable]
) -> dict[str, float]:
    """Each stem's weight, by how well it tells the labels apart and how rare it is in English."""
    among: defaultdict[str, Counter[Hashable]] = defaultdict(Counter)
    for document, label in zip(documents, labels, strict=True):
        for stemmed in dict.fromkeys(document):
            among[stemmed][label] += 1
    size = len(set(labels))
    return {word: _word_weight(word, _purity(counts, size)) for word, counts in among.items()}


def _word_weight(stemmed: str, purity: float = 1.0) -> float:
    """The geometric mean of purity and rarity, 0.3 to 1.3; an unknown stem is taken for pure."""
    return math.sqrt((FLOOR + purity) * (FLOOR + rarity(stemmed)))


def _purity(counts: Counter[Hashable], size: int) -> float:
    """1 minus the entropy of a word's distribution over `size` entries, as a share of the highest.

    0 where all entries use the word alike. `counts`: in how many phrasings of each entry it is;
    one phrasing is spread over all entries, so that a word seen once does not count as a sign.
    """
    if size == 1:
        return 1.0
    total = counts.total() + 1
    shares = [(n + 1 / size) / total for n in counts.values()]
    rest = 1 / size / total
    entropy = math.fsum(p * math.log(p) for p in shares)
    return 1 + (entropy + (size - len(shares)) * rest * math.log(rest)) / math.log(size)


class Synonyms:
    """Words that staff call the same: terms become one word, one word is like the others."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        self._joined: dict[str, str] = {}
        self._groups: defaultdict[str, set[str]] = defaultdict(set)
        for group in groups:
            self._add([words(term) for term in group])
        terms = sorted(self._joined, key=len, reverse=True)
        self._pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, terms))})\b") if terms else None

    def _add(self, terms: list[list[str]]) -> None:
        single = [term[0] for term in terms if len(term) == 1]
        for term in terms:
            if len(term) > 1 and single:
                self._joined[" ".join(term)] = single[0]
        for word in single:
            self._groups[stem(word)] |= {stem(other) for other in single} - {stem(word)}

    def join(self, tokens: list[str]) -> list[str]:
        """Replace terms of several words by the one word that means the same."""
        if self._pattern is None:
            return tokens
        text = " ".join(tokens)
        return self._pattern.sub(lambda found: self._joined[found[0]], text).split()

    def of(self, stemmed: str) -> frozenset[str]:
        """The stems that mean the same as this one."""
        return frozenset(self._groups.get(stemmed, ()))


class _Kind:
    """One kind of feature: the ids of the known ones, and what each weighs, known or not.

    A feature's key is its id or, where it is unknown, a number beyond all ids; the number of the
    kind stands above that. So equal features have equal keys, and keys sort by kind and id.
    """

    def __init__(
        self,
        number: int,
        first: int,
        weights: Mapping[str, float],
        unknown: Callable[[str], float],
    ) -> None:
        """`first`: the id of the first known feature; `unknown`: the weight of an unknown one."""
        # An array takes half the memory; interned, a name is held once for all practices.
        self.ids = {intern(name): first + i for i, name in enumerate(weights)}
        self._weights = array("d", weights.values())
        self._unknown = unknown
        self._first, self._key = first, number * KIND

    def find(self, feature: str) -> tuple[int, float]:
        """The key and the weight of a feature."""
        id = self.ids.get(feature)
        if id is None:
            return self._key + UNKNOWN + crc32(feature.encode()), self._unknown(feature)
        return self._key + id, self._weights[id - self._first]

    def find_all(self, features: Iterable[str]) -> Weights:
        """The same of several."""
        found = [self.find(feature) for feature in features]
        keys, weights = zip(*found, strict=True) if found else ((), ())
        return np.array(keys, np.int64), np.array(weights, np.float64)


class Features:
    """Turns questions into vectors whose product is their similarity, from 0 to about 1.

    The similarity is the weighted mean of three cosines: of stemmed words, of the runs of letters
    within words, and of neighbouring words. A word weighs more the rarer it is in English and the
    fewer entries share it. Words that no phrasing has add to a question's length, and so lower its
    likeness to everything.
    """

    def __init__(
        self,
        phrasings: Sequence[Sequence[str]],
        entries: Sequence[Hashable],
        synonyms: Synonyms,
        speller: Speller | None = None,
    ) -> None:
        """`phrasings`: their tokens, terms joined; `entries`: the entry of each.

        `speller`: corrects words that are not like any of the phrasings' words.
        """
        stems = [[stem(token) for token in line] for line in phrasings]
        runs = cache(runs_of_letters)
        letters = [[run for token in line for run in runs(token)] for line in phrasings]
        unseen = math.log(len(phrasings) + 1) + 1
        self._words = _Kind(0, 0, _word_weights(stems, entries), _word_weight)
        size = len(self._words.ids)
        self._letters = _Kind(1, size, _inverse_frequencies(letters), lambda _: unseen)
        size += len(self._letters.ids)
        self._pairs = _Kind(
            2, size, _inverse_frequencies([pairs(line) for line in stems]), lambda _: unseen
        )
        self.size = size + len(self._pairs.ids)
        self._synonyms = synonyms
        own = Speller(Counter(token for line in phrasings for token in line))
        self._spellers = (own, *((speller,) if speller else ()))
        self._long = [word for word in self._words.ids if len(word) >= SHORTEST_NEAR]
        self._by_letters = LetterIndex(self._long)
        self._firsts = np.array([ord(word[0]) for word in self._long], np.uint32)

    def tokens(self, question: str) -> list[str]:
        """The question's words as they are compared: spelling corrected, terms joined."""
        typed = [word[:LONGEST] for word in words(question)]
        return self._synonyms.join([self._correct(word) for word in typed])

    def _correct(self, word: str) -> str:
        """The word that was meant, by the first speller that changes it."""
        corrected = (speller.correct(word) for speller in self._spellers)
        return next((found for found in corrected if found != word), word)

    def weight(self, stemmed: str) -> float:
        """How much a stem counts, from 0.3 to 1.3, whether a phrasing has it or not."""
        return self._words.find(stemmed)[1]

    def vector(self, tokens: Sequence[str]) -> Vector:
        """The features of these tokens and of words like them."""
        _, ids, values = self._weighed([tokens])
        return Vector(ids, values)

    def matrix(self, lines: Sequence[Sequence[str]]) -> Rows:
        """The vectors of lines of tokens, at least one, as the rows of a matrix."""
        blocks = [self._weighed(lines[i : i + BLOCK]) for i in range(0, len(lines), BLOCK)]
        counts, ids, values = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        ends = np.concatenate([[0], np.cumsum(counts)])
        return Rows(ends.astype(np.int32), ids, values, self.size)

    def _weighed(self, lines: Sequence[Sequence[str]]) -> Weighed:
        """How many features each line has, and all lines' ids and values, line by line."""
        found = [self._features(tokens) for tokens in lines]
        keys = np.concatenate([keys for line in found for keys, _ in line])
        values = np.concatenate([values for line in found for _, values in line])
        sizes = [sum(len(keys) for keys, _ in line) for line in found]
        keys += np.repeat(np.arange(len(lines)) * LINE, sizes)
        return _as_cosines(*_counted(keys, values), len(lines))

    def _features(self, tokens: Sequence[str]) -> list[Weights]:
        stems = [stem(token) for token in tokens]
        found = [self._find_runs(token) for token in tokens]
        found += [
            self._find_near_words(stemmed, count) for stemmed, count in Counter(stems).items()
        ]
        return [*found, self._pairs.find_all(pairs(stems))]

    @shared_cache(CACHED_FEATURES)
    def _find_runs(self, token: str) -> Weights:
        return self._letters.find_all(runs_of_letters(token))

    @shared_cache(CACHED_FEATURES)
    def _find_near_words(self, stemmed: str, count: int) -> Weights:
        """The stems that this one is like, itself included even where it is unknown."""
        near = self._near(stemmed) | {stemmed: 1.0}
        keys, weights = self._words.find_all(near)
        return keys, weights * np.array(list(near.values())) * _often(np.array(count))

    def shared(self, question: str, phrasing: str) -> list[str]:
        """The question's words that the phrasing has too; "a ≈ b" where it has a word like a."""
        there = {stem(token) for token in self.tokens(phrasing)}
        found = []
        for token in dict.fromkeys(self.tokens(question)):
            if near := self._near(stem(token)).keys() & there:
                found.append(token if stem(token) in near else f"{token} ≈ {min(near)}")
        return found

    def _near(self, stemmed: str) -> dict[str, float]:
        """Known stems like this one, or meaning the same, with their likeness; itself with 1."""
        found = dict.fromkeys(sorted(self._synonyms.of(stemmed)), SYNONYM)
        if len(stemmed) >= SHORTEST_NEAR:
            scorer, candidates = JaroWinkler.normalized_similarity, self._candidates(stemmed)
            alike = process.extract_iter(stemmed, candidates, scorer=scorer, score_cutoff=NEAR)
            for word, score, _ in alike:
                found[word] = max(score**3, found.get(word, 0))
        found[stemmed] = 1.0
        return {word: likeness for word, likeness in found.items() if word in self._words.ids}

    def _candidates(self, stemmed: str) -> list[str]:
        """The known stems that share enough letters with this one to be as like as `NEAR`.

        Jaro's similarity is at most a third of (shared / one length + shared / other + 1), and
        Winkler's adds a tenth of the rest for each of up to four letters that both begin with.
        """
        shared, lengths = self._by_letters.shared(stemmed), self._by_letters.lengths
        jaro = (shared / len(stemmed) + shared / lengths + 1) / 3
        prefix = np.where(self._firsts == ord(stemmed[0]), 0.4, 0.0)
        near = np.flatnonzero(jaro + prefix * (1 - jaro) >= NEAR - ROUNDING)
        return [self._long[i] for i in near]


def _counted(keys: NDArray[np.int64], values: Floats) -> Weights:
    """Each key once: words with their highest value, others weighted by how often they occur."""
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    counts = np.diff(first, append=len(keys))
    keys = keys[first]
    values = np.maximum.reduceat(values[order], first)
    return keys, values * np.where(keys % LINE < KIND, 1.0, _often(counts))


def _as_cosines(keys: NDArray[np.int64], values: Floats, lines: int) -> Weighed:
    """Scale each kind in each line to its share; unknown features count in the length only."""
    kinds = keys // KIND
    lengths = np.sqrt(np.bincount(kinds, values**2, lines * KINDS))
    known = keys % KIND < UNKNOWN
    keys, kinds = keys[known], kinds[known]
    values = values[known] * SCALES[kinds % KINDS] / lengths[kinds]
    counts = np.bincount(kinds // KINDS, minlength=lines)
    return counts, (keys % KIND).astype(np.int32), values.astype(np.float32)


def _often(counts: NDArray[np.intp]) -> Floats:
    """What a feature's weight is multiplied by where it occurs so many times."""
    return np.asarray(1 + np.log(counts))

"""Turns a question into comparable features: its words, letter runs and word pairs."""

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

KIND_WEIGHTS = (0.4, 0.4, 0.2)  # of words, letter runs and word pairs; sum 1
RUN_LENGTHS = (3, 4)  # letters
MIN_NEAR_SIMILARITY = 0.87  # Jaro-Winkler; from it two different stems count as similar
MIN_NEAR_LETTERS = 4  # letters; shorter stems must be equal
ROUNDING = 1e-6
SYNONYM_SIMILARITY = 0.8  # of two words that staff listed as synonyms
MIN_WEIGHT = 0.3  # of a word that does not help to tell entries apart
COMMON_ZIPF, RARE_ZIPF = 7.5, 2.5  # Zipf values between which rarity falls from 1 to 0

MAX_LETTERS = 40  # of a word; what follows is ignored, as 500 letters have a thousand runs
CACHED_WORDS = 8_192  # visitors keep inventing new ones
CACHED_FEATURES = 4_096  # words and their features, of all practices together: 3 MB
LINES_PER_BLOCK = 5_000  # weighted at once, which takes some 100 MB

KIND_SCALES = np.sqrt(KIND_WEIGHTS)
FEATURE_KINDS = len(KIND_WEIGHTS)
UNKNOWN_OFFSET = 1 << 32  # keys of unknown features, which are no ids, begin here
KIND_OFFSET = UNKNOWN_OFFSET << 1  # keys of the next kind begin here …
LINE_OFFSET = KIND_OFFSET * FEATURE_KINDS  # … and those of the next line

Floats = NDArray[np.float64]
WeightedKeys = tuple[NDArray[np.int64], Floats]  # keys, and a value for each
WeightedLines = tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.float32]]


@lru_cache(maxsize=CACHED_WORDS)
def stem(word: str) -> str:
    """The word's stem, by Snowball's English stemmer."""
    # A stemmer has state and is not thread-safe; a new one costs nothing.
    return str(snowballstemmer.stemmer("english").stemWord(word))


@lru_cache(maxsize=CACHED_WORDS)
def rarity(stemmed: str) -> float:
    """How rare a stem is in English: 0 for "the", 1 for "kyphoplasti"."""
    zipf = lexicon("en").stem_zipf(stemmed) or RARE_ZIPF
    return min(1.0, max(0.0, (COMMON_ZIPF - zipf) / (COMMON_ZIPF - RARE_ZIPF)))


def runs_of_letters(word: str) -> list[str]:
    """The runs of three and of four letters in a word, with a space at both of its ends."""
    edged = f" {word} "
    return [edged[i : i + n] for n in RUN_LENGTHS for i in range(max(1, len(edged) - n + 1))]


def pairs(stems: Sequence[str]) -> list[str]:
    """Each two neighbouring stems, with marks for the beginning and the end of the question."""
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
    """The geometric mean of purity and rarity, 0.3 to 1.3; an unknown stem counts as pure."""
    return math.sqrt((MIN_WEIGHT + purity) * (MIN_WEIGHT + rarity(stemmed)))


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
    """Synonyms listed by staff: terms of several words become one, single words are similar."""

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

    def same_meaning(self, stemmed: str) -> frozenset[str]:
        """The stems that mean the same as this one."""
        return frozenset(self._groups.get(stemmed, ()))


class _FeatureKind:
    """One kind of feature: the ids of the known ones, and weights of known and unknown ones.

    A feature's key is its id or, where it is unknown, a number beyond all ids; the number of the
    kind is in the higher bits. So equal features have equal keys, and keys sort by kind and id.
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
        self._first, self._key = first, number * KIND_OFFSET

    def find(self, feature: str) -> tuple[int, float]:
        """The key and the weight of a feature."""
        id = self.ids.get(feature)
        if id is None:
            return self._key + UNKNOWN_OFFSET + crc32(feature.encode()), self._unknown(feature)
        return self._key + id, self._weights[id - self._first]

    def find_all(self, features: Iterable[str]) -> WeightedKeys:
        """The keys and the weights of several features."""
        found = [self.find(feature) for feature in features]
        keys, weights = zip(*found, strict=True) if found else ((), ())
        return np.array(keys, np.int64), np.array(weights, np.float64)


class Features:
    """Turns questions into vectors whose product is their similarity, from 0 to about 1.

    The similarity is the weighted mean of three cosines: of stemmed words, of the runs of letters
    within words, and of neighbouring words. A word weighs more the rarer it is in English and the
    fewer entries share it. Words that no phrasing has make a question's vector longer, and so lower
    its similarity to every phrasing.
    """

    def __init__(
        self,
        phrasings: Sequence[Sequence[str]],
        entries: Sequence[Hashable],
        synonyms: Synonyms,
        speller: Speller | None = None,
    ) -> None:
        """`phrasings`: their tokens, terms joined; `entries`: the entry of each.

        `speller`: corrects words that are not similar to any of the phrasings' words.
        """
        stems = [[stem(token) for token in line] for line in phrasings]
        runs = cache(runs_of_letters)
        letters = [[run for token in line for run in runs(token)] for line in phrasings]
        unseen = math.log(len(phrasings) + 1) + 1
        self._words = _FeatureKind(0, 0, _word_weights(stems, entries), _word_weight)
        size = len(self._words.ids)
        self._letters = _FeatureKind(1, size, _inverse_frequencies(letters), lambda _: unseen)
        size += len(self._letters.ids)
        self._pairs = _FeatureKind(
            2, size, _inverse_frequencies([pairs(line) for line in stems]), lambda _: unseen
        )
        self.size = size + len(self._pairs.ids)
        self._synonyms = synonyms
        own = Speller(Counter(token for line in phrasings for token in line))
        self._spellers = (own, *((speller,) if speller else ()))
        self._comparable_stems = [word for word in self._words.ids if len(word) >= MIN_NEAR_LETTERS]
        self._by_letters = LetterIndex(self._comparable_stems)
        self._first_letters = np.array([ord(word[0]) for word in self._comparable_stems], np.uint32)

    def tokens(self, question: str) -> list[str]:
        """The question's words as they are compared: spelling corrected, terms joined."""
        typed = [word[:MAX_LETTERS] for word in words(question)]
        return self._synonyms.join([self._correct(word) for word in typed])

    def _correct(self, word: str) -> str:
        """The word that was meant, by the first speller that changes it."""
        corrected = (speller.correct(word) for speller in self._spellers)
        return next((found for found in corrected if found != word), word)

    def weight(self, stemmed: str) -> float:
        """The weight of a stem, known or not: 0.3 to 1.3."""
        return self._words.find(stemmed)[1]

    def vector(self, tokens: Sequence[str]) -> Vector:
        """The features of these tokens and of similar words."""
        _, ids, values = self._weighted_lines([tokens])
        return Vector(ids, values)

    def matrix(self, lines: Sequence[Sequence[str]]) -> Rows:
        """The vectors of lines of tokens, at least one, as the rows of a matrix."""
        blocks = [
            self._weighted_lines(lines[i : i + LINES_PER_BLOCK])
            for i in range(0, len(lines), LINES_PER_BLOCK)
        ]
        counts, ids, values = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        ends = np.concatenate([[0], np.cumsum(counts)])
        return Rows(ends.astype(np.int32), ids, values, self.size)

    def _weighted_lines(self, lines: Sequence[Sequence[str]]) -> WeightedLines:
        """How many features each line has, and all lines' ids and values, line by line."""
        found = [self._features(tokens) for tokens in lines]
        keys = np.concatenate([keys for line in found for keys, _ in line])
        values = np.concatenate([values for line in found for _, values in line])
        sizes = [sum(len(keys) for keys, _ in line) for line in found]
        keys += np.repeat(np.arange(len(lines)) * LINE_OFFSET, sizes)
        return _as_cosines(*_counted(keys, values), len(lines))

    def _features(self, tokens: Sequence[str]) -> list[WeightedKeys]:
        stems = [stem(token) for token in tokens]
        found = [self._find_runs(token) for token in tokens]
        found += [
            self._find_near_words(stemmed, count) for stemmed, count in Counter(stems).items()
        ]
        return [*found, self._pairs.find_all(pairs(stems))]

    @shared_cache(CACHED_FEATURES)
    def _find_runs(self, token: str) -> WeightedKeys:
        return self._letters.find_all(runs_of_letters(token))

    @shared_cache(CACHED_FEATURES)
    def _find_near_words(self, stemmed: str, count: int) -> WeightedKeys:
        """The similar stems, including this one even if it is unknown."""
        near = self._near(stemmed) | {stemmed: 1.0}
        keys, weights = self._words.find_all(near)
        return keys, weights * np.array(list(near.values())) * _repetition_factor(np.array(count))

    def shared(self, question: str, phrasing: str) -> list[str]:
        """The question's words that the phrasing has too; "a ≈ b" if it has b, similar to a."""
        there = {stem(token) for token in self.tokens(phrasing)}
        found = []
        for token in dict.fromkeys(self.tokens(question)):
            if near := self._near(stem(token)).keys() & there:
                found.append(token if stem(token) in near else f"{token} ≈ {min(near)}")
        return found

    def _near(self, stemmed: str) -> dict[str, float]:
        """Known stems that are similar or mean the same, with their similarity; itself with 1."""
        found = dict.fromkeys(sorted(self._synonyms.same_meaning(stemmed)), SYNONYM_SIMILARITY)
        if len(stemmed) >= MIN_NEAR_LETTERS:
            scorer, candidates = JaroWinkler.normalized_similarity, self._candidates(stemmed)
            alike = process.extract_iter(
                stemmed, candidates, scorer=scorer, score_cutoff=MIN_NEAR_SIMILARITY
            )
            for word, score, _ in alike:
                found[word] = max(score**3, found.get(word, 0))
        found[stemmed] = 1.0
        return {word: similarity for word, similarity in found.items() if word in self._words.ids}

    def _candidates(self, stemmed: str) -> list[str]:
        """The known stems that share enough letters to reach `MIN_NEAR_SIMILARITY`.

        Jaro's similarity is at most a third of (shared / one length + shared / other + 1), and
        Winkler's adds a tenth of the rest for each of up to four letters that both begin with.
        """
        shared, lengths = self._by_letters.shared(stemmed), self._by_letters.lengths
        jaro = (shared / len(stemmed) + shared / lengths + 1) / 3
        prefix = np.where(self._first_letters == ord(stemmed[0]), 0.4, 0.0)
        near = np.flatnonzero(jaro + prefix * (1 - jaro) >= MIN_NEAR_SIMILARITY - ROUNDING)
        return [self._comparable_stems[i] for i in near]


def _counted(keys: NDArray[np.int64], values: Floats) -> WeightedKeys:
    """Merge equal keys: words get their highest value, others are weighted by their number."""
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    counts = np.diff(first, append=len(keys))
    keys = keys[first]
    values = np.maximum.reduceat(values[order], first)
    return keys, values * np.where(
        keys % LINE_OFFSET < KIND_OFFSET, 1.0, _repetition_factor(counts)
    )


def _as_cosines(keys: NDArray[np.int64], values: Floats, lines: int) -> WeightedLines:
    """Scale each kind in each line to its weight; unknown features only count in the length."""
    kinds = keys // KIND_OFFSET
    lengths = np.sqrt(np.bincount(kinds, values**2, lines * FEATURE_KINDS))
    known = keys % KIND_OFFSET < UNKNOWN_OFFSET
    keys, kinds = keys[known], kinds[known]
    values = values[known] * KIND_SCALES[kinds % FEATURE_KINDS] / lengths[kinds]
    counts = np.bincount(kinds // FEATURE_KINDS, minlength=lines)
    return counts, (keys % KIND_OFFSET).astype(np.int32), values.astype(np.float32)


def _repetition_factor(counts: NDArray[np.intp]) -> Floats:
    """The factor for the weight of features that occur `counts` times."""
    return np.asarray(1 + np.log(counts))

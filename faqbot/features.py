"""What of a question is compared: its words, the letters in them, and which word follows which."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from faqbot.spelling import Speller, english
from faqbot.text import words

SHARES = {"words": 0.4, "letters": 0.4, "pairs": 0.2}  # of the similarity; they add up to 1
RUNS = (3, 4)  # letters in a row
NEAR = 0.87  # Jaro-Winkler similarity from which two stems count as alike
SHORTEST_NEAR = 4  # letters; shorter stems must be equal
SYNONYM = 0.8  # the likeness of two words that staff call the same
FLOOR = 0.3  # what a word keeps of its weight although it tells no entry from another
COMMONEST, RAREST = 7.5, 2.5  # Zipf values between which words lose weight

Near = Callable[[str], Sequence[tuple[str, float]]]

_stemmer = snowballstemmer.stemmer("english")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Cut a word down to what its forms share (Snowball's English stemmer)."""
    return str(_stemmer.stemWord(word))


@cache
def _zipf() -> Mapping[str, float]:
    values: dict[str, float] = {}
    for word, share in english().items():
        values[stem(word)] = max(math.log10(share * 1e9), values.get(stem(word), 0.0))
    return values


def rarity(stemmed: str) -> float:
    """How rare a stem is in English at large: 0 for "the", 1 for "kyphoplasti"."""
    return min(1.0, max(0.0, (COMMONEST - _zipf().get(stemmed, RAREST)) / (COMMONEST - RAREST)))


def runs_of_letters(tokens: Sequence[str]) -> list[str]:
    """The runs of three and of four letters in each word, its edges marked by a blank."""
    found = []
    for token in tokens:
        edged = f" {token} "
        for size in RUNS:
            found += [edged[i : i + size] for i in range(max(1, len(edged) - size + 1))]
    return found


def pairs(stems: Sequence[str]) -> list[str]:
    """Which stem follows which, the question's two ends included."""
    return [f"{a} {b}" for a, b in zip(["^", *stems], [*stems, "$"], strict=True)]


@dataclass(frozen=True, slots=True)
class Vector:
    """A question as sparse features: `ids` in the vocabulary and their `values`."""

    ids: NDArray[np.int32]
    values: NDArray[np.float32]


class _Kind:
    """One kind of feature: what each weighs, known or not, and its share of the similarity."""

    def __init__(
        self, share: float, weights: Mapping[str, float], unknown: Callable[[str], float]
    ) -> None:
        self.weights = weights
        self._unknown = unknown
        self._places = {feature: place for place, feature in enumerate(weights)}
        self._scale = math.sqrt(share)

    def weight(self, feature: str) -> float:
        """What a feature weighs, known or not."""
        return self.weights.get(feature) or self._unknown(feature)

    def values(
        self, found: Iterable[str], first: int, near: Near | None = None
    ) -> dict[int, float]:
        """What is found, as place (from `first` on) -> value; what is unknown lessens the rest."""
        values: dict[int, float] = {}
        unknown = 0.0
        for feature, count in Counter(found).items():
            often = 1 + math.log(count)
            known = feature in self.weights
            if not known:
                unknown += (often * self._unknown(feature)) ** 2
            alike = near(feature) if near else [(feature, 1.0)] if known else []
            for other, likeness in alike:
                place = first + self._places[other]
                value = often * likeness * self.weights[other]
                values[place] = max(values.get(place, 0.0), value)
        length = math.sqrt(sum(value**2 for value in values.values()) + unknown)
        return {place: value * self._scale / length for place, value in values.items()}


def _inverse_frequency(documents: Sequence[Sequence[str]]) -> dict[str, float]:
    """Each feature's log((N + 1) / (n + 1)) + 1, where n of N documents hold it."""
    counts = Counter(feature for document in documents for feature in dict.fromkeys(document))
    total = len(documents) + 1
    return {feature: math.log(total / (n + 1)) + 1 for feature, n in counts.items()}


def _telling(documents: Sequence[Sequence[str]], labels: Sequence[str]) -> dict[str, float]:
    """Each word's weight, by how well it tells entries apart and how rare it is in English."""
    among: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for document, label in zip(documents, labels, strict=True):
        for feature in dict.fromkeys(document):
            among[feature][label] += 1
    size = len(set(labels))
    return {word: _word_weight(word, _purity(counts, size)) for word, counts in among.items()}


def _word_weight(stemmed: str, purity: float = 1.0) -> float:
    """The geometric mean of purity and rarity; a word that no entry knows is taken for pure."""
    return math.sqrt((FLOOR + purity) * (FLOOR + rarity(stemmed)))


def _purity(counts: Counter[str], size: int) -> float:
    """From 0, all entries use the word alike, to 1: one minus the share of the highest entropy.

    `counts`: in how many phrasings of each entry the word stands; one phrasing's worth is spread
    over all `size` entries, so that a word seen once does not count as a sign.
    """
    if size == 1:
        return 1.0
    total = counts.total() + 1
    shares = [(n + 1 / size) / total for n in counts.values()]
    shares += [1 / size / total] * (size - len(shares))
    return 1 + sum(p * math.log(p) for p in shares) / math.log(size)


class Synonyms:
    """Words that staff call the same: several words become one, one word leans to the others."""

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

    def words(self) -> set[str]:
        """The stems that stand in any group."""
        return set(self._groups)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What a knowledge's phrasings are made of; learnt once and kept."""

    counts: Mapping[str, int]  # how often each word stands in them
    words: Mapping[str, float]  # the weight of each stem, run of letters and pair of stems
    letters: Mapping[str, float]
    pairs: Mapping[str, float]
    phrasings: int  # how many there are

    @classmethod
    def of(cls, tokens: Sequence[Sequence[str]], labels: Sequence[str]) -> Lexicon:
        """Learn from phrasings, given as words, and the entry of each."""
        stems = [[stem(token) for token in line] for line in tokens]
        return cls(
            counts=Counter(token for line in tokens for token in line),
            words=_telling(stems, labels),
            letters=_inverse_frequency([runs_of_letters(line) for line in tokens]),
            pairs=_inverse_frequency([pairs(line) for line in stems]),
            phrasings=len(tokens),
        )


class Features:
    """Turns questions into vectors whose product is their similarity, from 0 to about 1.

    The similarity is the weighted mean of three cosines: of stemmed words, of the letter runs
    within words, and of neighbouring words. A word weighs more the rarer it is in English and
    the fewer entries share it. Words that the knowledge does not know add to a question's length
    and so lower its likeness to everything.
    """

    def __init__(self, lexicon: Lexicon, synonyms: Synonyms) -> None:
        rarest = math.log(lexicon.phrasings + 1) + 1
        self._synonyms = synonyms
        self._speller = Speller(lexicon.counts)
        self._words = _Kind(SHARES["words"], lexicon.words, _word_weight)
        self._letters = _Kind(SHARES["letters"], lexicon.letters, lambda _: rarest)
        self._pairs = _Kind(SHARES["pairs"], lexicon.pairs, lambda _: rarest)
        self._letters_start = len(lexicon.words)
        self._pairs_start = self._letters_start + len(lexicon.letters)
        self.size = self._pairs_start + len(lexicon.pairs)
        self._long = [w if len(w) >= SHORTEST_NEAR else "" for w in lexicon.words]
        self._near = lru_cache(maxsize=8192)(self._find_near)

    def tokens(self, question: str) -> list[str]:
        """The question's words as they are compared: spelling mended, terms joined."""
        return self._synonyms.join([self._speller.correct(word) for word in words(question)])

    def stems(self, tokens: Sequence[str]) -> list[str]:
        """What is left of the tokens when their endings are cut."""
        return [stem(token) for token in tokens]

    def weight(self, stemmed: str) -> float:
        """How much a stem counts, from 0 to 1.3, whether the knowledge knows it or not."""
        return self._words.weight(stemmed)

    def vector(self, tokens: Sequence[str]) -> Vector:
        """The features of these tokens and of words like them."""
        stems = self.stems(tokens)
        values = self._words.values(stems, 0, self._near)
        values |= self._letters.values(runs_of_letters(tokens), self._letters_start)
        values |= self._pairs.values(pairs(stems), self._pairs_start)
        return Vector(
            np.fromiter(values.keys(), np.int32, len(values)),
            np.fromiter(values.values(), np.float32, len(values)),
        )

    def shared(self, question: str, phrasing: str) -> list[str]:
        """The question's words that meet the phrasing, with the word they meet if another."""
        there = self.stems(self.tokens(phrasing))
        found = []
        for token in dict.fromkeys(self.tokens(question)):
            near = {other for other, _ in self._near(stem(token))} & set(there)
            if near:
                same = stem(token) in near
                found.append(token if same else f"{token} ≈ {min(near)}")
        return found

    def _find_near(self, stemmed: str) -> tuple[tuple[str, float], ...]:
        """Known stems like this one, or meaning the same, with their likeness; itself with 1."""
        found = dict.fromkeys(sorted(self._synonyms.of(stemmed)), SYNONYM)
        if len(stemmed) >= SHORTEST_NEAR:
            alike = process.extract_iter(
                stemmed, self._long, scorer=JaroWinkler.normalized_similarity, score_cutoff=NEAR
            )
            found |= {word: max(score**3, found.get(word, 0)) for word, score, _ in alike if word}
        found[stemmed] = 1.0
        return tuple((w, s) for w, s in found.items() if w in self._words.weights)

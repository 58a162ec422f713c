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
    """One kind of feature: which there are, what each weighs, its share of the similarity."""

    def __init__(self, share: float, weigh: Callable[[str], float], known: Iterable[str]) -> None:
        self.weights = {feature: weigh(feature) for feature in known}
        self._places = {feature: place for place, feature in enumerate(self.weights)}
        self._scale = math.sqrt(share)
        self._weigh = weigh

    def weight(self, feature: str) -> float:
        """What a feature weighs, known or not."""
        return self.weights.get(feature) or self._weigh(feature)

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
                unknown += (often * self._weigh(feature)) ** 2
            alike = near(feature) if near else [(feature, 1.0)] if known else []
            for other, likeness in alike:
                place = first + self._places[other]
                value = often * likeness * self.weights[other]
                values[place] = max(values.get(place, 0.0), value)
        length = math.sqrt(sum(value**2 for value in values.values()) + unknown)
        return {place: value * self._scale / length for place, value in values.items()}


def _inverse_frequency(documents: Sequence[Sequence[str]]) -> Callable[[str], float]:
    """Weigh by log((N + 1) / (n + 1)) + 1, where n of N documents hold the feature."""
    counts = Counter(feature for document in documents for feature in set(document))
    return lambda feature: math.log((len(documents) + 1) / (counts[feature] + 1)) + 1


def _telling(documents: Sequence[Sequence[str]], labels: Sequence[str]) -> Callable[[str], float]:
    """Weigh words by the geometric mean of how well they tell entries apart and their rarity.

    How well: 1 minus the entropy of the entries among the phrasings that hold the word, as a
    share of the highest possible, with one phrasing's worth spread over all entries.
    """
    among: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for document, label in zip(documents, labels, strict=True):
        for feature in set(document):
            among[feature][label] += 1
    size = len(set(labels))

    def purity(feature: str) -> float:
        counts = among.get(feature)
        if not counts or size < 2:  # noqa: PLR2004
            return 1.0
        total = counts.total() + 1
        shares = [(n + 1 / size) / total for n in counts.values()]
        rest = 1 / size / total
        entropy = -sum(p * math.log(p) for p in shares)
        entropy -= (size - len(shares)) * rest * math.log(rest)
        return 1 - entropy / math.log(size)

    return lambda feature: math.sqrt((FLOOR + purity(feature)) * (FLOOR + rarity(feature)))


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


class Features:
    """Turns questions into vectors whose product is their similarity, from 0 to about 1.

    The similarity is the weighted mean of three cosines: of stemmed words, of the letter runs
    within words, and of neighbouring words. A word weighs more the rarer it is in English and
    the fewer entries share it. Words that the knowledge does not know add to a question's length
    and so lower its likeness to everything.
    """

    def __init__(
        self,
        phrasings: Sequence[str],
        labels: Sequence[str],
        synonyms: Sequence[Sequence[str]] = (),
    ) -> None:
        """`labels`: the entry of each phrasing. `synonyms`: groups of words that mean the same."""
        self._synonyms = Synonyms(synonyms)
        tokens = [self._synonyms.join(words(phrasing)) for phrasing in phrasings]
        self._speller = Speller(Counter(token for line in tokens for token in line))
        stems = [self.stems(line) for line in tokens]
        self._words = self._kind("words", stems, _telling(stems, labels))
        runs = [runs_of_letters(line) for line in tokens]
        self._letters = self._kind("letters", runs, _inverse_frequency(runs))
        following = [pairs(line) for line in stems]
        self._pairs = self._kind("pairs", following, _inverse_frequency(following))
        self._starts = np.cumsum([0, len(self._words.weights), len(self._letters.weights)])
        self.size = int(self._starts[-1]) + len(self._pairs.weights)
        self._long = [w if len(w) >= SHORTEST_NEAR else "" for w in self._words.weights]
        self._near = lru_cache(maxsize=8192)(self._find_near)

    @staticmethod
    def _kind(name: str, found: list[list[str]], weigh: Callable[[str], float]) -> _Kind:
        return _Kind(SHARES[name], weigh, dict.fromkeys(f for line in found for f in line))

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
        a, b, c = (int(start) for start in self._starts)
        values = self._words.values(stems, a, self._near)
        values |= self._letters.values(runs_of_letters(tokens), b)
        values |= self._pairs.values(pairs(stems), c)
        return Vector(
            np.fromiter(values.keys(), np.int32, len(values)),
            np.fromiter(values.values(), np.float32, len(values)),
        )

    def _find_near(self, stemmed: str) -> tuple[tuple[str, float], ...]:
        """Known stems like this one, or meaning the same, with their likeness; itself with 1."""
        found = dict.fromkeys(self._synonyms.of(stemmed), SYNONYM)
        if len(stemmed) >= SHORTEST_NEAR:
            alike = process.extract_iter(
                stemmed, self._long, scorer=JaroWinkler.normalized_similarity, score_cutoff=NEAR
            )
            found |= {word: max(score**3, found.get(word, 0)) for word, score, _ in alike if word}
        found[stemmed] = 1.0
        return tuple((w, s) for w, s in found.items() if w in self._words.weights)

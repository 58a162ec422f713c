"""What of a question is compared: its words, the letters in them, and which word follows which."""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from sys import intern
from zlib import crc32

import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from faqbot.common.lexicon import lexicon as words_of
from faqbot.text import words
from faqbot.understanding.caching import shared_cache
from faqbot.understanding.sparse import Rows, Vector
from faqbot.understanding.spelling import Letters, Speller

SHARES = (0.4, 0.4, 0.2)  # of the similarity: words, runs of letters, pairs; they add up to 1
RUNS = (3, 4)  # letters in a row
NEAR = 0.87  # Jaro-Winkler similarity from which two stems count as alike
SHORTEST_NEAR = 4  # letters; shorter stems must be equal
ROUNDING = 1e-6
SYNONYM = 0.8  # the likeness of two words that staff call the same
FLOOR = 0.3  # what a word keeps of its weight although it tells no entry from another
COMMONEST, RAREST = 7.5, 2.5  # Zipf values between which words lose weight

LONGEST = 40  # letters of a word that are looked at; 500 of them have a thousand runs
REMEMBERED = 8_192  # words; visitors make up ever new ones
WEIGHED = 8_192  # words of which their features are remembered, by all practices: 4 MB

BLOCK = 5_000  # lines that are weighed at once: some 100 MB
NEAR_BLOCK = 256  # words that are compared with all known ones at once

SCALES = np.sqrt(SHARES)
KINDS = len(SHARES)
UNKNOWN = 1 << 32  # from here on, in a key, a feature has no place
KIND = UNKNOWN << 1
LINE = KIND * KINDS

Floats = NDArray[np.float64]
Found = tuple[NDArray[np.int64], Floats]  # keys and values
Weighed = tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.float32]]


@lru_cache(maxsize=REMEMBERED)
def stem(word: str) -> str:
    """Cut a word down to what its forms share (Snowball's English stemmer)."""
    # A stemmer holds the word in hand, which other threads would change; a new one costs nothing.
    return str(snowballstemmer.stemmer("english").stemWord(word))


@lru_cache(maxsize=REMEMBERED)
def rarity(stemmed: str) -> float:
    """How rare a stem is in English at large: 0 for "the", 1 for "kyphoplasti"."""
    zipf = words_of("en").stem_zipf(stemmed) or RAREST
    return min(1.0, max(0.0, (COMMONEST - zipf) / (COMMONEST - RAREST)))


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


class Table(Mapping[str, float]):
    """What features weigh. Each has a place, from 0 on, in the order in which they were given.

    It takes half the memory of a dictionary, and features' names are held once for all tables.
    """

    __slots__ = ("_places", "_weights")

    def __init__(self, names: Iterable[str], weights: Iterable[float]) -> None:
        self._places = {intern(name): place for place, name in enumerate(names)}
        self._weights = array("d", weights)
        if len(self._places) != len(self._weights):
            raise ValueError("Each feature has one weight.")

    def __getitem__(self, name: str) -> float:
        return self._weights[self._places[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def place(self, name: str) -> int | None:
        """Where a feature stands; None where it is unknown."""
        return self._places.get(name)

    def weight_at(self, place: int) -> float:
        """What the feature at this place weighs."""
        return self._weights[place]


class _Kind:
    """One kind of feature: where it begins in a vector, and what each weighs, known or not.

    A feature's key is its place, or one beyond all places where it is unknown; the kind stands
    above that. Keys order what was found, and tell which is the same.
    """

    def __init__(
        self, number: int, first: int, weights: Table, unknown: Callable[[str], float]
    ) -> None:
        self.weights = weights
        self._unknown = unknown
        self._first = number * KIND + first
        self._beyond = number * KIND + UNKNOWN

    def weight(self, feature: str) -> float:
        """What a feature weighs, known or not."""
        return self._find(feature)[1]

    def found(self, features: Iterable[str]) -> Found:
        """The key and the weight of each feature."""
        found = [self._find(feature) for feature in features]
        keys, weights = zip(*found, strict=True) if found else ((), ())
        return np.array(keys, np.int64), np.array(weights, np.float64)

    def _find(self, feature: str) -> tuple[int, float]:
        place = self.weights.place(feature)
        if place is None:
            return self._beyond + crc32(feature.encode()), self._unknown(feature)
        return self._first + place, self.weights.weight_at(place)


def _inverse_frequency(documents: Iterable[Iterable[str]], total: int) -> Table:
    """Each feature's log((N + 1) / (n + 1)) + 1, where n of N documents, `total`, hold it."""
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(dict.fromkeys(document).keys())
    return Table(counts, (math.log((total + 1) / (n + 1)) + 1 for n in counts.values()))


def _telling(documents: Sequence[Sequence[str]], labels: Sequence[Hashable]) -> Table:
    """Each word's weight, by how well it tells entries apart and how rare it is in English."""
    among: defaultdict[str, Counter[Hashable]] = defaultdict(Counter)
    for document, label in zip(documents, labels, strict=True):
        for feature in dict.fromkeys(document):
            among[feature][label] += 1
    size = len(set(labels))
    weights = (_word_weight(word, _purity(counts, size)) for word, counts in among.items())
    return Table(among, weights)


def _word_weight(stemmed: str, purity: float = 1.0) -> float:
    """The geometric mean of purity and rarity; a word that no entry knows is taken for pure."""
    return math.sqrt((FLOOR + purity) * (FLOOR + rarity(stemmed)))


def _purity(counts: Counter[Hashable], size: int) -> float:
    """From 0, all entries use the word alike, to 1: one minus the share of the highest entropy.

    `counts`: in how many phrasings of each entry the word stands; one phrasing's worth is spread
    over all `size` entries, so that a word seen once does not count as a sign.
    """
    if size == 1:
        return 1.0
    total = counts.total() + 1
    shares = [(n + 1 / size) / total for n in counts.values()]
    rest = 1 / size / total
    entropy = math.fsum(p * math.log(p) for p in shares)
    return 1 + (entropy + (size - len(shares)) * rest * math.log(rest)) / math.log(size)


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
    words: Table  # the weight of each stem, run of letters and pair of stems
    letters: Table
    pairs: Table
    phrasings: int  # how many there are

    @classmethod
    def of(cls, tokens: Sequence[Sequence[str]], labels: Sequence[Hashable]) -> Lexicon:
        """Learn from phrasings, given as words, and the entry of each."""
        stems = [[stem(token) for token in line] for line in tokens]
        runs = cache(lambda token: runs_of_letters([token]))
        return cls(
            counts=Counter(token for line in tokens for token in line),
            words=_telling(stems, labels),
            letters=_inverse_frequency(
                (chain.from_iterable(map(runs, line)) for line in tokens), len(tokens)
            ),
            pairs=_inverse_frequency(map(pairs, stems), len(tokens)),
            phrasings=len(tokens),
        )


class Features:
    """Turns questions into vectors whose product is their similarity, from 0 to about 1.

    The similarity is the weighted mean of three cosines: of stemmed words, of the letter runs
    within words, and of neighbouring words. A word weighs more the rarer it is in English and
    the fewer entries share it. Words that the knowledge does not know add to a question's length
    and so lower its likeness to everything.
    """

    def __init__(
        self, lexicon: Lexicon, synonyms: Synonyms, speller: Speller | None = None
    ) -> None:
        """`speller`: for words that are none of the lexicon's by a slip."""
        rarest = math.log(lexicon.phrasings + 1) + 1
        letters, pairs = len(lexicon.words), len(lexicon.words) + len(lexicon.letters)
        self.size = pairs + len(lexicon.pairs)
        self._synonyms = synonyms
        self._spellers = (Speller(lexicon.counts), *((speller,) if speller else ()))
        self._words = _Kind(0, 0, lexicon.words, _word_weight)
        self._letters = _Kind(1, letters, lexicon.letters, lambda _: rarest)
        self._pairs = _Kind(2, pairs, lexicon.pairs, lambda _: rarest)
        self._long = [w if len(w) >= SHORTEST_NEAR else "" for w in lexicon.words]
        self._in_letters = Letters(self._long)
        self._firsts = np.array([ord(word[0]) if word else 0 for word in self._long], np.uint32)
        self._alike: dict[str, list[tuple[str, float]]] = {}  # found beforehand, for many lines

    def tokens(self, question: str) -> list[str]:
        """The question's words as they are compared: spelling fixed, terms joined."""
        typed = [word[:LONGEST] for word in words(question)]
        return self._synonyms.join([self._correct(word) for word in typed])

    def _correct(self, word: str) -> str:
        """The word that was meant, by the first speller that knows one."""
        corrected = (speller.correct(word) for speller in self._spellers)
        return next((found for found in corrected if found != word), word)

    def stems(self, tokens: Sequence[str]) -> list[str]:
        """What is left of the tokens when their endings are cut."""
        return [stem(token) for token in tokens]

    def weight(self, stemmed: str) -> float:
        """How much a stem counts, from 0 to 1.3, whether the knowledge knows it or not."""
        return self._words.weight(stemmed)

    def knows(self, stemmed: str) -> bool:
        """Whether the stem stands in any phrasing."""
        return stemmed in self._words.weights

    def vector(self, tokens: Sequence[str]) -> Vector:
        """The features of these tokens and of words like them."""
        _, ids, values = self._weighed([tokens])
        return Vector(ids, values)

    def matrix(self, lines: Sequence[Sequence[str]]) -> Rows:
        """The vectors of lines of tokens, at least one, as the rows of a matrix."""
        self._alike = self._find_alike({stem(token) for line in lines for token in line})
        blocks = [self._weighed(lines[i : i + BLOCK]) for i in range(0, len(lines), BLOCK)]
        self._alike.clear()
        counts, ids, values = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        ends = np.concatenate([[0], np.cumsum(counts)])
        return Rows(ends.astype(np.int32), ids, values, self.size)

    def _weighed(self, lines: Sequence[Sequence[str]]) -> Weighed:
        """How many features each line has, and all lines' ids and values, line by line."""
        found = [self._found(tokens) for tokens in lines]
        keys = np.concatenate([keys for line in found for keys, _ in line])
        values = np.concatenate([values for line in found for _, values in line])
        sizes = [sum(len(keys) for keys, _ in line) for line in found]
        keys += np.repeat(np.arange(len(lines)) * LINE, sizes)
        return _as_cosines(*_counted(keys, values), len(lines))

    def _found(self, tokens: Sequence[str]) -> list[Found]:
        stems = self.stems(tokens)
        found = [self._runs_of(token) for token in tokens]
        found += [self._met_by(stemmed, count) for stemmed, count in Counter(stems).items()]
        return [*found, self._pairs.found(pairs(stems))]

    @shared_cache(WEIGHED)
    def _runs_of(self, token: str) -> Found:
        return self._letters.found(runs_of_letters([token]))

    @shared_cache(WEIGHED)
    def _met_by(self, stemmed: str, count: int) -> Found:
        """The stems that this one meets, itself included even where it is unknown."""
        near = dict(self._find_near(stemmed)) | {stemmed: 1.0}
        keys, weights = self._words.found(near)
        return keys, weights * np.array(list(near.values())) * _often(np.array(count))

    def shared(self, question: str, phrasing: str) -> list[str]:
        """The question's words that meet the phrasing, with the word they meet if another."""
        there = self.stems(self.tokens(phrasing))
        found = []
        for token in dict.fromkeys(self.tokens(question)):
            near = {other for other, _ in self._find_near(stem(token))} & set(there)
            if near:
                same = stem(token) in near
                found.append(token if same else f"{token} ≈ {min(near)}")
        return found

    def _find_near(self, stemmed: str) -> tuple[tuple[str, float], ...]:
        """Known stems like this one, or meaning the same, with their likeness; itself with 1."""
        found = dict.fromkeys(sorted(self._synonyms.of(stemmed)), SYNONYM)
        if len(stemmed) >= SHORTEST_NEAR:
            alike = self._alike.get(stemmed)
            for word, score in self._extract(stemmed) if alike is None else alike:
                found[word] = max(score**3, found.get(word, 0))
        found[stemmed] = 1.0
        return tuple((w, s) for w, s in found.items() if w in self._words.weights)

    def _extract(self, stemmed: str) -> list[tuple[str, float]]:
        """Known stems like this one."""
        scorer, words = JaroWinkler.normalized_similarity, self._worth(stemmed)
        alike = process.extract_iter(stemmed, words, scorer=scorer, score_cutoff=NEAR)
        return [(word, score) for word, score, _ in alike]

    def _worth(self, stemmed: str) -> list[str]:
        """The known stems that share enough letters with this one to be as like as `NEAR`.

        Jaro's similarity is at most a third of (shared / one length + shared / other + 1), and
        Winkler's adds a tenth of the rest for each of up to four letters that both begin with.
        """
        shared, lengths = self._in_letters.shared(stemmed), self._in_letters.lengths
        jaro = (shared / len(stemmed) + shared / np.maximum(lengths, 1) + 1) / 3
        begins = np.where(self._firsts == ord(stemmed[0]), 0.4, 0.0)
        places = np.flatnonzero(jaro + begins * (1 - jaro) >= NEAR - ROUNDING)
        return [self._long[place] for place in places]

    def _find_alike(self, stems: Iterable[str]) -> dict[str, list[tuple[str, float]]]:
        """The same for many stems at once, on all cores."""
        long = sorted(stemmed for stemmed in stems if len(stemmed) >= SHORTEST_NEAR)
        found: dict[str, list[tuple[str, float]]] = {}
        for start in range(0, len(long), NEAR_BLOCK):
            block = long[start : start + NEAR_BLOCK]
            scores = process.cdist(
                block,
                self._long,
                scorer=JaroWinkler.normalized_similarity,
                score_cutoff=NEAR,
                dtype=np.float64,
                workers=-1,
            )
            for row, stemmed in enumerate(block):
                places = np.flatnonzero(scores[row])
                alike = zip(places.tolist(), scores[row, places].tolist(), strict=True)
                found[stemmed] = [(self._long[i], score) for i, score in alike if self._long[i]]
        return found


def _counted(keys: NDArray[np.int64], values: Floats) -> Found:
    """Each key once: a word with its highest value; others the heavier the oftener they stand."""
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    counts = np.diff(first, append=len(keys))
    keys = keys[first]
    values = np.maximum.reduceat(values[order], first)
    return keys, values * np.where(keys % LINE < KIND, 1.0, _often(counts))


def _as_cosines(keys: NDArray[np.int64], values: Floats, lines: int) -> Weighed:
    """Scale each kind in each line to its share; what is unknown lessens the rest and is left."""
    kinds = keys // KIND
    lengths = np.sqrt(np.bincount(kinds, values**2, lines * KINDS))
    known = keys % KIND < UNKNOWN
    keys, kinds = keys[known], kinds[known]
    values = values[known] * SCALES[kinds % KINDS] / lengths[kinds]
    counts = np.bincount(kinds // KINDS, minlength=lines)
    return counts, (keys % KIND).astype(np.int32), values.astype(np.float32)


def _often(counts: NDArray[np.intp]) -> Floats:
    return np.asarray(1 + np.log(counts))

"""What visitors asked that got no answer: similar questions grouped, the most frequent first.

Questions are similar by the words that they share, weighted by how rare each word is: in English,
in the practice's own phrasings, and among what was asked. A mistyped word counts as the word that
it is nearest to. Questions with the same nearest entry are grouped sooner.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from faqbot.common.lexicon import lexicon
from faqbot.journal.store import OpenQuestion
from faqbot.knowledge.strings import comparison_key
from faqbot.text import words
from faqbot.understanding.calibration import PHONE_ONLY_THRESHOLD
from faqbot.understanding.features import rarity, stem
from faqbot.understanding.sparse import Index, Rows

# Chosen on the sample's examples.jsonl, whose lines say which questions ask the same: of the pairs
# that are grouped, three in four do. rapidfuzz's token_sort_ratio at 70 finds 40 % as many pairs,
# and only one in four of them is right.
MIN_SIMILARITY = 0.55  # cosine
SAME_ENTRY_DISCOUNT = 0.25  # from MIN_SIMILARITY, if both have the same nearest entry
COMMON_WORD_RARITY = 0.2  # the rarity that "the" keeps, beside 1.2 of a rare word
PHRASINGS_WEIGHT = 200  # questions: the weight of the practice's phrasings beside what was asked

MIN_TYPO_SIMILARITY = 0.87  # Jaro-Winkler, from which an unknown word is taken for a known one
MIN_WORD_LENGTH = 4  # letters
MIN_CORRECTION_RATIO = 3  # times as often as a typo occurs a correction that no dictionary has


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to ask; texts that differ only in case, punctuation or spacing are one."""

    text: str  # the most frequent spelling
    count: int
    texts: tuple[str, ...]  # all the spellings, as the journal has them


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that probably ask the same."""

    questions: tuple[Wording, ...]  # the most frequent first
    count: int
    kinds: tuple[tuple[str, int], ...]  # what the visitors got, and how often
    nearest: str  # the id of the entry that was nearest; "" for none
    last: datetime  # the hour in which it was asked last


def group(asked: Sequence[OpenQuestion], phrasings: tuple[str, ...] = ()) -> list[Group]:
    """Similar questions together: the most frequent group first, of equals the latest.

    `phrasings`: the practice's own, which show what words are common here, such as "procedure".
    """
    same: defaultdict[str, list[OpenQuestion]] = defaultdict(list)
    for question in asked:
        same[comparison_key(question.text)].append(question)
    wordings = [same[key] for key in sorted(same)]
    rows = _rows([wording[0].text for wording in wordings], _shares(phrasings))
    similar = _similar(rows, [_nearest(wording) for wording in wordings])
    clusters = _clusters(similar, [len(wording) for wording in wordings])
    groups = [_group([wordings[index] for index in cluster]) for cluster in clusters]
    return sorted(groups, key=lambda found: (-found.count, -found.last.timestamp()))


def is_for_office(asked: OpenQuestion, topics: Container[str]) -> bool:
    """Whether it is about one of the office's own topics, and the visitor was told so."""
    return (
        asked.kind == "office" and asked.nearest in topics and asked.score >= PHONE_ONLY_THRESHOLD
    )


def all_spellings(asked: Iterable[OpenQuestion], texts: Iterable[str]) -> dict[str, list[str]]:
    """These texts as the journal has them, each with its other spellings; unknown ones left out.

    A browser may change the line breaks and spaces of a text that it sends back.
    """
    same: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for question in asked:
        same[comparison_key(question.text)][question.text] = None
    found: dict[str, list[str]] = {}
    for text in texts:
        spellings = sorted(
            same.pop(comparison_key(text), ()), key=lambda spelling: spelling != text
        )
        if spellings:
            found[spellings[0]] = spellings
    return found


def _group(wordings: Sequence[Sequence[OpenQuestion]]) -> Group:
    questions = [question for wording in wordings for question in wording]
    return Group(
        questions=tuple(sorted(map(_wording, wordings), key=lambda one: (-one.count, one.text))),
        count=len(questions),
        kinds=tuple(_most_common(Counter(question.kind for question in questions))),
        nearest=_nearest(questions),
        last=max(question.hour for question in questions),
    )


def _wording(asked: Sequence[OpenQuestion]) -> Wording:
    spellings = _most_common(Counter(question.text for question in asked))
    return Wording(spellings[0][0], len(asked), tuple(text for text, _ in spellings))


def _nearest(asked: Iterable[OpenQuestion]) -> str:
    """The entry with the highest sum of scores."""
    votes: Counter[str] = Counter()
    for question in asked:
        votes[question.nearest] += question.score  # type: ignore[assignment]
    del votes[""]
    return _most_common(votes)[0][0] if votes else ""


def _most_common(counts: Counter[str]) -> list[tuple[str, int]]:
    """In an order that does not depend on which came first."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


# questions as vectors


def _rows(texts: Sequence[str], shares: Mapping[str, float]) -> Rows:
    """Each text as weights of its stems, of length 1; a text without words is all zeros."""
    lines = [_stems(line) for line in _without_typos([words(text) for text in texts])]
    counts = Counter(word for line in lines for word in line)
    ids = {word: index for index, word in enumerate(counts)}
    weights = np.array(
        [_weight(word, n, len(lines), shares.get(word, 0.0)) for word, n in counts.items()],
        np.float32,
    )
    columns = [ids[word] for line in lines for word in sorted(line)]
    ends = np.cumsum([0, *map(len, lines)])
    values = weights[columns] if columns else np.zeros(0, np.float32)
    rows = np.repeat(np.arange(len(lines)), np.diff(ends))
    lengths = np.sqrt(np.bincount(rows, values**2, minlength=len(lines)))
    values = (values / np.maximum(lengths, 1e-9)[rows]).astype(np.float32)
    return Rows(ends.astype(np.int32), np.array(columns, np.int32), values, len(counts))


@lru_cache(maxsize=4)
def _shares(phrasings: tuple[str, ...]) -> dict[str, float]:
    """For each stem, the share of the phrasings that have it."""
    lines = [_stems(words(phrasing)) for phrasing in phrasings]
    counts = Counter(word for line in lines for word in line)
    return {word: number / len(lines) for word, number in counts.items()}


def _stems(line: Iterable[str]) -> set[str]:
    return {stem(word) for word in line}


def _weight(stemmed: str, count: int, total: int, share: float) -> float:
    """Its idf, over what was asked and the phrasings, times how rare the word is in English."""
    idf = float(np.log((total + PHRASINGS_WEIGHT) / (count + PHRASINGS_WEIGHT * share + 0.5)))
    return idf * float(np.sqrt(rarity(stemmed) + COMMON_WORD_RARITY))


def _without_typos(lines: Sequence[list[str]]) -> list[list[str]]:
    meant = _meant(Counter(word for line in lines for word in set(line)))
    return [[meant.get(word, word) for word in line] for line in lines]


def _meant(counts: Mapping[str, int]) -> dict[str, str]:
    """For each word that is probably mistyped, the word that was probably meant."""
    long = [word for word in counts if len(word) >= MIN_WORD_LENGTH]
    unknown = [word for word in long if word not in lexicon()]
    known = [word for word in long if word in lexicon() or counts[word] >= MIN_CORRECTION_RATIO]
    if not known or not unknown:
        return {}
    scores: NDArray[np.float32] = process.cdist(
        unknown,
        known,
        scorer=JaroWinkler.similarity,
        score_cutoff=MIN_TYPO_SIMILARITY,
        dtype=np.float32,
    )
    often = np.array([np.inf if word in lexicon() else counts[word] for word in known])
    scores[often < MIN_CORRECTION_RATIO * np.array([[counts[word]] for word in unknown])] = 0
    best = scores.argmax(axis=1).tolist()
    pairs = enumerate(zip(unknown, best, strict=True))
    return {word: known[index] for row, (word, index) in pairs if scores[row, index] > 0}


# clusters of vectors


def _similar(rows: Rows, nearest: Sequence[str]) -> list[NDArray[np.intp]]:
    """For each row the rows that are similar, with the same nearest entry a little sooner."""
    numbers: dict[str, int] = {}  # rows without a nearest entry have none in common
    entries = np.array(
        [numbers.setdefault(id_ or f" {row}", len(numbers)) for row, id_ in enumerate(nearest)],
        np.intp,
    )
    index = Index(rows)
    found = []
    for row, entry in zip(rows, entries, strict=True):
        needed = np.where(entries == entry, MIN_SIMILARITY - SAME_ENTRY_DISCOUNT, MIN_SIMILARITY)
        found.append(np.flatnonzero(index.product(row) >= needed))
    return found


def _clusters(similar: Sequence[NDArray[np.intp]], counts: Sequence[int]) -> list[list[int]]:
    """Each row in one cluster: those with the most similar questions take what is left of these.

    Chains are not followed: all rows of a cluster are similar to its first.
    """
    sizes = [sum(counts[other] for other in others.tolist()) for others in similar]
    free = np.ones(len(similar), bool)
    clusters = []
    for row in sorted(range(len(similar)), key=lambda row: -sizes[row]):
        if free[row]:
            others = similar[row]
            cluster = [row, *(other for other in others[free[others]].tolist() if other != row)]
            free[cluster] = False
            clusters.append(cluster)
    return clusters

"""What visitors asked in vain, like questions together, most frequent first.

Two questions are alike by the words that they share, weighed by how rare each is: in English, in
the practice's own phrasings, and among what was asked. A word that was mistyped counts as the one
it is nearest to (rapidfuzz). Questions for which the bot thought of the same entry are taken
together sooner.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from faqbot.common.lexicon import lexicon
from faqbot.knowledge.wording import sameness
from faqbot.text import words
from faqbot.understanding.calibration import OFFICE
from faqbot.understanding.features import rarity, stem
from faqbot.understanding.sparse import Index, Rows

# Found with the sample's examples.jsonl, whose lines say which of them ask the same: three in four
# of the pairs that are taken together do. rapidfuzz's token_sort_ratio at 70 finds two fifths as
# many, and one in four of what it takes together does.
ALIKE = 0.55
SAME_ENTRY = 0.25
COMMONEST_WORD = 0.2  # what "the" keeps, beside 1.2 for a rare word
KNOWN = 200  # questions: what the practice's phrasings count for, beside those that were asked

NEAR = 0.87  # Jaro-Winkler similarity from which an unknown word is taken for a known one
SHORTEST = 4  # letters
OFTENER = 3  # times as often as a slip is typed, in a word that no dictionary has


class Asked(Protocol):
    """What the journal tells of one question."""

    @property
    def hour(self) -> datetime: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def nearest(self) -> str: ...  # noqa: D102
    @property
    def score(self) -> float: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Wording:
    """One way in which visitors asked; those that differ in case or signs only are one."""

    text: str  # as most of them typed it
    count: int
    texts: tuple[str, ...]  # all the spellings, as the journal has them


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that probably ask the same."""

    questions: tuple[Wording, ...]  # the most frequent first
    count: int
    kinds: tuple[tuple[str, int], ...]  # what the visitors got, and how often
    nearest: str  # the id of the entry that the bot thought of; "" for none
    last: datetime  # the hour in which it was asked last


def group(asked: Sequence[Asked], phrasings: tuple[str, ...] = ()) -> list[Group]:
    """Like questions together: the most frequent group first, of equals the latest.

    `phrasings`: the practice's own, which tell what is common here, such as "procedure".
    """
    same: defaultdict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        same[sameness(one.text)].append(one)
    wordings = [same[key] for key in sorted(same)]
    near = _near(_read(wordings, _common(phrasings)), [_nearest(wording) for wording in wordings])
    snapshot = _gather(near, [len(wording) for wording in wordings])
    groups = [_group([wordings[place] for place in places]) for places in snapshot]
    return sorted(groups, key=lambda found: (-found.count, -found.last.timestamp()))


def is_for_office(asked: Asked, topics: Container[str]) -> bool:
    """Whether it is one of the office's own topics, and the visitor was told so."""
    return asked.kind == "office" and asked.nearest in topics and asked.score >= OFFICE


def all_spellings(asked: Iterable[Asked], texts: Iterable[str]) -> dict[str, list[str]]:
    """How the journal has these texts, each with its other spellings; what it has not is left out.

    A browser may change the line breaks and spaces of a text that it sends back.
    """
    same: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for one in asked:
        same[sameness(one.text)][one.text] = None
    found: dict[str, list[str]] = {}
    for text in texts:
        spellings = sorted(same.pop(sameness(text), ()), key=lambda spelling: spelling != text)
        if spellings:
            found[spellings[0]] = spellings
    return found


def _group(wordings: Sequence[Sequence[Asked]]) -> Group:
    everything = [one for wording in wordings for one in wording]
    return Group(
        questions=tuple(sorted(map(_wording, wordings), key=lambda one: (-one.count, one.text))),
        count=len(everything),
        kinds=tuple(_most_common(Counter(one.kind for one in everything))),
        nearest=_nearest(everything),
        last=max(one.hour for one in everything),
    )


def _wording(asked: Sequence[Asked]) -> Wording:
    spellings = _most_common(Counter(one.text for one in asked))
    return Wording(spellings[0][0], len(asked), tuple(text for text, _ in spellings))


def _nearest(asked: Iterable[Asked]) -> str:
    """The entry with the highest sum of scores."""
    votes: Counter[str] = Counter()
    for one in asked:
        votes[one.nearest] += one.score  # type: ignore[assignment]
    del votes[""]
    return _most_common(votes)[0][0] if votes else ""


def _most_common(counts: Counter[str]) -> list[tuple[str, int]]:
    """The same whatever came first."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


# which are alike


def _read(wordings: Sequence[Sequence[Asked]], common: Mapping[str, float]) -> Rows:
    """A row of word weights for each wording."""
    lines = _without_slips([words(wording[0].text) for wording in wordings])
    return _vectors([_stems(line) for line in lines], common)


@lru_cache(maxsize=4)
def _common(phrasings: tuple[str, ...]) -> dict[str, float]:
    """The share of the phrasings that hold each stem."""
    lines = [_stems(words(phrasing)) for phrasing in phrasings]
    held = Counter(word for line in lines for word in line)
    return {word: number / len(lines) for word, number in held.items()}


def _stems(line: Iterable[str]) -> set[str]:
    return {stem(word) for word in line}


def _vectors(lines: Sequence[set[str]], common: Mapping[str, float]) -> Rows:
    """Each line as weights of its words, of length 1; a line without words is all zeros."""
    held = Counter(word for line in lines for word in line)
    places = {word: place for place, word in enumerate(held)}
    weights = np.array(
        [_weight(word, n, len(lines), common.get(word, 0.0)) for word, n in held.items()],
        np.float32,
    )
    columns = [places[word] for line in lines for word in sorted(line)]
    starts = np.cumsum([0, *map(len, lines)])
    data = weights[columns] if columns else np.zeros(0, np.float32)
    rows = np.repeat(np.arange(len(lines)), np.diff(starts))
    lengths = np.sqrt(np.bincount(rows, data**2, minlength=len(lines)))
    data = (data / np.maximum(lengths, 1e-9)[rows]).astype(np.float32)
    ids = np.array(columns, np.int32)
    return Rows(starts.astype(np.int32), ids, data, len(held))


def _weight(stemmed: str, holding: int, total: int, common: float) -> float:
    rare = float(np.log((total + KNOWN) / (holding + KNOWN * common + 0.5)))
    return rare * float(np.sqrt(rarity(stemmed) + COMMONEST_WORD))


def _without_slips(lines: Sequence[list[str]]) -> list[list[str]]:
    held = Counter(word for line in lines for word in set(line))
    meant = _meant(held)
    return [[meant.get(word, word) for word in line] for line in lines]


def _meant(held: Mapping[str, int]) -> dict[str, str]:
    """For each word that is probably mistyped: the one that others typed."""
    long = [word for word in held if len(word) >= SHORTEST]
    unknown = [word for word in long if word not in lexicon()]
    known = [word for word in long if word in lexicon() or held[word] >= OFTENER]
    if not known or not unknown:
        return {}
    scores: NDArray[np.float32] = process.cdist(
        unknown, known, scorer=JaroWinkler.similarity, score_cutoff=NEAR, dtype=np.float32
    )
    often = np.array([np.inf if word in lexicon() else held[word] for word in known])
    scores[often < OFTENER * np.array([[held[word]] for word in unknown])] = 0
    best = scores.argmax(axis=1).tolist()
    pairs = enumerate(zip(unknown, best, strict=True))
    return {word: known[place] for row, (word, place) in pairs if scores[row, place] > 0}


# taking together


def _near(rows: Rows, nearest: Sequence[str]) -> list[NDArray[np.intp]]:
    """For each row the rows that are like it, those with the same nearest entry a little sooner."""
    entries, index = _numbered(nearest), Index(rows)
    found = []
    for row, entry in zip(rows, entries, strict=True):
        needed = np.where(entries == entry, ALIKE - SAME_ENTRY, ALIKE)
        found.append(np.flatnonzero(index.product(row) >= needed))
    return found


def _numbered(ids: Iterable[str]) -> NDArray[np.intp]:
    """A number for each id; those without one have none in common."""
    numbers: dict[str, int] = {}
    return np.array(
        [numbers.setdefault(id_ or f" {place}", len(numbers)) for place, id_ in enumerate(ids)],
        dtype=np.intp,
    )


def _gather(near: Sequence[NDArray[np.intp]], counts: Sequence[int]) -> list[list[int]]:
    """Each place in one group: those with the most company gather what is left around them.

    Chains are not followed: all of a group are like its first.
    """
    company = [sum(counts[place] for place in places.tolist()) for places in near]
    free = np.ones(len(near), bool)
    groups = []
    for place in sorted(range(len(near)), key=lambda place: -company[place]):
        if free[place]:
            others = near[place]
            snapshot = [place, *(o for o in others[free[others]].tolist() if o != place)]
            free[snapshot] = False
            groups.append(snapshot)
    return groups

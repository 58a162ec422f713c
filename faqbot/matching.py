"""`Matcher`: a question, and the entries that it may mean, ranked with scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from faqbot.features import Features, Synonyms
from faqbot.learning import Learnt, learn
from faqbot.polling import CandidatePolls, FullPolls, Polls

EXACT = 0.9999  # nearness; one word more or less is well below


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a question may mean, and what speaks for it."""

    id: str
    score: float  # from 0 up: (vote + 1) times nearness
    vote: float  # from about -1 to 1: kernel ridge regression over all phrasings
    lead: float  # of the vote over the best other entry's; negative where another leads
    nearness: float  # from 0 to 1: the likeness of the entry's nearest phrasing
    coverage: float  # from 0 to 1: the share of the question's words, by weight, that it knows
    gap: float  # from 0 to 1.3: the weight of the heaviest word that only other entries know
    phrasing: str  # the nearest phrasing

    @property
    def exact(self) -> bool:
        """Whether the question is one of the entry's phrasings, word forms aside."""
        return self.nearness > EXACT


class Matcher:
    """Ranks entries for a question by two steps.

    1. Kernel ridge regression on the similarity of phrasings (one entry against the rest, targets
       1 and -1, centred), solved once: so all phrasings vote, not the nearest alone. Where
       phrasings and entries are too many for that, it is solved for each question, on the
       phrasings that are likest to it.
    2. (vote + 1) times the likeness of the entry's nearest phrasing, which rejects what no entry
       answers better than either.
    """

    def __init__(
        self,
        phrasings: Sequence[str],
        labels: Sequence[str],
        synonyms: Sequence[Sequence[str]] = (),
        learnt: Learnt | None = None,
    ) -> None:
        """`labels[i]` is the entry of `phrasings[i]`; at least one phrasing.

        `learnt`: what another matcher learnt from the same, which saves learning it again.
        """
        self.entries = tuple(dict.fromkeys(labels))
        self._places = places = {entry: place for place, entry in enumerate(self.entries)}
        order = sorted(range(len(labels)), key=lambda i: places[labels[i]])
        self.phrasings: tuple[str, ...] = tuple(phrasings[i] for i in order)
        entry_of = np.array([places[labels[i]] for i in order])
        self.learnt, self.features = self._learn(entry_of, Synonyms(synonyms), learnt)
        full = self.learnt.weights.size > 0
        self._polls: Polls = (FullPolls if full else CandidatePolls)(self.learnt, entry_of)
        self._stems = tuple(self.learnt.lexicon.words)
        self._words_of = lru_cache(maxsize=1024)(self._vocabulary)

    def _learn(
        self, entry_of: NDArray[np.intp], synonyms: Synonyms, learnt: Learnt | None
    ) -> tuple[Learnt, Features]:
        if learnt:
            return learnt, Features(learnt.lexicon, synonyms)
        return learn(self.phrasings, entry_of, synonyms)

    def _vocabulary(self, entry: int) -> frozenset[str]:
        """The stems that an entry's phrasings are made of."""
        known = self.learnt.known
        return frozenset(
            self._stems[i] for i in known.indices[known.indptr[entry] : known.indptr[entry + 1]]
        )

    def shared(self, question: str, entry: str) -> list[str]:
        """The stems of the question that stand in the entry's phrasings."""
        there = self._words_of(self._places[entry])
        stems = self.features.stems(self.features.tokens(question))
        return [stemmed for stemmed in stems if stemmed in there]

    def rank(self, question: str, top: int = 5) -> list[Match]:
        """The `top` entries for the question, best first; fewer where nothing is alike."""
        tokens = self.features.tokens(question)
        poll = self._polls.take(self.features.vector(tokens))
        nearness = poll.nearness()
        scores = np.maximum(poll.votes + 1, 0) * nearness
        best = [i for i in np.argsort(-scores, kind="stable")[:top].tolist() if scores[i] > 0]
        leads = _leads(poll.votes, best)
        said = _Said.of(self.features, tokens)
        matches = [
            Match(
                id=self.entries[poll.entries[i]],
                score=float(scores[i]),
                vote=float(poll.votes[i]),
                lead=lead,
                nearness=float(nearness[i]),
                coverage=said.coverage(self._words_of(int(poll.entries[i]))),
                gap=said.gap(self._words_of(int(poll.entries[i]))),
                phrasing=self.phrasings[poll.nearest(i)],
            )
            for i, lead in zip(best, leads, strict=True)
        ]
        return sorted(matches, key=lambda match: not match.exact)


@dataclass(frozen=True, slots=True)
class _Said:
    """The stems of a question with their weights."""

    weights: list[tuple[str, float]]
    known: frozenset[str]  # those that any entry knows
    total: float

    @classmethod
    def of(cls, features: Features, tokens: Sequence[str]) -> _Said:
        weights = [(stemmed, features.weight(stemmed)) for stemmed in features.stems(tokens)]
        known = frozenset(stemmed for stemmed, _ in weights if features.knows(stemmed))
        return cls(weights, known, math.fsum(weight for _, weight in weights) or 1.0)

    def coverage(self, words: frozenset[str]) -> float:
        """The share of the question, by weight, that these words are."""
        return (
            1 - math.fsum(weight for said, weight in self.weights if said not in words) / self.total
        )

    def gap(self, words: frozenset[str]) -> float:
        """The weight of the heaviest word that is none of these, but one of another entry."""
        elsewhere = self.known - words
        return max((weight for said, weight in self.weights if said in elsewhere), default=0.0)


def _leads(votes: NDArray[np.float32], places: Sequence[int]) -> list[float]:
    """How far the votes at these places are over the best other; over -1 where there is none."""
    leader = int(votes.argmax())
    first = float(votes[leader])
    second = float(np.partition(votes, -2)[-2]) if len(votes) > 1 else -1.0
    return [float(votes[i]) - (second if i == leader else first) for i in places]

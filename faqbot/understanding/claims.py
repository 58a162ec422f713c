"""Which topics the entries of a practice claim: what they say they are, or plainly are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faqbot.common.topics import Kind, topics
from faqbot.knowledge import Entry
from faqbot.text import words
from faqbot.understanding.topics import TopicModel

GIVEN = 0.9  # the share of an entry that what stands behind "Topic:" makes up
FOUND = 0.55  # the share of a topic in an entry from which it is claimed, although nobody said so
HEADING = 2  # phrasings that the heading counts for

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Claim:
    """A topic that an entry answers, or has for the phone."""

    topic: str
    entry: str
    share: float  # of the entry that is this topic, from 0 to 1
    given: bool  # by "Topic:", or else found


class Claims:
    """The topics of some entries."""

    def __init__(self, entries: Sequence[Entry], model: TopicModel) -> None:
        """`model`: the one of all practices, or of the pack that the entries' page has."""
        small_talk = {topic.id for topic in topics().values() if topic.kind is Kind.SMALL_TALK}
        self._model = model
        self.ids = model.ids
        self._small_talk = np.array([*(id in small_talk for id in model.ids), False])
        width = len(self.ids) + 1
        self.shares = np.array([self._share(entry) for entry in entries]).reshape(-1, width)
        self.given = [entry.topics is not None for entry in entries]
        self.claimed = np.array(
            [
                self._named(entry) if entry.topics is not None else share >= FOUND
                for entry, share in zip(entries, self.shares, strict=True)
            ],
            bool,
        ).reshape(-1, width)
        self.claimed[:, -1] = False
        self.known = self.shares.max(0, initial=0.0)  # of each topic: how much any entry is it
        self._entries = [entry.id for entry in entries]

    def of(self, tokens: Sequence[str], vector: Floats | None = None) -> Floats:
        """The probability of each topic, and last of none, for the words of a question.

        `vector`: the words', where it is known.
        """
        scores = self._model.scores(tokens, vector)
        powers = np.exp(scores - scores.max())
        return np.asarray(powers / powers.sum(), np.float32)

    def all(self) -> list[Claim]:
        """Every claim, entry by entry."""
        return [
            Claim(self.ids[topic], self._entries[e], float(self.shares[e, topic]), given)
            for e, given in enumerate(self.given)
            for topic in np.flatnonzero(self.claimed[e]).tolist()
        ]

    def columns(self, found: Floats) -> tuple[Floats, Floats, list[float]]:
        """Evidence from the topics of a question, as `of` gives them.

        For each entry, how like its topics are (Bhattacharyya's coefficient), and how likely the
        question is one that it claims; then, for the question: how likely it is one that no entry
        is, small talk, or no topic, and the probability of the likeliest.
        """
        like = np.sqrt(self.shares * found).sum(1)
        claimed = self.claimed @ found
        return (
            like,
            claimed,
            [
                float((found * (1 - self.known))[:-1].sum()),
                float(found[self._small_talk].sum()),
                float(found[-1]),
                float(found[:-1].max()),
            ],
        )

    def _share(self, entry: Entry) -> Floats:
        """How much an entry is each topic, by what is given and by its ways to ask it."""
        if entry.topics == ():
            return np.zeros(len(self.ids) + 1, np.float32)
        rows = [self.of(words(line)) for line in entry.lines]
        weights = [HEADING, *([1] * (len(rows) - 1))]
        share = np.average(rows, axis=0, weights=weights).astype(np.float32)
        named = self._named(entry)
        if named.any():
            return np.asarray((1 - GIVEN) * share + GIVEN * named / named.sum(), np.float32)
        return share

    def _named(self, entry: Entry) -> NDArray[np.bool_]:
        ids = entry.topics or ()
        return np.array([*(topic in ids for topic in self.ids), False])

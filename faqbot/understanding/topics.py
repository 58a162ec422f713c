"""The probability that a question is about each of the topics that all practices share.

A linear model over the question's words, pairs of words and word vector, trained on the wordings of
`common/en` by `make models`; one for all practices of a process, and one for each pack. Entries
claim topics: those on their "Topic:" line, or those that the model finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from faqbot.common.topics import TopicKind, topics
from faqbot.knowledge import Entry
from faqbot.text import words
from faqbot.understanding.features import pairs, stem
from faqbot.understanding.spelling import Speller
from faqbot.understanding.vectors import WordVectors, word_vectors

EN = Path(__file__).parent.parent / "common" / "en"
BUCKETS = 1 << 13
VECTOR_SCALE = 3.0  # of the word vector; the other features have length 1
DECLARED_SHARE = 0.9  # of an entry, for the topics on its "Topic:" line
CLAIM_THRESHOLD = 0.55  # share from which a topic is linked to an entry without “Topic:” line
HEADING_WEIGHT = 2  # phrasings

Floats = NDArray[np.float32]


def feature_buckets(tokens: Sequence[str]) -> list[int]:
    """The hashed words and pairs of neighbours of a question, from 0 to `BUCKETS` - 1."""
    stems = [stem(token) for token in tokens]
    return [crc32(name.encode()) % BUCKETS for name in dict.fromkeys([*stems, *pairs(stems)])]


def file_of(pack: str = "") -> Path:
    """The file of a pack's model, or of the one that all practices share."""
    return EN / "packs" / f"{pack}.npz" if pack else EN / "topics.npz"


class TopicModel:
    """The weights of features and of the word vector, for each topic and for “no topic”."""

    def __init__(
        self,
        ids: Sequence[str],
        weights: NDArray[np.int8],
        scale: Floats,
        vector: Floats,
        constants: Floats,
        vocabulary: NDArray[np.uint8],
        vectors: WordVectors | None = None,
    ) -> None:
        """`ids`: of the topics, without “no topic”, which is last in the arrays.

        Shapes: `weights` (BUCKETS, topics + 1), multiplied by `scale` (topics + 1,); `vector`
        (size, topics + 1); `constants` (topics + 1,). `vocabulary`: the words of wordings, as
        UTF-8, one per line, the most frequent first.
        """
        self.ids = tuple(ids)
        self.words: tuple[str, ...] = tuple(vocabulary.tobytes().decode().split("\n"))
        self._weights, self._scale = weights, scale
        self._vector, self._constants = vector.astype(np.float32), constants
        self._vectors = vectors or word_vectors()

    @classmethod
    def load(cls, pack: str = "") -> TopicModel:
        """Read what `make models` wrote."""
        with np.load(file_of(pack), allow_pickle=False) as arrays:
            names = ("weights", "scale", "vector", "constants", "vocabulary")
            return cls(tuple(topics(pack)), *(arrays[name] for name in names))

    def scores(self, tokens: Sequence[str], vector: Floats | None = None) -> Floats:
        """The logits of all topics, then of “no topic”: shape (topics + 1,).

        `vector`: the word vector of the tokens, if it is known already.
        """
        own = feature_buckets(tokens)
        by_words = self._weights[own].sum(0, dtype=np.int32) / np.sqrt(max(1, len(own)))
        vector = self._vectors.text(tokens) if vector is None else vector
        by_vector = (VECTOR_SCALE * vector) @ self._vector
        return np.asarray(by_words * self._scale + by_vector + self._constants, np.float32)

    def probabilities(self, tokens: Sequence[str], vector: Floats | None = None) -> Floats:
        """The softmax of `scores`."""
        scores = self.scores(tokens, vector)
        powers = np.exp(scores - scores.max())
        return np.asarray(powers / powers.sum(), np.float32)


@cache
def topic_model(pack: str = "") -> TopicModel:
    """The shipped topic model, or that of a pack, loaded once per process."""
    return TopicModel.load(pack)


@cache
def speller(pack: str = "") -> Speller:
    """Corrects towards the words that visitors of any practice use; made once per process."""
    return Speller(dict.fromkeys(topic_model(pack).words, 1))


@dataclass(frozen=True, slots=True)
class Claim:
    """A topic that an entry answers, or leaves to the office."""

    topic: str
    entry: str
    share: float  # from 0 to 1: how much of the entry is about this topic
    declared: bool  # on the "Topic:" line; otherwise the model found it


class Claims:
    """Which topics the entries cover (“claim”), from “Topic:” lines or found by the model."""

    def __init__(self, entries: Sequence[Entry], model: TopicModel) -> None:
        """`model`: that of all practices, or of the entries' pack."""
        small_talk = {topic.id for topic in topics().values() if topic.kind is TopicKind.SMALL_TALK}
        self.model = model
        self._small_talk = np.array([*(id in small_talk for id in model.ids), False])
        self._entries = [entry.id for entry in entries]
        self._declared = [entry.topics is not None for entry in entries]
        shape = (-1, len(model.ids) + 1)
        self.shares = np.array([self._share(entry) for entry in entries]).reshape(shape)
        claimed = [
            self._declared_topics(entry) if declared else share >= CLAIM_THRESHOLD
            for entry, declared, share in zip(entries, self._declared, self.shares, strict=True)
        ]
        self._claimed = np.array(claimed, bool).reshape(shape)
        self._claimed[:, -1] = False
        self._highest = self.shares.max(0, initial=0.0)

    def all(self) -> list[Claim]:
        """Every claim, entry by entry."""
        return [
            Claim(self.model.ids[topic], self._entries[e], float(self.shares[e, topic]), declared)
            for e, declared in enumerate(self._declared)
            for topic in np.flatnonzero(self._claimed[e]).tolist()
        ]

    def evidence(self, found: Floats) -> tuple[Floats, Floats, list[float]]:
        """Evidence from a question's topic probabilities, `found`: for each entry, and overall.

        For each entry, the similarity of its topics (Bhattacharyya coefficient, 0 to 1), and the
        probability of the topics that it claims. Overall, the probabilities of topics that no entry
        covers, of small talk and of no topic, and that of the likeliest topic.
        """
        like = np.sqrt(self.shares * found).sum(1)
        unclaimed = float((found * (1 - self._highest))[:-1].sum())
        small_talk = float(found[self._small_talk].sum())
        whole = [unclaimed, small_talk, float(found[-1]), float(found[:-1].max())]
        return like, self._claimed @ found, whole

    def _share(self, entry: Entry) -> Floats:
        """How much of an entry is about each topic, by its “Topic:” line and its phrasings."""
        if entry.topics == ():
            return np.zeros(len(self.model.ids) + 1, np.float32)
        rows = [self.model.probabilities(words(line)) for line in entry.lines]
        weights = [HEADING_WEIGHT, *([1] * (len(rows) - 1))]
        share = np.average(rows, axis=0, weights=weights).astype(np.float32)
        named = self._declared_topics(entry)
        if named.any():
            return np.asarray(
                (1 - DECLARED_SHARE) * share + DECLARED_SHARE * named / named.sum(), np.float32
            )
        return share

    def _declared_topics(self, entry: Entry) -> NDArray[np.bool_]:
        return np.array([*(topic in (entry.topics or ()) for topic in self.model.ids), False])

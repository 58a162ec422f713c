"""Learns the topic models: which topic of `faqbot/common/en` a question is.

    python -m models.topics

Multinomial logistic regression over words, pairs of words and the word vector. Learnt from all
wordings, with their slots as they are and with random names in them, and from public questions,
which are no topic. A pack has a model of its own, trained on its wordings and `sources/packs` too:
in the model of all practices these would cost strangers' questions .015.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array

from faqbot.common.lexicon import lexicon
from faqbot.common.topics import packs, read_topics, topics
from faqbot.text import words
from faqbot.understanding.topics import BUCKETS, VECTOR_SCALE, TopicModel, feature_buckets, file_of
from faqbot.understanding.vectors import WordVectors, word_vectors
from models import texts
from models.stamp import stamp

NAMED_COPIES = 2  # copies of a wording with slots that have names in them
UNRELATED_QUESTIONS = 2_000  # public questions
MIN_KNOWN_COUNT, MIN_UNKNOWN_COUNT = 2, 8  # of words in the lexicon, and of others
RIDGE = 3e-6
ROUNDS = 80  # of L-BFGS; 150 gain .004

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lines:
    """Questions, as words, and the number of each one's topic, the last for none."""

    tokens: list[list[str]]
    topics: NDArray[np.intp]


def main() -> None:
    """Learn from all lines, and write the weights of each model."""
    for pack in ("", *packs()):
        path = file_of(pack)
        weights, scale, vector, constants = _rounded(train(word_vectors(), pack))
        words_of = "\n".join(vocabulary(lines(pack))).encode()
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                weights=weights,
                scale=scale,
                vector=vector.astype(np.float16),
                constants=constants,
                vocabulary=np.frombuffer(words_of, np.uint8),
                stamp=np.array(stamp("topics")),
            )
        print(f"{path.name}: {path.stat().st_size:,} bytes")


def model(vectors: WordVectors, pack: str = "") -> TopicModel:
    """The topic model as it would be with other word vectors."""
    words_of = "\n".join(vocabulary(lines(pack))).encode()
    numbers = _rounded(train(vectors, pack))
    return TopicModel(tuple(topics(pack)), *numbers, np.frombuffer(words_of, np.uint8), vectors)


def vocabulary(given: Lines) -> list[str]:
    """The words of wordings, the most frequent first; without typos, which are rare."""
    none = given.topics.max()
    pairs = zip(given.tokens, given.topics.tolist(), strict=True)
    counts = Counter(word for line, topic in pairs if topic != none for word in line)
    known = lexicon("en")
    return [
        word
        for word, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        if count >= MIN_UNKNOWN_COUNT or (count >= MIN_KNOWN_COUNT and word in known)
    ]


def lines(pack: str = "") -> Lines:
    """All training data, each text once for each topic."""
    rows = dict.fromkeys(_rows(pack))
    numbers = {topic: number for number, topic in enumerate([*topics(pack), ""])}
    return Lines([words(text) for _, text in rows], np.array([numbers[id] for id, _ in rows]))


def _rows(pack: str) -> Iterator[tuple[str, str]]:
    """Topic, "" for none, and text."""
    draw = random.Random(5)  # noqa: S311
    for topic, wordings in read_topics():
        for wording in wordings if topic.pack in ("", pack) else ():
            yield topic.id, texts.unnamed(wording)
            for _ in range(NAMED_COPIES if "{" in wording else 0):
                yield topic.id, texts.named(wording, draw)
    for topic_id, phrasing in texts.rows(texts.PACKS / f"{pack}.tsv.gz") if pack else ():
        if topic_id in topics(pack):
            yield topic_id, phrasing
    public = [text for _, _, text in texts.rows(texts.INTENTS)]
    for text in draw.sample(public, UNRELATED_QUESTIONS):
        yield "", text


def train(vectors: WordVectors, pack: str = "") -> tuple[Floats, Floats, Floats]:
    """The weights: of features, (BUCKETS, topics), of the vector, (size, topics), and biases."""
    given = lines(pack)
    x, v = _matrix(given.tokens), VECTOR_SCALE * vectors.texts(given.tokens)
    count, size = len(topics(pack)) + 1, v.shape[1]
    often = np.bincount(given.topics, minlength=count)
    share = (1 / np.sqrt(often))[given.topics]
    share = (share / share.sum()).astype(np.float32)
    columns, rows = x.T.tocsr(), np.arange(len(given.tokens))

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        by_word, by_vector, constants = _split(flat.astype(np.float32), size, count)
        scores = x @ by_word + v @ by_vector + constants
        powers = np.exp(scores - scores.max(1, keepdims=True))
        error = powers / powers.sum(1, keepdims=True)
        found = -float(share @ np.log(error[rows, given.topics] + 1e-12))
        found += RIDGE / 2 * float((by_word**2).sum() + (by_vector**2).sum())
        error[rows, given.topics] -= 1
        error *= share[:, None]
        slopes = (columns @ error + RIDGE * by_word, v.T @ error + RIDGE * by_vector, error.sum(0))
        return found, np.concatenate([slope.ravel() for slope in slopes]).astype(np.float64)

    start = np.zeros((BUCKETS + size + 1) * count)
    options = {"maxiter": ROUNDS, "maxcor": 5}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    return _split(found.x.astype(np.float32), size, count)


def _split(flat: Floats, size: int, count: int) -> tuple[Floats, Floats, Floats]:
    ends = np.cumsum([BUCKETS * count, size * count])
    by_word, by_vector, constants = np.split(flat, ends)
    return by_word.reshape(BUCKETS, count), by_vector.reshape(size, count), constants


def _matrix(tokens: Sequence[Sequence[str]]) -> csr_array:
    """(questions, BUCKETS): the features of each, scaled to length 1."""
    own = [feature_buckets(line) for line in tokens]
    sizes = [len(ids) for ids in own]
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes).astype(np.float32)
    ids = np.concatenate([np.array(ids, np.int64) for ids in own])
    return csr_array((values, ids, np.cumsum([0, *sizes])), (len(own), BUCKETS))


def _rounded(
    numbers: tuple[Floats, Floats, Floats],
) -> tuple[NDArray[np.int8], Floats, Floats, Floats]:
    """The weights as integers, and the scale of each column."""
    weights, vector, constants = numbers
    scale = np.abs(weights).max(0) / 127
    return np.round(weights / scale).astype(np.int8), scale, vector, constants


if __name__ == "__main__":
    main()

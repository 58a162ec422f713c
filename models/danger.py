"""Learns the danger classifier: how likely a message tells of somebody in danger.

    python -m models.danger

From messages written for faqbot by many voices (`sources/danger`), the safety cases of the tests,
the sample's questions, the visitors of made-up practices, and public questions, none of which tells
of danger.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array, hstack

from faqbot import knowledge
from faqbot.common.lexicon import lexicon
from faqbot.danger.classifier import (
    BUCKETS,
    FEATURE_SCALE,
    FILE,
    VECTOR_SCALE,
    message_features,
    word_features,
)
from faqbot.danger.concepts import ConceptFinder, phrases
from faqbot.danger.rules import in_context
from faqbot.knowledge.values import EMERGENCY, Role
from faqbot.quality.evaluation import read_questions
from faqbot.understanding.vectors import word_vectors
from models import texts
from models.folders import FURTHER, ROOT
from models.stamp import stamp

LINES = texts.SOURCES / "danger"
CASES = ROOT / "tests" / "cases" / "safety.jsonl"
RIDGE = 0.02
ROUNDS = 200  # of L-BFGS, at most
PUBLIC_WEIGHT, OWN_WEIGHT, SAMPLE_WEIGHT = 0.3, 1.0, 0.5  # weights of lines
RANDOM_LINES, NUMBERED_SHARE = 1_500, 0.3  # lines of random words; the share with a number
MIN_ZIPF, MIN_LETTERS = 3.0, 4  # of random words

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """A message, whether it tells of danger, and its weight."""

    text: str
    danger: bool
    weight: float


def main() -> None:
    """Learn from all lines, and write the weights."""
    weights, vector, constant = train(list(lines()))
    scale = np.float32(np.abs(weights).max() / 127)
    with FILE.open("wb") as file:
        np.savez_compressed(
            file,
            weights=np.round(weights / scale).astype(np.int8),
            scale=scale,
            vector=vector.astype(np.float32),
            constant=np.float32(constant),
            stamp=np.array(stamp("danger")),
        )
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")


def lines() -> Iterator[Line]:
    """All training data, each text once; of several labels the first counts."""
    found: dict[str, Line] = {}
    for line in [*_cases(), *_written(), *_sample(), *_visitors(), *_random_words(), *_public()]:
        found.setdefault(line.text.lower(), line)
    yield from found.values()


def _cases() -> Iterator[Line]:
    for row in CASES.read_text("utf-8").splitlines():
        case = json.loads(row)
        yield Line(case["question"], case["emergency"], OWN_WEIGHT)


def _written() -> Iterator[Line]:
    for file in sorted(LINES.glob("*.jsonl")):
        for row in file.read_text("utf-8").splitlines():
            yield Line(json.loads(row)["text"], file.stem == "danger", OWN_WEIGHT)


def _sample() -> Iterator[Line]:
    sample = knowledge.load(ROOT / "knowledge")
    for entry in sample.entries:
        if entry.role is not Role.EMERGENCY:
            for line in entry.lines:
                yield Line(line, danger=False, weight=SAMPLE_WEIGHT)
    for example in sample.examples:
        yield Line(example.question, EMERGENCY in example.accept, SAMPLE_WEIGHT)


def _visitors() -> Iterator[Line]:
    for file in sorted(FURTHER.glob("*/questions.jsonl")):
        for one in read_questions(file.read_text("utf-8").splitlines()):
            yield Line(one.question, EMERGENCY in one.accept, OWN_WEIGHT)


def _random_words() -> Iterator[Line]:
    """A few random English words that name no sign of danger, some with a number: "zebra 21"."""
    named = {w for phrase in phrases() for slot in phrase.slots for c in slot for w in c}
    common = [word for word in lexicon("en") if lexicon("en").zipf(word) >= MIN_ZIPF]
    calm = [word for word in common if word not in named and len(word) >= MIN_LETTERS]
    draw = random.Random(3)  # noqa: S311
    for _ in range(RANDOM_LINES):
        said = draw.sample(calm, draw.randint(1, 3))
        if draw.random() < NUMBERED_SHARE:
            said.append(str(draw.randint(1, 999)))
        yield Line(" ".join(said), danger=False, weight=OWN_WEIGHT)


def _public() -> Iterator[Line]:
    for text in texts.questions():
        yield Line(text, False, PUBLIC_WEIGHT)
    for labels in texts.labelled().values():
        for label in labels.values():
            for text in label:
                yield Line(text, False, PUBLIC_WEIGHT)


def train(given: Sequence[Line]) -> tuple[Floats, Floats, float]:
    """Weights of the features and of the vector, and the bias; deterministic."""
    x = rows([line.text for line in given])
    truth = np.array([1.0 if line.danger else -1.0 for line in given])
    weights = np.array([line.weight for line in given])

    def loss(values: Floats) -> tuple[float, Floats]:
        margin = truth * (x @ values[:-1] + values[-1])
        slope = -weights * truth / (1 + np.exp(np.clip(margin, -50, 50)))
        total = (weights * np.logaddexp(0, -margin)).sum() + RIDGE / 2 * (values[:-1] ** 2).sum()
        return total, np.append(x.T @ slope + RIDGE * values[:-1], slope.sum())

    start = np.zeros(x.shape[1] + 1)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}).x
    return best[:BUCKETS], best[BUCKETS:-1], float(best[-1])


def rows(given: Sequence[str]) -> csr_array:
    """The features and the vector of each text: shape (texts, BUCKETS + size)."""
    finder = ConceptFinder(phrases())
    ids: list[int] = []
    values: list[float] = []
    ends = [0]
    vectors = np.zeros((len(given), word_vectors().size), np.float32)
    for number, text in enumerate(given):
        message = in_context(finder.read(text))
        words = [token.text for token in message.tokens]
        own = message_features(message)
        own += (one for word in words for one in word_features(word))
        ids += own
        values += [FEATURE_SCALE / np.sqrt(len(own))] * len(own)
        ends.append(len(ids))
        vectors[number] = VECTOR_SCALE * word_vectors().text(words)
    features = csr_array((values, ids, ends), (len(given), BUCKETS))
    features.sum_duplicates()
    return hstack([features, csr_array(vectors)]).tocsr()


if __name__ == "__main__":
    main()

"""Learns the calibration: the probabilities of candidates, from many small practices.

    python -m models.calibration

A network with one hidden layer scores a question's candidates, and another "none of them"; the loss
is the cross entropy of the softmax over both. Where a question is out of scope, "none" is right,
and so is any entry that is for the office.

Cross-fitted: the evidence on a practice comes from word vectors that were not tuned on it, as those
that were find its questions too easy. Without this, decisions on a practice that faqbot had not
seen were .44 right and .81 resolved; with it, .47 and .87, with as many wrong ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from faqbot.understanding.calibration import CLIP, FILE, Calibration
from faqbot.understanding.evidence import COLUMNS, MAX_CANDIDATES, Candidates
from faqbot.understanding.topics import TopicModel
from models import topics
from models.folders import SAMPLE, Folder, made_up, sample, strangers, variants
from models.stamp import stamp
from models.vectors import Adam, without

GROUPS = 5
NETWORKS = 3  # whose probabilities are averaged
HIDDEN = 16
EPOCHS, BATCH, RATE = 60, 256, 3e-3
DECAY = 1e-3  # weight decay, for a step of size 1

Floats = NDArray[np.float32]
Truths = NDArray[np.bool_]
WIDTH = len(COLUMNS)


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """The evidence on a folder's questions; `k` is `MAX_CANDIDATES`, and fewer are padded."""

    columns: Floats  # (questions, k, WIDTH)
    taken: Truths  # (questions, k): whether there is a candidate
    right: Truths  # (questions, k + 1): whether it is right; the last is for "none"
    weight: float  # of all questions together


def main() -> None:
    """Learn from all folders, and write the weights."""
    found = train(training_sets())
    numbers = {name: getattr(found, name) for name in Calibration.__slots__}
    del numbers["correction"]
    with FILE.open("wb") as file:
        np.savez_compressed(file, stamp=np.array(stamp("calibration")), **numbers)
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")


def groups() -> list[frozenset[str]]:
    """The names of the strangers' practices and of the sample, in `GROUPS` groups."""
    names = [*(folder.name for folder in strangers()), SAMPLE]
    return [frozenset(names[start::GROUPS]) for start in range(GROUPS)]


def training_sets(unseen: frozenset[str] = frozenset()) -> list[TrainingSet]:
    """Those of all folders; `unseen`: one of `groups()`, of which nothing is used.

    To measure, word vectors are those that were tuned on none of the practices.
    """
    every = frozenset().union(*groups())
    own = list(strangers())
    practices = [*own, *(variant for folder in own for variant in variants(folder)), *sample()]
    found = [
        training_set(folder, every if unseen else group)
        for group in groups()
        if group != unseen
        for folder in practices
        if folder.name in group
    ]
    unseen_public = every if unseen else frozenset()
    return [*found, *(training_set(folder, unseen_public) for folder in made_up())]


@cache
def topic_model(names: frozenset[str], pack: str = "") -> TopicModel:
    """The topic model, with word vectors that were not tuned on these practices."""
    return topics.model(without(names), pack)


def training_set(folder: Folder, unseen: frozenset[str]) -> TrainingSet:
    """The evidence on a folder's questions; `unseen`: practices that nothing is tuned on."""
    candidates = Candidates(
        folder.entries,
        vectors=without(unseen),
        topics=topic_model(unseen, folder.pack),
    )
    found = [candidates.labelled(asked.text, asked.right) for asked in folder.questions]
    rows = [one for one in found if one]
    columns = np.zeros((len(rows), MAX_CANDIDATES, WIDTH), np.float32)
    taken = np.zeros((len(rows), MAX_CANDIDATES), bool)
    right = np.zeros((len(rows), MAX_CANDIDATES + 1), bool)
    for i, (own, truth) in enumerate(rows):
        columns[i, : len(own)], taken[i, : len(own)] = own, True
        right[i, : len(own)], right[i, -1] = truth[:-1], truth[-1]
    return TrainingSet(columns, taken, right, folder.weight)


def train(training_sets: Iterable[TrainingSet]) -> Calibration:
    """Learn from all of them; deterministic."""
    given = [one for one in training_sets if len(one.columns)]
    columns = np.concatenate([one.columns for one in given])
    taken = np.concatenate([one.taken for one in given])
    right = np.concatenate([one.right for one in given])
    weights = np.concatenate(
        [np.full(len(one.columns), one.weight / len(one.columns)) for one in given]
    )
    mean, spread = columns[taken].mean(0), columns[taken].std(0) + 1e-3
    scaled = np.clip((columns - mean) / spread, -CLIP, CLIP).astype(np.float32)
    networks = [
        _train(scaled, taken, right, weights / weights.mean(), seed) for seed in range(NETWORKS)
    ]
    hidden, output, none_hidden, none_output = (
        np.stack(parts).astype(np.float32) for parts in zip(*networks, strict=True)
    )
    none = np.zeros(WIDTH + 3, np.float32)
    return Calibration(mean, spread, hidden, output, none_hidden, none_output, none)


def _train(x: Floats, taken: Truths, right: Truths, weights: Floats, seed: int) -> list[Floats]:
    """The weights of a network, and of the one for "none"."""
    random = np.random.default_rng(seed)
    highest = np.where(taken[..., None], x, -1e9).max(1)
    summary = np.concatenate([highest, x[:, 0]], axis=1)
    parameters = [
        _first(random, x.shape[2] + 1, HIDDEN),
        _first(random, HIDDEN + 1),
        _first(random, summary.shape[1] + 1, HIDDEN),
        _first(random, HIDDEN + 1),
    ]
    optimizers = [Adam(one.shape) for one in parameters]
    for epoch in range(EPOCHS):
        rate = RATE * (1 - epoch / EPOCHS) + 1e-5
        order = random.permutation(len(x))
        for start in range(0, len(x), BATCH):
            own = order[start : start + BATCH]
            slopes = _slopes(parameters, x[own], summary[own], taken[own], right[own], weights[own])
            for one, slope, optimizer in zip(parameters, slopes, optimizers, strict=True):
                one -= optimizer.step(slope, rate) + rate * DECAY * one
    return parameters


def _first(random: np.random.Generator, *shape: int) -> Floats:
    """Uniform within 1 over the root of the number of inputs (LeCun)."""
    bound = 1 / np.sqrt(shape[0] - 1)
    return random.uniform(-bound, bound, shape).astype(np.float32)


def _slopes(
    parameters: Sequence[Floats],
    x: Floats,
    summary: Floats,
    taken: Truths,
    right: Truths,
    weights: Floats,
) -> list[Floats]:
    """The gradient of the weighted mean loss, by each of the parameters."""
    hidden, output, none_hidden, none_output = parameters
    units, scores = _forward(x, hidden, output)
    none_units, none = _forward(summary[:, None], none_hidden, none_output)
    scores = np.concatenate([np.where(taken, scores, -1e9), none], axis=1)
    error = _softmax(scores) - _softmax(np.where(right, scores, -1e9))
    error *= (weights / len(x))[:, None]
    return [
        *_backward(x, units, error[:, :-1] * taken, output),
        *_backward(summary[:, None], none_units, error[:, -1:], none_output),
    ]


def _forward(x: Floats, hidden: Floats, output: Floats) -> tuple[Floats, Floats]:
    units = np.maximum(x @ hidden[:-1] + hidden[-1], 0)
    return units, units @ output[:-1] + output[-1]


def _backward(x: Floats, units: Floats, error: Floats, output: Floats) -> tuple[Floats, Floats]:
    by_output = np.append(np.einsum("bk,bkh->h", error, units), error.sum())
    by_units = error[..., None] * output[:-1] * (units > 0)
    by_hidden = np.einsum("bkd,bkh->dh", x, by_units)
    return np.vstack([by_hidden, by_units.sum((0, 1))]), by_output


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(powers / powers.sum(-1, keepdims=True))


if __name__ == "__main__":
    main()

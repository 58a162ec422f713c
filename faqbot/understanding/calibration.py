"""The probabilities of candidates, trained on the evidence on many practices.

A few small networks give every candidate a score, and one score to "none of them"; their softmaxes
are averaged. The weights are trained by `make models` and hold for any practice. Where a practice
has examples of its own, `refine` fits a linear correction to them, much as Platt scaling does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faqbot.understanding.evidence import COLUMNS

FILE = Path(__file__).parent.parent / "common" / "en" / "calibration.npz"
CLIP = 5.0  # standard deviations from the mean at which columns are clipped
MIN_EXAMPLES = 100  # examples from which a correction can be learned
PRIOR = 4.0  # precision of the correction's weights, whose prior is Gaussian around 0
ROUNDS, STEP = 300, 0.05  # of Adam; the problem is convex, and settles within 200

# Set once for all practices, on those whose questions nothing was trained on: some 2 of 100
# answerable questions get a wrong answer, and at most 8 of 100 others any.
ANSWER_THRESHOLD = 0.68  # of an entry, to answer it
CHOICE_THRESHOLD = 0.07  # of all answers together, to offer choices
PHONE_ONLY_THRESHOLD = 0.7  # of an entry for the office, to name its question
TOPIC_THRESHOLD = 0.8  # of a topic, to take it for what was asked

Floats = NDArray[np.float32]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns evidence into probabilities. Shapes: n networks, c columns, h hidden units."""

    mean: Floats  # (c,): subtracted from each column
    spread: Floats  # (c,): divides it
    hidden: Floats  # (n, c + 1, h): weights of the hidden units; the last row is the biases
    output: Floats  # (n, h + 1): weights of a candidate's score; the last is the bias
    none_hidden: Floats  # (n, 2 c + 1, h): for "none", from the maxima and the first candidate
    none_output: Floats  # (n, h + 1)
    correction: Floats  # (c + 3,): a practice's own, see `refine`; zeros change nothing

    @classmethod
    def load(cls, file: Path = FILE) -> Calibration:
        """Read the weights from the file that `make models` writes."""
        with np.load(file, allow_pickle=False) as arrays:
            numbers = {name: arrays[name] for name in cls.__slots__ if name != "correction"}
        return cls(**numbers, correction=np.zeros(len(COLUMNS) + 3, np.float32))

    def probabilities(self, columns: Floats) -> Floats:
        """The probability of each candidate: shape (candidates,); 1 minus their sum is for none.

        `columns`: the evidence, (candidates, c), in the order of `Candidates.find`.
        """
        scaled = self._scaled(columns)
        return np.asarray(_corrected(self._network(scaled), scaled, self.correction)[:-1])

    def refine(self, examples: Sequence[tuple[Floats, Truths]]) -> Calibration:
        """The calibration for a practice, from its examples; the same where they are too few.

        Examples are evidence, and which candidates, and last none, are right. With p for a shipped
        probability and w for the correction, a candidate's score becomes (1 + w[0]) log p plus its
        scaled columns times w[1:-2]; that of none (1 + w[-2]) log p + w[-1]. Fitted by maximum a
        posteriori.
        """
        if len(examples) < MIN_EXAMPLES:
            return self
        scaled = [(self._scaled(columns), right) for columns, right in examples]
        return replace(self, correction=_fit([(self._network(x), x, r) for x, r in scaled]))

    def _scaled(self, columns: Floats) -> Floats:
        return np.asarray(np.clip((columns - self.mean) / self.spread, -CLIP, CLIP))

    def _network(self, scaled: Floats) -> Floats:
        """The probabilities of candidates and last of none, without a correction."""
        scores = _forward(scaled, self.hidden, self.output)
        summary = np.concatenate([scaled.max(0), scaled[0]])[None]
        none = _forward(summary, self.none_hidden, self.none_output)
        return np.asarray(_softmax(np.concatenate([scores, none], axis=1)).mean(0))


def _forward(x: Floats, hidden: Floats, output: Floats) -> Floats:
    """The outputs, (n, rows), of n networks with one hidden layer (ReLU) for (rows, columns)."""
    units = np.maximum(x @ hidden[:, :-1] + hidden[:, -1:], 0)
    return np.asarray((units @ output[:, :-1, None])[..., 0] + output[:, -1:])


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(powers / powers.sum(-1, keepdims=True))


def _design(probabilities: Floats, scaled: Floats) -> tuple[Floats, Floats]:
    """Scores without a correction, (k + 1,), and what it is multiplied by, (k + 1, c + 3)."""
    logs = np.log(np.maximum(probabilities, 1e-6))
    rows = np.zeros((len(logs), scaled.shape[1] + 3), np.float32)
    rows[:-1, 0] = logs[:-1]
    rows[:-1, 1:-2] = scaled
    rows[-1, -2:] = logs[-1], 1
    return logs, rows


def _corrected(probabilities: Floats, scaled: Floats, correction: Floats) -> Floats:
    if not correction.any():
        return probabilities
    logs, rows = _design(probabilities, scaled)
    return _softmax(logs + rows @ correction)


def _fit(examples: Sequence[tuple[Floats, Floats, Truths]]) -> Floats:
    """The correction with the highest posterior, by Adam (Kingma and Ba, 2015).

    `examples`: shipped probabilities, scaled columns, and what is right.
    """
    most = max(len(p) for p, _, _ in examples)
    width = examples[0][1].shape[1] + 3
    logs = np.full((len(examples), most), -1e9)
    rows = np.zeros((len(examples), most, width))
    right = np.zeros((len(examples), most), bool)
    for i, (probabilities, scaled, truth) in enumerate(examples):
        k = len(probabilities)
        logs[i, :k], rows[i, :k] = _design(probabilities, scaled)
        right[i, :k] = truth
    found, first, second = np.zeros(width), np.zeros(width), np.zeros(width)
    for step in range(1, ROUNDS + 1):
        scores = logs + rows @ found
        error = _softmax(scores) - _softmax(np.where(right, scores, -1e9))
        slope = np.einsum("ik,ikw->w", error, rows) + PRIOR * found
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        scale = np.sqrt(second / (1 - 0.999**step)) + 1e-8
        found -= STEP * (first / (1 - 0.9**step)) / scale
    return found.astype(np.float32)


@cache
def calibration() -> Calibration:
    """The calibration that faqbot ships, read once a process."""
    return Calibration.load()

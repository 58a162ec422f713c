"""How sure a match is: probabilities of the candidates, learnt from the evidence on many practices.

Each of a few small networks gives every candidate a score, and one score to "none of them"; their
softmaxes are averaged. The numbers are learnt by `make models` and hold for any practice. Where a
practice has examples of its own, `refine` fits a linear correction to them.
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
FARTHEST = 5.0  # standard deviations; what lies beyond counts as this
FEWEST = 100  # examples from which something can be learnt
PRIOR = 4.0  # of the correction: how many examples' worth it takes to move a weight by 1
ROUNDS, STEP = 300, 0.05  # of Adam; the correction is convex, and settles within 200

# Set once for all practices, on those whose questions nothing was learnt from: some 2 of 100
# answerable questions get a wrong answer, and at most 8 of 100 others any.
ANSWER = 0.68  # the probability from which an entry is answered
CHOICE = 0.07  # the probability of all answers together from which choices are offered
OFFICE = 0.7  # the probability from which a reply says which topic it is for the office

Floats = NDArray[np.float32]
Lesson = tuple[Floats, NDArray[np.bool_]]  # evidence; whether each candidate, and none, is right


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns evidence into probabilities. Shapes: n networks, c columns, h hidden units."""

    mean: Floats  # (c,): what is subtracted from each column
    spread: Floats  # (c,): what each is divided by
    hidden: Floats  # (n, c + 1, h): weights of the hidden units, the last row constants
    output: Floats  # (n, h + 1): weights of a candidate's score, the last a constant
    none_hidden: Floats  # (n, 2 c + 1, h): the same for "none", from the highest and the first
    none_output: Floats  # (n, h + 1)
    correction: Floats  # (c + 3,): a practice's own, see `refine`; zeros leave it as it is

    @classmethod
    def load(cls, file: Path = FILE) -> Calibration:
        """Read the numbers from the file that `make models` writes."""
        with np.load(file, allow_pickle=False) as arrays:
            numbers = {name: arrays[name] for name in cls.__slots__ if name != "correction"}
        return cls(**numbers, correction=np.zeros(len(COLUMNS) + 3, np.float32))

    def of(self, columns: Floats) -> Floats:
        """The probability of each candidate, likeliest first by the matcher: shape (candidates,).

        `columns`: the evidence, (candidates, c). The probabilities add up to 1 with that of none.
        """
        scaled = self._scaled(columns)
        return np.asarray(_corrected(self._network(scaled), scaled, self.correction)[:-1])

    def refine(self, examples: Sequence[Lesson]) -> Calibration:
        """The calibration for a practice, from its examples; the same where they are too few.

        A score becomes the logarithm of the shipped probability times (1 + the first number of the
        correction), plus the columns by its numbers; that of none has a number of its own for each.
        Fitted by maximum likelihood with a Gaussian prior around no correction.
        """
        if len(examples) < FEWEST:
            return self
        scaled = [self._scaled(columns) for columns, _ in examples]
        return replace(
            self,
            correction=_fit(
                [
                    (self._network(x), x, right)
                    for x, (_, right) in zip(scaled, examples, strict=True)
                ]
            ),
        )

    def _scaled(self, columns: Floats) -> Floats:
        return np.asarray(np.clip((columns - self.mean) / self.spread, -FARTHEST, FARTHEST))

    def _network(self, scaled: Floats) -> Floats:
        """The probabilities of candidates and, last, of none."""
        scores = _forward(scaled, self.hidden, self.output)
        summary = np.concatenate([scaled.max(0), scaled[0]])[None]
        none = _forward(summary, self.none_hidden, self.none_output)
        return np.asarray(_softmax(np.concatenate([scores, none], axis=1)).mean(0))


def _forward(x: Floats, hidden: Floats, output: Floats) -> Floats:
    """(rows, columns) through n networks of one hidden layer: (n, rows)."""
    units = np.maximum(x @ hidden[:, :-1] + hidden[:, -1:], 0)
    return np.asarray((units @ output[:, :-1, None])[..., 0] + output[:, -1:])


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(powers / powers.sum(-1, keepdims=True))


def _design(probabilities: Floats, scaled: Floats) -> tuple[Floats, Floats]:
    """Scores without a correction, (k + 1,), and what the correction's numbers multiply."""
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


def _fit(given: Sequence[tuple[Floats, Floats, NDArray[np.bool_]]]) -> Floats:
    most = max(len(p) for p, _, _ in given)
    width = given[0][1].shape[1] + 3
    logs = np.full((len(given), most), -1e9)
    rows = np.zeros((len(given), most, width))
    right = np.zeros((len(given), most), bool)
    for i, (probabilities, scaled, truth) in enumerate(given):
        k = len(probabilities)
        logs[i, :k], rows[i, :k] = _design(probabilities, scaled)
        right[i, :k] = truth
    found, first, second = np.zeros(width), np.zeros(width), np.zeros(width)
    for step in range(1, ROUNDS + 1):
        scores = logs + rows @ found
        all_of = _softmax(scores)
        good = _softmax(np.where(right, scores, -1e9))
        slope = np.einsum("ik,ikw->w", all_of - good, rows) + PRIOR * found
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        scale = np.sqrt(second / (1 - 0.999**step)) + 1e-8
        found -= STEP * (first / (1 - 0.9**step)) / scale
    return found.astype(np.float32)


@cache
def calibration() -> Calibration:
    """The numbers that faqbot ships, read once a process."""
    return Calibration.load()

"""What the figures mean: lines, guesses, and the measures that need no threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """What a visitor typed, and the labels of which any is right; none where it is out of scope."""

    text: str
    accept: frozenset[str]


@dataclass(frozen=True, slots=True)
class Guess:
    """A system's label and score for a line; no label where it calls the line out of scope."""

    label: str | None
    score: float


@dataclass(frozen=True, slots=True)
class Curve:
    """For each threshold, from the highest down, what is above it; both begin at 0.

    `right`: the share of in-scope lines that are above and labelled right (CCR).
    `false`: the share of out-of-scope lines that are above (FPR).
    """

    right: Floats
    false: Floats


def curve(lines: Sequence[Line], guesses: Sequence[Guess]) -> Curve:
    """Lines that the system itself called out of scope stand below every other."""
    scores = _scores(guesses)
    inside = np.array([bool(line.accept) for line in lines])
    right = _right(lines, guesses)
    thresholds = np.unique(scores)[::-1]
    above = [scores >= threshold for threshold in thresholds]
    return Curve(
        np.array([0.0, *((right & a).sum() / inside.sum() for a in above)]),
        np.array([0.0, *((~inside & a).sum() / (~inside).sum() for a in above)]),
    )


def oscr(lines: Sequence[Line], guesses: Sequence[Guess]) -> float:
    """The area under CCR over FPR, from 0 to 1 (Dhamija et al., 2018); nan without both kinds."""
    if not _both_kinds(lines):
        return math.nan
    points = curve(lines, guesses)
    return float(np.trapezoid(points.right, points.false))


def top1(lines: Sequence[Line], guesses: Sequence[Guess]) -> float:
    """The share of in-scope lines whose label is right."""
    inside = sum(bool(line.accept) for line in lines)
    return float(_right(lines, guesses).sum() / inside) if inside else math.nan


def auroc(lines: Sequence[Line], guesses: Sequence[Guess]) -> float:
    """How often an in-scope line scores above one that is out of scope; ties count half."""
    if not _both_kinds(lines):
        return math.nan
    scores = _scores(guesses)
    inside = np.array([bool(line.accept) for line in lines])
    above, below = scores[inside][:, None], scores[~inside][None, :]
    return float((above > below).mean() + (above == below).mean() / 2)


@dataclass(frozen=True, slots=True)
class Bin:
    """Guesses whose stated probability is about the same."""

    count: int
    stated: float  # the mean probability
    right: float  # the share that is right


def reliability(stated: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """Guesses in bins of equal width by stated probability; empty bins are left out."""
    probabilities = np.asarray(stated)
    hits = np.asarray(right, float)
    places = np.minimum((probabilities * bins).astype(int), bins - 1)
    return [
        Bin(int(own.sum()), float(probabilities[own].mean()), float(hits[own].mean()))
        for own in (places == place for place in range(bins))
        if own.any()
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """How far the stated probability is from the share right, on average (ECE)."""
    return sum(b.count * abs(b.stated - b.right) for b in bins) / sum(b.count for b in bins)


def _both_kinds(lines: Sequence[Line]) -> bool:
    return len({bool(line.accept) for line in lines}) > 1


def _right(lines: Sequence[Line], guesses: Sequence[Guess]) -> NDArray[np.bool_]:
    pairs = zip(lines, guesses, strict=True)
    return np.array([guess.label in line.accept for line, guess in pairs], bool)


def _scores(guesses: Sequence[Guess]) -> Floats:
    return np.array([-math.inf if g.label is None else g.score for g in guesses])

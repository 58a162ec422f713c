"""How sure a match is: a probability, and the levels from which it is an answer or a choice.

Both are learnt when the knowledge is loaded, from its own examples: visitors' questions with the
replies that are right for them, which are no phrasings. Where there are too few, phrasings that
are left out of a second matcher stand in for visitors; they are much unlike the rest of their
entry, since people who write phrasings try not to repeat themselves, and so the levels come out
stricter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faqbot.matching import Match, Matcher

WRONG = 0.01  # the share of all questions that may get a wrong direct answer
MISSED = 0.03  # the share of answerable questions that may get the phone instead of a choice
FALSE_ALARMS = 0.005  # the share of harmless questions that may ring by likeness alone
LOWEST_ALARM = 0.15  # the probability below which likeness alone never rings
FEWEST_ALARMS = 30  # emergencies from which something can be learnt
FEWEST = 100  # questions from which something can be learnt
NEARER = 0.06  # the likeness by which another entry's phrasing must be nearer to be a rival
LOWEST = 0.5  # the probability below which nothing is answered directly
RIVAL = 0.95  # the share of the best probability from which another entry makes it a choice
LEAVE_OUT = 10  # every tenth phrasing
SMOOTHING = 1.0  # of the logistic regression
ROUNDS = 30  # of Newton's method; it settles within ten

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """A question whose right entries are known, and the matches it got, best first."""

    matches: Sequence[Match]
    right: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Confidence:
    """Turns what speaks for a match into the probability that it is right.

    The values here are for knowledge from which nothing can be learnt. They go by the matcher's
    score alone, which on other people's data (HINT3) tells best what nobody has written down.
    """

    weights: tuple[float, ...] = (4.0, 0.0, 0.0, 0.0, -2.0)  # of `_evidence`, and a constant
    answer: float = 0.9  # the probability from which a match is answered directly
    choice: float = 0.4  # the probability from which it is offered as a choice

    def of(self, match: Match) -> float:
        """The probability, from 0 to 1."""
        return 1.0 if match.exact else _logistic(self.weights, _evidence(match))

    def is_answer(self, sure: Sequence[float], nearness: Sequence[float] = ()) -> bool:
        """Whether the first of some entries is a direct answer; the surest comes first.

        `sure`: the probability of each; `nearness`: the likeness of the nearest phrasing of each.
        """
        return bool(sure) and sure[0] >= self.answer and _clear(sure, nearness)


def _evidence(match: Match) -> tuple[float, ...]:
    return (match.score, match.lead, match.coverage, match.gap)


def _logistic(weights: Sequence[float], values: Sequence[float]) -> float:
    """The probability that a logistic regression gives; the last weight is its constant."""
    x = math.fsum(w * v for w, v in zip(weights, (*values, 1.0), strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))


@dataclass(frozen=True, slots=True)
class Caution:
    """Turns the likeness to what people in danger have typed into the probability of danger."""

    weights: tuple[float, ...] = (4.0, 8.0, 1.0, -7.0)  # of `_signs`, and a constant
    level: float = 0.5  # the probability from which the visitor is told to call for help

    def of(self, match: Match) -> float:
        """The probability, from 0 to 1; `match`: of the emergencies' phrasings, taken as one."""
        return 1.0 if match.exact else _logistic(self.weights, _signs(match))


def _signs(match: Match) -> tuple[float, ...]:
    return (match.vote, match.nearness, match.coverage)


def learn_caution(
    danger: Sequence[Match], harmless: Sequence[Match], look_alikes: Sequence[Match]
) -> Caution:
    """Learn from all three; the level is set by the `harmless`, which are as visitors' are."""
    if len(danger) < FEWEST_ALARMS or len(harmless) < FEWEST:
        return Caution()
    every = np.array([_signs(match) for match in (*danger, *harmless, *look_alikes)])
    truth = np.zeros(len(every))
    truth[: len(danger)] = 1
    weigh = Caution(_logistic_regression(every, truth))
    level = np.quantile([weigh.of(match) for match in harmless], 1 - FALSE_ALARMS)
    return Caution(weigh.weights, max(LOWEST_ALARM, float(level) + 1e-9))


def learn(
    trials: Sequence[Trial], answerable: Callable[[str], bool], by_score: bool = False
) -> Confidence:
    """Learn from questions and their matches; `answerable(id)` tells entries with an answer.

    By the matcher's score alone where the trials are phrasings, which are too unlike visitors'
    questions to weigh one sign against another; by all signs but the score where they are not.
    """
    trials = [trial for trial in trials if trial.matches and not trial.matches[0].exact]
    usable = [trial for trial in trials if answerable(trial.matches[0].id)]
    right = np.array([trial.right(trial.matches[0].id) for trial in usable], float)
    if len(usable) < FEWEST or right.all() or not right.any():
        return Confidence()
    evidence = np.array([_evidence(trial.matches[0]) for trial in usable])
    evidence[:, slice(1, None) if by_score else 0] = 0
    weigh = Confidence(_logistic_regression(evidence, right))
    found = [
        weigh.of(match)
        for trial in usable
        for match in trial.matches[:3]
        if answerable(match.id) and trial.right(match.id)
    ]
    best = [sorted(trial.matches, key=weigh.of, reverse=True) for trial in trials]
    direct = [
        (weigh.of(ranked[0]), trial.right(ranked[0].id))
        for trial, ranked in zip(trials, best, strict=True)
        if answerable(ranked[0].id)
        and _clear([weigh.of(match) for match in ranked], [match.nearness for match in ranked])
    ]
    answer = _answer_level(direct, WRONG * len(trials))
    return Confidence(weigh.weights, answer, float(np.quantile(found, MISSED)))


def _clear(sure: Sequence[float], nearness: Sequence[float]) -> bool:
    """Whether the first entry has no rival, by probability or by a phrasing that is nearer.

    An exact phrasing never has one. On 900 questions the nearer phrasing takes the direct answer
    from 5 of 9 wrong ones, and from 3 in 100 right ones, which become choices.
    """
    if sure[0] == 1 or len(sure) == 1:
        return True
    nearer = max(nearness[1:], default=0) > nearness[0] + NEARER if nearness else False
    return sure[1] < RIVAL * sure[0] and not nearer


def _answer_level(direct: Sequence[tuple[float, bool]], most: float) -> float:
    """The lowest probability, `LOWEST` at the least, with at `most` so many wrong from it up."""
    wrong = [sure for sure, right in direct if not right]
    fine = [sure for sure, _ in direct if sum(other >= sure for other in wrong) <= most]
    return max(LOWEST, min(fine, default=1.0))


def left_out(
    phrasings: Sequence[str], labels: Sequence[str], synonyms: Sequence[Sequence[str]]
) -> list[Trial]:
    """Trials of every tenth phrasing of an entry with a matcher that does not know it."""
    seen = dict.fromkeys(labels, 0)
    kept: list[int] = []
    held: list[int] = []
    for i, label in enumerate(labels):
        seen[label] += 1
        (kept if seen[label] % LEAVE_OUT else held).append(i)
    if len(held) < FEWEST:
        return []
    part = Matcher([phrasings[i] for i in kept], [labels[i] for i in kept], synonyms)
    return [Trial(part.rank(phrasings[i]), labels[i].__eq__) for i in held]


def _logistic_regression(evidence: Floats, right: Floats) -> tuple[float, ...]:
    """Weights and constant of the smoothed logistic regression, by Newton's method."""
    middle, spread = evidence.mean(0), evidence.std(0) + 1e-9
    x = np.column_stack([(evidence - middle) / spread, np.ones(len(evidence))])
    smoothing = SMOOTHING * np.diag([1.0] * evidence.shape[1] + [1e-6])
    w = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        slope = x.T @ (p - right) + smoothing @ w
        w -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + smoothing, slope)
    scaled = w[:-1] / spread
    return (*scaled.tolist(), float(w[-1] - middle @ scaled))

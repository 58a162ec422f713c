"""`Watch`: looks for danger in what a visitor typed, before anything is answered."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faqbot.knowledge import Knowledge, Role
from faqbot.safety import Alarm, Screen
from faqbot.text import sentences
from faqbot.understanding.features import stem
from faqbot.understanding.phrasings import EXACT, Phrasings

DANGER = "emergency"  # also in what examples accept
HELD_OUT = 3  # of so many look-alikes, one is kept for learning the caution
OTHERS = 2  # of so many phrasings of other entries, one is enough to tell danger from
FALSE_ALARMS = 0.005  # the share of harmless questions that may ring by likeness alone
LOWEST_ALARM = 0.15  # the probability below which likeness alone never rings
FEWEST_ALARMS = 30  # emergencies from which something can be learnt
FEWEST = 100  # questions from which something can be learnt
SMOOTHING = 1.0  # of the logistic regression
ROUNDS = 30  # of Newton's method; it settles within ten

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a text is to what people in danger have typed."""

    vote: float  # from about -1 to 1
    nearness: float  # from 0 to about 1: of the nearest line
    coverage: float  # from 0 to 1: the share of the text's words, by weight, that they know
    line: str  # the nearest

    @property
    def signs(self) -> tuple[float, float, float]:
        """What the caution weighs."""
        return (self.vote, self.nearness, self.coverage)


@dataclass(frozen=True, slots=True)
class Caution:
    """Turns likeness into the probability of danger."""

    weights: tuple[float, ...] = (4.0, 8.0, 1.0, -7.0)  # of the signs, and a constant
    level: float = 0.5  # the probability from which the visitor is told to call for help

    def of(self, likeness: Likeness) -> float:
        """The probability, from 0 to 1."""
        if likeness.nearness > EXACT:
            return 1.0
        x = math.fsum(w * v for w, v in zip(self.weights, (*likeness.signs, 1.0), strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))


class Watch:
    """Joins the rules, which know concepts, with likeness to what people in danger have typed.

    Either is enough: the rules do not know every wording, and likeness sees only wordings.
    """

    def __init__(self, knowledge: Knowledge, like: Watch | None = None) -> None:
        """`like`: an earlier watch, whose lines are taken over where they are the same."""
        entries = [e for e in knowledge.entries if e.role is Role.EMERGENCY]
        self._screen = Screen(entries)
        self._entry_of = {line: entry.id for entry in entries for line in entry.lines}
        self._lines: Phrasings | None = None
        self._known: frozenset[str] = frozenset()  # the stems of the emergencies' lines
        self.caution = Caution()
        self._given: tuple[object, ...] = ()
        if entries:
            self._prepare(knowledge, like)

    def alarm(self, text: str) -> Alarm | None:
        """The emergency in the text, or in one of its sentences, if there is one."""
        parts = list(dict.fromkeys([text, *sentences(text)]))
        rung = next(filter(None, map(self._screen.check, parts)), None)
        return rung or next(filter(None, map(self._by_likeness, parts)), None)

    def _by_likeness(self, text: str) -> Alarm | None:
        likeness = self.likeness(text)
        if likeness is None or self.caution.of(likeness) < self.caution.level:
            return None
        near = likeness.line
        return Alarm(self._entry_of[near], f"it is like “{near}”", self._screen.language(text))

    def _prepare(self, knowledge: Knowledge, like: Watch | None) -> None:
        others = [e for e in knowledge.entries if e.role not in (Role.EMERGENCY, Role.LOOK_ALIKE)]
        alike = [
            line for e in knowledge.entries if e.role is Role.LOOK_ALIKE for line in e.phrasings
        ]
        seen = [line for i, line in enumerate(alike) if i % HELD_OUT]
        harmless = [line for entry in others for line in entry.lines][::OTHERS] + seen
        examples = [(e.question, DANGER in e.accept) for e in knowledge.examples]
        self._given = (list(self._entry_of), harmless, alike, knowledge.synonyms, examples)
        if like and like._given == self._given:
            self._lines, self._known, self.caution = like._lines, like._known, like.caution
            return
        self._lines = lines = Phrasings([list(self._entry_of), harmless], knowledge.synonyms)
        own = lines.tokens[lines.own(0)]
        self._known = frozenset(stem(token) for tokens in own for token in tokens)
        self.caution = learn_caution(
            danger=self._likenesses(text for text, in_danger in examples if in_danger),
            harmless=self._likenesses(text for text, in_danger in examples if not in_danger),
            look_alikes=self._likenesses(alike[::HELD_OUT]),
        )

    def _likenesses(self, texts: Iterable[str]) -> list[Likeness]:
        return [found for found in map(self.likeness, texts) if found]

    def likeness(self, text: str) -> Likeness | None:
        """How like the text is to the emergencies' lines; None where it is not at all."""
        if self._lines is None:
            return None
        question = self._lines.read(text)
        ballot = self._lines.ask(question)
        own = ballot.likeness.words[self._lines.own(0)]
        nearness = float(own.max())
        if not question.tokens or nearness <= 0 or ballot.votes[0] <= -1:
            return None
        return Likeness(
            vote=float(ballot.votes[0]),
            nearness=nearness,
            coverage=self._coverage(self._lines, question.tokens),
            line=self._lines.lines[int(own.argmax())],
        )

    def _coverage(self, lines: Phrasings, tokens: Sequence[str]) -> float:
        stems = [stem(token) for token in tokens]
        weights = [(stemmed, lines.features.weight(stemmed)) for stemmed in stems]
        known = math.fsum(weight for stemmed, weight in weights if stemmed in self._known)
        return known / (math.fsum(weight for _, weight in weights) or 1.0)


def learn_caution(
    danger: Sequence[Likeness], harmless: Sequence[Likeness], look_alikes: Sequence[Likeness]
) -> Caution:
    """Learn from all three; the level is set by the `harmless`, which are as visitors' are."""
    if len(danger) < FEWEST_ALARMS or len(harmless) < FEWEST:
        return Caution()
    every = np.array([likeness.signs for likeness in (*danger, *harmless, *look_alikes)])
    truth = np.zeros(len(every))
    truth[: len(danger)] = 1
    weigh = Caution(_logistic_regression(every, truth))
    level = np.quantile([weigh.of(likeness) for likeness in harmless], 1 - FALSE_ALARMS)
    return Caution(weigh.weights, max(LOWEST_ALARM, float(level) + 1e-9))


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

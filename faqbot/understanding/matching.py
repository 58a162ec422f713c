"""`Matcher`: ranks the entries that a question may mean, each with its probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faqbot.knowledge import Entry
from faqbot.understanding.calibration import Calibration, calibration
from faqbot.understanding.evidence import COLUMNS, Evidence, Witness
from faqbot.understanding.features import stem
from faqbot.understanding.phrasings import EXACT, Phrasings
from faqbot.understanding.vectors import word_vectors

COVERAGE = COLUMNS.index("coverage")


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a question may mean."""

    id: str
    probability: float  # that it is meant, from 0 to 1
    coverage: float  # from 0 to 1: the share of the question's words, by weight, that it knows
    phrasing: str  # the nearest phrasing
    exact: bool = False  # whether the question is that phrasing, word forms aside


class Matcher:
    """Understands the questions of one practice; safe to use from several threads."""

    def __init__(
        self, entries: Sequence[Entry], synonyms: Sequence[Sequence[str]] = ()
    ) -> None:
        """At least one entry."""
        vectors = word_vectors()
        self.entries = tuple(entry.id for entry in entries)
        self._numbers = {entry: number for number, entry in enumerate(self.entries)}
        self.phrasings = Phrasings([entry.lines for entry in entries], synonyms, vectors)
        self._witness = Witness(entries, self.phrasings, vectors)
        self.calibration: Calibration = calibration()

    def rank(self, text: str, top: int = 5) -> list[Match]:
        """The `top` entries for a text, surest first; none for a text without words."""
        found = self.evidence(text)
        if found is None:
            return []
        exact = found.likeness > EXACT
        sure = np.where(exact, 1.0, self.calibration.of(found.columns))
        order = np.lexsort((-sure, ~exact))[:top]
        return [
            Match(
                id=self.entries[found.entries[i]],
                probability=float(sure[i]),
                coverage=float(found.columns[i, COVERAGE]),
                phrasing=self.phrasings.lines[found.nearest[i]],
                exact=bool(exact[i]),
            )
            for i in order.tolist()
        ]

    def evidence(self, text: str) -> Evidence | None:
        """What speaks for the likeliest entries; None for a text without words."""
        question = self.phrasings.read(text)
        if not question.tokens:
            return None
        return self._witness.gather(question, self.phrasings.ask(question))

    def refine(self, examples: Sequence[tuple[str, NDArray[np.bool_]]]) -> None:
        """Fit the probabilities to a practice's own examples."""

    def shared(self, text: str, entry: str) -> list[str]:
        """The stems of the text that are in the entry's phrasings."""
        number = self._numbers[entry]
        stems = map(stem, self.phrasings.features.tokens(text))
        return [stemmed for stemmed in stems if self._witness.knows(stemmed, number)]

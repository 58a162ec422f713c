"""`Matcher`: ranks the entries that a question may mean, each with its probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from faqbot.knowledge import Entry
from faqbot.understanding.calibration import Calibration, calibration
from faqbot.understanding.candidates import Candidates
from faqbot.understanding.evidence import COLUMNS, Evidence
from faqbot.understanding.features import Features
from faqbot.understanding.phrasings import EXACT

COVERAGE = COLUMNS.index("coverage")
SCORE = COLUMNS.index("vote times likeness")
UNKNOWN, SOFT_UNKNOWN = COLUMNS.index("unknown"), COLUMNS.index("soft unknown")
PHRASINGS = COLUMNS.index("phrasings")
MANY = log(12)  # phrasings, from which an entry can be expected to have most words
FOREIGN = 0.3  # of a question's words, by weight, that no entry has
STRANGE = 0.55  # of words that no entry has: from here on none of like meaning is there either


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a question may mean."""

    id: str
    probability: float  # that it is meant, from 0 to 1
    score: float  # from 0 up: vote + 1 times likeness; compares questions, as no rival lowers it
    coverage: float  # from 0 to 1: the share of the question's words, by weight, that it knows
    phrasing: str  # the nearest phrasing
    exact: bool = False  # whether the question is that phrasing, word forms aside
    foreign: bool = False  # whether a word is missing that so many phrasings would have, see below


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a text may mean: entries and topics, each likeliest first."""

    matches: tuple[Match, ...] = ()
    topics: tuple[tuple[str, float], ...] = ()  # ids, with their probabilities


class Matcher:
    """Understands the questions of one practice; safe to use from several threads."""

    def __init__(
        self,
        entries: Sequence[Entry],
        synonyms: Sequence[Sequence[str]] = (),
        examples: Sequence[tuple[str, frozenset[str]]] = (),
        like: Matcher | None = None,
        pack: str = "",
    ) -> None:
        """At least one entry.

        `examples`: the practice's own questions, each with the ids that are right for it; `like`:
        an earlier matcher, from which what is the same need not be learnt again; `pack`: that of
        the practice's pages.
        """
        self.candidates: Candidates = Candidates(
            entries, synonyms, like.candidates if like else None, pack
        )
        lessons = [self.candidates.lesson(text, right) for text, right in examples]
        self.calibration: Calibration = calibration().refine([one for one in lessons if one])

    @property
    def phrasings(self) -> tuple[str, ...]:
        """All phrasings, entry by entry."""
        return self.candidates.phrasings.lines

    @property
    def features(self) -> Features:
        """How texts are read and weighed."""
        return self.candidates.phrasings.features

    def shared(self, text: str, entry: str) -> list[str]:
        """The stems of the text that are in the entry's phrasings, answer or quotes."""
        return self.candidates.shared(text, entry)

    def rank(self, text: str, top: int = 5) -> Ranking:
        """The `top` entries and topics for a text; none of either for a text without words.

        There are no entries where nothing in the text is known to any.
        """
        found = self.candidates.find(text)
        if found is None:
            return Ranking()
        ids = self.candidates.claims.ids
        likeliest = np.argsort(-found.topics[:-1], kind="stable")[:top]
        topics = tuple((ids[i], float(found.topics[i])) for i in likeliest.tolist())
        return Ranking(() if _is_strange(found) else self._matches(found, top), topics)

    def _matches(self, found: Evidence, top: int) -> tuple[Match, ...]:
        exact = found.likeness > EXACT
        sure = np.where(exact, 1.0, self.calibration.of(found.columns))
        order = np.argsort(-sure, kind="stable")[:top]
        return tuple(
            Match(
                id=self.candidates.entries[found.entries[i]],
                probability=float(sure[i]),
                score=float(found.columns[i, SCORE]),
                coverage=float(found.columns[i, COVERAGE]),
                phrasing=self.phrasings[found.nearest[i]],
                exact=bool(exact[i]),
                foreign=not exact[i] and _is_foreign(found, i),
            )
            for i in order.tolist()
        )


def _is_foreign(found: Evidence, candidate: int) -> bool:
    """Whether the question has what an entry with many phrasings would have, and does not.

    "Wheezing after kyphoplasty normal?" is much like "what is normal after kyphoplasty". On the
    sample's tuning questions this takes the answer from 9 wrong ones and from 1 right one.
    """
    unknown, phrasings = found.columns[candidate, [UNKNOWN, PHRASINGS]]
    return bool(phrasings >= MANY and unknown >= FOREIGN)


def _is_strange(found: Evidence) -> bool:
    """Whether the practice has none of a text's words, nor any of like meaning: "asdf"."""
    unknown, soft = found.columns[0, UNKNOWN], found.columns[0, SOFT_UNKNOWN]
    return bool(unknown > 0.999 and soft > STRANGE)

"""The entries that a text may mean, with the evidence for and against each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from faqbot.knowledge import Entry
from faqbot.understanding.calibration import Lesson
from faqbot.understanding.claims import Claims
from faqbot.understanding.evidence import Evidence, Witness
from faqbot.understanding.features import stem
from faqbot.understanding.phrasings import Phrasings
from faqbot.understanding.topics import TopicModel, speller, topic_model
from faqbot.understanding.vectors import WordVectors, word_vectors


class Candidates:
    """Finds candidates among the entries of one practice."""

    def __init__(
        self,
        entries: Sequence[Entry],
        synonyms: Sequence[Sequence[str]] = (),
        like: Candidates | None = None,
        pack: str = "",
        vectors: WordVectors | None = None,
        topics: TopicModel | None = None,
    ) -> None:
        """At least one entry; `like`: another, whose phrasings are taken over where they agree.

        `pack`: that of the practice's pages. `vectors`, `topics`: others than those that faqbot
        ships, to measure what they are worth.
        """
        vectors = vectors or word_vectors()
        lines = [entry.lines for entry in entries]
        self._given = (lines, tuple(synonyms), pack)
        self.entries = tuple(entry.id for entry in entries)
        self.phrasings: Phrasings = (
            like.phrasings
            if like and like._given == self._given
            else Phrasings(lines, synonyms, vectors, speller(pack))
        )
        self._numbers = {entry: number for number, entry in enumerate(self.entries)}
        self._answered = np.array([entry.answered for entry in entries])
        self.claims: Claims = Claims(entries, topics or topic_model(pack))
        self._witness = Witness(entries, self.phrasings, vectors, self.claims)

    def find(self, text: str) -> Evidence | None:
        """The likeliest entries first; None for a text without words."""
        question = self.phrasings.read(text)
        if not question.tokens:
            return None
        return self._witness.gather(question, self.phrasings.ask(question))

    def lesson(self, text: str, right: frozenset[str]) -> Lesson | None:
        """What can be learnt from a text for which these ids are right; None without words.

        Where none of them has an answer, any entry without an answer is right, and so is none.
        """
        found = self.find(text)
        if found is None:
            return None
        ids = [self.entries[number] for number in found.entries]
        truth = np.array([*(entry in right for entry in ids), False])
        known = [self._numbers[entry] for entry in right if entry in self._numbers]
        if not self._answered[known].any():
            truth[:-1] |= ~self._answered[found.entries]
            truth[-1] = True
        truth[-1] |= not truth.any()
        return found.columns, truth

    def shared(self, text: str, entry: str) -> list[str]:
        """The stems of the text that are in the entry's phrasings, answer or quotes."""
        number = self._numbers[entry]
        stems = map(stem, self.phrasings.features.tokens(text))
        return [stemmed for stemmed in stems if self._witness.knows(stemmed, number)]

"""The phrasings of some entries: how like each is to a question, and how they vote on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from sys import intern

import numpy as np
from numpy.typing import NDArray

from faqbot.text import words
from faqbot.understanding.features import Features, Lexicon, Synonyms
from faqbot.understanding.sparse import Index, Vector
from faqbot.understanding.spelling import Speller
from faqbot.understanding.vectors import WordVectors
from faqbot.understanding.voting import Likeness, Texts, solve

EXACT = 0.9999  # likeness; one word more or less is well below

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Question:
    """What a visitor typed, as it is compared."""

    tokens: tuple[str, ...]  # its words, spelling corrected and terms joined
    features: Vector
    vector: Floats  # of length 1; size 0 without word vectors


@dataclass(frozen=True, slots=True)
class Ballot:
    """What the phrasings say on a question."""

    likeness: Likeness
    votes: Floats  # of each entry, from about -1 to 1


class Phrasings:
    """Phrasings of entries that are numbered from 0 on; at least one each."""

    def __init__(
        self,
        lines: Sequence[Sequence[str]],
        synonyms: Sequence[Sequence[str]] = (),
        vectors: WordVectors | None = None,
        speller: Speller | None = None,
    ) -> None:
        """`lines[i]`: the phrasings of entry i. Without `vectors`, words and letters count.

        `speller`: one that knows words beside those of the phrasings.
        """
        terms = Synonyms(synonyms)
        self.lines: tuple[str, ...] = tuple(line for own in lines for line in own)
        self.entry_of = np.repeat(np.arange(len(lines)), [len(own) for own in lines])
        self.starts = np.flatnonzero(np.diff(self.entry_of, prepend=-1))
        # Interned, each word is held once, however often it occurs.
        self.tokens = [tuple(map(intern, terms.join(words(line)))) for line in self.lines]
        lexicon = Lexicon.of(self.tokens, self.entry_of.tolist())
        self.features = Features(lexicon, terms, speller)
        self._vectors = vectors
        rows = self.features.matrix(self.tokens)
        self._index = Index(rows)
        self.vectors = vectors.texts(self.tokens) if vectors else _none(len(self.lines))
        self._votes = solve(Texts(rows, self.vectors), self._index, self.entry_of)

    def read(self, text: str) -> Question:
        """A text as it is compared."""
        tokens = self.features.tokens(text)
        vector = self._vectors.text(tokens) if self._vectors else _none()
        return Question(tuple(tokens), self.features.vector(tokens), vector)

    def ask(self, question: Question) -> Ballot:
        """How like each phrasing is to the question, and the entries' votes."""
        by_words = self._index.product(question.features)
        likeness = Likeness(by_words, self.vectors @ question.vector)
        votes = self._votes.of(question.features, question.vector, likeness.both)
        return Ballot(likeness, votes)

    def best(self, likeness: Floats) -> Floats:
        """The highest likeness among each entry's phrasings: shape (entries,)."""
        return np.asarray(np.maximum.reduceat(likeness, self.starts))

    def own(self, entry: int) -> slice:
        """Where the entry's phrasings are."""
        ends = self.starts[entry + 1 : entry + 2].tolist() or [len(self.lines)]
        return slice(int(self.starts[entry]), ends[0])


def _none(*shape: int) -> Floats:
    return np.zeros((*shape, 0), np.float32)

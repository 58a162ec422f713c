"""It says how like each phrasing is to a question, and how the phrasings vote on it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.understanding.phrasings import EXACT, Phrasings
from faqbot.understanding.vectors import word_vectors

LINES = [
    ["how long does the surgery take", "how many hours is the operation"],
    ["what does it cost"],
    ["how big is the scar", "how many cuts are made", "is the scar visible"],
]
SYNONYMS = [["surgery", "op"], ["overnight", "over night"]]
EVERY = [(line, entry) for entry, own in enumerate(LINES) for line in own]
anything = st.text(st.characters(codec=None, categories=None), max_size=200)


@pytest.fixture(scope="module", params=[True, False], ids=["with vectors", "without"])
def phrasings(request: pytest.FixtureRequest) -> Phrasings:
    return Phrasings(LINES, SYNONYMS, word_vectors() if request.param else None)


def test_lines_stand_entry_by_entry(phrasings: Phrasings) -> None:
    assert phrasings.lines == tuple(line for line, _ in EVERY)
    assert phrasings.entry_of.tolist() == [0, 0, 1, 2, 2, 2]
    assert phrasings.starts.tolist() == [0, 2, 3]
    assert [phrasings.lines[phrasings.own(entry)] for entry in range(3)] == [*map(tuple, LINES)]


@pytest.mark.parametrize(("line", "entry"), EVERY)
def test_a_phrasing_is_wholly_like_itself_alone_and_votes_for_its_entry(
    phrasings: Phrasings, line: str, entry: int
) -> None:
    ballot = phrasings.ask(phrasings.read(line))
    exact = [phrasings.lines[i] for i in np.flatnonzero(ballot.likeness.words > EXACT)]
    assert exact == [line]
    assert int(ballot.votes.argmax()) == entry


@pytest.mark.parametrize("less", ["what does it", "what cost", "what does it cost then"])
def test_one_word_more_or_less_is_not_exact(phrasings: Phrasings, less: str) -> None:
    assert phrasings.ask(phrasings.read(less)).likeness.words.max() < EXACT


def test_it_reads_words_with_slips_mended_and_terms_joined(phrasings: Phrasings) -> None:
    assert phrasings.read("How BIG is the scarr?").tokens == ("how", "big", "is", "the", "scar")
    assert phrasings.read("over night").tokens == ("overnight",)
    assert phrasings.read("?!").tokens == ()


def test_the_best_of_each_entry_is_told(phrasings: Phrasings) -> None:
    likeness = np.array([0.1, 0.3, 0.5, 0.0, 0.9, 0.2], np.float32)
    assert phrasings.best(likeness) == pytest.approx([0.3, 0.5, 0.9])


def test_by_words_alone_there_are_no_vectors() -> None:
    alone = Phrasings(LINES)
    question = alone.read("how long")
    assert question.vector.shape == (0,)
    assert alone.ask(question).likeness.vectors.tolist() == [0] * len(EVERY)


def test_by_vectors_other_words_of_the_same_meaning_are_near() -> None:
    phrasings = Phrasings(LINES, (), word_vectors())
    ballot = phrasings.ask(phrasings.read("expensive"))
    assert ballot.likeness.words.max() < 0.2
    assert int(phrasings.best(ballot.likeness.vectors).argmax()) == 1
    assert int(ballot.votes.argmax()) == 1


@given(anything)
def test_any_text_is_compared(phrasings: Phrasings, text: str) -> None:
    ballot = phrasings.ask(phrasings.read(text))
    assert ballot.votes.shape == (len(LINES),)
    assert np.isfinite(ballot.votes).all()
    assert (ballot.likeness.words >= 0).all()
    assert (ballot.likeness.words <= 1 + 1e-5).all()
    assert (abs(ballot.likeness.vectors) <= 1 + 1e-5).all()


def test_one_phrasing_alone_will_do() -> None:
    alone = Phrasings([["price"]], (), word_vectors())
    assert alone.lines[alone.own(0)] == ("price",)
    assert alone.ask(alone.read("the price")).votes == pytest.approx([1], abs=1e-3)

"""It says how like each phrasing is to a question, and how the phrasings vote on it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from faqbot.understanding.sparse import Index, Rows
from faqbot.understanding.vectors import word_vectors
from faqbot.understanding.voting import (
    EXACT_SIMILARITY,
    RIDGE,
    DirectVotes,
    LargeVotes,
    Phrasings,
    Query,
)

PHRASINGS, ENTRIES, WIDTH, SIZE = 24, 5, 30, 6
Floats = NDArray[np.float32]


def sparse(matrix: Floats) -> Rows:
    lines, ids = np.nonzero(matrix)
    ends = np.concatenate([[0], np.cumsum(np.bincount(lines, minlength=len(matrix)))])
    return Rows(ends.astype(np.int32), ids.astype(np.int32), matrix[lines, ids], matrix.shape[1])


def draw(seed: int, count: int, size: int = SIZE) -> tuple[Floats, Floats]:
    """Words and letters, a third of them there, and vectors, both of length 1."""
    random = np.random.default_rng(seed)
    features = random.random((count, WIDTH)) * (random.random((count, WIDTH)) < 0.3)
    features[:, 0] += 0.1
    vectors = random.normal(size=(count, size))
    scaled = [
        m / np.maximum(np.linalg.norm(m, axis=1, keepdims=True), 1e-9) for m in (features, vectors)
    ]
    return scaled[0].astype(np.float32), scaled[1].astype(np.float32)


@pytest.fixture(params=[SIZE, 0], ids=["with vectors", "without"])
def made(request: pytest.FixtureRequest) -> tuple[Floats, Floats]:
    return draw(7, PHRASINGS, request.param)


ENTRY_OF = np.sort(np.arange(PHRASINGS) % ENTRIES)
TARGETS = np.where(ENTRY_OF[:, None] == np.arange(ENTRIES), 1, -1).astype(np.float32)


def textbook(made: tuple[Floats, Floats], questions: tuple[Floats, Floats]) -> NDArray[np.float64]:
    """Votes by the textbook's formula, with the kernel matrix centred by H K H.

    f(x) = mean(y) + k_c(x) (H K H + ridge I)^-1 (y - mean(y)), where k_c(x) is centred alike.
    """
    features, vectors = (np.asarray(m, np.float64) for m in made)
    asked, asked_vectors = (np.asarray(m, np.float64) for m in questions)
    kernel = features @ features.T + vectors @ vectors.T
    beside = asked @ features.T + asked_vectors @ vectors.T
    n = len(kernel)
    centre = np.eye(n) - np.ones((n, n)) / n
    dual = np.linalg.solve(centre @ kernel @ centre + RIDGE * np.eye(n), TARGETS - TARGETS.mean(0))
    return TARGETS.mean(0) + (beside - kernel.mean(0)) @ centre @ dual


def votes(solver: type, made: tuple[Floats, Floats], questions: tuple[Floats, Floats]) -> Floats:
    """The votes of each question: shape (questions, entries)."""
    rows = sparse(made[0])
    index = Index(rows)
    targets = TARGETS[: len(rows)]
    solved = solver(rows, made[1], index, targets)
    found = []
    for row, vector in zip(sparse(questions[0]), questions[1], strict=True):
        found.append(
            solved.votes_for(Query((), row, vector), index.product(row) + made[1] @ vector)
        )
    return np.array(found)


def test_votes_are_those_of_the_textbook(made: tuple[Floats, Floats]) -> None:
    questions = draw(8, 12, made[1].shape[1])
    assert votes(DirectVotes, made, questions) == pytest.approx(textbook(made, questions), abs=1e-4)


def test_many_phrasings_vote_as_few_do(made: tuple[Floats, Floats]) -> None:
    questions = draw(8, 12, made[1].shape[1])
    few, many = (votes(solver, made, questions) for solver in (DirectVotes, LargeVotes))
    assert many == pytest.approx(few, abs=5e-3)  # weights are kept in half precision


@pytest.mark.parametrize("solver", [DirectVotes, LargeVotes])
def test_phrasings_vote_for_their_own_entry(made: tuple[Floats, Floats], solver: type) -> None:
    assert votes(solver, made, made).argmax(1).tolist() == ENTRY_OF.tolist()


@pytest.mark.parametrize("solver", [DirectVotes, LargeVotes])
def test_a_question_without_features_is_voted_on_too(
    made: tuple[Floats, Floats], solver: type
) -> None:
    nothing = (np.zeros((1, WIDTH), np.float32), np.zeros((1, made[1].shape[1]), np.float32))
    assert np.isfinite(votes(solver, made, nothing)).all()


# phrasings

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
    assert [phrasings.lines[phrasings.phrasing_slice(entry)] for entry in range(3)] == [
        *map(tuple, LINES)
    ]


@pytest.mark.parametrize(("line", "entry"), EVERY)
def test_a_phrasing_is_wholly_like_itself_alone_and_votes_for_its_entry(
    phrasings: Phrasings, line: str, entry: int
) -> None:
    like = phrasings.similarities(phrasings.query(line))
    assert [phrasings.lines[i] for i in np.flatnonzero(like.words > EXACT_SIMILARITY)] == [line]
    assert int(like.votes.argmax()) == entry


@pytest.mark.parametrize("less", ["what does it", "what cost", "what does it cost then"])
def test_one_word_more_or_less_is_not_exact(phrasings: Phrasings, less: str) -> None:
    assert phrasings.similarities(phrasings.query(less)).words.max() < EXACT_SIMILARITY


def test_a_query_has_its_spelling_corrected_and_its_terms_joined(phrasings: Phrasings) -> None:
    assert phrasings.query("How BIG is the scarr?").tokens == ("how", "big", "is", "the", "scar")
    assert phrasings.query("over night").tokens == ("overnight",)
    assert phrasings.query("?!").tokens == ()


def test_by_words_alone_there_are_no_vectors() -> None:
    alone = Phrasings(LINES)
    query = alone.query("how long")
    assert query.vector.shape == (0,)
    assert alone.similarities(query).vectors.tolist() == [0] * len(EVERY)


def test_by_vectors_other_words_of_the_same_meaning_are_near() -> None:
    phrasings = Phrasings(LINES, (), word_vectors())
    like = phrasings.similarities(phrasings.query("expensive"))
    assert like.words.max() < 0.2
    assert phrasings.entry_of[like.vectors.argmax()] == 1
    assert int(like.votes.argmax()) == 1


@given(anything)
def test_any_text_is_compared(phrasings: Phrasings, text: str) -> None:
    like = phrasings.similarities(phrasings.query(text))
    assert like.votes.shape == (len(LINES),)
    assert np.isfinite(like.votes).all()
    assert (like.words >= 0).all()
    assert (like.words <= 1 + 1e-5).all()
    assert (abs(like.vectors) <= 1 + 1e-5).all()
    assert like.kernel == pytest.approx(like.words + like.vectors)


@pytest.mark.parametrize("direct", [10, 0], ids=["direct", "large"])
@pytest.mark.parametrize("lines", [["price"], ["price", "how much is it"]])
def test_one_entry_alone_gets_every_vote(
    lines: list[str], direct: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("faqbot.understanding.voting.MAX_DIRECT_PHRASINGS", direct)
    alone = Phrasings([lines], (), word_vectors())
    assert alone.lines[alone.phrasing_slice(0)] == tuple(lines)
    assert alone.similarities(alone.query("the price")).votes == pytest.approx([1], abs=1e-3)
    other = alone.similarities(alone.query("zebra"))
    assert other.votes == pytest.approx([1], abs=1e-3)

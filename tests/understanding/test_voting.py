"""Phrasings vote on a question by kernel ridge regression."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from faqbot.understanding import voting
from faqbot.understanding.sparse import Index, Rows, Vector
from faqbot.understanding.voting import RIDGE, DirectVotes, LargeVotes, Likeness, Texts, solve

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


def votes_of(
    votes: voting.Votes, made: tuple[Floats, Floats], questions: tuple[Floats, Floats]
) -> Floats:
    index = Index(sparse(made[0]))
    found = []
    for row, vector in zip(sparse(questions[0]), questions[1], strict=True):
        like = Likeness(index.product(row), made[1] @ vector)
        found.append(votes.of(row, vector, like.both))
    return np.array(found)


def given(made: tuple[Floats, Floats]) -> tuple[Texts, Index]:
    rows = sparse(made[0])
    return Texts(rows, made[1]), Index(rows)


def test_votes_are_those_of_the_textbook(made: tuple[Floats, Floats]) -> None:
    questions = draw(8, 12, made[1].shape[1])
    found = votes_of(DirectVotes(*given(made), TARGETS), made, questions)
    assert found == pytest.approx(textbook(made, questions), abs=1e-4)


def test_many_phrasings_vote_as_few_do(made: tuple[Floats, Floats]) -> None:
    questions = draw(8, 12, made[1].shape[1])
    few = votes_of(DirectVotes(*given(made), TARGETS), made, questions)
    many = votes_of(LargeVotes(*given(made), TARGETS), made, questions)
    assert many == pytest.approx(few, abs=5e-3)  # weights are kept in half the numbers' length


@pytest.mark.parametrize(("direct", "kind"), [(PHRASINGS, DirectVotes), (1, LargeVotes)])
def test_it_is_solved_as_fits_the_number_of_phrasings(
    made: tuple[Floats, Floats], monkeypatch: pytest.MonkeyPatch, direct: int, kind: type
) -> None:
    monkeypatch.setattr(voting, "DIRECT", direct)
    votes = solve(*given(made), ENTRY_OF)
    assert isinstance(votes, kind)
    own = votes_of(votes, made, made)
    assert own.argmax(1).tolist() == ENTRY_OF.tolist()


@pytest.mark.parametrize("direct", [10, 0])
def test_one_entry_alone_gets_every_vote(monkeypatch: pytest.MonkeyPatch, direct: int) -> None:
    monkeypatch.setattr(voting, "DIRECT", direct)
    made = draw(7, 2)
    votes = solve(*given(made), np.zeros(2, np.intp))
    assert votes_of(votes, made, draw(8, 3)) == pytest.approx(1, abs=1e-3)


def test_one_phrasing_alone_gets_every_vote() -> None:
    made = draw(7, 1)
    votes = solve(*given(made), np.zeros(1, np.intp))
    assert votes_of(votes, made, draw(8, 3)) == pytest.approx(1, abs=1e-3)


def test_the_kernel_is_the_sum_of_both_likenesses() -> None:
    like = Likeness(np.array([0.5, 0.0], np.float32), np.array([-0.25, 1.0], np.float32))
    assert like.both.tolist() == [0.25, 1.0]


def test_a_question_without_features_is_voted_on_too(made: tuple[Floats, Floats]) -> None:
    texts, index = given(made)
    nothing = Vector(np.zeros(0, np.int32), np.zeros(0, np.float32))
    empty = np.zeros(made[1].shape[1], np.float32)
    votes = DirectVotes(texts, index, TARGETS)
    assert np.isfinite(votes.of(nothing, empty, np.zeros(PHRASINGS, np.float32))).all()

"""It turns evidence into probabilities, and fits them to a practice's own examples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from faqbot.understanding import calibration as module
from faqbot.understanding.calibration import (
    ANSWER_THRESHOLD,
    CHOICE_THRESHOLD,
    MIN_EXAMPLES,
    PHONE_ONLY_THRESHOLD,
    Calibration,
    calibration,
)
from faqbot.understanding.evidence import COLUMNS, MAX_CANDIDATES

Floats = NDArray[np.float32]
Example = tuple[Floats, NDArray[np.bool_]]  # evidence, and what is right
evidence = st.integers(1, MAX_CANDIDATES).flatmap(
    lambda count: arrays(np.float32, (count, len(COLUMNS)), elements=st.floats(-1e6, 1e6, width=32))
)


@pytest.fixture(scope="module")
def shipped() -> Calibration:
    return calibration()


@pytest.fixture(scope="module")
def refined(shipped: Calibration) -> Calibration:
    return shipped.refine([example(seed, seed % 5) for seed in range(MIN_EXAMPLES)])


def draw(seed: int, count: int = 4) -> Floats:
    """Some evidence around what is usual."""
    random = np.random.default_rng(seed)
    numbers = calibration()
    noise = random.normal(size=(count, len(COLUMNS)))
    return (numbers.mean + numbers.spread * noise).astype(np.float32)


def example(seed: int, right: int, count: int = 4) -> Example:
    """Evidence of which one candidate is right; the last is "none"."""
    truth = np.zeros(count + 1, bool)
    truth[right] = True
    return draw(seed, count), truth


# probabilities


@given(evidence)
def test_they_are_at_least_0_and_add_up_to_less_than_1(
    shipped: Calibration, columns: Floats
) -> None:
    found = shipped.probabilities(columns)
    assert found.shape == (len(columns),)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert found.sum() <= 1 + 1e-5  # with that of "none", which rounding may leave nothing


@given(st.integers(0, 10_000))
def test_something_is_left_for_none(shipped: Calibration, seed: int) -> None:
    assert shipped.probabilities(draw(seed)).sum() < 1


def test_what_is_alike_is_as_likely(shipped: Calibration) -> None:
    one, other = shipped.probabilities(np.tile(shipped.mean, (2, 1)))
    assert one == pytest.approx(other)


def test_what_lies_far_beyond_the_usual_counts_no_more(shipped: Calibration) -> None:
    far = shipped.mean + 5 * shipped.spread
    farther = shipped.mean + 500 * shipped.spread
    assert shipped.probabilities(far[None]) == pytest.approx(
        shipped.probabilities(farther[None]), abs=1e-4
    )


def test_the_file_has_a_number_for_each_column(shipped: Calibration) -> None:
    columns = len(COLUMNS)
    networks, _, hidden = shipped.hidden.shape
    assert shipped.mean.shape == shipped.spread.shape == (columns,)
    assert (shipped.spread > 0).all()
    assert shipped.hidden.shape == (networks, columns + 1, hidden)
    assert shipped.output.shape == shipped.none_output.shape == (networks, hidden + 1)
    assert shipped.none_hidden.shape == (networks, 2 * columns + 1, hidden)
    assert not shipped.correction.any()


def test_it_is_read_once_a_process() -> None:
    assert calibration() is calibration()


def test_an_answer_takes_more_than_choices_do() -> None:
    assert 0 < CHOICE_THRESHOLD < ANSWER_THRESHOLD < 1
    assert 0 < CHOICE_THRESHOLD < PHONE_ONLY_THRESHOLD < 1
    assert ANSWER_THRESHOLD > 0.5, "no two entries can be answered"


# a practice's own examples


def test_too_few_examples_change_nothing(shipped: Calibration) -> None:
    examples = [example(seed, 0) for seed in range(MIN_EXAMPLES - 1)]
    assert shipped.refine(examples) is shipped
    assert shipped.refine([]) is shipped


@pytest.mark.parametrize("right", [0, 3, 4], ids=["the first", "the last", "none"])
def test_examples_move_probabilities_towards_them(shipped: Calibration, right: int) -> None:
    """Wherever the right one stands, as a column tells it."""
    examples = [example(seed, right) for seed in range(2 * MIN_EXAMPLES)]
    column = COLUMNS.index("answer similarity")
    for columns, truth in examples:
        columns[:, column] = shipped.mean[column] - 2 * shipped.spread[column]
        columns[truth[:-1], column] += 4 * shipped.spread[column]
    refined = shipped.refine(examples[:MIN_EXAMPLES])
    for columns, truth in examples[MIN_EXAMPLES:]:
        before, after = (_right(one, columns, truth) for one in (shipped, refined))
        assert after > before or after > 0.9
    assert np.mean([_right(refined, *one) for one in examples[MIN_EXAMPLES:]]) > 0.8


def _right(numbers: Calibration, columns: Floats, truth: NDArray[np.bool_]) -> float:
    found = numbers.probabilities(columns)
    return float(np.append(found, 1 - found.sum())[truth].sum())


def test_what_was_right_already_is_hardly_moved(shipped: Calibration) -> None:
    """Examples drawn from the probabilities themselves leave nothing to learn but chance."""
    random = np.random.default_rng(3)
    examples = []
    for seed in range(5 * MIN_EXAMPLES):
        columns = draw(seed)
        found = shipped.probabilities(columns).astype(float)
        right = random.choice(len(found) + 1, p=[*found, 1 - found.sum()])
        examples.append(example(seed, int(right)))
    refined = shipped.refine(examples)
    moved = [
        abs(refined.probabilities(draw(s)) - shipped.probabilities(draw(s))).max()
        for s in range(10_000, 10_100)
    ]
    assert np.mean(moved) < 0.1


def test_several_may_be_right(shipped: Calibration) -> None:
    examples = []
    for seed in range(MIN_EXAMPLES):
        columns, truth = example(seed, 4)
        truth[1] = True
        examples.append((columns, truth))
    assert np.isfinite(shipped.refine(examples).correction).all()


def test_examples_may_have_different_numbers_of_candidates(shipped: Calibration) -> None:
    examples = [example(seed, 0, 1 + seed % MAX_CANDIDATES) for seed in range(MIN_EXAMPLES)]
    refined = shipped.refine(examples)
    assert refined.probabilities(draw(1, 1)).shape == (1,)
    assert refined.probabilities(draw(1, MAX_CANDIDATES)).sum() <= 1 + 1e-5


def test_the_same_examples_give_the_same_numbers(shipped: Calibration) -> None:
    examples = [example(seed, seed % 5) for seed in range(MIN_EXAMPLES)]
    one, other = shipped.refine(examples), shipped.refine(examples)
    assert np.array_equal(one.correction, other.correction)
    assert np.array_equal(one.probabilities(draw(0)), other.probabilities(draw(0)))
    assert one.correction.any()
    assert not shipped.correction.any(), "the shipped one stays as it is"


@given(evidence)
def test_refined_ones_are_probabilities_too(refined: Calibration, columns: Floats) -> None:
    found = refined.probabilities(columns)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert found.sum() <= 1 + 1e-5


def test_more_rounds_would_find_nothing_else(
    shipped: Calibration, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = [example(seed, seed % 5) for seed in range(2 * MIN_EXAMPLES)]
    usual = shipped.refine(examples)
    monkeypatch.setattr(module, "ROUNDS", 2 * module.ROUNDS)
    longer = shipped.refine(examples)
    for columns, _ in examples:
        assert longer.probabilities(columns) == pytest.approx(
            usual.probabilities(columns), abs=0.01
        )

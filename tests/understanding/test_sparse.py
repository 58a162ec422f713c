"""It multiplies sparse vectors with rows of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from numpy.typing import NDArray

from faqbot.understanding.sparse import Index, Rows, Vector

WIDTH = 6
row = st.dictionaries(st.integers(0, WIDTH - 1), st.floats(-9, 9, width=32))


def matrices() -> SearchStrategy[list[dict[int, float]]]:
    return st.lists(row, min_size=1, max_size=8)


def vector(values: dict[int, float]) -> Vector:
    return Vector(np.array([*values], np.int32), np.array([*values.values()], np.float32))


def rows_of(lines: list[dict[int, float]]) -> Rows:
    found = [vector(line) for line in lines]
    return Rows(
        ends=np.cumsum([0, *map(len, lines)]).astype(np.int32),
        ids=np.concatenate([one.ids for one in found]),
        values=np.concatenate([one.values for one in found]),
        width=WIDTH,
    )


def dense(lines: list[dict[int, float]]) -> NDArray[np.float32]:
    found = np.zeros((len(lines), WIDTH), np.float32)
    for i, line in enumerate(lines):
        found[i, [*line]] = [*line.values()]
    return found


@given(matrices())
def test_rows_come_out_as_they_went_in(lines: list[dict[int, float]]) -> None:
    rows = rows_of(lines)
    assert len(rows) == len(lines)
    for found, line in zip(rows, lines, strict=True):
        assert dict(zip(found.ids.tolist(), found.values.tolist(), strict=True)) == line


@given(matrices(), row)
def test_the_product_is_that_of_the_dense_matrix(
    lines: list[dict[int, float]], question: dict[int, float]
) -> None:
    found = Index(rows_of(lines)).product(vector(question))
    assert found == pytest.approx(dense(lines) @ dense([question])[0], rel=1e-4, abs=1e-3)


def test_nothing_is_shared_with_a_vector_without_features() -> None:
    assert Index(rows_of([{0: 1.0}, {}])).product(vector({})).tolist() == [0, 0]

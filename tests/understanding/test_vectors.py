"""It says what a text is about, whatever its words are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.text import words
from faqbot.understanding.vectors import (
    FILE,
    MAX_LETTERS,
    WordPieces,
    WordVectors,
    normalized,
    word_vectors,
)

PIECES = ["pain", "##ful", "##l", "##ess", "pa", "x", "##x"]
anything = st.text(st.characters(codec=None, categories=None), max_size=80)


def table(rows: int, size: int = 4) -> WordVectors:
    """Piece i points along axis i, and is i + 1 long."""
    numbers = 2 * np.eye(rows, size, dtype=np.int8)
    return WordVectors(PIECES[:rows], numbers, np.arange(1, rows + 1, dtype=np.float32) / 2)


@pytest.fixture(scope="module")
def shipped() -> WordVectors:
    return word_vectors()


# pieces


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("pain", ["pain"]),
        ("painful", ["pain", "##ful"]),
        ("painless", ["pain", "##l", "##ess"]),
        ("pax", ["pa", "##x"]),
        ("x", ["x"]),
        ("xx", ["x", "##x"]),
        ("essy", []),  # only within a word, and no letter of it is known
        ("", []),
        ("zzz", []),
    ],
)
def test_a_word_is_parted_into_the_longest_pieces_that_fit(word: str, pieces: list[str]) -> None:
    assert WordPieces(PIECES).split(word) == [PIECES.index(piece) for piece in pieces]


def test_letters_that_are_in_no_piece_are_left_out() -> None:
    assert WordPieces(PIECES).split("zpainzx") == [PIECES.index("##x")]


# a table


def test_a_word_is_the_sum_of_its_pieces_each_as_long_as_its_scale() -> None:
    assert table(3).word("painful").tolist() == [1, 2, 0, 0]


def test_a_text_is_the_sum_of_its_words_scaled_to_length_1() -> None:
    found = table(3).text(["pain", "painful"])
    assert found == pytest.approx(np.array([1, 1, 0, 0]) / np.sqrt(2))


@pytest.mark.parametrize("line", [[], ["zzz"], ["zzz", "essy"]])
def test_where_no_piece_is_known_a_text_is_zeros(line: list[str]) -> None:
    assert table(3).text(line).tolist() == [0, 0, 0, 0]


def test_texts_come_one_a_row() -> None:
    found = table(3).texts([["pain"], [], ["painful", "pain"]])
    assert found.shape == (3, 4)
    assert found[0].tolist() == [1, 0, 0, 0]
    assert not found[1].any()


def test_no_texts_are_no_rows() -> None:
    assert table(3).texts([]).shape == (0, 4)


def test_of_a_long_word_only_the_beginning_is_looked_at(shipped: WordVectors) -> None:
    word = "ab" * MAX_LETTERS
    assert np.array_equal(shipped.word(word), shipped.word(word[:MAX_LETTERS]))


def test_a_unit_keeps_zeros() -> None:
    assert normalized(np.array([[3.0, 4.0], [0.0, 0.0]])) == pytest.approx(
        np.array([[0.6, 0.8], [0, 0]])
    )


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "vectors.npz"
    pieces = np.frombuffer("\n".join(PIECES[:3]).encode(), np.uint8)
    np.savez_compressed(
        file,
        pieces=pieces,
        table=2 * np.eye(3, 4, dtype=np.int8),
        scales=np.array([0.5, 1, 1.5], np.float32),
    )
    read = WordVectors.load(file)
    assert read.size == 4
    assert read.word("painful").tolist() == table(3).word("painful").tolist()


# the table that is shipped


def test_the_table_is_small() -> None:
    assert FILE.stat().st_size <= 4_200_000
    with np.load(FILE, allow_pickle=False) as arrays:
        pieces = arrays["pieces"].tobytes().decode().split("\n")
        assert len(pieces) == len(set(pieces)) <= 15_500
        assert arrays["table"].shape == (len(pieces), 256)
        assert arrays["table"].dtype == np.int8
        assert arrays["scales"].shape == (len(pieces),)


def test_it_is_read_once_a_process() -> None:
    assert word_vectors() is word_vectors()


@given(anything)
def test_any_text_has_a_vector_of_length_1_or_0(shipped: WordVectors, text: str) -> None:
    found = shipped.text(words(text))
    assert found.shape == (256,)
    assert found.dtype == np.float32
    assert float(np.linalg.norm(found)) == pytest.approx(1, abs=1e-4) or not found.any()


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("surgery", "operation", "parking"),
        ("physician", "doctor", "price"),
        ("what does it cost", "how expensive is it", "how long does it take"),
        ("can I drive home", "may I use my car afterwards", "is the doctor certified"),
        ("will it hurt", "is it painful", "where are you located"),
        ("the scar", "the incision", "the insurance"),
    ],
)
def test_what_means_the_same_is_nearer_than_what_does_not(
    shipped: WordVectors, text: str, near: str, far: str
) -> None:
    asked, same, other = shipped.texts(map(words, (text, near, far)))
    assert asked @ same > asked @ other + 0.1


def test_a_word_that_tells_little_is_short(shipped: WordVectors) -> None:
    lengths = [float(np.linalg.norm(shipped.word(word))) for word in ("the", "is", "surgery")]
    assert max(lengths[:2]) < lengths[2] / 2

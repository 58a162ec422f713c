"""It makes what visitors type comparable, whatever they type."""

# ruff: noqa: RUF001  (look-alike characters are what is tested)
from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from faqbot.text import fold, normalize, words

anything = st.text(st.characters(codec=None, categories=None), max_size=60)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("  How LONG\n\tdoes it take? ", "how long does it take?"),
        ("I can’t feel my “legs”", 'i can\'t feel my "legs"'),
        ("don`t and don´t", "don't and don't"),
        ("ＨＥＬＰ ﬁne", "help fine"),
        ("zero\u200bwidth and soft\u00adhyphen", "zerowidth and softhyphen"),
        ("non\u00a0breaking", "non breaking"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("bell\x07 and null\x00", "bell and null"),
        ("", ""),
    ],
)
def test_it_gives_one_spelling(typed: str, normal: str) -> None:
    assert normalize(typed) == normal


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Can't you, José?", ["cant", "you", "jose"]),
        ("X-ray at 9.30", ["x", "ray", "at", "9", "30"]),
        ("¿Está dormida?", ["esta", "dormida"]),
        ("'quoted' snake_case", ["quoted", "snake", "case"]),
        ("?!… 🙂", []),
    ],
)
def test_it_finds_the_words(typed: str, expected: list[str]) -> None:
    assert words(typed) == expected


@given(anything)
@example("İ")
@example("e\u200d\u0301")
@example("¨a")
@example("ŉ")
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once


@given(anything)
def test_what_is_normal_can_be_printed_and_encoded(text: str) -> None:
    normal = normalize(text)
    assert normal.isprintable()
    normal.encode()


@given(anything)
def test_words_are_letters_and_digits_only(text: str) -> None:
    for word in words(text):
        assert word
        assert not set(word) & set(" '-_.,")


@given(anything)
def test_words_do_not_depend_on_case_of_plain_letters(text: str) -> None:
    plain = text.encode("ascii", "ignore").decode()
    assert words(plain.upper()) == words(plain.lower())


@given(anything)
def test_folding_leaves_no_accent(text: str) -> None:
    assert fold(fold(text)) == fold(text)

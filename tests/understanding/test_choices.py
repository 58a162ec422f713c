"""Choices are answered by words too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.understanding.choices import NONE, chosen

CASES = {
    "2": 1,
    "2.": 1,
    "#2": 1,
    "number two": 1,
    "option 3": 2,
    "the second one": 1,
    "second please": 1,
    "yes the first": 0,
    "Yes, the first one.": 0,
    "1st": 0,
    "the last one": 2,
    "I meant the third": 2,
    "ok 3": 2,
    "two": 1,
    "one": 0,
    "none of these": NONE,
    "None of them.": NONE,
    "neither": NONE,
    "no": NONE,
    "nope": NONE,
    "no, none of those": NONE,
    "4": None,  # there are three
    "yes": None,  # which one?
    "that one": None,
    "1 or 2": None,
    "how long does it take": None,
    "is the first night in the hospital": None,
    "no pain at all?": None,
    "can I go home the second day": None,
    "I have 2 fractures": None,
    "": None,
    "?!": None,
}


@pytest.mark.parametrize(("text", "place"), CASES.items())
def test_it_picks_what_is_meant_of_three(text: str, place: int | None) -> None:
    assert chosen(text, 3) == place


@pytest.mark.parametrize("text", ["yes", "Yes please", "ok", "that's the one, yes"])
def test_yes_picks_the_only_one(text: str) -> None:
    assert chosen(text, 1) == 0


def test_without_choices_nothing_is_picked() -> None:
    assert chosen("2", 0) is None


@given(st.text(), st.integers(0, 8))
def test_what_is_picked_is_there(text: str, count: int) -> None:
    place = chosen(text, count)
    assert place is None or place == NONE or 0 <= place < count

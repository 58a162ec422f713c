"""What a text refers to: of several procedures the one it names, of choices the one it picks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.knowledge import PageInfo
from faqbot.text import words
from faqbot.understanding.reference import NONE, Procedures, chosen

# procedures

PROCEDURES = Procedures(
    {
        "knee": PageInfo(
            "Knee", ("knee replacement", "TKR"), ("arthritis", "worn knee"), ("knee",)
        ),
        "hip": PageInfo("Hip", ("hip replacement",), ("arthritis",), ("hip",)),
        "lasik": PageInfo("LASIK (laser eye surgery)"),
        "hernia": PageInfo("Laparoscopic inguinal hernia repair"),
    }
)
NAMED = {
    "how long does a knee replacement take": {"knee"},
    "is TKR safe": {"knee"},
    "Hip replacement: when can I drive?": {"hip"},
    "what is better, knee replacement or hip replacement": {"knee", "hip"},
    "how long is a replacement": set(),  # of both
    "my knee hurts": {"knee"},
    "is arthritis dangerous": {"knee", "hip"},
    "does lasik hurt": {"lasik"},
    "laser eye surgery cost": {"lasik"},
    "will my hernia come back": {"hernia"},
    "knees": {"knee"},
    "how long does it take": set(),
    "": set(),
}


def test_it_finds_the_pages_that_a_text_names() -> None:
    assert {text: PROCEDURES.named(words(text))[0] for text in NAMED} == NAMED


@pytest.mark.parametrize("text", ["a new knee", "my hernia", "worn knee"])
def test_part_of_a_name_is_not_the_whole(text: str) -> None:
    assert not PROCEDURES.named(words(text))[1]


def test_one_page_is_named_by_its_title() -> None:
    assert Procedures({"a": PageInfo("Mole removal")}).named(words("is mole removal safe")) == (
        {"a"},
        True,
    )


def test_a_page_without_names_is_never_named() -> None:
    assert Procedures({"a": PageInfo(), "b": PageInfo()}).named(words("anything at all")) == (
        set(),
        False,
    )


# choices

PICKED = {
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


def test_it_picks_what_is_meant_of_three() -> None:
    assert {text: chosen(text, 3) for text in PICKED} == PICKED


@pytest.mark.parametrize("text", ["yes", "Yes please", "ok", "that's the one, yes"])
def test_yes_picks_the_only_one(text: str) -> None:
    assert chosen(text, 1) == 0


def test_without_choices_nothing_is_picked() -> None:
    assert chosen("2", 0) is None


@given(st.text(), st.integers(0, 8))
def test_what_is_picked_is_there(text: str, count: int) -> None:
    index = chosen(text, count)
    assert index is None or index == NONE or 0 <= index < count

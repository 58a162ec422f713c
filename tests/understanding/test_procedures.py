"""Of several procedures, the one that a question names."""

from __future__ import annotations

import pytest

from faqbot.knowledge import Head
from faqbot.text import words
from faqbot.understanding.procedures import Procedures

PROCEDURES = Procedures(
    {
        "knee": Head("Knee", ("knee replacement", "TKR"), ("arthritis", "worn knee"), ("knee",)),
        "hip": Head("Hip", ("hip replacement",), ("arthritis",), ("hip",)),
        "lasik": Head("LASIK (laser eye surgery)"),
        "hernia": Head("Laparoscopic inguinal hernia repair"),
    }
)
CASES = {
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


@pytest.mark.parametrize(("text", "pages"), CASES.items())
def test_it_finds_the_pages_that_a_text_names(text: str, pages: set[str]) -> None:
    assert PROCEDURES.named(words(text))[0] == pages


@pytest.mark.parametrize("text", ["a new knee", "my hernia", "worn knee"])
def test_part_of_a_name_is_not_the_whole(text: str) -> None:
    assert not PROCEDURES.named(words(text))[1]


def test_one_page_is_named_by_its_title() -> None:
    assert Procedures({"a": Head("Mole removal")}).named(words("is mole removal safe")) == (
        {"a"},
        True,
    )


def test_a_page_without_names_is_never_named() -> None:
    assert Procedures({"a": Head(), "b": Head()}).named(words("anything at all")) == (set(), False)

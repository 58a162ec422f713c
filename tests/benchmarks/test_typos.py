import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.bot import Bot
from tests.benchmarks import typos
from tests.benchmarks.typos import Slip, mistype, slip

PRACTICE = Path(__file__).parent.parent / "practice"


@pytest.fixture(scope="module")
def bot() -> Bot:
    return Bot.load(PRACTICE)


def made(word: str, kind: Slip) -> set[str]:
    return {slip(word, kind, random.Random(seed)) for seed in range(500)}  # noqa: S311


@pytest.mark.parametrize(
    ("word", "kind", "expected"),
    [
        ("pain", Slip.DROPPED, {"ain", "pin", "pan", "pai"}),
        ("pain", Slip.DOUBLED, {"ppain", "paain", "paiin", "painn"}),
        ("pain", Slip.SWAPPED, {"apin", "pian", "pani"}),
        ("phone", Slip.SOUND, {"fone", "phon"}),
        ("knee", Slip.SOUND, {"nee", "cnee", "knea", "kne"}),
        ("hmm", Slip.SOUND, {"hm"}),
    ],
)
def test_each_kind_of_slip_is_what_its_name_says(word: str, kind: Slip, expected: set[str]) -> None:
    assert made(word, kind) == expected


def test_a_key_beside_the_right_one_touches_it() -> None:
    beside_g = {
        word[1] for word in made("agb", Slip.NEIGHBOUR) if word[0] == "a" and word[2] == "b"
    }
    assert beside_g == set("fhtyvb")


def test_slips_are_the_same_for_the_same_seed_whatever_else_is_tried() -> None:
    assert mistype("how long does it take", 2, seed=3) == mistype(
        "how long does it take", 2, seed=3
    )
    assert len({mistype("how long does it take", 1, seed)[0] for seed in range(20)}) > 10


def test_words_of_one_or_two_letters_and_numbers_are_left_alone() -> None:
    assert mistype("is it 1500 mg?", 2) == ("is it 1500 mg?", ())


@given(st.text(max_size=40), st.integers(0, 3))
def test_any_text_can_be_mistyped(text: str, slips: int) -> None:
    typed, kinds = mistype(text, slips)
    assert len(kinds) <= slips
    assert bool(kinds) or typed == text


def test_without_slips_every_phrasing_reaches_its_entry(bot: Bot) -> None:
    found = typos.report(bot, slips=0)
    assert (found.share, found.missed) == (1.0, ())


def test_report_tries_each_phrasing_once_and_says_what_became_of_it(bot: Bot) -> None:
    found = typos.report(bot, slips=1)
    phrasings = [p for entry in bot.knowledge.entries for p in (entry.question, *entry.phrasings)]
    assert [attempt.meant for attempt in found.phrasings] == phrasings
    assert all(attempt.typed != attempt.meant for attempt in found.phrasings if attempt.kinds)
    assert found.share == 1 - len(found.missed) / len(phrasings)


def test_a_sample_is_drawn_by_seed(bot: Bot) -> None:
    first = typos.report(bot, sample=5, seed=1)
    assert len(first.phrasings) == 5
    assert first == typos.report(bot, sample=5, seed=1)
    assert first != typos.report(bot, sample=5, seed=2)


def test_field_words_are_long_and_rare_in_english(bot: Bot) -> None:
    found = typos.field_words(bot)
    assert "incisions" in found
    assert not {"procedure", "hospital", "long"} & set(found)

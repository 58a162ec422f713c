"""It spots an emergency in any wording, and lets everything else pass."""

from __future__ import annotations

import json
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faqbot import knowledge
from faqbot.knowledge import Entry, Role
from faqbot.red_flags import tables
from faqbot.safety import GENERAL, Screen

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "knowledge"
LONGEST_QUESTION = 500  # characters that a visitor may send
CASES = [
    pytest.param(json.loads(line), id=f"safety.jsonl:{number}")
    for number, line in enumerate((HERE / "cases/safety.jsonl").read_text("utf-8").splitlines(), 1)
]
SCREEN = Screen()
IDS = sorted({rule.id for rule in tables().rules if not rule.id.startswith("~")} | {"tia"})


def emergency(id: str, *phrasings: str) -> Entry:
    return Entry(id, f"About {id}", phrasings, Role.EMERGENCY)


@pytest.fixture(scope="module")
def screen() -> Screen:
    return Screen([emergency(id) for id in (*IDS, GENERAL)])


@pytest.mark.parametrize("case", CASES)
def test_it_rings_for_an_emergency_and_for_nothing_else(screen: Screen, case: dict) -> None:
    alarm = screen.check(case["question"])
    assert (alarm is not None) == case["emergency"], alarm
    if alarm and "id" in case:
        assert alarm.id == case["id"]


@pytest.mark.parametrize(
    ("told", "not_told"),
    [
        # what is denied
        ("my legs went numb", "my legs are not numb"),
        ("no chest pain but my legs went numb", "no chest pain, no numbness, only my back"),
        ("no fever, my wound is leaking pus", "no fever, chills or pus"),
        ("my legs don't move", "I don't have trouble moving my legs"),
        # what is asked in general, or may happen
        ("is it normal that my legs are numb", "is numbness in the legs a common side effect"),
        ("what is this, my face is drooping", "what is a facial droop"),
        ("should I wait if I can't pee", "what if I can't pee after it"),
        (
            "how do I know if it's a stroke, it started an hour ago",
            "how do I know if it's a stroke",
        ),
        ("what are the signs of infection? my wound leaks pus", "what are the signs of infection?"),
        # what is old
        ("I had a stroke in 2012 and today my speech is slurred", "I had a stroke in 2012"),
        ("numb feet for years, now getting much worse", "my feet have been numb for years"),
        # what has been seen to
        ("the ER sent me home but my leg is numb again", "numb leg, the ER said it is nothing"),
        # sayings
        ("he tried to kill me", "the wait is killing me"),
        ("my chest hurts", "do I need a chest x-ray"),
    ],
)
def test_it_hears_what_is_told_and_what_is_not(screen: Screen, told: str, not_told: str) -> None:
    assert screen.check(told)
    assert screen.check(not_told) is None


@pytest.mark.parametrize(
    ("typed", "id"),
    [
        ("cnat feel mylegs", "leg-weakness"),
        ("CANT BREETH", "breathing"),
        ("haveing a siezure", "seizure"),
        ("I can’t pee", "cant-pee"),  # noqa: RUF001
        ("heeeelp he is not breeeeathing", "unconscious"),
    ],
)
def test_it_forgives_slips_of_the_finger(screen: Screen, typed: str, id: str) -> None:
    alarm = screen.check(typed)
    assert alarm
    assert alarm.id == id


def test_it_does_not_bend_real_words_into_signs(screen: Screen) -> None:
    for real in ("is the cast in my chest of drawers", "I feed my cat", "a stoke of the fire"):
        assert screen.check(real) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("no puedo mover las piernas", "es"),
        ("me duele el pecho", "es"),
        ("quiero morirme", "es"),
        ("I can't move my legs", "en"),
        ("mi mom has chest pain", "en"),
    ],
)
def test_it_says_which_language_to_answer_in(screen: Screen, text: str, language: str) -> None:
    alarm = screen.check(text)
    assert alarm
    assert alarm.language == language


def test_it_says_which_words_rang_it(screen: Screen) -> None:
    alarm = screen.check("Hello, a question. Since noon my face is drooping. Thank you!")
    assert alarm
    assert alarm.why == "face is drooping"


def test_a_spell_that_passed_is_an_alarm_of_its_own(screen: Screen) -> None:
    alarm = screen.check("my face drooped for ten minutes and then went away")
    assert alarm
    assert alarm.id == "tia"


def test_a_practice_without_that_entry_gets_the_general_one() -> None:
    alarm = Screen([emergency("fever")]).check("I can't move my legs")
    assert alarm
    assert alarm.id == GENERAL
    assert Screen().check("I can't move my legs")


def test_the_practices_own_phrasings_ring_with_small_slips_and_filling_words() -> None:
    screen = Screen([emergency("bat-bite", "a bat has bitten me in the night")])
    for typed in ("A bat has bitten me in the night!", "a bat has biten me, in the nihgt"):
        alarm = screen.check(typed)
        assert alarm
        assert alarm.id == "bat-bite"
    assert screen.check("a bat has not bitten me in the night") is None


def test_it_tells_what_is_left_without_what_is_denied_or_asked() -> None:
    told = Screen().told("I have no fever. What are the signs of a stroke? My leg hurts.")
    assert "leg hurts" in told
    assert "fever" not in told
    assert "stroke" not in told


def test_every_rule_has_an_entry_in_the_sample_that_answers_in_both_languages() -> None:
    entries = {e.id: e for e in knowledge.load(SAMPLE).entries if e.role is Role.EMERGENCY}
    for id in (*IDS, GENERAL):
        assert "911" in entries[id].text
        assert "911" in entries[id].text_es
    for number in entries["suicide"].text, entries["suicide"].text_es:
        assert "988" in number


def test_every_phrasing_of_the_sample_rings_its_own_entry() -> None:
    entries = [e for e in knowledge.load(SAMPLE).entries if e.role is Role.EMERGENCY]
    screen = Screen(entries)
    for entry in entries:
        for phrasing in entry.phrasings:
            alarm = screen.check(phrasing)
            assert alarm, phrasing


def test_a_further_practice_s_screen_costs_next_to_nothing() -> None:
    tracemalloc.start()
    further = Screen([emergency("stroke", "her mouth is zonkulated")])
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert further.check("her mouth is zonkulatde")
    assert size < 50_000  # bytes; the tables take 7 million


def test_a_practice_s_own_words_are_no_other_s() -> None:
    Screen([emergency("stroke", "her mouth is zonkulated")])
    assert SCREEN.check("her mouth is zonkulated") is None


@settings(deadline=None)
@given(st.text(st.characters(codec=None, categories=None), max_size=LONGEST_QUESTION))
def test_it_never_raises(text: str) -> None:
    SCREEN.check(text)
    SCREEN.told(text)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(sorted({p.concept for p in tables().phrases})), max_size=40))
def test_it_takes_bounded_time(concepts: list[str]) -> None:
    by_concept = {p.concept: p for p in tables().phrases}
    said = (" ".join(" ".join(place[0]) for place in by_concept[c].places) for c in concepts)
    text = " ".join(said)[:LONGEST_QUESTION]
    SCREEN.check("i cant feal my legs")  # reads what the first question needs
    started = time.thread_time()
    SCREEN.check(text)
    assert time.thread_time() - started < 1


@pytest.mark.parametrize("text", ["leg " * 125, "no " * 166, "if my leg is numb, " * 26, "a" * 500])
def test_it_takes_bounded_time_for_a_word_typed_over_and_over(text: str) -> None:
    SCREEN.check("i cant feal my legs")  # reads what the first question needs
    started = time.thread_time()
    SCREEN.check(text)
    assert time.thread_time() - started < 1

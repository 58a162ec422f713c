"""It looks for danger, by rules and by likeness to what people in danger have typed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot import knowledge
from faqbot.knowledge import Knowledge, Role
from faqbot.watch import (
    FEWEST,
    FEWEST_ALARMS,
    LOWEST_ALARM,
    Caution,
    Likeness,
    Watch,
    learn_caution,
)

HERE = Path(__file__).parent
signs = st.builds(Likeness, st.floats(-5, 5), st.floats(0, 1), st.floats(0, 1), st.just("help"))
DANGER = Likeness(vote=0.6, nearness=0.6, coverage=0.9, line="help")
HARMLESS = Likeness(vote=-0.9, nearness=0.2, coverage=0.5, line="help")
MIDDLING = Likeness(vote=-0.1, nearness=0.5, coverage=0.8, line="help")


@pytest.fixture(scope="module")
def small() -> Knowledge:
    return knowledge.load(HERE / "practice")


@pytest.fixture(scope="module")
def watch(small: Knowledge) -> Watch:
    return Watch(small)


# the caution


@given(signs)
def test_it_is_a_probability(likeness: Likeness) -> None:
    assert 0 <= Caution().of(likeness) <= 1


@pytest.mark.parametrize("huge", [-1e30, -1e6, 1e6, 1e30])
def test_it_is_one_whatever_the_vote(huge: float) -> None:
    assert 0 <= Caution().of(Likeness(huge, 0.5, 0.5, "help")) <= 1


def test_a_line_of_an_emergency_is_certain() -> None:
    assert Caution().of(Likeness(-1, 1.0, 0.0, "help")) == 1


@pytest.mark.parametrize("sign", ["vote", "nearness", "coverage"])
def test_each_sign_makes_it_likelier(sign: str) -> None:
    less = Likeness(**{"vote": 0.1, "nearness": 0.4, "coverage": 0.5, "line": "help"})  # type: ignore[arg-type]
    more = Likeness(**{**_given(less), sign: 0.9})  # type: ignore[arg-type]
    assert Caution().of(more) > Caution().of(less)


def _given(likeness: Likeness) -> dict[str, object]:
    return {name: getattr(likeness, name) for name in ("vote", "nearness", "coverage", "line")}


def test_it_is_learnt_from_what_was_danger_and_what_was_not() -> None:
    learnt = learn_caution([DANGER] * FEWEST, [HARMLESS] * FEWEST, [HARMLESS] * 10)
    assert learnt.of(DANGER) >= learnt.level
    assert learnt.of(HARMLESS) < learnt.level


def test_look_alikes_teach_it_to_keep_calm() -> None:
    danger, harmless = [DANGER] * FEWEST, [HARMLESS] * FEWEST
    calm = learn_caution(danger, harmless, [MIDDLING] * FEWEST)
    assert calm.of(MIDDLING) < learn_caution(danger, harmless, []).of(MIDDLING)


def test_few_harmless_questions_ring() -> None:
    harmless = [Likeness(i / 500 - 1, i / 1000, 0.5, "help") for i in range(1000)]
    learnt = learn_caution([DANGER] * FEWEST, harmless, [])
    assert sum(learnt.of(one) >= learnt.level for one in harmless) <= 5
    assert learnt.level >= LOWEST_ALARM


@pytest.mark.parametrize(
    ("danger", "harmless"),
    [(0, 0), (1, FEWEST), (FEWEST_ALARMS - 1, FEWEST), (FEWEST_ALARMS, FEWEST - 1)],
)
def test_from_too_few_nothing_is_learnt(danger: int, harmless: int) -> None:
    assert learn_caution([DANGER] * danger, [HARMLESS] * harmless, []) == Caution()


# likeness


def test_each_line_of_an_emergency_rings(small: Knowledge, watch: Watch) -> None:
    lines = [(line, e.id) for e in small.entries if e.role is Role.EMERGENCY for line in e.lines]
    assert lines
    for line, id in lines:
        alarm = watch.alarm(line)
        assert alarm
        assert alarm.id == id
        likeness = watch.likeness(line)
        assert likeness
        assert (likeness.line, watch.caution.of(likeness)) == (line, 1)
        assert likeness.coverage == pytest.approx(1)


@pytest.mark.parametrize("text", ["", "?!", "🙂", "xqzzy zqxxv"])
def test_what_has_no_word_in_common_is_not_like_danger(watch: Watch, text: str) -> None:
    assert watch.likeness(text) is None
    assert watch.alarm(text) is None


def test_phrasings_of_other_entries_do_not_ring(small: Knowledge, watch: Watch) -> None:
    lines = [line for e in small.entries if e.role is not Role.EMERGENCY for line in e.lines]
    assert [line for line in lines if watch.alarm(line)] == []


def test_danger_in_one_sentence_of_many_rings(watch: Watch) -> None:
    text = "Thank you for the help last week. I cant feel my legs. What does parking cost me?"
    assert watch.alarm(text)


def test_without_emergencies_the_rules_alone_watch(small: Knowledge) -> None:
    entries = tuple(e for e in small.entries if e.role is not Role.EMERGENCY)
    alone = Watch(replace(small, entries=entries))
    assert alone.likeness("I cant feel my legs") is None
    assert alone.alarm("I cant feel my legs")
    assert alone.alarm("how long does it take") is None


@given(st.text(st.characters(codec=None, categories=None), max_size=300))
def test_any_text_is_looked_at(watch: Watch, text: str) -> None:
    likeness = watch.likeness(text)
    assert likeness is None or 0 <= watch.caution.of(likeness) <= 1
    watch.alarm(text)


def test_what_was_learnt_can_be_lent_to_another(small: Knowledge, watch: Watch) -> None:
    other = Watch(small, watch)
    assert other._lines is watch._lines
    assert other.caution is watch.caution
    for text in ("I cant feel my legs", "how long does it take", "my legs feel odd"):
        assert other.likeness(text) == watch.likeness(text)

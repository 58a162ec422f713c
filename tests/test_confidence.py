"""It tells how sure a match is, and from when that is enough to answer, or to offer a choice."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.confidence import (
    FEWEST,
    WRONG,
    Caution,
    Confidence,
    Trial,
    learn,
    learn_caution,
    left_out,
)
from faqbot.matching import Match, Matcher

number = st.floats(-5, 5)


def match(entry: str = "duration", **given: float) -> Match:
    """A match in which all that is not given is 0."""
    nothing = {field.name: 0.0 for field in fields(Match)}
    return Match(**nothing | {"id": entry, "phrasing": "how long"} | given)


def trial(vote: float, right: bool, entry: str = "duration") -> Trial:
    found = match(entry, score=vote + 1, vote=vote, lead=vote, nearness=0.5, coverage=0.5)
    return Trial([found], lambda entry: right)


def always(entry: str) -> bool:
    return True


# the probability


@given(st.builds(match, score=number, vote=number, lead=number, coverage=number, gap=number))
def test_it_is_a_probability(found: Match) -> None:
    assert 0 <= Confidence().of(found) <= 1


@pytest.mark.parametrize("huge", [-1e30, -1e6, 1e6, 1e30])
def test_it_is_one_whatever_speaks_for_the_match(huge: float) -> None:
    assert 0 <= Confidence().of(match(score=huge, vote=huge, lead=huge)) <= 1


def test_an_exact_phrasing_is_certain() -> None:
    assert Confidence().of(match(vote=-1, lead=-2, nearness=1.0)) == 1


def test_what_speaks_for_nothing_is_unlikely() -> None:
    assert Confidence().of(match(vote=-1, lead=-1)) < Confidence().choice


def test_a_higher_score_makes_it_surer() -> None:
    sure = [Confidence().of(match(score=score)) for score in (0.0, 0.3, 0.6, 0.9, 1.5)]
    assert sure == sorted(sure)
    assert sure[0] < Confidence().choice < Confidence().answer < sure[-1]


def test_a_word_that_only_other_entries_know_makes_it_no_surer() -> None:
    middling = match(score=0.6, vote=0.2, lead=0.2, nearness=0.5, coverage=0.5)
    assert Confidence().of(replace(middling, gap=1.0)) <= Confidence().of(middling)


# when it is an answer


def test_it_is_an_answer_from_its_level_on() -> None:
    confidence = Confidence(answer=0.8)
    assert confidence.is_answer([0.8])
    assert confidence.is_answer([0.9, 0.1, 0.1])
    assert not confidence.is_answer([0.79])
    assert not confidence.is_answer([])


def test_an_exact_phrasing_is_an_answer_whatever_else_is_near() -> None:
    assert Confidence(answer=1.0).is_answer([1.0, 0.99])


def test_two_that_are_as_sure_are_no_answer() -> None:
    assert not Confidence(answer=0.8).is_answer([0.9, 0.9])


def test_choices_need_less_than_answers() -> None:
    assert 0 < Confidence().choice < Confidence().answer < 1


# learning


def test_what_was_right_becomes_sure_and_what_was_wrong_unsure() -> None:
    learnt = learn([trial(0.8, True), trial(-0.6, False)] * FEWEST, always)
    right, wrong = trial(0.8, True).matches[0], trial(-0.6, False).matches[0]
    assert learnt.of(right) > 0.9 > learnt.answer - 0.1
    assert learnt.of(wrong) < 0.1
    assert learnt.is_answer([learnt.of(right)])
    assert not learnt.is_answer([learnt.of(wrong)])


@pytest.mark.parametrize("wrong_at", [-0.5, 0.0, 0.3, 0.9])
def test_no_more_go_wrong_than_may(wrong_at: float) -> None:
    trials = [trial(i / 300, True) for i in range(300)]
    trials += [trial(wrong_at + i / 1000, False) for i in range(40)]
    learnt = learn(trials, always)
    sure = [(learnt.of(t.matches[0]), t.right("duration")) for t in trials]
    wrong = sum(learnt.is_answer([p]) and not right for p, right in sure)
    assert wrong <= WRONG * len(trials)


def test_nearly_all_that_is_right_can_at_least_be_chosen() -> None:
    trials = [trial(i / 300, i % 10 != 0) for i in range(300)]
    learnt = learn(trials, always)
    right = [learnt.of(t.matches[0]) for t in trials if t.right("duration")]
    assert sum(p >= learnt.choice for p in right) >= 0.96 * len(right)


@pytest.mark.parametrize(
    "trials",
    [
        [],
        [trial(0.5, True), trial(-0.5, False)] * (FEWEST // 2 - 1),
        [trial(0.5, True)] * 2 * FEWEST,
        [trial(-0.5, False)] * 2 * FEWEST,
        [Trial([], always)] * 2 * FEWEST,
    ],
    ids=["none", "too few", "all right", "all wrong", "no matches"],
)
def test_where_nothing_can_be_learnt_it_stays_as_it_is(trials: list[Trial]) -> None:
    assert learn(trials, always) == Confidence()


def test_nothing_but_the_score_counts_where_that_is_wanted() -> None:
    trials = [trial(0.8, True), trial(-0.6, False)] * FEWEST
    learnt = learn(trials, always, by_score=True)
    one, other = match(score=1.0, vote=0.9, coverage=1.0), match(score=1.0, lead=-0.9, gap=1.0)
    assert learnt.of(one) == pytest.approx(learnt.of(other))
    assert learnt.of(match(score=1.8)) > 0.9 > 0.1 > learnt.of(match(score=0.4))


def test_only_entries_with_an_answer_are_learnt_from() -> None:
    trials = [trial(0.5, True, "cost"), trial(-0.5, False, "cost")] * FEWEST
    assert learn(trials, lambda entry: entry != "cost") == Confidence()


def test_questions_without_a_match_are_no_hindrance() -> None:
    trials = [trial(0.8, True), trial(-0.6, False), Trial([], always)] * FEWEST
    assert learn(trials, always).of(trial(0.8, True).matches[0]) > 0.9


@given(st.lists(st.tuples(number, st.booleans()), min_size=FEWEST, max_size=FEWEST + 20))
def test_levels_are_probabilities_whatever_is_learnt(lines: list[tuple[float, bool]]) -> None:
    learnt = learn([trial(vote, right) for vote, right in lines], always)
    assert all(math.isfinite(weight) for weight in learnt.weights)
    assert 0 <= learnt.answer <= 1
    assert 0 <= learnt.choice <= 1


# phrasings in the place of visitors


def lines(entries: int) -> tuple[list[str], list[str]]:
    """Twenty phrasings for each entry, no two of which are the same."""
    asked = ["what is", "tell me about", "where is", "who does", "why"]
    ends = ["", "please", "for me", "now"]
    made = [(f"{a} topic{i} {b}", f"e{i}") for i in range(entries) for a in asked for b in ends]
    return [phrasing for phrasing, _ in made], [entry for _, entry in made]


def test_too_few_phrasings_stand_in_for_nobody() -> None:
    assert left_out(*lines(5), ()) == []


def test_phrasings_are_tried_on_a_matcher_that_does_not_know_them() -> None:
    trials = left_out(*lines(FEWEST // 2), ())
    assert len(trials) == FEWEST
    assert not any(found.exact for tried in trials for found in tried.matches)
    assert sum(tried.right(tried.matches[0].id) for tried in trials) > 0.9 * len(trials)
    assert isinstance(learn(trials, always), Confidence)


def test_a_real_match_is_neither_certain_nor_impossible() -> None:
    matcher = Matcher(["how long is it", "what does it cost"], ["duration", "cost"])
    found = matcher.rank("how long")[0]
    assert 0 < Confidence().of(found) < 1


# caution


@given(number, st.floats(0, 1), st.floats(0, 1))
def test_caution_is_a_probability(vote: float, nearness: float, coverage: float) -> None:
    found = match(vote=vote, nearness=nearness, coverage=coverage)
    assert 0 <= Caution().of(found) <= 1


def test_a_phrasing_of_an_emergency_is_certain() -> None:
    assert Caution().of(match(nearness=1.0)) == 1


def test_caution_is_learnt_from_what_was_danger_and_what_was_not() -> None:
    danger = match(vote=0.6, nearness=0.6, coverage=0.9)
    harmless = match(vote=-0.9, nearness=0.2, coverage=0.5)
    learnt = learn_caution([danger] * FEWEST, [harmless] * FEWEST, [harmless] * 10)
    assert learnt.of(danger) >= learnt.level
    assert learnt.of(harmless) < learnt.level


def test_without_enough_emergencies_caution_stays_as_it_is() -> None:
    harmless = [match(vote=-0.9)] * FEWEST
    assert learn_caution([], [], []) == Caution()
    assert learn_caution([match(vote=0.9)], harmless, []) == Caution()

"""It ranks the entries that a question may mean, whatever was typed."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from faqbot.knowledge import Entry, Role
from faqbot.understanding import calibration as shipped
from faqbot.understanding.evidence import MAX_CANDIDATES
from faqbot.understanding.matching import Match, Matcher

from .practice import ENTRIES, LINES, SYNONYMS, entry, office

anything = st.text(st.characters(codec=None, categories=None), max_size=500)
known = st.lists(st.sampled_from(" ".join(p for p, _ in LINES).split()), max_size=90).map(" ".join)
QUESTIONS = [
    "how long is the surgery",
    "overnight scar",
    "is the price good",
    "zebra",
    "it hardens",
]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(ENTRIES, SYNONYMS)


def ids(matches: Iterable[Match]) -> list[str]:
    return [match.entry.id for match in matches]


# what comes first


@pytest.mark.parametrize(("phrasing", "entry"), LINES)
def test_a_phrasing_comes_first_and_is_exact(matcher: Matcher, phrasing: str, entry: str) -> None:
    best, *others = matcher.rank(phrasing).matches
    assert (best.entry.id, best.phrasing, best.exact) == (entry, phrasing, True)
    assert best.probability == 1
    assert best.word_coverage == pytest.approx(1)
    assert not any(other.exact for other in others)


@pytest.mark.parametrize("typed", ["HOW MUCH IS THE SURGERY???", "  how much\tis the surgery. "])
def test_case_marks_and_spaces_make_no_difference(matcher: Matcher, typed: str) -> None:
    assert matcher.rank(typed).matches == matcher.rank("how much is the surgery").matches


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("how long is the procedure", "duration"),
        ("how long does the op take", "duration"),
        ("lenght of the operatoin", "duration"),
        ("stay over night", "overnight-stay"),
        ("going home on the same day?", "overnight-stay"),
        ("the scars, how big are they", "incisions"),
        ("how big is the scarr", "incisions"),
        ("is the cemment hard", "cement"),
        ("what is the price", "cost"),
        ("how much will I pay for it", "cost"),
        ("good morning to you", "hello"),
    ],
)
def test_other_words_find_the_entry(matcher: Matcher, question: str, entry: str) -> None:
    assert matcher.rank(question).matches[0].entry.id == entry


def test_one_word_more_is_not_exact(matcher: Matcher) -> None:
    assert not matcher.rank("how much is the surgery then").matches[0].exact
    assert not matcher.rank("how much is surgery").matches[0].exact


def test_a_match_has_the_nearest_phrasing(matcher: Matcher) -> None:
    assert (
        matcher.rank("does cement get really hard").matches[0].phrasing
        == "does the cement get hard"
    )


def test_a_match_has_the_share_of_the_question_that_its_entry_knows(matcher: Matcher) -> None:
    whole = matcher.rank("size of the scar").matches[0]
    part = matcher.rank("size of the scar on my zebra").matches[0]
    assert part.word_coverage < whole.word_coverage


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("will I sleep at home", "overnight-stay"),  # what its answer says
        ("any stitches needed?", "incisions"),  # what it quotes
        ("how expensive is it", "cost"),  # what means the same
    ],
)
def test_answers_quotes_and_meanings_find_the_entry(
    matcher: Matcher, question: str, entry: str
) -> None:
    assert matcher.rank(question).matches[0].entry.id == entry


def test_what_the_question_has_and_the_entry_lacks_makes_it_less_sure(matcher: Matcher) -> None:
    near = matcher.rank("how long does the knee replacement take").matches
    sure = {match.entry.id: match.probability for match in near}
    assert sure["duration"] < matcher.rank("how long does it take").matches[0].probability


def test_questions_on_other_things_are_not_sure(matcher: Matcher) -> None:
    for question in ("the weather in Boston", "who won the election"):
        answered = [
            m for m in matcher.rank(question).matches if m.entry.id not in ("cost", "hello")
        ]
        assert max(match.probability for match in answered) < shipped.ANSWER_THRESHOLD, question


# in which order


def test_the_surest_stand_first(matcher: Matcher) -> None:
    sure = [match.probability for match in matcher.rank("how long is the surgery").matches]
    assert len(sure) == 6
    assert sure == sorted(sure, reverse=True)


@pytest.mark.parametrize("question", ["", "   ", "?!…", "🙂", "\x00\ud800"])
def test_a_text_without_words_gets_nothing(matcher: Matcher, question: str) -> None:
    assert matcher.rank(question).matches == ()


# whatever is typed


@given(anything | known)
@example("how " * 120)
@example("w" * 500)
@example("\ud83d" * 500)
@example("1" * 500)
@example("a'" * 250)
@example("İ" * 500)
def test_any_text_gets_finite_matches(matcher: Matcher, text: str) -> None:
    matches = matcher.rank(text).matches
    assert len({*ids(matches)}) == len(matches) <= MAX_CANDIDATES
    for match in matches:
        assert (match.phrasing, match.entry.id) in LINES
        assert_bounded(match)


def assert_bounded(match: Match) -> None:
    assert math.isfinite(match.probability)
    assert 0 <= match.probability <= 1
    assert -1e-5 <= match.word_coverage <= 1 + 1e-5


@given(anything | known)
def test_the_same_text_gets_the_same_matches(matcher: Matcher, text: str) -> None:
    assert matcher.rank(text).matches == matcher.rank(text).matches


def test_threads_do_not_get_one_anothers_matches(matcher: Matcher) -> None:
    texts = [*QUESTIONS, *(f"how long is the {word}" for word in "surgery scar stay".split())]
    alone = [matcher.rank(text).matches for text in texts]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            fresh = Matcher(ENTRIES, SYNONYMS)  # which has not looked up a word yet
            found = [ranking.matches for ranking in pool.map(fresh.rank, texts * 4)]
    finally:
        sys.setswitchinterval(before)
    assert found == alone * 4


# whatever is known


def test_another_matcher_of_the_same_entries_is_the_same(matcher: Matcher) -> None:
    other = Matcher(ENTRIES, SYNONYMS)
    for question in QUESTIONS:
        assert other.rank(question).matches == matcher.rank(question).matches


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_entries_does_not_matter(matcher: Matcher, seed: int) -> None:
    entries = ENTRIES.copy()
    Random(seed).shuffle(entries)  # noqa: S311
    other = Matcher(entries, SYNONYMS)
    for question in QUESTIONS:
        here = {match.entry.id: match for match in matcher.rank(question).matches}
        for match in other.rank(question).matches:
            assert match.probability == pytest.approx(here[match.entry.id].probability, abs=0.01)


def test_what_is_the_same_is_shared_with_another(matcher: Matcher) -> None:
    other = Matcher(ENTRIES, SYNONYMS, previous=matcher)
    assert other.candidates.phrasings is matcher.candidates.phrasings
    for question in QUESTIONS:
        assert other.rank(question).matches == matcher.rank(question).matches


def test_one_entry_alone_is_found() -> None:
    alone = Matcher([entry("duration", "how long does it take", "how many hours")])
    assert ids(alone.rank("how long does it take").matches) == ["duration"]
    assert alone.rank("how long does it take").matches[0].exact


def test_one_phrasing_alone_is_found() -> None:
    assert ids(Matcher([office("cost", "price")]).rank("the price").matches) == ["cost"]


@pytest.mark.parametrize("odd", [entry("odd", "???"), entry("odd", "???", text="!")])
def test_an_entry_without_a_word_harms_nothing(odd: Entry) -> None:
    found = Matcher([*ENTRIES, odd], SYNONYMS)
    assert found.rank("price").matches[0].entry.id == "cost"
    assert found.rank("").matches == ()
    assert Matcher([odd]).rank("price").matches == ()


def test_phrasings_of_two_entries_that_are_the_same_are_exact_in_both() -> None:
    twice = Matcher([entry("a", "what does it cost"), entry("b", "price", "what does it cost")])
    assert [(m.probability, m.exact) for m in twice.rank("what does it cost").matches] == [
        (1, True)
    ] * 2


@given(
    st.lists(
        st.builds(
            entry,
            st.uuids().map(str),
            anything,
            anything,
            text=anything,
            quotes=st.tuples(anything),
        ),
        min_size=1,
        max_size=5,
    ),
    anything | known,
)
def test_any_phrasings_can_be_loaded(entries: list[Entry], question: str) -> None:
    for match in Matcher(entries).rank(question).matches:
        assert_bounded(match)


# a practice's own examples


def test_examples_move_what_is_sure(matcher: Matcher) -> None:
    """A hundred times: what nobody answers here is asked with these very words."""
    unanswered = [(f"does the cement get {word}", frozenset(["out-of-scope"])) for word in WORDS]
    refined = Matcher(ENTRIES, SYNONYMS, unanswered * 20, matcher)
    asked = "does the cement get wet"
    assert refined.rank(asked).matches[0].probability < matcher.rank(asked).matches[0].probability
    assert refined.rank("does the cement get hard").matches[0].probability == 1, "as it is exact"


WORDS = "wet old warm lost heavy".split()


def test_few_examples_change_nothing(matcher: Matcher) -> None:
    few = Matcher(ENTRIES, SYNONYMS, [("is the cement wet", frozenset(["out-of-scope"]))])
    for question in QUESTIONS:
        assert few.rank(question).matches == matcher.rank(question).matches


def test_examples_without_a_word_are_left_out() -> None:
    assert Matcher(ENTRIES, SYNONYMS, [("?!", frozenset(["cost"]))] * 200).rank("price").matches


def test_small_talk_is_matched_as_questions_are(matcher: Matcher) -> None:
    assert matcher.rank("good morning").matches[0].entry.id == "hello"
    assert {one.role for one in ENTRIES} == {Role.ANSWER, Role.PHONE_ONLY, Role.SMALL_TALK}

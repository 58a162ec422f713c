"""It ranks the entries that a question may mean, whatever was typed."""

from __future__ import annotations

import math
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from faqbot import knowledge
from faqbot.knowledge import Role
from faqbot.learning import ridge_regression
from faqbot.matching import Match, Matcher

ENTRIES = {
    "duration": [
        "how long does the procedure take",
        "how many hours is the surgery",
        "length of operation",
    ],
    "overnight-stay": [
        "do I have to stay in the hospital overnight",
        "can I go home the same day",
        "overnight hospital stay",
    ],
    "incisions": ["how big are the cuts", "how many incisions are made", "size of the scar"],
    "cement": ["what is the bone cement for", "does the cement get hard"],
    "cost": ["how much is the surgery", "price", "what will I pay"],
    "hello": ["hi", "hello there", "good morning"],
}
LINES = [(phrasing, entry) for entry, found in ENTRIES.items() for phrasing in found]
SYNONYMS = [["procedure", "surgery", "op"], ["overnight", "over night"]]
anything = st.text(st.characters(codec=None, categories=None), max_size=500)
known = st.lists(st.sampled_from(" ".join(p for p, _ in LINES).split()), max_size=90).map(" ".join)


def matcher_of(lines: list[tuple[str, str]], synonyms: list[list[str]] = SYNONYMS) -> Matcher:
    return Matcher([phrasing for phrasing, _ in lines], [entry for _, entry in lines], synonyms)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return matcher_of(LINES)


def ids(matches: list[Match]) -> list[str]:
    return [match.id for match in matches]


# what comes first


@pytest.mark.parametrize(("phrasing", "entry"), LINES)
def test_a_phrasing_comes_first_and_is_exact(matcher: Matcher, phrasing: str, entry: str) -> None:
    best, *others = matcher.rank(phrasing)
    assert (best.id, best.phrasing, best.exact) == (entry, phrasing, True)
    assert best.coverage == pytest.approx(1)
    assert not any(other.exact for other in others)


@pytest.mark.parametrize("typed", ["HOW MUCH IS THE SURGERY???", "  how much\tis the surgery. "])
def test_case_marks_and_spaces_make_no_difference(matcher: Matcher, typed: str) -> None:
    assert matcher.rank(typed) == matcher.rank("how much is the surgery")


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("how long is the procedure", "duration"),
        ("how long does the op take", "duration"),
        ("lenght of the operatoin", "duration"),
        ("stay over night", "overnight-stay"),
        ("going home on the same day?", "overnight-stay"),
        ("the scars, how big are they", "incisions"),
        ("is the cemment hard", "cement"),
        ("what is the price", "cost"),
        ("how much will I pay for it", "cost"),
        ("good morning to you", "hello"),
    ],
)
def test_other_words_find_the_entry(matcher: Matcher, question: str, entry: str) -> None:
    assert matcher.rank(question)[0].id == entry


def test_one_word_more_is_not_exact(matcher: Matcher) -> None:
    assert not matcher.rank("how much is the surgery then")[0].exact
    assert not matcher.rank("how much is surgery")[0].exact


def test_the_nearest_phrasing_is_told(matcher: Matcher) -> None:
    assert matcher.rank("does cement get really hard")[0].phrasing == "does the cement get hard"


def test_the_share_of_the_question_that_an_entry_knows_is_told(matcher: Matcher) -> None:
    whole = matcher.rank("size of the scar")[0]
    part = matcher.rank("size of the scar on my zebra")[0]
    assert part.coverage < whole.coverage


def test_a_word_that_only_other_entries_know_is_a_gap(matcher: Matcher) -> None:
    assert matcher.rank("size of the scar")[0].gap == 0
    assert matcher.rank("size of the scar zebra")[0].gap == 0
    assert matcher.rank("size of the scar in the hospital")[0].gap > 0


def test_the_first_leads_and_the_others_trail(matcher: Matcher) -> None:
    best, *others = matcher.rank("how big is the scar")
    assert best.lead > 0
    assert all(other.lead < 0 for other in others)


# how many, and in which order


def test_the_best_stand_first(matcher: Matcher) -> None:
    scores = [match.score for match in matcher.rank("how long is the surgery", top=6)]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("top", [1, 2, 3])
def test_no_more_than_the_top_are_given(matcher: Matcher, top: int) -> None:
    best = matcher.rank("how long is the surgery and the stay in the hospital", top=6)
    assert matcher.rank("how long is the surgery and the stay in the hospital", top) == best[:top]


def test_fewer_are_given_where_fewer_are_alike(matcher: Matcher) -> None:
    assert 0 < len(matcher.rank("scar", top=6)) < 6


@pytest.mark.parametrize("question", ["", "   ", "?!…", "🙂", "\x00\ud800", "手術は何時間ですか"])
def test_what_is_like_nothing_gets_nothing(matcher: Matcher, question: str) -> None:
    assert matcher.rank(question) == []


def test_more_than_there_are_may_be_wanted(matcher: Matcher) -> None:
    assert len(matcher.rank("how long is the surgery", top=100)) <= len(ENTRIES)


# whatever is typed


@given(anything | known)
@example("how " * 120)
@example("w" * 500)
@example("\ud83d" * 500)
@example("1" * 500)
@example("a'" * 250)
@example("İ" * 500)
def test_any_text_gets_finite_matches(matcher: Matcher, text: str) -> None:
    matches = matcher.rank(text)
    assert len({match.id for match in matches}) == len(matches) <= 5
    for match in matches:
        assert match.phrasing in ENTRIES[match.id]
        assert math.isfinite(match.vote)
        assert math.isfinite(match.lead)
        assert 0 < match.score < math.inf
        assert 0 < match.nearness <= 1 + 1e-5
        assert -1e-9 <= match.coverage <= 1 + 1e-9
        assert 0 <= match.gap <= 1.3 + 1e-9


@given(anything | known)
def test_the_same_text_gets_the_same_matches(matcher: Matcher, text: str) -> None:
    assert matcher.rank(text) == matcher.rank(text)


# whatever is known


def test_another_matcher_of_the_same_lines_is_the_same(matcher: Matcher) -> None:
    for question in ["how long is it", "does it stay hard overnight", "morning price"]:
        assert matcher_of(LINES).rank(question) == matcher.rank(question)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_lines_does_not_matter(matcher: Matcher, seed: int) -> None:
    lines = LINES.copy()
    Random(seed).shuffle(lines)  # noqa: S311
    for question in ["how long is the surgery", "overnight scar", "is the price good"]:
        here, there = matcher.rank(question), matcher_of(lines).rank(question)
        assert ids(there) == ids(here)
        for one, other in zip(here, there, strict=True):
            assert other.score == pytest.approx(one.score, abs=1e-3)


def test_what_was_learnt_can_be_lent_to_another(matcher: Matcher) -> None:
    phrasings, labels = [p for p, _ in LINES], [entry for _, entry in LINES]
    other = Matcher(phrasings, labels, SYNONYMS, matcher.learnt)
    for question in ["how long is the surgery", "overnight scar", "is the price good"]:
        assert other.rank(question) == matcher.rank(question)


def test_one_entry_alone_is_found() -> None:
    alone = matcher_of([("how long does it take", "duration"), ("how many hours", "duration")])
    assert ids(alone.rank("how long does it take")) == ["duration"]
    assert alone.rank("how long does it take")[0].exact
    assert alone.rank("zebra") == []


def test_one_phrasing_alone_is_found() -> None:
    assert ids(matcher_of([("price", "cost")]).rank("the price")) == ["cost"]


def test_a_phrasing_without_a_word_harms_nothing() -> None:
    odd = matcher_of([*LINES, ("???", "hello")])
    assert odd.rank("price")[0].id == "cost"
    odd.rank("")


@given(
    st.lists(st.tuples(anything, st.sampled_from(["a", "b", "c"])), min_size=1, max_size=8),
    anything | known,
)
def test_any_phrasings_can_be_learnt(lines: list[tuple[str, str]], question: str) -> None:
    for match in matcher_of(lines, []).rank(question):
        assert math.isfinite(match.score)


# by candidates, where phrasings and entries are many


def by_candidates(lines: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> Matcher:
    with monkeypatch.context() as patch:
        patch.setattr("faqbot.learning.MOST_VOTES", 0)
        found = matcher_of(lines)
    assert found.learnt.weights.size == 0
    return found


QUESTIONS = [
    *(p for p, _ in LINES),
    "how long is it",
    "overnight scar",
    "is the price good",
    "zebra",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_few_phrasings_are_all_candidates(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    here, there = matcher.rank(question), by_candidates(LINES, monkeypatch).rank(question)
    assert ids(there) == ids(here)
    for one, other in zip(here, there, strict=True):
        assert other.phrasing == one.phrasing
        for name in ("score", "vote", "lead", "nearness", "coverage", "gap"):
            assert getattr(other, name) == pytest.approx(getattr(one, name), abs=2e-3), name


@pytest.mark.parametrize(
    "question", ["", "?!…", "🙂", "手術は何時間ですか", "how " * 120, "w" * 500]
)
def test_candidates_are_found_whatever_is_typed(
    monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    monkeypatch.setattr("faqbot.polling.CANDIDATES", 5)
    for match in by_candidates(LINES, monkeypatch).rank(question):
        assert math.isfinite(match.score)


@pytest.mark.parametrize(("candidates", "budget"), [(5, 10**9), (8, 20), (5, 0)])
def test_a_phrasing_comes_first_among_candidates(
    monkeypatch: pytest.MonkeyPatch, candidates: int, budget: int
) -> None:
    monkeypatch.setattr("faqbot.polling.CANDIDATES", candidates)
    monkeypatch.setattr("faqbot.polling.BUDGET", budget)
    found = by_candidates(LINES, monkeypatch)
    for phrasing, entry in LINES if budget else []:
        best = found.rank(phrasing)[0]
        assert (best.id, best.phrasing, best.exact) == (entry, phrasing, True)
    found.rank("how long is the surgery")


def test_there_is_no_cliff_where_candidates_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the sample, nine in ten examples and more get the same first entry either way."""
    sample = knowledge.load(Path(__file__).parent.parent / "knowledge")
    spoken = [e for e in sample.entries if e.role in (Role.ANSWER, Role.OFFICE)]
    lines = [(line, entry.id) for entry in spoken for line in entry.lines]
    every, some = matcher_of(lines), by_candidates(lines, monkeypatch)
    questions = [example.question for example in sample.examples][::4]
    first = [(every.rank(q, 1), some.rank(q, 1)) for q in questions]
    same = sum(ids(one) == ids(other) for one, other in first)
    assert same >= 0.9 * len(questions)


# ridge regression


def test_ridge_regression_is_solved() -> None:
    """Against the closed form: centred rows X, weights (X'X + ridge)⁻¹ X'y."""
    random = np.random.default_rng(7)
    rows = random.random((20, 6)).astype(np.float32)
    targets = np.where(random.random((20, 3)) < 0.4, 1, -1).astype(np.float32)
    weights, constants = ridge_regression(csr_array(rows), targets, 0.2)
    centred = rows - rows.mean(0)
    expected = np.linalg.solve(centred.T @ centred + 0.2 * np.eye(6), centred.T @ targets)
    assert weights == pytest.approx(expected, abs=1e-3)
    assert constants == pytest.approx(targets.mean(0) - rows.mean(0) @ expected, abs=1e-3)

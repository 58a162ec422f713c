"""It finds the entries that a text may mean, and tells what can be learnt from an example."""

from __future__ import annotations

import numpy as np
import pytest

from faqbot.understanding.candidates import Candidates
from faqbot.understanding.evidence import COLUMNS

from .practice import ENTRIES, SYNONYMS, entry, office

SOME = [
    entry("duration", "how long does it take", text="It takes one hour."),
    entry("incisions", "how big is the scar", text="It is small."),
    office("cost", "what does it cost"),
    office("parking", "where can I park"),
]


@pytest.fixture(scope="module")
def candidates() -> Candidates:
    return Candidates(SOME)


def right(candidates: Candidates, text: str, *ids: str) -> set[str]:
    """What a lesson takes for right."""
    found, lesson = candidates.find(text), candidates.lesson(text, frozenset(ids))
    assert found
    assert lesson
    columns, truth = lesson
    assert np.array_equal(columns, found.columns)
    names = [*(candidates.entries[number] for number in found.entries), "none"]
    return {name for name, good in zip(names, truth, strict=True) if good}


def test_it_finds_the_likeliest_first(candidates: Candidates) -> None:
    found = candidates.find("the scar, how big is it")
    assert found
    assert candidates.entries[found.entries[0]] == "incisions"
    assert found.columns.shape == (len(SOME), len(COLUMNS))


@pytest.mark.parametrize("text", ["", "  ", "?!…", "🙂", "\x00\ud800"])
def test_a_text_without_words_has_no_candidates(candidates: Candidates, text: str) -> None:
    assert candidates.find(text) is None
    assert candidates.lesson(text, frozenset(["duration"])) is None


# what is right


def test_what_an_example_accepts_is_right(candidates: Candidates) -> None:
    assert right(candidates, "how long", "duration") == {"duration"}
    assert right(candidates, "how long", "duration", "incisions") == {"duration", "incisions"}


@pytest.mark.parametrize("ids", [("cost",), ("out-of-scope",), ()])
def test_where_nothing_with_an_answer_is_right_the_office_is_whatever_the_topic(
    candidates: Candidates, ids: tuple[str, ...]
) -> None:
    assert right(candidates, "how much is it", *ids) == {"cost", "parking", "none"}


def test_what_is_right_with_an_answer_leaves_the_office_out(candidates: Candidates) -> None:
    assert right(candidates, "how much is it", "duration", "cost") == {"duration", "cost"}
    assert right(candidates, "how long", "duration", "out-of-scope") == {"duration"}


def test_where_the_right_one_is_not_among_the_candidates_none_is() -> None:
    many = [entry(f"e{i}", f"how long is the stay in room {i}") for i in range(20)]
    candidates = Candidates([*many, entry("wound", "xqzzy")])
    assert right(candidates, "how long is the stay in room 3", "wound") == {"none"}


# another of the same


def test_phrasings_that_are_the_same_are_taken_over(candidates: Candidates) -> None:
    told = [entry("duration", "how long does it take", text="Two hours."), *SOME[1:]]
    other = Candidates(told, (), candidates)
    assert other.phrasings is candidates.phrasings
    assert other.shared("two", "duration") == ["two"], "answers are read anew"


@pytest.mark.parametrize(
    ("entries", "synonyms"),
    [
        (SOME[1:], []),
        ([entry("duration", "how long does it last"), *SOME[1:]], []),
        (SOME, [["scar", "cut"]]),
    ],
)
def test_other_phrasings_and_other_synonyms_are_learnt(
    candidates: Candidates, entries: list, synonyms: list[list[str]]
) -> None:
    assert Candidates(entries, synonyms, candidates).phrasings is not candidates.phrasings


# the words that meet


@pytest.mark.parametrize(
    ("text", "id", "shared"),
    [
        ("is the scar long", "incisions", ["is", "the", "scar"]),
        ("how small are the scars", "incisions", ["how", "small", "the", "scar"]),
        ("an hour", "duration", ["hour"]),
        ("zebra", "cost", []),
        ("", "cost", []),
    ],
)
def test_it_tells_the_stems_that_an_entry_has(
    candidates: Candidates, text: str, id: str, shared: list[str]
) -> None:
    assert candidates.shared(text, id) == shared


def test_quotes_count_as_the_answer_does() -> None:
    assert Candidates(ENTRIES, SYNONYMS).shared("any stitches", "incisions") == ["stitch"]

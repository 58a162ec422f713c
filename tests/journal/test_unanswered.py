"""Like questions are taken together: quickly, whatever was typed, and none gets lost."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.journal.unanswered import Group, all_spellings, group

KNOWN = (
    "How long does the procedure take?",
    "how many hours is the surgery",
    "what does the surgery cost",
    "how much is the procedure",
    "do you take my insurance",
    "does the procedure hurt",
    "pain after the surgery",
    "is the procedure safe",
    "what is the surgery like",
    "can I go home the same day",
)
NOON = datetime(2026, 3, 2, 12)


@dataclass(frozen=True)
class Asked:
    text: str
    hour: datetime = NOON
    kind: str = "office"
    nearest: str = ""
    score: float = 0.3


def texts(found: Group) -> set[str]:
    return {text for wording in found.questions for text in wording.texts}


def groups(*questions: str) -> list[set[str]]:
    return [texts(found) for found in group([Asked(question) for question in questions], KNOWN)]


@pytest.mark.parametrize(
    "other",
    [
        "where can I park",
        "WHERE CAN I PARK MY CAR???",
        "is there a car park",
        "where can i prak my car",
        "car parking",
    ],
)
def test_takes_together_what_asks_the_same(other: str) -> None:
    assert groups("where can I park my car", other, "do you treat scoliosis") == [
        {"where can I park my car", other},
        {"do you treat scoliosis"},
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("can I drive after the procedure", "can I fly after the procedure"),
        ("does the procedure hurt", "does the procedure leave a scar"),
        ("how much is the surgery", "how long is the surgery"),
        ("do you do botox", "do you do acupuncture"),
    ],
)
def test_keeps_apart_what_only_sounds_alike(one: str, other: str) -> None:
    assert len(groups(one, other)) == 2


def test_words_that_all_questions_share_do_not_bring_them_together() -> None:
    topics = "driving smoking swimming insurance parking vitamins metal allergies tea dancing"
    questions = [f"kyphoplasty and {topic}" for topic in topics.split()]
    assert len(group([Asked(question) for question in questions])) == len(questions)


def test_the_same_nearest_entry_brings_likely_ones_together() -> None:
    questions = ("will I be kept for a night", "do I stay the night")
    apart = group([Asked(question) for question in questions])
    together = group([Asked(question, nearest="overnight-stay") for question in questions])
    assert (len(apart), len(together)) == (2, 1)


def test_the_most_frequent_come_first_and_of_equals_the_latest() -> None:
    later = NOON + timedelta(hours=5)
    found = group(
        [
            Asked("do you treat scoliosis"),
            Asked("do you sell braces", hour=later),
            *[Asked("where can I park")] * 2,
        ]
    )
    assert [one.questions[0].text for one in found] == [
        "where can I park",
        "do you sell braces",
        "do you treat scoliosis",
    ]


def test_tells_wordings_counts_kinds_and_when() -> None:
    later = NOON + timedelta(hours=5)
    (found,) = group(
        [
            Asked("where can I park"),
            Asked("Where can I park?", hour=later, kind="choices"),
            Asked("Where can I park?"),
            Asked("is there a place where I can park", kind="not helpful"),
        ]
    )
    assert found.count == 4
    assert found.last == later
    assert found.kinds == (("office", 2), ("choices", 1), ("not helpful", 1))
    assert [(wording.text, wording.count) for wording in found.questions] == [
        ("Where can I park?", 3),
        ("is there a place where I can park", 1),
    ]
    assert set(found.questions[0].texts) == {"Where can I park?", "where can I park"}


def test_the_nearest_entry_is_the_one_with_the_highest_sum_of_scores() -> None:
    (found,) = group(
        [
            Asked("parking", nearest="", score=0.0),
            Asked("parking", nearest="visit", score=0.2),
            Asked("parking", nearest="visit", score=0.2),
            Asked("parking", nearest="hours", score=0.3),
        ]
    )
    assert found.nearest == "visit"


def test_a_slip_that_many_make_is_still_a_slip() -> None:
    asked = [Asked("kyphoplasty ride home")] * 2 + [Asked("kyphoplasty driver home")] * 20
    asked += [Asked("kyphoplsty ride home")] * 2
    assert len({id(one) for one in group(asked) for q in one.questions if "kyp" in q.text}) <= 2


def test_finds_all_spellings_of_what_was_asked() -> None:
    asked = [Asked("Parking?"), Asked("parking"), Asked("parking"), Asked("braces"), Asked("?!")]
    assert all_spellings(asked, ["parking", "?!", "never asked", "Parking?"]) == {
        "parking": ["parking", "Parking?"],
        "?!": ["?!"],
    }


def test_a_browser_s_line_breaks_do_not_matter() -> None:
    asked = [Asked("where can\nI park")]
    assert all_spellings(asked, ["where can\r\nI park"]) == {"where can\nI park": [asked[0].text]}


def test_nothing_asked_makes_no_group() -> None:
    assert group([]) == []


@given(st.lists(st.text(max_size=40), max_size=30))
def test_every_question_is_in_exactly_one_group(questions: list[str]) -> None:
    found = group([Asked(question) for question in questions])
    assert sum(one.count for one in found) == len(questions)
    assert sorted(text for one in found for text in texts(one)) == sorted(set(questions))


@given(st.permutations(range(12)))
def test_the_order_of_the_journal_does_not_matter(order: list[int]) -> None:
    lines = "car park,park the car,parking,Parking,PARKING,car,ride home,ride,home,tea,a tea,?"
    entries = ("visit", "cost", "")
    asked = [
        Asked(text, NOON + timedelta(hours=place % 3), nearest=entries[place % 3])
        for place, text in enumerate(lines.split(","))
    ]
    assert group([asked[place] for place in order]) == group(asked)


def test_five_thousand_take_a_second() -> None:
    chance = random.Random(5)  # noqa: S311 - no secret
    vocabulary = ["".join(chance.choices("abcdefghijklmnop", k=6)) for _ in range(1_500)]
    common = "how long does the procedure take can I drive home after it hurt".split()
    asked = [
        Asked(" ".join(chance.choices(common, k=5) + chance.choices(vocabulary, k=3)))
        for _ in range(5_000)
    ]
    group(asked[:100])
    started = time.thread_time()
    found = group(asked)
    assert sum(one.count for one in found) == 5_000
    assert time.thread_time() - started < 5  # on a slow machine; 0.5 s on a quick one

"""Similar questions are grouped: quickly, whatever was typed, and none gets lost."""

from __future__ import annotations

import random
import time
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.journal import OpenQuestion
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


def asked(
    text: str, hour: datetime = NOON, kind: str = "office", nearest: str = "", score: float = 0.3
) -> OpenQuestion:
    return OpenQuestion(0, hour, kind, text, nearest, score)


def texts(found: Group) -> set[str]:
    return {text for wording in found.questions for text in wording.texts}


def groups(*questions: str) -> list[set[str]]:
    return [texts(found) for found in group([asked(question) for question in questions], KNOWN)]


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
def test_it_groups_what_asks_the_same(other: str) -> None:
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
def test_it_keeps_apart_what_only_sounds_alike(one: str, other: str) -> None:
    assert len(groups(one, other)) == 2


def test_it_groups_nothing_by_words_that_all_questions_share() -> None:
    topics = "driving smoking swimming insurance parking vitamins metal allergies tea dancing"
    questions = [f"kyphoplasty and {topic}" for topic in topics.split()]
    assert len(group([asked(question) for question in questions])) == len(questions)


def test_it_groups_sooner_with_the_same_nearest_entry() -> None:
    questions = ("will I be kept for a night", "do I stay the night")
    apart = group([asked(question) for question in questions])
    together = group([asked(question, nearest="overnight-stay") for question in questions])
    assert (len(apart), len(together)) == (2, 1)


def test_it_puts_the_most_frequent_first_and_of_equals_the_latest() -> None:
    later = NOON + timedelta(hours=5)
    found = group(
        [
            asked("do you treat scoliosis"),
            asked("do you sell braces", hour=later),
            *[asked("where can I park")] * 2,
        ]
    )
    assert [one.questions[0].text for one in found] == [
        "where can I park",
        "do you sell braces",
        "do you treat scoliosis",
    ]


def test_it_gives_wordings_counts_kinds_and_when() -> None:
    later = NOON + timedelta(hours=5)
    (found,) = group(
        [
            asked("where can I park"),
            asked("Where can I park?", hour=later, kind="choices"),
            asked("Where can I park?"),
            asked("is there a place where I can park", kind="not helpful"),
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


def test_it_takes_the_nearest_entry_with_the_highest_sum_of_scores() -> None:
    (found,) = group(
        [
            asked("parking", nearest="", score=0.0),
            asked("parking", nearest="visit", score=0.2),
            asked("parking", nearest="visit", score=0.2),
            asked("parking", nearest="hours", score=0.3),
        ]
    )
    assert found.nearest == "visit"


def test_it_takes_a_typo_of_many_for_a_typo() -> None:
    questions = [asked("kyphoplasty ride home")] * 2 + [asked("kyphoplasty driver home")] * 20
    questions += [asked("kyphoplsty ride home")] * 2
    found = group(questions)
    assert len({id(one) for one in found for q in one.questions if "kyp" in q.text}) <= 2


def test_it_finds_all_spellings_of_what_was_asked() -> None:
    questions = [asked(text) for text in ("Parking?", "parking", "parking", "braces", "?!")]
    assert all_spellings(questions, ["parking", "?!", "never asked", "Parking?"]) == {
        "parking": ["parking", "Parking?"],
        "?!": ["?!"],
    }


def test_it_finds_a_text_whose_line_breaks_a_browser_changed() -> None:
    text = "where can\nI park"
    assert all_spellings([asked(text)], ["where can\r\nI park"]) == {text: [text]}


def test_it_makes_no_group_of_nothing() -> None:
    assert group([]) == []


@given(st.lists(st.text(max_size=40), max_size=30))
def test_it_puts_every_question_in_exactly_one_group(questions: list[str]) -> None:
    found = group([asked(question) for question in questions])
    assert sum(one.count for one in found) == len(questions)
    assert sorted(text for one in found for text in texts(one)) == sorted(set(questions))


@given(st.permutations(range(12)))
def test_it_groups_the_same_in_whatever_order(order: list[int]) -> None:
    lines = "car park,park the car,parking,Parking,PARKING,car,ride home,ride,home,tea,a tea,?"
    entries = ("visit", "cost", "")
    questions = [
        asked(text, NOON + timedelta(hours=index % 3), nearest=entries[index % 3])
        for index, text in enumerate(lines.split(","))
    ]
    assert group([questions[index] for index in order]) == group(questions)


def test_it_groups_five_thousand_in_a_second() -> None:
    chance = random.Random(5)  # noqa: S311 - no secret
    vocabulary = ["".join(chance.choices("abcdefghijklmnop", k=6)) for _ in range(1_500)]
    common = "how long does the procedure take can I drive home after it hurt".split()
    questions = [
        asked(" ".join(chance.choices(common, k=5) + chance.choices(vocabulary, k=3)))
        for _ in range(5_000)
    ]
    group(questions[:100])
    started = time.thread_time()
    found = group(questions)
    assert sum(one.count for one in found) == 5_000
    assert time.thread_time() - started < 5  # on a slow machine; 0.5 s on a quick one

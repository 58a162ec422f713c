"""It says which phrasings no matcher could tell apart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.quality import advice
from faqbot.quality.advice import confusable


def told(folder: Path) -> list[str]:
    return [str(problem) for problem in confusable(knowledge.load(folder))]


def add_phrasing(folder: Path, beside: str, phrasing: str) -> None:
    for path in folder.glob("*.md"):
        text = path.read_text("utf-8")
        path.write_text(text.replace(f"- {beside}\n", f"- {beside}\n- {phrasing}\n"), "utf-8")


def test_a_sound_practice_has_none(practice: Path) -> None:
    assert told(practice) == []


@pytest.mark.parametrize(
    "phrasing",
    ["how many incision are made", "cut, on my backs", "do I stay a night"],
    ids=["forms", "forms and marks", "synonyms"],
)
def test_phrasings_of_two_entries_made_of_the_same_words_are_reported(
    practice: Path, phrasing: str
) -> None:
    add_phrasing(practice, "what will I pay", phrasing)
    assert len(told(practice)) == 1


def test_it_says_where_they_stand_and_what_to_do(practice: Path) -> None:
    add_phrasing(practice, "does the cement get hard", "price of it")
    add_phrasing(practice, "price", "prices of it")
    assert told(practice) == [
        "procedure.md:49: “price of it” asks the same as “prices of it”, which is under #cost. "
        "Keep it under the entry that answers it better."
    ]


def test_the_same_words_twice_under_one_entry_are_fine(practice: Path) -> None:
    add_phrasing(practice, "price", "prices")
    assert told(practice) == []


def test_emergencies_are_left_out_for_they_come_first_anyway(practice: Path) -> None:
    add_phrasing(practice, "hi", "my leg is suddenly numb")
    add_phrasing(practice, "my legs are suddenly numb", "my leg is suddenly numb there")
    add_phrasing(practice, "good morning", "my legs is suddenly numb there")
    assert told(practice) == []


def test_a_closing_that_is_over_is_to_be_taken_out(practice: Path) -> None:
    file = practice / "practice.toml"
    closed = 'closed = ["2026-11-26 Thanksgiving", "2026-12-24", "December 25"]'
    file.write_text(file.read_text("utf-8").replace("[hours]", f"[hours]\n{closed}"), "utf-8")
    found = knowledge.load(practice)
    over = [str(p) for p in advice.to_do(found, date(2026, 12, 24)) if "is over" in p.message]
    assert over == [
        "practice.toml: The closing until 2026-11-26 Thanksgiving is over. "
        "Take it out, and write next year's if there is one."
    ]

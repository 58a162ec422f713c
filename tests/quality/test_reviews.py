"""What is due for a look, and since when."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.quality.advice import due, months_after

TODAY = date(2026, 6, 15)


@pytest.fixture
def every(practice: Path) -> Path:
    """A practice that looks at its answers once a year."""
    path = practice / "practice.toml"
    path.write_text('review_every = "12 months"\n' + path.read_text("utf-8"), "utf-8")
    return practice


def mark(practice: Path, quote: str, reviewed: str, file: str = "procedure.md") -> None:
    path = practice / file
    text = path.read_text("utf-8")
    assert quote in text
    path.write_text(text.replace(quote, f"{quote}\n\nReviewed: {reviewed}\n"), "utf-8")


def test_nothing_is_due_where_the_practice_does_not_say_how_often(practice: Path) -> None:
    mark(practice, "> The surgeon makes two small incisions", "2020-01-01 by Ann")
    assert due(knowledge.load(practice), TODAY) == []


def test_the_soonest_comes_first_after_those_that_nobody_reviewed(every: Path) -> None:
    mark(every, "> The surgeon makes two small incisions", "2025-09-01 by Ann Lee")
    mark(every, "> The bone cement hardens quickly", "2025-06-14 by Bo")
    mark(every, "> Many patients report immediate relief from pain.", "2025-06-15")
    found = due(knowledge.load(every), TODAY)
    assert [
        (one.entry.id, one.entry.reviewed, one.entry.reviewed_by, one.due, one.overdue)
        for one in found
    ] == [
        ("legs", None, "", TODAY, True),
        ("suicide", None, "", TODAY, True),
        ("duration", None, "", TODAY, True),
        ("overnight-stay", None, "", TODAY, True),
        ("cement", date(2025, 6, 14), "Bo", date(2026, 6, 14), True),
        ("pain-relief", date(2025, 6, 15), "", TODAY, False),
        ("incisions", date(2025, 9, 1), "Ann Lee", date(2026, 9, 1), False),
    ]


def test_what_says_no_facts_is_listed_only_once_it_was_reviewed(every: Path) -> None:
    listed = {one.entry.id for one in due(knowledge.load(every), TODAY)}
    assert not listed & {"hello", "cost", "insurance"}
    mark(every, "- what will I pay", "2026-01-01", "call-the-office.md")
    assert "cost" in {one.entry.id for one in due(knowledge.load(every), TODAY)}


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2025-11-02", 12, "2026-11-02"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2025-12-31", 24, "2027-12-31"),
        ("2025-11-30", 1, "2025-12-30"),
    ],
)
def test_months_are_counted_as_people_do(day: str, months: int, later: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(later)

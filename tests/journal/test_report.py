"""Counts by day or week, in the office's own days, and shares of the right whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from faqbot.journal import Count
from faqbot.journal.report import Report, cells, report, words_only

TODAY = date(2026, 3, 10)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def count(kind: str, number: int = 1, days_ago: float = 0, entry: str = "") -> Count:
    return Count(NOON - timedelta(days_ago), kind, entry, number)


def reported(*counts: Count, days: int = 7) -> Report:
    return report(counts, days, TODAY, UTC)


def numbers(found: Report, name: str) -> tuple[int, ...]:
    return next(one.numbers for one in found.series if one.name == name)


def test_it_counts_each_kind_by_the_day() -> None:
    found = reported(
        count("answer", 3), count("answer", 2, days_ago=6), count("office", 1, days_ago=1)
    )
    assert numbers(found, "Answered") == (2, 0, 0, 0, 0, 0, 3)
    assert numbers(found, "Sent to the phone") == (0, 0, 0, 0, 0, 1, 0)
    assert (found.labels[0], found.labels[-1]) == ("Wed, Mar 4", "Tue, Mar 10")
    assert found.total == 6


def test_it_leaves_out_what_is_older_or_lies_in_the_future() -> None:
    assert reported(count("answer", days_ago=7), count("answer", days_ago=-1)).total == 0


@pytest.mark.parametrize(("days", "columns"), [(7, 7), (30, 30), (90, 13)])
def test_it_counts_by_the_week_where_it_is_long(days: int, columns: int) -> None:
    found = reported(*(count("answer", days_ago=ago) for ago in range(days)), days=days)
    assert len(found.labels) == columns
    assert found.weekly == (days > 31)
    assert found.total == days
    assert found.series[0].numbers[-1] == (7 if found.weekly else 1)


def test_it_counts_by_the_office_s_day() -> None:
    late = count("answer", days_ago=0.4)  # 2:24 AM in UTC is the evening before in New York
    assert numbers(reported(late), "Answered")[-1] == 1
    found = report([late], 7, TODAY, ZoneInfo("America/New_York"))
    assert numbers(found, "Answered") == (0, 0, 0, 0, 0, 1, 0)


def test_it_takes_the_share_of_what_could_have_been_answered() -> None:
    found = reported(
        count("answer", 6), count("choices", 1), count("office", 1),
        count("emergency", 5), count("small talk", 5), count("helpful", 9),
    )  # fmt: skip
    assert found.answered_share == 0.75
    assert found.shares == (None, None, None, None, None, None, 0.75)


def test_it_counts_as_most_asked_only_what_was_an_answer() -> None:
    found = reported(
        count("answer", 2, entry="cost"),
        count("answer", 3, entry="duration"),
        count("answer", 1, days_ago=1, entry="cost"),
        count("choices", 9, entry="incisions"),
        count("answer", 1, days_ago=1, entry="cost"),
    )
    assert found.most == (("cost", 4), ("duration", 3))


def test_it_shows_the_least_helpful_first() -> None:
    found = reported(
        count("helpful", 3, entry="cost"),
        count("not helpful", 1, entry="cost"),
        count("not helpful", 2, entry="duration"),
        count("helpful", 8, entry="incisions"),
    )
    assert [(one.entry, one.helpful, one.total) for one in found.feedback] == [
        ("duration", 0, 2),
        ("cost", 3, 4),
        ("incisions", 8, 8),
    ]
    assert found.helpful_share == 11 / 14


def test_it_has_no_shares_of_nothing() -> None:
    found = reported()
    assert (found.total, found.answered_share, found.helpful_share) == (0, None, None)
    assert found.shares == (None,) * 7
    assert (found.most, found.feedback) == ((), ())


def test_it_gives_the_same_by_day_kind_and_entry() -> None:
    counts = [count("answer", 2, entry="cost"), count("answer", 1, entry="cost"), count("office")]
    assert cells([*counts, count("office", days_ago=8)], 7, TODAY, UTC) == [
        ("2026-03-10", "answer", "cost", 3),
        ("2026-03-10", "office", "", 1),
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_it_writes_no_cell_that_is_taken_for_a_formula(start: str) -> None:
    assert words_only(f"{start}1+1") == f"'{start}1+1"
    assert words_only(f"1{start}1") == f"1{start}1"
    assert words_only(f"a;{start}1") == f"a;'{start}1"  # begins a cell in half of Europe
    assert words_only("a; b") == "a; b"

"""The days on which the office is closed, under [hours] in practice.toml."""

from __future__ import annotations

from datetime import date, time

from faqbot import knowledge
from faqbot.knowledge import Closing, Hours, Span

PRACTICE = """name = "Ours"
[[phones]]
label = "Office"
number = "(646) 555-0142"
[hours]
timezone = "America/New_York"
monday = "8:00-17:00"
closed = {closed}
"""
OFFICE = b"## Where can I park?\n\nIn the yard.\n"
DAY = (Span(time(8), time(17)),)


def read(closed: str) -> tuple[tuple[Closing, ...], str]:
    """What `closed` says, or the problems in it."""
    files = {"practice.toml": PRACTICE.format(closed=closed).encode(), "office.md": OFFICE}
    found, problems = knowledge.read_files(files)
    hours = found.practice.hours if found else None
    return hours.closings if hours else (), "\n".join(map(str, problems))


def test_closings_are_read_as_people_write_them() -> None:
    christmas, eve = date(2026, 12, 25), date(2026, 12, 24)
    expected = {
        "2026-12-25": Closing(christmas, christmas),
        "2026-12-25 Christmas Day": Closing(christmas, christmas, name="Christmas Day"),
        "2026-12-25: Christmas": Closing(christmas, christmas, name="Christmas"),
        "2026-12-25 (Christmas)": Closing(christmas, christmas, name="Christmas"),
        "December 25, 2026 Christmas": Closing(christmas, christmas, name="Christmas"),
        "Dec 25th 2026": Closing(christmas, christmas),
        "2026-12-24 to 2026-12-25 Winter": Closing(eve, christmas, name="Winter"),
        "2026-12-24 – 2026-12-25": Closing(eve, christmas),  # noqa: RUF001
        "2026-12-24 from 12:00 Eve": Closing(eve, eve, since=time(12), name="Eve"),
    }
    assert {text: read(f'["{text}"]') for text in expected} == {
        text: ((closing,), "") for text, closing in expected.items()
    }


def test_a_day_without_a_year_is_closed_every_year() -> None:
    (christmas, winter), _ = read('["December 25 Christmas", "Dec 30 to January 2"]')
    assert christmas.name == "Christmas"
    days = {
        date(2026, 12, 25): christmas,
        date(2031, 12, 25): christmas,
        date(2026, 12, 31): winter,
        date(2027, 1, 2): winter,
    }
    assert all(closing.covers(day) for day, closing in days.items())
    assert not any(winter.covers(day) for day in (date(2026, 12, 29), date(2027, 1, 3)))


def test_what_makes_no_sense_is_told_with_the_words_and_how_to_write_it() -> None:
    slips = {
        '["12/25/2026"]': "cannot be read: “12/25/2026”",
        '["Christmas"]': "cannot be read",
        '["2026-12-25 bis 2026-12-27"]': "cannot be read",
        '["2026-12-24 8:00-12:00"]': "cannot be read",
        '["2026-02-30"]': "names a day that does not exist: “2026-02-30”",
        '["Octember 4"]': "names a day that does not exist",
        '["2026-12-24 from 25:00"]': "names a time that does not exist",
        '["December 24 to 2026-12-26"]': "has a year in one of its two dates only",
        '["2026-12-24 to 2026-01-02"]': "ends before it begins",
        '["2026-12-24 to 2029-01-02"]': "lasts more than a year",
        '"2026-12-25"': "must be a list of texts",
        "[2026-12-25]": "must be a list of texts",
    }
    for closed, message in slips.items():
        found = read(closed)[1]
        assert "practice.toml:8: " in found, closed
        assert message in found, closed
        assert "2026-12-25 Christmas Day" in found or "2026-11-26 Thanksgiving" in found, closed


def test_the_office_is_closed_on_these_days_and_from_these_times_on() -> None:
    closings = read('["2026-11-23", "2026-11-30 from 12:00", "2026-12-07 from 7:00"]')[0]
    hours = Hours("America/New_York", (DAY, *((),) * 6), closings)
    spans = {date(2026, 11, 16): DAY, date(2026, 11, 23): (), date(2026, 12, 7): ()}
    assert {day: hours.spans(day) for day in spans} == spans
    assert hours.spans(date(2026, 11, 30)) == (Span(time(8), time(12)),)

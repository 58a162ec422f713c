from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from faqbot.app.hours import next_change, opening_in_words
from faqbot.knowledge import Closing, Hours, Phone, Practice, Span

ZONE = ZoneInfo("America/New_York")
DAY = (Span(time(8), time(17)),)
LUNCH = (Span(time(8), time(12)), Span(time(13), time(17)))
TOUCHING = (Span(time(8), time(12)), Span(time(12), time(17)))
HOURS = Hours("America/New_York", (DAY, LUNCH, TOUCHING, DAY, DAY, (), ()))
NEVER = Hours("America/New_York", ((),) * 7)


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "change"),
    [
        ("2026-11-23 07:59", "2026-11-23 08:00"),
        ("2026-11-23 08:00", "2026-11-23 17:00"),
        ("2026-11-23 17:00", "2026-11-24 08:00"),
        ("2026-11-24 12:30", "2026-11-24 13:00"),
        ("2026-11-25 11:00", "2026-11-25 17:00"),
        ("2026-11-27 18:00", "2026-11-30 08:00"),
        ("2026-10-31 12:00", "2026-11-02 08:00"),
    ],
    ids=["before", "opening", "closing", "lunch", "touching spans", "weekend", "clocks go back"],
)
def test_tells_when_the_office_next_opens_or_closes(now: str, change: str) -> None:
    assert next_change(HOURS, at(now)) == at(change)


def test_goes_by_the_practices_clock_wherever_the_server_stands() -> None:
    moment = at("2026-11-23 07:59").astimezone(ZoneInfo("Asia/Tokyo"))
    assert next_change(HOURS, moment) == at("2026-11-23 08:00")


def test_an_office_that_never_opens_has_no_change() -> None:
    assert next_change(NEVER, at("2026-11-23 12:00")) is None


THANKSGIVING = Closing(date(2026, 11, 26), date(2026, 11, 26), name="Thanksgiving")
WINTER = Closing(date(2026, 12, 24), date(2027, 1, 3))
EVE = Closing(date(2026, 11, 25), date(2026, 11, 25), since=time(12))
HOLIDAYS = Hours("America/New_York", (DAY,) * 5 + ((),) * 2, (THANKSGIVING, WINTER, EVE))


def test_says_in_words_whether_the_office_is_open_and_when_that_changes() -> None:
    said = {
        "2026-11-23 09:00": "Open now, until 5:00 PM",
        "2026-11-23 07:00": "Closed now, opens today 8:00 AM",
        "2026-11-23 18:00": "Closed now, opens tomorrow 8:00 AM",
        "2026-11-27 18:00": "Closed now, opens Monday 8:00 AM",
        "2026-11-25 11:00": "Open now, until 12:00 PM",
        "2026-11-25 12:00": "Closed now, opens Friday 8:00 AM",
        "2026-11-26 09:00": "Closed now (Thanksgiving), opens tomorrow 8:00 AM",
        "2026-12-24 09:00": "Closed now, opens Monday, January 4 8:00 AM",
    }
    practice = Practice("Ours", (Phone("Office", "(646) 555-0142"),), hours=HOLIDAYS)
    assert {now: opening_in_words(practice, at(now)) for now in said} == said

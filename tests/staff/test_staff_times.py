from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from faqbot.staff.context import in_words

NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)  # in New York, a Wednesday
TOLD = {
    datetime(2026, 3, 4, 14, 5, tzinfo=UTC): "today at 9:05 AM",
    datetime(2026, 3, 4, 17, 0, tzinfo=UTC): "today at 12:00 PM",
    datetime(2026, 3, 4, 4, 59, tzinfo=UTC): "yesterday at 11:59 PM",
    datetime(2026, 3, 2, 15, 0, tzinfo=UTC): "Monday, March 2 at 10:00 AM",
    datetime(2025, 12, 31, 15, 0, tzinfo=UTC): "Wednesday, December 31, 2025 at 10:00 AM",
}


def test_tells_the_time_at_the_office() -> None:
    office = ZoneInfo("America/New_York")
    assert {when: in_words(when, office, NOON) for when in TOLD} == TOLD

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from faqbot.bot import Bot
from faqbot.staff.times import in_words

NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)  # in New York, a Wednesday


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (datetime(2026, 3, 4, 14, 5, tzinfo=UTC), "today at 9:05 AM"),
        (datetime(2026, 3, 4, 17, 0, tzinfo=UTC), "today at 12:00 PM"),
        (datetime(2026, 3, 4, 4, 59, tzinfo=UTC), "yesterday at 11:59 PM"),
        (datetime(2026, 3, 2, 15, 0, tzinfo=UTC), "Monday, March 2 at 10:00 AM"),
        (datetime(2025, 12, 31, 15, 0, tzinfo=UTC), "Wednesday, December 31, 2025 at 10:00 AM"),
    ],
)
def test_tells_the_time_at_the_office(bot: Bot, when: datetime, words: str) -> None:
    assert in_words(when, bot.knowledge.practice, NOON) == words

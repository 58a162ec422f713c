"""When something was, in the practice's own time and in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from faqbot.knowledge import Practice


def in_words(when: datetime, practice: Practice, now: datetime | None = None) -> str:
    """ "today at 3:14 PM", "Monday, March 2 at 9:05 AM"; with the year where it is another."""
    zone = zone_of(practice)
    then, today = when.astimezone(zone), (now or datetime.now(UTC)).astimezone(zone)
    time = f"{then:%I:%M %p}".lstrip("0")
    if then.date() == today.date():
        return f"today at {time}"
    if then.date() == today.date() - timedelta(days=1):
        return f"yesterday at {time}"
    year = "" if then.year == today.year else f", {then.year}"
    return f"{then:%A, %B} {then.day}{year} at {time}"


def today(practice: Practice) -> date:
    """The day that it is at the office."""
    return datetime.now(zone_of(practice)).date()


def zone_of(practice: Practice) -> tzinfo | None:
    """The office's zone, where its hours say so; else the server's."""
    return ZoneInfo(practice.hours.timezone) if practice.hours else None

"""Whether the office is open now, and until when: what a visitor wants to know before calling."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from faqbot.assets import words
from faqbot.knowledge import Hours, Practice


def opening(practice: Practice) -> dict[str, Any] | None:
    """As JSON; None if the practice states no hours, or never opens."""
    if practice.hours is None or (state := _state(practice.hours)) is None:
        return None
    is_open, until = state
    return {"open": is_open, "until": until.isoformat(), "zone": practice.hours.timezone}


def opening_in_words(practice: Practice) -> str:
    """As on the pages without script: "Closed now, opens Monday 8:00 AM", or ""."""
    if practice.hours is None or (state := _state(practice.hours)) is None:
        return ""
    is_open, until = state
    time = until.strftime("%I:%M %p").lstrip("0")
    text = words()["openNow" if is_open else "closedNow"]
    return text.replace("{time}", time).replace("{day}", until.strftime("%A"))


def _state(hours: Hours) -> tuple[bool, datetime] | None:
    """Whether the office is open now, and until when; None if it never opens."""
    now = datetime.now(UTC)
    change = next_change(hours, now)
    return (hours.is_open(now), change) if change else None


def next_change(hours: Hours, moment: datetime) -> datetime | None:
    """When the office next opens or closes after `moment`, in its own time zone; None if never.

    Spans that touch (8 to 12, 12 to 5) are one, so the office does not "close" between them.
    """
    now_open = hours.is_open(moment)
    for change in sorted(_changes(hours, moment)):
        if change > moment and hours.is_open(change) is not now_open:
            return change
    return None


def _changes(hours: Hours, moment: datetime) -> Iterator[datetime]:
    """Every opening and closing of the eight days from `moment` on."""
    zone = ZoneInfo(hours.timezone)
    today = moment.astimezone(zone).date()
    for day in (today + timedelta(days=n) for n in range(8)):
        for span in hours.week[day.weekday()]:
            yield datetime.combine(day, span.opens, zone)
            yield datetime.combine(day, span.closes, zone)

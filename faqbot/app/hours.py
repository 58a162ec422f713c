"""When the office's door turns: what a visitor wants to know before calling."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faqbot.knowledge import Hours


def next_change(hours: Hours, moment: datetime) -> datetime | None:
    """When the office next opens or closes after `moment`, in its own time zone; None if never.

    Spans that touch (8 to 12, 12 to 5) are one, so the office does not "close" between them.
    """
    now_open = hours.is_open(moment)
    for change in sorted(_edges(hours, moment)):
        if change > moment and hours.is_open(change) is not now_open:
            return change
    return None


def _edges(hours: Hours, moment: datetime) -> Iterator[datetime]:
    """Every opening and closing of the eight days from `moment` on."""
    zone = ZoneInfo(hours.timezone)
    today = moment.astimezone(zone).date()
    for day in (today + timedelta(days=n) for n in range(8)):
        for span in hours.week[day.weekday()]:
            yield datetime.combine(day, span.opens, zone)
            yield datetime.combine(day, span.closes, zone)

"""Whether the office is open now, and until when: what a visitor wants to know before calling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from faqbot.assets import ui_texts
from faqbot.knowledge import Hours, Practice

_AHEAD = 400  # days; beyond it nothing is said of when the office opens
_WEEK = 7  # days from which the name of a weekday is not enough


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether the office is open at a moment."""

    open: bool
    until: datetime  # when that changes, on the office's clock
    closing: str = ""  # the closing in whose days it is closed: “Winter break”

    def to_dict(self, now: datetime) -> dict[str, Any]:
        """As JSON, with the time it was asked: a visitor's clock may be wrong."""
        return {
            "open": self.open,
            "until": self.until.isoformat(),
            "zone": str(self.until.tzinfo),
            "closing": self.closing,
            "now": now.isoformat(timespec="seconds"),
        }


def opening(practice: Practice) -> dict[str, Any] | None:
    """As JSON; None if the practice states no hours, or never opens."""
    now = datetime.now(UTC)
    found = opening_at(practice.hours, now) if practice.hours else None
    return found.to_dict(now) if found else None


def opening_in_words(practice: Practice, now: datetime | None = None) -> str:
    """As on the pages without script: "Closed now, opens Monday 8:00 AM", or ""."""
    now = now or datetime.now(UTC)
    found = opening_at(practice.hours, now) if practice.hours else None
    if found is None:
        return ""
    key = "openNow" if found.open else "closedFor" if found.closing else "closedNow"
    values = {
        "{time}": f"{found.until:%I:%M %p}".lstrip("0"),
        "{day}": _day(found.until.date(), now.astimezone(found.until.tzinfo).date()),
        "{reason}": found.closing,
    }
    text = ui_texts()[key]
    for slot, value in values.items():
        text = text.replace(slot, value)
    return text


def _day(day: date, today: date) -> str:
    away = (day - today).days
    if away < 2:
        return ui_texts()["dayTomorrow" if away else "dayToday"]
    return f"{day:%A}" if away < _WEEK else f"{day:%A, %B} {day.day}"


def opening_at(hours: Hours, moment: datetime) -> Opening | None:
    """Whether the office is open at `moment`; None if it never opens."""
    change = next_change(hours, moment)
    if change is None:
        return None
    is_open, closing = hours.is_open(moment), hours.closing(moment)
    return Opening(is_open, change, closing.name if closing and not is_open else "")


def next_change(hours: Hours, moment: datetime) -> datetime | None:
    """When the office next opens or closes after `moment`, in its own time zone; None if never.

    Spans that touch (8 to 12, 12 to 5) are one, so the office does not "close" between them.
    """
    now_open = hours.is_open(moment)
    for change in _changes(hours, moment):
        if change > moment and hours.is_open(change) is not now_open:
            return change
    return None


def _changes(hours: Hours, moment: datetime) -> Iterator[datetime]:
    """Every opening and closing from the day of `moment` on, in order."""
    zone = ZoneInfo(hours.timezone)
    today = moment.astimezone(zone).date()
    for day in (today + timedelta(days=n) for n in range(_AHEAD if any(hours.week) else 0)):
        for span in hours.spans(day):
            yield datetime.combine(day, span.opens, zone)
            yield datetime.combine(day, span.closes, zone)

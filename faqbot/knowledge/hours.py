"""[hours] of practice.toml: the hours of the week, and the days on which the office is closed."""

from __future__ import annotations

import re
import zoneinfo
from datetime import date, time
from itertools import pairwise

from faqbot.knowledge.strings import excerpt, nearest
from faqbot.knowledge.tables import Table
from faqbot.knowledge.values import DAYS, Closing, Hours, Span

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

_EXAMPLES = (
    'Write, for example: "2026-11-26 Thanksgiving", "December 25 Christmas Day" for every year, '
    '"2026-12-24 to 2026-12-31 Winter break" or "2026-12-24 from 12:00 Christmas Eve".'
)
_LEAP_YEAR = 2000  # of dates that count every year, so that February 29 is one
_LONGEST = 366  # days of a closing; a longer one is a slip of the year

_YEAR = re.compile(r"\d{4}")
_DASH = r"[-\u2010-\u2014]"
_SPAN = re.compile(rf"(\d{{1,2}}):(\d{{2}})\s*{_DASH}\s*(\d{{1,2}}):(\d{{2}})")
_ISO = r"\d{4}-\d{1,2}-\d{1,2}"
_SPELT = r"[A-Za-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?(?!\d)(?:,? \d{4})?(?!\d)"
_DATE = rf"(?:{_ISO}|{_SPELT})"
_CLOSING = re.compile(
    rf"(?P<first>{_DATE})(?:\s*(?:(?:to|until|through)\b|{_DASH})\s*(?P<last>{_DATE}))?"
    r"(?:\s+from\s+(?P<hour>\d{1,2}):(?P<minute>\d{2}))?(?:(?:\s|[,:(])\s*(?P<name>\D*))?",
    re.IGNORECASE,
)


def read_hours(table: Table | None) -> Hours | None:
    """The hours; what is wrong is reported, and left out. None where there is no [hours]."""
    if table is None:
        return None
    days = tuple(map(str.lower, DAYS))
    table.refuse_unknown(("timezone", *days, "closed"), "under [hours]")
    texts = table.texts("closed", '["2026-12-25 Christmas Day"]')
    closings = tuple(closing for text in texts if (closing := _closing(text, table)))
    return Hours(_timezone(table), tuple(_day(table, day) for day in DAYS), closings)


def _timezone(table: Table) -> str:
    value = table.values.get("timezone", "")
    name = value if isinstance(value, str) else ""
    if name and _zone_exists(name):
        return name
    known = sorted(zoneinfo.available_timezones())
    like = (nearest(name, known) if name else None) or "America/New_York"
    unknown = f"This time zone is not known: “{excerpt(str(value))}”."
    message = unknown if value else "The hours have no time zone."
    table.report("timezone", message, f'Write: timezone = "{like}"')
    return "UTC"


def _zone_exists(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return not zoneinfo.available_timezones()  # a machine without the data knows none
    return True


def _day(table: Table, day: str) -> tuple[Span, ...]:
    key = day.lower()
    value = table.values.get(key, "")
    texts = value.split(",") if isinstance(value, str) and value.strip() else []
    spans = tuple(span for text in texts if (span := _span(text)))
    ordered = all(a.closes <= b.opens for a, b in pairwise(spans))
    if not isinstance(value, str) or len(spans) < len(texts) or not ordered:
        message = f"The hours on {day} cannot be read: “{excerpt(str(value))}”."
        table.report(key, message, f'Write, for example: {key} = "8:00-17:00"; omit closed days.')
    return spans


def _span(text: str) -> Span | None:
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        return None
    opens, closes = _time(match[1], match[2]), _time(match[3], match[4])
    return Span(opens, closes) if opens and closes and opens < closes else None


def _time(hour: str, minute: str) -> time | None:
    return time(int(hour), int(minute)) if int(hour) < 24 and int(minute) < 60 else None


def _closing(text: str, table: Table) -> Closing | None:
    """What an item of `closed` says; None, with a problem added, where it makes no sense."""
    match = _CLOSING.fullmatch(" ".join(text.split()))
    if match is None:
        _refuse(table, f"This closing cannot be read: “{excerpt(text)}”.")
        return None
    written = (match["first"], match["last"] or match["first"])
    yearly = [_YEAR.search(words) is None for words in written]
    first, last = map(_date, written)
    since = _time(match["hour"], match["minute"]) if match["hour"] else time.min
    if first is None or last is None:
        wrong = "names a day that does not exist"
    elif since is None:
        wrong = "names a time that does not exist"
    elif yearly[0] is not yearly[1]:
        wrong = "has a year in one of its two dates only"
    elif last < first and not yearly[0]:
        wrong = "ends before it begins"
    elif (last - first).days > _LONGEST:
        wrong = "lasts more than a year"
    else:
        return Closing(first, last, yearly[0], since, (match["name"] or "").strip(" ()"))
    _refuse(table, f"This closing {wrong}: “{excerpt(text)}”.")
    return None


def _refuse(table: Table, message: str) -> None:
    table.report("closed", message, _EXAMPLES)


def _date(text: str) -> date | None:
    """The day; without a year, that of a leap year. None where there is no such day."""
    if re.fullmatch(_ISO, text):
        year, month, day = map(int, text.split("-"))
    else:
        word, digits = re.split(r"\.? ", text, maxsplit=1)
        numbers = [int(number) for number in re.findall(r"\d+", digits)]
        month, day = _month(word), numbers[0]
        year = numbers[1] if len(numbers) > 1 else _LEAP_YEAR
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(word: str) -> int:
    """From 1 to 12, from its name or the first three letters of it; 0 where it is none."""
    known = (n for n, m in enumerate(MONTHS, 1) if word.lower() in (m.lower(), m[:3].lower()))
    return next(known, 9 if word.lower() == "sept" else 0)

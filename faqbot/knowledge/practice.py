"""practice.toml: the practice's name, phones, hours and addresses."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from datetime import time
from itertools import pairwise
from typing import cast

from faqbot.knowledge.diagnostics import Diagnostics

from .tables import KeyLines, parse_table, refuse_unknown, strings
from .values import Hours, Phone, Practice, Span
from .wording import excerpt, nearest

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KEYS = (
    "name",
    "phones",
    "emergency_number",
    "country",
    "greeting",
    "address",
    "schedule",
    "schedule_url",
    "starters",
    "sites",
    "pages",
    "hours",
    "review_every",
    "journal",
)
PHONE_KEYS = ("label", "number", "sms")
_PHONE = re.compile(r"\+?[\d\s().\-/·‐‑–]+")  # noqa: RUF001
_SHORT = re.compile(r"\d{2,6}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_ADDRESS = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
_SITE = re.compile(r"https?://[^\s/?#]+", re.IGNORECASE)
_EVERY = re.compile(r"([1-9]\d?) (month|year)s?", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})")  # noqa: RUF001


def read_practice(text: str, diagnostics: Diagnostics) -> tuple[Practice | None, KeyLines]:
    """The practice that the text describes; None when the text cannot be read at all."""
    lines = KeyLines(text)
    table = parse_table(text, diagnostics)
    return (None if table is None else _Reader(table, lines, diagnostics).read()), lines


def is_phone(number: str) -> bool:
    """Whether a telephone can dial it: ten digits of the US, or + and the country's code."""
    digits = re.sub(r"\D", "", number)
    if not _PHONE.fullmatch(number.strip()):
        return False
    if number.strip().startswith("+"):
        return 8 <= len(digits) <= 15 and digits[0] != "0"
    local = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    return len(local) == 10 and local[0] not in "01"


def is_address(text: str) -> bool:
    """Whether it is a web address."""
    return _ADDRESS.fullmatch(text) is not None


class _Reader:
    def __init__(
        self, table: Mapping[str, object], lines: KeyLines, diagnostics: Diagnostics
    ) -> None:
        self.table = table
        self.lines = lines
        self.diagnostics = diagnostics

    def read(self) -> Practice:
        keys = ((key, self.lines.of(key)) for key in self.table)
        refuse_unknown(keys, KEYS, "in practice.toml", self.diagnostics)
        return Practice(
            name=self._name(),
            phones=self._phones(),
            emergency_number=self._emergency_number(),
            country=self._country(),
            greeting=self._text("greeting"),
            address=" ".join(self._text("address").split()),
            schedule=self._schedule(),
            schedule_url=self._address("schedule_url"),
            starters=self._texts("starters", '["duration", "overnight-stay"]'),
            sites=self._sites(),
            pages=self._pages(),
            hours=self._hours(),
            review_every=self._review_every(),
            journal=self._journal(),
        )

    def _tell(self, key: str, message: str, fix: str) -> None:
        self.diagnostics.add(self.lines.of(key), message, fix)

    def _text(self, key: str) -> str:
        value = self.table.get(key, "")
        if isinstance(value, str):
            return value.strip()
        self._tell(key, f"“{key}” must be a text in quotation marks.", f'Write: {key} = "…"')
        return ""

    def _texts(self, key: str, example: str) -> tuple[str, ...]:
        values = strings(self.table.get(key, []))
        if values is None:
            self._tell(key, f"“{key}” must be a list of texts.", f"Write: {key} = {example}")
        return values or ()

    def _name(self) -> str:
        name = self._text("name")
        if not name and isinstance(self.table.get("name", ""), str):
            self._tell("name", "The practice has no name.", 'Write: name = "Lake Side Spine"')
        return name

    # phones

    def _phones(self) -> tuple[Phone, ...]:
        value = self.table.get("phones")
        tables = _tables(value)
        if not tables:
            self._tell(
                "phones",
                "There is no phone number; every reply shows one."
                if value is None or value == []
                else "“phones” is not written as it must be.",
                'Write [[phones]] on a line, and below it label = "Office" and '
                'number = "(646) 555-0142".',
            )
            return ()
        found = (self._phone(index, table) for index, table in enumerate(tables))
        return tuple(phone for phone in found if phone)

    def _phone(self, index: int, table: Mapping[str, object]) -> Phone | None:
        strays = self._refuse_strays(index, table)
        label, number = table.get("label", ""), table.get("number")
        if not strays and not (isinstance(label, str) and label.strip()):
            self.diagnostics.add(
                self.lines.of("label", "phones", index),
                "This phone has no label.",
                'Write: label = "Office"',
            )
        if not isinstance(number, str) or not is_phone(number):
            self.diagnostics.add(
                self.lines.of("number", "phones", index),
                "This phone has no number."
                if number in (None, "")
                else f"This is no phone number: “{excerpt(str(number))}”.",
                'Write its ten digits in quotation marks: number = "(646) 555-0142"; '
                "a number of another country begins with + and the country's code.",
            )
            return None
        return Phone(str(label).strip(), number.strip(), self._scheme(index, table))

    def _scheme(self, index: int, table: Mapping[str, object]) -> str:
        """How the number is reached: called, or written to where `sms` is true."""
        sms, line = table.get("sms", False), self.lines.of("sms", "phones", index)
        if not isinstance(sms, bool):
            self.diagnostics.add(line, "“sms” is neither true nor false.", "Write: sms = true")
        elif sms and index == 0:
            self.diagnostics.add(
                line,
                "The first number is the main one, and must be one to call.",
                "Put another number first, and this one below it.",
            )
        return "sms" if sms is True else "tel"

    def _refuse_strays(self, index: int, table: Mapping[str, object]) -> bool:
        """Under [[phones]] a line meant for the whole practice is taken for the phone's."""
        keys = [(key, self.lines.of(key, "phones", index)) for key in table]
        for key, line in keys:
            if key in KEYS:
                self.diagnostics.add(
                    line,
                    f"“{key}” stands under [[phones]], so it is taken for a part of the phone.",
                    "Move this line up, above the first line in square brackets.",
                )
        rest = [(key, line) for key, line in keys if key not in KEYS]
        refuse_unknown(rest, PHONE_KEYS, "under [[phones]]", self.diagnostics)
        return not set(PHONE_KEYS).issuperset(table)

    def _emergency_number(self) -> str:
        number = self._text("emergency_number")
        if "emergency_number" not in self.table:
            return "911"
        if not (_SHORT.fullmatch(number) or is_phone(number)) and isinstance(
            self.table["emergency_number"], str
        ):
            self._tell(
                "emergency_number",
                f"This is no emergency number: “{excerpt(number)}”.",
                'Write: emergency_number = "911"',
            )
        return number

    def _country(self) -> str:
        country = self._text("country") if "country" in self.table else "US"
        if not _COUNTRY.fullmatch(country) and isinstance(self.table["country"], str):
            self._tell(
                "country",
                f"This is no country: “{excerpt(country)}”.",
                'Write its two letters in quotation marks: country = "US"',
            )
        return country.upper()

    # reviews and journal

    def _review_every(self) -> int:
        """In months; 0 where answers are never due."""
        value = self.table.get("review_every", "off")
        text = value.strip().lower() if isinstance(value, str) else ""
        if text == "off":
            return 0
        if every := _EVERY.fullmatch(" ".join(text.split())):
            return int(every[1]) * (12 if every[2] == "year" else 1)
        self._tell(
            "review_every",
            f"“review_every” cannot be read: “{excerpt(str(value))}”.",
            'Write how often answers are looked at again: review_every = "12 months", '
            '"1 year" or "off"',
        )
        return 0

    def _journal(self) -> str:
        journal = self._text("journal")
        if _SITE.match(journal) or journal.lower() in ("on", "true", "yes", "no", "false", "none"):
            self._tell(
                "journal",
                f"“{excerpt(journal)}” says not where the journal is kept.",
                'Write journal = "off" to keep none, a file such as "journal.sqlite", or the '
                "address of a database; without the line it is kept in the usual place.",
            )
        return "off" if journal.lower() == "off" else journal

    # addresses

    def _address(self, key: str) -> str:
        address = self._text(key)
        if address and not is_address(address):
            self._tell(
                key,
                f"This is no web address: “{excerpt(address)}”.",
                "Copy it from the browser, with https:// at its beginning.",
            )
        return address

    def _schedule(self) -> str:
        label = self._text("schedule")
        if self.table.get("schedule_url") and not label:
            self._tell(
                "schedule_url",
                "The link for appointments has no words to press on.",
                'Write them: schedule = "Schedule a Consultation"',
            )
        return label

    def _sites(self) -> tuple[str, ...]:
        sites = self._texts("sites", '["https://example.org"]')
        for site in sites:
            if not _SITE.fullmatch(site):
                self._tell(
                    "sites",
                    f"This is not a site: “{excerpt(site)}”.",
                    "Write https:// and the site's name, and nothing behind it: "
                    "https://example.org",
                )
        return sites

    def _pages(self) -> dict[str, str]:
        value = self.table.get("pages", {})
        if not isinstance(value, dict):
            self._tell("pages", "“pages” must be a part of its own.", "Write [pages] on a line.")
            return {}
        pages: dict[str, str] = {}
        for stem, address in cast("dict[str, object]", value).items():
            if isinstance(address, str) and is_address(address.strip()):
                pages[stem] = address.strip()
                continue
            self.diagnostics.add(
                self.lines.of(stem, "pages"),
                f"The address of the page “{excerpt(stem)}” is no web address.",
                f'Write: {excerpt(stem)} = "https://…"',
            )
        return pages

    # hours

    def _hours(self) -> Hours | None:
        value = self.table.get("hours")
        if value is None:
            return None
        if not isinstance(value, dict):
            self._tell("hours", "“hours” must be a part of its own.", "Write [hours] on a line.")
            return None
        table = cast("dict[str, object]", value)
        keys = ((key, self.lines.of(key, "hours")) for key in table)
        refuse_unknown(keys, ("timezone", *DAYS), "under [hours]", self.diagnostics)
        week = tuple(self._day(day, table.get(day, "")) for day in DAYS)
        return Hours(self._timezone(table.get("timezone", "")), week)

    def _timezone(self, value: object) -> str:
        if isinstance(value, str) and value and _zone_exists(value):
            return value
        known = zoneinfo.available_timezones()
        like = nearest(value, sorted(known)) if isinstance(value, str) and value else None
        self.diagnostics.add(
            self.lines.of("timezone", "hours"),
            f"This time zone is not known: “{excerpt(str(value))}”."
            if value
            else "The hours have no time zone.",
            f'Write: timezone = "{like or "America/New_York"}"',
        )
        return "UTC"

    def _day(self, day: str, value: object) -> tuple[Span, ...]:
        texts = value.split(",") if isinstance(value, str) and value.strip() else []
        spans = [_span(text) for text in texts]
        good = tuple(span for span in spans if span)
        ordered = all(a.closes <= b.opens for a, b in pairwise(good))
        if not isinstance(value, str) or len(good) < len(spans) or not ordered:
            self.diagnostics.add(
                self.lines.of(day, "hours"),
                f"The hours of {day} cannot be read: “{excerpt(str(value))}”.",
                f'Write them from 0:00 to 23:59: {day} = "8:00-17:00"; leave a closed day out.',
            )
        return good


def _span(text: str) -> Span | None:
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, end_hour, end_minute = map(int, match.groups())
    if max(hour, end_hour) > 23 or max(minute, end_minute) > 59:
        return None
    span = Span(time(hour, minute), time(end_hour, end_minute))
    return span if span.opens < span.closes else None


def _zone_exists(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return not zoneinfo.available_timezones()  # a machine without the data knows none
    return True


def _tables(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list):
        return []
    items = cast("list[object]", value)
    tables = [cast("dict[str, object]", item) for item in items if isinstance(item, dict)]
    return list(tables) if len(tables) == len(items) else []

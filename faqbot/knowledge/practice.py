"""practice.toml: the practice's name, phones, opening hours and addresses."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import time
from itertools import pairwise
from typing import cast

from faqbot.knowledge.tables import KeyLines, parse_table, refuse_unknown, strings
from faqbot.knowledge.values import DAYS, Diagnostics, Hours, Phone, Practice, Span
from faqbot.knowledge.wording import excerpt, nearest

KEYS = tuple(key.name for key in fields(Practice))
PHONE_KEYS = ("label", "number", "sms")
_PHONE = re.compile(r"\+?[\d\s().\-/·‐‑–]+")  # noqa: RUF001
_SHORT = re.compile(r"\d{2,6}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_ADDRESS = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
_SITE = re.compile(r"https?://[^\s/?#]+", re.IGNORECASE)
_EVERY = re.compile(r"([1-9]\d?) (month|year)s?", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})")  # noqa: RUF001
_NO_JOURNAL = ("on", "true", "yes", "no", "false", "none")  # neither a place for it nor "off"


def read_practice(text: str, diagnostics: Diagnostics) -> tuple[Practice | None, KeyLines]:
    """The practice, and where its keys are; None where the text cannot be read as TOML."""
    lines = KeyLines(text)
    table = parse_table(text, diagnostics)
    return (None if table is None else _Parser(table, lines, diagnostics).parse()), lines


def is_phone(number: str) -> bool:
    """Whether a telephone can dial it: ten digits of the US, or + and the country code."""
    digits = re.sub(r"\D", "", number)
    if not _PHONE.fullmatch(number.strip()):
        return False
    if number.strip().startswith("+"):
        return 8 <= len(digits) <= 15 and digits[0] != "0"
    local = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    return len(local) == 10 and local[0] not in "01"


def check_address(text: str, line: int, diagnostics: Diagnostics) -> str:
    """The text; what is not a web address is reported."""
    if not _ADDRESS.fullmatch(text):
        message = f"This is not a web address: “{excerpt(text)}”."
        diagnostics.add(line, message, "Copy it from the browser, with https:// at the beginning.")
    return text


class _Parser:
    """Reads the table of practice.toml; what is wrong is reported, and left out or at default."""

    def __init__(
        self, table: Mapping[str, object], lines: KeyLines, diagnostics: Diagnostics
    ) -> None:
        self.table = table
        self.lines = lines
        self.diagnostics = diagnostics

    def parse(self) -> Practice:
        self._refuse_unknown(self.table, KEYS, "in practice.toml")
        return Practice(
            name=self._name(),
            phones=self._phones(),
            emergency_number=self._valid(
                "emergency_number", "911", _is_emergency_number, "an emergency number"
            ),
            country=self._valid("country", "US", _COUNTRY.fullmatch, "a two-letter code").upper(),
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

    def _report(self, key: str, message: str, fix: str, table: str = "", index: int = 0) -> None:
        self.diagnostics.add(self.lines.of(key, table, index), message, fix)

    def _refuse_unknown(
        self, keys: Iterable[str], known: Iterable[str], where: str, table: str = "", index: int = 0
    ) -> None:
        numbered = ((key, self.lines.of(key, table, index)) for key in keys)
        refuse_unknown(numbered, known, where, self.diagnostics)

    def _text(self, key: str) -> str:
        value = self.table.get(key, "")
        if isinstance(value, str):
            return value.strip()
        message = f"“{key}” must be a text in quotation marks."
        self._report(key, message, f'Write: {key} = "…"')
        return ""

    def _valid(self, key: str, default: str, is_valid: Callable[[str], object], what: str) -> str:
        """A text that must be valid where it is set; the default is the example in the fix."""
        text = self._text(key) if key in self.table else default
        if not is_valid(text) and isinstance(self.table[key], str):
            fix = f'Write: {key} = "{default}"'
            self._report(key, f"This is not {what}: “{excerpt(text)}”.", fix)
        return text

    def _texts(self, key: str, example: str) -> tuple[str, ...]:
        values = strings(self.table.get(key, []))
        if values is None:
            self._report(key, f"“{key}” must be a list of texts.", f"Write: {key} = {example}")
        return values or ()

    def _section(self, key: str) -> dict[str, object] | None:
        value = self.table.get(key)
        if isinstance(value, dict):
            return cast("dict[str, object]", value)
        if value is not None:
            message = f"“{key}” must be a section of its own."
            self._report(key, message, f"Write [{key}] on a line.")
        return None

    def _name(self) -> str:
        name = self._text("name")
        if not name and isinstance(self.table.get("name", ""), str):
            self._report("name", "The practice has no name.", 'Write: name = "Lake Side Spine"')
        return name

    # phones

    def _phones(self) -> tuple[Phone, ...]:
        value = self.table.get("phones")
        tables = _tables(value)
        if not tables:
            missing = value is None or value == []
            self._report(
                "phones",
                "There is no phone number, which every reply shows."
                if missing
                else "“phones” cannot be read.",
                'Write [[phones]] on a line, and below it label = "Office" and '
                'number = "(646) 555-0142".',
            )
        found = (self._phone(index, table) for index, table in enumerate(tables))
        return tuple(phone for phone in found if phone)

    def _phone(self, index: int, table: Mapping[str, object]) -> Phone | None:
        only_own = self._check_keys(index, table)
        label, number = table.get("label", ""), table.get("number")
        if only_own and not (isinstance(label, str) and label.strip()):
            fix = 'Write: label = "Office"'
            self._report("label", "This phone has no label.", fix, "phones", index)
        if not isinstance(number, str) or not is_phone(number):
            self._report(
                "number",
                "This phone has no number."
                if number in (None, "")
                else f"This is not a phone number: “{excerpt(str(number))}”.",
                'Write its ten digits in quotation marks: number = "(646) 555-0142"; '
                "a number abroad begins with + and the country code.",
                "phones",
                index,
            )
            return None
        return Phone(str(label).strip(), number.strip(), self._scheme(index, table))

    def _scheme(self, index: int, table: Mapping[str, object]) -> str:
        sms = table.get("sms", False)
        if not isinstance(sms, bool):
            message = "“sms” is neither true nor false."
            self._report("sms", message, "Write: sms = true", "phones", index)
        elif sms and index == 0:
            message = "The first number is the main one, and must be one to call."
            fix = "Put another number first, and this one below it."
            self._report("sms", message, fix, "phones", index)
        return "sms" if sms is True else "tel"

    def _check_keys(self, index: int, table: Mapping[str, object]) -> bool:
        """Whether it has a phone's keys only; a line for the whole practice may be among them."""
        for key in KEYS:
            if key in table:
                message = f"“{key}” is under [[phones]], so it is read as a part of the phone."
                fix = "Move this line up, above the first line in square brackets."
                self._report(key, message, fix, "phones", index)
        others = [key for key in table if key not in KEYS]
        self._refuse_unknown(others, PHONE_KEYS, "under [[phones]]", "phones", index)
        return set(PHONE_KEYS).issuperset(table)

    # reviews and journal

    def _review_every(self) -> int:
        """In months; 0 where answers are never due."""
        value = self.table.get("review_every", "off")
        text = " ".join(value.lower().split()) if isinstance(value, str) else ""
        if every := _EVERY.fullmatch(text):
            return int(every[1]) * (12 if every[2] == "year" else 1)
        if text != "off":
            message = f"“review_every” cannot be read: “{excerpt(str(value))}”."
            self._report("review_every", message, 'Write "12 months", "1 year" or "off".')
        return 0

    def _journal(self) -> str:
        journal = self._text("journal")
        if _SITE.match(journal) or journal.lower() in _NO_JOURNAL:
            fix = (
                'Write "off", a file such as "journal.sqlite" or the URL of a database; '
                "or remove the line to keep the journal in the default place."
            )
            self._report("journal", f"“{excerpt(journal)}” is no place for the journal.", fix)
        return "off" if journal.lower() == "off" else journal

    # addresses

    def _address(self, key: str) -> str:
        address = self._text(key)
        return address and check_address(address, self.lines.of(key), self.diagnostics)

    def _schedule(self) -> str:
        label = self._text("schedule")
        if self.table.get("schedule_url") and not label:
            fix = 'Write one: schedule = "Schedule a Consultation"'
            self._report("schedule_url", "The link for appointments has no label.", fix)
        return label

    def _sites(self) -> tuple[str, ...]:
        sites = self._texts("sites", '["https://example.org"]')
        for site in sites:
            if not _SITE.fullmatch(site):
                fix = "Write https:// and the site's name, nothing more: https://example.org"
                self._report("sites", f"This is not a site: “{excerpt(site)}”.", fix)
        return sites

    def _pages(self) -> dict[str, str]:
        pages: dict[str, str] = {}
        for stem, address in (self._section("pages") or {}).items():
            if isinstance(address, str) and _ADDRESS.fullmatch(address.strip()):
                pages[stem] = address.strip()
                continue
            message = f"The address of the page “{excerpt(stem)}” is not a web address."
            self._report(stem, message, f'Write: {excerpt(stem)} = "https://…"', "pages")
        return pages

    # opening hours

    def _hours(self) -> Hours | None:
        table = self._section("hours")
        if table is None:
            return None
        self._refuse_unknown(table, ("timezone", *map(str.lower, DAYS)), "under [hours]", "hours")
        week = tuple(self._day(day, table.get(day.lower(), "")) for day in DAYS)
        return Hours(self._timezone(table.get("timezone", "")), week)

    def _timezone(self, value: object) -> str:
        name = value if isinstance(value, str) else ""
        if name and _zone_exists(name):
            return name
        like = nearest(name, sorted(zoneinfo.available_timezones())) if name else None
        message = f"This time zone is not known: “{excerpt(str(value))}”."
        self._report(
            "timezone",
            message if value else "The hours have no time zone.",
            f'Write: timezone = "{like or "America/New_York"}"',
            "hours",
        )
        return "UTC"

    def _day(self, day: str, value: object) -> tuple[Span, ...]:
        texts = value.split(",") if isinstance(value, str) and value.strip() else []
        spans = tuple(span for text in texts if (span := _span(text)))
        ordered = all(a.closes <= b.opens for a, b in pairwise(spans))
        if not isinstance(value, str) or len(spans) < len(texts) or not ordered:
            message = f"The hours on {day} cannot be read: “{excerpt(str(value))}”."
            fix = f'Write, for example: {day.lower()} = "8:00-17:00"; leave out closed days.'
            self._report(day.lower(), message, fix, "hours")
        return spans


def _is_emergency_number(number: str) -> bool:
    return _SHORT.fullmatch(number) is not None or is_phone(number)


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
    """The items of a list of tables; none where any item is something else."""
    items = cast("list[object]", value) if isinstance(value, list) else []
    tables = [cast("dict[str, object]", item) for item in items if isinstance(item, dict)]
    return list(tables) if len(tables) == len(items) else []

"""practice.toml: the practice's name, phones, opening hours and addresses."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from faqbot.knowledge.hours import read_hours
from faqbot.knowledge.strings import excerpt
from faqbot.knowledge.tables import Table
from faqbot.knowledge.values import Diagnostics, Phone, Practice

KEYS = tuple(key.name for key in fields(Practice))
PHONE_KEYS = ("label", "number", "sms")
_PHONE = re.compile(r"\+?[\d\s().\-/·‐‑–]+")  # noqa: RUF001
_SHORT = re.compile(r"\d{2,6}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_ADDRESS = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
_SITE = re.compile(r"https?://[^\s/?#]+", re.IGNORECASE)
_EVERY = re.compile(r"([1-9]\d?) (month|year)s?", re.IGNORECASE)
_JOURNAL_FILE = re.compile(r"\w[\w-]*\.(?:sqlite3?|db)", re.IGNORECASE)
_JOURNAL_URL = re.compile(r"(?:sqlite:///|postgres(?:ql)?(?:\+psycopg)?://)\S+", re.IGNORECASE)


def read_practice(table: Table) -> Practice:
    """The practice; what is wrong is reported, and left out or replaced by its default."""
    table.refuse_unknown(KEYS, "in practice.toml")
    schedule = table.text("schedule")
    return Practice(
        name=_name(table),
        phones=_phones(table),
        emergency_number=_valid(table, "emergency_number", "911", _is_emergency_number),
        country=_valid(table, "country", "US", _COUNTRY.fullmatch).upper(),
        greeting=table.text("greeting"),
        address=" ".join(table.text("address").split()),
        schedule=schedule,
        schedule_url=_schedule_url(table, schedule),
        starters=table.texts("starters", '["duration", "overnight-stay"]'),
        sites=_sites(table),
        pages=_pages(table.section("pages")),
        hours=read_hours(table.section("hours")),
        review_every=_review_every(table),
        journal=_journal(table),
    )


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


def _valid(table: Table, key: str, default: str, is_valid: Callable[[str], object]) -> str:
    """A text that must be valid where it is set; the default is the example in the fix."""
    if key not in table.values:
        return default
    text = table.text(key)
    if isinstance(table.values[key], str) and not is_valid(text):
        message = f"“{key}” cannot be “{excerpt(text)}”."
        table.report(key, message, f'Write, for example: {key} = "{default}"')
    return text


def _name(table: Table) -> str:
    name = table.text("name")
    if not name and isinstance(table.values.get("name", ""), str):
        table.report("name", "The practice has no name.", 'Write: name = "Lake Side Spine"')
    return name


def _phones(table: Table) -> tuple[Phone, ...]:
    sections = table.sections("phones")
    if not sections:
        missing = table.values.get("phones") in (None, [])
        message = "There is no phone number; every reply shows one."
        fix = 'Write [[phones]], and on the lines below label = "…" and number = "(646) 555-0142".'
        table.report("phones", message if missing else "“phones” cannot be read.", fix)
    return tuple(phone for section in sections if (phone := _phone(section)))


def _phone(table: Table) -> Phone | None:
    for key in (key for key in KEYS if key in table.values):
        message = f"“{key}” is under [[phones]], so it is read as a part of the phone."
        fix = "Move this line up, above the first line in square brackets."
        table.report(key, message, fix)
    table.refuse_unknown(PHONE_KEYS, "under [[phones]]", ignored=KEYS)
    label, number = table.values.get("label", ""), table.values.get("number")
    has_other_keys = not set(PHONE_KEYS).issuperset(table.values)  # the label may be one of them
    if not has_other_keys and not (isinstance(label, str) and label.strip()):
        table.report("label", "This phone has no label.", 'Write: label = "Office"')
    if not isinstance(number, str) or not is_phone(number):
        wrong = f"This is not a phone number: “{excerpt(str(number))}”."
        fix = 'Write number = "(646) 555-0142"; a number abroad begins with + and the country code.'
        missing = number in (None, "")
        table.report("number", "This phone has no number." if missing else wrong, fix)
        return None
    return Phone(str(label).strip(), number.strip(), _scheme(table))


def _scheme(table: Table) -> str:
    sms = table.values.get("sms", False)
    if not isinstance(sms, bool):
        table.report("sms", "“sms” must be true or false.", "Write: sms = true")
    elif sms and table.index == 0:
        message = "The first number is the main one, and must be one to call."
        table.report("sms", message, "Put another number first, and this one below it.")
    return "sms" if sms is True else "tel"


def _is_emergency_number(number: str) -> bool:
    return _SHORT.fullmatch(number) is not None or is_phone(number)


def _review_every(table: Table) -> int:
    """In months; 0 where answers are never due."""
    value = table.values.get("review_every", "off")
    text = " ".join(value.lower().split()) if isinstance(value, str) else ""
    if every := _EVERY.fullmatch(text):
        return int(every[1]) * (12 if every[2] == "year" else 1)
    if text != "off":
        message = f"“review_every” cannot be read: “{excerpt(str(value))}”."
        table.report("review_every", message, 'Write "12 months", "1 year" or "off".')
    return 0


def is_journal_elsewhere(journal: str) -> bool:
    """Whether it is a database or a file at an absolute path: nothing for the desk to choose."""
    if not journal.isprintable() or ".." in re.split(r"[/\\]", journal):
        return False
    if _JOURNAL_URL.fullmatch(journal):
        return True
    try:
        return Path(journal).expanduser().is_absolute()
    except RuntimeError:  # the home folder of somebody unknown: ~nobody-here/journal.sqlite
        return False


def _journal(table: Table) -> str:
    """Where it is kept; a bad one counts as "off", since visitors' answers do not depend on it."""
    value = table.values.get("journal", "")
    journal = value.strip() if isinstance(value, str) else str(value).lower()
    if journal.lower() in ("", "off") and isinstance(value, str):
        return journal.lower()
    if isinstance(value, str) and (
        _JOURNAL_FILE.fullmatch(journal) or is_journal_elsewhere(journal)
    ):
        return journal
    scheme, sign, _ = journal.partition("://")  # what follows may hold a password
    shown = excerpt(f"{scheme}://…" if sign else journal)
    message = f"“{shown}” is not a place where the journal can be kept; it counts as “off”."
    fix = 'Write "off", a file such as "journal.sqlite" or the URL of a database.'
    table.diagnostics.warn(table.line("journal"), message, fix)
    return "off"


def _schedule_url(table: Table, label: str) -> str:
    if table.values.get("schedule_url") and not label:
        fix = 'Write one: schedule = "Schedule a Consultation"'
        table.report("schedule_url", "The link for appointments has no label.", fix)
    url = table.text("schedule_url")
    return url and check_address(url, table.line("schedule_url"), table.diagnostics)


def _sites(table: Table) -> tuple[str, ...]:
    sites = table.texts("sites", '["https://example.org"]')
    for site in sites:
        if not _SITE.fullmatch(site):
            fix = "Write https:// and the site's name, nothing more: https://example.org"
            table.report("sites", f"This is not a site: “{excerpt(site)}”.", fix)
    return sites


def _pages(table: Table | None) -> dict[str, str]:
    if table is None:
        return {}
    pages: dict[str, str] = {}
    for stem, address in table.values.items():
        if isinstance(address, str) and _ADDRESS.fullmatch(address.strip()):
            pages[stem] = address.strip()
        else:
            message = f"The address of the page “{excerpt(stem)}” is not a web address."
            table.report(stem, message, f'Write: {excerpt(stem)} = "https://…"')
    return pages

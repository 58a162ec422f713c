"""What identifies a visitor: left out before a question is sent, and taken out of what is kept.

`web/widget.js` has the rules of `blank` for the browser; `tests/cases/personal.json` tests both.
`anonymise` takes out far more, because people read what is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from faqbot.privacy import patterns
from faqbot.privacy.names import find_names

if TYPE_CHECKING:
    from faqbot.knowledge import Phone

MAX_TEXT_LENGTH = 2_000  # characters that are looked at
MAX_STORED = 300  # characters that are kept
REMEMBERED = 1024  # texts; many visitors ask the same in the same words
MIN_DIGITS = 7  # a shorter number identifies nobody, unless the visitor says whose it is
BLANK = "●●●"

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_RULES = (
    re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE),
    re.compile(
        r"\b\d{1,2}([-/.])\d{1,2}\1(?:19|20)?\d\d\b|\b(?:19|20)\d\d([-/.])\d{1,2}\2\d{1,2}\b"
        rf"|\b(?:\d+[a-z]* (?:of )?{_MONTH}|{_MONTH} \d+[a-z]*),? (?:19|20)\d\d\b",
        re.IGNORECASE,
    ),
)
_NUMBER = re.compile(r"(?:\d[-\s./()]{0,2}){6,}\d")
_NOBODYS = re.compile(r"(?:(?:19|20)\d\d\D+)*(?:19|20)\d\d|(?:\d{5}[\s/]+)+\d{5}")  # years, codes


def blank(text: str, phones: Iterable[Phone] = ()) -> str:
    """The text with `BLANK` for e-mail addresses, dates of birth and long numbers.

    The practice's own `phones` stay, and so do years ("2019-2021") and billing codes of five
    digits.
    """
    for rule in _RULES:
        text = rule.sub(BLANK, text)
    own = tuple(_digits(phone.number) for phone in phones)

    def blanked(number: re.Match[str]) -> str:
        is_own = own and _digits(number[0]).endswith(own)
        return number[0] if is_own or _NOBODYS.fullmatch(number[0]) else BLANK

    return _NUMBER.sub(blanked, text)


def anonymise(text: str, phones: Iterable[Phone] = ()) -> str:
    """One line of at most 300 characters in which nothing identifies the visitor.

    What would is replaced by a word in brackets: "my name is [name], call [number]". The
    practice's own `phones` stay. Doing it twice changes nothing more.
    """
    return _anonymised(text[:MAX_TEXT_LENGTH], tuple(_digits(phone.number) for phone in phones))


@lru_cache(maxsize=REMEMBERED)
def _anonymised(text: str, own: tuple[str, ...]) -> str:
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_typed, unicodedata.normalize("NFC", text)))
    text = " ".join(text.split())
    text = _replace(text, patterns.BEFORE_NUMBERS)
    text = patterns.CUED_NUMBER.sub(lambda found: _hide_named(found, own), text)
    text = _replace(text, patterns.PLACES)
    text = patterns.MIXED.sub(_hide_mixed, text)
    text = patterns.RUN.sub(lambda run: _hide_run(run, own), text)
    for start, end in reversed(find_names(text)):
        text = f"{text[:start]}[name]{text[end:]}"
    return text[:MAX_STORED].strip()


def _typed(c: str) -> str:
    """The ASCII character that a full-width or other look-alike stands for; "" if invisible."""
    if c.isascii() and c.isprintable():
        return c
    if not c.isprintable():
        return " " if c.isspace() else ""
    simple = str(unicodedata.decimal(c)) if c.isdecimal() else unicodedata.normalize("NFKC", c)
    return simple if len(simple) == 1 and simple.isascii() else c


def _replace(text: str, rules: list[tuple[list[re.Pattern[str]], str]]) -> str:
    for found, word in rules:
        for pattern in found:
            text = pattern.sub(rf"\1{word}", text)
    return text


def _hide_named(found: re.Match[str], own: tuple[str, ...]) -> str:
    """A number of which the visitor says what it is: "MRN 4412", "last four 6789"."""
    is_named = patterns.NUMBER_IS_NAMED.search(found["cue"] + found["link"])
    is_year = patterns.YEARS.fullmatch(found["value"]) and not is_named
    digits = _digits(found["value"])
    few = len(digits) < (3 if is_named else 4)
    if found["unit"] or is_year or few or _is_own(digits, own):
        return found[0]
    return f"{found['cue']}{found['link']}[number]"


def _hide_mixed(found: re.Match[str]) -> str:
    """Letters and digits together: a member id, but not T11-T12-L1."""
    parts = re.split("[-_]", found[0])
    few = sum(c.isdigit() for c in found[0]) < MIN_DIGITS
    spine = all(re.fullmatch(r"[ctls]\d{1,2}", part, re.IGNORECASE) for part in parts)
    harmless = few and all(map(patterns.NOT_AN_ID.fullmatch, parts))
    return found[0] if spine or harmless else "[number]"


def _hide_run(run: re.Match[str], own: tuple[str, ...]) -> str:
    """Digits, as figures or words, that are too many for anything but somebody's number."""
    worth = sum(map(_worth, patterns.DOUBLES.findall(run[0])))
    pieces = [piece.strip(" -\u2013\u2014.,") for piece in run[0].split()]
    harmless = all(patterns.HARMLESS.fullmatch(p) for p in pieces if p not in ("", "and", "then"))
    few = worth < MIN_DIGITS or _is_own(_digits(run[0]), own)
    return run[0] if few or harmless else "[number]"


def _worth(piece: str) -> int:
    """How many digits it stands for: "seven" 1, "seventeen" 2, "dash" none."""
    if piece.isdigit() or not patterns.ONE_DIGIT.fullmatch(piece):
        return int(piece.isdigit())
    return 2 if patterns.TWO_DIGITS.fullmatch(piece) else 1


def _is_own(digits: str, own: tuple[str, ...]) -> bool:
    """Whether it is one of the practice's numbers, with or without the country code."""
    return any(one and digits.endswith(one) and len(digits) < len(one) + 4 for one in own)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)

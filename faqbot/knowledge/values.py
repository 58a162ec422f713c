"""What a knowledge folder says, as frozen values, and the problems found in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LOOK_ALIKES = "not-an-emergency"  # the id of the entry that lists what only sounds like danger
OUT_OF_SCOPE, EMERGENCY = "out-of-scope", "emergency"
KINDS = (OUT_OF_SCOPE, EMERGENCY)  # what an example accepts, besides ids of entries
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Role(StrEnum):
    """What an entry is for, by its file's name; in office.md, by whether it has an answer."""

    ANSWER = "answer"  # in a page's file: an answer with a quote
    OFFICE_ANSWER = "fact"  # in office.md: the office's own answer, which needs no quote
    PHONE_ONLY = "office"  # in call-the-office.md, or in office.md without an answer: only by phone
    EMERGENCY = "emergency"  # in emergencies.md: what to do now
    SMALL_TALK = "small-talk"  # in small-talk.md: hello, thanks
    LOOK_ALIKE = "look-alike"  # {#not-an-emergency} in emergencies.md: must not raise an alarm


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number: `label` for people, `number` as written in practice.toml."""

    label: str
    number: str
    scheme: str = field(default="tel", compare=False)  # or "sms": for text messages

    @property
    def href(self) -> str:
        """The link that dials it, in E.164 form; ten digits without a prefix are a US number."""
        digits = re.sub(r"\D", "", self.number)
        if self.number.lstrip().startswith("+") or (len(digits) == 11 and digits[0] == "1"):
            return f"{self.scheme}:+{digits}"
        return f"{self.scheme}:+1{digits}" if len(digits) == 10 else f"{self.scheme}:{digits}"

    def to_dict(self) -> dict[str, str]:
        """The phone as JSON, with its link."""
        return {"label": self.label, "number": self.number, "href": self.href}


@dataclass(frozen=True, slots=True)
class Span:
    """Opening hours within one day; at `closes` the office is already closed."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Closing:
    """Days on which the office is closed although the week says otherwise."""

    first: date
    last: date  # itself closed too
    yearly: bool = False  # on these days of every year; the year of `first` and `last` is ignored
    since: time = time.min  # on each of the days; open as usual before
    name: str = ""  # "Christmas Day"

    def covers(self, day: date) -> bool:
        """Whether `day` is one of the days; yearly ones may go on into the next year."""
        if not self.yearly:
            return self.first <= day <= self.last
        first, at, last = ((on.month, on.day) for on in (self.first, day, self.last))
        return first <= at <= last if first <= last else at >= first or at <= last


@dataclass(frozen=True, slots=True)
class Hours:
    """The office's opening hours; a day without spans is closed."""

    timezone: str
    week: tuple[tuple[Span, ...], ...]  # seven days, Monday first
    closings: tuple[Closing, ...] = ()

    def spans(self, day: date) -> tuple[Span, ...]:
        """When the office is open on `day`, closings considered."""
        usual = self.week[day.weekday()]
        ends = [closing.since for closing in self.closings if closing.covers(day)]
        if not ends:
            return usual
        end = min(ends)
        return tuple(Span(s.opens, min(s.closes, end)) for s in usual if s.opens < end)

    def is_open(self, moment: datetime) -> bool:
        """Whether the office is open at `moment`, which must be time-zone aware."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        return any(span.opens <= local.time() < span.closes for span in self.spans(local.date()))

    def closing(self, moment: datetime) -> Closing | None:
        """The closing under way at `moment`, which must be time-zone aware."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        under_way = (c for c in self.closings if c.covers(local.date()) and c.since <= local.time())
        return next(under_way, None)


@dataclass(frozen=True, slots=True)
class Practice:
    """What practice.toml says: each field is a key of the file."""

    name: str
    phones: tuple[Phone, ...]  # the first is the main one
    emergency_number: str = "911"
    country: str = "US"  # two letters (ISO 3166); some help lines work in one country only
    greeting: str = ""
    address: str = ""  # the office's, on one line
    schedule: str = ""  # the label of the appointment link: "Schedule a Consultation"
    schedule_url: str = ""
    starters: tuple[str, ...] = ()  # ids of entries offered before the first question
    sites: tuple[str, ...] = ()  # origins that may show the chat box: "https://example.org"
    pages: dict[str, str] = field(default_factory=dict)  # file stem -> the page's web address
    hours: Hours | None = None
    review_every: int = 0  # months after which an answer is due for review; 0 is never
    journal: str = ""  # "off", a path or a database URL; "" is the default location

    @property
    def answers(self) -> tuple[str, ...]:
        """The topics that practice.toml answers; they are the ids of these answers too."""
        answers = {
            "hours": self.hours,
            "location": self.address,
            "contact": self.phones,
            "booking": self.schedule_url,
        }
        return tuple(topic for topic, value in answers.items() if value)

    def contacts(self) -> dict[str, Any]:
        """Whom to call, as JSON; also sent with every error, as the request may be an emergency."""
        number = self.emergency_number
        return {
            "phones": [phone.to_dict() for phone in self.phones],
            "emergency": {"number": number, "href": f"tel:{number}"},
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its answer."""

    id: str
    question: str
    phrasings: tuple[str, ...]  # other ways to ask it, the question not included
    role: Role
    html: str = ""  # the answer, safe to show; a link to another entry is <a href="#id">
    text: str = ""  # the answer as plain text
    quotes: tuple[str, ...] = ()
    links: tuple[str, ...] = ()  # ids of the entries that the answer links to
    file: str = ""
    line: int = 0
    text_es: str = ""  # the Spanish message, from the paragraph "En español:" of emergencies.md
    topics: tuple[str, ...] | None = None  # from "Topic:"; () for "none", None without such a line
    reviewed: date | None = None  # from "Reviewed:": when somebody last checked it, and who
    reviewed_by: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """All ways to ask it: the question, then the phrasings."""
        return (self.question, *self.phrasings)

    @property
    def has_answer(self) -> bool:
        """Whether there is an answer, rather than only the phone number."""
        return self.role in (Role.ANSWER, Role.OFFICE_ANSWER)

    @property
    def page_stem(self) -> str:
        """The stem of its file's name, which is that of the page that an answer quotes."""
        return self.file.removesuffix(".md")


@dataclass(frozen=True, slots=True)
class PageInfo:
    """The front matter of a page's file; names are the ones that visitors use."""

    title: str = ""
    procedures: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    body_parts: tuple[str, ...] = ()
    address: str = ""  # the page's web address
    pack: str = ""  # of topics that any practice with this procedure is asked about
    left_out: tuple[str, ...] = ()  # sentences of the page that need no answer


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the field, and what it means."""

    word: str
    meaning: str
    also: tuple[str, ...] = ()  # its other names and forms; a plural in -s is understood
    source: str = ""  # who says so, with the licence; "" where it is the practice's own page
    link: str = ""  # the source's web address


@dataclass(frozen=True, slots=True)
class Example:
    """A visitor's question, and the ids or `KINDS` of reply that are right for it."""

    question: str
    accept: tuple[str, ...]
    style: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in the folder, written for the person who can fix it."""

    file: str
    line: int  # from 1; 0 for the whole file or folder
    message: str
    fix: str
    field: str = ""  # of the desk's form ("quotes"), if something is missing and has no line

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message} {self.fix}"


class Diagnostics:
    """Collects the problems of one file while it is read, so that all are reported at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []  # of what is left out, while the rest can be used

    def add(self, line: int, message: str, fix: str, field: str = "") -> None:
        """Add a problem at `line` (from 1; 0 for the whole file); `field`: see `Problem`."""
        self.problems.append(Problem(self.file, line, message, fix, field))

    def warn(self, line: int, message: str, fix: str) -> None:
        """Add a problem that is no reason to stop answering from the folder."""
        self.warnings.append(Problem(self.file, line, message, fix))


class KnowledgeError(Exception):
    """The folder cannot be used; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that a practice's folder says; built by `load`, never changed."""

    practice: Practice
    entries: tuple[Entry, ...]
    synonyms: tuple[tuple[str, ...], ...] = ()  # groups of words or short terms that mean the same
    sources: dict[str, str] = field(default_factory=dict)  # file stem -> text of the page
    page_infos: dict[str, PageInfo] = field(default_factory=dict)  # by file stem
    examples: tuple[Example, ...] = ()
    glossary: tuple[Term, ...] = ()  # the practice's own words first
    warnings: tuple[Problem, ...] = ()  # of what is left out; the rest can be used
    digest: str = ""  # SHA-256 over the names and bytes of the files that were read
    folder: Path = Path()

    @property
    def pack(self) -> str:
        """The pack that all pages with a pack share; empty where there is none, or several."""
        packs = {info.pack for info in self.page_infos.values() if info.pack}
        return packs.pop() if len(packs) == 1 else ""

"""What a knowledge folder says, as frozen values, and what can be wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LOOK_ALIKES = "not-an-emergency"  # the id of the entry of what only sounds like danger


class Role(StrEnum):
    """What an entry is for; its file's name decides, and in office.md whether it has an answer."""

    ANSWER = "answer"  # any page's file: a quoted answer
    FACT = "fact"  # office.md: an answer of the office itself, which needs no quote
    OFFICE = "office"  # office.md without an answer, call-the-office.md: only by phone
    EMERGENCY = "emergency"  # emergencies.md: what to do now
    SMALL_TALK = "small-talk"  # small-talk.md: hello, thanks
    LOOK_ALIKE = "look-alike"  # {#not-an-emergency} in emergencies.md: what must not ring


@dataclass(frozen=True, slots=True)
class Phone:
    """A number to call: `label` for people, `number` as written in practice.toml."""

    label: str
    number: str
    scheme: str = field(default="tel", compare=False)  # or "sms": to write to

    @property
    def href(self) -> str:
        """The link that dials it, in E.164 form; ten digits alone are a US number."""
        digits = re.sub(r"\D", "", self.number)
        if self.number.lstrip().startswith("+") or (len(digits) == 11 and digits[0] == "1"):
            return f"{self.scheme}:+{digits}"
        return f"{self.scheme}:+1{digits}" if len(digits) == 10 else f"{self.scheme}:{digits}"

    def to_dict(self) -> dict[str, str]:
        """The phone as JSON, with its link."""
        return {"label": self.label, "number": self.number, "href": self.href}


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when the office is open on one day; `closes` itself is closed."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Hours:
    """The office's hours: `week` holds the spans of seven days, Monday first; closed is empty."""

    timezone: str
    week: tuple[tuple[Span, ...], ...]

    def is_open(self, moment: datetime) -> bool:
        """Whether the office is open at `moment`, which must know its time zone."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        return any(span.opens <= local.time() < span.closes for span in self.week[local.weekday()])


@dataclass(frozen=True, slots=True)
class Practice:
    """What practice.toml says of the practice."""

    name: str
    phones: tuple[Phone, ...]  # the first is the main one
    emergency_number: str = "911"
    country: str = "US"  # two letters (ISO 3166); some help lines can be called only there
    greeting: str = ""
    address: str = ""  # where the office is, in one line
    schedule: str = ""  # what the link for appointments is called: "Schedule a Consultation"
    schedule_url: str = ""
    starters: tuple[str, ...] = ()  # ids of entries offered before the first question
    sites: tuple[str, ...] = ()  # origins that may show the chat box: "https://example.org"
    pages: dict[str, str] = field(default_factory=dict)  # file stem -> the page's address
    hours: Hours | None = None
    review_every: int = 0  # months after which an answer is due for a look; 0 is never
    journal: str = ""  # "off", a path or a database's URL; "" is the usual place

    @property
    def answers(self) -> tuple[str, ...]:
        """The topics that it answers, which are the ids of these answers too."""
        told = {
            "hours": self.hours,
            "location": self.address,
            "contact": self.phones,
            "booking": self.schedule_url,
        }
        return tuple(topic for topic, value in told.items() if value)

    def contacts(self) -> dict[str, Any]:
        """Whom to call, as JSON; in every refusal, since what is refused may tell of danger."""
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
    phrasings: tuple[str, ...]  # other ways to ask it, without the question itself
    role: Role
    html: str = ""  # the answer, safe to show; a link to another entry is <a href="#id">
    text: str = ""  # the answer, without marks
    quotes: tuple[str, ...] = ()
    links: tuple[str, ...] = ()  # ids of entries the answer leads to
    file: str = ""
    line: int = 0
    text_es: str = ""  # the Spanish message, from the paragraph "En español:" of emergencies.md
    topics: tuple[str, ...] | None = None  # what "Topic:" says; () is none, None is nothing said
    reviewed: date | None = None  # when a person last found it right, and who: "Reviewed: …"
    reviewed_by: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """All ways to ask it: the question and the phrasings."""
        return (self.question, *self.phrasings)

    @property
    def answered(self) -> bool:
        """Whether the practice has an answer to it."""
        return self.role in (Role.ANSWER, Role.FACT)

    @property
    def page(self) -> str:
        """The name of its file, without the ending: that of the page which an answer quotes."""
        return self.file.removesuffix(".md")


@dataclass(frozen=True, slots=True)
class Head:
    """What a page's file says before its first question; names as visitors use them."""

    title: str = ""
    procedures: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    address: str = ""  # of the page in the web
    pack: str = ""  # of topics and wordings, for what any practice with this procedure is asked
    left_out: tuple[str, ...] = ()  # sentences of the page that need no answer


@dataclass(frozen=True, slots=True)
class Example:
    """A visitor's question and the ids or kinds of reply that are right for it."""

    question: str
    accept: tuple[str, ...]
    style: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in the folder, told to the person who can fix it."""

    file: str
    line: int  # from 1; 0 where the whole file or folder is meant
    message: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message} {self.fix}"


class KnowledgeError(Exception):
    """The folder cannot be used; `problems` says everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that a practice's folder says; built by `load`, never changed."""

    practice: Practice
    entries: tuple[Entry, ...]
    synonyms: tuple[
        tuple[str, ...], ...
    ] = ()  # each group: words or short terms that mean the same
    sources: dict[str, str] = field(default_factory=dict)  # file stem -> page text
    heads: dict[str, Head] = field(default_factory=dict)  # file stem -> head, of each page
    examples: tuple[Example, ...] = ()
    digest: str = ""  # sha256 over the names and bytes of the files that were read
    folder: Path = Path()

    @property
    def pack(self) -> str:
        """The pack that all pages with one agree on; empty where there is none, or several."""
        packs = {head.pack for head in self.heads.values() if head.pack}
        return packs.pop() if len(packs) == 1 else ""

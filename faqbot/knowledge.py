"""The knowledge folder, read into frozen values, or every problem in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What an entry is for; its file's name decides."""

    ANSWER = "answer"  # any page's file: a quoted answer
    OFFICE = "office"  # call-the-office.md: only the office can answer
    EMERGENCY = "emergency"  # emergencies.md: what to do now
    SMALL_TALK = "small-talk"  # small-talk.md: hello, thanks


@dataclass(frozen=True, slots=True)
class Phone:
    """A number to call: `label` for people, `number` as written in practice.toml."""

    label: str
    number: str

    @property
    def href(self) -> str:
        """The `tel:` link that dials it, in E.164 form."""


@dataclass(frozen=True, slots=True)
class Practice:
    """What practice.toml says of the practice."""

    name: str
    phones: tuple[Phone, ...]  # the first is the main one
    emergency_number: str = "911"
    greeting: str = ""
    schedule: str = ""  # what the link for appointments is called: "Schedule a Consultation"
    schedule_url: str = ""
    starters: tuple[str, ...] = ()  # ids of entries offered before the first question
    sites: tuple[str, ...] = ()  # origins that may show the chat box: "https://example.org"
    pages: dict[str, str] = field(default_factory=dict)  # file stem -> the page's address


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its answer."""

    id: str
    question: str
    phrasings: tuple[str, ...]  # other ways to ask it, without the question itself
    role: Role
    html: str = ""  # the answer, safe to show
    text: str = ""  # the answer, without marks
    quotes: tuple[str, ...] = ()
    links: tuple[str, ...] = ()  # ids of entries the answer leads to
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Example:
    """A visitor's question and the ids or kinds of reply that are right for it."""

    question: str
    accept: tuple[str, ...]
    style: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in the folder, told to the person who can mend it."""

    file: str
    line: int  # from 1; 0 where the whole file or folder is meant
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} {self.mend}"


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
    synonyms: tuple[tuple[str, ...], ...] = ()  # each group: words or short terms that mean the same
    sources: dict[str, str] = field(default_factory=dict)  # file stem -> page text
    examples: tuple[Example, ...] = ()

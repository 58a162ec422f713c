"""`Reply`: what a visitor gets, and how it is written as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from faqbot.knowledge import Entry, Phone


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a reply shows it; a choice carries no answer yet."""

    id: str
    question: str
    score: float  # the probability that it is what the visitor means, from 0 to 1
    html: str = ""
    text: str = ""
    quotes: tuple[str, ...] = ()
    page: str = ""  # the address of the page that it quotes

    def to_dict(self) -> dict[str, Any]:
        """The entry as JSON."""
        return {
            "id": self.id,
            "question": self.question,
            "html": self.html,
            "text": self.text,
            "quotes": list(self.quotes),
            "score": round(self.score, 4),
            "page": self.page,
        }


@dataclass(frozen=True, slots=True)
class Caution:
    """What stands above a usual reply where the message may tell of danger."""

    message: str
    numbers: tuple[Phone, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The reply to one question of several in a message."""

    text: str  # the visitor's words
    kind: str  # "answer", "choices" or "office"
    entries: tuple[Shown, ...] = ()
    message: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The part as JSON."""
        return {
            "text": self.text,
            "kind": self.kind,
            "message": self.message,
            "entries": [entry.to_dict() for entry in self.entries],
        }


@dataclass(frozen=True)
class Reply:
    """What the visitor gets."""

    kind: str  # "answer", "choices", "office" or "emergency"
    phones: tuple[Phone, ...]
    entries: tuple[Shown, ...] = ()
    message: str = ""
    related: tuple[Entry, ...] = ()
    emergency_numbers: tuple[Phone, ...] = ()
    urgency: str = ""  # of an emergency: "call" now, go to an "emergency-room", be seen "today"
    language: str = "en"  # of an emergency's message, or of the caution and the message beside it
    caution: Caution | None = None  # never with an emergency
    small_talk: bool = False  # a hello, not a question that got no answer
    parts: tuple[Part, ...] = ()  # of a message with several questions; `kind` is the first's
    why: str = field(default="", compare=False)  # for `explain`, not for visitors
    nearest: tuple[str, float] | None = field(default=None, compare=False)  # for the journal
    topic: str = field(default="", compare=False)  # what sends the visitor to the office

    @property
    def shown(self) -> list[Shown]:
        """All entries that the visitor sees, those of parts too."""
        return [*self.entries, *(entry for part in self.parts for entry in part.entries)]

    def to_dict(self) -> dict[str, Any]:
        """The reply as JSON, the same on the command line and over HTTP."""
        reply: dict[str, Any] = {
            "kind": self.kind,
            "entries": [entry.to_dict() for entry in self.entries],
            "message": self.message,
            "related": [{"id": entry.id, "question": entry.question} for entry in self.related],
            "phones": [phone.to_dict() for phone in self.phones],
        }
        if self.parts:
            reply["parts"] = [part.to_dict() for part in self.parts]
        if self.emergency_numbers:
            reply["emergency_numbers"] = [phone.to_dict() for phone in self.emergency_numbers]
            reply["urgency"] = self.urgency
        if self.caution:
            numbers = [phone.to_dict() for phone in self.caution.numbers]
            reply["caution"] = {"message": self.caution.message, "numbers": numbers}
        if self.emergency_numbers or self.caution:
            reply["language"] = self.language
        if self.small_talk:
            reply["small_talk"] = True
        return reply

    @cached_property
    def json(self) -> str:
        """The same as a line of text; made once, as a reply may be given to many."""
        return json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":")) + "\n"

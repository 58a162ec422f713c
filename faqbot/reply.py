"""`Reply`: what a visitor gets; and `ReplyWriter`, which writes it in the practice's words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from faqbot.danger import Danger
from faqbot.danger.cards import (
    CALL,
    CALLING,
    CAUTION,
    GENERAL_CARD,
    SUICIDE_CARD,
    UNITED_STATES,
    cards,
    is_reassuring,
)
from faqbot.danger.languages import ForeignLanguage
from faqbot.knowledge import Entry, Knowledge, Phone, Role, Term
from faqbot.knowledge.glossary import Glossary
from faqbot.text import words
from faqbot.understanding.calibration import ANSWER_THRESHOLD
from faqbot.understanding.matching import Match
from faqbot.understanding.reference import Procedures

MAX_RELATED = 3  # at most
OFFICE_TOPIC = "“{question}”: our page does not say, but our office is happy to tell you by phone."
DID_YOU_MEAN = "I am not certain what you mean. Is it one of these?"
WHICH_PROCEDURE = "Which procedure do you mean?"
TELL_THE_OFFICE = "Please tell our office about this by phone, so that somebody can look into it."
LIFELINES = (
    Phone("988 Suicide & Crisis Lifeline", "988"),
    Phone("Text 988", "988", "sms"),
)


def link(entry: Entry) -> dict[str, Any]:
    """An entry that a visitor can ask for, as JSON; whether only the office has the answer."""
    by_phone = {} if entry.has_answer else {"by_phone": True}
    return {"id": entry.id, "question": entry.question, **by_phone}


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
    terms: tuple[tuple[str, Term], ...] = ()  # words that it explains, as written in its text
    by_phone: bool = False  # a choice to which only the office has the answer

    def to_dict(self) -> dict[str, Any]:
        """The entry as JSON."""
        shown: dict[str, Any] = {
            "id": self.id,
            "question": self.question,
            "html": self.html,
            "text": self.text,
            "quotes": list(self.quotes),
            "score": round(self.score, 4),
            "page": self.page,
        }
        if self.terms:
            shown["terms"] = [
                {"word": word, "meaning": t.meaning, "source": t.source, "link": t.link}
                for word, t in self.terms
            ]
        if self.by_phone:
            shown["by_phone"] = True
        return shown


@dataclass(frozen=True, slots=True)
class Caution:
    """What is shown above a usual reply where the message may be about danger."""

    message: str
    numbers: tuple[Phone, ...]


@dataclass(frozen=True, slots=True)
class PartialReply:
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
    parts: tuple[PartialReply, ...] = ()  # for several questions; `kind` is that of the first
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
            "related": [link(entry) for entry in self.related],
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


class ReplyWriter:
    """Writes the replies of one practice."""

    def __init__(
        self, knowledge: Knowledge, entries: Mapping[str, Entry], procedures: Procedures
    ) -> None:
        """`entries`: all that a reply may show, by id."""
        self._knowledge, self._practice = knowledge, knowledge.practice
        self._entries, self._procedures = entries, procedures
        self._glossary = Glossary(knowledge.glossary)

    def address(self, page: str) -> str:
        """The web address of a page; empty where the practice does not say."""
        info = self._knowledge.page_infos.get(page)
        return (info.address if info else "") or self._practice.pages.get(page, "")

    def answer(self, match: Match, others: Sequence[Match] = ()) -> Reply:
        """An entry's answer, and what is related: what it links to, and other entries."""
        entry = match.entry
        ids = dict.fromkeys([*entry.links, *(other.entry.id for other in others)])
        related = [self._entries[id] for id in ids if id != entry.id]
        shown = Shown(
            id=entry.id,
            question=entry.question,
            score=match.probability,
            html=entry.html,
            text=entry.text,
            quotes=entry.quotes,
            page=self.address(entry.page_stem),
            terms=self._glossary.found(entry.text),
        )
        return Reply(
            kind="answer",
            phones=self._practice.phones,
            entries=(shown,),
            related=tuple(other for other in related if other.has_answer)[:MAX_RELATED],
            why=f"it is sure enough ({match.probability:.2f} of {ANSWER_THRESHOLD:.2f})",
        )

    def choices(self, matches: Sequence[Match], message: str = DID_YOU_MEAN) -> Reply:
        """Entries to choose from."""
        return Reply(
            kind="choices",
            phones=self._practice.phones,
            entries=tuple(map(self._as_choice, matches)),
            message=message,
            why=f"the best match is below {ANSWER_THRESHOLD:.2f}, too low to answer",
        )

    def _as_choice(self, match: Match) -> Shown:
        entry = match.entry
        question = self._choice(entry)
        return Shown(entry.id, question, match.probability, by_phone=not entry.has_answer)

    def _choice(self, entry: Entry) -> str:
        """An entry's question; with its procedure, where there are several and it names none."""
        if len(self._knowledge.page_infos) < 2 or entry.role is not Role.ANSWER:
            return entry.question
        if entry.page_stem in self._procedures.named(words(entry.question))[0]:
            return entry.question
        info = self._knowledge.page_infos[entry.page_stem]
        name = (*info.procedures, info.title)[0] or entry.page_stem
        return f"{name[:1].upper()}{name[1:]}: {entry.question}"

    def phone_numbers(self, message: str, why: str) -> Reply:
        """A message, and the phone numbers of the office."""
        return Reply("office", self._practice.phones, message=message, why=why)

    def by_phone(self, entry: Entry, why: str) -> Reply:
        """The reply for an entry without an answer: small talk, or a question for the office."""
        if entry.role is Role.SMALL_TALK:
            return replace(self.phone_numbers(entry.text, why), small_talk=True, topic=entry.id)
        reply = self.phone_numbers(OFFICE_TOPIC.format(question=entry.question), why)
        return replace(reply, topic=entry.id)

    def in_language(self, language: ForeignLanguage) -> Reply:
        """A message that the chat does not speak the language, with the emergency number."""
        number = self._practice.emergency_number
        caution = Caution(language.caution.format(number=number), (Phone(number, number),))
        reply = self.phone_numbers(language.message, f"it is in {language.name}")
        return replace(reply, caution=caution, language=language.code)

    def emergency(self, danger: Danger) -> Reply:
        """The practice's own message for this kind of danger, or else the card of the product."""
        practice = self._practice
        entry = self._entries.get(danger.id)
        message = ""
        if entry and entry.role is Role.EMERGENCY:
            message = (entry.text_es if danger.language == "es" else "") or entry.text
        card = cards().get(danger.id) or cards()[GENERAL_CARD]
        number = practice.emergency_number
        return Reply(
            kind="emergency",
            phones=practice.phones,
            message=message or card.message(number, danger.language, practice.country),
            emergency_numbers=(*self._lifelines(danger), Phone("Emergency", number)),
            urgency=CALL if message else card.urgency,
            language=danger.language,
            why=danger.why,
        )

    def cautioned(self, reply: Reply, danger: Danger) -> Reply:
        """The reply under a caution. A reassuring answer is withheld: it may concern the danger."""
        if any(is_reassuring(entry.text) for entry in reply.shown) or reply.small_talk:
            office = self.phone_numbers(
                TELL_THE_OFFICE, f"a reassuring answer is withheld: {danger.why}"
            )
            reply = replace(office, nearest=reply.nearest)
        number = self._practice.emergency_number
        message = CAUTION[danger.language].format(number=number)
        call = Phone(CALLING[danger.language].format(number=number), number)
        caution = Caution(message, (*self._lifelines(danger), call))
        return replace(reply, caution=caution, language=danger.language)

    def _lifelines(self, danger: Danger) -> tuple[Phone, ...]:
        """For thoughts of suicide, the lifelines of the United States; they come first."""
        at_home = self._practice.country == UNITED_STATES
        return LIFELINES if danger.id == SUICIDE_CARD and at_home else ()

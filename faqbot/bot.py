"""`Bot`: what a visitor typed, and the reply to it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from faqbot import knowledge as folder
from faqbot.danger import (
    CALL,
    CALLING,
    CAUTION,
    GENERAL,
    SPANISH,
    SUICIDE,
    UNITED_STATES,
    Danger,
    Detector,
    Foreign,
    cards,
    foreign,
    soothes,
)
from faqbot.knowledge import Entry, Example, Knowledge, Phone, Role
from faqbot.text import questions, sentences, words
from faqbot.understanding.calibration import ANSWER, CHOICE, OFFICE
from faqbot.understanding.features import rarity
from faqbot.understanding.matching import Match, Matcher

QUESTIONS = (Role.ANSWER, Role.OFFICE)  # what is suggested while typing
SPOKEN = (Role.ANSWER, Role.OFFICE, Role.SMALL_TALK)  # what is not about danger
DANGER = "emergency"  # in what examples accept: the visitor is in danger
OUTSIDE = "out-of-scope"  # in what examples accept: the page does not cover the question
CHOICES = 3  # at the most
LEAST = 0.01  # the probability below which an entry is no choice
CANDIDATES = 8  # entries by the matcher's score, from which the surest is taken
RELATED = 3  # at the most
SUGGESTIONS = 5  # at the most
FEW = 0.2  # of the most frequent suggestion; what is rarer is left out
SHORT = 4  # words; a longer text is read by itself, whatever was answered before
GOING_ON = frozenset("and then after that what next now happens afterwards ok so".split())
TELLING = 0.25  # the rarity from which a word tells something: “what” has 0.22, “how” has 0.26
# Written for machines, single angle quotes in place of brackets too: what it means is never sure.
CODE = re.compile(r"[{}|\\]|\.\./|[<\u2039][^<>\u2039\u203a]+[>\u203a]")
LIKELY = 0.5  # the probability from which a suggestion need not have the typed words

NOT_SURE = (
    "I am not sure I can answer that from our page, so I would rather not guess. "
    "Our office will gladly help you by phone."
)
OFFICE_TOPIC = "“{question}” Our page does not say, but our office will gladly tell you by phone."
CHOOSE = "I am not certain what you mean. Is it one of these?"
PAUSED = "Our chat is paused right now. Our office will gladly help you by phone."
NOTHING_TYPED = "Please type a question, or call our office."
TELL_THE_OFFICE = "Please tell our office about this by phone, so that somebody can look into it."
LIFELINES = (
    Phone("988 Suicide & Crisis Lifeline", "988"),
    Phone("Text 988", "988", "sms"),
)


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


@dataclass(frozen=True, slots=True)
class Caution:
    """What stands above a usual reply where the message may tell of danger."""

    message: str
    numbers: tuple[Phone, ...]


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
    why: str = field(default="", compare=False)  # for `explain`, not for visitors
    nearest: tuple[str, float] | None = field(default=None, compare=False)  # for the journal
    topic: str = field(default="", compare=False)  # the entry that sends the visitor to the office

    def to_dict(self) -> dict[str, Any]:
        """The reply as JSON, the same on the command line and over HTTP."""
        reply: dict[str, Any] = {
            "kind": self.kind,
            "entries": [
                {
                    "id": entry.id,
                    "question": entry.question,
                    "html": entry.html,
                    "text": entry.text,
                    "quotes": list(entry.quotes),
                    "score": round(entry.score, 4),
                    "page": entry.page,
                }
                for entry in self.entries
            ],
            "message": self.message,
            "related": [{"id": entry.id, "question": entry.question} for entry in self.related],
            "phones": [phone.to_dict() for phone in self.phones],
        }
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


@dataclass(frozen=True, slots=True)
class Thought:
    """A question's matches with the probability of each, best first."""

    match: Match
    entry: Entry
    sure: float


class Bot:
    """Answers questions from one practice's knowledge; safe to use from several threads."""

    def __init__(self, knowledge: Knowledge, like: Bot | None = None) -> None:
        """`like`: another bot, from which what is the same need not be learnt again."""
        self.knowledge = knowledge
        self._entries = {entry.id: entry for entry in knowledge.entries}
        self.detector: Detector = Detector(knowledge.entries)
        self.matcher: Matcher = Matcher(
            [entry for entry in knowledge.entries if entry.role in SPOKEN],
            knowledge.synonyms,
            [(e.question, _right(e)) for e in knowledge.examples if DANGER not in e.accept],
            like.matcher if like else None,
        )

    @classmethod
    def load(cls, path: Path | str) -> Bot:
        """Read the knowledge folder; raises KnowledgeError with every problem in it."""
        return cls(folder.load(Path(path)))

    def calm(self, text: str) -> Reply:
        """The usual reply, where the visitor says that it is no emergency; with a caution."""
        danger = self.detector.detect(text) or Danger(GENERAL, False, 0.0, "the visitor was asked")
        return self._cautioned(self._usual(text, None), danger)

    def ask(self, text: str, after: str | None = None, before: Sequence[str] = ()) -> Reply:
        """Reply to what a visitor typed.

        `after` is the id of the entry answered before, `before` what the visitor typed last.
        """
        danger = self.detector.detect(text, before)
        if danger and danger.sure:
            return self._emergency(danger)
        language = foreign(text)
        if language and language.code != SPANISH:
            return self._in_language(language)
        reply = self._usual(text, after)
        if language and reply.kind != "answer":
            return self._in_language(language)
        return self._cautioned(reply, danger) if danger else reply

    def _in_language(self, language: Foreign) -> Reply:
        """That the chat does not speak it; whether it tells of danger, nobody can say."""
        reply = self._office(language.message, f"it is in {language.name}")
        practice = self.knowledge.practice
        number = Phone(practice.emergency_number, practice.emergency_number)
        message = language.caution.format(number=number.number)
        return replace(reply, caution=Caution(message, (number,)), language=language.code)

    def _usual(self, text: str, after: str | None) -> Reply:
        """The reply to a text that tells of no danger."""
        if not words(text):
            return self._office(NOTHING_TYPED, "nothing was typed that has a word in it")
        parts = self._parts(text)
        if parts:
            return self._answer(parts, [])
        thoughts = self.think(text, CANDIDATES)
        if after in self._entries and not self._is_answer(text, thoughts):
            reply = self._follow_up(text, self._entries[after], thoughts)
        else:
            reply = self._decide(text, thoughts)
        nearest = (thoughts[0].entry.id, thoughts[0].sure) if thoughts else None
        return replace(reply, nearest=nearest)

    def _cautioned(self, reply: Reply, danger: Danger) -> Reply:
        """The usual reply under a caution; nothing that soothes, as it may be about the danger."""
        if any(soothes(entry.text) for entry in reply.entries) or reply.small_talk:
            office = self._office(TELL_THE_OFFICE, f"what soothes is held back: {danger.why}")
            reply = replace(office, nearest=reply.nearest)
        number = self.knowledge.practice.emergency_number
        message = CAUTION[danger.language].format(number=number)
        call = Phone(CALLING[danger.language].format(number=number), number)
        caution = Caution(message, (*self._lifelines(danger), call))
        return replace(reply, caution=caution, language=danger.language)

    def pause(self, text: str = "", before: Sequence[str] = ()) -> Reply:
        """The reply to anything while the practice has paused its answers; danger still rings."""
        danger = self.detector.detect(text, before)
        if danger and danger.sure:
            return self._emergency(danger)
        reply = self._office(PAUSED, "the chat is paused")
        return self._cautioned(reply, danger) if danger else reply

    def _parts(self, text: str) -> list[Thought]:
        """Two answers, where the text joins two questions that each have a sure one."""
        parts = questions(text)
        if len(parts) < 2:
            return []
        found: dict[str, Thought] = {}
        for part in parts:
            thoughts = self._rank(part)
            if self._is_answer(part, thoughts) and self._has_answer(thoughts[0].entry.id):
                found.setdefault(thoughts[0].entry.id, thoughts[0])
        return list(found.values()) if len(found) == len(parts) else []

    def _is_answer(self, text: str, thoughts: list[Thought]) -> bool:
        if not thoughts or thoughts[0].sure < ANSWER or thoughts[0].match.foreign:
            return False
        return not CODE.search(text) and self._is_meant(text, thoughts[0].match)

    def _is_meant(self, text: str, match: Match) -> bool:
        """Whether any word that the two share tells something: not the “1” of “or 1=1”."""
        shared = self.matcher.shared(text, match.id)
        said = (stemmed for stemmed in shared if len(stemmed) > 1 and not stemmed.isdigit())
        return match.exact or any(rarity(stemmed) >= TELLING for stemmed in said)

    def _follow_up(self, text: str, after: Entry, thoughts: list[Thought]) -> Reply:
        """What a few words mean after an answer, where they say too little by themselves.

        "And then?" leads on to the entries that the answer links to. Other short texts are read
        once more together with the question that was answered.
        """
        tokens = words(text)
        if tokens and set(tokens) <= GOING_ON:
            linked = [self._entries[i] for i in after.links if self._has_answer(i)]
            if linked:
                return self._choices([Thought(_chosen(e.id), e, 1.0) for e in linked[:CHOICES]])
        if len(tokens) <= SHORT and any(thought.match.coverage > 0 for thought in thoughts):
            together = self._rank(f"{after.question} {text}")
            near = {after.id, *after.links}
            leaning = [t for t in together if t.entry.id in near][:1]
            rest = [t for t in thoughts if t.entry.id not in {x.entry.id for x in leaning}]
            if leaning and leaning[0].sure >= CHOICE:
                return self._choices([*leaning, *rest[: CHOICES - 1]])
        return self._decide(text, thoughts)

    def think(self, text: str, top: int = CHOICES) -> list[Thought]:
        """The entries that the text may mean, surest first, whatever the decision.

        Stories mostly end in the question. Where the last sentence alone leads to the same entry
        as the whole, that entry is as sure as the surer of the two; where it leads elsewhere,
        that entry comes in as a rival.
        """
        thoughts = self._rank(text)
        *before, last = sentences(text)
        tail = self._rank(last)[:1] if before else []
        return (_with_tail(thoughts, tail[0]) if thoughts and tail else thoughts)[:top]

    def _rank(self, text: str) -> list[Thought]:
        found = self.matcher.rank(text, CANDIDATES)
        return [Thought(match, self._entries[match.id], match.probability) for match in found]

    def danger(self, text: str) -> Danger | None:
        """The danger that the text tells of, if any; it may be unsure."""
        return self.detector.detect(text)

    def entry(self, entry_id: str) -> Reply | None:
        """The reply that shows one entry, as when it is chosen; None if there is none."""
        entry = self._entries.get(entry_id)
        if entry is None or entry.role not in SPOKEN:
            return None
        return self._reply(Thought(_chosen(entry.id), entry, 1.0), [])

    def suggest(self, text: str) -> list[dict[str, str]]:
        """Questions of the knowledge that go on from what is typed so far, its last word cut."""
        typed = words(text)
        if not typed:
            return []
        needles = [*(f" {word} " for word in typed[:-1]), f" {typed[-1]}"]
        found = Counter(i for line, i in self._asked if all(n in line for n in needles))
        weight = {i: n / len(self._entries[i].lines) for i, n in found.items()}
        weight = {i: w * 2 if self._has_answer(i) else w for i, w in weight.items()}
        least = FEW * max(weight.values(), default=0)
        often = sorted((i for i, w in weight.items() if w >= least), key=lambda i: -weight[i])
        sure = [t.entry.id for t in self.think(text, CANDIDATES) if t.sure >= LIKELY]
        ids = [i for i in dict.fromkeys([*often, *sure]) if self._entries[i].role in QUESTIONS]
        shown = ids[:SUGGESTIONS]
        return [{"id": i, "question": self._entries[i].question} for i in shown]

    @cached_property
    def _asked(self) -> list[tuple[str, str]]:
        """The words of each way to ask a question, between blanks, and its entry."""
        entries = [entry for entry in self.knowledge.entries if entry.role in QUESTIONS]
        return [(f" {' '.join(words(line))} ", e.id) for e in entries for line in e.lines]

    def _decide(self, text: str, thoughts: list[Thought]) -> Reply:
        if self._is_answer(text, thoughts):
            return self._reply(thoughts[0], [t for t in thoughts[1:CHOICES] if t.sure >= LEAST])
        if thoughts and not thoughts[0].entry.answered and thoughts[0].sure >= OFFICE:
            return self._reply(thoughts[0], [])
        if sum(thought.sure for thought in thoughts if thought.entry.answered) >= CHOICE:
            asked = [t for t in thoughts if t.entry.role in QUESTIONS and t.sure >= LEAST]
            return self._choices(asked[:CHOICES])
        return self._office(NOT_SURE, "no entry is near enough")

    def _reply(self, thought: Thought, others: list[Thought]) -> Reply:
        entry = thought.entry
        if entry.role is Role.ANSWER:
            return self._answer([thought], others)
        why = f"it is nearest to “{thought.match.phrasing}”, for which there is no answer"
        if entry.role is Role.SMALL_TALK:
            return replace(self._office(entry.text, why), small_talk=True, topic=entry.id)
        reply = self._office(OFFICE_TOPIC.format(question=entry.question), why)
        return replace(reply, topic=entry.id)

    def _answer(self, thoughts: list[Thought], others: list[Thought]) -> Reply:
        shown = {thought.entry.id for thought in thoughts}
        ids = [link for thought in thoughts for link in thought.entry.links]
        ids += [other.entry.id for other in others]
        related = [i for i in dict.fromkeys(ids) if i not in shown and self._has_answer(i)]
        return Reply(
            kind="answer",
            phones=self.knowledge.practice.phones,
            entries=tuple(self._shown(thought) for thought in thoughts),
            related=tuple(self._entries[i] for i in related[:RELATED]),
            why=f"it is sure enough ({thoughts[0].sure:.2f} of {ANSWER:.2f})",
        )

    def _shown(self, thought: Thought) -> Shown:
        entry = thought.entry
        return Shown(
            id=entry.id,
            question=entry.question,
            score=thought.sure,
            html=entry.html,
            text=entry.text,
            quotes=entry.quotes,
            page=self.knowledge.practice.pages.get(Path(entry.file).stem, ""),
        )

    def _choices(self, thoughts: list[Thought]) -> Reply:
        return Reply(
            kind="choices",
            phones=self.knowledge.practice.phones,
            entries=tuple(Shown(t.entry.id, t.entry.question, t.sure) for t in thoughts),
            message=CHOOSE,
            why=f"the best is not sure enough to be answered ({ANSWER:.2f})",
        )

    def _office(self, message: str, why: str) -> Reply:
        return Reply("office", self.knowledge.practice.phones, message=message, why=why)

    def _emergency(self, danger: Danger) -> Reply:
        """The practice's own message for this kind of danger, or else the card of the product."""
        practice = self.knowledge.practice
        entry = self._entries.get(danger.id)
        message = ""
        if entry and entry.role is Role.EMERGENCY:
            message = (entry.text_es if danger.language == "es" else "") or entry.text
        card = cards().get(danger.id) or cards()[GENERAL]
        return Reply(
            kind="emergency",
            phones=practice.phones,
            message=message
            or card.message(practice.emergency_number, danger.language, practice.country),
            emergency_numbers=(
                *self._lifelines(danger),
                Phone("Emergency", practice.emergency_number),
            ),
            urgency=CALL if message else card.urgency,
            language=danger.language,
            why=danger.why,
        )

    def _lifelines(self, danger: Danger) -> tuple[Phone, ...]:
        """For thoughts of suicide, where there is a lifeline; it stands first."""
        at_home = self.knowledge.practice.country == UNITED_STATES
        return LIFELINES if danger.id == SUICIDE and at_home else ()

    def _has_answer(self, entry_id: str) -> bool:
        return self._entries[entry_id].answered


def _right(example: Example) -> frozenset[str]:
    """The entries that are right; none where the page does not cover the question."""
    return frozenset() if OUTSIDE in example.accept else frozenset(example.accept)


def _with_tail(thoughts: list[Thought], tail: Thought) -> list[Thought]:
    """The thoughts of a whole text, with the best of its last sentence."""
    best = thoughts[0]
    if tail.entry.id == best.entry.id:
        return [max(best, tail, key=lambda thought: thought.sure), *thoughts[1:]]
    others = [thought for thought in thoughts[1:] if thought.entry.id != tail.entry.id]
    return [best, replace(tail, sure=min(tail.sure, best.sure)), *others]


def _chosen(entry_id: str) -> Match:
    return Match(entry_id, 1.0, 4.0, 1.0, entry_id)

"""`Bot`: what a visitor typed, and the reply to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from faqbot import knowledge as folder
from faqbot.common.topics import Kind, topics
from faqbot.danger import Danger, Detector
from faqbot.danger.cards import (
    CALL,
    CALLING,
    CAUTION,
    GENERAL,
    SUICIDE,
    UNITED_STATES,
    cards,
    soothes,
)
from faqbot.danger.languages import SPANISH, Foreign, foreign
from faqbot.knowledge import Entry, Example, Head, Knowledge, Phone, Role
from faqbot.knowledge.facts import facts
from faqbot.reply import Caution, Part, Reply, Shown
from faqbot.text import questions, sentences, words
from faqbot.understanding.calibration import ANSWER, CHOICE, OFFICE
from faqbot.understanding.choices import NONE, chosen
from faqbot.understanding.claims import Claims
from faqbot.understanding.features import rarity
from faqbot.understanding.matching import Match, Matcher
from faqbot.understanding.procedures import Procedures
from faqbot.understanding.topics import topic_model

__all__ = ["Bot", "Caution", "Part", "Reply", "Shown", "Thought"]

QUESTIONS = (Role.ANSWER, Role.FACT, Role.OFFICE)  # what is suggested while typing
SPOKEN = (*QUESTIONS, Role.SMALL_TALK)  # what is not about danger
DANGER = "emergency"  # in what examples accept: the visitor is in danger
OUTSIDE = "out-of-scope"  # in what examples accept: the page does not cover the question
CHOICES = 3  # at the most
PROCEDURES = 6  # at the most, where it is asked which one is meant
LEAST = 0.01  # the probability below which an entry is no choice
UNLIKE = 0.1  # the score below which an entry is only offered, however probable: mostly nonsense
CANDIDATES = 8  # entries by the matcher's score, from which the surest is taken
RELATED = 3  # at the most
SUGGESTIONS = 5  # at the most
FEW = 0.2  # of the most frequent suggestion; what is rarer is left out
SHORT = 4  # words; a longer text is read by itself, whatever was answered before
GOING_ON = frozenset("and then after that what next now happens afterwards ok so".split())
TELLING = 0.25  # the rarity from which a word tells something: “what” has 0.22, “how” has 0.26
# Written for machines, single angle quotes in place of brackets too: what it means is never sure.
CODE = re.compile(r"[{}|\\]|##|\.\./|[<\u2039][^<>\u2039\u203a]+[>\u203a]")
LIKELY = 0.5  # the probability from which a suggestion need not have the typed words
TOPIC = 0.8  # the probability from which a topic that no entry claims is named, or is small talk
NEAR = 0.12  # … unless all answers together have this one
EVIDENT = 0.85  # of a page that nothing names, the probability from which its entry is answered
RIVAL = 0.1  # … if no entry of another page has this one

NOT_SURE = (
    "I am not sure I can answer that from our page, so I would rather not guess. "
    "Our office will gladly help you by phone.",
    "I did not find that on our page, and I do not want to guess. Please ask our office by phone.",
    "That is a question for our office, as I could not find a sure answer on our page. "
    "Please give them a call.",
)
OFFICE_TOPIC = "“{question}” Our page does not say, but our office will gladly tell you by phone."
CHOOSE = "I am not certain what you mean. Is it one of these?"
WHICH = "Which procedure do you mean?"
NONE_OF_THESE = "I am sorry that none of these was it. Our office will gladly help you by phone."
PAUSED = "Our chat is paused right now. Our office will gladly help you by phone."
NOTHING_TYPED = "Please type a question, or call our office."
TELL_THE_OFFICE = "Please tell our office about this by phone, so that somebody can look into it."
LIFELINES = (
    Phone("988 Suicide & Crisis Lifeline", "988"),
    Phone("Text 988", "988", "sms"),
)


@dataclass(frozen=True, slots=True)
class Thought:
    """A question's matches with the probability of each, best first."""

    match: Match
    entry: Entry
    sure: float
    by_topic: bool = False  # as the question is a topic of the office that the entry claims


@dataclass(frozen=True, slots=True)
class Thoughts:
    """What a text may mean: entries, surest first, and topics."""

    entries: tuple[Thought, ...] = ()
    topics: tuple[tuple[str, float], ...] = ()  # ids, with their probabilities
    which: tuple[Thought, ...] = ()  # of several procedures, where it is open which one is meant


class Bot:
    """Answers questions from one practice's knowledge; safe to use from several threads."""

    def __init__(self, knowledge: Knowledge, like: Bot | None = None) -> None:
        """`like`: another bot, from which what is the same need not be learnt again.

        `entries`: the knowledge's, and what practice.toml answers.
        """
        self.knowledge = knowledge
        self.detector: Detector = Detector(knowledge.entries)
        spoken = [entry for entry in knowledge.entries if entry.role in SPOKEN]
        claims = Claims(spoken, topic_model(knowledge.pack)).all()
        told = facts(knowledge, [(claim.topic, claim.entry) for claim in claims])
        filled = {entry.id: entry for entry in told}
        own = [filled.pop(entry.id, entry) for entry in knowledge.entries]
        self.entries: tuple[Entry, ...] = (*own, *filled.values())
        spoken = [entry for entry in self.entries if entry.role in SPOKEN]
        self.matcher: Matcher = Matcher(
            spoken,
            knowledge.synonyms,
            [(e.question, _right(e)) for e in knowledge.examples if DANGER not in e.accept],
            like.matcher if like else None,
            knowledge.pack,
        )
        self.procedures: Procedures = Procedures(knowledge.heads)
        self._of_page: dict[str, Matcher] = {}
        if len(knowledge.heads) > 1:
            self._of_page = {
                page: self._matcher_of(page, head, spoken, like)
                for page, head in knowledge.heads.items()
            }
        known = {entry.id: entry for entry in self.entries}
        self._topics = {e.id: e for e in self._unclaimed() if e.id not in known}
        self._entries = self._topics | known

    @classmethod
    def load(cls, path: Path | str) -> Bot:
        """Read the knowledge folder; raises KnowledgeError with every problem in it."""
        return cls(folder.load(Path(path)))

    def _matcher_of(
        self, page: str, head: Head, spoken: Sequence[Entry], like: Bot | None
    ) -> Matcher:
        """What understands questions about one of several pages, or about the office."""
        own = [e for e in spoken if e.role is not Role.ANSWER or e.page == page]
        before = like._of_page.get(page) if like else None
        return Matcher(own, self.knowledge.synonyms, (), before, head.pack)

    def _unclaimed(self) -> list[Entry]:
        """Topics that no entry claims, as entries for the phone or of small talk."""
        claimed = {claim.topic for claim in self.matcher.candidates.claims.all()}
        heads = list(self.knowledge.heads.values())
        names = _names(heads[0]) if len(heads) == 1 else {}
        number = self.knowledge.practice.emergency_number
        return [
            Entry(
                topic.id,
                topic.named(names),
                (),
                Role.SMALL_TALK if topic.kind is Kind.SMALL_TALK else Role.OFFICE,
                text=topic.message.replace("{emergency_number}", number),
                topics=(topic.id,),
            )
            for topic in topics(self.knowledge.pack).values()
            if topic.id not in claimed
        ]

    def calm(self, text: str, page: str = "") -> Reply:
        """The usual reply, where the visitor says that it is no emergency; with a caution."""
        danger = self.detector.detect(text) or Danger(GENERAL, False, 0.0, "the visitor was asked")
        return self._cautioned(self._usual(text, None, page), danger)

    def ask(
        self,
        text: str,
        after: str | None = None,
        before: Sequence[str] = (),
        page: str = "",
        choices: Sequence[str] = (),
    ) -> Reply:
        """Reply to what a visitor typed.

        `after` is the id of the entry answered before, `before` what the visitor typed last,
        `page` the path of the page on which the box stands, `choices` the ids shown last.
        """
        danger = self.detector.detect(text, before)
        if danger and danger.sure:
            return self._emergency(danger)
        if choices and (reply := self._chosen(text, choices)):
            return self._cautioned(reply, danger) if danger else reply
        language = foreign(text)
        if language and language.code != SPANISH:
            return self._in_language(language)
        reply = self._usual(text, after, page)
        if language and reply.kind != "answer":
            return self._in_language(language)
        return self._cautioned(reply, danger) if danger else reply

    def _chosen(self, text: str, choices: Sequence[str]) -> Reply | None:
        """What a text like "the second one" picks; None where it says something else."""
        place = chosen(text, len(choices))
        if place is None:
            return None
        if place == NONE:
            return self._office(NONE_OF_THESE, "none of the choices was meant")
        return self.entry(choices[place])

    def _in_language(self, language: Foreign) -> Reply:
        """That the chat does not speak it; whether it tells of danger, nobody can say."""
        reply = self._office(language.message, f"it is in {language.name}")
        practice = self.knowledge.practice
        number = Phone(practice.emergency_number, practice.emergency_number)
        message = language.caution.format(number=number.number)
        return replace(reply, caution=Caution(message, (number,)), language=language.code)

    def _usual(self, text: str, after: str | None, page: str) -> Reply:
        """The reply to a text that tells of no danger."""
        if not words(text):
            return self._office(NOTHING_TYPED, "nothing was typed that has a word in it")
        pages = self._pages(text, after, page)
        thoughts = self._think(text, pages)
        if reply := self._in_parts(text, pages, thoughts.entries):
            return reply
        if after in self._entries and not self._is_answer(text, thoughts.entries):
            reply = self._follow_up(text, self._entries[after], thoughts, pages)
        else:
            reply = self._decide(text, thoughts)
        first = thoughts.entries[:1]
        nearest = (first[0].entry.id, first[0].sure) if first else None
        return replace(reply, nearest=reply.nearest or nearest)

    def _pages(self, text: str, after: str | None = None, page: str = "") -> frozenset[str]:
        """The pages that a text may be about; none where it is open, or there is only one.

        The procedure that the text names decides, then the answer before, then the page where the
        box stands; a part of a name, a condition or a part of the body only adds to these.
        """
        if not self._of_page:
            return frozenset()
        named, whole = self.procedures.named(self.matcher.features.tokens(text))
        if whole:
            return named
        before = self._entries.get(after or "")
        if before and before.role is Role.ANSWER:
            return named | {before.page}
        return named | {stem for stem in self._of_page if page and self._stands_at(stem, page)}

    def _stands_at(self, stem: str, path: str) -> bool:
        address = self.address(stem)
        return bool(address) and urlsplit(address).path.rstrip("/") == path.rstrip("/")

    def address(self, page: str) -> str:
        """The web address of a page; empty where the practice does not say."""
        head = self.knowledge.heads.get(page)
        return (head.address if head else "") or self.knowledge.practice.pages.get(page, "")

    def _cautioned(self, reply: Reply, danger: Danger) -> Reply:
        """The usual reply under a caution; nothing that soothes, as it may be about the danger."""
        if any(soothes(entry.text) for entry in reply.shown) or reply.small_talk:
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

    def _in_parts(self, text: str, pages: frozenset[str], whole: Sequence[Thought]) -> Reply | None:
        """The reply to a text of two or three questions; None where it is better read as one.

        `whole`: what it may mean as one.
        """
        asked = questions(text)
        replies = [self._decide(part, self._think(part, pages)) for part in asked]
        clear = [reply for reply in replies if reply.kind == "answer" or reply.topic]
        if not clear or any(reply.kind == "office" and not reply.topic for reply in replies):
            return None
        if len({_shown(reply) for reply in replies}) == 1:
            return None
        surest = max((e.score for reply in clear for e in reply.entries), default=1.0)
        if self._is_answer(text, whole) and whole[0].sure > surest:
            return None
        first = next((reply for reply in replies if reply.kind == "answer"), replies[0])
        parts = (
            Part(part, reply.kind, reply.entries, reply.message)
            for part, reply in zip(asked, replies, strict=True)
        )
        return replace(first, parts=tuple(parts), why=f"it asks {len(asked)} questions")

    def _is_answer(self, text: str, thoughts: Sequence[Thought]) -> bool:
        if not thoughts or thoughts[0].sure < ANSWER or thoughts[0].match.foreign:
            return False
        return not CODE.search(text) and self._is_meant(text, thoughts[0])

    def _is_meant(self, text: str, thought: Thought) -> bool:
        """Whether any word that the two share tells something: not the “1” of “or 1=1”.

        What the office says of a topic is meant by the topic's words.
        """
        match = thought.match
        if thought.by_topic:
            return True
        if match.score < UNLIKE and not match.exact:
            return False
        shared = self.matcher.shared(text, match.id)
        said = (stemmed for stemmed in shared if len(stemmed) > 1 and not stemmed.isdigit())
        return match.exact or any(rarity(stemmed) >= TELLING for stemmed in said)

    def _follow_up(
        self, text: str, after: Entry, thoughts: Thoughts, pages: frozenset[str]
    ) -> Reply:
        """What a few words mean after an answer, where they say too little by themselves.

        "And then?" leads on to the entries that the answer links to. Other short texts are read
        once more together with the question that was answered.
        """
        tokens = words(text)
        if tokens and set(tokens) <= GOING_ON:
            linked = [self._entries[i] for i in after.links if self._has_answer(i)]
            if linked:
                return self._choices([Thought(_named(e.id), e, 1.0) for e in linked[:CHOICES]])
        if len(tokens) <= SHORT and any(t.match.coverage > 0 for t in thoughts.entries):
            together = self._think(f"{after.question} {text}", pages).entries
            near = {after.id, *after.links}
            leaning = [t for t in together if t.entry.id in near][:1]
            rest = [t for t in thoughts.entries if t.entry.id not in {x.entry.id for x in leaning}]
            if leaning and leaning[0].sure >= CHOICE:
                return self._choices([*leaning, *rest[: CHOICES - 1]])
        return self._decide(text, thoughts)

    def think(self, text: str, top: int = CHOICES) -> list[Thought]:
        """The entries that the text may mean, surest first, whatever the decision."""
        return list(self._think(text, self._pages(text)).entries[:top])

    def _think(self, text: str, pages: frozenset[str]) -> Thoughts:
        """What the text may mean.

        Stories mostly end in the question. Where the last sentence alone leads to the same entry
        as the whole, that entry is as sure as the surer of the two; where it leads elsewhere,
        that entry comes in as a rival.
        """
        whole = self._rank(text, pages)
        *before, last = sentences(text)
        tail = self._rank(last, pages).entries[:1] if before else ()
        if whole.entries and tail:
            return replace(whole, entries=_with_tail(whole.entries, tail[0]))
        return whole

    def _rank(self, text: str, pages: frozenset[str]) -> Thoughts:
        """What the text may mean, where it is about one of these pages, or any."""
        if len(pages) == 1:
            return self._read(self._of_page[next(iter(pages))], text)
        thoughts = self._read(self.matcher, text)
        return self._among(text, thoughts, pages) if self._of_page else thoughts

    def _read(self, matcher: Matcher, text: str) -> Thoughts:
        ranking = matcher.rank(text, CANDIDATES)
        likely = dict(ranking.topics)
        found = [self._thought(match, likely) for match in ranking.matches]
        found.sort(key=lambda thought: -thought.sure)
        return Thoughts(tuple(found), ranking.topics)

    def _thought(self, match: Match, topics: Mapping[str, float]) -> Thought:
        """The entry; what the office says of a topic is as sure as the topic, where that is sure.

        Such an entry has few ways to ask it, or none but its topic's.
        """
        entry = self._entries[match.id]
        claimed = entry.topics or () if entry.role is Role.FACT else ()
        sure = max((topics.get(topic, 0.0) for topic in claimed), default=0.0)
        if sure < TOPIC:
            return Thought(match, entry, match.probability)
        return Thought(match, entry, max(match.probability, sure), by_topic=True)

    def _among(self, text: str, thoughts: Thoughts, pages: frozenset[str]) -> Thoughts:
        """The thoughts on a text that may be about several pages, each page's judged by itself.

        An entry is as sure as it would be if its page were the only one; where entries of
        several pages are likely, it is open which one is meant.
        """
        near = dict.fromkeys(t.entry.page for t in thoughts.entries if _is_of_page(t))
        best: list[Thought] = []
        for page in near:
            if pages and page not in pages:
                continue
            own = self._read(self._of_page[page], text).entries
            best += [t for t in own if _is_of_page(t) and t.sure >= RIVAL][:1]
        best.sort(key=lambda thought: -thought.sure)
        rest = tuple(t for t in thoughts.entries if not _is_of_page(t))
        if not best or (rest and rest[0].sure >= best[0].sure):
            return replace(thoughts, entries=(*rest, *best))
        if len(best) > 1:
            return replace(thoughts, entries=(*best, *rest), which=tuple(best))
        sure = best[0].sure if best[0].sure >= EVIDENT else min(best[0].sure, ANSWER - LEAST)
        return replace(thoughts, entries=(replace(best[0], sure=sure), *rest))

    def danger(self, text: str) -> Danger | None:
        """The danger that the text tells of, if any; it may be unsure."""
        return self.detector.detect(text)

    def for_the_phone(self) -> frozenset[str]:
        """The ids of the entries that say that only the office can answer.

        Topics that no entry claims are none of these: an answer may be missing.
        """
        return frozenset(entry.id for entry in self.entries if entry.role is Role.OFFICE)

    def has(self, entry_id: str) -> bool:
        """Whether there is an entry of this id, or a topic that none claims."""
        return entry_id in self._entries

    def entry(self, entry_id: str) -> Reply | None:
        """The reply that shows one entry, as when it is chosen; None if there is none."""
        entry = self._entries.get(entry_id)
        if entry is None or entry.role not in SPOKEN:
            return None
        return self._reply(Thought(_named(entry.id), entry, 1.0), [])

    def suggest(self, text: str) -> list[dict[str, Any]]:
        """Questions that go on from what is typed so far, its last word cut; answerable first.

        What only the office can answer has `by_phone`.
        """
        typed = words(text)
        if not typed:
            return []
        needles = [*(f" {word} " for word in typed[:-1]), f" {typed[-1]}"]
        found = Counter(i for line, i in self._asked if all(n in line for n in needles))
        weight = {i: n / len(self._entries[i].lines) for i, n in found.items()}
        least = FEW * max(weight.values(), default=0)
        often = sorted((i for i, w in weight.items() if w >= least), key=lambda i: -weight[i])
        sure = [t.entry.id for t in self.think(text, CANDIDATES) if t.sure >= LIKELY]
        ids = [i for i in dict.fromkeys([*often, *sure]) if self._entries[i].role in QUESTIONS]
        ids.sort(key=lambda i: not self._has_answer(i))
        return [self._suggestion(i) for i in ids[:SUGGESTIONS]]

    def _suggestion(self, entry_id: str) -> dict[str, Any]:
        by_phone = {} if self._has_answer(entry_id) else {"by_phone": True}
        return {"id": entry_id, "question": self._entries[entry_id].question, **by_phone}

    @cached_property
    def _asked(self) -> list[tuple[str, str]]:
        """The words of each way to ask a question, between blanks, and its entry."""
        entries = [entry for entry in self._entries.values() if entry.role in QUESTIONS]
        return [(f" {' '.join(words(line))} ", e.id) for e in entries for line in e.lines]

    def _decide(self, text: str, thoughts: Thoughts) -> Reply:
        found = thoughts.entries
        if thoughts.which:
            return self._choices(thoughts.which[:PROCEDURES], WHICH)
        if self._is_answer(text, found):
            return self._reply(found[0], [t for t in found[1:CHOICES] if t.sure >= LEAST])
        if found and not found[0].entry.answered and found[0].sure >= OFFICE:
            return self._reply(found[0], [])
        topic, sure = next(((t, p) for t, p in thoughts.topics if t in self._topics), ("", 0.0))
        role = self._topics[topic].role if topic else None
        if role is Role.SMALL_TALK and sure >= TOPIC:
            return self._reply_topic(topic, sure)
        answers = sum(thought.sure for thought in found if thought.entry.answered)
        if role is Role.OFFICE and sure >= TOPIC and answers < NEAR:
            return self._reply_topic(topic, sure)
        if answers >= CHOICE:
            asked = [t for t in found if t.entry.role in QUESTIONS and t.sure >= LEAST]
            return self._choices(asked[:CHOICES])
        return self._office(_one_of(NOT_SURE, text), "no entry is near enough")

    def _reply(self, thought: Thought, others: Sequence[Thought]) -> Reply:
        entry = thought.entry
        if entry.answered:
            return self._answer([thought], others)
        near = f"it is nearest to “{thought.match.phrasing}”, for which there is no answer"
        return self._by_phone(entry, near)

    def _reply_topic(self, topic: str, sure: float) -> Reply:
        reply = self._by_phone(self._topics[topic], f"its topic is “{topic}” by {sure:.2f}")
        return replace(reply, nearest=(topic, sure))

    def _by_phone(self, entry: Entry, why: str) -> Reply:
        if entry.role is Role.SMALL_TALK:
            return replace(self._office(entry.text, why), small_talk=True, topic=entry.id)
        reply = self._office(OFFICE_TOPIC.format(question=entry.question), why)
        return replace(reply, topic=entry.id)

    def _answer(self, thoughts: Sequence[Thought], others: Sequence[Thought]) -> Reply:
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
            page=self.address(entry.page),
        )

    def _choices(self, thoughts: Sequence[Thought], message: str = CHOOSE) -> Reply:
        return Reply(
            kind="choices",
            phones=self.knowledge.practice.phones,
            entries=tuple(Shown(t.entry.id, self._choice(t.entry), t.sure) for t in thoughts),
            message=message,
            why=f"the best is not sure enough to be answered ({ANSWER:.2f})",
        )

    def _choice(self, entry: Entry) -> str:
        """An entry's question; with its procedure, where there are several and it names none."""
        if not self._of_page or entry.role is not Role.ANSWER:
            return entry.question
        if entry.page in self.procedures.named(words(entry.question))[0]:
            return entry.question
        head = self.knowledge.heads[entry.page]
        name = (*head.procedures, head.title)[0] or entry.page
        return f"{name[:1].upper()}{name[1:]}: {entry.question}"

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


def _names(head: Head) -> dict[str, str]:
    """What stands for the slots of topics: the first name of each kind."""
    kinds = {"procedure": head.procedures, "condition": head.conditions, "part": head.parts}
    return {slot: names[0] for slot, names in kinds.items() if names}


def _is_of_page(thought: Thought) -> bool:
    return thought.entry.role is Role.ANSWER


def _shown(reply: Reply) -> tuple[str, ...]:
    return (*(entry.id for entry in reply.entries), reply.topic)


def _one_of(sentences: Sequence[str], text: str) -> str:
    """Always the same one for a text, so that a reply can be remembered."""
    return sentences[crc32(text.encode("utf-8", "replace")) % len(sentences)]


def _with_tail(thoughts: Sequence[Thought], tail: Thought) -> tuple[Thought, ...]:
    """The thoughts of a whole text, with the best of its last sentence."""
    best = thoughts[0]
    if tail.entry.id == best.entry.id and best.sure >= LEAST:
        return (max(best, tail, key=lambda thought: thought.sure), *thoughts[1:])
    others = [thought for thought in thoughts[1:] if thought.entry.id != tail.entry.id]
    return (best, replace(tail, sure=min(tail.sure, best.sure)), *others)


def _named(entry_id: str) -> Match:
    return Match(entry_id, 1.0, 4.0, 1.0, entry_id)

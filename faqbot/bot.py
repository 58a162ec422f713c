"""`Bot`: what a visitor typed, and the reply to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from faqbot.common.topics import Topic, TopicKind, topics
from faqbot.danger import Danger, Detector
from faqbot.danger.cards import GENERAL_CARD
from faqbot.danger.languages import SPANISH, detect_language
from faqbot.knowledge import Entry, Knowledge, PageInfo, Role
from faqbot.knowledge import load as load_knowledge
from faqbot.knowledge.practice_answers import practice_answers
from faqbot.reply import WHICH_PROCEDURE, PartialReply, Reply, ReplyWriter, link
from faqbot.text import split_questions, words
from faqbot.understanding.calibration import (
    ANSWER_THRESHOLD,
    CHOICE_THRESHOLD,
    PHONE_ONLY_THRESHOLD,
    TOPIC_THRESHOLD,
)
from faqbot.understanding.evidence import MAX_CANDIDATES
from faqbot.understanding.features import rarity
from faqbot.understanding.matching import (
    MIN_CANDIDATE_PROBABILITY,
    Interpreter,
    Match,
    Matcher,
    Ranking,
)
from faqbot.understanding.reference import NONE, chosen
from faqbot.understanding.topics import Claims, topic_model

__all__ = ["Bot", "Reply"]

QUESTIONS = (Role.ANSWER, Role.OFFICE_ANSWER, Role.PHONE_ONLY)  # what is suggested while typing
NOT_DANGER = (*QUESTIONS, Role.SMALL_TALK)
MAX_CHOICES = 3
MAX_PROCEDURE_CHOICES = 6  # if it is unclear which procedure is meant
MIN_SIMILARITY = 0.1  # below it an entry is offered, never answered: mostly nonsense
MAX_SUGGESTIONS = 5
MIN_SUGGESTION_SHARE = 0.2  # of the best one; less frequent suggestions are left out
CACHED_TOPICS = 4_096  # topics as entries, of all practices together
MAX_FOLLOW_UP_WORDS = 4  # a longer text is read by itself
FOLLOW_UP_WORDS = frozenset("and then after that what next now happens afterwards ok so".split())
MIN_SHARED_RARITY = 0.25  # of a word that question and entry share: “what” has 0.22, “how” 0.26
# Written for machines, with single angle quotes for brackets too: never answered, only offered.
LOOKS_LIKE_CODE = re.compile(r"[{}|\\]|##|\.\./|[<\u2039][^<>\u2039\u203a]+[>\u203a]")
MIN_SUGGESTION_PROBABILITY = 0.5  # of a suggestion that lacks the typed words
MAX_ANSWER_MASS = 0.12  # of all answers together; above it a topic does not simply go to the phone

NOT_SURE = (
    "I am not sure I can answer that from our page, so I would rather not guess. "
    "Our office is happy to help you by phone.",
    "I did not find that on our page, and I do not want to guess. Please ask our office by phone.",
    "That is a question for our office, as I could not find a sure answer on our page. "
    "Please give them a call.",
)
NONE_OF_THESE = (
    "I am sorry that none of these was what you meant. Our office is happy to help you by phone."
)
PAUSED = "Our chat is paused right now. Our office is happy to help you by phone."
NO_HELP = "I am sorry that this did not help. Is it one of these? Our office is glad to help, too."
NO_HELP_BY_PHONE = "I am sorry that this did not help. Our office is happy to help you by phone."
NOTHING_TYPED = "Please type a question, or call our office."


class Bot:
    """Answers questions from one practice's knowledge; safe to use from several threads."""

    def __init__(self, knowledge: Knowledge, previous: Bot | None = None) -> None:
        """`previous`: an older bot whose unchanged parts are reused, to load faster.

        `entries`: the knowledge's, and what practice.toml answers.
        """
        self.knowledge = knowledge
        self.detector: Detector = Detector(knowledge.entries)
        claims = Claims(_spoken(knowledge.entries), topic_model(knowledge.pack)).all()
        found = practice_answers(knowledge, [(claim.topic, claim.entry) for claim in claims])
        answers = {entry.id: entry for entry in found}
        own = [answers.pop(entry.id, entry) for entry in knowledge.entries]
        self.entries: tuple[Entry, ...] = (*own, *answers.values())
        self._interpreter: Interpreter = Interpreter(
            knowledge, _spoken(self.entries), previous._interpreter if previous else None
        )
        self.matcher: Matcher = self._interpreter.matcher
        known = {entry.id: entry for entry in self.entries}
        self._topics = {e.id: e for e in self._unclaimed() if e.id not in known}
        self._entries = self._topics | known
        self._writer = ReplyWriter(knowledge, self._entries, self._interpreter.procedures)

    @classmethod
    def load(cls, path: Path | str) -> Bot:
        """Read the knowledge folder; raises KnowledgeError with every problem in it."""
        return cls(load_knowledge(Path(path)))

    def _unclaimed(self) -> list[Entry]:
        """Topics that no entry claims, as entries for the office or of small talk."""
        claimed = {claim.topic for claim in self.matcher.candidates.claims.all()}
        page_infos = list(self.knowledge.page_infos.values())
        names = _names(page_infos[0]) if len(page_infos) == 1 else {}
        number = self.knowledge.practice.emergency_number
        return [
            _topic_entry(topic, topic.named(names), number)
            for topic in topics(self.knowledge.pack).values()
            if topic.id not in claimed
        ]

    # replies

    def ask(
        self,
        text: str,
        last_answer_id: str | None = None,
        earlier_messages: Sequence[str] = (),
        page_path: str = "",
        choices: Sequence[str] = (),
    ) -> Reply:
        """Reply to what a visitor typed.

        `last_answer_id`: the entry that was answered last. `earlier_messages`: what the visitor
        typed before. `page_path`: of the page that the box is on. `choices`: the ids shown last.
        """
        danger = self.detector.detect(text, earlier_messages)
        if danger and danger.sure:
            return self._writer.emergency(danger)
        if choices and (reply := self._chosen(text, choices)):
            return self._writer.cautioned(reply, danger) if danger else reply
        language = detect_language(text)
        if language and language.code != SPANISH:
            return self._writer.in_language(language)
        reply = self._usual(text, last_answer_id, page_path)
        if language and reply.kind != "answer":
            return self._writer.in_language(language)
        return self._writer.cautioned(reply, danger) if danger else reply

    def ask_not_emergency(self, text: str, page_path: str = "") -> Reply:
        """The usual reply where the visitor says that it is no emergency, with a caution."""
        danger = self.detector.detect(text) or Danger(
            GENERAL_CARD, False, 0.0, "the visitor was asked"
        )
        return self._writer.cautioned(self._usual(text, None, page_path), danger)

    def reply_while_paused(self, text: str = "", earlier_messages: Sequence[str] = ()) -> Reply:
        """The reply to anything while the practice's answers are paused; danger still counts."""
        danger = self.detector.detect(text, earlier_messages)
        if danger and danger.sure:
            return self._writer.emergency(danger)
        reply = self._writer.phone_numbers(PAUSED, "the chat is paused")
        return self._writer.cautioned(reply, danger) if danger else reply

    def entry(self, entry_id: str) -> Reply | None:
        """The reply that shows one entry, as when it is chosen; None if there is none."""
        entry = self._entries.get(entry_id)
        if entry is None or entry.role not in NOT_DANGER:
            return None
        return self._reply(Match.certain(entry))

    def next_best(self, entry_id: str, text: str = "") -> Reply:
        """The reply where an entry's answer did not help: other entries, and the phone.

        `text` is what the visitor had asked; if they had picked the entry, it is empty. Raises
        KeyError if there is no such entry.
        """
        entry = self._entries[entry_id]
        text = text if words(text) else entry.question
        danger = self.detector.detect(text)
        if danger and danger.sure:
            return self._writer.emergency(danger)
        page = entry.page_stem if entry.role is Role.ANSWER else ""
        ranked = self._interpreter.rank(text, self._interpreter.pages(text, page)).matches
        linked = (Match.certain(self._entries[id]) for id in entry.links)
        found = {
            match.entry.id: match
            for match in (
                *(replace(match, probability=MIN_CANDIDATE_PROBABILITY) for match in linked),
                *ranked,
            )
            if match.entry.role in QUESTIONS and match.probability >= MIN_CANDIDATE_PROBABILITY
        }
        found.pop(entry_id, None)
        others = sorted(found.values(), key=lambda match: -match.probability)[:MAX_CHOICES]
        if others:
            reply = self._writer.choices(others, NO_HELP)
        else:
            reply = self._writer.phone_numbers(NO_HELP_BY_PHONE, "nothing else is near")
        return self._writer.cautioned(reply, danger) if danger else reply

    # what else is asked of it

    def rank(self, text: str) -> tuple[Match, ...]:
        """The entries that the text may mean, at most 8, likeliest first."""
        return self._interpreter.rank(text, self._interpreter.pages(text)).matches[:MAX_CANDIDATES]

    def danger(self, text: str) -> Danger | None:
        """The danger that the text is about, if any; it may be unsure."""
        return self.detector.detect(text)

    def phone_only_ids(self) -> frozenset[str]:
        """The ids of the entries that say that only the office can answer.

        Topics that no entry claims are none of these: an answer may be missing.
        """
        return frozenset(entry.id for entry in self.entries if entry.role is Role.PHONE_ONLY)

    def has(self, entry_id: str) -> bool:
        """Whether there is an entry of this id, or a topic that none claims."""
        return entry_id in self._entries

    def suggest(self, text: str) -> list[dict[str, Any]]:
        """Suggestions for what is typed so far (the last word may be cut); answerable first.

        What only the office can answer has `by_phone`.
        """
        typed = words(text)
        if not typed:
            return []
        needles = [*(f" {word} " for word in typed[:-1]), f" {typed[-1]}"]
        found = Counter(i for line, i in self._lines if all(n in line for n in needles))
        weight = {i: n / len(self._entries[i].lines) for i, n in found.items()}
        least = MIN_SUGGESTION_SHARE * max(weight.values(), default=0)
        often = sorted((i for i, w in weight.items() if w >= least), key=lambda i: -weight[i])
        likely = [
            match.entry.id
            for match in self.rank(text)
            if match.probability >= MIN_SUGGESTION_PROBABILITY
        ]
        entries = [self._entries[i] for i in dict.fromkeys([*often, *likely])]
        asked = [entry for entry in entries if entry.role in QUESTIONS]
        asked.sort(key=lambda entry: not entry.has_answer)
        return [link(entry) for entry in asked[:MAX_SUGGESTIONS]]

    @cached_property
    def _lines(self) -> list[tuple[str, str]]:
        """The words of each way to ask a question, between blanks, and its entry."""
        entries = [entry for entry in self._entries.values() if entry.role in QUESTIONS]
        return [(f" {' '.join(words(line))} ", e.id) for e in entries for line in e.lines]

    # the decision

    def _chosen(self, text: str, choices: Sequence[str]) -> Reply | None:
        """The choice that a text like "the second one" picks; None where it says something else."""
        index = chosen(text, len(choices))
        if index is None:
            return None
        if index == NONE:
            return self._writer.phone_numbers(NONE_OF_THESE, "none of the choices was meant")
        return self.entry(choices[index])

    def _usual(self, text: str, last_answer_id: str | None, page_path: str) -> Reply:
        """The reply to a text apart from danger, languages and choices shown before."""
        if not words(text):
            return self._writer.phone_numbers(
                NOTHING_TYPED, "nothing was typed that has a word in it"
            )
        last_answer = self._entries.get(last_answer_id or "")
        pages = self._interpreter.pages(
            text,
            last_answer.page_stem if last_answer and last_answer.role is Role.ANSWER else "",
            self._pages_at(page_path) if page_path else (),
        )
        ranking = self._interpreter.rank(text, pages)
        if reply := self._in_parts(text, pages, ranking.matches):
            return reply
        if last_answer and not self._is_answer(text, ranking.matches):
            reply = self._follow_up(text, last_answer, ranking, pages)
        else:
            reply = self._decide(text, ranking)
        nearest = [(match.entry.id, match.probability) for match in ranking.matches[:1]]
        return replace(reply, nearest=reply.nearest or (nearest[0] if nearest else None))

    def _pages_at(self, path: str) -> list[str]:
        """The pages whose web address has this path."""
        addresses = {page: self._writer.address(page) for page in self.knowledge.page_infos}
        return [
            page
            for page, address in addresses.items()
            if address and urlsplit(address).path.rstrip("/") == path.rstrip("/")
        ]

    def _in_parts(self, text: str, pages: frozenset[str], whole: Sequence[Match]) -> Reply | None:
        """The reply to a text of two or three questions; None where it is better read as one.

        `whole`: what it may mean as one.
        """
        asked = split_questions(text)
        replies = [self._decide(part, self._interpreter.rank(part, pages)) for part in asked]
        clear = [reply for reply in replies if reply.kind == "answer" or reply.topic]
        if not clear or any(reply.kind == "office" and not reply.topic for reply in replies):
            return None
        if len({_content(reply) for reply in replies}) == 1:
            return None
        surest = max((e.score for reply in clear for e in reply.entries), default=1.0)
        if self._is_answer(text, whole) and whole[0].probability > surest:
            return None
        first = next((reply for reply in replies if reply.kind == "answer"), replies[0])
        parts = (
            PartialReply(part, reply.kind, reply.entries, reply.message)
            for part, reply in zip(asked, replies, strict=True)
        )
        return replace(first, parts=tuple(parts), why=f"it asks {len(asked)} questions")

    def _follow_up(
        self, text: str, last_answer: Entry, ranking: Ranking, pages: frozenset[str]
    ) -> Reply:
        """What a few words mean after an answer, where they say too little by themselves.

        "And then?" leads on to the entries that the answer links to. Other short texts are read
        once more together with the question that was answered.
        """
        tokens = words(text)
        if tokens and set(tokens) <= FOLLOW_UP_WORDS:
            linked = [self._entries[id] for id in last_answer.links if self._entries[id].has_answer]
            if linked:
                return self._writer.choices([Match.certain(e) for e in linked[:MAX_CHOICES]])
        if len(tokens) <= MAX_FOLLOW_UP_WORDS and any(
            match.word_coverage > 0 for match in ranking.matches
        ):
            together = self._interpreter.rank(f"{last_answer.question} {text}", pages).matches
            near = {last_answer.id, *last_answer.links}
            best = next((match for match in together if match.entry.id in near), None)
            if best and best.probability >= CHOICE_THRESHOLD:
                rest = [match for match in ranking.matches if match.entry.id != best.entry.id]
                return self._writer.choices([best, *rest[: MAX_CHOICES - 1]])
        return self._decide(text, ranking)

    def _decide(self, text: str, ranking: Ranking) -> Reply:
        found = ranking.matches
        if ranking.one_of_each_procedure:
            return self._writer.choices(
                ranking.one_of_each_procedure[:MAX_PROCEDURE_CHOICES], WHICH_PROCEDURE
            )
        if self._is_answer(text, found):
            others = [
                match
                for match in found[1:MAX_CHOICES]
                if match.probability >= MIN_CANDIDATE_PROBABILITY
            ]
            return self._reply(found[0], others)
        if found and not found[0].entry.has_answer and found[0].probability >= PHONE_ONLY_THRESHOLD:
            return self._reply(found[0])
        topic, sure = next(((t, p) for t, p in ranking.topics if t in self._topics), ("", 0.0))
        answers = sum(match.probability for match in found if match.entry.has_answer)
        if sure >= TOPIC_THRESHOLD:
            entry = self._topics[topic]
            if entry.role is Role.SMALL_TALK or answers < MAX_ANSWER_MASS:
                reply = self._writer.by_phone(
                    entry, f"its topic is “{topic}” (probability {sure:.2f})"
                )
                return replace(reply, nearest=(topic, sure))
        if answers >= CHOICE_THRESHOLD:
            asked = [
                m
                for m in found
                if m.entry.role in QUESTIONS and m.probability >= MIN_CANDIDATE_PROBABILITY
            ]
            return self._writer.choices(asked[:MAX_CHOICES])
        return self._writer.phone_numbers(_one_of(NOT_SURE, text), "no entry is near enough")

    def _is_answer(self, text: str, matches: Sequence[Match]) -> bool:
        if not matches or matches[0].probability < ANSWER_THRESHOLD or matches[0].has_unknown_words:
            return False
        return not LOOKS_LIKE_CODE.search(text) and self._is_meant(text, matches[0])

    def _is_meant(self, text: str, match: Match) -> bool:
        """Whether text and entry share a word that carries meaning, unlike the “1” of “or 1=1”.

        What the office says of a topic is meant by the topic's words.
        """
        if match.by_topic or match.exact:
            return True
        shared = (
            self.matcher.candidates.shared(text, match.entry.id)
            if match.similarity >= MIN_SIMILARITY
            else []
        )
        said = (stemmed for stemmed in shared if len(stemmed) > 1 and not stemmed.isdigit())
        return any(rarity(stemmed) >= MIN_SHARED_RARITY for stemmed in said)

    def _reply(self, match: Match, others: Sequence[Match] = ()) -> Reply:
        if match.entry.has_answer:
            return self._writer.answer(match, others)
        near = f"it is nearest to “{match.phrasing}”, for which there is no answer"
        return self._writer.by_phone(match.entry, near)


def _spoken(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.role in NOT_DANGER]


@lru_cache(CACHED_TOPICS)
def _topic_entry(topic: Topic, heading: str, emergency_number: str) -> Entry:
    """The topic as an entry. Most are the same for all practices, which share them."""
    return Entry(
        topic.id,
        heading,
        (),
        Role.SMALL_TALK if topic.kind is TopicKind.SMALL_TALK else Role.PHONE_ONLY,
        text=topic.message.replace("{emergency_number}", emergency_number),
        topics=(topic.id,),
    )


def _names(info: PageInfo) -> dict[str, str]:
    """The values for a topic's slots: the first procedure, condition and body part."""
    kinds = {"procedure": info.procedures, "condition": info.conditions, "part": info.body_parts}
    return {slot: names[0] for slot, names in kinds.items() if names}


def _content(reply: Reply) -> tuple[str, ...]:
    return (*(entry.id for entry in reply.entries), reply.topic)


def _one_of(sentences: Sequence[str], text: str) -> str:
    """Always the same one for a text, so that a reply can be cached."""
    return sentences[crc32(text.encode("utf-8", "replace")) % len(sentences)]

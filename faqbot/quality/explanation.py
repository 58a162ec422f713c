"""Why a bot replies as it does, in words for the office."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from faqbot.bot import Bot, Reply
from faqbot.knowledge import Role
from faqbot.text import questions, words
from faqbot.understanding.calibration import ANSWER, CHOICE, OFFICE
from faqbot.understanding.features import stem
from faqbot.understanding.matching import Match

CANDIDATES = 5  # at the most
TELLING = 0.55  # the weight from which a word is worth a mention: not “how”, “is”, “the”
NEARLY = "nearly word for word"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that a question may mean."""

    id: str
    question: str
    phrasing: str  # the nearest one
    meeting: tuple[str, ...]  # the words of the question that the phrasing has too
    exact: str  # "word for word", or nearly so, where the phrasing is the question
    sure: int  # in 100

    def __str__(self) -> str:
        if self.exact:
            return f"“{self.phrasing}”, {self.exact}"
        meeting = f" ({_words_meet(self.meeting)})" if self.meeting else ""
        return f"“{self.phrasing}”{meeting}; {self.sure} in 100 sure"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reply, and how it came about."""

    reply: Reply
    why: tuple[str, ...]  # sentences
    candidates: tuple[Candidate, ...]  # surest first


def explain(bot: Bot, question: str) -> Explanation:
    """Ask the question, and tell why the reply is what it is."""
    reply = bot.ask(question)
    matches = bot.rank(question)[:CANDIDATES]
    candidates = tuple(_candidate(bot, question, match) for match in matches)
    why = [*_corrected(bot, question), *_reasons(bot, question, reply, matches)]
    return Explanation(reply, tuple(why), candidates)


def _candidate(bot: Bot, question: str, match: Match) -> Candidate:
    exact = ""
    if match.exact:
        exact = "word for word" if words(question) == words(match.phrasing) else NEARLY
    # Rounded down: 89.6 is not the 90 that an answer takes.
    sure = 100 if exact else min(99, int(100 * match.probability))
    meeting = tuple(_meeting(bot, question, match.phrasing))
    entry = match.entry
    return Candidate(entry.id, entry.question, match.phrasing, meeting, exact, sure)


def _meeting(bot: Bot, question: str, phrasing: str) -> list[str]:
    """The telling words that meet, or all, each with the word it meets if that is another."""
    features = bot.matcher.features
    shared = [said.partition(" ≈ ") for said in features.shared(question, phrasing)]
    telling = [s for s in shared if features.weight(stem(s[0])) >= TELLING]
    whole = {stem(token): token for token in features.tokens(phrasing)}
    return [
        f"{said} (“{whole.get(other, other)}”)" if other else said
        for said, _, other in telling or shared
    ]


def _corrected(bot: Bot, question: str) -> list[str]:
    """What was read otherwise than it was typed."""
    typed, read = words(question), bot.matcher.features.tokens(question)
    if typed == read:
        return []
    return [f"Read as “{' '.join(read)}”."]


def _reasons(bot: Bot, question: str, reply: Reply, matches: Sequence[Match]) -> list[str]:
    if reply.kind == "emergency":
        return [f"It sounds like danger: {reply.why}."]
    if reply.kind == "answer":
        return _matched(bot, question, reply)
    if reply.topic and all(entry.id != reply.topic for entry in bot.entries):
        return [_of_all_practices(reply)]
    if not matches:
        return ["No entry is anything like it."]
    best = _candidate(bot, question, matches[0])
    if reply.kind == "choices":
        return [f"Nearest is {best}.", _too_unsure(bot, matches)]
    return _handed_over(bot, reply, matches[0], best)


def _matched(bot: Bot, question: str, reply: Reply) -> list[str]:
    """What each answer of the reply matched; a part of the question may have matched it."""
    found: dict[str, Candidate] = {}
    for part in (question, *questions(question)):
        for match in bot.rank(part)[:CANDIDATES]:
            candidate = _candidate(bot, part, match)
            known = found.get(candidate.id)
            if known is None or candidate.sure > known.sure:
                found[candidate.id] = candidate
    ids = dict.fromkeys(entry.id for entry in reply.shown if entry.id in found)
    return [f"Matched {found[id]}." for id in ids]


def _of_all_practices(reply: Reply) -> str:
    if reply.small_talk:
        return f"That is small talk of all practices (“{reply.topic}”)."
    return f"All practices are asked this (“{reply.topic}”); no entry of yours says that it is it."


def _too_unsure(bot: Bot, matches: Sequence[Match]) -> str:
    answer = _in_100(ANSWER)
    if matches[0].probability >= ANSWER:
        return "Its words alone do not say enough, so the visitor is asked."
    return (
        f"That is too unsure for an answer, which takes {answer} in 100, so the visitor is asked."
    )


def _handed_over(bot: Bot, reply: Reply, match: Match, best: Candidate) -> list[str]:
    if reply.small_talk:
        return [f"Matched {best}.", "That is small talk."]
    if match.entry.role is not Role.ANSWER and match.probability >= OFFICE:
        return [f"Matched {best}.", "That stands in the list of what only the office can answer."]
    if match.entry.role is not Role.ANSWER:
        return [f"Nearest is {best}.", "That has no answer of its own, and is unsure."]
    offered = _in_100(CHOICE)
    return [f"Nearest is {best}.", f"That is too unsure even to ask, which takes {offered} in 100."]


def _in_100(probability: float) -> int:
    return math.ceil(round(100 * probability, 3))


def _words_meet(shared: Sequence[str]) -> str:
    return f"in common: {', '.join(shared)}"

"""Why a bot replies as it does, in words for the office."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from faqbot.bot import Bot, Reply
from faqbot.knowledge import Role
from faqbot.text import split_questions, words
from faqbot.understanding.calibration import (
    ANSWER_THRESHOLD,
    CHOICE_THRESHOLD,
    PHONE_ONLY_THRESHOLD,
)
from faqbot.understanding.features import stem
from faqbot.understanding.matching import Match

MAX_NEAR_ENTRIES = 5  # entries that are named
MIN_TELLING_WEIGHT = 0.55  # the weight from which a word is worth a mention: not “how”, “is”, “the”


@dataclass(frozen=True, slots=True)
class NearEntry:
    """An entry that a question may mean."""

    id: str
    question: str
    why: str  # "“how long is it”, word for word", or with the words in common
    percent: int  # 100 only if a phrasing is the question


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reply, and how it came about."""

    reply: Reply
    why: tuple[str, ...]  # sentences
    nearest: tuple[NearEntry, ...]  # the surest first


def explain(bot: Bot, question: str) -> Explanation:
    """Ask the question, and explain the reply."""
    reply = bot.ask(question)
    matches = bot.rank(question)[:MAX_NEAR_ENTRIES]
    nearest = tuple(_near_entry(bot, question, match) for match in matches)
    read = bot.matcher.features.tokens(question)
    corrected = [] if words(question) == read else [f"Read as “{' '.join(read)}”."]
    why = (*corrected, *_reasons(bot, question, reply, matches, nearest))
    return Explanation(reply, why, nearest)


def _near_entry(bot: Bot, question: str, match: Match) -> NearEntry:
    phrasing, entry = match.phrasing, match.entry
    if match.exact:
        nearly = "" if words(question) == words(phrasing) else "nearly "
        return NearEntry(entry.id, entry.question, f"“{phrasing}”, {nearly}word for word", 100)
    percent = min(99, int(100 * match.probability))  # 89.6 is not the 90 that an answer takes
    common = _words_in_common(bot, question, phrasing)
    listed = f" (in common: {', '.join(common)})" if common else ""
    return NearEntry(entry.id, entry.question, f"“{phrasing}”{listed}; {percent}% certain", percent)


def _words_in_common(bot: Bot, question: str, phrasing: str) -> list[str]:
    """The telling ones, or else all, each with the phrasing's word if that is another."""
    features = bot.matcher.features
    shared = [said.partition(" ≈ ") for said in features.shared(question, phrasing)]
    telling = [s for s in shared if features.weight(stem(s[0])) >= MIN_TELLING_WEIGHT]
    whole = {stem(token): token for token in features.tokens(phrasing)}
    return [
        f"{said} (“{whole.get(other, other)}”)" if other else said
        for said, _, other in telling or shared
    ]


def _reasons(
    bot: Bot,
    question: str,
    reply: Reply,
    matches: Sequence[Match],
    nearest: Sequence[NearEntry],
) -> list[str]:
    """`nearest`: the matches in words."""
    if reply.kind == "emergency":
        return [f"It sounds like danger: {reply.why}."]
    if reply.kind == "answer":
        return _matched(bot, question, reply)
    if reply.topic and all(entry.id != reply.topic for entry in bot.entries):
        return [_common_topic(reply)]
    if not matches:
        return ["No entry is similar."]
    best = nearest[0].why
    if reply.kind == "choices":
        return [f"Nearest is {best}.", _too_uncertain(matches[0])]
    return _handed_over(reply, matches[0], best)


def _matched(bot: Bot, question: str, reply: Reply) -> list[str]:
    """What each answer of the reply matched; a part of the question may have matched it."""
    found: dict[str, NearEntry] = {}
    for part in (question, *split_questions(question)):
        for match in bot.rank(part)[:MAX_NEAR_ENTRIES]:
            near = _near_entry(bot, part, match)
            if near.id not in found or near.percent > found[near.id].percent:
                found[near.id] = near
    ids = dict.fromkeys(entry.id for entry in reply.shown if entry.id in found)
    return [f"Matched {found[id].why}." for id in ids]


def _common_topic(reply: Reply) -> str:
    if reply.small_talk:
        return f"That is small talk (“{reply.topic}”)."
    return f"Visitors of all practices ask this (“{reply.topic}”); none of your entries covers it."


def _too_uncertain(best: Match) -> str:
    if best.probability >= ANSWER_THRESHOLD:
        return "Its words alone do not say enough, so the visitor gets a choice."
    takes = _percent(ANSWER_THRESHOLD)
    return (
        f"That is not certain enough to answer (it takes {takes}%), so the visitor gets a choice."
    )


def _handed_over(reply: Reply, match: Match, best: str) -> list[str]:
    if reply.small_talk:
        return [f"Matched {best}.", "That is small talk."]
    if match.entry.role is not Role.ANSWER and match.probability >= PHONE_ONLY_THRESHOLD:
        return [
            f"Matched {best}.",
            "It is on the list of questions that only the office can answer.",
        ]
    if match.entry.role is not Role.ANSWER:
        return [f"Nearest is {best}.", "It has no answer of its own, and the match is uncertain."]
    takes = _percent(CHOICE_THRESHOLD)
    return [
        f"Nearest is {best}.",
        f"That is not certain enough even to offer as a choice (it takes {takes}%).",
    ]


def _percent(probability: float) -> int:
    return math.ceil(round(100 * probability, 3))

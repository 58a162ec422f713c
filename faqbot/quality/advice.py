"""Remarks of a careful reader on a folder without problems, and reviews that are due."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from faqbot.common.topics import TopicKind, topics
from faqbot.knowledge import Entry, Knowledge, Problem, Role
from faqbot.knowledge.snapshot import OFFICE
from faqbot.knowledge.strings import excerpt
from faqbot.knowledge.validation import are_of_two_pages
from faqbot.text import words
from faqbot.understanding.features import Synonyms, stem
from faqbot.understanding.topics import Claim, Claims, topic_model

_ALWAYS_DUE = (Role.ANSWER, Role.EMERGENCY)  # for review: where a stale word does harm
_CLAIMING = (Role.ANSWER, Role.OFFICE_ANSWER, Role.PHONE_ONLY)
_SETTINGS = (
    ("hours", "the office's hours", "Write a part [hours]."),
    ("location", "where the office is", 'Write: address = "12 Example St"'),
    ("booking", "where appointments are made online", "Write its address, if there is one."),
)


def to_do(knowledge: Knowledge, today: date) -> Iterator[Problem]:
    """What is still to be written; the folder may be served without it, but is not done."""
    asked = {entry.page_stem for entry in knowledge.entries}
    for page in knowledge.page_infos:
        if page not in asked:
            yield Problem(
                f"{page}.md",
                0,
                "This page has no questions yet.",
                f"Copy its words into sources/{page}.txt, and write what it answers.",
            )
    for entry in knowledge.entries:
        if entry.file == OFFICE and not entry.has_answer:
            yield Problem(
                entry.file,
                entry.line,
                f"“{excerpt(entry.question)}” has no answer; visitors get the phone numbers.",
                "Write one below it, take the question out, or leave it to the phone.",
            )
    for topic, what, fix in _SETTINGS:
        if topic not in knowledge.practice.answers:
            yield Problem("practice.toml", 0, f"It does not say {what}.", fix)
    for closing in knowledge.practice.hours.closings if knowledge.practice.hours else ():
        if not closing.yearly and closing.last < today:
            what = f"{closing.last} {closing.name}".rstrip()
            fix = "Take it out, and write next year's if there is one."
            yield Problem("practice.toml", 0, f"The closing until {what} is over.", fix)


def confusable(knowledge: Knowledge) -> Iterator[Problem]:
    """Phrasings of two entries that consist of the same words, in whatever form and order.

    No matcher can tell such questions apart, so visitors' questions could confuse the entries.
    """
    synonyms = Synonyms(knowledge.synonyms)
    seen: dict[tuple[str, ...], list[tuple[Entry, str]]] = {}
    for entry in knowledge.entries:
        if entry.role is Role.EMERGENCY:
            continue
        for phrasing in (entry.question, *entry.phrasings):
            stems = tuple(stem(token) for token in synonyms.join(words(phrasing)))
            others = seen.setdefault(stems, [])
            for other, theirs in others:
                if other.id != entry.id and not are_of_two_pages(other, entry):
                    yield Problem(
                        entry.file,
                        entry.line,
                        f"“{phrasing}” asks the same as “{theirs}”, which is under #{other.id}.",
                        "Keep it under the entry that answers it better.",
                    )
                    break
            others.append((entry, phrasing))


def misplaced(knowledge: Knowledge) -> Iterator[Problem]:
    """Answers in office.md that plainly are about a procedure, and so need a quote."""
    procedures = {topic.id for topic in topics().values() if topic.kind is TopicKind.PROCEDURE}
    for entry, claim in _claims(knowledge):
        if entry.role is Role.OFFICE_ANSWER and not claim.declared and claim.topic in procedures:
            yield Problem(
                entry.file,
                entry.line,
                f"“{excerpt(entry.question)}” seems to be about a procedure (“{claim.topic}”), "
                "and its answer needs a quote.",
                "Put it into the file of a page, with the page's sentence; or write “Topic: none”.",
            )


def claims(knowledge: Knowledge) -> Iterator[str]:
    """The topics that entries seem to be, and what two entries claim, in words."""
    owners: dict[tuple[str, str], list[str]] = {}
    for entry, claim in _claims(knowledge):
        if not claim.declared:
            yield f"{entry.file}:{entry.line}: #{entry.id} seems to be the topic “{claim.topic}”."
        page = entry.page_stem if entry.role is Role.ANSWER else ""
        owners.setdefault((page, claim.topic), []).append(entry.id)
    for (_, topic), ids in owners.items():
        if len(ids) > 1:
            both = ", ".join(f"#{id}" for id in ids)
            yield f"“{topic}” is claimed by {both}: visitors choose."


def _claims(knowledge: Knowledge) -> list[tuple[Entry, Claim]]:
    entries = [entry for entry in knowledge.entries if entry.role in _CLAIMING]
    by_id = {entry.id: entry for entry in entries}
    found = Claims(entries, topic_model(knowledge.pack)).all() if entries else []
    return [(by_id[claim.entry], claim) for claim in found]


# reviews


@dataclass(frozen=True, slots=True)
class Due:
    """An entry, and when it is due; one that was never reviewed is overdue since today."""

    entry: Entry
    due: date
    overdue: bool


def due(knowledge: Knowledge, today: date) -> list[Due]:
    """Every answer and emergency message, soonest first; none if `review_every` is off.

    Other entries are listed once somebody has marked them as reviewed.
    """
    months = knowledge.practice.review_every
    entries = [e for e in knowledge.entries if e.role in _ALWAYS_DUE or e.reviewed]
    found = [_due(entry, months, today) for entry in entries if months]
    return sorted(found, key=lambda one: (one.entry.reviewed is not None, one.due))


def _due(entry: Entry, months: int, today: date) -> Due:
    day = months_after(entry.reviewed, months) if entry.reviewed else today
    return Due(entry, day, overdue=day < today or not entry.reviewed)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))

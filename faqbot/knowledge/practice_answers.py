"""What practice.toml says of the office, as answers: hours, address, phones, appointments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, time
from html import escape
from itertools import groupby

from faqbot.common.topics import topics
from faqbot.knowledge.values import DAYS, Closing, Entry, Hours, Knowledge, Practice, Role, Span

FILE = "practice.toml"
CLOSED = "closed"


def practice_answers(
    knowledge: Knowledge, claimed: Sequence[tuple[str, str]] = ()
) -> tuple[Entry, ...]:
    """The answers, each an entry with its topic.

    `claimed`: topics, each with the id of an entry that claims it. Where an entry answers a topic
    already, there is none; an entry that has it for the phone gets the answer and keeps its id.
    """
    entries = {entry.id: entry for entry in knowledge.entries}
    given = [(topic, entry.id) for entry in knowledge.entries for topic in entry.topics or ()]
    found: dict[str, Entry] = {}
    for topic in knowledge.practice.answers:
        own = [entries[id] for claim, id in (*given, *claimed) if claim == topic]
        if any(entry.has_answer for entry in own) or (topic in entries and not own):
            continue
        heading = topics()[topic].named({})
        new = Entry(topic, heading, (), Role.OFFICE_ANSWER, topics=(topic,), file=FILE)
        entry = replace(own[0], role=Role.OFFICE_ANSWER) if own else new
        html, text = _answer(knowledge.practice, topic)
        found.setdefault(entry.id, replace(entry, html=html, text=text))
    return tuple(found.values())


def _answer(practice: Practice, topic: str) -> tuple[str, str]:
    """The answer to a topic, as HTML and as text."""
    match topic:
        case "hours" if practice.hours:
            rows = (*week(practice.hours), *map(_closed, practice.hours.closings))
            lines = [f"{days}: {times}" for days, times in rows]
            return _list("Our office hours:", lines, map(escape, lines))
        case "location":
            text = f"Our office is at {practice.address.rstrip('.')}."
            return f"<p>{escape(text)}</p>", text
        case "booking":
            text = "You can make an appointment online, or by phone."
            address, label = escape(practice.schedule_url), escape(practice.schedule)
            return f'<p>{text}</p>\n<p><a class="book" href="{address}">{label}</a></p>', text
    lines = [f"{phone.label}: {phone.number}" for phone in practice.phones]
    links = (
        f'{escape(phone.label)}: <a href="{escape(phone.href)}">{escape(phone.number)}</a>'
        for phone in practice.phones
    )
    return _list("You can reach us here:", lines, links)


def _list(first: str, lines: Sequence[str], items: Iterable[str]) -> tuple[str, str]:
    html = "".join(f"<li>{item}</li>" for item in items)
    return f"<p>{first}</p><ul>{html}</ul>", "\n".join([first, *(f"- {line}" for line in lines)])


def week(hours: Hours) -> list[tuple[str, str]]:
    """Days with the same hours together, and their hours: ("Monday to Friday", "8 AM to 5 PM")."""
    rows = [(day, _in_words(spans)) for day, spans in zip(DAYS, hours.week, strict=True)]
    found = []
    for times, run in groupby(rows, key=lambda row: row[1]):
        days = [day for day, _ in run]
        joint = " to " if len(days) > 2 else " and "
        found.append((joint.join(dict.fromkeys((days[0], days[-1]))), times))
    return found


def _closed(closing: Closing) -> tuple[str, str]:
    """The days and what applies to them: ("December 25 (Christmas Day)", "closed")."""
    dates = (closing.first, closing.last)
    days = " to ".join(dict.fromkeys(_on(day, closing.yearly) for day in dates))
    since = f" from {_clock(closing.since)}" if closing.since > time.min else ""
    return f"{days} ({closing.name})" if closing.name else days, f"{CLOSED}{since}"


def _on(day: date, yearly: bool) -> str:
    """In words: "December 25", or "December 25, 2026"."""
    return f"{day:%B} {day.day}" + ("" if yearly else f", {day.year}")


def _in_words(spans: Sequence[Span]) -> str:
    return ", ".join(f"{_clock(s.opens)} to {_clock(s.closes)}" for s in spans) or CLOSED


def _clock(moment: time) -> str:
    return f"{moment:%I:%M %p}".lstrip("0").replace(":00", "")

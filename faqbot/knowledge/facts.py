"""What practice.toml says of the office, as answers: hours, address, phones, appointments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from html import escape
from itertools import groupby

from faqbot.common.topics import topics
from faqbot.knowledge.values import DAYS, Entry, Hours, Knowledge, Practice, Role, Span

FILE = "practice.toml"
CLOSED = "closed"


def facts(knowledge: Knowledge, claimed: Sequence[tuple[str, str]] = ()) -> tuple[Entry, ...]:
    """The answers, each an entry that claims its topic.

    `claimed`: pairs of a topic and the id of an entry that claims it. Where an entry answers a
    topic already, it is left out; one that has it for the phone gets the answer, and keeps its id.
    """
    entries = {entry.id: entry for entry in knowledge.entries}
    given = [(t, e.id) for e in knowledge.entries for t in e.topics or ()]
    found: dict[str, Entry] = {}
    for topic, html, text in map(partial(_told, knowledge.practice), knowledge.practice.answers):
        own = [entries[i] for t, i in (*given, *claimed) if t == topic]
        if any(entry.answered for entry in own) or (topic in entries and not own):
            continue
        heading = topics()[topic].named({})
        plain = Entry(topic, heading, (), Role.FACT, topics=(topic,), file=FILE)
        entry = replace(own[0], role=Role.FACT) if own else plain
        found.setdefault(entry.id, replace(entry, html=html, text=text))
    return tuple(found.values())


def _told(practice: Practice, topic: str) -> tuple[str, str, str]:
    """The topic, with HTML and text of its answer."""
    match topic:
        case "hours" if practice.hours:
            lines = [f"{days}: {times}" for days, times in week(practice.hours)]
            return topic, *_list("Our office hours:", lines, map(escape, lines))
        case "location":
            said = f"Our office is at {practice.address.rstrip('.')}."
            return topic, f"<p>{escape(said)}</p>", said
        case "booking":
            said = "You can make an appointment online, or by phone."
            address, label = escape(practice.schedule_url), escape(practice.schedule)
            link = f'<p><a class="book" href="{address}">{label}</a></p>'
            return topic, f"<p>{said}</p>\n{link}", said
    lines = [f"{phone.label}: {phone.number}" for phone in practice.phones]
    links = (
        f'{escape(phone.label)}: <a href="{escape(phone.href)}">{escape(phone.number)}</a>'
        for phone in practice.phones
    )
    return topic, *_list("You can reach us here:", lines, links)


def _list(first: str, lines: Sequence[str], items: Iterable[str]) -> tuple[str, str]:
    """HTML and text."""
    html = "".join(f"<li>{item}</li>" for item in items)
    return f"<p>{first}</p><ul>{html}</ul>", "\n".join([first, *(f"- {line}" for line in lines)])


def week(hours: Hours) -> list[tuple[str, str]]:
    """Days with the same hours together, and their hours: ("Monday to Friday", "8 AM to 5 PM")."""
    rows = [(day, _spans(spans)) for day, spans in zip(DAYS, hours.week, strict=True)]
    found = []
    for times, run in groupby(rows, key=lambda row: row[1]):
        days = [day for day, _ in run]
        joint = " to " if len(days) > 2 else " and "
        found.append((joint.join(dict.fromkeys((days[0], days[-1]))), times))
    return found


def _spans(spans: Sequence[Span]) -> str:
    return ", ".join(f"{_clock(s.opens)} to {_clock(s.closes)}" for s in spans) or CLOSED


def _clock(moment: object) -> str:
    text = f"{moment:%I:%M %p}".lstrip("0")
    return text.replace(":00", "")

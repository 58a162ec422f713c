"""What changed in practice.toml, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from faqbot.knowledge import Hours, Knowledge, Phone, Practice, Span
from faqbot.knowledge.values import DAYS

_NOTHING = "nothing"


def setting_changes(old: Knowledge, new: Knowledge) -> Iterator[str]:
    """A sentence for each setting that is another now."""
    asked = {entry.id: entry.question for entry in (*old.entries, *new.entries)}
    was, now = dict(_settings(old.practice, asked)), dict(_settings(new.practice, asked))
    for name in {**now, **was}:
        before, after = was.get(name, _NOTHING), now.get(name, _NOTHING)
        if before != after:
            yield f"{name}: now {after}; before {before}."
    if old.practice.journal != new.practice.journal:  # not shown: a password can be in it
        yield "The journal is kept in another place, or no longer."


def _settings(practice: Practice, asked: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "The practice's name", _quoted(practice.name)
    yield "The phones", _listed(map(_phone, practice.phones))
    yield "The emergency number", practice.emergency_number
    yield "The country", practice.country
    yield "The greeting", _quoted(practice.greeting)
    yield "The office's address", practice.address or _NOTHING
    yield "The words for appointments", _quoted(practice.schedule)
    yield "The address for appointments", practice.schedule_url or _NOTHING
    yield (
        "The questions offered first",
        _listed(_quoted(asked.get(i, i)) for i in practice.starters),
    )
    yield "The sites that may show the chat box", _listed(practice.sites)
    for stem, address in practice.pages.items():
        yield f"The address of the page of {stem}.md", address
    yield "Answers are due for a look", _every(practice.review_every)
    yield from _hours(practice.hours)


def _phone(phone: Phone) -> str:
    texts = " for texts" if phone.scheme == "sms" else ""
    return f"{phone.label} {phone.number}{texts}"


def _hours(hours: Hours | None) -> Iterator[tuple[str, str]]:
    if hours is None:
        return
    yield "The time zone", hours.timezone
    for day, spans in zip(DAYS, hours.week, strict=True):
        yield f"The hours on {day}", _listed(map(_span, spans), "closed")


def _span(span: Span) -> str:
    return " to ".join(f"{time.hour}:{time.minute:02}" for time in (span.opens, span.closes))


def _every(months: int) -> str:
    return f"every {months} months" if months else "never"


def _quoted(text: str) -> str:
    return f"“{text}”" if text else _NOTHING


def _listed(texts: Iterable[str], empty: str = _NOTHING) -> str:
    return ", ".join(texts) or empty

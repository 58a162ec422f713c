"""The knowledge as pages: the list of all questions, its structured data, the page text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from faqbot.knowledge import Entry, Knowledge, Role
from faqbot.knowledge.snapshot import OFFICE

_SHOWN = (Role.ANSWER, Role.FACT, Role.OFFICE, Role.EMERGENCY)

_TITLES = {Role.FACT: "Our office", Role.OFFICE: "By phone"}


@dataclass(frozen=True, slots=True)
class Section:
    """The entries of one file, under its name in words."""

    id: str
    title: str
    role: Role
    entries: tuple[Entry, ...]
    changed: datetime | None = None  # when the file was last saved, where that is known


@dataclass(frozen=True, slots=True)
class PageText:
    """A page of the practice, as a list of blocks: paragraphs (text) and lists (tuples of text)."""

    title: str
    blocks: tuple[str | tuple[str, ...], ...]


def sections(entries: Iterable[Entry], folder: Path | None = None) -> tuple[Section, ...]:
    """What visitors may read, by file: answers, the office's, what is for the phone, emergencies.

    `entries`: a bot's, with what practice.toml answers among the office's.
    """
    parts: dict[tuple[Role, str], list[Entry]] = {}
    shown = list(entries)
    for role in _SHOWN:
        for entry in shown:
            if entry.role is role:
                file = OFFICE if role is Role.FACT else entry.file
                parts.setdefault((role, file), []).append(entry)
    return tuple(
        Section(
            id="by-phone" if role is Role.OFFICE else _stem(file),
            title=_TITLES.get(role) or _title(_stem(file)),
            role=role,
            entries=tuple(own),
            changed=_changed(folder / file) if folder else None,
        )
        for (role, file), own in parts.items()
    )


def last_modified(sections: Iterable[Section]) -> datetime | None:
    """When the newest file was saved."""
    return max((section.changed for section in sections if section.changed), default=None)


def structured_data(
    knowledge: Knowledge, sections: Iterable[Section], address: str
) -> dict[str, Any]:
    """schema.org's FAQPage of all answers; search engines read it."""
    answers = [section for section in sections if section.role in (Role.ANSWER, Role.FACT)]
    changed = last_modified(answers)
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "@id": address,
        "url": address,
        "name": f"Questions and answers: {knowledge.practice.name}",
        **({"dateModified": changed.isoformat()} if changed else {}),
        "mainEntity": [
            _question(entry, address) for section in answers for entry in section.entries
        ],
    }


def page_texts(knowledge: Knowledge) -> tuple[PageText, ...]:
    """The practice's own pages, for the demonstration."""
    return tuple(
        PageText(_title(stem), tuple(_blocks(text))) for stem, text in knowledge.sources.items()
    )


def _question(entry: Entry, address: str) -> dict[str, Any]:
    return {
        "@type": "Question",
        "name": entry.question,
        "url": f"{address}#{entry.id}",
        "acceptedAnswer": {"@type": "Answer", "text": entry.html or entry.text},
    }


def _blocks(text: str) -> list[str | tuple[str, ...]]:
    """Paragraphs and lists; what ends in no full stop is the page's furniture, as menus are."""
    blocks: list[str | tuple[str, ...]] = []
    for paragraph in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        if lines and all(line.startswith("•") for line in lines):
            blocks.append(tuple(line.lstrip("• ") for line in lines))
        elif lines and lines[-1].endswith((".", ":", "!", "?")):
            blocks.append(" ".join(lines))
    return blocks


def _changed(file: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
    except OSError:
        return None


def _stem(file: str) -> str:
    return file.rsplit("/", 1)[-1].removesuffix(".md")


def _title(stem: str) -> str:
    words = stem.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]

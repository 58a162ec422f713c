"""The knowledge as pages: the list of all questions, its structured data, the page text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from faqbot.knowledge import Entry, Knowledge, Role

_SHOWN = (Role.ANSWER, Role.OFFICE, Role.EMERGENCY)


@dataclass(frozen=True, slots=True)
class Section:
    """The entries of one file, under its name in words."""

    id: str
    title: str
    role: Role
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class PageText:
    """A page of the practice, as a list of blocks: paragraphs (text) and lists (tuples of text)."""

    title: str
    blocks: tuple[str | tuple[str, ...], ...]


def sections(knowledge: Knowledge) -> tuple[Section, ...]:
    """Every file that visitors may read: answers, then the office's topics, then emergencies."""
    files: dict[str, list[Entry]] = {}
    for role in _SHOWN:
        for entry in knowledge.entries:
            if entry.role is role:
                files.setdefault(_stem(entry.file), []).append(entry)
    return tuple(
        Section(stem, _title(stem), entries[0].role, tuple(entries))
        for stem, entries in files.items()
    )


def structured_data(knowledge: Knowledge, address: str) -> dict[str, Any]:
    """schema.org's FAQPage of all answers; search engines read it."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "@id": address,
        "url": address,
        "name": f"Questions and answers: {knowledge.practice.name}",
        "mainEntity": [
            _question(entry, address) for entry in knowledge.entries if entry.role is Role.ANSWER
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


def _stem(file: str) -> str:
    return file.rsplit("/", 1)[-1].removesuffix(".md")


def _title(stem: str) -> str:
    words = stem.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]

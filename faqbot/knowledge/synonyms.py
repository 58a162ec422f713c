"""synonyms.toml: words that mean the same to visitors."""

from __future__ import annotations

from faqbot.knowledge.diagnostics import Diagnostics

from .tables import KeyLines, parse_table, strings
from .wording import excerpt


def read_synonyms(text: str, diagnostics: Diagnostics) -> tuple[tuple[str, ...], ...]:
    """The groups, each with the word before the = sign first."""
    table = parse_table(text, diagnostics) or {}
    lines = KeyLines(text)
    groups = []
    for word, value in table.items():
        others = strings(value)
        if others and word.strip():
            groups.append((word.strip(), *others))
            continue
        diagnostics.add(
            lines.of(word),
            f"“{excerpt(word)}” must be followed by a list of words.",
            'Write: spine = ["backbone", "spinal column"]',
        )
    return tuple(groups)

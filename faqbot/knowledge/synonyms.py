"""synonyms.toml: words that mean the same to visitors."""

from __future__ import annotations

from .notes import Notes
from .tables import KeyLines, parse_table, strings
from .wording import excerpt


def read_synonyms(text: str, notes: Notes) -> tuple[tuple[str, ...], ...]:
    """The groups, each with the word before the = sign first."""
    table = parse_table(text, notes) or {}
    lines = KeyLines(text)
    groups = []
    for word, value in table.items():
        others = strings(value)
        if others and word.strip():
            groups.append((word.strip(), *others))
            continue
        notes.tell(
            lines.of(word),
            f"“{excerpt(word)}” must be followed by a list of words.",
            'Write: spine = ["backbone", "spinal column"]',
        )
    return tuple(groups)

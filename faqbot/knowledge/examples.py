"""examples.jsonl: visitors' questions and what each must get."""

from __future__ import annotations

import json
from typing import cast

from .files import lines_of
from .notes import Notes
from .tables import refuse_unknown, strings
from .values import Example

KINDS = ("out-of-scope", "emergency")  # what an example accepts besides entries
_MEND = 'Write: {"question": "how long is it", "accept": ["duration"], "style": "plain"}'


def read_examples(text: str, notes: Notes) -> tuple[Example, ...]:
    """One example a line; empty lines are skipped."""
    found = (
        _example(number, line, notes)
        for number, line in enumerate(lines_of(text), 1)
        if line.strip()
    )
    return tuple(example for example in found if example)


def _example(number: int, line: str, notes: Notes) -> Example | None:
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError):
        notes.tell(number, "This line is not written as an example must be.", _MEND)
        return None
    if not isinstance(value, dict):
        notes.tell(number, "An example stands in curly brackets.", _MEND)
        return None
    return _check(number, cast("dict[str, object]", value), notes)


def _check(number: int, table: dict[str, object], notes: Notes) -> Example | None:
    known = ("question", "accept", "style")
    refuse_unknown(((key, number) for key in table), known, "in an example", notes)
    question, style = table.get("question"), table.get("style", "")
    accept = strings(table.get("accept"))
    if not isinstance(question, str) or not question.strip() or not _readable(question):
        notes.tell(number, "This example has no question.", _MEND)
    elif not accept:
        notes.tell(number, "This example does not say what is accepted.", _MEND)
    elif not isinstance(style, str):
        notes.tell(number, "The style of this example must be a text.", _MEND)
    else:
        return Example(question, accept, style, number)
    return None


def _readable(text: str) -> bool:
    """Whether it can be printed: JSON allows half a character (a lone surrogate)."""
    return text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text)

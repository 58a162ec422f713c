"""examples.jsonl: visitors' questions and what each must get."""

from __future__ import annotations

import json
from typing import cast

from faqbot.knowledge.diagnostics import Diagnostics

from .files import lines_of
from .tables import refuse_unknown, strings
from .values import Example

KINDS = ("out-of-scope", "emergency")  # what an example accepts besides entries
_FIX = 'Write: {"question": "how long is it", "accept": ["duration"], "style": "plain"}'


def read_examples(text: str, diagnostics: Diagnostics) -> tuple[Example, ...]:
    """One example a line; empty lines are skipped."""
    found = (
        _example(number, line, diagnostics)
        for number, line in enumerate(lines_of(text), 1)
        if line.strip()
    )
    return tuple(example for example in found if example)


def _example(number: int, line: str, diagnostics: Diagnostics) -> Example | None:
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError):
        diagnostics.add(number, "This line is not written as an example must be.", _FIX)
        return None
    if not isinstance(value, dict):
        diagnostics.add(number, "An example stands in curly brackets.", _FIX)
        return None
    return _check(number, cast("dict[str, object]", value), diagnostics)


def _check(number: int, table: dict[str, object], diagnostics: Diagnostics) -> Example | None:
    known = ("question", "accept", "style")
    refuse_unknown(((key, number) for key in table), known, "in an example", diagnostics)
    question, style = table.get("question"), table.get("style", "")
    accept = strings(table.get("accept"))
    if not isinstance(question, str) or not question.strip() or not _readable(question):
        diagnostics.add(number, "This example has no question.", _FIX)
    elif not accept:
        diagnostics.add(number, "This example does not say what is accepted.", _FIX)
    elif not isinstance(style, str):
        diagnostics.add(number, "The style of this example must be a text.", _FIX)
    else:
        return Example(question, accept, style, number)
    return None


def _readable(text: str) -> bool:
    """Whether it can be printed: JSON allows half a character (a lone surrogate)."""
    return text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text)

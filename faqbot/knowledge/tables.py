"""practice.toml, synonyms.toml and examples.jsonl: what is wrong in them, in plain words."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from typing import cast

from faqbot.knowledge.snapshot import lines_of
from faqbot.knowledge.values import Diagnostics, Example
from faqbot.knowledge.wording import excerpt, suggest

MOST_DOTS = 500  # in a line; a name of a hundred thousand parts takes the parser minutes

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_TABLE = re.compile(r"\s*\[(\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*(?:\.[^=]*)?=""")
_CURLY = re.compile(r"[=\[,]\s*[“”‘’„]|[“”„]\s*[\],]*\s*$")  # noqa: RUF001

_IN_PLAIN_WORDS = (  # how tomllib's message begins, ours, and how to fix it
    ("Invalid initial", "This line does not begin with a name.", 'Write: name = "value"'),
    (
        "Expected '='",
        "There is no = sign between the name and its value, or the name has a space in it.",
        'Write: name = "value", and put a name of two words in quotation marks.',
    ),
    (
        ("Unterminated string", "Illegal character"),
        "A quotation mark is missing at the end of the value.",
        'Type a straight quotation mark (") there.',
    ),
    (
        "Expected newline",
        "There is something after the value on this line, or a quotation mark in it.",
        'Remove it; a quotation mark inside the value is written \\"',
    ),
    ("Unescaped", "A \\ sign has a special meaning in a value.", "Write / or \\\\ instead."),
    ("Unclosed array", "A list is opened and never closed.", "Put ] at the end of the list."),
    ("Unclosed", "A list is not closed, or a comma is missing in it.", 'Write: ["one", "two"]'),
    ("Cannot overwrite", "This name is set a second time.", "Remove one of the two lines."),
    ("Cannot declare", "This heading is here a second time.", "Join the two parts into one."),
    (
        "Invalid value",
        "The value is not in quotation marks.",
        'Put it in straight quotation marks: name = "value"',
    ),
)
_EXAMPLE = 'Write: {"question": "how long is it", "accept": ["duration"], "style": "plain"}'


def parse_table(text: str, diagnostics: Diagnostics) -> dict[str, object] | None:
    """The file's values; None, with one problem added, where it cannot be read as TOML."""
    if row := next((n for n, at in enumerate(lines_of(text), 1) if at.count(".") > MOST_DOTS), 0):
        diagnostics.add(row, f"There are more than {MOST_DOTS} dots in this line.", "Shorten it.")
        return None
    try:
        return tomllib.loads(text)
    except RecursionError:
        diagnostics.add(0, "There are too many brackets in this file.", "Remove some of them.")
    except ValueError as error:  # not TOMLDecodeError alone: a date or number can be out of range
        _report_syntax(str(error), text, diagnostics)
    return None


def _report_syntax(error: str, text: str, diagnostics: Diagnostics) -> None:
    lines = lines_of(text)
    at = _AT_LINE.search(error)
    number = int(at[1]) if at and at[1] else _last_line(lines)
    if error.startswith("Unclosed array"):
        number = _opening_line(lines, number)
    line = lines[number - 1] if number <= len(lines) else ""
    wrong = ((message, fix) for start, message, fix in _IN_PLAIN_WORDS if error.startswith(start))
    message, fix = next(wrong, ("This line cannot be read.", 'Write: name = "value"'))
    if _CURLY.search(line):
        message = "There are curly quotation marks in this line; only straight ones work here."
        fix = 'Type them again as " in a plain text editor.'
    shown = f" The line is: {excerpt(line)}" if line.strip() else ""
    diagnostics.add(number, message + shown, fix)


def _opening_line(lines: list[str], number: int) -> int:
    """Where the unclosed list begins: the parser notices only at the next name."""
    before = range(min(number, len(lines)), 0, -1)
    return next((n for n in before if lines[n - 1].count("[") > lines[n - 1].count("]")), number)


def _last_line(lines: list[str]) -> int:
    return next((n for n in range(len(lines), 0, -1) if lines[n - 1].strip()), 1)


class KeyLines:
    """The line on which each key of a TOML file is set, by a simple look at its lines."""

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str, int, str], int] = {}
        table, counts = "", {"": 0}
        for number, line in enumerate(lines_of(text), 1):
            if header := _TABLE.match(line):
                table = header[2].strip("\"' ")
                counts[table] = counts[table] + 1 if header[1] and table in counts else 0
                self._lines.setdefault((table, counts[table], ""), number)
            elif key := _KEY.match(line):
                name = key[1] or key[2] or key[3] or ""
                self._lines.setdefault((table, counts[table], name), number)

    def of(self, key: str, table: str = "", index: int = 0) -> int:
        """The line of `key` in the index-th `[[table]]`, or else of the table, or else 0."""
        for at in ((table, index, key), (table, index, ""), ("", 0, table), ("", 0, key)):
            if at[2] + at[0] and at in self._lines:
                return self._lines[at]
        return self._lines.get((key, 0, ""), 0)


def refuse_unknown(
    keys: Iterable[tuple[str, int]], known: Iterable[str], where: str, diagnostics: Diagnostics
) -> None:
    """Report each key, given with its line, that is not one of the known ones."""
    names = tuple(known)
    for key, line in keys:
        if key not in names:
            fix = suggest(key, names, f"Possible are: {', '.join(names)}.")
            diagnostics.add(line, f"“{excerpt(key)}” is not known {where}.", fix)


def strings(value: object) -> tuple[str, ...] | None:
    """The list's texts, stripped; None where it is not a list, or an item is empty or not a text."""
    if not isinstance(value, list):
        return None
    items = cast("list[object]", value)
    texts = [item.strip() for item in items if isinstance(item, str) and item.strip()]
    return tuple(texts) if len(texts) == len(items) else None


def read_synonyms(text: str, diagnostics: Diagnostics) -> tuple[tuple[str, ...], ...]:
    """The groups of synonyms.toml, each with the word before the = sign first."""
    table = parse_table(text, diagnostics) or {}
    lines = KeyLines(text)
    groups = []
    for word, value in table.items():
        others = strings(value)
        if others and word.strip():
            groups.append((word.strip(), *others))
            continue
        message = f"“{excerpt(word)}” must be followed by a list of words."
        diagnostics.add(lines.of(word), message, 'Write: spine = ["backbone", "spinal column"]')
    return tuple(groups)


def read_examples(text: str, diagnostics: Diagnostics) -> tuple[Example, ...]:
    """The examples of examples.jsonl, one on each line; empty lines are skipped."""
    lines = enumerate(lines_of(text), 1)
    found = (_example(number, line, diagnostics) for number, line in lines if line.strip())
    return tuple(example for example in found if example)


def _example(number: int, line: str, diagnostics: Diagnostics) -> Example | None:
    try:
        table = json.loads(line)
    except (ValueError, RecursionError):
        table = None
    if not isinstance(table, dict):
        diagnostics.add(number, "This line cannot be read as an example.", _EXAMPLE)
        return None
    keys = ((key, number) for key in table)
    refuse_unknown(keys, ("question", "accept", "style"), "in an example", diagnostics)
    question, style = table.get("question"), table.get("style", "")
    accept = strings(table.get("accept"))
    if not isinstance(question, str) or not question.strip() or not _is_printable(question):
        message = "This example has no question."
    elif not accept:
        message = "This example does not say what is accepted."
    elif not isinstance(style, str):
        message = "The style of this example must be a text."
    else:
        return Example(question, accept, style, number)
    diagnostics.add(number, message, _EXAMPLE)
    return None


def _is_printable(text: str) -> bool:
    """JSON can hold half a character (a lone surrogate), which cannot be encoded."""
    return text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text)

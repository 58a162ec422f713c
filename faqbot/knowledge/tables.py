"""TOML files: reading them, finding the line of a key, and saying in plain words what is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from typing import cast

from faqbot.knowledge.diagnostics import Diagnostics

from .files import lines_of
from .wording import excerpt, nearest

MOST_DOTS = 500  # in a line; a name of a hundred thousand parts costs the parser minutes

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_TABLE = re.compile(r"\s*\[(\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*(?:\.[^=]*)?=""")
_CURLY = re.compile(r"[=\[,]\s*[“”‘’„]|[“”„]\s*[\],]*\s*$")  # noqa: RUF001

_IN_PLAIN_WORDS = (
    (
        "Invalid initial character for a key",
        "This line does not begin with a name.",
        'Write: name = "value"',
    ),
    (
        "Expected '=' after a key",
        "There is no = sign between the name and its value, or the name has a space in it.",
        'Write: name = "value", and put a name of two words in quotation marks.',
    ),
    (
        "Unterminated string",
        "A quotation mark is opened and never closed.",
        'Put a straight quotation mark (") at the end of the value.',
    ),
    (
        "Illegal character",
        "A quotation mark is opened and not closed on this line.",
        'Put a straight quotation mark (") at the end of the value.',
    ),
    (
        "Expected newline or end of document",
        "Something stands behind the value on this line, or there is a quotation mark in it.",
        'Remove it; a quotation mark inside of the value is written \\"',
    ),
    (
        "Unescaped '\\' in a string",
        "A \\ sign in a value has a meaning of its own.",
        "Write / or \\\\ instead.",
    ),
    ("Unclosed array", "A list is opened and never closed.", "Put ] at the end of the list."),
    (
        "Unclosed",
        "A list is opened and not closed, or a comma is missing in it.",
        'Write: ["one", "two"]',
    ),
    ("Cannot overwrite a value", "This name is set a second time.", "Remove one of the two lines."),
    ("Cannot declare", "This heading stands a second time.", "Join the two parts into one."),
    (
        "Invalid value",
        "The value is not in quotation marks.",
        'Put it between straight quotation marks: name = "value"',
    ),
)


def parse_table(text: str, diagnostics: Diagnostics) -> dict[str, object] | None:
    """The file's values; None, and one problem told, when it cannot be read as TOML."""
    if row := next((n for n, at in enumerate(lines_of(text), 1) if at.count(".") > MOST_DOTS), 0):
        diagnostics.add(row, f"There are more than {MOST_DOTS} dots in this line.", "Shorten it.")
        return None
    try:
        return tomllib.loads(text)
    except RecursionError:
        diagnostics.add(
            0, "There are too many brackets in this file.", "Remove the ones not needed."
        )
    except ValueError as error:  # not TOMLDecodeError alone: a date or number can be out of range
        _tell_syntax(str(error), text, diagnostics)
    return None


def _tell_syntax(error: str, text: str, diagnostics: Diagnostics) -> None:
    lines = lines_of(text)
    at = _AT_LINE.search(error)
    number = int(at[1]) if at and at[1] else _last_line(lines)
    line = lines[number - 1] if number <= len(lines) else ""
    if error.startswith("Unclosed array"):
        number = _opening_line(lines, number)
        line = lines[number - 1]
    shown = f" The line is: {excerpt(line)}" if line.strip() else ""
    if _CURLY.search(line):
        diagnostics.add(
            number,
            "There are curly quotation marks in this line; only straight ones work here." + shown,
            'Type them again as " in a plain text editor.',
        )
        return
    for start, message, fix in _IN_PLAIN_WORDS:
        if error.startswith(start):
            diagnostics.add(number, message + shown, fix)
            return
    diagnostics.add(number, "This line cannot be read." + shown, 'Write: name = "value"')


def _opening_line(lines: list[str], number: int) -> int:
    """Where the list begins that is not closed; it shows only when the next name comes."""
    before = range(min(number, len(lines)), 0, -1)
    return next((n for n in before if lines[n - 1].count("[") > lines[n - 1].count("]")), number)


def _last_line(lines: list[str]) -> int:
    return next((n for n in range(len(lines), 0, -1) if lines[n - 1].strip()), 1)


class KeyLines:
    """The line on which each key of a TOML file is set, as near as a look at its lines tells."""

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
        """The line of `key` in the index-th `[[table]]`; else of the table; else 0."""
        for place in ((table, index, key), (table, index, ""), ("", 0, table), ("", 0, key)):
            if place[2] + place[0] and place in self._lines:
                return self._lines[place]
        return self._lines.get((key, 0, ""), 0)


def refuse_unknown(
    keys: Iterable[tuple[str, int]], known: Iterable[str], where: str, diagnostics: Diagnostics
) -> None:
    """Tell each key, given with its line, that is not one of the known ones."""
    names = tuple(known)
    for key, line in keys:
        if key not in names:
            like = nearest(key, names)
            diagnostics.add(
                line,
                f"“{excerpt(key)}” is not known {where}.",
                f"Did you mean “{like}”?" if like else f"Known are: {', '.join(names)}.",
            )


def strings(value: object) -> tuple[str, ...] | None:
    """The list's texts; None when it is no list, or holds anything but texts that say something."""
    if not isinstance(value, list):
        return None
    items = cast("list[object]", value)
    texts = [item.strip() for item in items if isinstance(item, str) and item.strip()]
    return tuple(texts) if len(texts) == len(items) else None

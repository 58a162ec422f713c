"""The tables of a folder, .toml and .jsonl: what is wrong in them, in plain words."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from faqbot.knowledge.snapshot import lines_of
from faqbot.knowledge.strings import excerpt, suggest
from faqbot.knowledge.values import Diagnostics, Example

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
    (
        "Expected ']'",
        "A heading of two words needs quotation marks.",
        'Write: ["two words"]',
    ),
    ("Unescaped", "A \\ sign has a special meaning in a value.", "Write / or \\\\ instead."),
    ("Unclosed array", "A list is opened and never closed.", "Put ] at the end of the list."),
    ("Unclosed", "A list is not closed, or a comma is missing in it.", 'Write: ["one", "two"]'),
    ("Cannot overwrite", "This name is set a second time.", "Remove one of the two lines."),
    ("Cannot declare", "This heading occurs twice.", "Join the two parts into one."),
    (
        "Invalid value",
        "The value is not in quotation marks.",
        'Put it in straight quotation marks: name = "value"',
    ),
)
_EXAMPLE_KEYS = ("question", "accept", "style")
_EXAMPLE = 'Write: {"question": "how long is it", "accept": ["duration"], "style": "plain"}'


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a TOML file, which reports problems on the lines of its keys."""

    values: Mapping[str, object]
    diagnostics: Diagnostics
    lines: Mapping[tuple[str, int, str], int]
    name: str = ""  # "hours" for [hours]
    index: int = 0  # in a list of tables, such as [[phones]]

    def line(self, key: str) -> int:
        """The line of a key, or else of the table, or else 0."""
        own, parent = (self.name, self.index), ("", 0)
        places = ((*own, key), (*own, ""), (*parent, self.name), (*parent, key), (key, 0, ""))
        return next((self.lines[at] for at in places if at in self.lines), 0)

    def report(self, key: str, message: str, fix: str) -> None:
        """Add a problem on the line of a key."""
        self.diagnostics.add(self.line(key), message, fix)

    def refuse_unknown(
        self, known: Collection[str], where: str, ignored: Collection[str] = ()
    ) -> None:
        """Report each key that is neither known nor ignored."""
        for key in self.values:
            if key not in ignored:
                refuse_unknown(key, self.line(key), known, where, self.diagnostics)

    def text(self, key: str) -> str:
        """A text without the spaces around it; empty where it is missing."""
        value = self.values.get(key, "")
        if isinstance(value, str):
            return value.strip()
        self.report(key, f"“{key}” must be a text in quotation marks.", f'Write: {key} = "…"')
        return ""

    def texts(self, key: str, example: str) -> tuple[str, ...]:
        """A list of texts; empty where it is missing."""
        values = strings(self.values.get(key, []))
        if values is None:
            self.report(key, f"“{key}” must be a list of texts.", f"Write: {key} = {example}")
        return values or ()

    def section(self, key: str) -> Table | None:
        """The table of this name, such as [hours]; None where it is missing."""
        value = self.values.get(key)
        if isinstance(value, dict):
            return Table(value, self.diagnostics, self.lines, key)
        if value is not None:
            self.report(key, f"“{key}” must be a section of its own.", f"Write [{key}] on a line.")
        return None

    def sections(self, key: str) -> list[Table]:
        """The tables of this name, such as [[phones]]; none where it is anything else."""
        items = self.values.get(key)
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            return []
        return [Table(item, self.diagnostics, self.lines, key, i) for i, item in enumerate(items)]


def read_table(text: str, diagnostics: Diagnostics) -> Table | None:
    """The file as a table; None, with one problem added, where it cannot be read as TOML."""
    if row := next((n for n, at in enumerate(lines_of(text), 1) if at.count(".") > MOST_DOTS), 0):
        diagnostics.add(row, f"There are more than {MOST_DOTS} dots in this line.", "Shorten it.")
        return None
    try:
        return Table(tomllib.loads(text), diagnostics, _lines_of_keys(text))
    except RecursionError:
        diagnostics.add(0, "There are too many brackets in this file.", "Remove some of them.")
    except ValueError as error:  # not TOMLDecodeError alone: a date or number can be out of range
        _report_syntax(str(error), text, diagnostics)
    return None


def _lines_of_keys(text: str) -> dict[tuple[str, int, str], int]:
    """(table, index in a list of tables, key) -> line, by a simple look; key "" for the table."""
    found: dict[tuple[str, int, str], int] = {}
    table, counts = "", {"": 0}
    for number, line in enumerate(lines_of(text), 1):
        if header := _TABLE.match(line):
            table = header[2].strip("\"' ")
            counts[table] = counts[table] + 1 if header[1] and table in counts else 0
            found.setdefault((table, counts[table], ""), number)
        elif key := _KEY.match(line):
            name = key[1] or key[2] or key[3] or ""
            found.setdefault((table, counts[table], name), number)
    return found


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


def refuse_unknown(
    key: str, line: int, known: Collection[str], where: str, diagnostics: Diagnostics
) -> None:
    """Report a key that is not one of the known ones."""
    if key not in known:
        fix = suggest(key, known, f"Known names: {', '.join(known)}.")
        diagnostics.add(line, f"“{excerpt(key)}” is not known {where}.", fix)


def strings(value: object) -> tuple[str, ...] | None:
    """The texts of a list, stripped; None where it is no list, or an item is empty or no text."""
    items = value if isinstance(value, list) else [None]
    texts = tuple(item.strip() for item in items if isinstance(item, str) and item.strip())
    return texts if len(texts) == len(items) else None


def read_synonyms(text: str, diagnostics: Diagnostics) -> tuple[tuple[str, ...], ...]:
    """The groups of synonyms.toml, each with the word before the = sign first."""
    table = read_table(text, diagnostics)
    if table is None:
        return ()
    groups = []
    for word, value in table.values.items():
        others = strings(value)
        if others and word.strip():
            groups.append((word.strip(), *others))
        else:
            message = f"“{excerpt(word)}” must be followed by a list of words."
            table.report(word, message, 'Write: spine = ["backbone", "spinal column"]')
    return tuple(groups)


def read_examples(text: str, diagnostics: Diagnostics) -> tuple[Example, ...]:
    """The examples of examples.jsonl, one on each line; empty lines are skipped."""
    lines = enumerate(lines_of(text), 1)
    found = (_example(number, line, diagnostics) for number, line in lines if line.strip())
    return tuple(example for example in found if example)


def _example(number: int, line: str, diagnostics: Diagnostics) -> Example | None:
    try:
        table: object = json.loads(line)
    except (ValueError, RecursionError):
        table = None
    if not isinstance(table, dict):
        diagnostics.add(number, "This line cannot be read as an example.", _EXAMPLE)
        return None
    for key in table:
        refuse_unknown(key, number, _EXAMPLE_KEYS, "in an example", diagnostics)
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

"""What is wrong with an entry or a file while it is being written, and nothing is saved yet."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from faqbot.editing import draft, entries
from faqbot.editing.entries import EditError, EntryText, FieldProblem
from faqbot.editing.workspace import Files, digest
from faqbot.knowledge import Knowledge, Problem, Role
from faqbot.knowledge.folder import read_files
from faqbot.knowledge.parsed import LineKind
from faqbot.knowledge.parser import parse
from faqbot.knowledge.snapshot import role_of
from faqbot.knowledge.values import Diagnostics

THE_FOLDER = "the knowledge folder"  # stands for a path that means nothing to the reader
_KEPT = 4  # states of the files whose reading is kept; each page of the desk reads the draft
_FIELDS = {
    LineKind.HEADING: "question",
    LineKind.ASKED: "phrasings",
    LineKind.PHRASING: "phrasings",
    LineKind.QUOTE: "quotes",
    LineKind.TOPIC: "topics",
    LineKind.REVIEWED: "reviewed",
}


@dataclass(frozen=True, slots=True)
class CheckedFiles:
    """What files say: the knowledge, or all that is wrong with them."""

    knowledge: Knowledge | None
    problems: tuple[Problem, ...]


_readings: OrderedDict[str, CheckedFiles] = OrderedDict()
_lock = threading.Lock()


def read(files: Files) -> CheckedFiles:
    """What the files would say as a folder."""
    name = digest(files)
    with _lock:
        if name in _readings:
            _readings.move_to_end(name)
            return _readings[name]
    reading = CheckedFiles(*read_files(files, THE_FOLDER))
    with _lock:
        _readings[name] = reading
        while len(_readings) > _KEPT:
            _readings.popitem(last=False)
    return reading


def check_file(files: Files, name: str, text: str) -> tuple[Problem, ...]:
    """What is wrong with a file of this text, and what it newly breaks in others; its own first."""
    before = read(files).problems
    after = read_files({**files, name: text.encode()}, THE_FOLDER)[1]
    own = [problem for problem in after if problem.file == name]
    return (*own, *(problem for problem in _new(before, after) if problem.file != name))


def check_entry(
    files: Files, name: str, entry_id: str | None, entry: EntryText
) -> tuple[FieldProblem, ...]:
    """What is wrong with an entry, by the field to fix; what it breaks elsewhere has no field."""
    text = draft.text_of(files.get(name, b""))
    try:
        changed = entries.write_entry(text, entry_id, entry)
    except EditError as error:
        return error.slips
    after = read_files({**files, name: changed.encode()}, THE_FOLDER)[1]
    within, others = _part(changed, name, entry.id, after)
    elsewhere = _new(read(files).problems, others)
    return (
        *within,
        *(FieldProblem("", f"{told.file}: {told.message}", told.fix) for told in elsewhere),
    )


def saved_slips(files: Files, name: str, entry_id: str) -> tuple[FieldProblem, ...]:
    """What is wrong with an entry as it stands in the files."""
    problems = read(files).problems
    text = draft.text_of(files.get(name, b""))
    return tuple(_part(text, name, entry_id, problems)[0]) if problems else ()


def _new(before: Iterable[Problem], after: Iterable[Problem]) -> list[Problem]:
    """The problems that were not there before; that their lines have moved makes none new."""
    known = {(problem.file, problem.message) for problem in before}
    return [problem for problem in after if (problem.file, problem.message) not in known]


def _part(
    text: str, name: str, entry_id: str, problems: Iterable[Problem]
) -> tuple[list[FieldProblem], list[Problem]]:
    """The entry's own problems, each with its field, and those of everything else."""
    role = role_of(name)
    kinds = parse(text.split("\n"), role, Diagnostics(name)).kinds
    lines = _lines(text, role, entry_id)
    within, others = [], []
    for problem in problems:
        if problem.file == name and problem.line in lines:
            field = _field(kinds[problem.line - 1], problem.message)
            within.append(FieldProblem(field, problem.message, problem.fix))
        else:
            others.append(problem)
    return within, others


def _lines(text: str, role: Role, entry_id: str) -> set[int]:
    return {
        line
        for block in entries.blocks(text, role)
        if block.id == entry_id
        for line in range(block.line, block.line + block.text.rstrip().count("\n") + 1)
    }


def _field(kind: LineKind, message: str) -> str:
    """What is missing is told at the heading, where there is no line of it."""
    if kind is LineKind.HEADING and "has no quote" in message:
        return "quotes"
    if kind is LineKind.HEADING and ("has no answer" in message or "message for" in message):
        return "answer"
    return _FIELDS.get(kind, "answer")

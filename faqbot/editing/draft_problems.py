"""What is wrong with an entry or a file of the draft, also before it is saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from faqbot.editing import entries
from faqbot.editing.entries import EditError, EntryText, FieldProblem
from faqbot.editing.versions import journal_problems
from faqbot.editing.workspace import Files, text_of
from faqbot.knowledge import Knowledge, Problem, role_of
from faqbot.knowledge.folder import read_files
from faqbot.knowledge.parsed import LineKind
from faqbot.knowledge.parser import parse
from faqbot.knowledge.values import Diagnostics
from faqbot.quality.regression import new_problems

THE_FOLDER = "the knowledge folder"  # instead of a path that means nothing to the reader
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
    """What files say: the knowledge, if they can be used, and all that is wrong with them."""

    knowledge: Knowledge | None
    problems: tuple[Problem, ...]


def read(files: Files, base: Files | None = None) -> CheckedFiles:
    """What the files would say as a folder; of a draft, with what must stay as in its `base`."""
    checked = _read(tuple(sorted(files.items())))
    refused = () if base is None else journal_problems(files, base)
    return replace(checked, problems=(*checked.problems, *refused)) if refused else checked


@lru_cache(maxsize=4)  # since every page of the desk reads the draft
def _read(files: tuple[tuple[str, bytes], ...]) -> CheckedFiles:
    found, problems = read_files(dict(files), THE_FOLDER)
    return CheckedFiles(found, found.warnings if found else problems)


def check_file(
    files: Files, name: str, text: str, base: Files | None = None
) -> tuple[Problem, ...]:
    """What is wrong with a file of this text, then what that newly breaks in others."""
    before = read(files, base).problems
    after = read({**files, name: text.encode()}, base).problems
    own = [problem for problem in after if problem.file == name]
    return (*own, *(problem for problem in new_problems(before, after) if problem.file != name))


def check_entry(
    files: Files, name: str, entry_id: str | None, entry: EntryText
) -> tuple[FieldProblem, ...]:
    """What is wrong with an entry, by the field to fix; what it breaks elsewhere has no field."""
    text = text_of(files.get(name, b""))
    try:
        changed = entries.write_entry(text, entry_id, entry)
    except EditError as error:
        return error.problems
    after = read({**files, name: changed.encode()}).problems
    within, others = _split(changed, name, entry.id, after)
    elsewhere = new_problems(read(files).problems, others)
    return (
        *within,
        *(FieldProblem("", f"{one.file}: {one.message}", one.fix) for one in elsewhere),
    )


def problems_of(files: Files, name: str, entry_id: str) -> tuple[FieldProblem, ...]:
    """What is wrong with an entry as the files have it."""
    problems = read(files).problems
    text = text_of(files.get(name, b""))
    return tuple(_split(text, name, entry_id, problems)[0]) if problems else ()


def _split(
    text: str, name: str, entry_id: str, problems: Iterable[Problem]
) -> tuple[list[FieldProblem], list[Problem]]:
    """The entry's own problems, each with its field, and all others."""
    role = role_of(name)
    kinds = parse(text.split("\n"), role, Diagnostics(name)).kinds
    lines = {
        line
        for block in entries.blocks(text, role)
        if block.id == entry_id
        for line in range(block.line, block.line + block.text.rstrip().count("\n") + 1)
    }
    within, others = [], []
    for problem in problems:
        if problem.file == name and problem.line in lines:
            field = problem.field or _FIELDS.get(kinds[problem.line - 1], "answer")
            within.append(FieldProblem(field, problem.message, problem.fix))
        else:
            others.append(problem)
    return within, others

"""What changes, and what is wrong with it, ready to be shown: with the way to its editor."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from faqbot.editing import changes, entries
from faqbot.editing.changes import Difference, Words
from faqbot.editing.workspace import Files, text_of
from faqbot.knowledge import Problem

AROUND = 12  # words that are shown before and after what changed
LONGEST = 3 * AROUND  # words; a longer stretch that stayed the same is cut

words = changes.word_changes


@dataclass(frozen=True, slots=True)
class Located:
    """A problem, and where it can be fixed; `file` and `entry_id` are empty where unknown."""

    message: str
    fix: str
    file: str
    line: int
    entry_id: str


def shown(old: Files, new: Files) -> list[Difference]:
    """The changes, their long texts cut to what changed."""
    return [replace(one, words=excerpt(one.words)) for one in changes.differences(old, new)]


def excerpt(words: Words) -> Words:
    """The same without the middle of long stretches that stayed as they were."""
    last = len(words) - 1
    return tuple(
        (op, _cut(text, first=i == 0, last=i == last) if op == "same" else text)
        for i, (op, text) in enumerate(words)
    )


def _cut(text: str, *, first: bool, last: bool) -> str:
    said = text.split(" ")
    if len(said) <= LONGEST:
        return text
    start = "" if first else " ".join(said[:AROUND])
    end = "" if last else " ".join(said[-AROUND:])
    return f"{start} … {end}"


def located(problems: Iterable[Problem], files: Files) -> list[Located]:
    """The problems in the draft's files, each with the entry that it is in."""
    found = list(problems)
    names = {problem.file for problem in found if problem.file.endswith(".md")}
    blocks = {name: entries.blocks(text_of(files[name])) for name in names if name in files}
    return [_located(problem, files, blocks.get(problem.file, ())) for problem in found]


def _located(problem: Problem, files: Files, blocks: Sequence[entries.Block]) -> Located:
    file = problem.file if problem.file in files else ""
    entry_id = _entry_at(blocks, problem.line)
    return Located(problem.message, problem.fix, file, problem.line, entry_id)


def _entry_at(blocks: Sequence[entries.Block], line: int) -> str:
    """The id of the entry that the line is in; of no entry before the first."""
    workspace = bisect_right(blocks, line, key=lambda block: block.line)
    return blocks[workspace - 1].id if workspace else ""

"""Answers: lists all entries of the draft with what is known of each, and searches them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import request

from faqbot.bot import Bot
from faqbot.editing import entries
from faqbot.editing.draft import Draft
from faqbot.editing.draft_problems import CheckedFiles
from faqbot.editing.entries import Block
from faqbot.editing.workspace import Files, text_of
from faqbot.journal import KEEP_DAYS, Journal, JournalError
from faqbot.knowledge import Entry, Problem, Role
from faqbot.knowledge.answer import Answer, render
from faqbot.knowledge.parsed import Line
from faqbot.knowledge.snapshot import OFFICE, role_of
from faqbot.knowledge.values import Diagnostics
from faqbot.quality import advice, readability
from faqbot.quality.advice import Due
from faqbot.text import normalize

from . import context
from .context import desk

MIN_MATCH_PROBABILITY = 0.05  # the probability from which the matcher's entry is shown
MAX_MATCHES = 8  # at the most, of the matcher
MAX_PARAMETER_LENGTH = 1000  # characters taken from each query parameter
TITLES = {
    OFFICE: "Our office",
    "call-the-office.md": "Only the office can answer",
    "emergencies.md": "Emergencies",
    "small-talk.md": "Small talk",
}


@dataclass(frozen=True, slots=True)
class LocatedProblem:
    """A problem, and where it can be fixed; `file` and `entry_id` are empty where unknown."""

    message: str
    fix: str
    file: str
    line: int
    entry_id: str


@dataclass(frozen=True, slots=True)
class Use:
    """How often an entry was shown, and how visitors found it."""

    times_shown: int = 0
    helpful: int = 0
    judged: int = 0  # how many visitors said whether it helped


@dataclass(frozen=True, slots=True)
class Summary:
    """What the list says of an entry."""

    id: str
    question: str
    file: str
    phrasings: tuple[str, ...]
    quote: str  # the first one
    reading_level: str  # how hard the answer is to read, in words
    use: Use
    due: Due | None
    state: str  # "new", "changed" or "", against what is live
    problems: int


@desk.get("/answers")
def answers() -> str:
    """Show all, or what was found."""
    service, typed = context.service(), request.args.get("q", "").strip()[:MAX_PARAMETER_LENGTH]
    listed = summaries(context.draft(), context.checked(), service.journal)
    return context.render(
        "answers.html",
        typed=typed,
        found=find(listed, typed, service.bot) if typed else None,
        titles=titles(),
        listed=listed,
        counted=service.journal is not None,
        others=[name for name in sorted(context.draft().files) if not name.endswith(".md")],
    )


def summaries(draft: Draft, checked: CheckedFiles, journal: Journal | None) -> list[Summary]:
    """Every entry of the draft, in the order of the files."""
    used, due = uses(journal), dues(checked)
    wrong = Counter((one.file, one.entry_id) for one in located(checked.problems, draft.files))
    known = {entry.id: entry for entry in checked.knowledge.entries} if checked.knowledge else {}
    live = {block.id: block.text.strip() for _, block in all_blocks(draft.base)}
    found = []
    for file, block in all_blocks(draft.files):
        # Parsed by itself where the files do not load as a whole.
        entry = known.get(block.id) or entries.read_entry(block.text, block.id, role_of(file))
        text = entry.text if isinstance(entry, Entry) else rendered(entry.answer).text
        is_live = live.get(block.id) == block.text.strip()
        found.append(
            Summary(
                id=block.id,
                question=block.question,
                file=file,
                phrasings=entry.phrasings,
                quote=entry.quotes[0] if entry.quotes else "",
                reading_level=reading_level(text) if role_of(file) is Role.ANSWER else "",
                use=used.get(block.id, Use()),
                due=due.get(block.id),
                state="" if is_live else "changed" if block.id in live else "new",
                problems=wrong[file, block.id],
            )
        )
    return found


def find(listed: Sequence[Summary], typed: str, bot: Bot) -> list[Summary]:
    """Entries that contain the words, and entries that the matcher finds; best first."""
    needle = normalize(typed)
    shares = {one.id: _share(needle, one) for one in listed}
    by_id = {one.id: one for one in listed}
    in_question = [
        i for i, one in by_id.items() if needle in normalize(one.question) or needle in i
    ]
    in_phrasings = sorted(filter(shares.__getitem__, by_id), key=lambda i: -shares[i])
    ids = dict.fromkeys((*in_question, *_meant(typed, bot), *in_phrasings))
    return [by_id[i] for i in ids if i in by_id]


def titles() -> dict[str, str]:
    """What people call each file of entries: the title in it, or what it is for."""
    files = context.draft().files
    return {name: _title(name, text_of(files[name])) for name in entry_files(files)}


def entry_files(files: Files) -> list[str]:
    """The names of those that hold entries: the pages' first, then the others."""
    return sorted((n for n in files if n.endswith(".md")), key=lambda n: (n in TITLES, n))


def all_blocks(files: Files) -> list[tuple[str, Block]]:
    """Every entry, with the name of its file."""
    names = entry_files(files)
    return [(name, block) for name in names for block in blocks_in(files, name) if block.id]


def blocks_in(files: Files, name: str) -> tuple[Block, ...]:
    """The entries of one of the files, also those without an id; of none that holds no entries."""
    return _blocks(name, files.get(name, b"")) if name.endswith(".md") else ()


@lru_cache(maxsize=16)  # files of 200 kB take 30 ms, and each page needs them all
def _blocks(name: str, data: bytes) -> tuple[Block, ...]:
    return tuple(entries.blocks(text_of(data), role_of(name)))


def located(problems: Iterable[Problem], files: Files) -> list[LocatedProblem]:
    """The problems in some files, each with the entry that it is in."""
    return [_located(problem, files) for problem in problems]


def _located(problem: Problem, files: Files) -> LocatedProblem:
    file = problem.file if problem.file in files else ""
    blocks = blocks_in(files, file)
    after = bisect_right(blocks, problem.line, key=lambda block: block.line)
    entry_id = blocks[after - 1].id if after else ""  # of no entry before the first
    return LocatedProblem(problem.message, problem.fix, file, problem.line, entry_id)


def uses(journal: Journal | None) -> dict[str, Use]:
    """How each entry was used lately, by its id; empty without a journal."""
    counted: Counter[tuple[str, str]] = Counter()
    try:
        counts = journal.counts(KEEP_DAYS) if journal else ()
    except JournalError:  # a list of answers is of use also while the journal's database is away
        counts = ()
    for count in counts:
        counted[count.entry, count.kind] += count.number
    return {
        entry: Use(
            counted[entry, "answer"] + counted[entry, "office"] + counted[entry, "emergency"],
            counted[entry, "helpful"],
            counted[entry, "helpful"] + counted[entry, "not helpful"],
        )
        for entry, _ in counted
    }


def dues(checked: CheckedFiles) -> dict[str, Due]:
    """When each entry is to be read again, by its id; empty while the files have problems."""
    found = advice.due(checked.knowledge, context.today()) if checked.knowledge else ()
    return {due.entry.id: due for due in found}


def reading_level(text: str) -> str:
    """How hard a text is to read, in words; "" where it has none."""
    return readability.in_words(readability.grade(text)) if text else ""


def rendered(markdown: str) -> Answer:
    """An answer as it was typed, as HTML and as plain text."""
    lines = [Line(number, text) for number, text in enumerate(markdown.split("\n"), 1)]
    return render(lines, Diagnostics(""))


def _share(needle: str, one: Summary) -> float:
    """The share of an entry's phrasings that contain the words."""
    holding = sum(needle in normalize(line) for line in one.phrasings)
    return holding / len(one.phrasings) if one.phrasings else 0.0


def _meant(typed: str, bot: Bot) -> list[str]:
    danger = bot.danger(typed)
    likely = [m for m in bot.rank(typed)[:MAX_MATCHES] if m.probability >= MIN_MATCH_PROBABILITY]
    return [*([danger.id] if danger else []), *(m.entry.id for m in likely)]


def _title(name: str, text: str) -> str:
    first = text.lstrip("\ufeff\n ").partition("\n")[0]
    own = first.removeprefix("# ").strip() if first.startswith("# ") else ""
    return TITLES.get(name) or own or name.removesuffix(".md").replace("-", " ").capitalize()

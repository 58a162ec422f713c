"""All entries of the draft, in a row each, and finding some of them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from faqbot.editing import entries
from faqbot.editing.draft import Draft
from faqbot.editing.entries import Block
from faqbot.editing.workspace import text_of
from faqbot.journal import JournalError
from faqbot.knowledge import Role
from faqbot.knowledge.answer import render
from faqbot.knowledge.parsed import Line
from faqbot.knowledge.snapshot import OFFICE, role_of
from faqbot.knowledge.values import Diagnostics
from faqbot.quality import readability, reviews
from faqbot.text import normalize

from . import times

if TYPE_CHECKING:
    from faqbot.bot import Bot
    from faqbot.editing.checking import CheckedFiles
    from faqbot.journal import Count, Journal
    from faqbot.quality.reviews import Due

DAYS = 90  # that "how often asked" looks back
LIKELY = 0.05  # the probability from which the matcher's entry is shown
CANDIDATES = 8  # at the most, of the matcher
TITLES = {
    OFFICE: "Our office",
    "call-the-office.md": "Only the office can answer",
    "emergencies.md": "Emergencies",
    "small-talk.md": "Small talk",
}


@dataclass(frozen=True, slots=True)
class Use:
    """How often an entry was shown, and how visitors found it."""

    asked: int = 0
    helpful: int = 0
    unhelpful: int = 0

    @property
    def judged(self) -> int:
        """How many visitors said whether it helped."""
        return self.helpful + self.unhelpful


@dataclass(frozen=True, slots=True)
class Row:
    """What the list says of an entry."""

    id: str
    question: str
    file: str
    role: Role
    phrasings: tuple[str, ...]
    quote: str  # the first one
    grade: float  # how many years of school the answer asks for; 0 where it has no words
    use: Use
    due: Due | None
    state: str  # "new", "changed" or "", against what is live
    problems: int

    @property
    def reading(self) -> str:
        """The grade in words."""
        return readability.in_words(self.grade) if self.grade else ""


def rows(draft: Draft, reading: CheckedFiles, journal: Journal | None) -> list[Row]:
    """Every entry of the draft, in the order of the files."""
    about = _About(draft, reading, journal)
    return [
        about.row(name, block)
        for name, text in entry_files(draft).items()
        for block in blocks(name, text)
        if block.id
    ]


def find(rows: Sequence[Row], typed: str, bot: Bot) -> list[Row]:
    """Those that the words stand in, and those that the matcher thinks are meant; best first."""
    needle = normalize(typed)
    in_question = [r for r in rows if needle in normalize(r.question) or needle in r.id]
    shares = {row.id: _share(needle, row) for row in rows}
    in_phrasings = sorted((r for r in rows if shares[r.id]), key=lambda r: -shares[r.id])
    by_id = {row.id: row for row in rows}
    meant = [by_id[i] for i in _meant(typed, bot) if i in by_id]
    found = {row.id: row for row in (*in_question, *meant, *in_phrasings)}
    return list(found.values())


def titles(draft: Draft) -> dict[str, str]:
    """What people call each file of entries: the title in it, or what it is for."""
    return {name: _title(name, text) for name, text in entry_files(draft).items()}


def entry_files(draft: Draft) -> dict[str, str]:
    """The files that hold entries, as text: the pages' first, then the others."""
    names = sorted((n for n in draft.files if n.endswith(".md")), key=lambda n: (n in TITLES, n))
    return {name: text_of(draft.files[name]) for name in names}


@lru_cache(maxsize=16)  # files of 200 kB take 30 ms, and each page needs them all
def blocks(name: str, text: str) -> tuple[Block, ...]:
    """The entries of a file of this name and text."""
    return tuple(entries.blocks(text, role_of(name)))


def uses(journal: Journal | None, days: int = DAYS) -> dict[str, Use]:
    """How each entry was used lately, by its id; empty without a journal."""
    counted: Counter[tuple[str, str]] = Counter()
    for count in _counts(journal, days):
        counted[count.entry, count.kind] += count.number
    return {
        entry: Use(
            counted[entry, "answer"] + counted[entry, "office"] + counted[entry, "emergency"],
            counted[entry, "helpful"],
            counted[entry, "not helpful"],
        )
        for entry, _ in counted
    }


def _counts(journal: Journal | None, days: int) -> Sequence[Count]:
    """A list of answers is of use also while the journal's database is away."""
    try:
        return journal.counts(days) if journal else ()
    except JournalError:
        return ()


def dues(reading: CheckedFiles) -> dict[str, Due]:
    """When each entry is to be read again, by its id; empty while the files have problems."""
    if reading.knowledge is None:
        return {}
    today = times.today(reading.knowledge.practice)
    return {due.entry.id: due for due in reviews.due(reading.knowledge, today)}


def plain(markdown: str) -> str:
    """The words of an answer, without marks."""
    return render(body(markdown), Diagnostics("")).text


def body(markdown: str) -> list[Line]:
    """An answer's lines, as the renderer takes them."""
    return [Line(number, text) for number, text in enumerate(markdown.split("\n"), 1)]


class _About:
    """Looks up what a row says beside the entry's own words."""

    def __init__(self, draft: Draft, reading: CheckedFiles, journal: Journal | None) -> None:
        known = reading.knowledge.entries if reading.knowledge else ()
        self.entries = {entry.id: entry for entry in known}
        self.uses = uses(journal)
        self.dues = dues(reading)
        self.problems = _lines_with_problems(reading)
        self.live = {
            block.id: block.text
            for name, data in draft.base.items()
            if name.endswith(".md")
            for block in blocks(name, text_of(data))
        }

    def row(self, name: str, block: Block) -> Row:
        phrasings, quotes, words = self._words(name, block)
        role = role_of(name)
        return Row(
            id=block.id,
            question=block.question,
            file=name,
            role=role,
            phrasings=phrasings,
            quote=quotes[0] if quotes else "",
            grade=readability.grade(words) if role is Role.ANSWER else 0.0,
            use=self.uses.get(block.id, Use()),
            due=self.dues.get(block.id),
            state=self._state(block),
            problems=self._count_problems(name, block),
        )

    def _words(self, name: str, block: Block) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """Phrasings, quotes and answer; read anew where the files do not load as a whole."""
        if entry := self.entries.get(block.id):
            return entry.phrasings, entry.quotes, entry.text
        fields = entries.read_entry(block.text, block.id, role_of(name))
        return fields.phrasings, fields.quotes, plain(fields.answer)

    def _state(self, block: Block) -> str:
        if block.id not in self.live:
            return "new"
        return "" if self.live[block.id].strip() == block.text.strip() else "changed"

    def _count_problems(self, name: str, block: Block) -> int:
        wrong = self.problems.get(name, ())
        end = block.line + block.text.rstrip().count("\n") + 1
        return bisect_left(wrong, end) - bisect_left(wrong, block.line)


def _lines_with_problems(reading: CheckedFiles) -> dict[str, list[int]]:
    """The lines of each file's problems, in order."""
    found: dict[str, list[int]] = {}
    for problem in reading.problems:
        found.setdefault(problem.file, []).append(problem.line)
    return {name: sorted(lines) for name, lines in found.items()}


def _share(needle: str, row: Row) -> float:
    """In which part of an entry's phrasings the words stand."""
    holding = sum(needle in normalize(line) for line in row.phrasings)
    return holding / len(row.phrasings) if row.phrasings else 0.0


def _meant(typed: str, bot: Bot) -> list[str]:
    danger = bot.danger(typed)
    likely = [m for m in bot.rank(typed)[:CANDIDATES] if m.probability >= LIKELY]
    return [*([danger.id] if danger else []), *(m.entry.id for m in likely)]


def _title(name: str, text: str) -> str:
    first = text.lstrip("\ufeff\n ").partition("\n")[0]
    own = first.removeprefix("# ").strip() if first.startswith("# ") else ""
    return TITLES.get(name) or own or name.removesuffix(".md").replace("-", " ").capitalize()

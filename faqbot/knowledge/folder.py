"""A knowledge folder, read as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from faqbot.knowledge.fields import read_page_info
from faqbot.knowledge.glossary import read_glossary
from faqbot.knowledge.page import Page
from faqbot.knowledge.parsed import ParsedEntry
from faqbot.knowledge.parser import parse
from faqbot.knowledge.practice import read_practice
from faqbot.knowledge.snapshot import Snapshot, digest, lines_of, role_of, take_snapshot, text_of
from faqbot.knowledge.strings import slug, suggest
from faqbot.knowledge.tables import Table, read_examples, read_synonyms, read_table
from faqbot.knowledge.validation import Checked, Context, check, check_together, refuse_unknown_id
from faqbot.knowledge.values import (
    KINDS,
    Example,
    Knowledge,
    KnowledgeError,
    PageInfo,
    Practice,
    Problem,
    Role,
)

_PRACTICE, _SYNONYMS, _EXAMPLES = "practice.toml", "synonyms.toml", "examples.jsonl"
_GLOSSARY = "glossary.toml"
_MAY_BE_EMPTY = (_SYNONYMS, _EXAMPLES, _GLOSSARY)


def load(folder: Path | str) -> Knowledge:
    """The folder's knowledge; raises KnowledgeError with every problem where there is one."""
    knowledge, problems = read(folder)
    if knowledge is None:
        raise KnowledgeError(problems)
    return knowledge


def read(folder: Path | str) -> tuple[Knowledge | None, tuple[Problem, ...]]:
    """The folder's knowledge, or None and every problem in it, sorted; never raises.

    Where the folder can be used, its warnings are in the knowledge, else among the problems.
    All is read as of one moment: from before a publish, or from after it.
    """
    return _read(take_snapshot(Path(folder)))


def read_files(
    files: Mapping[str, bytes], folder: Path | str = ""
) -> tuple[Knowledge | None, tuple[Problem, ...]]:
    """As `read`, of files that need not be on disk: name relative to `folder` -> bytes."""
    return _read(Snapshot(Path(folder), dict(files)))


def _read(snapshot: Snapshot) -> tuple[Knowledge | None, tuple[Problem, ...]]:
    knowledge = None if snapshot.refused else _FolderReader(snapshot).read()
    if not snapshot.problems:
        return knowledge, ()
    return None, tuple(sorted({*snapshot.problems, *snapshot.warnings}))


class _FolderReader:
    """Reads the files of one snapshot, whose diagnostics it adds to."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.diagnostics_for = snapshot.diagnostics_for
        self.texts: dict[str, str | None] = dict.fromkeys(snapshot.names)
        self.practice: Practice | None = None
        self.table: Table | None = None  # of practice.toml
        self.checked: list[Checked] = []
        self.page_infos: dict[str, PageInfo] = {}
        self.sources: dict[str, str] = {}
        self.complete = True  # whether all files of entries could be read

    def read(self) -> Knowledge | None:
        for name, data in self.snapshot.files.items():
            self.texts[name] = text = text_of(data, self.diagnostics_for(name))
            if text is not None and not text.strip() and name not in _MAY_BE_EMPTY:
                self.diagnostics_for(name).add(
                    0, "This file is empty.", "Write something in it, or remove it."
                )
        self._read_practice()
        self._read_entries()
        examples = read_examples(self._text(_EXAMPLES), self.diagnostics_for(_EXAMPLES))
        synonyms = read_synonyms(self._text(_SYNONYMS), self.diagnostics_for(_SYNONYMS))
        pages = self.sources.values()
        glossary = read_glossary(self._text(_GLOSSARY), pages, self.diagnostics_for(_GLOSSARY))
        self._check_together(examples)
        if self.practice is None:
            return None
        return Knowledge(
            practice=self.practice,
            entries=tuple(one.entry for one in self.checked),
            synonyms=synonyms,
            sources=self.sources,
            page_infos=self.page_infos,
            examples=examples,
            glossary=glossary,
            warnings=self.snapshot.warnings,
            digest=digest(self.snapshot.files),
            folder=self.snapshot.folder,
        )

    def _text(self, name: str) -> str:
        return self.texts.get(name) or ""

    def _stems(self) -> list[str]:
        return [name.removesuffix(".md") for name in self.texts if name.endswith(".md")]

    def _read_practice(self) -> None:
        if _PRACTICE not in self.texts:
            fix = "Write it, with the practice's name and phone numbers."
            self.diagnostics_for(_PRACTICE).add(0, "This file is missing.", fix)
        if self._text(_PRACTICE).strip():
            self.table = read_table(self._text(_PRACTICE), self.diagnostics_for(_PRACTICE))
            self.practice = read_practice(self.table) if self.table else None

    # files of entries

    def _read_entries(self) -> None:
        self.sources = {
            name.removeprefix("sources/").removesuffix(".txt"): text
            for name, text in self.texts.items()
            if name.startswith("sources/") and text is not None
        }
        for stem in self._stems():
            self._read_file(stem)

    def _read_file(self, stem: str) -> None:
        name = f"{stem}.md"
        role, diagnostics, text = role_of(name), self.diagnostics_for(name), self._text(name)
        if not text.strip():
            self.complete = False
            return
        parsed = parse(lines_of(text), role, diagnostics)
        info = read_page_info(parsed, role, diagnostics)
        if role is Role.ANSWER:
            self.page_infos[stem] = info
        elif not parsed.entries:
            fix = "Write one: ## Where are you?"
            diagnostics.add(0, "There is no question in this file.", fix)
        context = self._context(stem, role, info.pack, has_entries=bool(parsed.entries))
        _qualify(parsed.entries, {one.entry.id for one in self.checked}, stem)
        checked = [check(entry, context) for entry in parsed.entries if entry.id]
        self.complete &= bool(checked) or (role is Role.ANSWER and not parsed.entries)
        self.checked += checked

    def _context(self, stem: str, role: Role, pack: str, *, has_entries: bool) -> Context:
        page_file, text = f"sources/{stem}.txt", self.sources.get(stem)
        if role is Role.ANSWER and has_entries and page_file not in self.texts:
            message = f"The text of the page is missing: {page_file}."
            fix = "Copy the words of the page from the browser into a text file of this name."
            self.diagnostics_for(f"{stem}.md").add(0, message, fix)
        page = Page(text) if text and role is Role.ANSWER else None
        return Context(
            role, self.diagnostics_for(f"{stem}.md"), page, page_file, self.practice, pack
        )

    # what must agree

    def _check_together(self, examples: Sequence[Example]) -> None:
        if not self._stems():
            message = "There are no questions in this folder."
            fix = "Write a file that ends in .md, with a question in it: ## Where are you?"
            self.diagnostics_for(str(self.snapshot.folder)).add(0, message, fix)
        answered = self.practice.answers if self.practice else ()
        check_together(self.checked, answered, complete=self.complete)
        if not self.complete:
            return
        ids = [*(one.entry.id for one in self.checked), *answered]
        if self.practice and self.table:
            self._check_practice(self.practice, self.table, dict.fromkeys(ids))
        known = dict.fromkeys([*ids, *KINDS])
        for example in examples:
            for id in example.accept:
                what, diagnostics = "This example accepts", self.diagnostics_for(_EXAMPLES)
                refuse_unknown_id(id, example.line, known, what, diagnostics)

    def _check_practice(self, practice: Practice, table: Table, known: Collection[str]) -> None:
        for id in practice.starters:
            line = table.line("starters")
            refuse_unknown_id(id, line, known, "“starters” names", table.diagnostics)
        pages, stems = table.section("pages"), self._stems()
        for stem in practice.pages:
            if pages and stem not in stems:
                message = f"[pages] names “{stem}”, but there is no file {stem}.md."
                pages.report(stem, message, suggest(stem, stems, "Remove the line."))


def _qualify(entries: Iterable[ParsedEntry], taken: Collection[str], stem: str) -> None:
    """Put the page's name before ids that two pages' headings would both make."""
    for entry in entries:
        if entry.made and entry.id in taken:
            entry.id = f"{slug(stem)}-{entry.id}"

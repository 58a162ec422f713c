"""A knowledge folder, read as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from faqbot.knowledge.diagnostics import Diagnostics
from faqbot.knowledge.parsed import Draft
from faqbot.knowledge.parser import read_frame
from faqbot.knowledge.snapshot import Snapshot, digest, role_of, take_snapshot

from .examples import KINDS, read_examples
from .files import lines_of, text_of
from .head import read_head
from .page import Page
from .practice import read_practice
from .rules import Checked, Setting, check, check_together, refuse_unknown_id
from .synonyms import read_synonyms
from .tables import KeyLines
from .values import Entry, Example, Head, Knowledge, KnowledgeError, Practice, Problem, Role
from .wording import nearest, slug

_MAY_BE_EMPTY = ("synonyms.toml", "examples.jsonl")


def load(folder: Path | str) -> Knowledge:
    """The folder's knowledge; raises KnowledgeError with every problem when there is one."""
    knowledge, problems = read(folder)
    if knowledge is None:
        raise KnowledgeError(problems)
    return knowledge


def read(folder: Path | str) -> tuple[Knowledge | None, tuple[Problem, ...]]:
    """The folder's knowledge, or None and every problem in it, sorted; never raises.

    What is read is of one moment: all from before a publish, or all from after it.
    """
    return _read(take_snapshot(Path(folder)))


def read_files(
    files: Mapping[str, bytes], folder: Path | str = ""
) -> tuple[Knowledge | None, tuple[Problem, ...]]:
    """As `read`, of files that need not be on disk: name relative to `folder` -> bytes."""
    return _read(Snapshot(Path(folder), dict(files)))


def _read(snapshot: Snapshot) -> tuple[Knowledge | None, tuple[Problem, ...]]:
    reading = _Reading(snapshot)
    knowledge = reading.read()
    problems = tuple(sorted(set(reading.problems()), key=_place))
    return (None if problems else knowledge), problems


def _place(problem: Problem) -> tuple[str, int, str, str]:
    return problem.file, problem.line, problem.message, problem.fix


def _qualify(drafts: Iterable[Draft], taken: Collection[str], name: str) -> None:
    """Put the page's name before ids that two pages' headings would both make."""
    for draft in drafts:
        if draft.made and draft.id in taken:
            draft.id = f"{slug(name.removesuffix('.md'))}-{draft.id}"


class _Reading:
    """One reading of a folder: its files' texts, and the notes on each of them."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.diagnostics = snapshot.diagnostics
        self.texts: dict[str, str | None] = dict.fromkeys(snapshot.names)
        self.unasked: set[str] = set()  # pages' files without a question

    def problems(self) -> list[Problem]:
        return [
            problem for diagnostics in self.diagnostics.values() for problem in diagnostics.problems
        ]

    def read(self) -> Knowledge | None:
        if self.snapshot.refused:
            return None
        for name, data in self.snapshot.files.items():
            self.texts[name] = text_of(data, self._on(name))
        self._refuse_empty()
        practice, key_lines = self._practice()
        sources = self._sources()
        checked, heads = self._entries(practice, sources)
        examples = read_examples(self._text("examples.jsonl"), self._on("examples.jsonl"))
        synonyms = read_synonyms(self._text("synonyms.toml"), self._on("synonyms.toml"))
        self._check_together(checked, examples, practice, key_lines)
        if practice is None:
            return None
        return Knowledge(
            practice=practice,
            entries=tuple(one.entry for one in checked),
            synonyms=synonyms,
            sources=sources,
            heads=heads,
            examples=examples,
            digest=digest(self.snapshot.files),
            folder=self.snapshot.folder,
        )

    def _on(self, name: str) -> Diagnostics:
        return self.snapshot.on(name)

    def _text(self, name: str) -> str:
        return self.texts.get(name) or ""

    def _refuse_empty(self) -> None:
        for name, text in self.texts.items():
            if text is not None and not text.strip() and name not in _MAY_BE_EMPTY:
                self._on(name).add(0, "This file is empty.", "Write something in it, or remove it.")

    # what is in them

    def _practice(self) -> tuple[Practice | None, KeyLines]:
        name = "practice.toml"
        diagnostics, text = self._on(name), self._text(name)
        if name not in self.texts:
            diagnostics.add(
                0,
                "This file is missing.",
                "Write it, with the practice's name and phone numbers in it.",
            )
        if not text.strip():
            return None, KeyLines("")
        return read_practice(text, diagnostics)

    def _sources(self) -> dict[str, str]:
        return {
            name.removeprefix("sources/").removesuffix(".txt"): text
            for name, text in self.texts.items()
            if name.startswith("sources/") and text is not None
        }

    def _entries(
        self, practice: Practice | None, sources: dict[str, str]
    ) -> tuple[list[Checked], dict[str, Head]]:
        checked: list[Checked] = []
        heads: dict[str, Head] = {}
        for name, text in self.texts.items():
            if name.endswith(".md") and text and text.strip():
                role, diagnostics = role_of(name), self._on(name)
                frame = read_frame(lines_of(text), role, diagnostics)
                head = read_head(frame, role, diagnostics)
                if role is Role.ANSWER:
                    heads[name.removesuffix(".md")] = head
                asked = bool(frame.drafts)
                self.unasked |= set() if asked or role is not Role.ANSWER else {name}
                setting = self._setting(name, practice, sources, head.pack, asked=asked)
                if not frame.drafts and role is not Role.ANSWER:
                    diagnostics.add(
                        0,
                        "There is no question in this file.",
                        "Write one: ## Where are you?",
                    )
                _qualify(frame.drafts, {one.entry.id for one in checked}, name)
                checked += [check(draft, setting) for draft in frame.drafts if draft.id]
        return checked, heads

    def _setting(
        self,
        name: str,
        practice: Practice | None,
        sources: dict[str, str],
        pack: str,
        *,
        asked: bool,
    ) -> Setting:
        role = role_of(name)
        stem = name.removesuffix(".md")
        page_file = f"sources/{stem}.txt"
        diagnostics = self._on(name)
        if role is Role.ANSWER and asked and page_file not in self.texts:
            diagnostics.add(
                0,
                f"The text of the page is missing: {page_file}.",
                "Copy the words of the page from the browser into a text file of this name.",
            )
        page = Page(sources[stem]) if role is Role.ANSWER and sources.get(stem) else None
        return Setting(role, diagnostics, page, page_file, practice, pack)

    # what must agree

    def _check_together(
        self,
        checked: Sequence[Checked],
        examples: Sequence[Example],
        practice: Practice | None,
        key_lines: KeyLines,
    ) -> None:
        files = {name for name in self.texts if name.endswith(".md")}
        if not files:
            self._on(str(self.snapshot.folder)).add(
                0,
                "There are no questions in this folder.",
                "Write a file that ends in .md, with a question in it: ## Where are you?",
            )
        complete = files == {one.diagnostics.file for one in checked} | self.unasked
        told = practice.answers if practice else ()
        check_together(checked, told, complete=complete)
        if not complete:
            return
        if practice:
            self._check_practice(practice, key_lines, [one.entry for one in checked])
        told = practice.answers if practice else ()
        known = dict.fromkeys([*(one.entry.id for one in checked), *told, *KINDS])
        diagnostics = self._on("examples.jsonl")
        for example in examples:
            for accepted in example.accept:
                refuse_unknown_id(
                    accepted, example.line, known, "This example accepts", diagnostics
                )

    def _check_practice(
        self, practice: Practice, key_lines: KeyLines, entries: Sequence[Entry]
    ) -> None:
        diagnostics = self._on("practice.toml")
        known = dict.fromkeys([*(entry.id for entry in entries), *practice.answers])
        for starter in practice.starters:
            line = key_lines.of("starters")
            refuse_unknown_id(starter, line, known, "“starters” names", diagnostics)
        stems = [name.removesuffix(".md") for name in self.texts if name.endswith(".md")]
        for stem in practice.pages:
            if stem not in stems:
                like = nearest(stem, stems)
                diagnostics.add(
                    key_lines.of(stem, "pages"),
                    f"Under [pages] stands “{stem}”, but there is no file {stem}.md.",
                    f"Did you mean “{like}”?" if like else "Remove the line.",
                )

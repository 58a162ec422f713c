"""A knowledge folder, read as a whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from .examples import KINDS, read_examples
from .files import TextFile, leaves, lines_of, read_text
from .frame import read_frame
from .notes import Notes
from .page import Page
from .practice import read_practice
from .rules import Checked, Setting, check, check_together, refuse_unknown_id
from .synonyms import read_synonyms
from .tables import KeyLines
from .values import Entry, Example, Knowledge, KnowledgeError, Practice, Problem, Role
from .wording import nearest

ROLES = {
    "call-the-office.md": Role.OFFICE,
    "emergencies.md": Role.EMERGENCY,
    "small-talk.md": Role.SMALL_TALK,
}
_MAY_BE_EMPTY = ("synonyms.toml", "examples.jsonl")
_TABLES = ("practice.toml", *_MAY_BE_EMPTY)


def load(folder: Path | str) -> Knowledge:
    """The folder's knowledge; raises KnowledgeError with every problem when there is one."""
    knowledge, problems = read(folder)
    if knowledge is None:
        raise KnowledgeError(problems)
    return knowledge


def read(folder: Path | str) -> tuple[Knowledge | None, tuple[Problem, ...]]:
    """The folder's knowledge, or None and every problem in it, sorted; never raises."""
    reading = _Reading(Path(folder))
    knowledge = reading.read()
    problems = tuple(sorted(set(reading.problems()), key=_place))
    return (None if problems else knowledge), problems


def _right_name(name: str) -> str:
    """The name without Windows' hidden ".txt", and in small letters where those matter."""
    bare = name[:-4] if name.lower().endswith((".md.txt", ".toml.txt", ".jsonl.txt")) else name
    if bare.lower() in (*ROLES, *_TABLES):
        return bare.lower()
    return bare[:-3] + ".md" if bare.lower().endswith(".md") else bare


def _place(problem: Problem) -> tuple[str, int, str, str]:
    return problem.file, problem.line, problem.message, problem.mend


class _Reading:
    """One reading of a folder: its files' texts, and the notes on each of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes: dict[str, Notes] = {}
        self.files: dict[str, TextFile] = {}

    def problems(self) -> list[Problem]:
        return [problem for notes in self.notes.values() for problem in notes.problems]

    def read(self) -> Knowledge | None:
        names = self._list()
        if names is None:
            return None
        for name in names:
            self.files[name] = read_text(self.folder / name, self.folder, self._on(name))
        self._refuse_empty()
        practice, key_lines = self._practice()
        sources = self._sources()
        checked = self._entries(practice, sources)
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
            examples=examples,
            digest=self._digest(),
            folder=self.folder,
        )

    def _on(self, name: str) -> Notes:
        return self.notes.setdefault(name, Notes(name.encode("utf-8", "replace").decode()))

    def _text(self, name: str) -> str:
        file = self.files.get(name)
        return (file.text if file else None) or ""

    def _digest(self) -> str:
        """Over names and bytes, each with its length, so that no two folders look the same."""
        whole = hashlib.sha256()
        for name in sorted(self.files, key=os.fsencode):
            for part in (os.fsencode(name), self.files[name].data):
                whole.update(len(part).to_bytes(8, "big") + part)
        return whole.hexdigest()

    # which files there are

    def _list(self) -> list[str] | None:
        try:
            names = [name for name in os.listdir(self.folder) if self._is_ours(name)]
        except FileNotFoundError:
            self._refuse("This folder does not exist.", "Check how its name is written.")
        except NotADirectoryError:
            self._refuse("This is a file, not a folder.", "Name the folder that the file is in.")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "its name cannot be used"
            self._refuse(f"This folder cannot be opened ({reason}).", "Check who may read it.")
        else:
            return sorted(names) + self._list_sources()
        return None

    def _refuse(self, message: str, mend: str) -> None:
        self._on(str(self.folder)).tell(0, message, mend)

    def _is_ours(self, name: str) -> bool:
        if name.startswith((".", "~")):
            return False
        if (right := _right_name(name)) != name:
            self._on(name).tell(
                0, "This file is not read, because of its name.", f"Rename it to {right}"
            )
            return False
        return name.endswith(".md") or name in _TABLES

    def _list_sources(self) -> list[str]:
        sources = self.folder / "sources"
        try:
            if sources.is_symlink() and leaves(sources, self.folder):
                self._on("sources").tell(
                    0,
                    "This is a link to a folder outside of the knowledge folder.",
                    "Put the folder itself here instead.",
                )
                return []
            names = os.listdir(sources)
        except FileNotFoundError:
            return []
        except (OSError, RuntimeError):
            self._on("sources").tell(
                0,
                "“sources” cannot be opened as a folder.",
                "Make a folder of this name, with the page's text in it.",
            )
            return []
        visible = sorted(name for name in names if name[0] not in ".~")
        return [f"sources/{name}" for name in visible if name.endswith(".txt")]

    def _refuse_empty(self) -> None:
        for name, file in self.files.items():
            if file.text is not None and not file.text.strip() and name not in _MAY_BE_EMPTY:
                self._on(name).tell(
                    0, "This file is empty.", "Write something in it, or remove it."
                )

    # what is in them

    def _practice(self) -> tuple[Practice | None, KeyLines]:
        name = "practice.toml"
        notes, text = self._on(name), self._text(name)
        if name not in self.files:
            notes.tell(
                0,
                "This file is missing.",
                "Write it, with the practice's name and phone numbers in it.",
            )
        if not text.strip():
            return None, KeyLines("")
        return read_practice(text, notes)

    def _sources(self) -> dict[str, str]:
        return {
            name.removeprefix("sources/").removesuffix(".txt"): file.text
            for name, file in self.files.items()
            if name.startswith("sources/") and file.text is not None
        }

    def _entries(self, practice: Practice | None, sources: dict[str, str]) -> list[Checked]:
        checked: list[Checked] = []
        for name, file in self.files.items():
            if name.endswith(".md") and file.text is not None and file.text.strip():
                setting = self._setting(name, practice, sources)
                drafts = read_frame(lines_of(file.text), setting.role, setting.notes)
                if not drafts:
                    setting.notes.tell(
                        0,
                        "There is no question in this file.",
                        "Write one: ## Where are you?",
                    )
                checked += [check(draft, setting) for draft in drafts if draft.id]
        return checked

    def _setting(self, name: str, practice: Practice | None, sources: dict[str, str]) -> Setting:
        role = ROLES.get(name, Role.ANSWER)
        stem = name.removesuffix(".md")
        page_file = f"sources/{stem}.txt"
        notes = self._on(name)
        if role is Role.ANSWER and page_file not in self.files:
            notes.tell(
                0,
                f"The text of the page is missing: {page_file}.",
                "Copy the words of the page from the browser into a text file of this name.",
            )
        page = Page(sources[stem]) if role is Role.ANSWER and sources.get(stem) else None
        return Setting(role, notes, page, page_file, practice)

    # what must agree

    def _check_together(
        self,
        checked: Sequence[Checked],
        examples: Sequence[Example],
        practice: Practice | None,
        key_lines: KeyLines,
    ) -> None:
        files = {name for name in self.files if name.endswith(".md")}
        if not files:
            self._refuse(
                "There are no questions in this folder.",
                "Write a file that ends in .md, with a question in it: ## Where are you?",
            )
        complete = files == {one.notes.file for one in checked}
        check_together(checked, complete=complete)
        if not complete:
            return
        if practice:
            self._check_practice(practice, key_lines, [one.entry for one in checked])
        known = dict.fromkeys([*(one.entry.id for one in checked), *KINDS])
        notes = self._on("examples.jsonl")
        for example in examples:
            for accepted in example.accept:
                refuse_unknown_id(accepted, example.line, known, "This example accepts", notes)

    def _check_practice(
        self, practice: Practice, key_lines: KeyLines, entries: Sequence[Entry]
    ) -> None:
        notes = self._on("practice.toml")
        known = dict.fromkeys(entry.id for entry in entries)
        for starter in practice.starters:
            line = key_lines.of("starters")
            refuse_unknown_id(starter, line, known, "“starters” names", notes)
        stems = [name.removesuffix(".md") for name in self.files if name.endswith(".md")]
        for stem in practice.pages:
            if stem not in stems:
                like = nearest(stem, stems)
                notes.tell(
                    key_lines.of(stem, "pages"),
                    f"Under [pages] stands “{stem}”, but there is no file {stem}.md.",
                    f"Did you mean “{like}”?" if like else "Remove the line.",
                )

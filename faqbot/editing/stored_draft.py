"""The draft as it lies on disk, in `.faqbot/draft`: one for the practice, shared by all.

`base` is the folder as it was when the draft began, `files` as it will be, `draft.json` who did
what. Each file is replaced whole, and what was done is noted last.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from faqbot.editing import disk
from faqbot.editing.workspace import DeskError, Files, Workspace, read_files
from faqbot.knowledge.snapshot import read_now, take_snapshot

Action = Literal["phrasing", "entry", "office", "ignore"]

_TRIES = 20  # each of them reads all files; only a publish or a discard comes between
_RECORD, _BASE = "draft.json", "base"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was done to the draft."""

    who: str
    when: datetime  # UTC
    what: str  # a sentence: "Changed the answer of “How long…?”."


@dataclass(frozen=True, slots=True)
class Taken:
    """A visitor's question of the journal that the draft takes care of."""

    question: str  # as the journal has it
    action: Action
    entry: str = ""  # the id of the entry that it went to


@dataclass(frozen=True, slots=True)
class Draft:
    """The folder as it was when the draft began, and as it will be."""

    base: Files
    files: Files
    changes: tuple[Change, ...] = ()
    taken: tuple[Taken, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to publish."""
        return self.base == self.files and not self.taken

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of the files that will be other than they were, sorted."""
        names = self.base.keys() | self.files.keys()
        return tuple(sorted(n for n in names if self.base.get(n) != self.files.get(n)))


def read(workspace: Workspace) -> Draft:
    """The draft; where there is none, one that changes nothing."""
    workspace.refuse_links()
    for _ in range(_TRIES):
        record = _record(workspace)
        if record is None:
            files = read_files(workspace.folder)
            return Draft(files, dict(files))
        base, files_now = (
            take_snapshot(workspace.draft / _BASE),
            take_snapshot(workspace.draft_files),
        )
        if not (base.refused or files_now.refused) and _record(workspace) == record:
            return Draft(base.files, files_now.files, *_parse(record))
    raise DeskError(
        f"The draft cannot be read. Try again in a moment; if it stays so, remove {workspace.draft}"
    )


def write(workspace: Workspace, draft: Draft) -> None:
    """Keep the draft; one that is empty is no draft. Called under the lock.

    Where this is cut off, either it did not begin, or every file is as it was or as it will be.
    """
    if draft.empty:
        discard(workspace)
    elif workspace.draft.exists():
        _bring(workspace.draft_files, draft.files)
        _bring(workspace.draft / _BASE, draft.base)
        disk.put(workspace.draft / _RECORD, _record_of(draft))
    else:
        _begin(workspace, draft)


def discard(workspace: Workspace) -> None:
    """Throw the draft away."""
    with workspace.lock():
        gone = workspace.room / "draft.gone"
        disk.remove(gone)
        if workspace.draft.exists():
            disk.move(workspace.draft, gone)
            disk.remove(gone)


def _begin(workspace: Workspace, draft: Draft) -> None:
    part = workspace.room / "draft.part"
    disk.remove(part)
    disk.make(part / _BASE, draft.base)
    disk.make(part / workspace.draft_files.name, draft.files)
    disk.put(part / _RECORD, _record_of(draft))
    disk.move(part, workspace.draft)
    disk.sync(workspace.room)


def _bring(folder: Path, files: Files) -> None:
    now = read_now(folder).files
    for name in now.keys() - files.keys():
        (folder / name).unlink()
    for name, data in files.items():
        if now.get(name) != data:
            (folder / name).parent.mkdir(exist_ok=True)
            disk.put(folder / name, data)


def _record(workspace: Workspace) -> bytes | None:
    """What is noted on the draft; nothing in words where the note is gone; None without a draft."""
    try:
        with suppress(FileNotFoundError):
            return (workspace.draft / _RECORD).read_bytes()
        return b"" if workspace.draft.exists() else None
    except OSError as error:
        raise DeskError(
            f"faqbot may not read the folder {workspace.room} ({error.strerror}). "
            "Ask whoever looks after the server to allow it."
        ) from error


def _record_of(draft: Draft) -> bytes:
    changes = [asdict(one) | {"when": one.when.isoformat()} for one in draft.changes]
    taken = [asdict(one) for one in draft.taken]
    return json.dumps({"changes": changes, "taken": taken}, indent=1).encode()


def _parse(record: bytes) -> tuple[tuple[Change, ...], tuple[Taken, ...]]:
    """What the note says; nothing where it cannot be read, since the files are what counts."""
    with suppress(ValueError, KeyError, TypeError):
        facts = json.loads(record)
        return _changes(facts["changes"]), tuple(Taken(**one) for one in facts["taken"])
    return (), ()


def _changes(facts: Sequence[dict[str, Any]]) -> tuple[Change, ...]:
    return tuple(
        Change(one["who"], datetime.fromisoformat(one["when"]), one["what"]) for one in facts
    )

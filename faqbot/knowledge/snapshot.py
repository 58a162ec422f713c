"""The files of a knowledge folder as they stand on disk: which there are, and their bytes.

Several files may belong together, so what is gathered is of one moment. While a new version is
being put into the folder, it stands as a whole in `.faqbot/publishing`, and is read from there.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from faqbot.knowledge.diagnostics import Diagnostics

from .files import leaves, read_bytes
from .values import Problem, Role

ROOM, PUBLISHING = ".faqbot", "publishing"  # the second is in the first
SOURCES = "sources"

OFFICE = "office.md"  # the office's own answers, and what is for the phone

_ROLES = {
    OFFICE: Role.FACT,
    "call-the-office.md": Role.OFFICE,
    "emergencies.md": Role.EMERGENCY,
    "small-talk.md": Role.SMALL_TALK,
}
_TABLES = ("practice.toml", "synonyms.toml", "examples.jsonl")
_ENDINGS = (".md", ".toml", ".jsonl", ".txt")  # also of what is not read because of its name
_HIDDEN = (".", "~")
_TRIES, _PAUSE = 20, 0.01  # seconds; a publish takes two steps that a reading can fall between


def role_of(name: str) -> Role:
    """What the entries of a file of this name are for."""
    return _ROLES.get(name, Role.ANSWER)


def is_knowledge(name: str) -> bool:
    """Whether a file of this name, relative to the folder, is read as knowledge."""
    room, slash, bare = name.rpartition("/")
    if not bare or bare.startswith(_HIDDEN):
        return False
    if slash:
        return room == SOURCES and bare.endswith(".txt")
    return _right_name(name) == name and (name.endswith(".md") or name in _TABLES)


def digest(files: Mapping[str, bytes]) -> str:
    """A sha256 over names and bytes, each with its length: no two folders look the same."""
    whole = hashlib.sha256()
    for name in sorted(files, key=os.fsencode):
        for part in (os.fsencode(name), files[name]):
            whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def signature(folder: Path | str) -> tuple[object, ...]:
    """What differs after any change of the folder's knowledge files; opens none of them.

    It also differs when the folder cannot be read any more, or when what is read stands
    elsewhere while a publish is under way. Never raises.
    """
    folder = Path(folder)
    root = _root(folder)
    return (root != folder, *_marks(root, root), SOURCES, *_marks(root / SOURCES, root))


@dataclass(slots=True)
class Snapshot:
    """The bytes of the files that could be read, and notes on those that could not."""

    folder: Path
    files: dict[str, bytes] = field(default_factory=dict)  # name relative to the folder -> bytes
    unread: list[str] = field(default_factory=list)
    diagnostics: dict[str, Diagnostics] = field(default_factory=dict)
    refused: bool = False  # the folder as a whole cannot be read

    @property
    def names(self) -> list[str]:
        """Of all files, in the order in which they are read: those of `sources` come last."""
        return sorted((*self.files, *self.unread), key=lambda name: ("/" in name, name))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that has been noted so far."""
        return tuple(
            problem for diagnostics in self.diagnostics.values() for problem in diagnostics.problems
        )

    def on(self, name: str) -> Diagnostics:
        """The notes on this file."""
        return self.diagnostics.setdefault(
            name, Diagnostics(name.encode("utf-8", "replace").decode())
        )


def take_snapshot(folder: Path) -> Snapshot:
    """The folder's files as of one moment; that they never kept still is told as a problem."""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE)
        before = signature(folder)
        snapshot = take_snapshot_as_is(folder, _root(folder))
        if signature(folder) == before:
            return snapshot
    restless = Snapshot(folder)
    _refuse(restless, "The files of this folder change all the time.", "Wait until that has ended.")
    return restless


def take_snapshot_as_is(folder: Path, root: Path) -> Snapshot:
    """The files that stand in `root` right now, whatever is being done to them.

    What is wrong is told of `folder`.
    """
    snapshot = Snapshot(folder)
    for name in _list(snapshot, root):
        data = read_bytes(root / name, root, snapshot.on(name))
        if data is None:
            snapshot.unread.append(name)
        else:
            snapshot.files[name] = data
    return snapshot


def _root(folder: Path) -> Path:
    """Where the folder's files are read from; a link is no room of ours."""
    publishing = folder / ROOM / PUBLISHING
    try:
        rooms = [os.lstat(path).st_mode for path in (publishing.parent, publishing)]
    except (OSError, ValueError):
        return folder
    return publishing if all(map(stat.S_ISDIR, rooms)) else folder


def _right_name(name: str) -> str:
    """The name without Windows' hidden ".txt", and in small letters where those matter."""
    bare = name[:-4] if name.lower().endswith((".md.txt", ".toml.txt", ".jsonl.txt")) else name
    if bare.lower() in (*_ROLES, *_TABLES):
        return bare.lower()
    return bare[:-3] + ".md" if bare.lower().endswith(".md") else bare


# what a look at the folder shows


def _marks(directory: Path, root: Path) -> Iterable[object]:
    try:
        if _leads_out(directory, root):
            return ("elsewhere",)
        with os.scandir(directory) as found:
            return sorted(_mark(one, root) for one in found if _may_count(one.name))
    except (OSError, ValueError) as error:
        return (type(error).__name__, getattr(error, "errno", None))


def _may_count(name: str) -> bool:
    return name.lower().endswith(_ENDINGS) and not name.startswith(_HIDDEN)


def _mark(one: os.DirEntry[str], root: Path) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    here = _facts(one.stat(follow_symlinks=False))
    if not one.is_symlink() or _leads_out(Path(one.path), root):
        return one.name, here, ()
    return one.name, here, _facts(one.stat())


def _facts(status: os.stat_result) -> tuple[int, ...]:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _leads_out(path: Path, root: Path) -> bool:
    try:
        return path.is_symlink() and leaves(path, root)
    except RuntimeError:  # links in a circle, before 3.13
        return True


# which files there are


def _list(snapshot: Snapshot, root: Path) -> list[str]:
    try:
        names = [name for name in os.listdir(root) if _is_ours(name, snapshot)]
    except FileNotFoundError:
        _refuse(snapshot, "This folder does not exist.", "Check how its name is written.")
    except NotADirectoryError:
        _refuse(snapshot, "This is a file, not a folder.", "Name the folder that the file is in.")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        _refuse(snapshot, f"This folder cannot be opened ({reason}).", "Check who may read it.")
    else:
        return sorted(names) + _list_sources(snapshot, root)
    return []


def _refuse(snapshot: Snapshot, message: str, fix: str) -> None:
    snapshot.refused = True
    snapshot.on(str(snapshot.folder)).add(0, message, fix)


def _is_ours(name: str, snapshot: Snapshot) -> bool:
    right = _right_name(name)
    if right != name and not name.startswith(_HIDDEN):
        snapshot.on(name).add(
            0, "This file is not read, because of its name.", f"Rename it to {right}"
        )
    return is_knowledge(name)


def _list_sources(snapshot: Snapshot, root: Path) -> list[str]:
    sources = root / SOURCES
    try:
        if sources.is_symlink() and leaves(sources, root):
            snapshot.on(SOURCES).add(
                0,
                "This is a link to a folder outside of the knowledge folder.",
                "Put the folder itself here instead.",
            )
            return []
        names = os.listdir(sources)
    except FileNotFoundError:
        return []
    except (OSError, RuntimeError):
        snapshot.on(SOURCES).add(
            0,
            "“sources” cannot be opened as a folder.",
            "Make a folder of this name, with the page's text in it.",
        )
        return []
    within = (f"{SOURCES}/{name}" for name in sorted(names))
    return [name for name in within if is_knowledge(name)]

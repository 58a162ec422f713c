"""The files of a knowledge folder: which there are, their bytes, and their text.

Several files may belong together, so a snapshot holds all of them as of one moment. While a new
version is being published, all of it is in `.faqbot/publishing`, and is read from there.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from faqbot.knowledge.values import Diagnostics, Problem, Role

WORKSPACE, PUBLISHING = ".faqbot", "publishing"  # the second is in the first
SOURCES = "sources"
OFFICE = "office.md"  # the office's own answers, and questions that it answers by phone
LARGEST = 1_000_000  # bytes of a file; the longest page of a practice's site is a hundredth of this

_ROLES = {
    OFFICE: Role.OFFICE_ANSWER,
    "call-the-office.md": Role.PHONE_ONLY,
    "emergencies.md": Role.EMERGENCY,
    "small-talk.md": Role.SMALL_TALK,
}
_TABLES = ("practice.toml", "synonyms.toml", "glossary.toml", "examples.jsonl")
_ENDINGS = (".md", ".toml", ".jsonl", ".txt")  # also of files not read because of their names
_HIDDEN = (".", "~")
_TRIES, _PAUSE = 20, 0.01  # seconds; a publish takes two steps that a reading can fall between

_FORMATS = (
    (b"PK\x03\x04", "a Word document or a zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Word document"),
    (b"{\\rtf", "a rich text document"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)
_AS_TEXT = "Open it in its own program, copy the words and paste them into a plain text file."
_AS_UTF8 = (
    'Save it again as UTF-8: in Notepad, "Save as", then choose "UTF-8" next to "Encoding"; '
    'in TextEdit, "Format", "Make Plain Text", then save.'
)
_INVISIBLE = {
    **{code: " " for code in (*range(0x20), 0x7F, 0x85, 0x2028, 0x2029) if code not in (9, 10)},
    **dict.fromkeys((0x00AD, 0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F)), ""),
    **dict.fromkeys(range(0x2066, 0x206A), ""),
}


@dataclass(slots=True)
class Snapshot:
    """The bytes of the files that could be read, and the problems of those that could not."""

    folder: Path
    files: dict[str, bytes] = field(default_factory=dict)  # name relative to the folder -> bytes
    unread: list[str] = field(default_factory=list)
    diagnostics: dict[str, Diagnostics] = field(default_factory=dict)
    refused: bool = False  # the folder as a whole cannot be read

    @property
    def names(self) -> list[str]:
        """The names of all files in the order in which they are read: `sources` come last."""
        return sorted((*self.files, *self.unread), key=lambda name: ("/" in name, name))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems found so far."""
        return tuple(problem for found in self.diagnostics.values() for problem in found.problems)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """All warnings given so far."""
        return tuple(problem for found in self.diagnostics.values() for problem in found.warnings)

    def diagnostics_for(self, name: str) -> Diagnostics:
        """The diagnostics of this file, or of the folder by its path."""
        printable = name.encode("utf-8", "replace").decode()
        return self.diagnostics.setdefault(name, Diagnostics(printable))

    def refuse(self, message: str, fix: str) -> None:
        """Report that the folder as a whole cannot be read."""
        self.refused = True
        self.diagnostics_for(str(self.folder)).add(0, message, fix)


def take_snapshot(folder: Path) -> Snapshot:
    """The folder's files as of one moment; refused where they never stop changing."""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE)
        before = signature(folder)
        snapshot = read_now(_root(folder), folder)
        if signature(folder) == before:
            return snapshot
    changing = Snapshot(folder)
    changing.refuse("The files in this folder keep changing.", "Wait until that has stopped.")
    return changing


def read_now(root: Path, folder: Path | None = None) -> Snapshot:
    """The files that are in `root` right now, even while somebody is changing them.

    Problems are reported for `folder`, where that is another one.
    """
    snapshot = Snapshot(folder or root)
    for name in _list(root, snapshot):
        data = read_bytes(root / name, root, snapshot.diagnostics_for(name))
        if data is None:
            snapshot.unread.append(name)
        else:
            snapshot.files[name] = data
    return snapshot


def digest(files: Mapping[str, bytes]) -> str:
    """A SHA-256 over names and bytes, each with its length, so that no two folders look alike."""
    whole = hashlib.sha256()
    for name in sorted(files, key=os.fsencode):
        for part in (os.fsencode(name), files[name]):
            whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def signature(folder: Path | str) -> tuple[object, ...]:
    """A value that differs after any change to the folder's knowledge files; opens none of them.

    It also differs once the folder cannot be read any more, and while a publish is under way.
    Never raises.
    """
    folder = Path(folder)
    root = _root(folder)
    return (root != folder, *_stats(root, root), SOURCES, *_stats(root / SOURCES, root))


# names


def role_of(name: str) -> Role:
    """What the entries of a file of this name are for."""
    return _ROLES.get(name, Role.ANSWER)


def is_knowledge(name: str) -> bool:
    """Whether a file of this name, relative to the folder, is read as knowledge."""
    parent, slash, bare = name.rpartition("/")
    if not bare or bare.startswith(_HIDDEN):
        return False
    if slash:
        return parent == SOURCES and bare.endswith(".txt")
    return _right_name(name) == name and (name.endswith(".md") or name in _TABLES)


def _right_name(name: str) -> str:
    """The name without Windows' hidden ".txt", and in lower case where that matters."""
    bare = name[:-4] if name.lower().endswith((".md.txt", ".toml.txt", ".jsonl.txt")) else name
    if bare.lower() in (*_ROLES, *_TABLES):
        return bare.lower()
    return bare[:-3] + ".md" if bare.lower().endswith(".md") else bare


def _root(folder: Path) -> Path:
    """Where the folder's files are read from; what is a link is not of our making."""
    publishing = folder / WORKSPACE / PUBLISHING
    try:
        modes = [os.lstat(path).st_mode for path in (publishing.parent, publishing)]
    except (OSError, ValueError):
        return folder
    return publishing if all(map(stat.S_ISDIR, modes)) else folder


def _list(root: Path, snapshot: Snapshot) -> list[str]:
    try:
        names = sorted(os.listdir(root))
    except FileNotFoundError:
        snapshot.refuse("This folder does not exist.", "Check the spelling of its name.")
    except NotADirectoryError:
        snapshot.refuse("This is a file, not a folder.", "Name the folder that the file is in.")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        snapshot.refuse(f"This folder cannot be opened ({reason}).", "Check who may read it.")
    else:
        for name in names:
            right = _right_name(name)
            if right != name and not name.startswith(_HIDDEN):
                message = "This file is not read because of its name."
                snapshot.diagnostics_for(name).add(0, message, f"Rename it to {right}")
        return [name for name in (*names, *_list_sources(root, snapshot)) if is_knowledge(name)]
    return []


def _list_sources(root: Path, snapshot: Snapshot) -> list[str]:
    sources = root / SOURCES
    try:
        if _leads_out(sources, root):
            message = "This is a link to a folder outside the knowledge folder."
            snapshot.diagnostics_for(SOURCES).add(0, message, "Put the folder itself here instead.")
            return []
        return [f"{SOURCES}/{name}" for name in sorted(os.listdir(sources))]
    except FileNotFoundError:
        return []
    except OSError:
        message = "“sources” cannot be opened as a folder."
        snapshot.diagnostics_for(SOURCES).add(
            0, message, "Make it a folder with the text of the page in it."
        )
        return []


def _leads_out(path: Path, root: Path) -> bool:
    """Whether it is a link that leads out of `root`; one that leads nowhere does not."""
    try:
        return path.is_symlink() and not path.resolve().is_relative_to(root.resolve())
    except RuntimeError:  # links in a circle, before 3.13
        return False


# what a look at the folder shows


def _stats(directory: Path, root: Path) -> Iterable[object]:
    try:
        if _leads_out(directory, root):
            return ("elsewhere",)
        with os.scandir(directory) as found:
            return sorted(
                _stat(file, root)
                for file in found
                if file.name.lower().endswith(_ENDINGS) and not file.name.startswith(_HIDDEN)
            )
    except (OSError, ValueError) as error:
        return (type(error).__name__, getattr(error, "errno", None))


def _stat(file: os.DirEntry[str], root: Path) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """Its name, its own times and size, and those of what it links to within the folder."""
    own = _times_and_size(file.stat(follow_symlinks=False))
    with suppress(OSError):  # a link that leads nowhere
        if file.is_symlink() and not _leads_out(Path(file.path), root):
            return file.name, own, _times_and_size(file.stat())
    return file.name, own, ()


def _times_and_size(status: os.stat_result) -> tuple[int, ...]:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


# bytes and text


def read_bytes(path: Path, root: Path, diagnostics: Diagnostics) -> bytes | None:
    """The file's bytes; None, with a problem added, where it cannot or must not be read."""
    try:
        if _leads_out(path, root):
            message = "This is a link to a file outside the knowledge folder."
            diagnostics.add(0, message, "Put the file itself into the folder instead.")
            return None
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
            diagnostics.add(0, "This is not a file.", "Remove it, or give it another name.")
            return None
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        message = f"This file cannot be opened ({error.strerror})."
        diagnostics.add(0, message, "Check that it exists and that faqbot may read it.")
        return None
    return None if _is_too_large(max(len(data), status.st_size), diagnostics) else data


def text_of(data: bytes, diagnostics: Diagnostics) -> str | None:
    """The text with plain line ends; None, with a problem added, where it is not UTF-8 text."""
    if _is_too_large(len(data), diagnostics):
        return None
    for start, format in _FORMATS:
        if data.startswith(start):
            diagnostics.add(0, f"This is not a text file but {format}.", _AS_TEXT)
            return None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        diagnostics.add(0, "This file is saved as UTF-16 (“Unicode”), not as UTF-8.", _AS_UTF8)
        return None
    if b"\0" in data:
        diagnostics.add(0, "This is not a text file.", _AS_TEXT)
        return None
    return _decode(data.removeprefix(b"\xef\xbb\xbf"), diagnostics)


def clean(text: str) -> str:
    """`text` with plain line ends and without invisible characters; no line more or less."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE)


def lines_of(text: str) -> list[str]:
    """The lines as an editor numbers them; `splitlines` would end some at other characters too."""
    return text.split("\n")


def _is_too_large(size: int, diagnostics: Diagnostics) -> bool:
    if size > LARGEST:
        diagnostics.add(
            0,
            f"This file is too large ({size / 1_000_000:.1f} MB; at most 1 MB is read).",
            "Keep only the questions and answers in it, or split it into several files.",
        )
    return size > LARGEST


def _decode(data: bytes, diagnostics: Diagnostics) -> str | None:
    try:
        return clean(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        before = clean(data[: error.start].decode("utf-8"))
        after = clean(data[error.start :][:40].decode("cp1252", "replace"))
        word = re.split(r"[\n ]", before)[-1] + re.split(r"[\n ]", after)[0]
        line = before.count("\n") + 1
        diagnostics.add(line, f"This file is not saved as UTF-8: see “{word[:40]}”.", _AS_UTF8)
        return None

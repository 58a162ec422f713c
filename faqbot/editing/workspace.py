"""A knowledge folder at the desk: its hidden folder `.faqbot`, the lock, the pause, its files."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from faqbot import knowledge
from faqbot.editing import disk
from faqbot.knowledge.snapshot import PUBLISHING, WORKSPACE, take_snapshot

Files = dict[str, bytes]  # name relative to the folder ("sources/x.txt" too) -> bytes

digest = knowledge.digest

LOCK_TIMEOUT = 10.0  # seconds to wait for somebody else who is saving
_MAY_BE_LINKS = ("password", "secret", "journal.sqlite")  # some systems provide secrets as links
_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_WINDOWS = os.name == "nt"
_BOM = "\ufeff"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class DeskError(Exception):
    """What the desk cannot do; its text tells the office why, and how to go on."""


class Busy(DeskError):  # noqa: N818
    """Somebody else is saving right now."""

    def __init__(self) -> None:
        super().__init__("Somebody else is just saving. Nothing is lost: try again in a moment.")


@dataclass(frozen=True, slots=True)
class Pause:
    """Who paused the answers, and when; both are empty if the file cannot be read."""

    who: str = ""
    when: str = ""  # ISO 8601, UTC


class Workspace:
    """A knowledge folder, and the hidden folder in it that holds the desk's own files.

    Nothing is read or created until it is needed. Threads may share a Workspace.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hidden = folder / WORKSPACE
        self.draft = self.hidden / "draft"
        self.draft_base = self.draft / "base"
        self.draft_files = self.draft / "files"
        self.versions = self.hidden / "versions"
        self.publishing = self.hidden / PUBLISHING  # from here on, it is what everybody reads
        self.prepared = self.hidden / f"{PUBLISHING}.part"  # until it is complete
        self.paused = self.hidden / "paused"
        self.journal = self.hidden / "journal.sqlite"
        self._own = threading.local()  # whether this thread holds the lock

    def create_hidden_folder(self) -> None:
        """Create the hidden folder if necessary; raises DeskError if that fails."""
        if not self.folder.is_dir():
            raise DeskError(f"There is no folder {self.folder}. Check how its name is written.")
        self.refuse_links()
        try:
            self.hidden.mkdir(mode=0o700, exist_ok=True)
            _close(self.hidden)
            ignored = self.hidden / ".gitignore"
            with suppress(FileExistsError), disk.create_file(ignored) as file:
                file.write(b"*\n")
        except OSError as error:
            raise self._explained(error) from error

    def close_to_others(self) -> None:
        """Let only the owner read the hidden folder and all in it, however it was made or copied.

        With the set-group-ID bit on it, its group may go on. A folder that is made or copied into
        one with that bit gets it too, and so is shared with the same group.
        """
        try:
            shared = bool(self.hidden.stat().st_mode & stat.S_ISGID)
        except OSError:  # there is none, or we may not look
            return
        walk = os.walk(self.hidden)  # unlike rglob, passes over what goes away or cannot be listed
        inside = (Path(at, name) for at, folders, files in walk for name in (*folders, *files))
        for path in (self.hidden, *inside):
            with suppress(OSError):  # one that has just gone away
                _close(path, shared)

    def refuse_links(self) -> None:
        """Raise a DeskError if the hidden folder, or what is written in it, is a symbolic link."""
        for path in (self.hidden, *_content(self.hidden), *_content(self.draft)):
            if path.name not in _MAY_BE_LINKS and os.path.islink(path):
                raise DeskError(
                    f"{path.relative_to(self.folder)} is a link to another place, "
                    "which is not safe. Remove the link, and try again."
                )

    @contextmanager
    def lock(self, wait: float = LOCK_TIMEOUT) -> Iterator[None]:
        """Exclude all other threads and processes; reentrant. Creates the hidden folder.

        Raises Busy after `wait` seconds. An OSError inside becomes a DeskError: a full disk, a
        folder that may not be written.
        """
        if getattr(self._own, "holds_lock", False):
            yield
            return
        self.create_hidden_folder()
        try:
            mode = disk.file_mode(self.hidden)
            with FileLock(self.hidden / "lock", timeout=wait, mode=mode):
                self._own.holds_lock = True
                try:
                    yield
                finally:
                    self._own.holds_lock = False
        except Timeout:
            raise Busy from None
        except OSError as error:
            raise self._explained(error) from error

    def current_pause(self) -> Pause | None:
        """The pause in force, which every instance sees; an unreadable file pauses as well."""
        try:
            content = json.loads(self.paused.read_text("utf-8"))
            return Pause(str(content["who"]), str(content["when"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            return Pause() if self.paused.exists() else None

    def pause(self, who: str) -> Pause:
        """Stop answering; a pause that is in force already stays as it is."""
        with self.lock():
            if current := self.current_pause():
                return current
            pause = Pause(who, datetime.now(UTC).isoformat(timespec="seconds"))
            disk.replace_file(self.paused, json.dumps(asdict(pause)).encode())
            return pause

    def resume(self) -> None:
        """Answer again."""
        with self.lock():
            self.paused.unlink(missing_ok=True)

    def _explained(self, error: OSError) -> DeskError:
        if error.errno in _FULL:
            return DeskError("The disk is full, so nothing was saved. Make room, and try again.")
        if error.errno in _FORBIDDEN:
            return DeskError(
                f"faqbot may not write in the folder {self.folder}, so nothing was saved. "
                "Ask whoever looks after the server to allow it, and try again."
            )
        return DeskError(
            f"Nothing was saved: {error.strerror or error}. "
            "Try again; if it stays so, ask whoever looks after the server."
        )


def _close(path: Path, shared: bool = False) -> None:
    """Take from others what they may do with a file or a folder of ours; links stay as they are."""
    if _WINDOWS or path.is_symlink():
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    shared = shared or bool(path.is_dir() and mode & stat.S_ISGID)
    kept = mode & (~0o007 if shared else ~0o077)
    if kept != mode:
        with suppress(PermissionError):  # somebody else's
            path.chmod(kept)


def _content(folder: Path) -> list[Path]:
    with suppress(OSError):  # what we may not list, we do not write in either
        return list(folder.iterdir())
    return []


def read_files(folder: Path) -> Files:
    """The folder's knowledge files as of one moment, without those that cannot be read.

    While a publish is under way these are the files of the new version. Raises DeskError if the
    folder itself cannot be read.
    """
    snapshot = take_snapshot(folder)
    if snapshot.refused:
        raise DeskError("\n".join(map(str, snapshot.problems)))
    return snapshot.files


# a file's bytes as text


def decode(data: bytes) -> str:
    """The text with its own line ends and byte order mark; `encode` gives the same bytes again."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes of a text that `decode` gave, also of those that are not UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def normalize_line_ends(text: str) -> str:
    """The text with "\\n" as its line ends and without a byte order mark."""
    return text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")


def text_of(data: bytes) -> str:
    """A file's bytes as plain text for a person to edit, whatever their encoding."""
    if data.startswith(_UTF_16):
        return normalize_line_ends(data.decode("utf-16", "replace"))
    try:
        return normalize_line_ends(data.decode("utf-8"))
    except UnicodeDecodeError:
        return normalize_line_ends(data.decode("cp1252", "replace"))


def bytes_like(text: str, old: bytes) -> bytes:
    """A person's text as bytes, with the line ends and the byte order mark of the old ones."""
    text = normalize_line_ends(text)
    end = old.find(b"\n")
    if end > 0 and old[end - 1 : end] == b"\r":
        text = text.replace("\n", "\r\n")
    mark = _BOM if old.startswith(_BOM.encode()) else ""
    return (mark + text).encode("utf-8", "replace")


def fingerprint(text: str) -> str:
    """A short hash of a text, to tell whether somebody changed it.

    It ignores line ends, which browsers change, and empty lines at the end, which an entry gets
    when another is added below it.
    """
    return hashlib.sha256(
        normalize_line_ends(text).rstrip().encode("utf-8", "replace")
    ).hexdigest()[:16]

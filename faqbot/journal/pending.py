"""Notes that are not in the database yet, and the files in which they survive a kill.

A journal appends each note to a file beside it, and deletes the file once all its notes are
written. It holds a lock on the file, which the kernel takes back however the process ends. So
whoever gets the lock of a file knows that its owner is gone, and writes the notes in its place.
Nothing is synced: a machine that loses power may lose the notes of the last seconds.
"""

from __future__ import annotations

import glob
import json
import logging
import math
import os
import secrets
import stat
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path

from faqbot.journal.store import make_folder, this_hour

if sys.platform != "win32":  # there, notes wait in memory only
    import fcntl

FILE_NOTES = 1_000  # in one file; then the next one begins, so that none grows without end
FILE_BYTES = 4 << 20  # read of one file; 1,000 notes take 3 MB at most
ATTEMPTS = 3  # to lock a new file before another process takes it for one that was left
FIELDS = [int, int, str, str, str, str, float]  # a note's, in the order of a line

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted of one reply, with nothing in it that says who the visitor is."""

    id: int  # from 0 to 2**63 - 1; notes with the same id are one note
    hour: int  # since 1970, in UTC
    kind: str
    entry: str
    text: str
    nearest: str
    score: float
    file: _File | None = field(default=None, compare=False, repr=False)  # where it survives


class _File:
    """A file and the number of its notes that are not written yet; locked while it is open."""

    def __init__(self, path: Path, descriptor: int | None = None, waiting: int = 0) -> None:
        self.path, self.descriptor, self.waiting = path, descriptor, waiting
        self.taken = 0

    def append(self, line: bytes) -> None:
        """Add a line. It begins with a line break too, in case a full disk cut the last one off."""
        data = b"\n%b\n" % line
        if self.descriptor is None or os.write(self.descriptor, data) < len(data):
            raise OSError("The disk is full.")
        self.taken += 1
        self.waiting += 1

    def close(self) -> None:
        """Let go of the file; delete it if all its notes are written."""
        if not self.waiting:
            with suppress(OSError):
                self.path.unlink()
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


class PendingNotes:
    """The notes of one practice that wait to be written, in files named after `beside`.

    Where there can be no file, `persist` changes nothing: on Windows, on a disk that is full or
    read-only, on one without locks, and with `beside` None.
    """

    def __init__(self, beside: Path | None, practice: str) -> None:
        self._beside = None if sys.platform == "win32" else beside
        digest = blake2b(practice.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
        self._name = f"{beside.name if beside else ''}-notes-{digest}-"
        self._lock = threading.Lock()
        self._newest: _File | None = None
        self._open: set[_File] = set()

    def persist(self, note: Note) -> Note:
        """Write the note to a file as well; the note, with its file."""
        if self._beside is None:
            return note
        fields = (note.id, note.hour, note.kind, note.entry, note.text, note.nearest, note.score)
        line = _encode(fields).encode()
        with self._lock, suppress(OSError):
            if file := self._writable(self._beside):
                file.append(line)
                return replace(note, file=file)
        return note

    def forget(self, notes: Iterable[Note]) -> None:
        """Delete each file whose last notes these are."""
        with self._lock:
            for file in filter(None, (note.file for note in notes)):
                file.waiting -= 1
                if not file.waiting:
                    file.close()
                    self._open.discard(file)

    def take_over(self) -> tuple[list[Note], int]:
        """The notes that other processes left behind, and how many of them cannot be read.

        No file stays open, so that many of them, as after a night of restarts, do not use up the
        descriptors. Two processes may take over the same notes, which their ids tell.
        """
        notes: list[Note] = []
        unreadable = 0
        for path in self._left():
            with suppress(OSError):
                of_file, damaged = read_notes(_read_left(path))
                file = _File(path, waiting=len(of_file))
                if not of_file:
                    file.close()
                notes += [replace(note, file=file) for note in of_file]
                unreadable += damaged
        return notes, unreadable

    def close(self) -> None:
        """Leave what is not written to the next process."""
        with self._lock:
            for file in self._open:
                file.close()
            self._open.clear()

    def _writable(self, beside: Path) -> _File | None:
        newest = self._newest
        if not newest or newest.descriptor is None or newest.taken >= FILE_NOTES:
            newest = self._newest = self._create(beside)
        return newest

    def _create(self, beside: Path) -> _File | None:
        make_folder(beside.parent)
        for _ in range(ATTEMPTS):
            path = beside.with_name(self._name + secrets.token_hex(4))
            descriptor = _open_locked(path, os.O_CREAT | os.O_EXCL | os.O_APPEND)
            if descriptor is not None:
                file = _File(path, descriptor)
                self._open.add(file)
                return file
            path.unlink(missing_ok=True)
        _log.warning("Files cannot be locked in %s, so notes wait in memory only.", beside.parent)
        self._beside = None
        return None

    def _left(self) -> list[Path]:
        with suppress(OSError):
            if self._beside:
                return sorted(self._beside.parent.glob(f"{glob.escape(self._name)}*"))
        return []


def read_notes(data: bytes) -> tuple[list[Note], int]:
    """The notes in a file, and how many lines cannot be read; a half-written last line is none."""
    *lines, _ = data.split(b"\n")
    notes = []
    unreadable = 0
    for line in filter(None, lines):
        try:
            notes.append(_parse(line))
        except (ValueError, TypeError, RecursionError):
            unreadable += 1
    return notes, unreadable


def _parse(line: bytes) -> Note:
    fields = json.loads(line.decode())
    if [type(one) for one in fields] != FIELDS:
        raise ValueError("This is no note.")
    note = Note(*fields)
    in_range = 0 <= note.id < 2**63 and 0 <= note.hour <= this_hour() + 24  # a clock may go back
    words = note.kind + note.entry + note.text + note.nearest
    if not in_range or not math.isfinite(note.score) or not words.isprintable():
        raise ValueError("The note is damaged.")
    return note


def _read_left(path: Path) -> bytes:
    """What is in a file whose owner is gone; raises OSError for any other."""
    descriptor = _open_locked(path)
    if descriptor is None:
        raise OSError("Its owner is still there.")
    try:
        data = os.read(descriptor, FILE_BYTES)
        if not data:
            path.unlink()  # while it is locked: its owner may just have created it
        return data
    finally:
        os.close(descriptor)


def _open_locked(path: Path, flags: int = 0) -> int | None:
    """A descriptor of a file with the lock on it; None where there is no such file any more.

    None as well where another process has the lock, or there are no locks.
    """
    descriptor = os.open(path, flags | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if stat.S_ISREG(os.fstat(descriptor).st_mode) and path.exists():
            return descriptor
    os.close(descriptor)
    return None

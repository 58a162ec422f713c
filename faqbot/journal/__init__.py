"""What visitors asked that got no answer, without anything that says who they are.

Every reply is counted. Words are kept only of questions that got choices or the office, and of
those whose answer did not help. No reply waits for the journal: a thread of its own writes, goes
on trying with what it cannot write yet, and counts what it must give up.
"""

from __future__ import annotations

import csv
import logging
import os
import secrets
import threading
import time
import weakref
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from sqlalchemy import Connection, Row, Select, Table, delete, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from . import spool
from .note import Note, address, unpacked
from .spool import shared
from .store import COUNTS, QUESTIONS, WRITTEN, JournalError, Store, reason
from .writer import LAST, Refused, Writer

if TYPE_CHECKING:
    from faqbot.knowledge import Phone

__all__ = ["Asked", "Count", "Journal", "JournalError", "join", "leave", "shared"]

KEPT = ("office", "choices", "not helpful")  # kinds whose words are kept
STAYS = ("ignore", "office")  # how a question is settled for good, however often it comes again
MOST = 100_000  # questions kept of one practice; older ones go, so that a flood fills no disk
MARKED = 7  # days that a transaction is remembered; far longer than it takes to ask for it
AT_ONCE = 500  # texts that one statement takes
PATIENCE = 10.0  # seconds that somebody waits who reads
COLUMNS = ("hour (UTC)", "kind", "question", "nearest entry", "score", "settled")

T = TypeVar("T")
_open: weakref.WeakSet[Journal] = weakref.WeakSet()
_left: list[Journal] = []  # that write what the worker before left
_leaving = threading.Event()
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that waits for the office to look at it."""

    id: int
    hour: datetime  # the beginning of the hour, in UTC
    kind: str  # "office", "choices" or "not helpful"
    text: str
    nearest: str  # an entry's id, or ""
    score: float  # how sure it was, from 0 to 1


@dataclass(frozen=True, slots=True)
class Count:
    """How many replies of one kind an hour saw; a reply counts once, for its first entry."""

    hour: datetime
    kind: str  # answer, choices, office, emergency, small talk, helpful, not helpful
    entry: str  # an entry's id, or ""
    number: int


class Journal:
    """One practice's journal; safe to use from several threads, and after a fork.

    `url` is a file's path, or a sqlite: or postgresql: URL. Nothing is opened before the first
    use. Those that read raise JournalError where the store is away.
    """

    def __init__(self, url: str, practice: str = "", keep_days: int = 90) -> None:
        self._store = Store(url)
        self._practice = practice[:200]
        self._keep_days = keep_days
        self._address = address(url, self._practice)
        self._writer = Writer(
            Note.safe, self._write, self._tidy, self._store.close, _forget, reason
        )
        self._mark = 0  # of this writer's last transaction
        _open.add(self)

    @classmethod
    def open(cls, place: Path, setting: str, practice: str = "") -> Journal | None:
        """The journal where `setting` says: "" is the file at `place`, "off" is none."""
        setting = setting.strip()
        return None if setting.lower() == "off" else cls(setting or str(place), practice)

    # what happens while visitors wait

    def reply(
        self,
        question: str,
        kind: str,
        entries: Sequence[str],
        nearest: tuple[str, float] | None,
        small_talk: bool = False,
        phones: Iterable[Phone] = (),
        id: str = "",
    ) -> None:
        """Note a reply; returns at once and never raises. The practice's own `phones` may stay."""
        try:
            kind = "small talk" if small_talk else kind
            text = question if kind in KEPT else ""
            entry, score = nearest or ("", 0.0)
            first = entries[0] if entries else ""
            self._add(Note(_now(), kind, first, text, entry, float(score), tuple(phones)))
        except Exception as error:
            self._writer.lose(1, error)

    def feedback(
        self,
        entry_id: str,
        helpful: bool,
        question: str = "",
        phones: Iterable[Phone] = (),
        id: str = "",
    ) -> None:
        """Note whether an answer helped; the caller knows that there is such an entry."""
        try:
            kind = "helpful" if helpful else "not helpful"
            text = "" if helpful else question
            self._add(Note(_now(), kind, entry_id, text, entry_id, phones=tuple(phones)))
        except Exception as error:
            self._writer.lose(1, error)

    def _add(self, note: Note) -> None:
        self._writer.add(note.spooled(self._address))

    # what the writer's thread does

    def _write(self, notes: Sequence[Note]) -> None:
        try:
            with self._store.begin() as connection:
                mark = self._write_once(connection, notes)
        except (DataError, IntegrityError) as error:
            raise Refused(reason(error)) from None
        self._mark = mark
        for note in notes:
            _forget(note)

    def _write_once(self, connection: Connection, notes: Sequence[Note]) -> int:
        """Write those that no earlier transaction wrote whose end nobody saw; the new mark."""
        tried = {note.slip.mark for note in notes if note.slip} - {0}
        written = self._store.marks(connection, tried)
        slips = [note.slip for note in notes if note.slip and note.slip.mark not in written]
        mark = secrets.randbits(63) if slips else self._mark
        for slip in slips:
            slip.set_mark(mark)
        if slips:
            self._store.mark(connection, self._mark, self._row(mark=mark, hour=_now()))
        self._insert(connection, [n for n in notes if not n.slip or n.slip.mark not in written])
        return mark

    def _insert(self, connection: Connection, notes: Sequence[Note]) -> None:
        counts = Counter((note.hour, note.kind, note.entry) for note in notes)
        rows = [self._row(hour=h, kind=k, entry=e, number=n) for (h, k, e), n in counts.items()]
        nothing = self._row(hour=0, kind="", entry="", number=0)
        texts = [
            self._row(hour=n.hour, kind=n.kind, text=n.text, nearest=n.nearest, score=n.score)
            for n in notes
            if n.text
        ]
        self._store.add(connection, rows or [nothing])
        if texts:
            connection.execute(insert(QUESTIONS), texts)

    def _row(self, **columns: str | float) -> dict[str, Any]:
        return {"practice": self._practice, **columns}

    def _tidy(self) -> None:
        with self._store.begin() as connection:
            self._delete_before(connection, self._keep_days)
            self._delete_surplus(connection)
            self._delete_marks(connection)
        self._store.shrink()

    def _delete_before(self, connection: Connection, days: int) -> int:
        last = _now() - days * 24
        for table in (COUNTS, QUESTIONS):
            rows = delete(table).where(table.c.practice == self._practice, table.c.hour <= last)
            deleted = connection.execute(rows).rowcount
        return deleted

    def _delete_surplus(self, connection: Connection) -> None:
        mine = QUESTIONS.c.practice == self._practice
        newest = select(QUESTIONS.c.id).where(mine).order_by(QUESTIONS.c.id.desc())
        last = newest.offset(MOST).limit(1).scalar_subquery()
        connection.execute(delete(QUESTIONS).where(mine, QUESTIONS.c.id <= last))

    def _delete_marks(self, connection: Connection) -> None:
        old = WRITTEN.c.hour <= _now() - MARKED * 24
        connection.execute(delete(WRITTEN).where(WRITTEN.c.practice == self._practice, old))

    # the rest of its life

    @property
    def lost(self) -> int:
        """How many replies this process could not note."""
        return self._writer.lost

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until what was noted so far is written; False if that takes longer."""
        return self._writer.flush(timeout)

    def working(self, timeout: float = 1.0) -> bool:
        """Whether a write goes through now."""
        return not self._writer.failing and self._writer.flush(timeout, always=True)

    def close(self, timeout: float = 2.0) -> None:
        """Write what is in hand; what cannot be written by then is lost."""
        self._writer.close(timeout)

    def _take_up(self, notes: Sequence[Note]) -> None:
        self._writer.take_up(notes)

    def _forked(self) -> None:
        self._mark = 0
        self._store.close(forked=True)
        self._writer.renew()

    # what the office does with it

    def questions(self, days: int = 90) -> list[Asked]:
        """The questions of the last `days` that are not settled, the newest first."""
        settled = QUESTIONS.alias()
        again = select(settled.c.id).where(
            settled.c.practice == self._practice,
            settled.c.text == QUESTIONS.c.text,
            settled.c.settled.in_(STAYS),
        )
        open_ones = (
            self._of(QUESTIONS, days)
            .where(QUESTIONS.c.settled == "", ~again.exists())
            .order_by(QUESTIONS.c.id.desc())
        )
        return [
            Asked(row.id, _moment(row.hour), row.kind, row.text, row.nearest, row.score)
            for row in self._rows(open_ones)
        ]

    def counts(self, days: int) -> list[Count]:
        """How many replies the last `days` saw: by hour, kind and entry, the oldest first."""
        rows = self._rows(self._of(COUNTS, days).order_by(COUNTS.c.hour))
        return [Count(_moment(row.hour), row.kind, row.entry, row.number) for row in rows]

    def settle(self, texts: Iterable[str], action: str) -> None:
        """Take questions off the list; "ignore" and "office" do so for good, "" puts them back."""
        unique = list(dict.fromkeys(texts))

        def work(connection: Connection) -> None:
            for start in range(0, len(unique), AT_ONCE):
                some = QUESTIONS.c.text.in_(unique[start : start + AT_ONCE])
                mine = QUESTIONS.c.practice == self._practice
                connection.execute(update(QUESTIONS).where(mine, some).values(settled=action))

        self._do(work)

    def purge(self, days: int) -> int:
        """Delete what is older than `days` days; 0 deletes all. How many questions were deleted."""
        self.flush()
        deleted = self._do(lambda connection: self._delete_before(connection, days))
        if deleted:
            self._store.shrink()
        return deleted or 0

    def export(self, file: TextIO) -> None:
        """Write all questions as CSV that a spreadsheet opens and takes for words only."""
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for row in self._rows(self._of(QUESTIONS, self._keep_days).order_by(QUESTIONS.c.id)):
            hour = _moment(row.hour).strftime("%Y-%m-%d %H:00")
            words = (row.kind, row.text, row.nearest)
            rows.writerow([hour, *map(_words_only, words), f"{row.score:.2f}", row.settled])

    def _of(self, table: Table, days: int) -> Select[Any]:
        since = _now() - days * 24
        return select(table).where(table.c.practice == self._practice, table.c.hour > since)

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        return self._do(lambda connection: connection.execute(query).all()) or ()

    def _do(self, work: Callable[[Connection], T]) -> T | None:
        """What `work` returns; None where nothing was ever written."""
        return None if self._store.absent else self._store.within(PATIENCE, work)


def join(worker: int) -> None:
    """Let what this process notes outlive it, and write what the worker before left unwritten.

    Within `shared`, in a process that was just forked or will fork no more. `worker`: a number that
    no other living worker has.
    """
    notes: dict[tuple[str, str], list[Note]] = defaultdict(list)
    for slip, packed in spool.join(worker):
        try:
            where, note = unpacked(packed, slip)
        except (ValueError, TypeError):
            slip.free()
            _log.exception("A note that was left cannot be read.")
        else:
            notes[where].append(note)
    for (url, practice), some in notes.items():
        journal = Journal(url, practice)
        journal._take_up(some)
        _left.append(journal)
    if _left:
        threading.Thread(target=_end_left, daemon=True, name="faqbot journal left").start()


def _end_left() -> None:
    """Close each of these journals as soon as it has written all."""
    while _left and not _leaving.is_set():
        if _left[0].flush(PATIENCE):
            _left.pop(0).close()


def leave() -> None:
    """Write what workers left, as far as there is time; when there will be none any more."""
    _leaving.set()
    until = time.monotonic() + LAST
    for journal in list(_left):
        journal.close(max(0.0, until - time.monotonic()))


def _forget(note: Note) -> None:
    if note.slip:
        note.slip.free()


def _now() -> int:
    return int(time.time() // 3600)


def _moment(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * 3600, UTC)


def _words_only(cell: str) -> str:
    """A spreadsheet takes a cell that begins with one of these for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


def _in_child() -> None:
    for journal in list(_open):
        journal._forked()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_in_child)

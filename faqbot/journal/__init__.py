"""What visitors asked that got no answer, without anything that says who they are.

Every reply is counted. Words are kept only of questions that got choices or the office, and of
those whose answer did not help. No reply waits for the database: a thread of its own writes to it,
and keeps trying while that fails. Until then, notes wait in a file that survives a kill.
"""

from __future__ import annotations

import csv
import logging
import math
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from sqlalchemy import Connection, Row, Select, Table, delete, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from faqbot.journal.pending import Note, PendingNotes
from faqbot.journal.report import words_only
from faqbot.journal.store import (
    COUNTS,
    NOTE_IDS,
    QUESTIONS,
    Count,
    JournalError,
    OpenQuestion,
    Store,
    reason,
    this_hour,
)
from faqbot.journal.writer import Refused, Writer
from faqbot.privacy import anonymise

if TYPE_CHECKING:
    from faqbot.knowledge import Phone

__all__ = ["KEEP_DAYS", "Count", "Journal", "JournalError", "OpenQuestion"]

KINDS_WITH_TEXT = ("office", "choices", "not helpful")
PERMANENT_ACTIONS = ("ignore", "office")  # also hide later repeats of a question
KEEP_DAYS = 90  # then questions and counts are deleted; comments in practice.toml say so too
ID_DAYS = 7  # that a note's id is known; notes of killed processes come back much sooner
MAX_QUESTIONS = 100_000  # and note ids; the oldest go, so that a flood fills no disk
TEXTS_PER_STATEMENT = 500
READ_TIMEOUT = 10.0  # seconds
COLUMNS = ("hour (UTC)", "kind", "question", "nearest entry", "score", "settled")

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Journal:
    """One practice's journal; safe to use from several threads, and in several processes.

    `url` is a file's path, or a sqlite: or postgresql: URL. Notes wait beside that file, or else
    beside `file`. Nothing is opened before the first use. Methods that read raise JournalError
    where the database cannot be reached.
    """

    def __init__(self, url: str, practice: str = "", file: Path | None = None) -> None:
        self._store = Store(url)
        self._practice = practice[:200]
        self._pending = PendingNotes(self._store.path or file, self._practice)
        self._writer = Writer(
            write=self._write,
            tidy=self._tidy,
            drop=lambda note: self._pending.forget([note]),
            end=self._end,
            is_persisted=lambda note: note.file is not None,
            reason=reason,
        )

    @classmethod
    def open(cls, file: Path, setting: str, practice: str = "") -> Journal | None:
        """The journal where `setting` says: "" is `file`, "off" is none."""
        setting = setting.strip()
        return None if setting.lower() == "off" else cls(setting or str(file), practice, file)

    @classmethod
    def named(cls, file: Path, setting: str, practice: str = "") -> Journal | None:
        """The journal that practice.toml names: a bare name stands beside `file`."""
        bare = setting not in ("", "off") and not re.search(r"[/\\:]", setting)
        return cls.open(file, str(file.with_name(setting)) if bare else setting, practice)

    # while visitors wait

    def note(
        self,
        text: str,
        kind: str,
        entry: str = "",
        nearest: tuple[str, float] | None = None,
        phones: Iterable[Phone] = (),
        id: str = "",
    ) -> None:
        """Note a reply, or whether an answer helped; returns at once and never raises.

        `text`: what was asked; of most kinds it is dropped, and only the practice's own `phones`
        stay in it. `id`: of the request. Equal notes with the same id are noted once: a proxy
        hands a request to a second instance where the first does not answer.
        """
        try:
            if self._writer.full:
                self._writer.lose(1)
                return
            entry = _printable(entry)
            text = anonymise(text, phones) if kind in KINDS_WITH_TEXT else ""
            near, score = nearest or ("", 0.0)
            note = Note(
                id=_number(id, kind, entry, text) if id else secrets.randbits(63),
                hour=this_hour(),
                kind=kind,
                entry=entry,
                text=text,
                nearest=_printable(near),
                score=float(score) if math.isfinite(score) else 0.0,
            )
            self._writer.add(self._pending.persist(note))
        except Exception as error:
            self._writer.lose(1, error)

    # in the writer's thread

    def _write(self, notes: Sequence[Note]) -> None:
        try:
            with self._store.begin() as connection:
                self._insert(connection, self._new(connection, notes))
        except (DataError, IntegrityError) as error:
            raise Refused(reason(error)) from None
        self._pending.forget(notes)

    def _new(self, connection: Connection, notes: Sequence[Note]) -> list[Note]:
        """Those that are not in the database yet; an earlier try may have put them there."""
        by_id = {note.id: note for note in notes}
        if not by_id:
            return []
        rows = [self._row(id=one, hour=this_hour()) for one in by_id]
        new = self._store.add_ids(connection, rows)
        return [note for note in by_id.values() if note.id in new]

    def _insert(self, connection: Connection, notes: Sequence[Note]) -> None:
        counts = Counter((note.hour, note.kind, note.entry) for note in notes)
        rows = [self._row(hour=h, kind=k, entry=e, number=n) for (h, k, e), n in counts.items()]
        nothing = self._row(hour=0, kind="", entry="", number=0)
        texts = [
            self._row(hour=n.hour, kind=n.kind, text=n.text, nearest=n.nearest, score=n.score)
            for n in notes
            if n.text
        ]
        self._store.add_counts(connection, rows or [nothing])
        if texts:
            connection.execute(insert(QUESTIONS), texts)

    def _row(self, **columns: str | float) -> dict[str, Any]:
        return {"practice": self._practice, **columns}

    def _tidy(self) -> None:
        taken_over = self._take_over()
        with self._store.begin() as connection:
            self._delete_before(connection, KEEP_DAYS)
            self._delete_surplus(connection)
            if not taken_over:  # their ids may be old, and are needed when they are written
                self._delete_ids(connection)
        self._store.shrink()

    def _take_over(self) -> bool:
        """Queue the notes that dead processes left; True if there were any."""
        notes, unreadable = self._pending.take_over()
        for note in notes:
            self._writer.add(note)
        if unreadable:
            self._writer.lose(unreadable)
            _log.warning("%d notes of a process that ended cannot be read.", unreadable)
        return bool(notes)

    def _delete_before(self, connection: Connection, days: int) -> int:
        last = this_hour() - days * 24
        for table in (COUNTS, QUESTIONS):
            rows = delete(table).where(self._mine(table), table.c.hour <= last)
            deleted = connection.execute(rows).rowcount
        return deleted

    def _delete_surplus(self, connection: Connection) -> None:
        mine = self._mine(QUESTIONS)
        newest = select(QUESTIONS.c.id).where(mine).order_by(QUESTIONS.c.id.desc())
        last = newest.offset(MAX_QUESTIONS).limit(1).scalar_subquery()
        connection.execute(delete(QUESTIONS).where(mine, QUESTIONS.c.id <= last))

    def _delete_ids(self, connection: Connection) -> None:
        """Those of this hour stay, however many they are."""
        mine, hour = self._mine(NOTE_IDS), NOTE_IDS.c.hour
        newest = select(hour).where(mine).order_by(hour.desc())
        last = newest.offset(MAX_QUESTIONS).limit(1).scalar_subquery()
        old = (hour <= this_hour() - ID_DAYS * 24) | (hour < last)
        connection.execute(delete(NOTE_IDS).where(mine, old))

    def _end(self) -> None:
        self._pending.close()
        self._store.close()

    # state and lifetime

    @property
    def lost(self) -> int:
        """How many notes this process had to give up."""
        return self._writer.lost

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until what was noted so far is written; False if that takes longer."""
        return self._writer.flush(timeout)

    def working(self, timeout: float = 1.0) -> bool:
        """Whether writing succeeds now."""
        return not self._writer.failing and self._writer.flush(timeout, always=True)

    def close(self, timeout: float = 2.0) -> None:
        """Write what waits. What cannot be written in time is left in its file, or lost."""
        self._writer.close(timeout)

    # for the office

    def questions(self, days: int = KEEP_DAYS) -> list[OpenQuestion]:
        """The questions of the last `days` that are not settled, the newest first."""
        settled = QUESTIONS.alias()
        for_good = select(settled.c.id).where(
            settled.c.practice == self._practice,
            settled.c.text == QUESTIONS.c.text,
            settled.c.settled.in_(PERMANENT_ACTIONS),
        )
        open_ones = (
            self._of(QUESTIONS, days)
            .where(QUESTIONS.c.settled == "", ~for_good.exists())
            .order_by(QUESTIONS.c.id.desc())
        )
        return [
            OpenQuestion(row.id, _moment(row.hour), row.kind, row.text, row.nearest, row.score)
            for row in self._rows(open_ones)
        ]

    def counts(self, days: int) -> list[Count]:
        """How many replies the last `days` saw: by hour, kind and entry, the oldest first."""
        rows = self._rows(self._of(COUNTS, days).order_by(COUNTS.c.hour))
        return [Count(_moment(row.hour), row.kind, row.entry, row.number) for row in rows]

    def mark_handled(self, texts: Iterable[str], action: str) -> None:
        """Take questions off the list; "ignore" and "office" do so for good, "" puts them back."""
        unique = list(dict.fromkeys(texts))

        def work(connection: Connection) -> None:
            for start in range(0, len(unique), TEXTS_PER_STATEMENT):
                some = QUESTIONS.c.text.in_(unique[start : start + TEXTS_PER_STATEMENT])
                rows = update(QUESTIONS).where(self._mine(QUESTIONS), some)
                connection.execute(rows.values(settled=action))

        self._do(work)

    def purge(self, days: int) -> int:
        """Delete what is older than `days` days; 0 deletes all. How many questions were deleted."""
        self._take_over()
        self.flush()
        deleted = self._do(lambda connection: self._delete_before(connection, days))
        if deleted:
            self._store.shrink()
        return deleted or 0

    def export(self, file: TextIO) -> None:
        """Write all questions as CSV, with no cell that a spreadsheet takes for a formula."""
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for row in self._rows(self._of(QUESTIONS, KEEP_DAYS).order_by(QUESTIONS.c.id)):
            hour = _moment(row.hour).strftime("%Y-%m-%d %H:00")
            words = (row.kind, row.text, row.nearest)
            rows.writerow([hour, *map(words_only, words), f"{row.score:.2f}", row.settled])

    def _mine(self, table: Table) -> Any:
        return table.c.practice == self._practice

    def _of(self, table: Table, days: int) -> Select[Any]:
        since = this_hour() - days * 24
        return select(table).where(self._mine(table), table.c.hour > since)

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        return self._do(lambda connection: connection.execute(query).all()) or ()

    def _do(self, work: Callable[[Connection], T]) -> T | None:
        """What `work` returns; None where nothing was ever written."""
        return None if self._store.absent else self._store.within(READ_TIMEOUT, work)


def _number(*texts: str) -> int:
    """63 bits, always the same for the same texts."""
    digest = blake2b("\n".join(texts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def _printable(entry_id: str) -> str:
    return "".join(c for c in entry_id if c.isprintable())[:200]


def _moment(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * 3600, UTC)

"""The journal's tables, in an SQLite file or a PostgreSQL database."""

from __future__ import annotations

import sqlite3
import stat
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock
from sqlalchemy import (
    URL,
    BigInteger,
    Column,
    Connection,
    Engine,
    Float,
    Index,
    Integer,
    MetaData,
    NullPool,
    String,
    Table,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable

BUSY = 5  # seconds to wait for another process that is writing, or for a free connection
LIMITS = (  # of PostgreSQL: a client that vanishes within a transaction must block nobody for long
    "SET LOCAL statement_timeout = 5000;SET LOCAL idle_in_transaction_session_timeout = 2000"
)
POOL, OVERFLOW = 2, 3  # connections that a process keeps, and that it opens for a while
CREATING = 0xFA_9B07  # the advisory lock under which the tables are created
POSTGRESQL: dict[str, Any] = {  # a database that does not answer must not block the writer for long
    "connect_timeout": 3,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 3_000,
    "prepare_threshold": None,  # PgBouncer may hand each transaction to another server process
}
BAD_ADDRESS = "“{}” cannot hold the journal. Name a file, a postgresql:// address, or “off”."
NO_DRIVER = "For a journal in PostgreSQL, install psycopg: pip install 'psycopg[binary]'"
UNREACHABLE = "The journal cannot be reached just now ({}). Try again in a minute."

_tables = MetaData()
QUESTIONS = Table(
    "faqbot_questions",
    _tables,
    Column("id", Integer, primary_key=True),
    Column("practice", String(200), nullable=False),
    Column("hour", Integer, nullable=False),  # hours since 1970 in UTC, in all tables
    Column("kind", String(20), nullable=False),
    Column("text", String(300), nullable=False),
    Column("nearest", String(200), nullable=False),
    Column("score", Float, nullable=False),
    Column("settled", String(20), nullable=False, default=""),
    Index("faqbot_questions_by_hour", "practice", "hour"),
    Index("faqbot_questions_by_text", "practice", "text"),
)
COUNTS = Table(
    "faqbot_counts",
    _tables,
    Column("practice", String(200), primary_key=True),
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), primary_key=True),
    Column("entry", String(200), primary_key=True),
    Column("number", Integer, nullable=False),
)
# The notes that were written lately, each with the hour of its writing. An id is added in the
# transaction that writes its note, so a note that comes again is recognised. Without an index:
# PostgreSQL's CREATE INDEX IF NOT EXISTS locks the table also where the index exists, and with
# two such tables, processes that start and processes that write have been seen to deadlock.
NOTE_IDS = Table(
    "faqbot_note_ids",
    _tables,
    Column("practice", String(200), primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("hour", Integer, nullable=False),
)
T = TypeVar("T")
_servers: weakref.WeakValueDictionary[URL, _Database] = weakref.WeakValueDictionary()


class JournalError(Exception):
    """The journal cannot be used; says why, and what to do."""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that waits for the office to look at it."""

    id: int
    hour: datetime  # the beginning of the hour, in UTC
    kind: str  # "office", "choices" or "not helpful"
    text: str
    nearest: str  # an entry's id, or ""
    score: float  # how sure the bot was, from 0 to 1


@dataclass(frozen=True, slots=True)
class Count:
    """How many replies of one kind an hour saw; a reply counts once, for its first entry."""

    hour: datetime
    # answer, choices, office, emergency, small talk, caution, chosen, helpful, not helpful
    kind: str
    entry: str  # an entry's id, or ""
    number: int


class _Database:
    """What all stores of this process that use the same database share."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.stores: weakref.WeakSet[Store] = weakref.WeakSet()
        self.has_tables = False


class Store:
    """The tables at `address`, a file's path or a URL; nothing is opened before it is needed."""

    def __init__(self, address: str) -> None:
        url = _url(address)
        is_file = url.get_backend_name() == "sqlite"
        self.path = Path(str(url.database)) if is_file else None
        self._database = _Database(_file_engine(url)) if is_file else _server(url)

    @property
    def absent(self) -> bool:
        """Whether there is nothing to read yet: reading must not create the file."""
        return self.path is not None and not self.path.exists()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction; creates the tables where there are none."""
        database = self._database
        database.stores.add(self)
        try:
            if not database.has_tables:
                self._create_tables()
                database.has_tables = True
            with self._transaction() as connection:
                yield connection
        except SQLAlchemyError as error:
            # The file may have been deleted, or the database set up anew.
            if self.path or isinstance(error, ProgrammingError):
                database.has_tables = False
            raise

    def within(self, seconds: float, work: Callable[[Connection], T]) -> T:
        """What `work` returns; raises JournalError where that fails or takes longer."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                with self.begin() as connection:
                    value = work(connection)
                done.set_result(value)
            except Exception as error:
                done.set_exception(error)

        # No driver's timeout covers a server that stops in the middle of an answer.
        threading.Thread(target=run, daemon=True, name="faqbot journal reader").start()
        try:
            return done.result(timeout=seconds)
        except TimeoutError:
            raise JournalError(UNREACHABLE.format("it does not answer")) from None
        except Exception as error:
            raise JournalError(UNREACHABLE.format(reason(error))) from error

    def add_ids(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> set[int]:
        """Those of these ids that were not there yet."""
        new = self._insert(NOTE_IDS).on_conflict_do_nothing().returning(NOTE_IDS.c.id)
        # Always in one order, so that no two writers block each other; the same below.
        return set(connection.execute(new, sorted(rows, key=itemgetter("id"))).scalars())

    def add_counts(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Add each count to the one that is there."""
        new = self._insert(COUNTS)
        added = new.on_conflict_do_update(
            index_elements=list(COUNTS.primary_key.columns),
            set_={"number": COUNTS.c.number + new.excluded.number},
        )
        connection.execute(added, sorted(rows, key=lambda row: list(row.items())))

    def shrink(self) -> None:
        """Take what was deleted out of SQLite's log as well, where nobody is reading it."""
        if self.path:
            with self._database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the connections, unless another store uses them."""
        self._database.stores.discard(self)
        if not self._database.stores:
            self._database.engine.dispose()

    def _insert(self, table: Table) -> Any:
        return sqlite.insert(table) if self.path else postgresql.insert(table)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._database.engine.begin() as connection:
            if self.path is None:
                connection.exec_driver_sql(LIMITS)
            yield connection

    def _create_tables(self) -> None:
        if self.path is None:
            with self._transaction() as connection:
                connection.execute(select(func.pg_advisory_xact_lock(CREATING)))
                _create_in(connection)
            return
        make_folder(self.path.parent)
        if not self.path.exists():
            self.path.touch(mode=0o600)
        mode = stat.S_IMODE(self.path.stat().st_mode)
        lock = FileLock(f"{self.path}.lock", timeout=BUSY, mode=mode)
        with lock, self._transaction() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            _create_in(connection)


def _create_in(connection: Connection) -> None:
    for table in (QUESTIONS, COUNTS, NOTE_IDS):
        connection.execute(CreateTable(table, if_not_exists=True))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            connection.execute(CreateIndex(index, if_not_exists=True))


def make_folder(folder: Path) -> None:
    """Make a folder, without its parents, that only this user can read and git leaves alone."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        (folder / ".gitignore").touch(mode=0o600)
        (folder / ".gitignore").write_text("*\n")


def this_hour() -> int:
    """The hour as the tables have it."""
    return int(time.time() // 3600)


def reason(error: BaseException) -> str:
    """Why the store failed, without anything of the rows that it was given."""
    cause = getattr(error, "orig", None) or error
    is_safe = isinstance(error, (OperationalError, OSError))
    words = str(cause).strip().splitlines()[0] if is_safe and str(cause).strip() else ""
    return words or type(cause).__name__


def _url(address: str) -> URL:
    if "://" not in address:
        try:
            return URL.create("sqlite", database=str(Path(address).expanduser()))
        except RuntimeError:  # the home folder of somebody unknown
            raise JournalError(BAD_ADDRESS.format(address)) from None
    with suppress(ArgumentError, ValueError):  # the second of a port that is no number
        url = make_url(address.replace("postgres://", "postgresql://", 1))
        if url.get_backend_name() == "postgresql":
            return url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() == "sqlite" and url.database:
            return url.set(drivername="sqlite")
    raise JournalError(BAD_ADDRESS.format(f"{address.partition('://')[0]}://…"))


def _file_engine(url: URL) -> Engine:
    """Opens the file anew for each transaction, so that a deleted one is noticed."""
    options = {"timeout": BUSY}
    engine = create_engine(
        url,
        poolclass=NullPool,
        connect_args=options,
        hide_parameters=True,
        query_cache_size=0,  # takes 80 KB for each of a thousand practices, and saves no time
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten

    return engine


def _server(url: URL) -> _Database:
    """One for all practices: a thousand must not need as many connections."""
    database = _servers.get(url) or _Database(_server_engine(url))
    return _servers.setdefault(url, database)


def _server_engine(url: URL) -> Engine:
    try:
        return create_engine(
            url,
            pool_size=POOL,
            max_overflow=OVERFLOW,
            pool_timeout=BUSY,
            pool_pre_ping=True,
            connect_args=POSTGRESQL,
            hide_parameters=True,
        )
    except ModuleNotFoundError as error:
        raise JournalError(NO_DRIVER) from error

"""Where the journal's rows are: an SQLite file, or a PostgreSQL database."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext, suppress
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
    delete,
    event,
    func,
    insert,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable

BUSY = 5  # seconds to wait for another process that is writing
LIMITS = (  # of PostgreSQL; a client that vanished within a transaction must hold up nobody
    "SET LOCAL statement_timeout = 5000;SET LOCAL idle_in_transaction_session_timeout = 2000"
)
IDLE, MORE = 2, 3  # connections that a process keeps, and that it opens for a while
MAKING = 0xFA_9B07  # the advisory lock under which the tables are made
POSTGRESQL: dict[str, Any] = {  # a database that does not answer must not hold the writer for long
    "connect_timeout": 3,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 3_000,
    "prepare_threshold": None,  # PgBouncer may hand each transaction to another server process
}
WRONG = "“{}” is no place for the journal. Name a file, a postgresql:// address, or “off”."
NO_DRIVER = "For a journal in PostgreSQL, install psycopg: pip install 'psycopg[binary]'"
AWAY = "The journal cannot be reached just now ({}). Try again in a minute."

_tables = MetaData()
QUESTIONS = Table(
    "faqbot_questions",
    _tables,
    Column("id", Integer, primary_key=True),
    Column("practice", String(200), nullable=False),
    Column("hour", Integer, nullable=False),  # hours since 1970 in UTC
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
# Each writer's last transaction, in which it wrote its mark: whoever saw its beginning but not its
# end, and finds the mark here, need not write the same again.
WRITTEN = Table(
    "faqbot_written",
    _tables,
    Column("mark", BigInteger, primary_key=True, autoincrement=False),
    Column("practice", String(200), nullable=False),
    Column("hour", Integer, nullable=False),
)
T = TypeVar("T")
_servers: weakref.WeakValueDictionary[URL, _Place] = weakref.WeakValueDictionary()
_files: weakref.WeakSet[Store] = weakref.WeakSet()
_fork = threading.Lock()


class JournalError(Exception):
    """The journal cannot be used; says why, and how to go on."""


class _Place:
    """What all stores in a process that use the same server have together."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.users: weakref.WeakSet[Store] = weakref.WeakSet()
        self.made = False  # the tables


class Store:
    """The tables at `address`, a file's path or a URL; nothing is opened before it is needed."""

    def __init__(self, address: str) -> None:
        url = _url(address)
        is_file = url.get_backend_name() == "sqlite"
        self.path = Path(str(url.database)) if is_file else None
        self._place = _Place(_file_engine(url)) if is_file else _server(url)
        self._in_use = threading.Lock()
        if is_file:
            _files.add(self)

    @property
    def absent(self) -> bool:
        """Whether there is nothing to read yet: to look must not make the file."""
        return self.path is not None and not self.path.exists()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction; the tables are made where there are none."""
        with self._in_use if self.path else nullcontext():
            yield from self._begin()

    def _begin(self) -> Iterator[Connection]:
        place = self._place
        place.users.add(self)
        try:
            if not place.made:
                self._make()
                place.made = True
            with place.engine.begin() as connection:
                self._limit(connection)
                yield connection
        except SQLAlchemyError as error:
            # The file may have been deleted, or the database set up anew.
            if self.path or isinstance(error, ProgrammingError):
                place.made = False
            raise

    def within(self, seconds: float, work: Callable[[Connection], T]) -> T:
        """What `work` returns; raises JournalError where the store is away, or takes longer."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                with self.begin() as connection:
                    value = work(connection)
                done.set_result(value)
            except Exception as error:
                done.set_exception(error)

        # No driver's timeout helps against a server that stops in the middle of a word.
        threading.Thread(target=run, daemon=True, name="faqbot journal reader").start()
        try:
            return done.result(timeout=seconds)
        except TimeoutError:
            raise JournalError(AWAY.format("it does not answer")) from None
        except Exception as error:
            raise JournalError(AWAY.format(reason(error))) from error

    def add(self, connection: Connection, counts: Sequence[dict[str, Any]]) -> None:
        """Add each count to the one that is there; in one order, so that no two writers lock."""
        dialect = sqlite if self.path else postgresql
        new = dialect.insert(COUNTS)
        more = new.on_conflict_do_update(
            index_elements=list(COUNTS.primary_key.columns),
            set_={"number": COUNTS.c.number + new.excluded.number},
        )
        connection.execute(more, sorted(counts, key=lambda count: list(count.items())))

    def marks(self, connection: Connection, tried: Collection[int]) -> set[int]:
        """Those of these transactions that went through, if they are still their writer's last."""
        if not tried:
            return set()
        marks = select(WRITTEN.c.mark).where(WRITTEN.c.mark.in_(tried))
        return set(connection.execute(marks).scalars())

    def mark(self, connection: Connection, last: int, row: dict[str, Any]) -> None:
        """Put a mark in the place of the writer's last."""
        connection.execute(delete(WRITTEN).where(WRITTEN.c.mark == last))
        connection.execute(insert(WRITTEN), [row])

    def shrink(self) -> None:
        """Take what was deleted out of SQLite's log as well, where nobody is reading it."""
        if self.path:
            with self._in_use, self._place.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self, forked: bool = False) -> None:
        """Close what nobody else uses; a forked process leaves its parent's connections alone."""
        self._place.users.discard(self)
        if forked or not self._place.users:
            self._place.engine.dispose(close=not forked)

    def _make(self) -> None:
        if self.path is None:
            with self._place.engine.begin() as connection:
                self._limit(connection)
                connection.execute(select(func.pg_advisory_xact_lock(MAKING)))
                self._create(connection)
            return
        _make_room(self.path)
        with FileLock(f"{self.path}.lock", timeout=BUSY), self._place.engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            self._create(connection)

    def _create(self, connection: Connection) -> None:
        for table in (QUESTIONS, COUNTS, WRITTEN):
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                connection.execute(CreateIndex(index, if_not_exists=True))

    def _limit(self, connection: Connection) -> None:
        if self.path is None:
            connection.exec_driver_sql(LIMITS)


def reason(error: BaseException) -> str:
    """Why the store failed, without anything of the rows that it was given."""
    cause = getattr(error, "orig", None) or error
    told = isinstance(error, (OperationalError, OSError))
    words = str(cause).strip().splitlines()[0] if told and str(cause).strip() else ""
    return words or type(cause).__name__


def _url(address: str) -> URL:
    if "://" not in address:
        return URL.create("sqlite", database=str(Path(address).expanduser()))
    with suppress(ArgumentError):
        url = make_url(address.replace("postgres://", "postgresql://", 1))
        if url.get_backend_name() == "postgresql":
            return url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() == "sqlite" and url.database:
            return url.set(drivername="sqlite")
    raise JournalError(WRONG.format(f"{address.partition('://')[0]}://…"))


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


def _server(url: URL) -> _Place:
    """One for all practices: a thousand must not need as many connections."""
    place = _servers.get(url) or _Place(_server_engine(url))
    return _servers.setdefault(url, place)


def _server_engine(url: URL) -> Engine:
    try:
        return create_engine(
            url,
            pool_size=IDLE,
            max_overflow=MORE,
            pool_timeout=BUSY,
            pool_pre_ping=True,
            connect_args=POSTGRESQL,
            hide_parameters=True,
        )
    except ModuleNotFoundError as error:
        raise JournalError(NO_DRIVER) from error


def _make_room(path: Path) -> None:
    """A file, and at most one folder, that only this user can read; git leaves both alone."""
    with suppress(FileExistsError):
        path.parent.mkdir(mode=0o700)
        (path.parent / ".gitignore").write_text("*\n")
    if not path.exists():
        path.touch(mode=0o600)


# SQLite keeps in memory which locks a process holds on a file. A fork in the middle of a
# transaction would copy that, and the child would wait for ever for a lock that nobody holds.


def _before_fork() -> None:
    _fork.acquire()
    _held.extend(_files)
    for store in _held:
        store._in_use.acquire()


def _after_fork() -> None:
    while _held:
        _held.pop()._in_use.release()
    _fork.release()


_held: list[Store] = []
if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
    )

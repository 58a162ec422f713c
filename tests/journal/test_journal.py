"""The journal: what it keeps, that nobody waits for it, and that it outlives what happens to it."""

from __future__ import annotations

import csv
import io
import itertools
import json
import logging
import os
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import Connection

from faqbot.journal import Journal, JournalError, writer
from faqbot.journal.store import LIMITS
from faqbot.knowledge import Phone
from tests.waiting import PATIENCE, wait_until

if TYPE_CHECKING:
    from tests.postgres import PostgresServer

pytest_plugins = ["tests.postgres"]

ROOT = Path(__file__).parent.parent.parent
LINES = [
    json.loads(line)
    for line in (ROOT / "tests/cases/personal-lines.jsonl").read_text("utf-8").splitlines()
]
OFFICE = ("how much is it", "office", "", ("duration", 0.31))


def texts(journal: Journal) -> list[str]:
    assert journal.flush(PATIENCE)
    return [asked.text for asked in journal.questions()]


def numbers(journal: Journal, days: int = 90) -> dict[tuple[str, str], int]:
    assert journal.flush(PATIENCE)
    counted: Counter[tuple[str, str]] = Counter()
    for count in journal.counts(days):
        counted[count.kind, count.entry] += count.number
    return dict(counted)


def secrets() -> set[str]:
    """The secrets of all lines, but for those that are ordinary words of another line."""
    found = {secret.lower() for line in LINES for secret in line["secret"]}
    for line in LINES:
        ordinary = line["text"].lower()
        for secret in sorted(line["secret"], key=len, reverse=True):
            ordinary = ordinary.replace(secret.lower(), "|")
        found -= {secret for secret in found if secret in ordinary}
    return found


def all_bytes(file: Path) -> bytes:
    """Everything on disk: the database, its log and what else begins with its name."""
    found = b""
    for path in file.parent.glob(f"{file.name}*"):
        with suppress(FileNotFoundError):  # SQLite removes its log when nobody has it open
            found += path.read_bytes()
    return found


class TestWhatItKeeps:
    def test_words_only_of_what_got_no_answer(
        self, anywhere: str, opened: Callable[..., Journal]
    ) -> None:
        journal = opened(anywhere)
        journal.note("what does it cost", "office", "", ("cost", 0.42))
        journal.note("is it long or short", "choices", "duration", ("duration", 0.3))
        journal.note("how long does it take", "answer", "duration", ("duration", 0.97))
        journal.note("hello there", "small talk")
        journal.note("I cannot feel my legs", "emergency")
        journal.note("how long is it", "helpful", "duration", ("duration", 0.0))
        journal.note("how many hours am I asleep", "not helpful", "duration", ("duration", 0.0))
        assert texts(journal) == [
            "how many hours am I asleep",
            "is it long or short",
            "what does it cost",
        ]
        assert numbers(journal) == {
            ("office", ""): 1,
            ("choices", "duration"): 1,
            ("answer", "duration"): 1,
            ("small talk", ""): 1,
            ("emergency", ""): 1,
            ("helpful", "duration"): 1,
            ("not helpful", "duration"): 1,
        }

    def test_with_each_the_nearest_entry_and_its_score(self, journal: Journal) -> None:
        journal.note("what does it cost", "office", "", ("cost", 0.42))
        journal.note("bananas", "office")
        journal.note("how many hours am I asleep", "not helpful", "duration", ("duration", 0.0))
        assert journal.flush(PATIENCE)
        found = [(one.kind, one.nearest, one.score) for one in journal.questions()]
        assert found == [
            ("not helpful", "duration", 0.0),
            ("office", "", 0.0),
            ("office", "cost", 0.42),
        ]

    def test_the_time_to_the_hour_and_no_more(self, journal: Journal, file: Path) -> None:
        journal.note(*OFFICE)
        assert journal.flush(PATIENCE)
        (asked,) = journal.questions()
        assert asked.hour.tzinfo is UTC
        assert datetime.now(UTC) - asked.hour < timedelta(hours=1)
        assert (asked.hour.minute, asked.hour.second, asked.hour.microsecond) == (0, 0, 0)
        columns = {
            row[1] for row in sqlite3.connect(file).execute("PRAGMA table_info(faqbot_questions)")
        }
        assert columns == {"id", "practice", "hour", "kind", "text", "nearest", "score", "settled"}

    def test_nothing_that_says_who_the_visitor_is(
        self,
        anywhere: str,
        opened: Callable[..., Journal],
        file: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        ids = itertools.count()  # the bytes of random ones would be one of the secrets now and then
        monkeypatch.setattr("faqbot.journal.secrets.randbits", lambda _: next(ids))
        journal = opened(anywhere)
        for line in LINES:
            journal.note(line["text"], "office")
            journal.note(line["text"], "not helpful", "duration", ("duration", 0.0))
        assert len(texts(journal)) == 2 * len(LINES)
        kept = all_bytes(file) if file.exists() else "\n".join(texts(journal)).encode()
        sought = {secret for secret in secrets() if len(secret) > 2} - {"mary"}  # PRIMARY KEY
        assert len(sought) > 500
        assert [secret for secret in sought if secret.encode() in kept.lower()] == []

    def test_the_practices_own_number(self, journal: Journal) -> None:
        own = [Phone("Office", "(646) 555-0142")]
        journal.note("is 646 555 0142 yours?", "office", phones=own)
        journal.note("is 646 555 0199 yours?", "office", phones=own)
        assert texts(journal) == ["is [number] yours?", "is 646 555 0142 yours?"]

    def test_whatever_is_typed(self, anywhere: str, opened: Callable[..., Journal]) -> None:
        journal = opened(anywhere)
        for text in ("a\x00b", "\ud800", "'; DROP TABLE faqbot_questions; --", "🦴" * 500, "é\n"):
            journal.note(text, "office", "", ("id\x00\udfff", float("nan")))
        journal.note("x", "office", "", ("x", "no number"))  # type: ignore[arg-type]
        assert texts(journal) == ["é", "🦴" * 300, "'; DROP TABLE faqbot_questions; --", "ab"]
        assert numbers(journal) == {("office", ""): 5}
        assert journal.lost == 1

    def test_nothing_readable_by_others(
        self, tmp_path: Path, opened: Callable[..., Journal]
    ) -> None:
        file = tmp_path / ".faqbot" / "journal.sqlite"
        assert opened(file).working()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert (file.parent / ".gitignore").read_text() == "*\n"

    def test_nothing_of_a_question_in_the_log(
        self, tmp_path: Path, opened: Callable[..., Journal], caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        journal = opened(tmp_path)  # a folder
        journal.note("my secret question", "office")
        journal.note("my other secret", "office", "", ("secret", "no number"))  # type: ignore[arg-type]
        assert not journal.flush(0.5)
        assert caplog.messages
        assert "secret" not in caplog.text


def test_each_practice_sees_its_own(anywhere: str, opened: Callable[..., Journal]) -> None:
    one, other = opened(anywhere, practice="one"), opened(anywhere, practice="other")
    one.note("from one", "office")
    other.note("from the other", "office")
    assert texts(one) == ["from one"]
    assert texts(other) == ["from the other"]
    one.mark_handled(["from the other"], "ignore")
    assert one.purge(0) == 1
    assert texts(other) == ["from the other"]
    assert numbers(other) == {("office", ""): 1}


def test_counts_of_several_processes_add_up(anywhere: str, opened: Callable[..., Journal]) -> None:
    journals = [opened(anywhere) for _ in range(4)]
    for journal in journals:
        for _ in range(25):
            journal.note("how long", "answer", "duration")
    for journal in journals:
        assert journal.flush(PATIENCE)
    assert numbers(journals[0]) == {("answer", "duration"): 100}


def test_many_practices_share_a_few_connections(
    postgres: PostgresServer, opened: Callable[..., Journal]
) -> None:
    url = postgres.empty()
    journals = [opened(url, practice=f"practice {number}") for number in range(100)]
    with psycopg.connect(url, autocommit=True) as watching:
        others = connections(watching)
        for journal in journals:
            journal.note(*OFFICE)
        wait_until(lambda: all(journal.flush(30) for journal in journals), 60)
        assert connections(watching) - others <= 5
        for journal in journals[1:]:
            journal.close()
        assert texts(journals[0]) == [OFFICE[0]]
        journals[0].close()
        wait_until(lambda: connections(watching) <= others)


def connections(watching: psycopg.Connection) -> int:
    """How many there are to the server by now."""
    clients = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    return int(watching.execute(clients).fetchall()[0][0])


class TestWhereItIs:
    def test_off(self, file: Path) -> None:
        assert Journal.open(file, "off") is None
        assert Journal.open(file, " OFF ") is None

    def test_the_usual_place(self, file: Path) -> None:
        journal = Journal.open(file, "")
        assert journal
        assert journal.working(PATIENCE)
        journal.close()
        assert file.exists()

    def test_a_file_of_ones_own(self, file: Path, tmp_path: Path) -> None:
        named = tmp_path / "elsewhere.sqlite"
        journal = Journal.open(file, str(named))
        assert journal
        assert journal.working(PATIENCE)
        journal.close()
        assert named.exists()
        assert not file.exists()

    @pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
    def test_postgresql_however_it_is_written(
        self, scheme: str, postgres: PostgresServer, opened: Callable[..., Journal]
    ) -> None:
        assert opened(postgres.empty().replace("postgresql", scheme, 1)).working(PATIENCE)

    @pytest.mark.parametrize(
        "address", ["mysql://u:p4ss@h/d", "sqlite://", "x://", "://", "~nobody-here/x.sqlite"]
    )
    def test_no_other_place_and_it_says_so(self, file: Path, address: str) -> None:
        with pytest.raises(JournalError, match="cannot hold the journal") as caught:
            Journal.open(file, address)
        assert "p4ss" not in str(caught.value)

    def test_nothing_is_made_before_the_first_use(self, file: Path) -> None:
        journal = Journal(str(file))
        assert journal.questions() == []
        assert journal.counts(90) == []
        assert journal.purge(0) == 0
        journal.mark_handled(["x"], "ignore")
        journal.close()
        assert not file.exists()

    def test_a_folder_that_is_gone_is_not_made_again(self, tmp_path: Path) -> None:
        journal = Journal(str(tmp_path / "knowledge" / ".faqbot" / "journal.sqlite"))
        assert not journal.working(0.5)
        journal.close(0.1)
        assert not (tmp_path / "knowledge").exists()


# a program of its own
PROGRAM = """
import multiprocessing, os, sys, time
from faqbot.journal import Journal

def office(journal, number):
    journal.note(f"question {chr(97 + number // 676)}{number}", "office")

"""


def program(code: str, *arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM + code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def outcome(process: subprocess.Popen[str]) -> tuple[str, str, int]:
    said, complained = process.communicate(timeout=10 * PATIENCE)
    return said, complained, process.returncode


def broken(kind: str, tmp_path: Path) -> str:
    """The address of a journal that cannot be written."""
    match kind:
        case "a folder in its place":
            return str(tmp_path)
        case "a folder that is gone":
            return str(tmp_path / "gone" / "room" / "journal.sqlite")
        case "no database":
            (tmp_path / "journal.sqlite").write_bytes(b"a letter to my aunt " * 1000)
            return str(tmp_path / "journal.sqlite")
        case "a server that is away":
            with socket.create_server(("127.0.0.1", 0)) as free:
                return f"postgresql://nobody@127.0.0.1:{free.getsockname()[1]}/none"
    raise ValueError(kind)


BROKEN = [
    "a folder in its place",
    "a folder that is gone",
    "no database",
    "a server that is away",
]


@pytest.fixture
def hanging() -> Iterator[str]:
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listening:
        yield f"postgresql://nobody@127.0.0.1:{listening.getsockname()[1]}/none"


def assert_nobody_waits(journal: Journal, *, stuck: bool = False) -> None:
    """All replies are noted while the writer waits: before its transaction, or `stuck` in one."""
    asking, noted = threading.current_thread(), threading.Event()
    entered: list[threading.Thread] = []
    gave_up: list[threading.Thread] = []
    waits: list[object] = []
    begin = journal._store.begin

    def begin_later() -> AbstractContextManager[Connection]:
        entered.append(threading.current_thread())
        if not noted.wait(PATIENCE):
            gave_up.append(threading.current_thread())
        return begin()

    def recorded(wait: Callable[..., object]) -> Callable[..., object]:
        def record(*args: object, **more: object) -> object:
            if threading.current_thread() is asking:
                waits.append(wait)
            return wait(*args, **more)

        return record

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal._store, "begin", begin_later)
        journal.note(*OFFICE)
        if not stuck:
            wait_until(lambda: entered)
        patch.setattr(threading.Condition, "wait", recorded(threading.Condition.wait))
        patch.setattr(time, "sleep", recorded(time.sleep))
        since = time.thread_time()
        for _ in range(500):
            journal.note(*OFFICE)
        assert time.thread_time() - since < 500 * 0.001
        assert asking not in entered
        assert waits == gave_up == []
        noted.set()


def at_rest(journal: Journal) -> bool:
    """Whether it works; its first tidying, which takes locks, is over by the second time."""
    return journal.working(PATIENCE) and journal.working(PATIENCE)


class TestNobodyWaitsForIt:
    def test_where_it_works(self, anywhere: str, opened: Callable[..., Journal]) -> None:
        assert_nobody_waits(opened(anywhere))

    @pytest.mark.parametrize("kind", BROKEN)
    def test_where_it_cannot_be_written(
        self, kind: str, tmp_path: Path, opened: Callable[..., Journal]
    ) -> None:
        journal = opened(broken(kind, tmp_path))
        assert_nobody_waits(journal)
        wait_until(lambda: not journal.working(0.1))
        assert_nobody_waits(journal)

    def test_where_the_server_hangs(self, hanging: str, opened: Callable[..., Journal]) -> None:
        journal = opened(hanging)
        assert_nobody_waits(journal)
        assert not journal.working(0.2)
        assert_nobody_waits(journal, stuck=True)

    def test_many_threads_at_once(self, journal: Journal) -> None:
        def ask() -> None:
            for _ in range(250):
                journal.note("how long", "answer", "duration")

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert numbers(journal) == {("answer", "duration"): 2000}
        assert journal.lost == 0


class TestWhenItCannotBeWritten:
    def test_the_loss_is_counted_and_the_rest_is_kept(
        self, tmp_path: Path, opened: Callable[..., Journal]
    ) -> None:
        path = tmp_path / "journal.sqlite"
        path.mkdir()
        journal = opened(path)
        for _ in range(writer.MAX_WAITING + writer.MAX_BATCH + 500):
            journal.note("how long", "answer", "duration")
        assert journal.lost >= 500
        path.rmdir()
        wait_until(lambda: journal.flush(1))
        everything = writer.MAX_WAITING + writer.MAX_BATCH + 500
        assert numbers(journal) == {("answer", "duration"): everything - journal.lost}

    def test_what_is_left_at_the_end_is_lost_where_no_file_can_keep_it(
        self, tmp_path: Path, opened: Callable[..., Journal]
    ) -> None:
        journal = opened(broken("a folder that is gone", tmp_path))
        for _ in range(7):
            journal.note(*OFFICE)
        journal.close(timeout=0.2)
        assert journal.lost == 7
        journal.note(*OFFICE)
        assert journal.lost == 8

    def test_it_says_so_once_and_once_when_it_works_again(
        self, tmp_path: Path, opened: Callable[..., Journal], caplog: pytest.LogCaptureFixture
    ) -> None:
        path = tmp_path / "journal.sqlite"
        path.mkdir()
        journal = opened(path)
        for _ in range(5):
            journal.note(*OFFICE)
            assert not journal.flush(0.2)
            wait_until(lambda: caplog.messages)
        path.rmdir()
        wait_until(lambda: len(caplog.messages) == 2)
        assert journal.flush(PATIENCE)
        assert caplog.messages[0].startswith("The journal cannot be written")
        assert caplog.messages[1] == "The journal can be written again; 0 notes lost so far."

    @pytest.mark.parametrize("kind", ["a folder in its place", "no database", BROKEN[-1]])
    def test_who_reads_is_told(
        self, kind: str, tmp_path: Path, opened: Callable[..., Journal]
    ) -> None:
        journal = opened(broken(kind, tmp_path))
        with pytest.raises(JournalError, match="cannot be reached just now"):
            journal.questions()
        with pytest.raises(JournalError, match="cannot be reached just now"):
            journal.purge(7)

    def test_who_reads_waits_no_longer_than_patience_lasts(
        self, hanging: str, opened: Callable[..., Journal], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("faqbot.journal.READ_TIMEOUT", 0.0)
        with pytest.raises(JournalError, match="does not answer"):
            opened(hanging).questions()


class TestWorksAgainByItself:
    def fails(self, journal: Journal) -> None:
        journal.note("asked meanwhile", "office")
        assert not journal.flush(0.3)
        assert not journal.working(0.1)

    def recovers(self, journal: Journal) -> None:
        wait_until(lambda: journal.flush(1))
        assert "asked meanwhile" in texts(journal)
        wait_until(journal.working)
        assert journal.lost == 0

    def test_when_what_was_in_its_place_is_gone(
        self, tmp_path: Path, opened: Callable[..., Journal]
    ) -> None:
        path = tmp_path / "journal.sqlite"
        path.mkdir()
        journal = opened(path)
        self.fails(journal)
        path.rmdir()
        self.recovers(journal)

    def test_when_its_file_was_deleted(self, journal: Journal, file: Path) -> None:
        journal.note("asked before", "office")
        assert journal.flush(PATIENCE)
        for path in file.parent.glob(f"{file.name}*"):
            path.unlink()
        journal.note("asked meanwhile", "office")
        self.recovers(journal)

    def test_when_its_file_was_no_database(
        self, tmp_path: Path, opened: Callable[..., Journal]
    ) -> None:
        path = broken("no database", tmp_path)
        journal = opened(path)
        self.fails(journal)
        Path(path).unlink()
        self.recovers(journal)

    def test_when_another_program_lets_go_of_it(self, journal: Journal, file: Path) -> None:
        assert at_rest(journal)
        other = sqlite3.connect(file)
        other.execute("BEGIN EXCLUSIVE")
        self.fails(journal)
        other.rollback()
        other.close()
        self.recovers(journal)

    def test_when_the_disk_has_room_again(
        self, small_disk: Path, opened: Callable[..., Journal]
    ) -> None:
        journal = opened(small_disk / "journal.sqlite")
        assert journal.working(PATIENCE)
        fill(small_disk / "filling")
        self.fails(journal)
        (small_disk / "filling").unlink()
        self.recovers(journal)

    def test_when_the_server_is_up_again(
        self, postgres: PostgresServer, opened: Callable[..., Journal]
    ) -> None:
        journal = opened(postgres.empty())
        assert journal.working(PATIENCE)
        postgres.stop()
        self.fails(journal)
        postgres.start()
        self.recovers(journal)

    def test_when_the_server_answers_again(
        self, postgres: PostgresServer, opened: Callable[..., Journal]
    ) -> None:
        journal = opened(postgres.empty())
        assert journal.working(PATIENCE)
        postgres.pause()
        try:
            self.fails(journal)
            assert_nobody_waits(journal, stuck=True)
        finally:
            postgres.resume()
        self.recovers(journal)

    def test_when_a_client_has_vanished_within_a_transaction(
        self, postgres: PostgresServer, opened: Callable[..., Journal]
    ) -> None:
        url = postgres.empty()
        journal = opened(url)
        assert at_rest(journal)
        with psycopg.connect(url) as vanished:
            vanished.execute(LIMITS.encode())
            vanished.execute("LOCK TABLE faqbot_counts")
            journal.note("asked meanwhile", "office")
            self.recovers(journal)
            assert is_dead(vanished)

    def test_when_its_tables_were_dropped(
        self, postgres: PostgresServer, opened: Callable[..., Journal]
    ) -> None:
        url = postgres.empty()
        journal = opened(url)
        assert at_rest(journal)
        with psycopg.connect(url) as connection:
            connection.execute("DROP TABLE faqbot_questions, faqbot_counts, faqbot_note_ids")
        journal.note("asked meanwhile", "office")
        self.recovers(journal)


def is_dead(connection: psycopg.Connection) -> bool:
    """Whether the server has ended it."""
    try:
        connection.execute("SELECT 1")
    except psycopg.Error:
        return True
    return False


def fill(file: Path) -> None:
    """Leave no room on the disk."""
    with file.open("wb", buffering=0) as filling, suppress(OSError):
        while filling.write(bytes(1024)):
            pass


def test_one_row_that_is_refused_does_not_take_others_with_it(
    postgres: PostgresServer, opened: Callable[..., Journal]
) -> None:
    url = postgres.empty()
    journal = opened(url)
    assert at_rest(journal)
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE faqbot_questions ADD CHECK (text <> 'refused')")
    for text in ("one", "two", "refused", "three"):
        journal.note(text, "office")
    assert texts(journal) == ["three", "two", "one"]
    assert numbers(journal) == {("office", ""): 3}
    assert journal.lost == 1


class TestSeveralProcesses:
    def test_eight_that_open_the_same_new_journal_at_once(
        self, tmp_path: Path, postgres: PostgresServer, opened: Callable[..., Journal]
    ) -> None:
        urls = [str(tmp_path / f"{i}.sqlite") for i in range(4)]
        urls += [postgres.empty() for _ in range(4)]
        code = """
def open_all(barrier, failures):
    for url in sys.argv[1:]:
        barrier.wait()
        journal = Journal(url)
        office(journal, 1)
        if not journal.flush(30) or journal.lost:
            failures.put(url)
        journal.close()

context = multiprocessing.get_context("fork")
barrier, failures = context.Barrier(8), context.Queue()
children = [context.Process(target=open_all, args=(barrier, failures)) for _ in range(8)]
for child in children: child.start()
for child in children: child.join()
print(failures.empty(), [child.exitcode for child in children])
"""
        assert outcome(program(code, *urls)) == (f"True {[0] * 8}\n", "", 0)
        for url in urls:
            assert numbers(opened(url)) == {("office", ""): 8}


class TestTheEndOfAProcess:
    def test_what_is_in_hand_is_written(
        self, anywhere: str, opened: Callable[..., Journal]
    ) -> None:
        code = """
from faqbot.journal import writer
writer.EXIT_TIMEOUT = 30
journal = Journal(sys.argv[1])
for number in range(500): office(journal, number)
"""
        assert outcome(program(code, anywhere)) == ("", "", 0)
        assert numbers(opened(anywhere)) == {("office", ""): 500}

    def test_it_does_not_wait_long_for_a_server_that_hangs(self, hanging: str) -> None:
        assert writer.EXIT_TIMEOUT < 5
        code = """
import atexit
atexit.register(lambda: print(journal.lost))  # when the journal has been closed
journal = Journal(sys.argv[1])
office(journal, 1)
"""
        assert outcome(program(code, hanging)) == ("1\n", "", 0)


def age(file: Path, days: float) -> None:
    with sqlite3.connect(file) as connection:
        for table in ("faqbot_questions", "faqbot_counts"):
            connection.execute(f"UPDATE {table} SET hour = hour - ?", [int(days * 24)])  # noqa: S608
    connection.close()


class TestHowLong:
    def test_after_90_days_it_deletes_by_itself(
        self, file: Path, opened: Callable[..., Journal], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(writer, "TIDY_EVERY", 0.1)
        journal = opened(file)
        journal.note("old question", "office")
        journal.note("how long", "answer", "old-entry")
        assert journal.flush(PATIENCE)
        age(file, 60)
        journal.note("new question", "office")
        assert journal.flush(PATIENCE)
        assert texts(journal) == ["new question", "old question"]
        age(file, 30)  # nobody asks any more
        wait_until(lambda: b"old question" not in all_bytes(file))
        assert b"old-entry" not in all_bytes(file)
        assert texts(journal) == ["new question"]

    def test_a_journal_that_was_closed_for_long_is_tidied_when_it_is_used_again(
        self, file: Path, opened: Callable[..., Journal]
    ) -> None:
        first = opened(file)
        first.note("old question", "office")
        first.close(PATIENCE)
        age(file, 91)
        again = opened(file)
        assert again.questions(1000) != []
        assert again.working(PATIENCE)
        wait_until(lambda: b"old question" not in all_bytes(file))

    def test_a_flood_leaves_the_newest(
        self, journal: Journal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("faqbot.journal.MAX_QUESTIONS", 10)
        monkeypatch.setattr(writer, "TIDY_EVERY", 0.1)
        for number in range(25):
            journal.note(f"question {chr(97 + number)}", "office")
        wait_until(lambda: len(texts(journal)) == 10)
        assert texts(journal)[0] == "question y"
        assert numbers(journal) == {("office", ""): 25}


class TestWhatTheOfficeDoes:
    def ask(self, journal: Journal, *asked: str) -> None:
        for text in asked:
            journal.note(text, "office")

    def test_it_sees_the_last_days(self, journal: Journal, file: Path) -> None:
        self.ask(journal, "last month")
        assert journal.flush(PATIENCE)
        age(file, 30)
        self.ask(journal, "today")
        assert texts(journal) == ["today", "last month"]
        assert [one.text for one in journal.questions(7)] == ["today"]
        assert numbers(journal, 7) == {("office", ""): 1}
        assert len(journal.counts(90)) == 2

    def test_what_it_settled_leaves_the_list(
        self, anywhere: str, opened: Callable[..., Journal]
    ) -> None:
        journal = opened(anywhere)
        self.ask(journal, "one", "two", "two", "three")
        assert journal.flush(PATIENCE)
        journal.mark_handled(["two", "three"], "phrasing")
        assert texts(journal) == ["one"]
        journal.mark_handled(["three"], "")
        assert texts(journal) == ["three", "one"]
        journal.mark_handled([], "ignore")
        journal.mark_handled([f"text {n}" for n in range(2000)], "ignore")

    def test_what_it_ignores_stays_away(self, journal: Journal) -> None:
        self.ask(journal, "bananas", "to be answered")
        assert journal.flush(PATIENCE)
        journal.mark_handled(["bananas"], "ignore")
        journal.mark_handled(["to be answered"], "entry")
        self.ask(journal, "bananas", "to be answered")
        assert texts(journal) == ["to be answered"]  # the new entry did not do

    def test_it_exports_what_a_spreadsheet_can_open(self, journal: Journal) -> None:
        self.ask(journal, '=HYPERLINK("x")', "+1", "-2", "@me", 'plain, with "quotes"')
        journal.note("settled", "choices", "duration", ("duration", 0.345))
        assert journal.flush(PATIENCE)
        journal.mark_handled(["settled"], "ignore")
        file = io.StringIO()
        journal.export(file)
        head, *rows = csv.reader(io.StringIO(file.getvalue()))
        assert head == ["hour (UTC)", "kind", "question", "nearest entry", "score", "settled"]
        assert [row[2] for row in rows] == [
            '\'=HYPERLINK("x")',
            "'+1",
            "'-2",
            "'@me",
            'plain, with "quotes"',
            "settled",
        ]
        hour = datetime.now(UTC).strftime("%Y-%m-%d %H:00")
        assert rows[-1] == [hour, "choices", "settled", "duration", "0.34", "ignore"]

    def test_it_purges(self, file: Path, anywhere: str, opened: Callable[..., Journal]) -> None:
        journal = opened(anywhere)
        self.ask(journal, "a very rare question", "another")
        assert journal.purge(1) == 0
        assert journal.purge(0) == 2
        assert texts(journal) == []
        assert numbers(journal) == {}
        assert not file.exists() or b"very rare" not in all_bytes(file)

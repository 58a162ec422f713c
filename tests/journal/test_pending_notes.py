"""Notes that wait to be written: they survive a kill, are written once, and name nobody."""

from __future__ import annotations

import errno
import itertools
import json
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from shutil import copytree
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.editing.workspace import Workspace
from faqbot.journal import Journal, pending, writer
from faqbot.journal.pending import Note, PendingNotes, read_notes
from faqbot.journal.store import this_hour
from faqbot.knowledge import Phone
from faqbot.privacy import anonymise
from tests.servers import Client, serving
from tests.steps import Steps
from tests.waiting import PATIENCE, wait_until

if TYPE_CHECKING:
    from sqlalchemy import Connection

fcntl = pytest.importorskip("fcntl", reason="On Windows, notes wait in memory only.")
pytest_plugins = ["tests.postgres"]

ROOT = Path(__file__).parent.parent.parent
ON_DISK: list[tuple[ModuleType, str]] = [
    *((os, name) for name in ("mkdir", "open", "write", "unlink", "close")),
    (fcntl, "flock"),
]


def note(number: int = 0, text: str = "how much is it") -> Note:
    return Note(number, this_hour(), "office", "", text, "cost", 0.25)


def files(file: Path) -> list[Path]:
    return sorted(file.parent.glob(f"{file.name}-notes-*"))


def in_files(file: Path) -> bytes:
    return b"".join(path.read_bytes() for path in files(file))


def adopted(file: Path, practice: str = "") -> list[Note]:
    """What the next process finds."""
    with closing(PendingNotes(file, practice)) as notes:
        return sorted(notes.take_over()[0], key=lambda found: found.id)


def ask(journal: Journal, number: int) -> None:
    journal.note(f"question {chr(97 + number // 676)}{number}", "office")
    journal.note("I cannot feel my legs", "emergency")


def wait_for_the_first_tidying(journal: Journal) -> None:
    """Until the notes of others are adopted and written."""
    for _ in range(3):
        wait_until(lambda: journal.working(PATIENCE))


def kinds(journal: Journal) -> Counter[str]:
    counted: Counter[str] = Counter()
    for count in journal.counts(90):
        counted[count.kind] += count.number
    return counted


def texts(journal: Journal) -> Counter[str]:
    return Counter(asked.text for asked in journal.questions())


def give_up(journal: Journal) -> None:
    """Close a journal that cannot be written, and wait until it has let go of its notes."""
    journal.close(timeout=0.1)
    if thread := journal._writer._thread:
        thread.join(PATIENCE)


@pytest.fixture
def stuck(file: Path, opened: Callable[..., Journal]) -> Journal:
    """A journal that cannot be written as long as a folder is in its place."""
    file.mkdir()
    return opened(file)


class TestTheFile:
    def test_has_each_note_before_the_reply_goes_on(self, stuck: Journal, file: Path) -> None:
        assert files(file) == []
        for number in range(3):
            ask(stuck, number)
            assert in_files(file).count(b"\n") == 4 * (number + 1)

    def test_is_deleted_once_all_is_written(self, stuck: Journal, file: Path) -> None:
        for number in range(3):
            ask(stuck, number)
        file.rmdir()
        wait_until(lambda: stuck.flush(1))
        wait_until(lambda: not files(file))
        assert kinds(stuck) == {"office": 3, "emergency": 3}

    def test_can_be_read_by_this_user_only_and_is_left_alone_by_git(self, tmp_path: Path) -> None:
        file = tmp_path / ".faqbot" / "journal.sqlite"
        with closing(PendingNotes(file, "")) as notes:
            notes.persist(note())
            (kept,) = files(file)
            assert stat.S_IMODE(kept.stat().st_mode) == 0o600
            assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
            assert (file.parent / ".gitignore").read_text() == "*\n"

    def test_says_nothing_of_who_the_visitor_is(self, stuck: Journal, file: Path) -> None:
        cases = ROOT / "tests" / "cases"
        personal = json.loads((cases / "personal.json").read_text("utf-8"))["personal"]
        lines = (cases / "personal-lines.jsonl").read_text("utf-8").splitlines()
        typed = [*personal, *(json.loads(line)["text"] for line in lines)]
        for text in typed:
            stuck.note(text, "office")
            stuck.note(text, "not helpful", "duration", ("duration", 0.0))
        found, unreadable = read_notes(in_files(file))
        kept = sorted(one.text for one in found)  # in several files, of which any may come first
        assert kept == sorted(anonymise(text) for text in typed for _ in "12")
        assert unreadable == 0
        assert not any(text.encode() in in_files(file) for text in personal)

    def test_has_no_words_of_what_is_only_counted(self, stuck: Journal, file: Path) -> None:
        stuck.note("I cannot feel my legs", "emergency")
        stuck.note("how long does it take", "answer", "duration", ("duration", 0.97))
        stuck.note("how long is it", "helpful", "duration", ("duration", 0.0))
        assert [(one.kind, one.text) for one in read_notes(in_files(file))[0]] == [
            ("emergency", ""),
            ("answer", ""),
            ("helpful", ""),
        ]

    def test_is_followed_by_another_when_it_is_long(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pending, "FILE_NOTES", 10)
        with closing(PendingNotes(file, "")) as notes:
            kept = [notes.persist(note(number)) for number in range(25)]
            assert len(files(file)) == 3
            notes.forget(kept[5:])
            assert len(files(file)) == 1
            notes.forget(kept[:5])
            assert files(file) == []

    def test_holds_what_threads_add_at_once(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pending, "FILE_NOTES", 7)
        notes = PendingNotes(file, "")

        def keep_and_forget(first: int) -> None:
            kept = [notes.persist(note(number)) for number in range(first, first + 100)]
            notes.forget(kept[1:])

        threads = [threading.Thread(target=keep_and_forget, args=(100 * n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(files(file)) <= 8
        notes.close()
        assert {one.id for one in adopted(file)} >= {100 * n for n in range(8)}


class TestWithoutAFile:
    """Notes wait in memory, and no reply fails."""

    def test_where_there_can_be_none(self, tmp_path: Path) -> None:
        file = tmp_path / "gone" / "room" / "journal.sqlite"
        with closing(PendingNotes(file, "")) as notes:
            assert notes.persist(note()).file is None
            assert notes.take_over() == ([], 0)
        assert not (tmp_path / "gone").exists()

    def test_where_the_disk_is_full(self, small_disk: Path) -> None:
        with closing(PendingNotes(small_disk / "journal.sqlite", "")) as notes:
            kept = [notes.persist(note(n, "x" * 300)) for n in range(1_000)]
            assert kept[0].file
            assert not kept[-1].file
            notes.forget(one for one in kept if one.file)
            assert notes.persist(note(1_000)).file

    def test_where_files_cannot_be_locked(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def no_locks(*_: object) -> None:
            raise OSError(errno.ENOLCK, "No locks available")

        monkeypatch.setattr(fcntl, "flock", no_locks)
        with closing(PendingNotes(file, "")) as notes:
            assert [notes.persist(note(number)).file for number in range(3)] == [None] * 3
            assert files(file) == []
        assert len(caplog.messages) == 1
        assert "Files cannot be locked" in caplog.text

    def test_in_postgresql_of_which_no_folder_is_known(
        self, postgres_url: str, opened: Callable[..., Journal]
    ) -> None:
        journal = opened(f"{postgres_url}?options=-csearch_path%3Dnowhere")
        ask(journal, 1)
        journal.close(timeout=0.1)
        assert journal.lost == 2


class TestADamagedFile:
    def test_is_read_but_for_a_half_written_last_line(self, file: Path) -> None:
        with closing(PendingNotes(file, "")) as notes:
            for number in range(3):
                notes.persist(note(number))
        (kept,) = files(file)
        kept.write_bytes(kept.read_bytes()[:-2])
        assert read_notes(kept.read_bytes()) == ([note(0), note(1)], 0)

    def test_has_no_line_that_a_full_disk_cut_off_and_spoiled_the_next(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = os.write
        with closing(PendingNotes(file, "")) as notes:
            notes.persist(note(0))
            monkeypatch.setattr(os, "write", lambda fd, data: write(fd, data[: len(data) // 2]))
            assert notes.persist(note(1)).file is None
            monkeypatch.undo()
            notes.persist(note(2))
        assert adopted(file) == [note(0), note(2)]

    @pytest.mark.parametrize(
        "line",
        [
            "",
            "no note",
            "[" * 100_000,
            "5",
            "[1,2,3]",
            '{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7}',
            '[1,493000,"office","","how","cost",1]',
            '[true,493000,"office","","how","cost",0.5]',
            '[-1,493000,"office","","how","cost",0.5]',
            '[9223372036854775808,493000,"office","","how","cost",0.5]',
            '[1,99999999,"office","","how","cost",0.5]',
            '[1,493000,"office","","how","cost",NaN]',
            '[1,493000,"office","","h\\u0000w","cost",0.5]',
            '[1,493000,"office","","h\\nw","cost",0.5]',
            '[1,493000,"office","","h\\ud800w","cost",0.5]',
            "\xff\xfe",
        ],
    )
    def test_has_lines_that_are_no_notes(self, line: str) -> None:
        data = b"\n" + line.encode("latin-1") + b"\n"
        assert read_notes(data) == ([], int(bool(line)))

    @given(st.data())
    def test_gives_every_note_that_the_damage_did_not_touch(self, data: st.DataObject) -> None:
        printable = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20)
        number = st.integers(0, 2**63 - 1)
        notes = data.draw(st.lists(st.builds(note, number, printable), min_size=1, max_size=8))
        ends = [0]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "journal.sqlite"
            with closing(PendingNotes(file, "")) as kept:
                for one in notes:
                    kept.persist(one)
                    ends.append(len(in_files(file)))
                content = in_files(file)
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, len(content)))
        found, _ = read_notes(content[:start] + data.draw(st.binary()) + content[end:])
        spans = zip(notes, itertools.pairwise(ends), strict=True)
        assert {one for one, (first, last) in spans if last <= start or first >= end} <= set(found)
        assert all(one.text.isprintable() and 0 <= one.id < 2**63 for one in found)

    def test_counts_what_cannot_be_read_as_lost_and_says_so(
        self, file: Path, opened: Callable[..., Journal], caplog: pytest.LogCaptureFixture
    ) -> None:
        with closing(PendingNotes(file, "")) as notes:
            notes.persist(note(1))
        (kept,) = files(file)
        kept.write_bytes(b"\na secret\n" + kept.read_bytes() + b"[]\n")
        journal = opened(file)
        wait_for_the_first_tidying(journal)
        assert (journal.lost, len(journal.questions())) == (2, 1)
        assert caplog.messages == ["2 notes of a process that ended cannot be read."]
        assert files(file) == []


class TestAnotherProcess:
    def test_takes_nothing_of_one_that_lives(self, file: Path) -> None:
        with closing(PendingNotes(file, "")) as notes:
            notes.persist(note(1))
            assert adopted(file) == []
        assert adopted(file) == [note(1)]
        assert adopted(file) == [note(1)], "it was not written, so it is there for the next"

    def test_deletes_what_it_adopted_and_wrote(self, file: Path) -> None:
        for number in range(2):
            with closing(PendingNotes(file, "")) as notes:
                notes.persist(note(number))
        with closing(PendingNotes(file, "")) as notes:
            found, _ = notes.take_over()
            notes.forget(found[:1])
            assert len(files(file)) == 1
            notes.forget(found[1:])
            assert files(file) == []

    def test_takes_nothing_of_another_practice(self, file: Path) -> None:
        with closing(PendingNotes(file, "hill")) as notes:
            notes.persist(note(1))
        assert adopted(file, "hill-street") == []
        assert adopted(file, "hill") == [note(1)]

    def test_takes_nothing_that_is_no_file(self, file: Path, tmp_path: Path) -> None:
        with closing(PendingNotes(file, "")) as notes:
            notes.persist(note(1))
        (kept,) = files(file)
        elsewhere = tmp_path / "elsewhere"
        kept.rename(elsewhere)
        kept.symlink_to(elsewhere)
        kept.with_name(f"{kept.name}1").mkdir()
        os.mkfifo(kept.with_name(f"{kept.name}2"))
        assert adopted(file) == []
        assert len(files(file)) == 3
        assert elsewhere.exists()

    def test_may_look_at_each_step_of_a_note_that_is_kept(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        steps = Steps(monkeypatch, ON_DISK)
        with closing(PendingNotes(file, "")) as notes:
            total = steps.number_of(lambda: notes.persist(note()))
        assert adopted(file)
        for path in files(file):
            path.unlink()

        def look() -> None:
            steps.rest()
            assert adopted(file) == []

        assert total >= 4
        for at in range(1, total + 1):
            with closing(PendingNotes(file, "")) as notes:
                steps.let(look, at=at, until=at + 1)
                assert notes.persist(note(at)).file
            steps.rest()
            assert adopted(file) == [note(at)]
            for path in files(file):
                path.unlink()

    @pytest.mark.parametrize("at", range(1, 7))
    def test_may_find_a_file_that_its_owner_has_not_locked_yet(
        self, file: Path, at: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        flock, created, goes_on = fcntl.flock, threading.Event(), threading.Event()
        kept: list[Note] = []

        def wait_once(descriptor: int, operation: int) -> None:
            if threading.current_thread() is owner and not created.is_set():
                created.set()
                assert goes_on.wait(PATIENCE)
            flock(descriptor, operation)

        def go_on() -> None:
            goes_on.set()
            owner.join()

        monkeypatch.setattr(fcntl, "flock", wait_once)
        with closing(PendingNotes(file, "")) as notes:
            owner = threading.Thread(target=lambda: kept.append(notes.persist(note())))
            owner.start()
            assert created.wait(PATIENCE)
            steps = Steps(monkeypatch, ON_DISK)
            steps.let(go_on, at=at, until=at + 1)
            assert adopted(file) == []
            steps.rest()
            go_on()
            assert kept[0].file
        assert adopted(file) == [note()]

    def test_writes_what_was_left_when_the_database_was_away(
        self, stuck: Journal, file: Path, opened: Callable[..., Journal]
    ) -> None:
        own = [Phone("Office", "(646) 555-0142")]
        ask(stuck, 1)
        stuck.note("is 646 555 0142 yours?", "office", phones=own)
        give_up(stuck)
        assert stuck.lost == 0
        file.rmdir()
        journal = opened(file)
        wait_for_the_first_tidying(journal)
        assert texts(journal) == {"question a1": 1, "is 646 555 0142 yours?": 1}
        assert kinds(journal) == {"office": 2, "emergency": 1}
        assert files(file) == []

    def test_deletes_with_all_the_rest_what_was_left(self, stuck: Journal, file: Path) -> None:
        ask(stuck, 1)
        give_up(stuck)
        file.rmdir()
        with closing(Journal(str(file))) as journal:
            assert journal.purge(0) == 1
            assert files(file) == []
            assert (texts(journal), kinds(journal)) == ({}, {})

    def test_adopts_every_hour(
        self, file: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(writer, "TIDY_EVERY", 0.1)
        assert journal.working(PATIENCE)
        with closing(PendingNotes(file, "")) as notes:
            notes.persist(note(1))
        wait_until(lambda: journal.questions())
        wait_until(lambda: not files(file))


class TestTheSameNoteTwice:
    def test_of_one_request_that_two_instances_got(
        self, anywhere: str, opened: Callable[..., Journal]
    ) -> None:
        instances = [opened(anywhere) for _ in range(2)]
        for journal in instances:
            for request in ("5d3c2a", "5d3c2b"):
                journal.note("how much is it", "office", id=request)
            journal.note("how long is it", "office", id="5d3c2a")
            journal.note("how much", "not helpful", "cost", ("cost", 0.0), id="5d3c2a")
            assert journal.flush(PATIENCE)
        assert texts(instances[0]) == {"how much is it": 2, "how long is it": 1, "how much": 1}
        assert kinds(instances[0]) == {"office": 3, "not helpful": 1}

    def test_of_a_transaction_whose_end_nobody_saw(
        self, anywhere: str, opened: Callable[..., Journal]
    ) -> None:
        journal = opened(anywhere)
        begin, broken = journal._store.begin, list[bool]()

        @contextmanager
        def begin_and_break() -> Iterator[Connection]:
            with begin() as connection:
                yield connection
            if not broken:
                broken.append(True)
                raise OSError("The connection broke after COMMIT.")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(journal._store, "begin", begin_and_break)
            for number in range(50):
                ask(journal, number)
            wait_until(lambda: journal.flush(1))
        assert broken
        assert set(texts(journal).values()) == {1}
        assert kinds(journal) == {"office": 50, "emergency": 50}

    def test_is_known_for_a_week(self, file: Path, opened: Callable[..., Journal]) -> None:
        for days, counted in ((0, 1), (6, 1), (2, 2)):
            if days:
                age_ids(file, days)
            journal = opened(file)
            wait_for_the_first_tidying(journal)
            journal.note("how much is it", "office", id="5d3c2a")
            assert journal.flush(PATIENCE)
            assert kinds(journal) == {"office": counted}
            journal.close(PATIENCE)

    def test_is_known_as_long_as_it_is_in_a_file(
        self, file: Path, opened: Callable[..., Journal], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        killed = opened(file)
        monkeypatch.setattr(killed._pending, "forget", lambda _: None)
        ask(killed, 1)
        killed.close(PATIENCE)
        assert len(files(file)) == 1
        age_ids(file, 30)
        journal = opened(file)
        wait_for_the_first_tidying(journal)
        assert files(file) == []
        assert kinds(journal) == {"office": 1, "emergency": 1}

    def test_is_forgotten_sooner_in_a_flood(
        self, file: Path, opened: Callable[..., Journal], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("faqbot.journal.MAX_QUESTIONS", 5)
        for request, known in (("first", 8), ("second", 16), ("third", 16)):
            journal = opened(file)
            wait_for_the_first_tidying(journal)
            for number in range(8):
                journal.note("", "answer", id=f"{request} {number}")
            assert journal.flush(PATIENCE)
            assert ids(file) == known
            journal.close(PATIENCE)
            if request == "first":
                age_ids(file, hours=1)


def age_ids(file: Path, days: int = 0, hours: int = 0) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE faqbot_note_ids SET hour = hour - ?", [days * 24 + hours])


def ids(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT count(*) FROM faqbot_note_ids").fetchone()[0])


# For each step: one instance is killed with notes in its file, and the next one, which adopts
# these, at that step.
INSTANCES = """
import fcntl, itertools, os, signal, sys
from pathlib import Path
import pytest, sqlalchemy
from sqlalchemy.engine.default import DefaultDialect
from faqbot.journal import Journal, writer
from faqbot.privacy import anonymise
from tests.journal.test_pending_notes import ON_DISK, ask
from tests.steps import Steps

IN_DATABASE = [(sqlalchemy.Connection, "execute"), (DefaultDialect, "do_commit")]
writer.WRITE_INTERVAL = 0.01
numbers = itertools.count()
Journal(sys.argv[1])  # so that what it imports is there in each instance, and what this reads
anonymise("my name is Ann")

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def work(journal):
    for _ in range(3):
        assert journal.working(30)

def reply(journal, first):
    for number in (2 * first, 2 * first + 1):
        ask(journal, number)
        print(f"{number}\\n", end="", flush=True)  # the visitor has the reply

def killed_with_notes(journal, first):
    work(journal)
    journal._store.begin = die
    reply(journal, first)
    signal.pause()

def killed_at(at):
    def instance(journal, first):
        steps = Steps(pytest.MonkeyPatch(), [*ON_DISK, *IN_DATABASE])
        steps.let(die, at=at, until=at + 1)
        reply(journal, first)
        work(journal)
    return instance

def run(instance):
    first = next(numbers)
    if process := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    journal = Journal(sys.argv[1], "", Path(sys.argv[2]))
    instance(journal, first)
    journal.close(30)
    os._exit(0)

for at in itertools.count(1):
    assert run(killed_with_notes) == -9
    if run(killed_at(at)) == 0:
        break
print("steps", at - 1)
"""


@pytest.mark.parametrize(
    "anywhere", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
)
def test_killed_at_any_step_it_loses_no_note_and_writes_none_twice(
    anywhere: str, file: Path, opened: Callable[..., Journal]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INSTANCES, anywhere, str(file)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=10 * PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *numbers, (_, steps) = [line.split() for line in done.stdout.splitlines()]
    assert int(steps) > 30
    journal = opened(anywhere, file=file)
    wait_for_the_first_tidying(journal)
    found = texts(journal)
    taken = {f"question {chr(97 + int(n) // 676)}{n}" for (n,) in numbers}
    assert taken <= set(found)
    assert len(found) <= len(taken) + 2 * int(steps)
    assert set(found.values()) == {1}
    assert kinds(journal)["office"] == len(found)
    assert len(taken) <= kinds(journal)["emergency"] <= len(found)
    assert files(file) == []


@pytest.mark.long
def test_an_instance_writes_what_two_that_were_killed_had_noted(
    practice: Path, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    folders = {name: copytree(practice, root / name) for name in ("hill", "lake")}
    asked = {name: {f"zebra {name} {number}th" for number in range(20)} for name in folders}
    with ExitStack() as stack:
        servers = [stack.enter_context(serving("--practices", str(root))) for _ in range(2)]
        clients = [stack.enter_context(closing(Client(one.port))) for one in servers]
        for name, questions in asked.items():
            for question, client in zip(questions, itertools.cycle(clients), strict=False):
                assert client.ask(question, f"/p/{name}")[0] == 200
        for server in servers:
            os.kill(server.process.pid, signal.SIGKILL)
    with serving("--practices", str(root)) as server, closing(Client(server.port)) as client:
        for name, folder in folders.items():
            assert client.get(f"/p/{name}/readyz")[0] == 200
            with closing(Journal(str(Workspace(folder).journal), name)) as journal:
                wait_until(lambda journal=journal: len(journal.questions()) >= 20)
                assert texts(journal) == dict.fromkeys(asked[name], 1)


@pytest.mark.long
def test_instances_killed_at_random_lose_nothing_and_write_nothing_twice(practice: Path) -> None:
    chance = random.Random(7)  # noqa: S311
    replied: list[str] = []
    number = itertools.count()
    arguments = ("--knowledge", str(practice))
    for _ in range(8):
        with ExitStack() as stack:
            servers = [stack.enter_context(serving(*arguments)) for _ in range(2)]
            for server in servers:
                stack.enter_context(_asking(server.port, number, replied))
            wanted = len(replied) + chance.randrange(50, 250)
            wait_until(lambda wanted=wanted: len(replied) > wanted)
            for server in servers:
                os.kill(server.process.pid, signal.SIGKILL)
    with closing(Journal(str(Workspace(practice).journal))) as journal:
        wait_for_the_first_tidying(journal)
        found = texts(journal)
    assert len(replied) > 400
    assert set(replied) <= set(found)
    assert set(found.values()) == {1}
    assert len(found) <= len(replied) + 8 * 2


@contextmanager
def _asking(port: int, number: Iterator[int], replied: list[str]) -> Iterator[None]:
    """A visitor who asks until the server ends."""

    def ask_on() -> None:
        with closing(Client(port)) as client, suppress(OSError, HTTPException):
            while True:
                question = f"zebra {next(number)}th"
                if client.ask(question)[0] == 200:
                    replied.append(question)

    thread = threading.Thread(target=ask_on)
    thread.start()
    try:
        yield
    finally:
        thread.join(PATIENCE)

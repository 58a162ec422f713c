"""The spool: what a worker noted outlives it, whole, once, and only as long as it must."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faqbot.editing.workspace import Workspace
from faqbot.journal import Journal, spool
from faqbot.journal.note import Note, address, packed, unpacked
from faqbot.journal.spool import CELL, HEAD, ROOM, Spool
from faqbot.knowledge import Phone
from tests.benchmarks.visitors import Visitors
from tests.servers import Client, serving
from tests.waiting import PATIENCE, wait_until

if TYPE_CHECKING:
    from tests.postgres import PostgresServer

if sys.platform == "win32":
    pytest.skip("Windows has one process", allow_module_level=True)

pytest_plugins = ["tests.postgres"]

ROOT = Path(__file__).parent.parent.parent


def left(kept: Spool) -> list[bytes]:
    return [note for _, note in kept.take_up()]


class TestWhatIsLeft:
    def test_is_what_was_put_and_not_freed(self) -> None:
        kept = Spool(10)
        slips = [kept.put(text) for text in (b"one", b"two", b"three")]
        assert slips[1]
        slips[1].free()
        assert left(kept) == [b"one", b"three"]
        assert left(kept) == [b"one", b"three"]

    @pytest.mark.parametrize("size", [0, 1, ROOM - 1, ROOM, ROOM + 1, 5 * ROOM, 5 * ROOM + 1])
    def test_is_whole_however_long(self, size: int) -> None:
        kept = Spool(10)
        assert kept.put(b"before")
        assert kept.put(b"x" * size)
        assert kept.put(b"after")
        assert sorted(left(kept)) == sorted([b"before", b"x" * size, b"after"])

    def test_is_nothing_where_there_was_no_room(self) -> None:
        kept = Spool(4)
        assert kept.put(b"x" * 3 * ROOM)
        assert kept.put(b"y" * 2 * ROOM) is None
        assert kept.put(b"z")
        assert kept.put(b"") is None
        assert left(kept) == [b"x" * 3 * ROOM, b"z"]

    def test_is_marked_with_the_transaction_that_was_under_way(self) -> None:
        kept = Spool(10)
        for text in (b"one", b"two"):
            slip = kept.put(text)
            assert slip
        slip.set_mark(2**63 - 1)
        assert [(slip.mark, text) for slip, text in kept.take_up()] == [
            (0, b"one"),
            (2**63 - 1, b"two"),
        ]

    def test_is_not_what_was_only_half_put(self) -> None:
        kept = Spool(10)
        assert kept.put(b"whole")
        assert kept.put(b"half " * ROOM)
        kept._memory[1] = 0  # the state of its first cell, which comes last
        assert left(kept) == [b"whole"]
        assert kept.put(b"x" * 9 * ROOM), "all other cells are free again"

    @pytest.mark.parametrize("after", [1, 2, 10, 2**32 - 2])
    def test_is_not_what_leads_astray(self, after: int) -> None:
        kept = Spool(10)
        kept.put(b"whole")
        kept.put(b"y" * 2 * ROOM)
        HEAD.pack_into(kept._memory, 10 + 2 * CELL, 0, after % 2**32, ROOM)
        assert left(kept) == [b"whole"]
        assert left(kept) == [b"whole"]

    def test_is_not_what_says_it_is_too_long(self) -> None:
        kept = Spool(10)
        kept.put(b"whole")
        kept.put(b"y")
        HEAD.pack_into(kept._memory, 10 + CELL, 0, spool.END, ROOM + 1)
        assert left(kept) == [b"whole"]


def test_a_note_that_is_freed_leaves_no_word_behind() -> None:
    kept = Spool(10)
    slip = kept.put(b"a secret " * 100)
    assert slip
    slip.free()
    assert kept._memory[:] == bytes(10 + 10 * CELL)


def test_freeing_twice_does_not_free_another() -> None:
    kept = Spool(1)
    first = kept.put(b"first")
    assert first
    first.free()
    assert kept.put(b"second")
    first.free()
    assert left(kept) == [b"second"]


@given(st.lists(st.one_of(st.integers(0, 3 * ROOM), st.none()), max_size=60), st.randoms())
def test_whatever_comes_and_goes_what_is_there_is_what_was_kept(
    steps: list[int | None], chance: random.Random
) -> None:
    kept = Spool(12)
    there: list[tuple[spool.Slip, bytes]] = []
    for number, size in enumerate(steps):
        if size is not None:
            note = bytes([number]) * size
            if slip := kept.put(note):
                there.append((slip, note))
        elif there and chance.random() < 0.8:
            there.pop(chance.randrange(len(there)))[0].free()
        else:
            there = kept.take_up()  # as if its worker had been killed
    assert sorted(left(kept)) == sorted(note for _, note in there)


def test_many_threads_at_once() -> None:
    kept = Spool(500)

    def put_and_free(number: int) -> None:
        for _ in range(200):
            slips = [kept.put(bytes([number]) * (i * 100)) for i in range(8)]
            for slip in slips[1:]:
                assert slip
                slip.free()
            assert slips[0]
            slips[0].free()
        kept.put(bytes([number]) * 1000)

    threads = [threading.Thread(target=put_and_free, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(left(kept)) == [bytes([n]) * 1000 for n in range(8)]


@settings(max_examples=50)
@given(st.text(), st.text(), st.floats(allow_nan=False), st.text(st.characters(categories=["Cs"])))
def test_a_note_comes_out_as_it_went_in(text: str, entry: str, score: float, odd: str) -> None:
    kept = Spool()
    phones = (Phone("Office", "(646) 555-0142"),) if text else ()
    note = Note(486_000, "office", entry, text, odd, score, phones)
    assert kept.put(address("a/b.sqlite", "hill\nstreet") + packed(note))
    ((found, data),) = kept.take_up()
    where, out = unpacked(data, found)
    assert where == ("a/b.sqlite", "hill\nstreet")
    assert out == Note(486_000, "office", entry, text, odd, score, phones, found)


# a program whose workers follow one another in one place
PROGRAM = """
import os, signal, sys, time
from contextlib import contextmanager
from faqbot import journal
from faqbot.journal import Journal

def worker(work):
    if process := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    journal.join(0)
    work(Journal(sys.argv[1], "one"), Journal(sys.argv[1], "other"))
    while journal._left:
        time.sleep(0.01)
    os._exit(0)

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def note(one, other):
    for number in range(50):
        one.reply(f"one {number}", "office", (), None)
        other.reply(f"other {number}", "office", (), None)
        one.reply("I cannot feel my legs", "emergency", (), None)

def nothing(one, other):
    pass

def again(one, other):
    note(one, other)
    assert one.flush(30) and other.flush(30)

"""
EACH = {("office", ""): 50}
ONE = EACH | {("emergency", ""): 50}


def run(code: str, url: str) -> str:
    """What the program says; it must end well, and complain of nothing."""
    said, complained = _run(code, url)
    assert complained == ""
    return said


def run_loud(code: str, url: str) -> str:
    """The same where it is right to complain."""
    said, complained = _run(code, url)
    assert "The journal cannot be written" in complained
    return said


def _run(code: str, url: str) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + code, url],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=10 * PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new journal, on both engines."""
    if request.param == "sqlite":
        return str(tmp_path / "journal.sqlite")
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.empty()


def numbers(url: str, practice: str) -> dict[tuple[str, str], int]:
    with closing(Journal(url, practice)) as journal:
        counted: Counter[tuple[str, str]] = Counter()
        for count in journal.counts(90):
            counted[count.kind, count.entry] += count.number
        assert len(journal.questions()) == counted["office", ""]
        return dict(counted)


class TestTheNextWorkerWrites:
    def test_what_was_noted_when_the_one_before_was_killed(self, anywhere: str) -> None:
        code = """
with journal.shared(1):
    print(worker(lambda *both: (note(*both), die())), worker(nothing), worker(again))
"""
        assert run(code, anywhere) == "-9 0 0\n"
        assert numbers(anywhere, "other") == {("office", ""): 100}
        assert numbers(anywhere, "one") == {("office", ""): 100, ("emergency", ""): 100}

    def test_nothing_twice_that_was_written_just_before(self, anywhere: str) -> None:
        code = """
def killed_after_the_transaction(one, other):
    journal._forget = die
    again(one, other)

with journal.shared(1):
    print(worker(killed_after_the_transaction), worker(nothing))
"""
        assert run(code, anywhere) == "-9 0\n"
        assert (numbers(anywhere, "one"), numbers(anywhere, "other")) == (ONE, EACH)

    def test_what_was_in_a_transaction_that_never_ended(self, anywhere: str) -> None:
        code = """
def killed_in_the_transaction(one, other):
    insert = one._insert
    one._insert = lambda *what: (insert(*what), die())
    again(one, other)

with journal.shared(1):
    print(worker(killed_in_the_transaction), worker(nothing))
"""
        assert run(code, anywhere) == "-9 0\n"
        assert (numbers(anywhere, "one"), numbers(anywhere, "other")) == (ONE, EACH)

    def test_what_could_not_be_written_for_long(self, tmp_path: Path) -> None:
        workspace = tmp_path / "journal.sqlite"
        workspace.mkdir()
        code = """
def cannot(one, other):
    note(one, other)
    assert not one.flush(0.5)
    die()

with journal.shared(1):
    print(worker(cannot), worker(cannot))
    os.rmdir(sys.argv[1])
    print(worker(nothing))
"""
        said = run_loud(code, str(workspace))
        assert said == "-9 -9\n0\n"
        assert numbers(str(workspace), "other") == {("office", ""): 100}


def test_a_transaction_whose_end_nobody_saw_is_not_repeated(anywhere: str) -> None:
    code = """
def torn(one, other):
    begin, torn = one._store.begin, []

    @contextmanager
    def begin_and_break():
        with begin() as connection:
            yield connection
        if not torn:
            torn.append(1)
            raise OSError("The line broke after COMMIT.")

    one._store.begin = begin_and_break
    again(one, other)

with journal.shared(1):
    print(worker(torn))
"""
    assert run_loud(code, anywhere) == "0\n"
    assert (numbers(anywhere, "one"), numbers(anywhere, "other")) == (ONE, EACH)


def test_nothing_is_kept_where_no_worker_could_take_it_up(tmp_path: Path) -> None:
    with closing(Journal(str(tmp_path / "journal.sqlite"))) as journal:
        journal.reply("how much is it", "office", (), None)
        assert spool.put(b"x") is None
        assert journal.flush()
        assert len(journal.questions()) == 1


def test_each_of_many_practices_keeps_its_own(practice: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    places = {name: copytree(practice, root / name) for name in ("hill", "lake")}
    asked = {name: {f"zebra {name} {number}" for number in range(20)} for name in places}
    with serving("--practices", str(root), "--workers", "2", FAQBOT_LOG="off") as server:
        with closing(Client(server.port, 60)) as client:
            for name, questions in asked.items():
                wait_until(lambda at=f"/p/{name}": client.get(f"{at}/healthz")[0] == 200)
                for question in questions:
                    assert client.ask(question, f"/p/{name}")[0] == 200
        for worker in server.workers():
            os.kill(worker, signal.SIGKILL)
        for name, folder in places.items():  # those that take their place write it
            with closing(Journal(str(Workspace(folder).journal), name)) as journal:
                wait_until(lambda journal=journal: len(journal.questions()) == 20)
    for name, folder in places.items():
        with closing(Journal(str(Workspace(folder).journal), name)) as journal:
            assert {asked.text for asked in journal.questions()} == asked[name]
            assert len(journal.questions()) == 20


@pytest.mark.long
def test_workers_killed_at_random_lose_nothing_and_write_nothing_twice(practice: Path) -> None:
    number = itertools.count()
    questions = (f"zebra {n}th" if n % 2 else "how long does it take" for n in number)
    asking = threading.Lock()

    def question() -> str:
        with asking:
            return next(questions)

    chance = random.Random(7)  # noqa: S311
    arguments = ("--knowledge", str(practice), "--workers", "3")
    with serving(*arguments, FAQBOT_LOG="off", FAQBOT_RATE_LIMIT="off") as server:
        wait_until(lambda: len(server.workers()) == 3)
        with Visitors(server.port, 300, question) as visitors:
            for _ in range(8):
                before = len(visitors.visits)
                wait_until(lambda old=before: len(visitors.visits) > old + 100, 60)
                os.kill(chance.choice(server.workers()), signal.SIGKILL)
        replied = [visit for visit in visitors.visits if visit.status == 200]
        with closing(Journal(str(Workspace(practice).journal))) as journal:
            wait_until(lambda: sum(c.number for c in journal.counts(90)) >= len(replied))
    with closing(Journal(str(Workspace(practice).journal))) as journal:
        written = Counter(asked.text for asked in journal.questions())
        counted = sum(count.number for count in journal.counts(90))
    assert len(replied) > 400
    assert {visit.question for visit in replied if visit.kind == "office"} <= set(written)
    assert set(written.values()) == {1}
    assert len(replied) <= counted <= len(visitors.visits)

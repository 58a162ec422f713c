"""A real server: its workers share the port, and one that dies is replaced."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import pytest
from waitress.server import create_server

from faqbot.editing.workspace import Workspace
from faqbot.journal import Journal
from faqbot.serving import server as serving_app
from tests.servers import COMMAND, Client, Server, serving, started
from tests.waiting import PATIENCE, wait_until

Edit = Callable[[str, str, str], None]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has one process")


@pytest.fixture
def server(practice: Path) -> Iterator[Server]:
    with serving("--knowledge", str(practice), "--workers", "2", FAQBOT_LOG="off") as server:
        wait_until(lambda: len(server.workers()) == 2)
        yield server


def answer(port: int) -> str:
    """What is answered on a connection of its own; nothing where the worker was just killed."""
    client = Client(port)
    try:
        return str(client.ask("how long does it take")[1]["entries"][0]["text"])
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        client.close()


def kill_one(server: Server) -> None:
    """Kill a worker, and wait for the one that takes its place."""
    before = server.workers()
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: len(set(server.workers()) - set(before)) == 1)


def test_several_workers_answer_at_one_port(server: Server) -> None:
    assert all(answer(server.port) for _ in range(20))


def test_a_worker_that_dies_is_replaced(server: Server) -> None:
    kill_one(server)
    wait_until(lambda: all(answer(server.port) for _ in range(10)))


def test_a_new_worker_answers_from_the_folder_as_it_is_now(server: Server, edit: Edit) -> None:
    edit("procedure.md", "**one hour**", "**one hour**, or so")
    for worker in server.workers():
        os.kill(worker, signal.SIGKILL)
    wait_until(lambda: "or so" in answer(server.port))


def test_a_new_worker_answers_from_the_last_good_version_of_a_folder_that_is_broken(
    practice: Path, edit: Edit, tmp_path: Path
) -> None:
    told = tmp_path / "log"
    serve = [*COMMAND, "serve", "--knowledge", str(practice), "--workers", "2", "--port", "0"]
    with started(["sh", "-c", 'exec "$@" 2>"$0"', str(told), *serve]) as server:
        wait_for_workers(server)
        edit("procedure.md", "**one hour**", "**one hour**, or so")
        wait_until(lambda: told.read_text().count("Now answering from version") == 3)
        (practice / "procedure.md").write_text("# Nothing\n")
        for _ in range(2):
            kill_one(server)
            wait_until(lambda: answer(server.port))
            assert all("or so" in text for _ in range(20) if (text := answer(server.port)))


def test_whatever_goes_wrong_with_looking_it_goes_on_and_ends_when_it_is_told_to() -> None:
    code = """
import time
from faqbot.serving.server import serve_with_workers

def app(environ, start_response):
    start_response("200 OK", [])
    return [b""]

def look():
    print("Looking", flush=True)
    looks.append(1)
    if len(looks) < 3:
        raise ValueError
    time.sleep(1000)

looks = []
serve_with_workers(lambda: (app, lambda: None), "127.0.0.1", 0, 2, look)
"""
    with started([sys.executable, "-c", code]) as server:
        assert server.process.stdout
        assert [server.process.stdout.readline() for _ in range(3)] == ["Looking\n"] * 3
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=PATIENCE) == 0


def test_it_ends_its_workers_when_it_is_told_to_end(practice: Path) -> None:
    with serving("--knowledge", str(practice), "--workers", "2") as server:
        workers = wait_for_workers(server)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=PATIENCE) == 0
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def wait_for_workers(server: Server) -> list[int]:
    wait_until(lambda: len(server.workers()) == 2)
    return server.workers()


def test_a_port_in_use_is_told(server: Server, practice: Path) -> None:
    taken = subprocess.run(
        [*COMMAND, "serve", "--knowledge", practice, "--port", str(server.port), "--workers", "2"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert taken.returncode == 1
    assert "Another program may be using it" in taken.stderr


def test_what_was_noted_last_is_written_before_a_worker_ends(practice: Path) -> None:
    with serving("--knowledge", str(practice), "--workers", "2") as server:
        client = Client(server.port)
        asked = [f"who painted picture {number}" for number in range(30)]
        for question in asked:
            client.ask(question)
        client.close()
    journal = Journal.open(Workspace(practice).journal, "")
    assert journal
    assert {row.text for row in journal.questions()} == set(asked)
    journal.close()


def test_the_more_connections_there_are_the_more_are_accepted_at_a_time() -> None:
    with ExitStack() as stack:
        waiting = create_server(lambda *_: [], host="127.0.0.1", port=0, **serving_app.options())
        stack.callback(waiting.close)
        stack.callback(waiting.task_dispatcher.shutdown)
        for _ in range(100):
            stack.enter_context(socket.create_connection(("127.0.0.1", waiting.effective_port)))
        counts = [0]
        while counts[-1] < 100:
            waiting.handle_accept()
            counts.append(len(waiting.active_channels))
        for channel in list(waiting.active_channels.values()):
            channel.handle_close()
    at_a_time = [after - before for before, after in pairwise(counts)]
    assert at_a_time[0] == 1
    assert max(at_a_time) == 100 // serving_app.CROWD + 1

"""A real server: its workers share the port, and one that dies is replaced."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from faqbot.desk.place import Place
from faqbot.journal import Journal
from tests.serving import COMMAND, Client, Server, serving
from tests.waiting import wait_until

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


def test_several_workers_answer_at_one_port(server: Server) -> None:
    assert all(answer(server.port) for _ in range(20))


def test_a_worker_that_dies_is_replaced(server: Server) -> None:
    before = server.workers()
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: len(set(server.workers()) - set(before)) == 1)
    wait_until(lambda: all(answer(server.port) for _ in range(10)))


def test_a_new_worker_answers_from_the_folder_as_it_is_now(server: Server, practice: Path) -> None:
    text = (practice / "procedure.md").read_text("utf-8")
    (practice / "procedure.md").write_text(text.replace("**one hour**", "**one hour**, or so"))
    for worker in server.workers():
        os.kill(worker, signal.SIGKILL)
    wait_until(lambda: "or so" in answer(server.port))


def test_it_ends_its_workers_when_it_is_told_to_end(practice: Path) -> None:
    with serving("--knowledge", str(practice), "--workers", "2") as server:
        workers = wait_for_workers(server)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=10) == 0
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def wait_for_workers(server: Server) -> list[int]:
    wait_until(lambda: len(server.workers()) == 2)
    return server.workers()


def test_a_port_in_use_is_told(server: Server, practice: Path) -> None:
    taken = subprocess.run(
        [*COMMAND, "serve", "--knowledge", practice, "--port", str(server.port), "--workers", "2"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert taken.returncode == 1
    assert "Another program may be using it" in taken.stderr


def test_what_was_noted_last_is_written_before_a_worker_ends(practice: Path) -> None:
    with serving("--knowledge", str(practice), "--workers", "2") as server:
        client = Client(server.port)
        asked = [f"zebra {number}" for number in range(30)]
        for question in asked:
            client.ask(question)
        client.close()
    journal = Journal.open(Place(practice).journal, "")
    assert journal
    assert {row.text for row in journal.questions()} == set(asked)
    journal.close()

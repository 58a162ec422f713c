"""A real server: how it accepts and sends, and that it ends only once it has answered."""

from __future__ import annotations

import math
import re
import signal
import socket
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from waitress.server import create_server

from faqbot.editing.workspace import Workspace
from faqbot.journal import Journal
from faqbot.serving import server
from tests.servers import Client, serving, started
from tests.servers import served as server_of
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SLOW = """
import time
from faqbot.serving.server import serve

def app(environ, start_response):
    print("Asked", flush=True)
    time.sleep(1)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"answered"]

serve(app, port=0)
print("Closed", flush=True)
"""


REPLIES: dict[str, tuple[str, int, list[bytes]]] = {  # status, length where it is told, pieces
    "/whole": ("200 OK", 5, [b"whole"]),
    "/pieces": ("200 OK", 9, [b"in ", b"pieces"]),
    "/stream": ("200 OK", 0, [b"a ", b"stream"]),
    "/nothing": ("204 No Content", 0, [b""]),
}


def test_it_answers_what_it_has_begun_when_it_is_told_to_end() -> None:
    with started([sys.executable, "-c", SLOW]) as served, ThreadPoolExecutor() as pool:
        assert served.process.stdout
        client = Client(served.port)
        asked = pool.submit(client.get, "/")
        assert served.process.stdout.readline() == "Asked\n"
        served.process.send_signal(signal.SIGTERM)
        assert asked.result(PATIENCE) == (200, "answered")
        client.close()
        assert served.process.stdout.readline() == "Closed\n"
        assert served.process.wait(PATIENCE) == 0


def test_it_writes_what_was_noted_before_it_ends(practice: Path) -> None:
    asked = [f"who painted picture {number}" for number in range(30)]
    with serving("--knowledge", str(practice)) as served, closing(Client(served.port)) as client:
        for question in asked:
            client.ask(question)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(PATIENCE) == 0
    journal = Journal.open(Workspace(practice).journal, "")
    assert journal
    assert {row.text for row in journal.questions()} == set(asked)
    journal.close()


def test_it_sends_a_reply_in_one_piece(practice: Path) -> None:
    with serving("--knowledge", str(practice)) as served:
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as visitor:
                visitor.sendall(b"GET /api/practice HTTP/1.1\r\nHost: localhost\r\n\r\n")
                head, _, body = visitor.recv(65536).partition(b"\r\n\r\n")
            length = re.search(rb"Content-Length: (\d+)", head)
            assert length
            assert len(body) == int(length[1])


def test_it_sends_replies_without_a_body_and_bodies_in_pieces() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        status, length, pieces = REPLIES[environ["PATH_INFO"]]
        start_response(status, [("Content-Length", str(length))] if length else [])
        return iter([] if environ["REQUEST_METHOD"] == "HEAD" else pieces)

    with server_of(app) as port, closing(HTTPConnection("127.0.0.1", port, PATIENCE)) as client:
        got = {}
        for method, path in [("HEAD", "/whole"), *(("GET", path) for path in REPLIES)]:
            client.request(method, path)
            response = client.getresponse()
            got[method, path] = response.status, response.read()
    assert got == {
        ("HEAD", "/whole"): (200, b""),
        ("GET", "/whole"): (200, b"whole"),
        ("GET", "/pieces"): (200, b"in pieces"),
        ("GET", "/stream"): (200, b"a stream"),
        ("GET", "/nothing"): (204, b""),
    }


@pytest.mark.parametrize("waiting", [1, 20, 3 * server.ACCEPTED])
def test_it_accepts_the_connections_that_wait_many_at_a_time(waiting: int) -> None:
    with ExitStack() as stack:
        served = create_server(lambda *_: [], host="127.0.0.1", port=0, **server.options())
        stack.callback(served.close)
        stack.callback(served.task_dispatcher.shutdown)
        for _ in range(waiting):
            stack.enter_context(socket.create_connection(("127.0.0.1", served.effective_port)))
        turns = 0
        while len(served.active_channels) < waiting:
            served.handle_accept()
            turns += 1
        for channel in list(served.active_channels.values()):
            channel.handle_close()
    assert turns == math.ceil(waiting / server.ACCEPTED)


@pytest.mark.parametrize(
    ("host", "shown"),
    [("localhost", "localhost"), ("", "127.0.0.1"), ("::1", "[::1]"), ("::", "127.0.0.1")],
)
def test_it_tells_the_address_to_open_in_a_browser(host: str, shown: str) -> None:
    class Listening:
        effective_port = 8000

    assert server.address(Listening(), host) == f"http://{shown}:8000"

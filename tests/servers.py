"""A real `faqbot serve` in a process of its own, on loopback; or an app served by this one."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.server import create_server

from faqbot.serving.server import options
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

COMMAND = [sys.executable, "-c", "from faqbot.cli import main; main()"]


class Server:
    """A server that was started, and its address."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port


class Client:
    """A connection that is kept open, and opened again when the server closes it."""

    def __init__(self, port: int, timeout: float = PATIENCE) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def get(self, path: str) -> tuple[int, Any]:
        return self._request("GET", path)

    def ask(self, question: str, practice: str = "") -> tuple[int, Any]:
        """`practice`: the beginning of its address, where there are several."""
        return self._request("POST", f"{practice}/api/ask", json.dumps({"question": question}))

    def _request(self, method: str, path: str, body: str | None = None) -> tuple[int, Any]:
        self._connection.request(method, path, body, {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        text = response.read()
        is_json = response.headers.get_content_type() == "application/json"
        return response.status, json.loads(text) if is_json else text.decode()

    def close(self) -> None:
        self._connection.close()


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[Server]:
    """Serve with these arguments at a free port until the block ends."""
    with started([*COMMAND, "serve", "--port", "0", *arguments], **environment) as server:
        yield server


@contextmanager
def started(command: Sequence[str], **environment: str) -> Iterator[Server]:
    """Any command that tells where it serves, as `faqbot serve` does, until the block ends."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    try:
        yield Server(process, _port(process.stdout))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)
        process.stdout.close()


@contextmanager
def served(app: WSGIApplication) -> Iterator[int]:
    """The port at which threads of this process serve the app until the block ends."""
    server = create_server(app, host="127.0.0.1", port=0, **options())
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        # In the server's own thread; from here it would go on with the browsers' open connections.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join(PATIENCE)
        server.task_dispatcher.shutdown()


def _port(lines: Iterable[str]) -> int:
    for line in lines:
        if found := re.search(r"Serving at http://[^/]+:(\d+)", line):
            return int(found[1])
    raise AssertionError("The server ended before it served.")

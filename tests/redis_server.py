"""Redis servers of a test's own, on loopback: one that works, and one that never answers."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import PATIENCE, wait_until

COMMAND = shutil.which("redis-server") or ""


class RedisServer:
    """A redis-server at a free port, which keeps the port when it is stopped and started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        options = {"port": self.port, "bind": "127.0.0.1", "dir": self._folder, "save": ""}
        arguments = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self._process = subprocess.Popen([COMMAND, *arguments], stdout=subprocess.DEVNULL)
        wait_until(self._answers)

    def stop(self) -> None:
        """End it at once, as a crash would."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def send(self, command: str) -> bytes:
        """What it answers to a command."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            connection.sendall(command.encode() + b"\r\n")
            return connection.recv(65536)

    def _answers(self) -> bool:
        try:
            return self.send("PING").startswith(b"+PONG")
        except OSError:
            return False


class SilentServer:
    """Takes connections and never answers, as a machine that hangs."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.url = f"redis://127.0.0.1:{self._listening.getsockname()[1]}"

    def stop(self) -> None:
        self._listening.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A private Redis; tests may stop and start it."""
    if not COMMAND:
        pytest.skip("needs redis-server: apt install redis-server")
    folder = tmp_path / "redis"
    folder.mkdir()
    server = RedisServer(folder)
    yield server
    server.stop()


@pytest.fixture
def silent_server() -> Iterator[SilentServer]:
    """A server that accepts connections and says nothing."""
    server = SilentServer()
    yield server
    server.stop()

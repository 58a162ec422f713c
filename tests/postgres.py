"""A PostgreSQL server of the tests' own, on loopback, with nothing of the system's cluster.

A plugin: `pytest_plugins = ["tests.postgres"]`. Needs Debian's `postgresql`, or initdb and pg_ctl
on the PATH.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import psycopg
import pytest

OWNER = "faqbot"
SETTINGS = {  # a crash of the machine is not what is tried
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "max_connections": "60",
    "shared_buffers": "16MB",
}


class PostgresServer:
    """A private cluster; it can be stopped, started, and made to hang."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._data = folder / "data"
        self._names = count()
        self.port = _free_port()
        self._run("initdb", "--auth=trust", f"--username={OWNER}", "--no-sync", "--encoding=UTF8")
        self.start()

    @property
    def url(self) -> str:
        """Its database, for tests that share it."""
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/postgres"

    def empty(self) -> str:
        """The URL of a schema of its own; to make a whole database takes far longer."""
        name = f"test{next(self._names)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return f"{self.url}?options=-csearch_path%3D{name}"

    def start(self) -> None:
        words = [f"-c {name}={value}" for name, value in SETTINGS.items()]
        words += [f"-c port={self.port}", f"-c unix_socket_directories={self._folder}"]
        self._run("pg_ctl", "start", "--wait", f"--log={self._folder}/log", "-o", " ".join(words))

    def stop(self) -> None:
        """End it at once, as a crash would."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def pause(self) -> None:
        """Take connections and answer nothing, until `resume`."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, what: signal.Signals) -> None:
        main = int((self._data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for process in (main, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, what)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "--pgdata", str(self._data), *arguments]
        as_user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
        with (self._folder / "said").open("ab") as said:  # a pipe would stay open in the server
            subprocess.run(
                command, check=True, stdout=said, stderr=said, cwd=self._folder, **as_user
            )


def _programs() -> Path | None:
    """Where initdb and pg_ctl are; Debian keeps them off the PATH, the newest version last."""
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    return Path(on_path).parent if on_path else debian[-1] if debian else None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def running(place: Path | None = None) -> Iterator[PostgresServer]:
    """A server until the block ends; `place`: where its folder is to be."""
    programs = _programs()
    assert programs, "needs PostgreSQL: apt install postgresql"
    # Not in tmp_path, which only the user of the tests may enter: root cannot run PostgreSQL.
    with tempfile.TemporaryDirectory(prefix="faqbot-postgres-", dir=place) as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        server = PostgresServer(programs, Path(folder))
        try:
            yield server
        finally:
            with suppress(subprocess.CalledProcessError):  # it may be down
                server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The server that all tests share; who stops it starts it again."""
    if _programs() is None:
        pytest.skip("needs PostgreSQL: apt install postgresql")
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: PostgresServer) -> str:
    """The URL of a database for all tests of a session."""
    return postgres.url

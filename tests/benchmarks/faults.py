"""What may go wrong with a server: each fault begins, ends, and is over when all is as before."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psycopg

from faqbot.editing import versions
from faqbot.editing.workspace import DeskError, Files, Workspace, read_files
from tests.benchmarks.publishing import numbered
from tests.postgres import PostgresServer
from tests.redis_server import RedisServer
from tests.servers import Client, Server
from tests.waiting import wait_until

DURATION = "how long does it take"
ROUND = 4  # replies in a row for each worker, on new connections, so that each of them was asked


class Fault(Protocol):
    """A fault that can come again and again."""

    name: str
    lasts: bool  # until somebody sets it right

    def begin(self) -> None:
        """Let it go wrong."""

    def end(self) -> None:
        """Set it right, as somebody on duty would."""

    def is_over(self) -> bool:
        """Whether everything works as before."""


@dataclass(slots=True)
class Killed:
    """A worker ends without a word."""

    server: Server
    workers: int
    chance: random.Random
    moments: list[float] = field(default_factory=list)  # before each kill, and after it
    name: str = "a worker killed"
    lasts: bool = False
    _victim: int = 0

    def begin(self) -> None:
        self._victim = self.chance.choice(self.server.workers())
        self.moments.append(time.monotonic())
        os.kill(self._victim, signal.SIGKILL)
        self.moments.append(time.monotonic())

    def end(self) -> None:
        pass

    def is_over(self) -> bool:
        now = self.server.workers()
        asked = range(ROUND * self.workers)
        return (
            self._victim not in now
            and len(now) == self.workers
            and all(answer(self.server.port) for _ in asked)
        )


@dataclass(slots=True)
class RedisDown:
    """Redis ends, and starts again with nothing."""

    redis: RedisServer
    name: str = "Redis down"
    lasts: bool = True

    def begin(self) -> None:
        self.redis.stop()

    def end(self) -> None:
        self.redis.start()

    def is_over(self) -> bool:
        """Whether visitors are counted there again; looking for it is a count too, for a second."""
        return int(self.redis.send("DBSIZE")[1:]) > 1


@dataclass(slots=True)
class DatabaseDown:
    """PostgreSQL ends as in a crash."""

    database: PostgresServer
    writes: Callable[[float], bool]  # whether what was asked after this moment is written
    name: str = "PostgreSQL down"
    lasts: bool = True
    _ended: float = 0.0

    def begin(self) -> None:
        self.database.stop()

    def end(self) -> None:
        self.database.start()
        self._ended = time.monotonic()

    def is_over(self) -> bool:
        return self.writes(self._ended)


@dataclass(slots=True)
class DatabaseHangs(DatabaseDown):
    """PostgreSQL takes connections and answers nothing."""

    name: str = "PostgreSQL hanging"
    lasts: bool = True

    def begin(self) -> None:
        self.database.pause()

    def end(self) -> None:
        self.database.resume()
        self._ended = time.monotonic()


@dataclass(slots=True)
class DiskFull:
    """Nothing can be written any more: no knowledge, no draft, no journal, no cache."""

    disk: Path
    writes: Callable[[float], bool]
    database: PostgresServer | None
    name: str = "disk full"
    lasts: bool = True
    _ended: float = 0.0

    def begin(self) -> None:
        with (self.disk / "filler").open("wb", buffering=0) as filler:
            for size in (1 << 20, 1 << 12, 1):
                with suppress(OSError):
                    while True:
                        filler.write(bytes(size))

    def end(self) -> None:
        (self.disk / "filler").unlink()
        if self.database and not is_up(self.database):  # it gives up where it cannot write its log
            with suppress(subprocess.CalledProcessError):
                self.database.start()
        self._ended = time.monotonic()

    def is_over(self) -> bool:
        return self.writes(self._ended)


class KnowledgeBroken:
    """The folder is broken in one of many ways, and fixed with a new version."""

    name = "knowledge broken"
    lasts = True

    def __init__(self, folder: Path, port: int, workers: int, chance: random.Random) -> None:
        self.folder, self._port, self._workers, self._chance = folder, port, workers, chance
        self._files = read_files(folder)
        self.number = 100
        self.fixed: list[tuple[float, int]] = []  # when each number stood in the folder
        self.end()

    def begin(self) -> None:
        ways = (self._cut, self._garbled, self._missing, self._bare, self._invented, self._away)
        with suppress(OSError):  # the disk may be full
            self._chance.choice(ways)()

    def end(self) -> None:
        """Write the next version, by the desk or by hand; again until the disk takes it."""
        self.number += 1
        files = numbered(self._files, self.number)
        write = self._chance.choice((self._publish, self._edit))
        wait_until(lambda: self._tried(write, files), seconds=60)
        self.fixed.append((time.monotonic(), self.number))

    def is_over(self) -> bool:
        asked = range(ROUND * self._workers)
        return all(f" {self.number} hours" in answer(self._port) for _ in asked)

    def _tried(self, write: Callable[[Files], None], files: Files) -> bool:
        try:
            if self._aside.exists():
                self._aside.rename(self.folder)
            write(files)
        except DeskError:
            return False
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            return False
        return True

    def _publish(self, files: Files) -> None:
        versions.publish(Workspace(self.folder), files, "Ann", "")

    def _edit(self, files: Files) -> None:
        for name, content in files.items():
            (self.folder / name).write_bytes(content)

    @property
    def _aside(self) -> Path:
        return self.folder.with_name("away")

    @property
    def _page(self) -> Path:
        return self.folder / "procedure.md"

    def _cut(self) -> None:
        text = self._page.read_bytes()
        self._page.write_bytes(text[: self._chance.randrange(len(text))])

    def _garbled(self) -> None:
        self._page.write_bytes(self._chance.randbytes(3000))

    def _missing(self) -> None:
        self._page.unlink()

    def _bare(self) -> None:
        (self.folder / "practice.toml").unlink()

    def _invented(self) -> None:
        self._page.write_bytes(self._page.read_bytes() + b"\n> This stands on no page.\n")

    def _away(self) -> None:
        """As where a network drive is lost."""
        self.folder.rename(self._aside)


def answer(port: int) -> str:
    """How long it takes, asked on a new connection; "" where there is no reply."""
    with closing(Client(port, timeout=5)) as client, suppress(Exception):
        return str(client.ask(DURATION)[1]["entries"][0]["text"])
    return ""


def is_up(database: PostgresServer) -> bool:
    """Whether it lets somebody in."""
    try:
        psycopg.connect(database.url, connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


@contextmanager
def small_disk(room: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own that can be filled without harm to others; needs root, and Linux."""
    room.mkdir()
    options = f"size={megabytes}m,mode=755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "faqbot", room], check=True)
    try:
        yield room
    finally:
        subprocess.run(["umount", "--lazy", room], check=True)


def can_mount() -> bool:
    """Whether this user may make a disk."""
    return os.geteuid() == 0 and shutil.which("mount") is not None

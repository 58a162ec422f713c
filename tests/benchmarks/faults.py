"""What may go wrong: each fault begins, ends, and is over when everything works as before."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psycopg

from faqbot.editing import versions
from faqbot.editing.workspace import DeskError, Files, Workspace, read_files
from tests.benchmarks.publishing import numbered
from tests.instances import Instance
from tests.postgres import PostgresServer
from tests.redis_server import RedisServer
from tests.servers import Client
from tests.waiting import wait_until

DURATION = "how long does it take"


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
    """An instance ends without a word, and is started again as systemd does."""

    instances: Sequence[Instance]
    port: int  # of nginx
    chance: random.Random
    there: threading.Lock  # held while there must be a folder from which to start
    name: str = "instance killed"
    lasts: bool = False
    _victim: Instance = field(init=False)

    def begin(self) -> None:
        self._victim = self.chance.choice(self.instances)
        self.there.acquire()
        self._victim.kill()

    def end(self) -> None:
        self._victim.start()
        self.there.release()

    def is_over(self) -> bool:
        return bool(answer(self._victim.port)) and bool(answer(self.port))


@dataclass(slots=True)
class Stopped(Killed):
    """An instance is restarted, as for an upgrade."""

    name: str = "instance restarted"

    def begin(self) -> None:
        self._victim = self.chance.choice(self.instances)
        self.there.acquire()


@dataclass(slots=True)
class Hangs(Killed):
    """An instance takes connections and answers nothing, then goes on with what it was asked."""

    name: str = "instance hanging"
    lasts: bool = True

    def begin(self) -> None:
        self._victim = self.chance.choice(self.instances)
        self._victim.send(signal.SIGSTOP)

    def end(self) -> None:
        self._victim.send(signal.SIGCONT)


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
    """Nothing can be written any more: no knowledge, no draft, no journal."""

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

    def __init__(
        self,
        folder: Path,
        instances: Sequence[Instance],
        chance: random.Random,
        there: threading.Lock,
    ) -> None:
        """`there`: as for the instances that are killed."""
        self.folder, self._instances, self._chance = folder, instances, chance
        self._there = there
        self._files = read_files(folder)
        self.number = 100
        self.fixed: list[tuple[float, int]] = []  # when each number stood in the folder
        self.end()

    def begin(self) -> None:
        ways = (self._cut, self._garbled, self._missing, self._bare, self._invented, self._away)
        with suppress(OSError):  # the disk may be full
            self._chance.choice(ways)()

    def end(self) -> None:
        """Publish the next version; again until the disk takes it."""
        if self._aside.exists():
            self._aside.rename(self.folder)
            self._there.release()
        self.number += 1
        files = numbered(self._files, self.number)
        wait_until(lambda: self._is_published(files), seconds=60)
        self.fixed.append((time.monotonic(), self.number))

    def is_over(self) -> bool:
        """Whether those that do not hang, and are not just starting, have the new version."""
        answers = list(filter(None, (answer(one.port, 1) for one in self._instances)))
        return any(answers) and all(f" {self.number} hours" in text for text in answers)

    def _is_published(self, files: Files) -> bool:
        with suppress(DeskError):  # the disk may be full
            versions.publish(Workspace(self.folder), files, "Ann", "")
            return True
        return False

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
        self._there.acquire()
        self.folder.rename(self._aside)


def answer(port: int, timeout: float = 5) -> str:
    """How long it takes, asked on a new connection; "" where there is no reply."""
    with closing(Client(port, timeout)) as client, suppress(Exception):
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

"""The practices that are loaded: each when it is first asked, and no longer than it is needed."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from faqbot import knowledge
from faqbot.knowledge import KnowledgeError, Practice
from faqbot.service import Service

from . import opening
from .directory import Directory
from .memory import size_of
from .poller import Poller
from .workers import Workers

MOST_MEMORY = 350 << 20  # bytes for all bots together
FIXED = 300_000  # bytes that a practice costs besides its bot: its journal, and holes in memory
IDLE = 30 * 60.0  # seconds after which a practice nobody asks is put away
LOADERS, CLOSERS = 4, 2  # threads, apart so that no visitor waits for what is put away
PATIENCE = 5.0  # seconds that a request waits for its practice
MOST_WAITING = 6  # requests; the server's other threads are for practices that are loaded
SOON, LATER = 2, 60  # seconds after which to try again: it is being loaded; it is broken
RETRY = 30.0  # seconds after which a broken practice is tried again, even if nothing has changed
TIDY_EVERY = 3600.0  # seconds
WEIGH_EVERY = 1000  # requests; meanwhile caches grow

log = logging.getLogger("faqbot.practices")


class Trouble(Exception):  # noqa: N818 - no error of ours
    """The practice cannot answer now; `practice` is what can still be read of practice.toml."""

    def __init__(self, practice: Practice | None, retry: int) -> None:
        super().__init__()
        self.practice = practice
        self.retry = retry  # seconds


@dataclass(slots=True, eq=False)
class Slot:
    """A practice's place on the shelf, from its first request until it is put away."""

    name: str
    folder: Path
    ready: threading.Event = field(default_factory=threading.Event)
    practice: Practice | None = None  # what practice.toml says, where it can be read
    service: Service | None = None  # none also where it is broken
    signature: tuple[object, ...] = ()  # of the folder that is broken
    since: float = math.inf  # when it turned out to be broken
    asked: float = 0.0  # when it was last needed
    requests: int = 0
    visitors: int = 0  # requests under way
    busy: bool = False  # its folder is being read
    size: int = 0  # bytes
    away: bool = False  # it is no longer on the shelf


class Practices:
    """All practices of a folder; safe to use from several threads.

    Threads start with the first request, so that it may be made before a fork.
    """

    def __init__(
        self,
        root: Path,
        *,
        most_memory: int = MOST_MEMORY,
        idle: float = IDLE,
        patience: float = PATIENCE,
        open_service: Callable[[Path, str], Service] = opening.open_service,
    ) -> None:
        """Raises OSError where there is no such folder."""
        self.directory = Directory(root)
        self._most_memory, self._idle, self._patience = most_memory, idle, patience
        self._open = open_service
        self._slots: dict[str, Slot] = {}
        self._lock = threading.Lock()
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)
        self._loaders, self._closers = Workers(LOADERS), Workers(CLOSERS)
        self._poller = Poller(self.directory, self)
        self._past = opening.Tally()  # of what was put away
        self._tidy_next = time.monotonic() + TIDY_EVERY

    # for a request

    def start(self) -> None:
        """Follow the folders from now on, in this process; with each request, as it costs nothing.

        After a fork the first has to see what has changed since.
        """
        if self._poller.start():
            self.directory.look()

    def enter(self, name: str) -> Slot:
        """The practice, loaded, which stays so until `leave`.

        Raises KeyError where there is none of this name, and Trouble where it cannot answer.
        """
        self.start()
        slot = self._slot(name)
        try:
            self._wait(slot)
        except BaseException:
            self.leave(slot)
            raise
        return slot

    def leave(self, slot: Slot) -> None:
        """The request is over."""
        with self._lock:
            slot.visitors -= 1
            slot.asked = time.monotonic()
            over = slot.away and not slot.visitors
        if over:
            self._closers.add(partial(self._close, slot))
        elif slot.requests % WEIGH_EVERY == 0:
            self._closers.add(partial(self._weigh, slot))

    def _slot(self, name: str) -> Slot:
        with self._lock:
            if name not in self.directory.names:
                raise KeyError(name)
            slot = self._slots.get(name)
            new = slot is None
            if slot is None:
                slot = self._slots[name] = Slot(name, self.directory.folder(name))
            slot.visitors += 1
            slot.requests += 1
            slot.asked = time.monotonic()
        if new:
            self._loaders.add(partial(self._load, slot))
        return slot

    def _wait(self, slot: Slot) -> None:
        if not slot.ready.is_set():
            if not self._waiting.acquire(blocking=False):
                raise Trouble(slot.practice, SOON)
            try:
                slot.ready.wait(self._patience)
            finally:
                self._waiting.release()
        if not slot.ready.is_set():
            raise Trouble(slot.practice, SOON)
        if slot.service is None:
            raise Trouble(slot.practice, LATER)

    # for whoever watches

    def loaded(self) -> list[Slot]:
        """Those that answer, or turned out to be broken."""
        with self._lock:
            return [slot for slot in self._slots.values() if slot.ready.is_set()]

    def tally(self) -> opening.Tally:
        """What happened in all practices since the start."""
        services = [slot.service for slot in self.loaded() if slot.service]
        return sum(map(opening.tally, services), self._past)

    def status(self) -> dict[str, str | int]:
        """How it stands, without a name: nobody need know who is served here."""
        slots = self.loaded()
        broken = sum(1 for slot in slots if opening.is_broken(slot.service))
        return {
            "status": "degraded" if broken else "ok",
            "practices": len(self.directory.names),
            "loaded": len(slots),
            "broken": broken,
        }

    def memory(self) -> int:
        """Bytes of all that is loaded."""
        return sum(slot.size for slot in self.loaded())

    def close(self) -> None:
        """Put all away, and end the threads."""
        self._poller.close()
        with self._lock:
            slots, self._slots = list(self._slots.values()), {}
        for slot in slots:
            self._close(slot)
        self._loaders.close()
        self._closers.close()

    # loading

    def _load(self, slot: Slot) -> None:
        slot.signature = knowledge.signature(slot.folder)
        slot.practice = opening.read_practice(slot.folder)
        try:
            service = self._open(slot.folder, slot.name)
        except Exception as error:  # whatever it is, the others go on
            self._tell(slot.name, error)
            slot.since = time.monotonic()
        else:
            slot.service = service
            self._weigh(slot)
        finally:
            slot.ready.set()
        self.make_room()

    def _tell(self, name: str, error: Exception) -> None:
        if isinstance(error, KnowledgeError):
            log.warning("“%s” cannot be served.\n%s", name, error)
        else:
            log.error("“%s” cannot be served.", name, exc_info=error)

    def _weigh(self, slot: Slot) -> None:
        if slot.service:
            slot.size = size_of(slot.service.bot) + FIXED

    # following the folders

    def look_at(self, slot: Slot) -> bool:
        """See whether the folder has changed; whether to come back soon."""
        if slot.away or slot.name not in self.directory.names:
            self._put_away(slot)
            return False
        if slot.service is None:
            old = time.monotonic() > slot.since + RETRY
            if old or knowledge.signature(slot.folder) != slot.signature:
                self._put_away(slot)
            return False
        if not slot.busy and slot.service.live.glance():
            slot.busy = True
            self._loaders.add(partial(self._read, slot, slot.service))
        return slot.service.live.stirs

    def _read(self, slot: Slot, service: Service) -> None:
        try:
            if service.live.take():
                self._weigh(slot)
        finally:
            slot.busy = False

    def tidy(self) -> None:
        """Now and then, delete what is old in the journals that nobody has open."""
        if time.monotonic() < self._tidy_next:
            return
        self._tidy_next = time.monotonic() + TIDY_EVERY
        for name in sorted(self.directory.names - {slot.name for slot in self.loaded()}):
            self._closers.add(partial(opening.tidy, self.directory.folder(name), name))

    # putting away

    def make_room(self) -> None:
        """Put away what is idle, then what was asked longest ago, while there is too much."""
        unused = [slot for slot in self.loaded() if not slot.visitors]
        unused.sort(key=lambda slot: slot.asked)
        while unused and time.monotonic() - unused[0].asked > self._idle:
            self._put_away(unused.pop(0))
        while len(unused) > 1 and self.memory() > self._most_memory:
            self._put_away(unused.pop(0))

    def _put_away(self, slot: Slot) -> None:
        """What is visited is closed when the last visitor leaves."""
        with self._lock:
            if slot.away:
                return
            slot.away = True
            self._slots.pop(slot.name, None)
            visited = slot.visitors > 0
        if not visited:
            self._closers.add(partial(self._close, slot))

    def _close(self, slot: Slot) -> None:
        if slot.service:
            slot.service.close()
            with self._lock:
                self._past += opening.tally(slot.service)

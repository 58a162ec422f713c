"""Holds the practices that are open: each from its first request until its folder is removed."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from faqbot import knowledge
from faqbot.editing.workspace import DeskError, Workspace, read_files
from faqbot.journal import KEEP_DAYS, Journal
from faqbot.knowledge import KnowledgeError, Practice
from faqbot.knowledge.practice import read_practice
from faqbot.knowledge.tables import read_table
from faqbot.knowledge.values import Diagnostics
from faqbot.live import Live
from faqbot.practices.directory import Directory
from faqbot.service import Service
from faqbot.settings import JOURNAL

OPEN_TIMEOUT = 5.0  # seconds that a request waits for its practice
MAX_WAITING = 6  # requests; the server's other threads are for practices that are open
MAX_OPENING = 4  # practices at a time
RETRY_AFTER_OPENING, RETRY_AFTER_BROKEN = 2, 60  # seconds after which visitors ask again
RETRY = 30.0  # seconds after which a broken practice is tried again, even if nothing has changed
FOLLOW_EVERY = 0.5  # seconds
FOLLOW_FOR = 0.05  # seconds of processor time: a tenth of a core, however many are open
READ_EVERY = 600.0  # seconds; reading a thousand practices every minute took most of that
TIDY_EVERY = 3600.0  # seconds

log = logging.getLogger("faqbot.practices")


@dataclass(eq=False)
class Unavailable(Exception):  # noqa: N818 - not a defect
    """The practice cannot answer now."""

    practice: Practice | None  # what could be read of practice.toml, for its phone numbers
    retry_after: int  # seconds


@dataclass(slots=True, eq=False)
class Tenant:
    """One practice of many, from its first request on."""

    name: str
    folder: Path
    is_due: bool = True  # it is to be opened with the next request
    tried: threading.Event = field(default_factory=threading.Event)  # it is open or broken
    service: Service | None = None  # None while it is being opened, and where it is broken
    practice: Practice | None = None  # what could be read of practice.toml
    signature: tuple[object, ...] = ()  # of the folder when it was tried
    failed: float = 0.0  # when opening it last failed
    error: str = ""  # why, as it was logged

    def is_broken(self) -> bool:
        """Whether the folder cannot be used as it is now, even if an older version answers."""
        return self.service is None or bool(self.service.live.status().problems)

    def is_changing(self) -> bool:
        """Whether its folder was just changing, and is to be looked at again soon."""
        return self.service is not None and self.service.live.is_changing

    def counts(self) -> Counter[str]:
        """As `Service.counts`; nothing where it is not open."""
        return self.service.counts() if self.service else Counter()

    def close(self) -> None:
        """Write its last notes."""
        if self.service:
            self.service.close()


class Practices:
    """All practices of a folder; safe to use from several threads.

    One thread follows all folders until `close`. Threads are daemons, since a read from a lost
    disk may never end.
    """

    def __init__(self, root: Path, *, patience: float = OPEN_TIMEOUT) -> None:
        """Raises OSError if there is no such folder."""
        self.directory = Directory(root)
        self._patience = patience
        self._tenants: dict[str, Tenant] = {}
        self._removed: Counter[str] = Counter()  # what removed practices counted
        self._lock = threading.Lock()
        self._waiting = threading.Semaphore(MAX_WAITING)
        self._opening = threading.Semaphore(MAX_OPENING)
        self._closed = threading.Event()
        _start(self._follow, "faqbot-practices")
        _start(self._tidy, "faqbot-practices-tidy")

    def service(self, name: str) -> Service:
        """The practice of this name, which is opened if it is not open yet.

        Raises KeyError if there is none, and Unavailable if it cannot answer.
        """
        tenant = self._tenant(name)
        if not tenant.tried.is_set() and self._waiting.acquire(blocking=False):
            try:
                tenant.tried.wait(self._patience)
            finally:
                self._waiting.release()
        if not tenant.tried.is_set():
            raise Unavailable(tenant.practice, RETRY_AFTER_OPENING)
        if tenant.service is None:
            raise Unavailable(tenant.practice, RETRY_AFTER_BROKEN)
        return tenant.service

    def counts(self) -> Counter[str]:
        """All practices' `reloads` and `lost` notes since the start; `problems`: broken ones."""
        with self._lock:
            counts = sum((tenant.counts() for tenant in self._tenants.values()), self._removed)
        counts["problems"] = sum(tenant.is_broken() for tenant in self._tried())
        return counts

    def status(self) -> dict[str, str | int]:
        """The state of all practices, without names, as these are nobody's business."""
        tried = self._tried()
        broken = sum(tenant.is_broken() for tenant in tried)
        return {
            "status": "degraded" if broken else "ok",
            "practices": len(self.directory.names),
            "loaded": len(tried),
            "broken": broken,
        }

    def close(self) -> None:
        """Stop following, and close all practices."""
        self._closed.set()
        for tenant in self._tried():
            tenant.close()

    def _tried(self) -> list[Tenant]:
        with self._lock:
            return [tenant for tenant in self._tenants.values() if tenant.tried.is_set()]

    def _tenant(self, name: str) -> Tenant:
        with self._lock:
            if name not in self.directory.names:
                raise KeyError(name)
            tenant = self._tenants.get(name)
            if tenant is None:
                tenant = self._tenants[name] = Tenant(name, self.directory.folder(name))
            if tenant.is_due:
                tenant.tried.clear()
                _start(self._open, "faqbot-practices-open", tenant)
                tenant.is_due = False
            return tenant

    def _open(self, tenant: Tenant) -> None:
        with self._opening:
            try:
                tenant.signature = knowledge.signature(tenant.folder)
                tenant.practice = _read_practice(tenant.folder)
                tenant.service = open_service(tenant.folder, tenant.name)
                tenant.error = ""
            except Exception as error:  # whatever it is, the others go on
                tenant.failed = time.monotonic()
                _log_once(tenant, error)
            finally:
                tenant.tried.set()

    def _follow(self) -> None:
        turn: deque[Tenant] = deque()
        pause = FOLLOW_EVERY
        while not self._closed.wait(pause):
            pause = FOLLOW_EVERY
            try:
                self.directory.refresh()
                turn.extend(() if turn else self._tried())
                if self._look_at_some(turn):
                    pause = 0  # there may be many more, as after a pull from git
            except Exception:
                log.exception("Following the practices failed; going on.")

    def _look_at_some(self, turn: deque[Tenant]) -> bool:
        """Look at those whose turn it is, until one was reloaded; whether to go on at once."""
        reloaded, unsettled = False, []
        until = time.thread_time() + FOLLOW_FOR
        while turn and not reloaded and time.thread_time() < until:
            tenant = turn.popleft()
            try:
                reloaded = self._look_at(tenant)
            except Exception:
                log.exception("Following “%s” failed; going on.", tenant.name)
            if tenant.is_changing() and tenant.name in self.directory.names:
                unsettled.append(tenant)
        turn.extendleft(unsettled)  # they are to be looked at again after the pause
        return reloaded and not unsettled

    def _look_at(self, tenant: Tenant) -> bool:
        """Follow one folder; whether it was reloaded."""
        if tenant.name not in self.directory.names:
            self._remove(tenant)
        elif tenant.service:
            return tenant.service.live.poll()
        elif tenant.tried.is_set():
            changed = knowledge.signature(tenant.folder) != tenant.signature
            tenant.is_due = changed or time.monotonic() > tenant.failed + RETRY
        return False

    def _remove(self, tenant: Tenant) -> None:
        tenant.close()  # a request under way is still answered
        with self._lock:
            self._tenants.pop(tenant.name)
            self._removed += tenant.counts()

    def _tidy(self) -> None:
        """Every hour, delete what is old in the journals that are not open."""
        while not self._closed.wait(TIDY_EVERY):
            for name in sorted(self.directory.names - {tenant.name for tenant in self._tried()}):
                try:
                    delete_old_notes(self.directory.folder(name), name)
                except Exception as error:
                    log.warning("Old notes of “%s” could not be deleted: %s", name, error)


def open_service(folder: Path, name: str) -> Service:
    """The practice in this folder; raises KnowledgeError if it cannot be used.

    It can turn its journal off, but not have it written elsewhere: that may be another's.
    """
    live = Live(folder, read_every=READ_EVERY)
    Workspace(folder).close_to_others()
    return Service(live, _journal(folder, name, live.bot.knowledge.practice.journal))


def delete_old_notes(folder: Path, name: str) -> None:
    """Delete the old notes of a practice that is not open; raises JournalError."""
    if journal := _journal(folder, name):
        with closing(journal):
            journal.purge(KEEP_DAYS)


def _journal(folder: Path, name: str, setting: str = "") -> Journal | None:
    """The journal where FAQBOT_JOURNAL says, under the practice's name, or in its own folder."""
    off = setting == "off"
    where = "off" if off else os.environ.get(JOURNAL.variable, "")
    return Journal.open(Workspace(folder).journal, where, name)


def _read_practice(folder: Path) -> Practice | None:
    """What practice.toml says, as far as it can be read, whatever is wrong with the rest."""
    try:
        text = read_files(folder)["practice.toml"].decode("utf-8-sig")
        table = read_table(text, Diagnostics("practice.toml"))
        return read_practice(table) if table else None
    except (DeskError, KeyError, ValueError):
        return None


def _log_once(tenant: Tenant, error: Exception) -> None:
    reason = str(error) or repr(error)
    if reason != tenant.error:
        tenant.error = reason
        trace = None if isinstance(error, KnowledgeError) else error
        log.warning("“%s” cannot be served.\n%s", tenant.name, reason, exc_info=trace)


def _start(work: Callable[..., None], name: str, *arguments: object) -> None:
    threading.Thread(target=work, args=arguments, name=name, daemon=True).start()

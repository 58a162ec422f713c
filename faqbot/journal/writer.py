"""A thread that writes what others hand in, so that nobody waits for it."""

from __future__ import annotations

import atexit
import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

WAITING = 10_000  # items that wait to be written; what comes on top is lost
TOGETHER = 1_000  # written in one transaction
PAUSE = 0.1  # seconds between two writes, so that busy hours cost few of them
RETRY = 1.0  # seconds after a write that failed
LAST = 2.0  # seconds for what is left when the program ends
HOURLY = 3600.0  # seconds between two tidyings

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Refused(Exception):  # noqa: N818 - it says what happened, as the others of its family do
    """The store works but will never take these items."""


class Writer(Generic[T]):
    """Hands what it is given to `write`, in order and several at once, and goes on trying.

    `prepare` is called for each item, once; `tidy` once an hour; `end` at last; all in the writer's
    thread, which starts with the first item. `drop` is told of each item that is given up. After a
    fork, `renew` it.
    """

    def __init__(
        self,
        prepare: Callable[[T], T],
        write: Callable[[Sequence[T]], None],
        tidy: Callable[[], None],
        end: Callable[[], None],
        drop: Callable[[T], object],
        reason: Callable[[BaseException], str] = repr,
    ) -> None:
        self._prepare, self._write, self._tidy = prepare, write, tidy
        self._end, self._drop, self._reason = end, drop, reason
        self._tidied = -math.inf
        self.renew()

    def renew(self) -> None:
        """Begin with nothing, as a forked process must: thread and items are its parent's."""
        self.lost = 0  # items given up
        self.failing = False  # the last write did not go through
        self._queue: queue.SimpleQueue[T | _Mark] = queue.SimpleQueue()
        self._hand: list[T | _Mark] = []
        self._hurry = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def add(self, item: T) -> None:
        """Hand in an item; returns at once, and counts it as lost where too many wait already."""
        if self._closed or self._queue.qsize() >= WAITING:
            self._give_up(item)
        else:
            self._put(item)

    def take_up(self, items: Sequence[T]) -> None:
        """Take over what another has accepted, however much it is."""
        for item in items:
            self._put(item)

    def lose(self, number: int, error: Exception | None = None) -> None:
        """Count items that were given up."""
        with self._lock:
            self.lost += number
        if error:
            _log.error("%d not written: %s", number, self._reason(error))

    def _give_up(self, *items: T, error: Exception | None = None) -> None:
        for item in items:
            self._drop(item)
        self.lose(len(items), error)

    def flush(self, timeout: float, always: bool = False) -> bool:
        """Wait until all that was handed in so far is written; False if that takes longer.

        `always`: write nothing where there is nothing to write, to see whether that goes through.
        """
        if self._closed:
            return False
        if self._thread is None and self._queue.empty() and not always:
            return True
        written = _Mark(always)
        self._put(written)
        self._hurry.set()
        return written.wait(timeout)

    def close(self, timeout: float) -> None:
        """Write what is left; what cannot be written by then is lost."""
        if self._closed:
            return
        atexit.unregister(self._at_exit)
        thread = self._thread
        flushed = thread is None or self.flush(timeout)
        self._closed = True
        left = list(self._hand)
        with suppress(queue.Empty):
            while True:
                left.append(self._queue.get_nowait())
        self._give_up(*_items(left))
        self._queue.put(_Mark(False))  # wakes the thread, which ends
        self._hurry.set()
        if thread is None:
            self._end()
        elif flushed:
            thread.join(timeout)

    def _at_exit(self) -> None:
        self.close(LAST)

    def _put(self, item: T | _Mark) -> None:
        self._queue.put(item)
        if self._thread is None or not self._thread.is_alive():
            self._start()

    def _start(self) -> None:
        with self._lock:
            if self._closed or (self._thread and self._thread.is_alive()):
                return
            self._thread = threading.Thread(target=self._run, daemon=True, name="faqbot writer")
            self._thread.start()
            atexit.register(self._at_exit)

    def _run(self) -> None:
        while not self._closed:
            try:
                self._gather()
                self._write_hand()
                self._tidy_hourly()
                self._succeeded()
            except Exception as error:
                self._failed(error)
            self._hurry.wait(RETRY if self.failing else PAUSE)
            self._hurry.clear()
        self._end()

    def _gather(self) -> None:
        """Take up what was handed in; wait for it only with empty hands."""
        with suppress(queue.Empty):
            if not self._hand:
                due = self._tidied + HOURLY - time.monotonic()
                self._take(self._queue.get(timeout=max(0.0, due)))
            while len(self._hand) < TOGETHER:
                self._take(self._queue.get_nowait())

    def _take(self, item: T | _Mark) -> None:
        if isinstance(item, _Mark):
            self._hand.append(item)
            return
        try:
            self._hand.append(self._prepare(item))
        except Exception as error:
            self._give_up(item, error=error)

    def _write_hand(self) -> None:
        """Write all that is in hand; what is refused even by itself is lost, and only that."""
        size = len(self._hand)
        while self._hand:
            some = self._hand[:size]
            try:
                items = _items(some)
                if items or any(mark.always for mark in _marks(some)):
                    self._write(items)
            except Refused as error:
                if size > 1:
                    size //= 2
                    continue
                self._give_up(*_items(some), error=error)
            for mark in _marks(some):
                mark.set()
            del self._hand[:size]

    def _tidy_hourly(self) -> None:
        if time.monotonic() >= self._tidied + HOURLY:
            self._tidy()
            self._tidied = time.monotonic()

    def _succeeded(self) -> None:
        if self.failing:
            _log.warning("The journal can be written again; %d lost so far.", self.lost)
        self.failing = False

    def _failed(self, error: Exception) -> None:
        if not self.failing:
            _log.warning(
                "The journal cannot be written: %s. Replies go on; it is tried again.",
                self._reason(error),
            )
        self.failing = True


class _Mark(threading.Event):
    """Stands among the items; set once all before it is written."""

    def __init__(self, always: bool) -> None:
        super().__init__()
        self.always = always


def _items(some: Sequence[T | _Mark]) -> list[T]:
    return [one for one in some if not isinstance(one, _Mark)]


def _marks(some: Sequence[T | _Mark]) -> list[_Mark]:
    return [one for one in some if isinstance(one, _Mark)]

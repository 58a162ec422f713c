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

MAX_WAITING = 10_000  # items that wait to be written; any more are lost
MAX_BATCH = 1_000  # items written in one transaction
WRITE_INTERVAL = 0.1  # seconds between two writes, so that busy hours cost few of them
RETRY = 1.0  # seconds after a write that failed
EXIT_TIMEOUT = 2.0  # seconds for what is left when the program ends
TIDY_EVERY = 3600.0  # seconds

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Refused(Exception):  # noqa: N818 - it says what happened, as the others of its family do
    """The store works but will never take these items."""


class Writer(Generic[T]):
    """Hands items to `write`, in order and several at once, and retries until that succeeds.

    The thread starts with the first item. In it, `tidy` is called once an hour, `drop` with each
    item that `write` refuses even by itself, and `end` at last. `is_persisted` says whether an item
    that is still unwritten at the end is kept elsewhere, and so is not lost.
    """

    def __init__(
        self,
        write: Callable[[Sequence[T]], None],
        tidy: Callable[[], None],
        drop: Callable[[T], None],
        end: Callable[[], None],
        is_persisted: Callable[[T], bool],
        reason: Callable[[BaseException], str] = repr,
    ) -> None:
        self._write, self._tidy, self._drop = write, tidy, drop
        self._end, self._is_persisted, self._reason = end, is_persisted, reason
        self.lost = 0  # items given up
        self.failing = False  # the last write did not succeed
        self._queue: queue.SimpleQueue[T | _Flush] = queue.SimpleQueue()
        self._batch: list[T | _Flush] = []
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._tidied = -math.inf
        self._closed = False

    @property
    def full(self) -> bool:
        """Whether it can take no more: too many items wait, or it is closed."""
        return self._closed or self._queue.qsize() >= MAX_WAITING

    def add(self, item: T) -> None:
        """Hand in an item, also where it is full; returns at once."""
        self._queue.put(item)
        self._start()

    def lose(self, number: int, error: Exception | None = None) -> None:
        """Count items that are given up."""
        with self._lock:
            self.lost += number
        if error:
            _log.error("%d not written: %s", number, self._reason(error))

    def flush(self, timeout: float, always: bool = False) -> bool:
        """Wait until all that was handed in so far is written; False if that takes longer.

        `always`: where there is nothing to write, write nothing, to see whether that succeeds.
        """
        if self._closed:
            return False
        if self._thread is None and self._queue.empty() and not always:
            return True
        written = _Flush(always)
        self._queue.put(written)
        self._start()
        self._wake.set()
        return written.wait(timeout)

    def close(self, timeout: float) -> None:
        """Write what is left; what cannot be written in time, and is not persisted, is lost."""
        if self._closed:
            return
        atexit.unregister(self._at_exit)
        thread = self._thread
        flushed = thread is None or self.flush(timeout)
        self._closed = True
        left = list(self._batch)
        with suppress(queue.Empty):
            while True:
                left.append(self._queue.get_nowait())
        self.lose(sum(not self._is_persisted(item) for item in _items(left)))
        self._queue.put(_Flush(False))  # wakes the thread, which ends
        self._wake.set()
        if thread is None:
            self._end()
        elif flushed:
            thread.join(timeout)

    def _at_exit(self) -> None:
        self.close(EXIT_TIMEOUT)

    def _start(self) -> None:
        with self._lock:
            if self._closed or self._thread:
                return
            self._thread = threading.Thread(target=self._run, daemon=True, name="faqbot writer")
            self._thread.start()
            atexit.register(self._at_exit)

    def _run(self) -> None:
        while not self._closed:
            try:
                self._gather()
                self._write_batch()
                self._tidy_hourly()
                self._succeeded()
            except Exception as error:
                self._failed(error)
            self._wake.wait(RETRY if self.failing else WRITE_INTERVAL)
            self._wake.clear()
        self._end()

    def _gather(self) -> None:
        """Fill the batch; wait for items only where it is empty."""
        with suppress(queue.Empty):
            if not self._batch:
                due = self._tidied + TIDY_EVERY - time.monotonic()
                self._batch.append(self._queue.get(timeout=max(0.0, due)))
            while len(self._batch) < MAX_BATCH:
                self._batch.append(self._queue.get_nowait())

    def _write_batch(self) -> None:
        """Write the batch; an item that is refused even by itself is lost, and only that one."""
        size = len(self._batch)
        while self._batch:
            some = self._batch[:size]
            items, flushes = _items(some), [one for one in some if isinstance(one, _Flush)]
            try:
                if items or any(flush.always for flush in flushes):
                    self._write(items)
            except Refused as error:
                if size > 1:
                    size //= 2
                    continue
                for item in items:
                    self._drop(item)
                self.lose(len(items), error)
            for flush in flushes:
                flush.set()
            del self._batch[:size]

    def _tidy_hourly(self) -> None:
        if time.monotonic() >= self._tidied + TIDY_EVERY:
            self._tidy()
            self._tidied = time.monotonic()

    def _succeeded(self) -> None:
        if self.failing:
            _log.warning("The journal can be written again; %d notes lost so far.", self.lost)
        self.failing = False

    def _failed(self, error: Exception) -> None:
        if not self.failing:
            _log.warning(
                "The journal cannot be written: %s. Replies go on, and faqbot keeps trying.",
                self._reason(error),
            )
        self.failing = True


class _Flush(threading.Event):
    """A marker in the queue; set once everything before it is written."""

    def __init__(self, always: bool) -> None:
        super().__init__()
        self.always = always


def _items(some: Sequence[T | _Flush]) -> list[T]:
    return [one for one in some if not isinstance(one, _Flush)]

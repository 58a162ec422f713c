"""A few threads for work that may take seconds, so that no visitor of another practice waits."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

Work = Callable[[], object]

log = logging.getLogger("faqbot.practices")


class Workers:
    """Does what it is given, in order; as daemons, since a read from a lost disk never ends.

    The threads start with the first work, so that it may be made before a fork.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._started = False
        self._lock = threading.Lock()

    def add(self, work: Work) -> None:
        """Do this as soon as there is a hand free."""
        self._queue.put(work)
        with self._lock:
            start, self._started = not self._started, True
        if start:
            for number in range(self._count):
                name = f"faqbot-practices-{number}"
                threading.Thread(target=self._run, name=name, daemon=True).start()

    def close(self) -> None:
        """End when what was given so far is done."""
        for _ in range(self._count):
            self._queue.put(None)

    def _run(self) -> None:
        while work := self._queue.get():
            try:
                work()
            except Exception:
                log.exception("Work in the background failed.")

"""A few threads for work that may take seconds, so that no visitor of another practice waits."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

Work = Callable[[], object]

log = logging.getLogger("faqbot.practices")


class Workers:
    """Does what it is given, in order; as daemons, since a read from a lost disk never ends."""

    def __init__(self, count: int) -> None:
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"faqbot-practices-{i}", daemon=True)
            for i in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def add(self, work: Work) -> None:
        """Do this as soon as there is a hand free."""
        self._queue.put(work)

    def close(self) -> None:
        """End when what was given so far is done."""
        for _ in self._threads:
            self._queue.put(None)

    def _run(self) -> None:
        while work := self._queue.get():
            try:
                work()
            except Exception:
                log.exception("Work in the background failed.")

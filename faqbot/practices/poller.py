"""One thread that follows all loaded practices' folders."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from faqbot.practices.registry import Slot

    from .directory import Directory

LOOK_EVERY = 0.5  # seconds
AT_MOST = 0.05  # seconds of looking at a time: a tenth of a core, however many are loaded

log = logging.getLogger("faqbot.practices")


class Shelf(Protocol):
    """What is followed."""

    def loaded(self) -> Iterable[Slot]:
        """Those whose folders are to be looked at."""

    def look_at(self, slot: Slot) -> bool:
        """See whether it has changed; whether to come back soon."""

    def make_room(self) -> None:
        """Put away what is not needed."""

    def tidy(self) -> None:
        """What is to be done now and then."""


class Poller:
    """Looks at some folders each time, in turn; 1,000 of them take it two seconds."""

    def __init__(self, directory: Directory, shelf: Shelf) -> None:
        self._directory = directory
        self._shelf = shelf
        self._turn: deque[Slot] = deque()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def start(self) -> bool:
        """Follow from now on, in this process; False where that is already so."""
        with self._starting:
            if self._thread and self._thread.is_alive():
                return False
            self._thread = threading.Thread(
                target=self._follow, name="faqbot-practices", daemon=True
            )
            self._thread.start()
            return True

    def close(self) -> None:
        """Stop following."""
        self._closed.set()

    def _follow(self) -> None:
        while not self._closed.wait(LOOK_EVERY):
            try:
                self._directory.look()
                self._look_at_some()
                self._shelf.make_room()
                self._shelf.tidy()
            except Exception:
                log.exception("Looking at the practices failed; going on.")

    def _look_at_some(self) -> None:
        """The next ones, for as long as it may take; those that are changing come next time too."""
        if not self._turn:
            self._turn.extend(self._shelf.loaded())
        stirring: list[Slot] = []
        until = time.monotonic() + AT_MOST
        while self._turn and time.monotonic() < until:
            slot = self._turn.popleft()
            try:
                if self._shelf.look_at(slot):
                    stirring.append(slot)
            except Exception:
                log.exception("Looking at “%s” failed; going on as before.", slot.name)
        self._turn.extendleft(stirring)

"""Visitors who ask at a steady rate, whatever happens, and what became of each question."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from tests.servers import Client

VISITORS = 8
PATIENCE = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Visit:
    """One question; times as `time.monotonic` tells them."""

    question: str
    start: float
    end: float
    status: int  # of the reply; 0 where there was none
    kind: str = ""
    said: str = ""  # the text of the first entry
    error: str = ""


class Visitors:
    """Ask from entering the block until leaving it; `visits` grows meanwhile."""

    def __init__(self, port: int, rate: float, question: Callable[[], str]) -> None:
        """`rate`: questions a second of all together; `question` is called by several threads."""
        self.visits: list[Visit] = []
        self._port, self._pause, self._question = port, VISITORS / rate, question
        self._done = threading.Event()
        self._threads = [
            threading.Thread(target=self._visit, args=(i * self._pause / VISITORS,))
            for i in range(VISITORS)
        ]

    def __enter__(self) -> Visitors:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def since(self, moment: float) -> list[Visit]:
        """The visits that began after this."""
        return [visit for visit in self.visits if visit.start > moment]

    def _visit(self, late: float) -> None:
        client = Client(self._port, PATIENCE)
        due = time.monotonic() + late
        while not self._done.wait(max(0.0, due - time.monotonic())):
            due = max(due + self._pause, time.monotonic() - 1)  # no rush after a long wait
            visit = _ask(client, self._question())
            self.visits.append(visit)
            if not visit.status:
                client.close()
        client.close()


def _ask(client: Client, question: str) -> Visit:
    start = time.monotonic()
    status, kind, said, error = 0, "", "", ""
    try:
        status, reply = client.ask(question)
        if status == 200:
            kind = reply["kind"]
            said = " ".join(entry["text"] for entry in reply["entries"])
        else:
            error = str(reply)[:200]
    except (OSError, http.client.HTTPException, ValueError) as problem:
        error = repr(problem)
    return Visit(question, start, time.monotonic(), status, kind, said, error)

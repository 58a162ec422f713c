"""Several `faqbot serve` on one folder, each at a port of its own, behind the nginx of the docs."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from tests import nginx
from tests.servers import Client, Server, serving
from tests.waiting import wait_until

RESTART_AFTER = 0.5  # seconds; `RestartSec` of docs/deploy/faqbot@.service


class Instance:
    """One of them, which keeps its port when it ends and is started again."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.port = nginx.free_port()
        self._arguments = ("--knowledge", str(folder), "--port", str(self.port))
        self._environment = environment
        self._stack = ExitStack()
        self._server: Server | None = None

    def start(self) -> None:
        """Serve; as by systemd, after a while if it served before, and again until it does."""
        if self._server:
            self.stop()
            time.sleep(RESTART_AFTER)
        wait_until(self._starts)

    def _starts(self) -> bool:
        serve = serving(*self._arguments, **self._environment)
        with suppress(AssertionError):
            self._server = self._stack.enter_context(serve)
            return True
        time.sleep(RESTART_AFTER)
        return False

    def send(self, what: signal.Signals) -> None:
        """A signal to its process."""
        assert self._server
        self._server.process.send_signal(what)

    def kill(self) -> None:
        """End it without a chance to do anything."""
        self.send(signal.SIGKILL)
        assert self._server
        self._server.process.wait()

    def stop(self) -> None:
        """End it as a service manager does."""
        if self._server:
            self.send(signal.SIGCONT)
        self._stack.close()

    def get(self, path: str) -> Any:
        """What it answers by itself."""
        with closing(Client(self.port)) as client:
            return client.get(path)[1]

    def metric(self, name: str) -> float:
        """The sum over all labels, since it started."""
        lines = re.findall(rf"^{name}(?:{{.*}})? (.*)$", self.get("/metrics"), re.MULTILINE)
        return sum(map(float, lines))


@contextmanager
def behind_nginx(
    folder: Path, room: Path, count: int, **environment: str
) -> Iterator[tuple[Sequence[Instance], int]]:
    """So many instances, and the port of their nginx, until the block ends; `room` is for nginx."""
    instances = [Instance(folder, {"FAQBOT_PROXIES": "1", **environment}) for _ in range(count)]
    with ExitStack() as stack:
        for instance in instances:
            stack.callback(instance.stop)
        with ThreadPoolExecutor() as pool:
            list(pool.map(Instance.start, instances))
        port = stack.enter_context(nginx.in_front_of([i.port for i in instances], room))
        yield instances, port

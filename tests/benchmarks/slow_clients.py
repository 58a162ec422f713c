"""Visitors who send half a request and stop, and one honest visitor who must not notice them.

    python -m tests.benchmarks.slow_clients --clients 1500 --asks 300

A third of them sends nothing, a third half the head, a third the head and half the body. The
honest visitor opens a connection for each question, as a browser that comes for the first time.
Limits and the log are on. Ends with 1 where the first honest question, which queues behind the
others' connections, or 99 in 100 of the later ones take longer than --reach.
"""

from __future__ import annotations

import argparse
import resource
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from tests.servers import Client, serving

PRACTICE = Path(__file__).parent.parent / "practice"
QUESTION = "how long does it take"
HEAD = (
    b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/json\r\nContent-Length: 60\r\n\r\n"
)
HALVES = (b"", HEAD[:60], HEAD + b'{"question": "how lo')
SETTINGS = {"FAQBOT_RATE_LIMIT": "100000 per minute", "FAQBOT_LOG": "json"}


@dataclass(frozen=True, slots=True)
class Waits:
    """How long the honest visitor waited, in milliseconds."""

    who: str
    median: float
    p99: float
    longest: float

    def __str__(self) -> str:
        return f"{self.who:34}{self.median:8.1f}{self.p99:8.1f}{self.longest:8.1f}"


def main() -> int:
    """Measure alone, and among the others."""
    options = _options()
    _allow_files(options.clients + 200)
    with serving("--knowledge", str(PRACTICE), **SETTINGS) as server:
        print(f"{'milliseconds':34}{'median':>8}{'p99':>8}{'longest':>8}")
        _waits("", server.port, 20)
        print(_waits("alone", server.port, options.asks))
        with _halves(server.port, options.clients) as stopped:
            first = _waits(f"first behind {options.clients} that stop", server.port, 1)
            among = _waits(f"among {options.clients} that stopped", server.port, options.asks)
            print(first, among, sep="\n")
            print(f"{sum(map(_is_open, stopped))} of {options.clients} were still connected then.")
        print(_waits("after they left", server.port, options.asks))
    return int(max(first.p99, among.p99) > options.reach)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--clients", type=int, default=1500, help="that send half a request")
    parser.add_argument("--asks", type=int, default=300, help="questions of the honest one")
    parser.add_argument("--reach", type=float, default=50.0, help="milliseconds")
    return parser.parse_args()


def _allow_files(number: int) -> None:
    """For this process and the server, which inherits it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < number:
        raise SystemExit(f"This needs {number} open files; allow them with: ulimit -Hn {number}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _waits(who: str, port: int, asks: int) -> Waits:
    took = sorted(1000 * _ask(port) for _ in range(asks))
    return Waits(who, statistics.median(took), took[int(0.99 * (asks - 1))], took[-1])


def _ask(port: int) -> float:
    start = time.perf_counter()
    client = Client(port)
    status, _ = client.ask(QUESTION)
    took = time.perf_counter() - start
    client.close()
    assert status == 200, status
    return took


@contextmanager
def _halves(port: int, clients: int) -> Iterator[list[socket.socket]]:
    """So many connections that stopped in the midst."""
    with ExitStack() as stack:
        stopped = []
        for half in islice(cycle(HALVES), clients):
            connection = socket.create_connection(("127.0.0.1", port), timeout=10)
            stopped.append(stack.enter_context(connection))
            connection.sendall(half)
        yield stopped


def _is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())

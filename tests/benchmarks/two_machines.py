"""Two machines behind nginx, one of which is taken away under load and brought back.

    python -m tests.benchmarks.two_machines --seconds 10 --rate 50

Both serve the same folder, keep their journal in one PostgreSQL and count limits in one Redis; the
nginx has the configuration of docs/deploy. All are private, on loopback. A machine goes in three
ways: it is stopped, as for an upgrade; it dies at once, as without power; it hangs, and takes
connections without a reply. Ends with 1 where a request failed after nginx had INTERVAL seconds to
notice, or somebody waited for so long though the machine did not hang.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import psycopg

from tests import nginx, postgres, redis_server
from tests.benchmarks.visitors import Visit, Visitors
from tests.servers import Client, Server, serving
from tests.waiting import wait_until

PRACTICE = Path(__file__).parent.parent / "practice"
QUESTIONS = ("how long does it take", "do you have parking for my caravan", "how big are the cuts")
INTERVAL = 5.0  # seconds: `fail_timeout` in nginx.conf
WAYS = ("stopped", "killed", "hung")


class Machine:
    """A `faqbot serve` at a port of its own, as a service manager starts it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.port = nginx.free_port()
        self._arguments = ("--knowledge", str(folder), "--port", str(self.port))
        self._environment = environment
        self._stack = ExitStack()
        self._server: Server | None = None

    def start(self) -> None:
        """Serve again, if it hung by going on."""
        if self._server:
            self._send(signal.SIGCONT)
        else:
            self._server = self._stack.enter_context(serving(*self._arguments, **self._environment))

    def take_away(self, way: str) -> None:
        """In one of WAYS."""
        if way == "hung":
            self._send(signal.SIGSTOP)
            return
        if way == "killed":
            self._send(signal.SIGKILL)
        self._stack.close()
        self._server = None

    def close(self) -> None:
        """End for good."""
        if self._server:
            self._send(signal.SIGCONT)
        self._stack.close()
        self._server = None

    def replies(self) -> float:
        """How many it has given since it started."""
        told = str(self._get("/metrics"))
        return sum(map(float, re.findall(r"^faqbot_replies_total{.*} (.*)$", told, re.MULTILINE)))

    def knowledge(self) -> str:
        """The hash of the knowledge that it answers from."""
        return str(self._get("/healthz")["knowledge"])

    def _get(self, path: str) -> Any:
        with closing(Client(self.port)) as client:
            return client.get(path)[1]

    def _send(self, what: signal.Signals) -> None:
        assert self._server
        os.kill(self._server.process.pid, what)


@dataclass(frozen=True, slots=True)
class Outage:
    """What visitors saw while one machine was away."""

    way: str
    visits: Sequence[Visit]
    began: float
    back: float  # seconds from its start until it gave replies again

    @property
    def failed(self) -> list[Visit]:
        """The requests without a reply."""
        return [visit for visit in self.visits if visit.failed]

    @property
    def failed_late(self) -> list[Visit]:
        """Those that began when nginx must have noticed."""
        return [visit for visit in self.failed if visit.start > self.began + INTERVAL]

    @property
    def longest(self) -> float:
        """The longest that somebody waited for a reply, in seconds."""
        return max(visit.end - visit.start for visit in self.visits)

    def __str__(self) -> str:
        counts = f"{len(self.visits):10,}{len(self.failed):8}{len(self.failed_late):13}"
        return f"{self.way:12}{counts}{self.longest:10.2f} s{self.back:8.1f} s"


@dataclass(frozen=True, slots=True)
class Result:
    """All outages, and what the parts that both share were left with."""

    outages: Sequence[Outage]
    visits: Sequence[Visit]
    noted: int  # replies in the journal
    limits: int  # counts in Redis


def run(seconds: float, rate: float, ways: Sequence[str] = WAYS) -> Result:
    """Ask so many questions a second; a machine is away for so long each time."""
    with tempfile.TemporaryDirectory(prefix="faqbot-machines-") as place, ExitStack() as stack:
        room = Path(place)
        folder = shutil.copytree(PRACTICE, room / "practice", ignore=shutil.ignore_patterns(".*"))
        redis = redis_server.RedisServer(room)
        stack.callback(redis.stop)
        database = stack.enter_context(postgres.running())
        environment = {
            "FAQBOT_JOURNAL": database.url,
            "FAQBOT_STORE": redis.url,
            "FAQBOT_RATE_LIMIT": "100000 per minute",
            "FAQBOT_PROXIES": "1",
            "FAQBOT_LOG": "json",
        }
        machines = [Machine(folder, environment) for _ in range(2)]
        for machine in machines:
            stack.callback(machine.close)
        with ThreadPoolExecutor() as pool:
            list(pool.map(Machine.start, machines))
        port = stack.enter_context(nginx.in_front_of([m.port for m in machines], room))
        questions = cycle(QUESTIONS)
        with Visitors(port, rate, lambda: next(questions)) as visitors:
            _wait_for_replies(machines)
            outages = [_outage(machines[0], way, seconds, visitors) for way in ways]
            _change(folder, machines)
        for machine in machines:
            machine.close()  # which notes what it has in hand
        return Result(outages, visitors.visits, _noted(database.url), int(redis.send("DBSIZE")[1:]))


def _wait_for_replies(machines: Sequence[Machine]) -> None:
    """Both are asked, and both answer."""
    before = [machine.replies() for machine in machines]
    wait_until(lambda: all(m.replies() > b for m, b in zip(machines, before, strict=True)))


def _outage(machine: Machine, way: str, seconds: float, visitors: Visitors) -> Outage:
    began = time.monotonic()
    machine.take_away(way)
    wait_until(lambda: time.monotonic() > began + seconds, seconds + 1)
    machine.start()
    started, before = time.monotonic(), machine.replies()
    wait_until(lambda: machine.replies() > before, 3 * INTERVAL)
    back = time.monotonic() - started
    return Outage(way, visitors.since(began), began, back)


def _change(folder: Path, machines: Sequence[Machine]) -> None:
    """A change in the shared folder reaches both."""
    before = machines[0].knowledge()
    assert machines[1].knowledge() == before
    text = (folder / "procedure.md").read_text("utf-8")
    (folder / "procedure.md").write_text(text.replace("**one hour**", "**one hour**, or so"))
    wait_until(lambda: before not in [machine.knowledge() for machine in machines])


def _noted(url: str) -> int:
    """How many replies are in the journal."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT sum(number) FROM faqbot_counts").fetchone()
    return int(row[0]) if row else 0


def main() -> int:
    """Run and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=10.0, help="that the machine is away")
    parser.add_argument("--rate", type=float, default=50.0, help="questions a second")
    options = parser.parse_args()
    result = run(options.seconds, options.rate)
    late = f"after {INTERVAL:.0f} s"
    print(f"{'a machine':12}{'asked':>10}{'failed':>8}{late:>13}{'longest':>12}{'back':>10}")
    print(*result.outages, sep="\n")
    answered = [visit for visit in result.visits if not visit.failed]
    print(
        f"{len(result.visits):,} asked in all, {len(answered):,} answered, {result.noted:,} noted"
    )
    for visit in result.visits:
        if visit.failed:
            print(f"    {visit.status} {visit.error} after {visit.end - visit.start:.2f} s")
    slow = [one for one in result.outages if one.way != "hung" and one.longest >= INTERVAL]
    return int(bool(slow) or any(outage.failed_late for outage in result.outages))


if __name__ == "__main__":
    sys.exit(main())

"""Publishes version after version while visitors ask, and looks for replies that are mixed up.

    python -m tests.benchmarks.publishing --publishes 200 --rate 50 --instances 3

Each version has a number of its own, which stands in two answers and their quotes. A question of
two parts gets both answers: a reply with two numbers is mixed up. Visitors ask through nginx; each
publish waits until all instances answer from it, and a visitor had its answer.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from faqbot.editing import versions
from faqbot.editing.workspace import Files, Workspace, read_files
from tests.instances import Instance, behind_nginx
from tests.servers import Client
from tests.waiting import wait_until

PRACTICE = Path(__file__).parent.parent / "practice"
QUESTION = "how long does it take and how big are the cuts?"
CLIENTS = 5


@dataclass(slots=True)
class Result:
    """What the visitors saw."""

    asked: int = 0
    failed: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    delays: list[float] = field(
        default_factory=list
    )  # seconds from publishing to the last instance
    seen: Counter[str] = field(default_factory=Counter)  # replies by the number of the version


def numbered(files: Files, number: int) -> Files:
    """The same practice, with this number in its answers."""
    changed = dict(files)
    for name in ("procedure.md", "sources/procedure.txt"):
        text = changed[name].decode()
        text = text.replace("about one hour", f"about {number} hours")
        text = text.replace("About **one hour**", f"About **{number} hours**")
        text = text.replace("two small incisions", f"{number} small incisions")
        changed[name] = text.replace("**two small** cuts", f"**{number} small** cuts").encode()
    return changed


def run(publishes: int, rate: float, instances: int) -> Result:
    """Publish so many versions under so many requests a second."""
    result = Result()
    done = threading.Event()
    settings = {"FAQBOT_RATE_LIMIT": "off", "FAQBOT_JOURNAL": "off"}
    with tempfile.TemporaryDirectory() as place:
        room = Path(place)
        folder = shutil.copytree(PRACTICE, room / "practice", ignore=shutil.ignore_patterns(".*"))
        files = read_files(folder)
        with behind_nginx(folder, room, instances, **settings) as (served, port):
            visitors = [
                threading.Thread(target=_visit, args=(port, rate / CLIENTS, result, done))
                for _ in range(CLIENTS)
            ]
            for visitor in visitors:
                visitor.start()
            try:
                for number in range(101, 101 + publishes):
                    result.delays.append(_publish(folder, numbered(files, number), served))
                    wait_until(lambda seen=str(number): seen in result.seen)
            finally:
                done.set()
                for visitor in visitors:
                    visitor.join()
    return result


def _publish(folder: Path, files: Files, instances: Sequence[Instance]) -> float:
    """Publish; how many seconds later all instances answer from it."""
    published = versions.publish(Workspace(folder), files, "Ann", "")
    waits = [wait_until(lambda: _digest(one) == published.digest) for one in instances]  # noqa: B023
    return sum(waits)


def _digest(instance: Instance) -> str:
    return str(instance.get("/healthz")["knowledge"])


def _visit(port: int, rate: float, result: Result, done: threading.Event) -> None:
    client = Client(port)
    due = time.monotonic()
    while not done.wait(max(0.0, due - time.monotonic())):
        due += 1 / rate
        try:
            status, reply = client.ask(QUESTION)
        except Exception as error:
            result.failed.append(repr(error))
            client.close()
            continue
        result.asked += 1
        shown = [entry for part in reply.get("parts", ()) for entry in part["entries"]]
        if status != 200 or reply["kind"] != "answer" or len(shown) != 2:
            result.failed.append(f"{status} {reply}")
            continue
        said = [set(re.findall(r"\b\d{3}\b", f"{e['html']}{e['quotes']}")) for e in shown]
        result.seen[" ".join(sorted(said[0]))] += 1
        if said[0] != said[1] or len(said[0]) > 1:
            result.mixed.append(str(said))
    client.close()


def main() -> None:
    """Run, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publishes", type=int, default=200)
    parser.add_argument("--rate", type=float, default=50, help="requests a second")
    parser.add_argument("--instances", type=int, default=3)
    options = parser.parse_args()
    result = run(options.publishes, options.rate, options.instances)
    delays = sorted(result.delays)
    print(f"publishes                     {len(delays)}")
    print(f"requests                      {result.asked}, of {len(result.seen)} versions")
    print(f"failed                        {len(result.failed)} {result.failed[:3]}")
    print(f"mixed up                      {len(result.mixed)} {result.mixed[:3]}")
    print(f"until all have it, median     {delays[len(delays) // 2]:.2f} s")
    print(f"until all have it, longest    {delays[-1]:.2f} s")


if __name__ == "__main__":
    main()

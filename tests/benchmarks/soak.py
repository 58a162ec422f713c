"""What a worker holds after very many questions, and whether that still grows.

    python -m tests.benchmarks.soak --questions 1000000

First one process alone is asked so many questions, over HTTP, of four sorts by turns: the
folder's examples; the same with slips; random letters, so that every cache fills with what never
comes again; and long stories. Then four workers, which share what was loaded before they parted:
PSS counts a page that several processes share in equal parts. Linux only. Ends with 1 where the
process grew by more than --growth after the first 10,000, or a worker holds more than --room.
"""

from __future__ import annotations

import argparse
import random
import shutil
import string
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from faqbot import knowledge
from faqbot.bot import Bot
from tests.benchmarks.typos import mistype
from tests.servers import Client, serving
from tests.waiting import wait_until

SAMPLE = Path(__file__).parent.parent.parent / "knowledge"
SETTINGS = {"FAQBOT_RATE_LIMIT": "off", "FAQBOT_LOG": "off"}
FIRST = 10_000  # questions, after which it should hold all that it will
STEPS = (1_000, FIRST, 30_000, 100_000, 300_000, 1_000_000, 3_000_000)
VISITORS = 8
WORKERS = 4
LONGEST = 500  # characters of a question


@dataclass(frozen=True, slots=True)
class Memory:
    """What a process holds, in MB."""

    rss: float
    pss: float
    own: float  # what no other process shares

    @classmethod
    def of(cls, process: int) -> Memory:
        """As the kernel tells it."""
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
        kept = {name: int(rest.split()[0]) / 1024 for name, rest in (x.split(":") for x in lines)}
        return cls(kept["Rss"], kept["Pss"], kept["Private_Clean"] + kept["Private_Dirty"])

    def __str__(self) -> str:
        return f"{self.rss:8.1f}{self.pss:8.1f}{self.own:8.1f}"


def questions(examples: Sequence[str]) -> Callable[[int], str]:
    """The question of any number."""

    def make(number: int) -> str:
        chance = random.Random(number)  # noqa: S311
        example = examples[number // 4 % len(examples)]
        match number % 4:
            case 0:
                return example
            case 1:
                return mistype(example, 2, number)[0]
            case 2:
                return " ".join(_letters(chance) for _ in range(chance.randint(3, 12)))
            case _:
                told = [chance.choice(examples) for _ in range(chance.randint(2, 6))]
                return f"{_letters(chance)} said: {' '.join(told)}"[:LONGEST]

    return make


def _letters(chance: random.Random) -> str:
    return "".join(chance.choices(string.ascii_lowercase, k=chance.randint(2, 12)))


def ask(port: int, question: Callable[[int], str], first: int, last: int) -> None:
    """Ask the questions of these numbers, a part from each visitor."""

    def visit(start: int) -> None:
        client = Client(port, timeout=60)
        for number in range(start, last, VISITORS):
            status, _ = client.ask(question(number))
            assert status == 200, (status, question(number))
        client.close()

    with ThreadPoolExecutor(VISITORS) as pool:
        list(pool.map(visit, range(first, first + VISITORS)))


def alone(folder: Path, question: Callable[[int], str], number: int) -> float:
    """Ask one process; by what share it grew after the first 10,000 questions."""
    print(f"{'one process, MB':24}{'questions':>12}{'RSS':>8}{'PSS':>8}{'own':>8}{'a second':>10}")
    held: dict[int, Memory] = {}
    with serving("--knowledge", str(folder), **SETTINGS) as server:
        for first, last in _steps(number):
            start = time.perf_counter()
            ask(server.port, question, first, last)
            rate = (last - first) / (time.perf_counter() - start)
            held[last] = Memory.of(server.process.pid)
            print(f"{'':24}{last:12,}{held[last]}{rate:10,.0f}", flush=True)
    return held[number].rss / held[min(FIRST, number)].rss - 1


def _steps(number: int) -> Iterator[tuple[int, int]]:
    """From where to where to ask before each look."""
    ends = [1, *(step for step in STEPS if step < number), number]
    return zip([0, *ends], ends, strict=False)


def together(folder: Path, question: Callable[[int], str], number: int) -> float:
    """Ask four workers; how many MB the largest of them holds in the end."""
    print(f"\n{f'{WORKERS} workers, MB':24}{'questions':>12}{'RSS':>8}{'PSS':>8}{'own':>8}")
    arguments = ("--knowledge", str(folder), "--workers", str(WORKERS))
    with serving(*arguments, **SETTINGS) as server:
        wait_until(lambda: len(server.workers()) == WORKERS)
        for first, last in ((0, WORKERS), (WORKERS, number)):
            ask(server.port, question, first, last)
            print(f"{'the parent':24}{last:12,}{Memory.of(server.process.pid)}")
            held = [Memory.of(worker) for worker in server.workers()]
            for memory in held:
                print(f"{'a worker':36}{memory}", flush=True)
    return max(memory.pss for memory in held)


def main() -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--knowledge", type=Path, default=SAMPLE)
    parser.add_argument("--questions", type=int, default=1_000_000, help="for one process")
    parser.add_argument("--among", type=int, default=100_000, help="for four workers together")
    parser.add_argument("--growth", type=float, default=0.02)
    parser.add_argument("--room", type=float, default=90.0, help="MB of PSS")
    options = parser.parse_args()
    examples = [example.question for example in knowledge.load(options.knowledge).examples]
    with tempfile.TemporaryDirectory() as room:
        hidden = shutil.ignore_patterns(".*")
        folder = shutil.copytree(options.knowledge, Path(room) / "knowledge", ignore=hidden)
        Bot.load(folder)  # learns, if that was not done before: who learns holds 40 MB more
        growth = alone(folder, questions(examples), options.questions)
        print(f"grown after the first {FIRST:,}: {growth:.1%}")
        largest = together(folder, questions(examples), options.among)
        print(f"the largest worker: {largest:.1f} MB")
    return int(growth > options.growth or largest > options.room)


if __name__ == "__main__":
    sys.exit(main())

"""What a process holds after very many questions, and whether that still grows.

    python -m tests.benchmarks.soak --questions 1000000

It is asked so many questions, over HTTP, of four sorts by turns: the folder's examples; the same
with slips; random letters, so that every cache fills with what never comes again; and long stories.
Linux only. Ends with 1 where it grew by more than --growth after the first 10,000, or holds more
than --room.
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
from pathlib import Path

from faqbot import knowledge
from tests.benchmarks.typos import mistype
from tests.servers import Client, serving

SAMPLE = Path(__file__).parent.parent.parent / "knowledge"
SETTINGS = {"FAQBOT_RATE_LIMIT": "off", "FAQBOT_LOG": "off"}
FIRST = 10_000  # questions, after which it should hold all that it will
STEPS = (1_000, FIRST, 30_000, 100_000, 300_000, 1_000_000, 3_000_000)
VISITORS = 8
LONGEST = 500  # characters of a question


def resident(process: int) -> float:
    """How much memory it holds (RSS), in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(kilobytes) / 1024


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


def held(folder: Path, question: Callable[[int], str], number: int) -> dict[int, float]:
    """MB after so many questions."""
    print(f"{'questions':>12}{'MB':>8}{'a second':>10}")
    found: dict[int, float] = {}
    with serving("--knowledge", str(folder), **SETTINGS) as server:
        for first, last in _steps(number):
            start = time.perf_counter()
            ask(server.port, question, first, last)
            rate = (last - first) / (time.perf_counter() - start)
            found[last] = resident(server.process.pid)
            print(f"{last:12,}{found[last]:8.1f}{rate:10,.0f}", flush=True)
    return found


def _steps(number: int) -> Iterator[tuple[int, int]]:
    """From where to where to ask before each look."""
    ends = [1, *(step for step in STEPS if step < number), number]
    return zip([0, *ends], ends, strict=False)


def main() -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--knowledge", type=Path, default=SAMPLE)
    parser.add_argument("--questions", type=int, default=1_000_000)
    parser.add_argument("--growth", type=float, default=0.02)
    parser.add_argument("--room", type=float, default=250.0, help="MB")
    options = parser.parse_args()
    examples = [example.question for example in knowledge.load(options.knowledge).examples]
    with tempfile.TemporaryDirectory() as room:
        hidden = shutil.ignore_patterns(".*")
        folder = shutil.copytree(options.knowledge, Path(room) / "knowledge", ignore=hidden)
        found = held(folder, questions(examples), options.questions)
    growth = found[options.questions] / found[min(FIRST, options.questions)] - 1
    print(f"grown after the first {FIRST:,}: {growth:.1%}")
    return int(growth > options.growth or found[options.questions] > options.room)


if __name__ == "__main__":
    sys.exit(main())

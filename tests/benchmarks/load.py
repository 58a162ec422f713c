"""How many questions a second are answered, beside a bare Flask route that returns the same JSON.

    python -m tests.benchmarks.load --seconds 5 --rounds 3

Both run on waitress with the same options, in the same run, and are asked by turns; of the rounds'
ratios the median counts. Asked are the folder's own examples, over and over, and the same with
slips, each of which is new. Then each comes half as often as at most, at random, as from visitors
who know nothing of one another, and how long they wait is told.

Needs wrk (Debian: wrk), which shares the cores with what it measures; its own part is told.
Ends with 1 where the ratio is below --ratio, or the wait above --wait.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from faqbot.bot import Bot
from tests.benchmarks.typos import mistype
from tests.servers import Server, serving, started

SAMPLE = Path(__file__).parent.parent.parent / "knowledge"
SCRIPT = Path(__file__).with_suffix(".lua")
BARE = [sys.executable, "-m", "tests.benchmarks.bare"]
CONNECTIONS = 16
VISITORS = 64  # connections at half the throughput; so many that they hardly wait for one another
NEW = 60_000  # questions with slips
QUIET = {"FAQBOT_RATE_LIMIT": "off", "FAQBOT_LOG": "off"}
# The default would let 3,000 requests a minute through from here. Here all are counted and logged,
# and none is refused.
DEFAULTS = {"FAQBOT_RATE_LIMIT": "1000000 per minute", "FAQBOT_LOG": "text"}


@dataclass(frozen=True, slots=True)
class Figures:
    """What wrk saw; waits in milliseconds."""

    rate: float
    median: float
    p99: float
    longest: float
    busy: float  # the share of a core that wrk itself took


@dataclass(slots=True)
class Questions:
    """A file of questions, a JSON body a line, that is read on from where the last run ended."""

    name: str
    path: Path
    lines: int
    place: int = 0

    def ask(
        self, server: Server, seconds: float, connections: int = CONNECTIONS, pause: float = 0
    ) -> Figures:
        """Ask for so long; `pause`: milliseconds before each request of a connection."""
        options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", SCRIPT]
        url = f"http://127.0.0.1:{server.port}"
        before = _ticks()
        told = subprocess.run(
            ["wrk", *options, url, "--", self.path, str(self.workspace), str(pause)],
            check=True,
            capture_output=True,
            text=True,
            timeout=60 + seconds,
        ).stdout
        (line,) = (line for line in told.splitlines() if line.startswith("FIGURES"))
        asked, microseconds, lost, refused, *waits = map(int, line.split()[1:])
        if lost or refused:
            raise SystemExit(f"{lost} connections failed, and {refused} requests were refused.")
        self.workspace = (self.workspace + asked) % self.lines
        busy = (_ticks() - before) / microseconds * 1e6
        return Figures(asked / microseconds * 1e6, *(w / 1000 for w in waits), busy)


def _ticks() -> float:
    """Processor seconds of the programs that were run to their end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True, slots=True)
class Result:
    """One server with one kind of questions."""

    questions: Questions
    rate: float  # the highest of the rounds
    bare: float
    ratio: float  # the median of the rounds
    busy: float

    def __str__(self) -> str:
        return f"{self.rate:10,.0f}{self.bare:8,.0f}{self.ratio:7.2f}{self.busy:7.0%}"


def main() -> int:
    """Measure and print; the exit status."""
    options = _options()
    if not shutil.which("wrk"):
        raise SystemExit("This needs wrk: apt install wrk, or brew install wrk")
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        room = Path(place)
        kinds, replies = _prepare(options.knowledge, room)
        bare = stack.enter_context(started([*BARE, str(replies)]))
        served = ["--knowledge", str(room / "knowledge")]
        faqbot = stack.enter_context(serving(*served, **QUIET))
        default = stack.enter_context(serving(*served, **DEFAULTS))
        print(f"one process on {os.cpu_count()} cores, {CONNECTIONS} connections\n")
        print(f"{'the highest throughput':38}{'a second':>10}{'bare':>8}{'ratio':>7}{'wrk':>7}")
        results = [_compare("faqbot", faqbot, bare, kind, options) for kind in kinds]
        for kind in kinds:
            _compare("with limits and log", default, bare, kind, options)
        print(f"\n{'at half of that':38}{'a second':>10}{'median ms':>11}{'p99':>7}{'max':>7}")
        waits = [_wait(faqbot, result, options.seconds) for result in results]
    return int(results[0].ratio < options.ratio or max(waits) > options.wait)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--knowledge", type=Path, default=SAMPLE)
    parser.add_argument("--seconds", type=int, default=5, help="for each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ratio", type=float, default=0.75, help="for questions asked before")
    parser.add_argument("--wait", type=float, default=20.0, help="milliseconds, for 99 in 100")
    return parser.parse_args()


def _prepare(knowledge: Path, room: Path) -> tuple[tuple[Questions, Questions], Path]:
    """Two files of questions, the second with slips, and the replies that the bare route gives."""
    folder = shutil.copytree(knowledge, room / "knowledge", ignore=shutil.ignore_patterns(".*"))
    bot = Bot.load(folder)
    examples = sorted({example.question for example in bot.knowledge.examples})
    random.Random(7).shuffle(examples)  # noqa: S311
    replies = room / "replies.json"
    replies.write_text(json.dumps([bot.ask(question).to_dict() for question in examples]))
    again = _write("asked before", room / "again", enumerate(examples))
    new = _write("new", room / "new", _with_slips(examples))
    return (again, new), replies


def _write(name: str, path: Path, questions: Iterable[tuple[int, str]]) -> Questions:
    """`reply` is for the bare route; faqbot ignores it."""
    bodies = [json.dumps({"question": question, "reply": i}) for i, question in questions]
    path.write_text("\n".join(bodies) + "\n")
    return Questions(name, path, len(bodies))


def _with_slips(examples: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Questions none of which is like another, each with the number of what was meant."""
    seen = set(examples)
    for seed in count():
        for i, question in enumerate(examples):
            typed, _ = mistype(question, 1 + seed // 20, seed)
            if typed not in seen:
                seen.add(typed)
                yield i, typed
            if len(seen) >= NEW + len(examples):
                return


def _compare(
    name: str, server: Server, bare: Server, questions: Questions, options: argparse.Namespace
) -> Result:
    """Ask both by turns, and print the rates."""
    questions.ask(server, 1)
    turns = [
        (questions.ask(server, options.seconds), questions.ask(bare, options.seconds))
        for _ in range(options.rounds)
    ]
    result = Result(
        questions,
        rate=max(own.rate for own, _ in turns),
        bare=max(other.rate for _, other in turns),
        ratio=statistics.median(own.rate / other.rate for own, other in turns),
        busy=max(figures.busy for turn in turns for figures in turn),
    )
    print(f"{f'{name}, questions {questions.name}':38}{result}", flush=True)
    return result


def _wait(server: Server, result: Result, seconds: int) -> float:
    """Ask at half the rate; print the waits, and return that of 99 in 100."""
    result.questions.ask(server, 3)  # it has been asked others since, and forgot these
    pause = 1000 * VISITORS / (result.rate / 2)
    found = result.questions.ask(server, seconds, VISITORS, pause)
    waits = f"{found.rate:10,.0f}{found.median:11.1f}{found.p99:7.1f}{found.longest:7.1f}"
    print(f"{f'questions {result.questions.name}':38}{waits}", flush=True)
    return found.p99


if __name__ == "__main__":
    sys.exit(main())

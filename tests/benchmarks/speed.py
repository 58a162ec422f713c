"""How long a visitor waits: at a start, and for replies to questions new to the bot. Linux only.

python -m tests.benchmarks.speed --knowledge tests/practices/implant/staff
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import numpy as np

from faqbot.bot import Bot
from faqbot.quality.evaluation import read_questions

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
PRACTICE = Path(__file__).parent.parent / "practices" / "implant" / "staff"
FIRST = "how long until it has healed"
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Start:
    """What a new process takes."""

    load: float  # seconds, imports aside
    first: float  # seconds for the first reply
    held: float  # MiB of the process after that


@click.command()
@click.option("--knowledge", type=FOLDER, default=PRACTICE, show_default="a small stranger's")
@click.option("--questions", type=FILE, help="JSON lines, as those of examples.jsonl.")
@click.option("--starts", default=5, show_default=True, help="How often to start; medians count.")
@click.option("--inside", is_flag=True, hidden=True)
def main(knowledge: Path, questions: Path | None, starts: int, inside: bool) -> None:
    """Measure new processes, then questions, each asked once.

    Without --questions, the file beside the folder is taken, else the folder's own examples.
    """
    if inside:
        click.echo(json.dumps(asdict(start(knowledge))))
        return
    waits, found = zip(*(apart(knowledge) for _ in range(starts)), strict=True)
    click.echo(f"{'a process, start to end':26}{statistics.median(waits):9.2f} s")
    for name, unit in (("load", "s"), ("first", "s"), ("held", "MiB")):
        click.echo(f"{name:26}{statistics.median(getattr(one, name) for one in found):9.2f} {unit}")
    bot = Bot.load(knowledge)
    texts = asked(bot, questions or knowledge.parent / "questions.jsonl")
    phrasings, entries = len(bot.matcher.phrasings), len(bot.matcher.candidates.entries)
    click.echo(f"{phrasings} phrasings of {entries} entries, {len(texts)} questions")
    for what, ask in (
        ("understood, danger aside", bot.rank),
        ("a reply", Bot.load(knowledge).ask),
    ):
        took = 1000 * np.array(replies(texts, ask))
        click.echo(f"{what:26}{np.median(took):9.2f} ms median{np.percentile(took, 99):9.2f} p99")


def start(knowledge: Path) -> Start:
    """In this process, which must be new."""
    made: list[Bot] = []
    load = seconds(lambda: made.append(Bot.load(knowledge)))
    first = seconds(lambda: made[0].ask(FIRST))
    return Start(load, first, held() / MIB)


def apart(knowledge: Path) -> tuple[float, Start]:
    """A process of its own: its seconds from start to end, and what it tells."""
    command = [sys.executable, "-m", "tests.benchmarks.speed", "--inside"]
    command += ["--knowledge", str(knowledge)]
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - begin, Start(**json.loads(done.stdout))


def asked(bot: Bot, file: Path) -> list[str]:
    """The questions of a file, or the knowledge's examples where there is none."""
    if not file.exists():
        return [example.question for example in bot.knowledge.examples]
    return [one.question for one in read_questions(file.read_text("utf-8").splitlines())]


def held() -> float:
    """Bytes of memory that the process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return float(pages * resource.getpagesize())


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def replies(questions: Sequence[str], ask: Callable[[str], object]) -> list[float]:
    """The seconds that each question takes."""
    return [seconds(lambda: ask(question)) for question in questions]  # noqa: B023


if __name__ == "__main__":
    main()

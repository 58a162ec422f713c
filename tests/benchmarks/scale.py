"""What grows with the knowledge: time to load, memory, time for one question.

Each size is measured in a process of its own, so that no size inherits another's memory.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest.mock import patch

import click
import numpy as np

from faqbot import knowledge as folder
from faqbot.knowledge import Role
from faqbot.understanding import voting
from faqbot.understanding.matching import Matcher

from . import hint3, plots, systems
from .measures import oscr
from .speed import MIB, held, replies, seconds

SIZES = (30, 300, 3_000, 30_000)
AN_ENTRY = 30  # phrasings
QUESTIONS = 300
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one size of knowledge costs."""

    phrasings: int
    entries: int
    load: float  # seconds
    peak: float  # MiB of the whole process
    held: float  # MiB of the whole process once it is loaded
    median: float  # milliseconds a question
    p99: float


@click.command()
@click.option("--data", type=FOLDER, required=True, help="A folder of HINT3's files.")
@click.option("--knowledge", type=FOLDER, default=Path("knowledge"), show_default=True)
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw it here.")
@click.option("--up-to", default=SIZES[-1], show_default=True, help="The largest size.")
@click.option("--minutes", default=10.0, show_default=True, help="The most for one size.")
@click.option("--gib", default=6.0, show_default=True, help="The most memory for one size.")
@click.option("--size", type=int, hidden=True)
def main(
    data: Path,
    knowledge: Path,
    plot: Path | None,
    up_to: int,
    minutes: float,
    gib: float,
    size: int | None,
) -> None:
    """Measure what 30 to 30,000 phrasings cost."""
    if size:
        click.echo(json.dumps(asdict(measure(data, knowledge, size, gib))))
        return
    click.echo("phrasings  entries    load s  peak MiB  held MiB  median ms    p99 ms")
    costs: list[Cost] = []
    for each in (s for s in SIZES if s <= up_to):
        cost = apart(["--data", str(data), "--knowledge", str(knowledge)], each, minutes, gib)
        click.echo(f"{each:9,}  {cost}" if isinstance(cost, str) else row(cost))
        costs += [] if isinstance(cost, str) else [cost]
    click.echo("\nOSCR where votes are solved for directly, and by conjugate gradients")
    for task in hint3.tasks(data):
        click.echo(seam(task))
    if plot:
        draw(costs, plot)


def apart(options: Sequence[str], size: int, minutes: float, gib: float) -> Cost | str:
    """Measure in a new process; a sentence where it did not get to the end."""
    command = [sys.executable, "-m", "tests.benchmarks.scale", *options]
    command += ["--size", str(size), "--gib", str(gib)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60 * minutes)
    except subprocess.TimeoutExpired:
        return f"not within {minutes:g} minutes"
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["killed"]
        return f"not within {gib:g} GiB: {last[0]}"
    return Cost(**json.loads(done.stdout))


def measure(data: Path, knowledge: Path, size: int, gib: float) -> Cost:
    """Load and ask."""
    limit = int(gib * 1024 * MIB)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    phrasings, labels = recombined(*sources(data, knowledge), size)
    questions = asked(data, knowledge)
    entries = systems.entries(phrasings, labels)
    made: list[Matcher] = []
    load = seconds(lambda: made.append(Matcher(entries)))
    waits = replies(questions, made[0].rank)
    return Cost(
        phrasings=size,
        entries=len(entries),
        load=load,
        peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        held=held() / MIB,
        median=1000 * float(np.median(waits)),
        p99=1000 * float(np.percentile(waits, 99)),
    )


def seam(task: hint3.Task) -> str:
    """How well a bot's lines are answered by either way to solve for the votes."""
    texts = [line.text for line in task.lines]
    direct = systems.faqbot(task.phrasings, task.labels)(texts)
    with patch.object(voting, "MAX_DIRECT_PHRASINGS", 0):
        by_steps = systems.faqbot(task.phrasings, task.labels)(texts)
    scores = [oscr(task.lines, guesses) for guesses in (direct, by_steps)]
    return f"{task.bot:14}{task.part:8}{scores[0]:8.3f}{scores[1]:8.3f}"


def sources(data: Path, knowledge: Path) -> tuple[list[str], list[str]]:
    """The phrasings of the bots and of the knowledge, with the entry of each."""
    pairs = [
        (text, f"{task.bot} {label}")
        for task in hint3.tasks(data)
        if task.part == "full"
        for text, label in zip(task.phrasings, task.labels, strict=True)
    ]
    spoken = [e for e in folder.load(knowledge).entries if e.role is not Role.EMERGENCY]
    pairs += [(text, e.id) for e in spoken for text in (e.question, *e.phrasings)]
    return [text for text, _ in pairs], [label for _, label in pairs]


def recombined(
    phrasings: Sequence[str], labels: Sequence[str], size: int
) -> tuple[list[str], list[str]]:
    """`size` phrasings: of each made-up entry, they begin as one entry's and end as another's."""
    by_entry: dict[str, list[str]] = {}
    for phrasing, label in zip(phrasings, labels, strict=True):
        by_entry.setdefault(label, []).append(phrasing)
    chance = random.Random(7)  # noqa: S311
    entries = sorted(by_entry)
    made: dict[str, str] = {}
    for text, label in _endless(by_entry, entries, max(2, size // AN_ENTRY), chance):
        made.setdefault(text, label)
        if len(made) == size:
            break
    return list(made), list(made.values())


def asked(data: Path, knowledge: Path) -> list[str]:
    """A sample of visitors' lines from the bots and of the knowledge's examples."""
    lines = [line.text for task in hint3.tasks(data) if task.part == "full" for line in task.lines]
    lines += [example.question for example in folder.load(knowledge).examples]
    return random.Random(7).sample(lines, min(QUESTIONS, len(lines)))  # noqa: S311


def row(cost: Cost) -> str:
    """One line of the table."""
    return (
        f"{cost.phrasings:9,}{cost.entries:9,}{cost.load:10.2f}"
        f"{cost.peak:10.0f}{cost.held:10.0f}{cost.median:11.2f}{cost.p99:10.2f}"
    )


def draw(costs: Sequence[Cost], file: Path) -> None:
    """Both axes logarithmic: a straight line of slope 1 grows as the knowledge does."""
    measures = {
        "seconds to load": [cost.load for cost in costs],
        "MiB held": [cost.held for cost in costs],
        "milliseconds a question, median": [cost.median for cost in costs],
    }
    try:
        plots.growth([cost.phrasings for cost in costs], measures, file)
    except systems.MissingPeerError as error:
        raise click.ClickException(str(error)) from None


def _endless(
    by_entry: dict[str, list[str]], entries: Sequence[str], count: int, chance: random.Random
) -> Iterator[tuple[str, str]]:
    pairs = [(chance.choice(entries), chance.choice(entries)) for _ in range(count)]
    while True:
        for number, (first, second) in enumerate(pairs):
            begin = chance.choice(by_entry[first]).split()
            end = chance.choice(by_entry[second]).split()
            yield " ".join(begin[: -(-len(begin) // 2)] + end[len(end) // 2 :]), str(number)


if __name__ == "__main__":
    main()

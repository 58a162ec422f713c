"""How long a visitor waits: loading the knowledge, and replies to questions new to the bot."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import numpy as np

from faqbot.bot import Bot


@click.command()
@click.option(
    "--knowledge",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("knowledge"),
    show_default=True,
)
@click.option("--loads", default=5, show_default=True, help="How often to load; the median counts.")
def main(knowledge: Path, loads: int) -> None:
    """Measure with the knowledge's own examples, each asked once, so that no cache helps."""
    first = seconds(lambda: Bot.load(knowledge))
    later = [seconds(lambda: Bot.load(knowledge)) for _ in range(loads)]
    bot = Bot.load(knowledge)
    waits = replies([example.question for example in bot.knowledge.examples], bot.ask)
    phrasings, entries = len(bot.matcher.phrasings), len(bot.matcher.candidates.entries)
    click.echo(f"{phrasings} phrasings of {entries} entries, {len(waits)} questions")
    click.echo(f"{'first load of a process':30}{first:9.2f} s")
    click.echo(f"{'load, median':30}{statistics.median(later):9.2f} s")
    click.echo(f"{'one question, median':30}{1000 * np.median(waits):9.2f} ms")
    click.echo(f"{'one question, p99':30}{1000 * np.percentile(waits, 99):9.2f} ms")


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def replies(questions: Sequence[str], ask: Callable[[str], object]) -> list[float]:
    """The seconds that each question takes."""
    return [seconds(lambda: ask(question)) for question in questions]  # noqa: B023


if __name__ == "__main__":
    main()

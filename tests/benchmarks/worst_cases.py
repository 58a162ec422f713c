"""How long the worst texts take that were found, each asked once, so that no cache helps.

    python -m tests.benchmarks.worst_cases --knowledge knowledge

Milliseconds of the processor, beside those of the folder's own examples. Ends with 1 where one
text of at most 500 characters takes more than --reach.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from faqbot.bot import Bot
from faqbot.privacy import anonymise
from tests.test_worst_cases import FOUND


def main() -> int:
    """Measure, and show the slowest."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--knowledge", type=Path, default=Path("knowledge"))
    parser.add_argument("--reach", type=float, default=100.0, help="milliseconds")
    options = parser.parse_args()
    bot = Bot.load(options.knowledge)
    for begin in (bot.ask, bot.suggest, anonymise):  # what the first one builds is no text's fault
        begin("my leggs hurt")
    usual = [milliseconds(lambda: bot.ask(e.question)) for e in bot.knowledge.examples]  # noqa: B023
    works: dict[str, Callable[[str], object]] = {
        "asked": bot.ask,
        "suggested on": bot.suggest,
        "kept": anonymise,
    }
    found = sorted(
        (
            (milliseconds(lambda: work(text)), how, name)  # noqa: B023
            for how, work in works.items()
            for name, text in FOUND.items()
        ),
        reverse=True,
    )
    print(f"{statistics.median(usual):8.1f} ms  an example of the folder, in the median")
    for took, how, name in found[:8]:
        print(f"{took:8.1f} ms  {name}, {how}")
    return int(found[0][0] > options.reach)


def milliseconds(work: Callable[[], object]) -> float:
    """Of the processor, for this thread."""
    since = time.thread_time()
    work()
    return (time.thread_time() - since) * 1000


if __name__ == "__main__":
    sys.exit(main())

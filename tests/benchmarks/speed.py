"""How long the sample takes to load, and how long an answer takes, in milliseconds."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from faqbot.bot import Bot
from faqbot.paths import bundled

FAQBOT = Path(sys.executable).with_name("faqbot")
FIRST = ("ask", "--knowledge", str(bundled("knowledge")), "how long does it take")


def from_start_to_answer() -> float:
    """A fresh process that loads the knowledge and answers one question."""
    start = time.perf_counter()
    subprocess.run([FAQBOT, *FIRST], check=True, capture_output=True)
    return 1000 * (time.perf_counter() - start)


def answers(bot: Bot) -> list[float]:
    """Each example of the knowledge, asked once."""
    times = []
    for example in bot.knowledge.examples:
        start = time.perf_counter()
        bot.ask(example.question)
        times.append(1000 * (time.perf_counter() - start))
    return sorted(times)


def main() -> None:
    """Print the table."""
    once = from_start_to_answer()
    again = min(from_start_to_answer() for _ in range(3))
    times = answers(Bot.load(bundled("knowledge")))
    print(f"{os.cpu_count()} cores, {sys.platform}, Python {sys.version.split()[0]}")
    print(f"start to first answer {once:8.0f}   and again {again:.0f}")
    print(f"an answer, median     {statistics.median(times):8.2f}")
    print(f"an answer, 99 of 100  {times[int(0.99 * len(times))]:8.2f}")


if __name__ == "__main__":
    main()

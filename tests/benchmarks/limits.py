"""What the limits take from a request, and that it does not grow with the addresses that ask.

    python -m tests.benchmarks.limits

Microseconds of the processor for a request, the least of some rounds: of one address again and
again, of addresses of which each asks once, and of addresses of which each is refused at once, with
few and with many that were seen before. Ends with 1 where many cost more than --ratio times as few.
Then what attempts to sign in at the desk cost the whole process, each of another address.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from limits import RateLimitItemPerHour

from faqbot.serving.limits import MAX_ADDRESSES, Limiter, MemoryCounter
from faqbot.staff.sign_in import Attempts

FEW, ROUND, GUESSES = 1_000, 10_000, 60_000  # addresses


def main() -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ratio", type=float, default=2.0)
    options = parser.parse_args()
    print(f"{'one address, again and again':44}{min(again(options.rounds)):8.1f} µs")
    worst = 0.0
    for name, limit, times in (("asks once", 1000, 1), ("is refused at once", 1, 2)):
        few, many = (cost(seen, limit, times, options.rounds) for seen in (FEW, 2 * MAX_ADDRESSES))
        for seen, took in ((FEW, few), (2 * MAX_ADDRESSES, many)):
            print(f"{f'each {name}, {seen:,} seen before':44}{took:8.1f} µs")
        worst = max(worst, many / few)
    print(f"{'many / few':44}{worst:8.2f}")
    print(f"{f'{GUESSES:,} addresses that try to sign in':44}{signing_in():8.2f} s")
    return int(worst > options.ratio)


def signing_in() -> float:
    """Seconds of the processor for counting alone, in all threads of the process."""
    attempts = Attempts()
    since = time.process_time()
    for address in asking(0, GUESSES, 1):
        attempts.hit("practice", address)
    return time.process_time() - since


def again(rounds: int) -> list[float]:
    """Of one address that is never refused."""
    limiter = Limiter(MemoryCounter(), [RateLimitItemPerHour(10**9)])
    return [microseconds(limiter, ["203.0.113.7"] * ROUND) for _ in range(rounds)]


def cost(seen: int, limit: int, times: int, rounds: int) -> float:
    """Of addresses that ask so many times each, after `seen` others did."""
    least = float("inf")
    for _ in range(rounds):
        limiter = Limiter(MemoryCounter(), [RateLimitItemPerHour(limit)])
        microseconds(limiter, asking(0, seen, times))
        least = min(least, microseconds(limiter, asking(seen, ROUND, times)))
    return least


def asking(first: int, number: int, times: int) -> list[str]:
    """Addresses from the `first` on, each `times` in a row."""
    numbers = range(first, first + number)
    return [f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in numbers for _ in range(times)]


def microseconds(limiter: Limiter, asking: Sequence[str]) -> float:
    """For each of them, of the processor."""
    since = time.thread_time()
    for address in asking:
        limiter.hit(address)
    return (time.thread_time() - since) / len(asking) * 1e6


if __name__ == "__main__":
    sys.exit(main())

"""What many practices in one process cost: memory, waiting, and following their folders.

    python -m tests.benchmarks.practices --count 1000

Each practice is asked over HTTP. It is the small one of the tests with a name, an answer and
phrasings of its own; `--phrasings` adds more of those, from the sample, and `--alike` leaves the
phrasings the same, as where an agency starts all practices from one template. Then each gets as
many `--questions` of the sample, since what is remembered of them must not grow without end. Linux
only.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from faqbot import knowledge
from tests.servers import Client, Server, serving
from tests.waiting import wait_until

PRACTICE = Path(__file__).parent.parent / "practice"
SAMPLE = Path(__file__).parent.parent.parent / "knowledge"
ANSWERED = "how long does it take"
UNANSWERED = "do you have parking for my caravan"  # goes into the journal with its words


def make(root: Path, count: int, phrasings: int, alike: bool) -> None:
    """Make the practices' folders."""
    answered = [e for e in knowledge.load(SAMPLE).entries if e.role is knowledge.Role.ANSWER]
    there = {line.lower() for entry in knowledge.load(PRACTICE).entries for line in entry.lines}
    lines = sorted(
        {
            line
            for e in answered
            for line in e.lines
            if line[0].isalpha() and line.lower() not in there
        }
    )
    for number in range(count):
        folder = root / name(number)
        shutil.copytree(PRACTICE, folder, ignore=shutil.ignore_patterns(".*"))
        own = random.Random(0 if alike else number)  # noqa: S311
        further = [f"what {doctor(number)} said", *own.sample(lines, phrasings)]
        _change(folder / "practice.toml", "Hill Street Spine", f"Practice {number}")
        _change(folder / "procedure.md", "**one hour**", f"**one hour**, says {doctor(number)},")
        if phrasings or not alike:
            added = "\n- ".join(further[alike:])
            _change(folder / "procedure.md", "- cuts on my back", f"- cuts on my back\n- {added}")


def name(number: int) -> str:
    """A practice's name in addresses."""
    return f"practice-{number}"


def doctor(number: int) -> str:
    """A practice's own name in its answers, where numbers would need a quote."""
    return "Dr. " + "".join("bcdfghjklm"[int(digit)] + "a" for digit in str(number)).title()


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, path
    path.write_text(text.replace(old, new, 1), "utf-8")


def visit(client: Client, number: int) -> float:
    """Ask a practice two questions; the seconds until the first reply, which must be its own."""
    start = time.perf_counter()
    status, reply = client.ask(ANSWERED, f"/p/{name(number)}")
    seconds = time.perf_counter() - start
    assert status == 200, (number, status, reply)
    assert f"says {doctor(number)}," in reply["entries"][0]["text"], number
    status, reply = client.ask(UNANSWERED, f"/p/{name(number)}")
    assert status == 200, (number, status, reply)
    return seconds


def memory(server: Server) -> str:
    """What the server holds."""
    rollup = Path(f"/proc/{server.process.pid}/smaps_rollup").read_text()
    kept = {line.split(":")[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
    return f"{kept['Rss'] / 1024:.0f} MB RSS, {kept['Pss'] / 1024:.0f} MB PSS"


def busy(server: Server, seconds: float) -> float:
    """The share of a core that it takes while nobody asks anything."""
    before = _ticks(server)
    time.sleep(seconds)
    return (_ticks(server) - before) / os.sysconf("SC_CLK_TCK") / seconds


def _ticks(server: Server) -> int:
    status = Path(f"/proc/{server.process.pid}/stat").read_text()
    return sum(map(int, status.rsplit(") ", 1)[1].split()[11:13]))


def taken(root: Path, port: int, number: int) -> float:
    """Seconds until a changed answer of a practice is given."""
    client, mark = Client(port), f"says {doctor(number)}, again,"
    _change(root / name(number) / "procedure.md", f"says {doctor(number)},", mark)
    ask = partial(client.ask, ANSWERED, f"/p/{name(number)}")
    return wait_until(lambda: mark in ask()[1]["entries"][0]["text"])


def ask_more(port: int, count: int, questions: int) -> None:
    """Ask each practice some of the sample's examples."""
    client, examples = Client(port, timeout=60), knowledge.load(SAMPLE).examples
    for number in range(count):
        own = random.Random(number)  # noqa: S311
        for example in own.sample(examples, questions):
            assert client.ask(example.question, f"/p/{name(number)}")[0] == 200


def run(count: int, phrasings: int, alike: bool, visitors: int, questions: int) -> Iterator[str]:
    """Make, serve and ask; what was measured, line by line."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / "practices"
        root.mkdir()
        make(root, count, phrasings, alike)
        with serving("--practices", str(root), FAQBOT_RATE_LIMIT="off") as server:
            Client(server.port).get("/healthz")
            yield f"memory before: {memory(server)}"
            for what in ("the first time", "again"):
                yield f"each asked {what}: {_all(server.port, count, visitors)}"
                yield f"memory then: {memory(server)}"
            ask_more(server.port, count, questions)
            yield f"memory after {questions} questions more for each: {memory(server)}"
            threads = len(list(Path(f"/proc/{server.process.pid}/task").iterdir()))
            yield f"threads: {threads}; idle: {busy(server, 20):.1%} of a core"
            waits = [taken(root, server.port, count * i // 10) for i in range(10)]
            yield f"a change is answered after {min(waits):.1f} to {max(waits):.1f} s"
            yield f"state: {Client(server.port).get('/healthz')[1]}"
            start = time.perf_counter()
        yield f"ended within {time.perf_counter() - start:.1f} s"


def _all(port: int, count: int, visitors: int) -> str:
    def several(first: int) -> list[float]:
        client = Client(port, timeout=60)
        return [visit(client, number) for number in range(first, count, visitors)]

    start = time.perf_counter()
    with ThreadPoolExecutor(visitors) as pool:
        waits = sorted(1000 * w for found in pool.map(several, range(visitors)) for w in found)
    total = time.perf_counter() - start
    p99 = waits[int(0.99 * len(waits))]
    return (
        f"{total:.1f} s for all; the first reply after {statistics.median(waits):.1f} ms (median), "
        f"{p99:.0f} ms (99 in 100), {waits[-1]:.0f} ms (longest)"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--phrasings", type=int, default=0, help="further ones for each practice")
    parser.add_argument("--alike", action="store_true", help="the same phrasings for all")
    parser.add_argument("--visitors", type=int, default=1, help="who ask at the same time")
    parser.add_argument("--questions", type=int, default=20, help="further ones for each practice")
    options = parser.parse_args()
    for line in run(**vars(options)):
        print(line, flush=True)


if __name__ == "__main__":
    main()

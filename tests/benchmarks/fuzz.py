"""Feeds the parser or the matcher input that libFuzzer makes up, toward code not yet reached.

    .venv/bin/python -m pip install atheris      # Linux or macOS; only this command needs it
    python -m tests.benchmarks.fuzz --target parser --seconds 600
    python -m tests.benchmarks.fuzz --target matcher --seconds 600

The parser: a file of a practice is replaced by what the fuzzer makes up, the folder read, and each
entry of the file taken apart and put together again. The matcher: a text of at most 500
characters is asked, suggested on, explained and anonymised. What took long is done once more, step
by step and without the fuzzer's counting, which slows everything down. Ends with 1 where something
broke or took longer than --reach.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PRACTICE = HERE.parent / "practice"
CASES = HERE.parent / "cases"
LONGEST = 500  # characters that a visitor may send
MAX_STORED = 30  # inputs that took longest
WORDS = (
    "Also asked: ## {# } - > --- ( ](# ](https:// ](tel: ** [[phones]] label = number = sites = "
    "[hours] 911 how long does it take my legs are numb no if ago a.dot. @ gmail dot com 212-555"
)

Work = Callable[[bytes], None]
Steps = Callable[[bytes], Sequence[Callable[[], object]]]


def main() -> int:
    """Fuzz in a process of its own, then time what was slow in it."""
    options = _options()
    if options.inside:
        _fuzz(options.target, Path(options.inside), options.seconds)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _plant(options.target, folder)
        done = _run(options.target, folder, options.seconds)
        print(f"{options.target}: {_executions(done.stderr)} executions, {options.seconds} s")
        slowest = _timed(options.target, folder)
        print(f"slowest step: {slowest[0][0] * 1000:.1f} ms of processor time")
        for seconds, data in slowest[:3]:
            print(f"{seconds * 1000:8.1f} ms  {data[:100]!r}")
        for broke in sorted(folder.glob("crash-*")):
            print(f"broke on {broke.read_bytes()!r}")
    if done.returncode:
        print(done.stdout[-6000:], done.stderr[-2000:], file=sys.stderr)
    return int(done.returncode != 0 or slowest[0][0] > options.reach / 1000)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--target", choices=tuple(TARGETS), required=True)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--reach", type=float, default=100.0, help="milliseconds")
    parser.add_argument("--inside", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


# in the process that fuzzes


def _run(target: str, folder: Path, seconds: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.benchmarks.fuzz", "--inside", str(folder)]
    command += ["--target", target, "--seconds", str(seconds)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _fuzz(target: str, folder: Path, seconds: int) -> None:
    try:
        import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]
    except ImportError:
        sys.exit("This needs atheris: .venv/bin/python -m pip install atheris")
    with atheris.instrument_imports(include=["faqbot"]):
        work, _ = TARGETS[target]()
    slow = _Slow(folder / "slow.jsonl")

    def watched(data: bytes) -> None:
        with slow.watching(data):
            work(data)

    flags = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=20", "-print_final_stats=1"]
    flags += [f"-dict={folder / 'words'}", f"-artifact_prefix={folder}/", str(folder / "seeds")]
    atheris.Setup([sys.argv[0], *flags], watched)
    atheris.Fuzz()


class _Slow:
    """Writes down the inputs that took longest so far."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._longest = [0.0] * MAX_STORED

    @contextmanager
    def watching(self, data: bytes) -> Iterator[None]:
        since = time.thread_time()
        yield
        seconds = time.thread_time() - since
        if seconds > self._longest[0]:
            self._longest = sorted([*self._longest[1:], seconds])
            with self._file.open("a") as kept:
                kept.write(json.dumps(data.hex()) + "\n")


# what is fuzzed


def _parser() -> tuple[Work, Steps]:
    from faqbot.editing.entries import EditError, blocks, read_entry, write_entry
    from faqbot.editing.workspace import read_files as files_of
    from faqbot.knowledge import read_files, role_of

    sound = files_of(PRACTICE)
    names = sorted(sound)

    def take_apart(name: str, text: str) -> None:
        found = blocks(text, role_of(name))
        for one, next_one in pairwise(found):
            assert one.end <= next_one.start, "entries overlap"
        for block in found:
            with suppress(EditError):
                entry = read_entry(text, block.id, role_of(name))
                again = write_entry(text, block.id, entry)
                assert read_entry(again, block.id, role_of(name)) == entry, "an entry changed"

    def parts(data: bytes) -> tuple[str, bytes]:
        return names[data[0] % len(names)] if data else names[0], data[1:]

    def work(data: bytes) -> None:
        name, content = parts(data)
        knowledge, problems = read_files({**sound, name: content})
        assert (knowledge is None) == bool(problems)
        assert all(problem.message and problem.fix for problem in problems)
        if name.endswith(".md"):
            with suppress(UnicodeDecodeError):
                take_apart(name, content.decode("utf-8-sig"))

    def steps(data: bytes) -> Sequence[Callable[[], object]]:
        name, content = parts(data)
        return [lambda: read_files({**sound, name: content}), lambda: work(data)]

    return work, steps


def _matcher() -> tuple[Work, Steps]:
    from faqbot.bot import Bot
    from faqbot.privacy import anonymise, blank
    from faqbot.quality.explanation import explain

    bot = Bot.load(PRACTICE)

    phones = bot.knowledge.practice.phones

    def typed(data: bytes) -> str:
        return data.decode("utf-8", "replace")[:LONGEST]

    def work(data: bytes) -> None:
        text = typed(data)
        for reply in (bot.ask(text), bot.ask(text, "duration"), bot.reply_while_paused(text)):
            assert reply.kind in ("answer", "choices", "office", "emergency")
            assert reply.phones
            json.dumps(reply.to_dict())
        danger = bot.danger(text)
        assert bool(danger and danger.sure) == (bot.ask(text).kind == "emergency")
        bot.suggest(text)
        explain(bot, text)
        blank(text, phones)
        kept = anonymise(text, phones)
        assert len(kept) <= 300
        assert kept.isprintable()

    def steps(data: bytes) -> Sequence[Callable[[], object]]:
        text = typed(data)
        return [
            lambda: bot.ask(text),
            lambda: bot.ask(text, "duration"),
            lambda: bot.suggest(text),
            lambda: anonymise(text, phones),
            lambda: blank(text, phones),
        ]

    return work, steps


TARGETS: dict[str, Callable[[], tuple[Work, Steps]]] = {"parser": _parser, "matcher": _matcher}


# what it begins with


def _plant(target: str, folder: Path) -> None:
    seeds = folder / "seeds"
    seeds.mkdir()
    for number, seed in enumerate(_SEEDS[target]()):
        (seeds / f"{number:05}").write_bytes(seed)
    lines = [f'"{word.encode().hex(" ").replace(" ", "")}"' for word in WORDS.split()]
    words = ["".join(f"\\x{line[i : i + 2]}" for i in range(1, len(line) - 1, 2)) for line in lines]
    (folder / "words").write_text("".join(f'"{word}"\n' for word in words))


def _files() -> Iterator[bytes]:
    """Each file of some folders, behind a byte that says in whose place it is read."""
    names = sorted(_names(PRACTICE))
    for folder in (PRACTICE, CASES / "sound", *sorted((CASES / "broken").iterdir())):
        for name in _names(folder):
            place = names.index(name) if name in names else names.index("procedure.md")
            yield bytes([place]) + (folder / name).read_bytes()[:4000]


def _names(folder: Path) -> list[str]:
    paths = [path for path in folder.rglob("*") if path.is_file() and "/." not in str(path)]
    return [path.relative_to(folder).as_posix() for path in paths]


def _questions() -> Iterator[bytes]:
    from tests.hostile import strings

    for file in (CASES / "safety.jsonl", CASES / "personal-lines.jsonl"):
        for line in file.read_text("utf-8").splitlines():
            case: dict[str, Any] = json.loads(line)
            yield str(case.get("question", case.get("text", ""))).encode()
    for one in strings(2_000):
        yield one.text[:LONGEST].encode("utf-8", "replace")


_SEEDS: dict[str, Callable[[], Iterator[bytes]]] = {"parser": _files, "matcher": _questions}


# what came of it


def _executions(stderr: str) -> str:
    found = re.search(r"number_of_executed_units:\s*(\d+)", stderr) or re.search(
        r"Done (\d+) runs", stderr
    )
    return f"{int(found[1]):,}" if found else "an unknown number of"


def _timed(target: str, folder: Path) -> list[tuple[float, bytes]]:
    """The slowest step of each input that was slow, slowest first."""
    work, steps = TARGETS[target]()
    work(b"\0how long")  # what is loaded or built at the first question is no input's fault
    file = folder / "slow.jsonl"
    lines = file.read_text().splitlines()[-MAX_STORED:] if file.exists() else []
    inputs = [bytes.fromhex(json.loads(line)) for line in lines]
    found = [(max(map(_seconds, steps(data))), data) for data in inputs]
    return sorted([*found, (0.0, b"")], reverse=True)


def _seconds(step: Callable[[], object]) -> float:
    since = time.thread_time()
    step()
    return time.thread_time() - since


if __name__ == "__main__":
    sys.exit(main())

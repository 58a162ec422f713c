"""A bad night: an hour's questions in ten minutes, while one thing after another goes wrong.

    python -m tests.benchmarks.chaos --minutes 10 --seed 7

Three instances on one folder, behind the nginx of docs/deploy, are killed, restarted and hang;
Redis and PostgreSQL end and come back, PostgreSQL hangs, the disk with the knowledge and the
database is filled, the knowledge is broken in many ways and fixed with a new version: each at
random, several at once, but one instance at a time. The same seed brings the same faults in the
same order. The harness starts an instance again as systemd does.

Every second question is one that nobody asked before and nothing answers, so that its words must
be in the journal afterwards; the others must be answered from the version that is in the folder.

What must hold: no reply of 5xx, none refused, no connection broken; nothing missing in the journal
but what was asked while the disk was full, as then an instance holds it in memory only; nothing
there twice; no answer from an older version than the newest that stood there for RECOVERY seconds;
all well again within RECOVERY seconds after each fault. Ends with 1 where one of these does not.

With `--journal sqlite` the journal is a file beside the knowledge. Needs Debian's nginx, postgresql
and redis-server, and root for a disk that may be filled; without, the disk stays as it is.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns

from sqlalchemy import select

from faqbot.bot import Bot
from faqbot.journal import JournalError
from faqbot.journal.store import COUNTS, QUESTIONS, Store
from tests import postgres, redis_server
from tests.benchmarks import faults
from tests.benchmarks.faults import DURATION, Fault, KnowledgeBroken
from tests.benchmarks.visitors import Visit, Visitors
from tests.instances import Instance, behind_nginx

PRACTICE = Path(__file__).parent.parent / "practice"
RATE = 60.0  # a second: in ten minutes what ten a second are in an hour, far more than anywhere
CALM, LASTS = (0.5, 6.0), (0.5, 8.0)  # seconds between two faults of a kind, and of a fault
RECOVERY = 5.0  # seconds
LONGEST = 30.0  # seconds to wait for a recovery before going on
DISK = 250  # MB
WRITTEN = 2.0  # seconds in which something must be written, where anything is
KINDS = ("instances", "redis", "knowledge", "stores")  # of faults
ADJECTIVES = "red blue green tiny huge old new soft loud warm".split()
NOUNS = "caravan piano lantern kettle umbrella carpet ladder bucket mirror pillow".split()


@dataclass(frozen=True, slots=True)
class Event:
    """A fault that came and went; moments as `time.monotonic` tells them."""

    name: str
    began: float
    ended: float
    over: float  # when all was as before; after LONGEST it is taken for over

    @property
    def recovery(self) -> float:
        """Seconds from the end, by itself or by somebody on duty, until all was as before."""
        return self.over - self.ended


class Night:
    """What happens, and what visitors see of it."""

    def __init__(self, port: int, journal: str, rate: float, seed: int) -> None:
        self.seed = seed
        self.events: list[Event] = []
        self._store = Store(journal)
        self._chance = random.Random(seed)  # noqa: S311
        self._unheard = _unheard(self._chance.sample(range(10**5), 10**5))
        self._asking = threading.Lock()
        self._done = threading.Event()
        self.visitors = Visitors(port, rate, self._question)

    def pass_by(self, seconds: float, lanes: Sequence[Sequence[Fault]]) -> None:
        """Let faults come for so long; those of one lane come one after another."""
        with self.visitors, ThreadPoolExecutor(len(lanes)) as pool:
            running = [pool.submit(self._lane, lane, i) for i, lane in enumerate(lanes)]
            self._done.wait(seconds)
            self._done.set()
            for lane in running:
                lane.result()

    def close(self) -> None:
        """Let go of the journal."""
        self._store.close()

    def writes(self, moment: float) -> bool:
        """Whether questions that were asked after this moment are in the journal."""
        asked = [visit.question for visit in self.visitors.since(moment) if _is_noted(visit)][:10]
        with suppress(JournalError):
            return len(asked) == 10 and len(self._written(asked)) == 10
        return False

    def missing(self) -> list[Visit]:
        """Those whose question must be in the journal and is not, after time enough to write."""
        noted = [visit for visit in self.visitors.visits if _is_noted(visit)]
        before, missing = len(noted) + 1, noted
        while len(missing) < before:  # as long as more are written
            before = len(missing)
            time.sleep(WRITTEN)
            written = self._written()
            missing = [visit for visit in noted if visit.question not in written]
        return missing

    def twice(self) -> list[str]:
        """The questions that stand in the journal more than once."""
        return [question for question, number in self._written().items() if number > 1]

    def counted(self) -> int:
        """How many replies the journal counts."""
        counts = select(COUNTS.c.number)
        return sum(self._store.within(10, lambda c: c.execute(counts).scalars().all()))

    def _written(self, questions: Sequence[str] | None = None) -> Counter[str]:
        texts = select(QUESTIONS.c.text)
        if questions is not None:
            texts = texts.where(QUESTIONS.c.text.in_(questions))
        return Counter(self._store.within(10, lambda c: c.execute(texts).scalars().all()))

    def _question(self) -> str:
        """One that is answered, or one that nobody asked before."""
        with self._asking:
            if self._chance.random() < 0.5:
                return DURATION
            return next(self._unheard)

    def _lane(self, lane: Sequence[Fault], number: int) -> None:
        chance = random.Random(self.seed * 100 + number)  # noqa: S311
        while not self._done.wait(chance.uniform(*CALM)):
            fault = chance.choice(lane)
            began = time.monotonic()
            fault.begin()
            if fault.lasts:
                self._done.wait(chance.uniform(*LASTS))
            fault.end()
            ended = time.monotonic() if fault.lasts else began
            while not _is_over(fault) and time.monotonic() < ended + LONGEST:
                time.sleep(0.05)
            self.events.append(Event(fault.name, began, ended, time.monotonic()))


def _unheard(numbers: Iterable[int]) -> Iterator[str]:
    """Questions that go into the journal with their words, one for each number of five digits."""
    bot = Bot.load(PRACTICE)
    for number in numbers:
        a, b, c, d, e = map(int, f"{number:05}")
        one, other = f"{ADJECTIVES[a]} {NOUNS[b]}", f"{ADJECTIVES[c]} {NOUNS[d]}"
        question = f"do you sell a {one} with a {other} and a {NOUNS[e]}"
        reply = bot.ask(question)
        if reply.kind in ("office", "choices") and not (reply.small_talk or reply.caution):
            yield question


def _is_over(fault: Fault) -> bool:
    with suppress(OSError):
        return fault.is_over()
    return False


def _is_noted(visit: Visit) -> bool:
    return visit.status == 200 and visit.question != DURATION


@dataclass(frozen=True, slots=True)
class Account:
    """What the visitors saw, and what is left of it."""

    visits: Sequence[Visit]
    events: Sequence[Event]
    versions: Sequence[tuple[float, int]]  # when each number stood in the folder
    missing: Sequence[Visit]  # in the journal
    twice: Sequence[str]  # questions in the journal
    counted: int  # replies, by the journal
    given_up: float  # notes, by the instances since they were started for the last time

    def failed(self) -> list[Visit]:
        """Replies of 5xx."""
        return [visit for visit in self.visits if visit.status >= 500]

    def refused(self) -> list[Visit]:
        """Replies of 4xx."""
        return [visit for visit in self.visits if 400 <= visit.status < 500]

    def broken(self) -> list[Visit]:
        """Those without a whole reply."""
        return [visit for visit in self.visits if visit.status == 0]

    def lost(self, on_full_disk: bool) -> list[Visit]:
        """Notes that are missing, of the time in which a file could be written or not."""
        full = [event for event in self.events if event.name == "disk full"]
        return [
            visit
            for visit in self.missing
            if on_full_disk == any(event.began <= visit.end <= event.over for event in full)
        ]

    def stale(self) -> list[Visit]:
        """Answers from a version older than one that stood there for RECOVERY seconds."""
        return [v for v in self._answered() if _number(v) < self._due(v.start - RECOVERY)]

    def _due(self, moment: float) -> int:
        return max((number for when, number in self.versions if when <= moment), default=0)

    def wrong(self) -> list[Visit]:
        """Other replies to what has an answer."""
        asked = [v for v in self.visits if v.status == 200 and v.question == DURATION]
        return [visit for visit in asked if visit.kind != "answer"]

    def _answered(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.kind == "answer"]

    def slow(self) -> list[Event]:
        """Faults after which it took too long until all was well."""
        return [event for event in self.events if event.recovery > RECOVERY]


def _number(visit: Visit) -> int:
    found = re.search(r"(\d+) hours", visit.said)
    return int(found[1]) if found else 0


@contextmanager
def _disk(room: Path) -> Iterator[Path]:
    if faults.can_mount():
        with faults.small_disk(room, DISK) as disk:
            yield disk
    else:
        room.mkdir()
        yield room


def run(
    minutes: float, rate: float, seed: int, journal: str, kinds: Sequence[str] = KINDS
) -> Account:
    """Let a night pass, with these kinds of faults."""
    with tempfile.TemporaryDirectory(prefix="faqbot-chaos-") as place, ExitStack() as stack:
        Path(place).chmod(0o711)  # PostgreSQL, as another user, goes through to its folder
        disk = stack.enter_context(_disk(Path(place) / "disk"))
        folder = copytree(PRACTICE, disk / "practice", ignore=ignore_patterns(".*"))
        database = stack.enter_context(postgres.running(disk)) if journal == "postgresql" else None
        redis = redis_server.RedisServer(Path(place))
        stack.callback(redis.stop)
        address = database.url if database else str(disk / "journal" / "journal.sqlite")
        settings = {
            "FAQBOT_JOURNAL": address,
            "FAQBOT_STORE": redis.url,
            "FAQBOT_RATE_LIMIT": "100000 per minute",
            "FAQBOT_LOG": "json",
        }
        served = behind_nginx(folder, Path(place), 3, **settings)
        instances, port = stack.enter_context(served)
        night = Night(port, address, rate, seed)
        stack.callback(night.close)
        chances = [random.Random(f"{seed} {kind}") for kind in KINDS]  # noqa: S311
        there = threading.Lock()
        knowledge = KnowledgeBroken(folder, instances, chances[2], there)
        stores: list[Fault] = []
        if database:
            stores += [faults.DatabaseDown(database, night.writes)]
            stores += [faults.DatabaseHangs(database, night.writes)]
        if faults.can_mount():
            stores += [faults.DiskFull(disk, night.writes, database)]
        killed = [faults.Killed, faults.Killed, faults.Stopped, faults.Hangs]
        lanes = {
            "instances": [kind(instances, port, chances[0], there) for kind in killed],
            "redis": [faults.RedisDown(redis)],
            "knowledge": [knowledge],
            "stores": stores,
        }
        night.pass_by(60 * minutes, [lanes[kind] for kind in kinds if lanes[kind]])
        return Account(
            visits=night.visitors.visits,
            events=night.events,
            versions=knowledge.fixed,
            missing=night.missing(),
            twice=night.twice(),
            counted=night.counted(),
            given_up=_given_up(instances),
        )


def _given_up(instances: Sequence[Instance]) -> float:
    return sum(instance.metric("faqbot_journal_lost_total") for instance in instances)


def report(account: Account) -> Iterator[str]:
    """What is to be told of it, line by line; the last one is empty if all held."""
    yield f"{'fault':24}{'times':>8}{'well again after: median':>28}{'longest':>10}"
    for name in sorted({event.name for event in account.events}):
        took = [event.recovery for event in account.events if event.name == name]
        yield f"{name:24}{len(took):8}{statistics.median(took):26.1f} s{max(took):8.1f} s"
    longest = max(visit.end - visit.start for visit in account.visits)
    yield f"{len(account.visits):,} asked; the longest wait for a reply: {longest:.1f} s"
    yield f"{account.counted:,} counted by the journal, {account.given_up:.0f} given up"
    lost = len(account.lost(on_full_disk=True))
    yield f"lost with an instance that was killed while the disk was full: {lost}"
    must_not_be: dict[str, Sequence[object]] = {
        "replies of 5xx": account.failed(),
        "refused": account.refused(),
        "connections broken": account.broken(),
        "journal entries lost": account.lost(on_full_disk=False),
        "journal entries written twice": account.twice,
        "answers from an old version": account.stale(),
        "other replies than the answer": account.wrong(),
        f"faults not over within {RECOVERY:.0f} s": account.slow(),
    }
    for name, found in must_not_be.items():
        yield f"{name}: {len(found)}"
        yield from (f"    {one}" for one in found[:5])
    yield "Not all held." if any(must_not_be.values()) else ""


def main() -> int:
    """Run and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=RATE, help="questions a second")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--journal", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, help="of faults")
    line = ""
    for line in report(run(**vars(parser.parse_args()))):
        print(line, flush=True)
    return int(bool(line))


if __name__ == "__main__":
    sys.exit(main())

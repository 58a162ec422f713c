"""Rehearsals: how other files than the live ones would answer, found out in the background.

Learning a changed set of phrasings takes seconds in a large practice, and so does asking all its
examples; meanwhile the live bot goes on. What comes out is kept for whoever looks next.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from faqbot.bot import Bot
from faqbot.desk import checking, kept_gates
from faqbot.desk.gate import Gate, try_examples
from faqbot.desk.place import Files, Place, digest
from faqbot.knowledge import Knowledge, Problem

DRAFT = "draft"
MOST = 3  # that are kept: the draft's, and those of versions that are looked at

log = logging.getLogger("faqbot.desk")


class Rehearsal:
    """How some files would answer, beside the bot that answers now.

    Its attributes fill in one after the other: `knowledge` or `problems`, `bot`, `gate`. Wait for
    what is needed; where it is None then, `over` tells whether it may still come.
    """

    def __init__(self, files: Files, live: Bot) -> None:
        self.digest = digest(files)
        self.live = live
        self.knowledge: Knowledge | None = None
        self.problems: tuple[Problem, ...] = ()  # that keep the files from being used
        self.bot: Bot | None = None
        self.gate: Gate | None = None
        self.asked = (0, 0)  # examples so far, and all of them
        self.failed = False  # by a fault of the program, which the log has
        self.over = False
        self._files = files
        self._step = threading.Condition()

    def wait_until_read(self, timeout: float) -> Knowledge | None:
        """What the files say; None also where they have problems."""
        self._wait(lambda: self.knowledge is not None, timeout)
        return self.knowledge

    def wait_for_bot(self, timeout: float) -> Bot | None:
        """The bot of the files, once it has learnt."""
        self._wait(lambda: self.bot is not None, timeout)
        return self.bot

    def wait_for_gate(self, timeout: float) -> Gate | None:
        """How the examples fare, once all were asked."""
        self._wait(lambda: self.gate is not None, timeout)
        return self.gate

    def run(self, place: Place) -> None:
        """Go through all of it, once."""
        if self.over:
            return
        try:
            self._read(place.folder)
            if self.knowledge:
                self._learn(self.knowledge, place)
        except _Superseded:
            pass
        except Exception:
            log.exception("What is not published could not be tried.")
            self.failed = True
        finally:
            self.give_up()

    def give_up(self) -> None:
        """Nothing more will come."""
        self._tell("over", True)

    def _wait(self, here: Callable[[], bool], timeout: float) -> None:
        with self._step:
            self._step.wait_for(lambda: self.over or here(), timeout)

    def _tell(self, name: str, value: object) -> None:
        with self._step:
            setattr(self, name, value)
            self._step.notify_all()

    def _read(self, folder: Path) -> None:
        reading = checking.read(self._files)
        self.problems = reading.problems
        if reading.knowledge:
            self._tell("knowledge", replace(reading.knowledge, folder=folder))

    def _learn(self, found: Knowledge, place: Place) -> None:
        digests = self.live.knowledge.digest, self.digest
        self._tell("gate", kept_gates.fetch(place, *digests))  # another worker may have been here
        bot = Bot(found, self.live)
        self._tell("bot", bot)
        if self.gate is None:
            ask = partial(try_examples, self.live, bot, self._note)
            self._tell("gate", kept_gates.once(place, *digests, ask))

    def _note(self, done: int, of: int) -> None:
        self.asked = (done, of)
        if self.over:
            raise _Superseded


class _Superseded(Exception):  # noqa: N818
    """Nobody wants to know any more."""


class Rehearsals:
    """The rehearsals of one practice in this process; one runs at a time."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._kept: dict[tuple[str, str], tuple[str, Rehearsal]] = {}
        self._keeping = threading.Lock()
        self._turn = threading.Lock()

    def of(self, files: Files, live: Bot, what: str = DRAFT) -> Rehearsal:
        """The rehearsal of these files beside `live`; begun, where it was not yet.

        `what`: the draft, or the id of a version; another state of the same is given up then.
        """
        key = (live.knowledge.digest, digest(files))
        with self._keeping:
            _, rehearsal = self._kept.pop(key, (what, None))
            new = rehearsal is None or rehearsal.failed
            if rehearsal is None or new:
                rehearsal = Rehearsal(files, live)
                self._give_up(what)
            self._kept[key] = (what, rehearsal)  # at the end is what was looked at last
        if new:
            threading.Thread(target=self._run, args=(rehearsal,), daemon=True).start()
        return rehearsal

    def forget(self) -> None:
        """Let go of all, as after publishing: a bot takes room."""
        with self._keeping:
            for key in list(self._kept):
                self._drop(key)

    def _give_up(self, what: str) -> None:
        """Drop what is no longer needed, before one more is kept."""
        for key, (kind, rehearsal) in list(self._kept.items()):
            if kind == what and not rehearsal.over:
                self._drop(key)
        while len(self._kept) >= MOST:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[str, str]) -> None:
        self._kept.pop(key)[1].give_up()

    def _run(self, rehearsal: Rehearsal) -> None:
        with self._turn:
            rehearsal.run(self._place)


def rehearsals(place: Place) -> Rehearsals:
    """Those of the practice, shared by all that this process does."""
    return _rehearsals(place.folder, os.getpid())


@lru_cache(maxsize=64)
def _rehearsals(folder: Path, process: int) -> Rehearsals:
    """By process too, since threads do not live on in a fork."""
    return Rehearsals(Place(folder))

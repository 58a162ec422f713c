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
from faqbot.editing import checking, kept_gates
from faqbot.editing.workspace import Files, Workspace, digest
from faqbot.knowledge import Knowledge, Problem
from faqbot.quality.regression import RegressionReport, check_examples

DRAFT = "draft"
MOST = 3  # that are kept: the draft's, and those of versions that are looked at

log = logging.getLogger("faqbot.editing")


class DryRun:
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
        self.regression_report: RegressionReport | None = None
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

    def wait_for_report(self, timeout: float) -> RegressionReport | None:
        """How the examples fare, once all were asked."""
        self._wait(lambda: self.regression_report is not None, timeout)
        return self.regression_report

    def run(self, workspace: Workspace) -> None:
        """Go through all of it, once."""
        if self.over:
            return
        try:
            self._read(workspace.folder)
            if self.knowledge:
                self._learn(self.knowledge, workspace)
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

    def _learn(self, found: Knowledge, workspace: Workspace) -> None:
        digests = self.live.knowledge.digest, self.digest
        self._tell(
            "gate", kept_gates.fetch(workspace, *digests)
        )  # another worker may have been here
        bot = Bot(found, self.live)
        self._tell("bot", bot)
        if self.regression_report is None:
            ask = partial(check_examples, self.live, bot, self._note)
            self._tell("gate", kept_gates.once(workspace, *digests, ask))

    def _note(self, done: int, of: int) -> None:
        self.asked = (done, of)
        if self.over:
            raise _Superseded


class _Superseded(Exception):  # noqa: N818
    """Nobody wants to know any more."""


class DryRuns:
    """The rehearsals of one practice in this process; one runs at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self._place = workspace
        self._kept: dict[tuple[str, str], tuple[str, DryRun]] = {}
        self._keeping = threading.Lock()
        self._turn = threading.Lock()

    def of(self, files: Files, live: Bot, what: str = DRAFT) -> DryRun:
        """The rehearsal of these files beside `live`; begun, where it was not yet.

        `what`: the draft, or the id of a version; another state of the same is given up then.
        """
        key = (live.knowledge.digest, digest(files))
        with self._keeping:
            _, dry_run = self._kept.pop(key, (what, None))
            new = dry_run is None or dry_run.failed
            if dry_run is None or new:
                dry_run = DryRun(files, live)
                self._give_up(what)
            self._kept[key] = (what, dry_run)  # at the end is what was looked at last
        if new:
            threading.Thread(target=self._run, args=(dry_run,), daemon=True).start()
        return dry_run

    def forget(self) -> None:
        """Let go of all, as after publishing: a bot takes room."""
        with self._keeping:
            for key in list(self._kept):
                self._drop(key)

    def _give_up(self, what: str) -> None:
        """Drop what is no longer needed, before one more is kept."""
        for key, (kind, dry_run) in list(self._kept.items()):
            if kind == what and not dry_run.over:
                self._drop(key)
        while len(self._kept) >= MOST:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[str, str]) -> None:
        self._kept.pop(key)[1].give_up()

    def _run(self, dry_run: DryRun) -> None:
        with self._turn:
            dry_run.run(self._place)


def dry_runs(workspace: Workspace) -> DryRuns:
    """Those of the practice, shared by all that this process does."""
    return _dry_runs(workspace.folder, os.getpid())


@lru_cache(maxsize=64)
def _dry_runs(folder: Path, process: int) -> DryRuns:
    """By process too, since threads do not live on in a fork."""
    return DryRuns(Workspace(folder))

"""Dry runs: how other files than the live ones would answer, found out in the background.

Learning the phrasings of a large practice takes seconds, and so does asking all its examples; the
live bot goes on meanwhile.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from faqbot.bot import Bot
from faqbot.editing import draft_problems
from faqbot.editing.workspace import Files, digest
from faqbot.knowledge import Problem
from faqbot.quality.regression import RegressionReport, check_examples

DRAFT = "draft"
MAX_DRY_RUNS = 3  # that are kept: the draft's, and those of versions that somebody looks at

log = logging.getLogger("faqbot.editing")


class DryRun:
    """How some files would answer, beside the bot that answers now.

    `bot` and `report` come one after the other. The methods wait for them; if one is None then,
    `over` tells whether it may still come.
    """

    def __init__(self, files: Files, live: Bot, folder: Path) -> None:
        self.digest = digest(files)
        self.live = live
        self.problems: tuple[Problem, ...] = ()  # that keep the files from being used
        self.bot: Bot | None = None
        self.report: RegressionReport | None = None
        self.asked = (0, 0)  # examples so far, and all of them
        self.failed = False  # because of a fault in the program, which the log has
        self.over = False
        self._files = files
        self._folder = folder
        self._has_bot, self._has_report = threading.Event(), threading.Event()

    def wait_for_bot(self, timeout: float) -> Bot | None:
        """The bot of the files, once it has learnt."""
        self._has_bot.wait(timeout)
        return self.bot

    def wait_for_report(self, timeout: float) -> RegressionReport | None:
        """How the examples fare, once all were asked."""
        self._has_report.wait(timeout)
        return self.report

    def run(self) -> None:
        """Go through all of it, unless it was given up."""
        try:
            if not self.over:
                self._run()
        except _Superseded:
            pass
        except Exception:
            log.exception("What is not published could not be tried.")
            self.failed = True
        finally:
            self.give_up()

    def give_up(self) -> None:
        """Let nobody wait any longer: nothing more will come."""
        self.over = True
        self._has_bot.set()
        self._has_report.set()

    def _run(self) -> None:
        read = draft_problems.read(self._files)
        self.problems = read.problems
        if read.knowledge:
            self.bot = bot = Bot(replace(read.knowledge, folder=self._folder), self.live)
            self._has_bot.set()
            self.report = check_examples(self.live, bot, self._progress)

    def _progress(self, done: int, get_or_start: int) -> None:
        self.asked = (done, get_or_start)
        if self.over:
            raise _Superseded


class _Superseded(Exception):  # noqa: N818
    """Nobody wants to know any more."""


class DryRuns:
    """The dry runs of one practice; one runs at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cache: dict[
            str, DryRun
        ] = {}  # by what they are of, the one last asked for at the end
        self._keeping = threading.Lock()
        self._running = threading.Lock()

    def get_or_start(self, files: Files, live: Bot, what: str = DRAFT) -> DryRun:
        """The dry run of these files beside `live`, begun unless it has been.

        `what`: the draft, or the id of a version; a dry run of its earlier state is given up.
        """
        wanted = (digest(files), live.knowledge.digest)
        with self._keeping:
            dry_run = self._cache.pop(what, None)
            known = dry_run and (dry_run.digest, dry_run.live.knowledge.digest) == wanted
            if dry_run is None or not known or dry_run.failed:
                if dry_run:
                    dry_run.give_up()
                dry_run = DryRun(files, live, self.folder)
                threading.Thread(target=self._run, args=(dry_run,), daemon=True).start()
            self._cache[what] = dry_run
            while len(self._cache) > MAX_DRY_RUNS:
                self._cache.pop(next(iter(self._cache))).give_up()
        return dry_run

    def forget(self) -> None:
        """Let go of all, as after publishing: a bot takes memory."""
        with self._keeping:
            for dry_run in self._cache.values():
                dry_run.give_up()
            self._cache.clear()

    def _run(self, dry_run: DryRun) -> None:
        with self._running:
            dry_run.run()


@lru_cache(maxsize=64)
def dry_runs(folder: Path) -> DryRuns:
    """Those of the practice in this folder."""
    return DryRuns(folder)

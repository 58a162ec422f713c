"""Dry runs: how other files than the live ones would answer, found out in the background.

Loading the bot of a large practice takes seconds, and so does asking it all the examples; the
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
MAX_DRY_RUNS = 3  # in the cache: the draft's, and those of versions that somebody looks at

log = logging.getLogger("faqbot.editing")


class DryRun:
    """How some files would answer, beside the bot that answers now.

    `bot` is there before `report`. The methods wait for them; where one returns None, `over` tells
    whether a result may still come.
    """

    def __init__(self, files: Files, live: Bot, folder: Path) -> None:
        self.digest = digest(files)
        self.live = live
        self.problems: tuple[Problem, ...] = ()  # that keep the files from being used
        self.bot: Bot | None = None
        self.report: RegressionReport | None = None
        self.progress = (0, 0)  # examples so far, and all of them
        self.failed = False  # because of a fault in the program, which the log has
        self.over = False
        self._files = files
        self._folder = folder
        self._has_bot, self._has_report = threading.Event(), threading.Event()

    def wait_for_bot(self, timeout: float) -> Bot | None:
        """The bot of the files, once it is loaded."""
        self._has_bot.wait(timeout)
        return self.bot

    def wait_for_report(self, timeout: float) -> RegressionReport | None:
        """How the examples fare, once all were asked."""
        self._has_report.wait(timeout)
        return self.report

    def run(self) -> None:
        """Load the bot and ask it the examples, unless this was cancelled."""
        try:
            if not self.over:
                self._run()
        except _Cancelled:
            pass
        except Exception:
            log.exception("What is not published could not be tried.")
            self.failed = True
        finally:
            self.cancel()

    def cancel(self) -> None:
        """Cancel, and wake everyone who waits: nothing more will come."""
        self.over = True
        self._has_bot.set()
        self._has_report.set()

    def _run(self) -> None:
        read = draft_problems.read(self._files)
        self.problems = read.problems
        if read.knowledge:
            self.bot = bot = Bot(replace(read.knowledge, folder=self._folder), self.live)
            self._has_bot.set()
            self.report = check_examples(self.live, bot, self._note_progress)

    def _note_progress(self, done: int, total: int) -> None:
        self.progress = (done, total)
        if self.over:
            raise _Cancelled


class _Cancelled(Exception):  # noqa: N818
    """The dry run was cancelled."""


class DryRuns:
    """The dry runs of one practice; one runs at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cache: dict[str, DryRun] = {}  # by draft or version id, least recently used first
        self._cache_lock = threading.Lock()
        self._running = threading.Lock()

    def get_or_start(self, files: Files, live: Bot, what: str = DRAFT) -> DryRun:
        """The dry run of these files beside `live`, started unless it has been.

        `what`: the draft, or the id of a version; a dry run of its earlier state is cancelled.
        """
        wanted = (digest(files), live.knowledge.digest)
        with self._cache_lock:
            dry_run = self._cache.pop(what, None)
            known = dry_run and (dry_run.digest, dry_run.live.knowledge.digest) == wanted
            if dry_run is None or not known or dry_run.failed:
                if dry_run:
                    dry_run.cancel()
                dry_run = DryRun(files, live, self.folder)
                threading.Thread(target=self._run, args=(dry_run,), daemon=True).start()
            self._cache[what] = dry_run
            while len(self._cache) > MAX_DRY_RUNS:
                self._cache.pop(next(iter(self._cache))).cancel()
        return dry_run

    def forget(self) -> None:
        """Cancel and forget all, as after publishing: a bot takes memory."""
        with self._cache_lock:
            for dry_run in self._cache.values():
                dry_run.cancel()
            self._cache.clear()

    def _run(self, dry_run: DryRun) -> None:
        with self._running:
            dry_run.run()


@lru_cache(maxsize=64)
def dry_runs(folder: Path) -> DryRuns:
    """The dry runs of the practice in this folder."""
    return DryRuns(folder)

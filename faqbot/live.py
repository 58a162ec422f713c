"""`Live`: the running bot. It follows the knowledge folder and keeps the last good version."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from faqbot import knowledge
from faqbot.bot import Bot
from faqbot.editing.versions import recover, remove_old, versions
from faqbot.editing.workspace import DeskError, Pause, Workspace, read_files
from faqbot.knowledge import Knowledge, Problem

LOOK_EVERY = 0.25  # seconds; a look at 20 files takes 50 microseconds
READ_EVERY = 60.0  # seconds; finds changes that leave no trace in times and sizes
REMOVE_EVERY = 24 * 3600.0  # seconds; old versions go by their age, which is counted in days

log = logging.getLogger("faqbot.live")


@dataclass(frozen=True, slots=True)
class Status:
    """What is answering now, and what keeps a newer state of the folder from it."""

    digest: str  # of the knowledge that answers; equal on all instances that serve the same
    entries: int
    loaded: datetime
    problems: tuple[Problem, ...] = ()  # empty where the folder's present state answers
    reloads: int = 0


class Live:
    """A bot that follows its folder; `bot` is always whole, old or new.

    A change is taken once the folder has kept still for one look, so that a file half-written by
    an editor is not. A state of the folder that has problems, or lacks a file that the last good
    one had, does not answer: unless it was published, it may be a mistake or a lost network drive.
    """

    def __init__(
        self, folder: Path | None, bot: Bot | None = None, read_every: float = READ_EVERY
    ) -> None:
        """Without a folder, `bot` stays. `read_every`: seconds.

        Raises KnowledgeError where the folder cannot be used and nothing was ever published.
        """
        self.folder = folder
        self.pause: Pause | None = None
        self._unfinished = ""  # why a publish that was cut off cannot be finished, as logged
        self._finish_publishing()
        self._taken = self._seen = knowledge.signature(folder) if folder else ()
        self.bot, problems = (bot, ()) if bot else self._first()
        _log_warnings(self.bot.knowledge)
        self._status = _status(self.bot)
        self._report(problems)
        self._looking = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()
        self._read_every = read_every
        self._read_next = time.monotonic() + read_every
        self._look_at_pause()
        self._remove_next = time.monotonic()
        self._remove_old_versions()

    def status(self) -> Status:
        """The current status."""
        return self._status

    def start(self) -> None:
        """Follow the folder from now on, in a thread; where one does already, nothing changes."""
        if self.folder and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(target=self._follow, name="faqbot-live", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop following."""
        self._closed.set()

    def refresh(self) -> bool:
        """Look at the folder now; whether another version answers afterwards.

        A change is taken at once, as after publishing, even if the folder has not kept still.
        """
        with self._looking:
            return self._is_due(settled=True) and self._read()

    @property
    def is_changing(self) -> bool:
        """Whether the last look saw a change that has not kept still yet."""
        return self._seen != self._taken

    def poll(self) -> bool:
        """Look as the thread of `start` does, for whoever follows many folders.

        Returns whether another version answers afterwards; does nothing while somebody is looking.
        """
        if not self._looking.acquire(blocking=False):
            return False
        try:
            self._finish_publishing()
            self._remove_old_versions()
            return self._is_due(settled=False) and self._read()
        finally:
            self._looking.release()

    def _follow(self) -> None:
        while not self._closed.wait(LOOK_EVERY):
            try:
                self.poll()
            except Exception:  # whatever goes wrong, the last good version goes on
                log.exception("Looking at the knowledge folder failed; going on as before.")

    def _first(self) -> tuple[Bot, tuple[Problem, ...]]:
        """The folder's bot; where the folder is broken, that of the newest published version."""
        if self.folder is None:
            raise ValueError("Live needs a folder or a bot.")
        try:
            return Bot.load(self.folder), ()
        except knowledge.KnowledgeError as error:
            workspace = Workspace(self.folder)
            for version in versions(workspace):
                found, _ = knowledge.read(workspace.versions / version.id)
                if found:
                    return Bot(found), error.problems
            raise

    def _finish_publishing(self) -> None:
        """Finish a publish that was cut off."""
        if self.folder is None:
            return
        try:
            recover(Workspace(self.folder))
            self._unfinished = ""
        except (OSError, DeskError) as error:
            if str(error) != self._unfinished:  # logged once
                self._unfinished = str(error)
                log.warning("A publish that was cut off cannot be finished yet: %s", error)

    def _remove_old_versions(self) -> None:
        """Once a day, even if nobody publishes or restarts; the one that answers stays."""
        if self.folder and time.monotonic() >= self._remove_next:
            self._remove_next = time.monotonic() + REMOVE_EVERY
            remove_old(Workspace(self.folder), keep=self._status.digest)

    def _look_at_pause(self) -> None:
        if self.folder:
            self.pause = Workspace(self.folder).current_pause()

    def _is_due(self, settled: bool) -> bool:
        """Whether the folder has changed and is to be read."""
        if self.folder is None:
            return False
        self._look_at_pause()
        signature = knowledge.signature(self.folder)
        still, self._seen = settled or signature == self._seen, signature
        if still and signature != self._taken:
            self._taken = signature
            return True
        if not still or time.monotonic() < self._read_next:
            return False
        self._read_next = time.monotonic() + self._read_every
        return not self._is_unchanged(self.folder)

    def _is_unchanged(self, folder: Path) -> bool:
        """Whether the files are those that answer; ten times as fast as to understand them."""
        try:
            same = knowledge.digest(read_files(folder)) == self._status.digest
        except DeskError:
            return False
        return same and not self._status.problems

    def _read(self) -> bool:
        if self.folder is None:
            return False
        found, problems = knowledge.read(self.folder)
        if found and found.digest == self._status.digest:
            self._report(())
            return False
        if found:
            problems = self._lost(found, Workspace(self.folder))
        if problems or not found:
            self._report(problems)
            return False
        self.bot = bot = Bot(found, previous=self.bot)
        self._status = _status(bot, self._status.reloads + 1)
        log.info("Now answering from version %s.", found.digest[:12])
        _log_warnings(found)
        return True

    def _lost(self, found: Knowledge, workspace: Workspace) -> tuple[Problem, ...]:
        """The files that are gone, and what stood in them; none where publishing took them away."""
        lost = _lost_files(self.bot.knowledge, found)
        if not lost or _is_published(found, workspace):
            return ()
        message = "This file is gone; the last good version goes on answering."
        fix = "Put it back. If it is meant to be gone, restart faqbot."
        return tuple(Problem(name, 0, message, fix) for name in sorted(lost))

    def _report(self, problems: tuple[Problem, ...]) -> None:
        """Keep the problems for whoever asks, and log each state of them once."""
        if problems == self._status.problems:
            return
        self._status = replace(self._status, problems=problems)
        if problems:
            lines = "\n".join(map(str, problems))
            log.warning("The folder cannot be used as it is; the last version answers.\n%s", lines)
        else:
            log.info("The folder is usable again.")


def _is_published(found: Knowledge, workspace: Workspace) -> bool:
    if workspace.publishing.exists():  # it becomes the newest version at the end of that
        return True
    published = versions(workspace)
    return bool(published) and published[0].digest == found.digest


def _log_warnings(found: Knowledge) -> None:
    for problem in found.warnings:
        log.warning("%s", problem)


def _status(bot: Bot, reloads: int = 0) -> Status:
    known = bot.knowledge
    return Status(known.digest, len(known.entries), datetime.now(UTC), reloads=reloads)


def _lost_files(old: Knowledge, new: Knowledge) -> set[str]:
    """The files of the old that the new lacks; a page whose entries have moved is not lost."""
    files, ids = {entry.file for entry in new.entries}, {entry.id for entry in new.entries}
    lost = {e.file for e in old.entries if e.file not in files and e.id not in ids}
    if old.examples and not new.examples:
        lost.add("examples.jsonl")
    if old.synonyms and not new.synonyms:
        lost.add("synonyms.toml")
    return lost

"""Opens one practice of many, and tells how it fares."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from faqbot.danger import Detector
from faqbot.editing.workspace import DeskError, Workspace, read_files
from faqbot.journal import Journal
from faqbot.knowledge import Practice
from faqbot.knowledge import practice as practice_toml
from faqbot.knowledge.tables import read_table
from faqbot.knowledge.values import Diagnostics
from faqbot.live import Live
from faqbot.service import Service
from faqbot.settings import JOURNAL
from faqbot.understanding.calibration import calibration
from faqbot.understanding.features import rarity
from faqbot.understanding.vectors import word_vectors

from .memory import hold_together

OFF = "off"
KEPT = 90  # days, as in a journal that is open


def open_service(folder: Path, name: str) -> Service:
    """The practice of this folder; raises KnowledgeError where it cannot be used.

    Its journal is where FAQBOT_JOURNAL says, under its name, or else in its own folder. The
    practice itself can turn it off, but not have it written elsewhere: that may be another's.
    """
    live = Live(folder)
    off = live.bot.knowledge.practice.journal == OFF
    setting = OFF if off else os.environ.get(JOURNAL.variable, "")
    return Service(live, Journal.open(Workspace(folder).journal, setting, name))


def tidy(folder: Path, name: str) -> None:
    """Delete what is old in the journal of a practice that is not loaded."""
    own, setting = Workspace(folder).journal, os.environ.get(JOURNAL.variable, "")
    journal = Journal.open(own, setting, name) if setting or own.exists() else None
    if journal:
        try:
            journal.purge(KEPT)
        finally:
            journal.close()


def warm() -> None:
    """Read what all practices share; before a fork, so that the workers share it too."""
    hold_together()
    Detector().detect("i cant feal my legs")
    rarity("kyphoplasty")
    word_vectors()
    calibration()


def read_practice(folder: Path) -> Practice | None:
    """What practice.toml says, if it can be read, whatever is wrong with the rest."""
    try:
        text = read_files(folder)["practice.toml"].decode("utf-8-sig")
        table = read_table(text, Diagnostics("practice.toml"))
        return practice_toml.read_practice(table) if table else None
    except (DeskError, KeyError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Tally:
    """What has happened so far."""

    reloads: int = 0  # of the knowledge
    lost: int = 0  # notes that journals gave up

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.reloads + other.reloads, self.lost + other.lost)


def tally(service: Service) -> Tally:
    """What has happened in one practice since it was opened."""
    return Tally(service.live.status().reloads, service.journal.lost if service.journal else 0)


def is_broken(service: Service | None) -> bool:
    """Whether the folder's present state does not answer, be it that an older one does."""
    return service is None or bool(service.live.status().problems)

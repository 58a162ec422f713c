"""The first page: how the practice's answers are doing, and what waits to be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint

from faqbot.editing.versions import Version, versions
from faqbot.journal import JournalError, unanswered
from faqbot.quality import reviews
from faqbot.staff import changing, context, times

from .unanswered import in_vain, phrasings

if TYPE_CHECKING:
    from faqbot.journal import Asked
    from faqbot.journal.unanswered import Group

NEWEST = 1_000  # of them; grouping takes a second for five thousand
MOST = 3  # groups of questions, and changes of the draft


@dataclass(frozen=True, slots=True)
class Vain:
    """What visitors asked in vain."""

    groups: tuple[Group, ...] = ()  # the most frequent
    total: int = 0  # questions
    away: bool = False  # whether the journal cannot be read just now


def add(room: Blueprint) -> None:
    """Add the page."""

    @room.get("/")
    def home() -> str:
        service = context.service()
        status, practice = service.live.status(), service.bot.knowledge.practice
        version = _version(status.digest)
        return context.page(
            "home.html",
            status=status,
            problems=changing.located(status.problems, context.draft().base),
            version=version,
            since=times.in_words(version.when if version else status.loaded, practice),
            draft=context.draft(),
            latest=context.draft().changes[: -MOST - 1 : -1],
            broken=len(context.reading().problems),
            vain=_vain() if service.journal else None,
            overdue=_overdue(),
            when=_when,
        )


def _version(digest: str) -> Version | None:
    """The published version that answers, if it was published at the desk."""
    newest = versions(context.workspace())[:1]
    return next((v for v in newest if v.digest == digest and v.who), None)


def _vain() -> Vain:
    try:
        waiting = in_vain()
    except JournalError:
        return Vain(away=True)
    return Vain(tuple(_groups(waiting)[:MOST]), len(waiting))


def _groups(asked: Sequence[Asked]) -> list[Group]:
    newest = sorted(asked, key=lambda one: one.hour, reverse=True)[:NEWEST]
    return unanswered.group(newest, phrasings()) if newest else []


def _overdue() -> int:
    """How many entries should have been read again by now."""
    known = context.reading().knowledge or context.service().bot.knowledge
    return sum(one.overdue for one in reviews.due(known, times.today(known.practice)))


def _when(moment: datetime) -> str:
    return times.in_words(moment, context.service().bot.knowledge.practice)

"""The first page: how the practice's answers are doing, what waits to be done, and the pause."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue

from faqbot.editing.versions import Version, versions
from faqbot.journal import JournalError, unanswered
from faqbot.journal.unanswered import Group
from faqbot.quality import advice

from . import context
from .answers import located
from .context import desk
from .unanswered import key, needs_attention, phrasings

MAX_QUESTIONS = 1_000  # of them; grouping takes a second for five thousand
MAX_SHOWN = 3  # groups of questions, and changes of the draft


@dataclass(frozen=True, slots=True)
class UnansweredSummary:
    """Questions that got no answer, for the desk's first page."""

    groups: tuple[Group, ...] = ()  # the most frequent
    total: int = 0  # questions
    away: bool = False  # whether the journal cannot be read just now


@desk.get("/")
def home() -> str:
    """Show it."""
    service, draft = context.service(), context.draft()
    status = service.live.status()
    return context.render(
        "home.html",
        status=status,
        problems=located(status.problems, draft.base),
        warnings=located(service.bot.knowledge.warnings, draft.base),
        journal_error=service.journal_error,
        version=_version(status.digest),
        draft=draft,
        latest=draft.changes[: -MAX_SHOWN - 1 : -1],
        broken=len(context.checked().problems),
        unanswered_summary=_unanswered_summary() if service.journal else None,
        key=key,
        overdue=_overdue(),
    )


@desk.get("/pause")
def pause() -> str:
    """Ask before pausing, since visitors notice; answering again needs no question."""
    return context.render("pause.html")


@desk.post("/pause")
def pause_now() -> ResponseReturnValue:
    """The phone card instead of every reply, at once; or back."""
    if request.form.get("paused") == "yes":
        context.workspace().pause(context.who())
    else:
        context.workspace().resume()
        context.flash("Visitors get answers again.")
    context.service().live.refresh()
    return context.redirect_to("home")


def _version(digest: str) -> Version | None:
    """The published version that answers, if it was published at the desk."""
    newest = versions(context.workspace())[:1]
    return next((v for v in newest if v.digest == digest and v.who), None)


def _unanswered_summary() -> UnansweredSummary:
    try:
        waiting = needs_attention()
    except JournalError:
        return UnansweredSummary(away=True)
    newest = sorted(waiting, key=lambda one: one.hour, reverse=True)[:MAX_QUESTIONS]
    groups = unanswered.group(newest, phrasings()) if newest else []
    return UnansweredSummary(tuple(groups[:MAX_SHOWN]), len(waiting))


def _overdue() -> int:
    """How many entries should have been read again by now."""
    known = context.checked().knowledge or context.service().bot.knowledge
    return sum(one.overdue for one in advice.due(known, context.today()))

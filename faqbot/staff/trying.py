"""Try it: what visitors get now, and what they would get with the draft, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request
from flask import url_for as address_of

from faqbot import assets
from faqbot.bot import Reply
from faqbot.editing.changes import Words
from faqbot.quality.explanation import explain
from faqbot.service import QUESTION_LIMIT
from faqbot.staff import changing, context, progress

if TYPE_CHECKING:
    from faqbot.bot import Bot
    from faqbot.editing.dry_run import DryRun


def add(room: Blueprint) -> None:
    """Add the page to the desk."""

    @room.get("/try")
    def try_it() -> str:
        question = request.args.get("q", "").strip()[:QUESTION_LIMIT]
        live = context.service().bot
        dry_run = None if context.draft().empty else progress.of(context.draft().files, live)
        tried = _tried(question, live, dry_run) if question else {}
        return context.page("try.html", question=question, dry_run=dry_run, **tried)


def _tried(question: str, live: Bot, dry_run: DryRun | None) -> dict[str, object]:
    """The replies of both; that of the draft is None as long as its bot is not ready."""
    now = explain(live, question)
    bot = dry_run.wait_for_bot(progress.AT_ONCE) if dry_run else None
    then = explain(bot, question) if bot else None
    return {
        "now": now,
        "then": then,
        "same": then is not None and visible(then.reply) == visible(now.reply),
        "difference": difference(now.reply, then.reply) if then else (),
        "waits": address_of(".dry_run", until="bot"),
        "words": assets.words(),
    }


def visible(reply: Reply) -> dict[str, Any]:
    """What a visitor gets to see; how sure the bot was is not part of it."""
    shown = reply.to_dict()
    for entry in shown["entries"]:
        del entry["score"]
    return shown


def difference(now: Reply, then: Reply) -> Words:
    """What the answer's words became, where both give the same entries with other words."""
    same = [entry.id for entry in now.entries] == [entry.id for entry in then.entries]
    before, after = ("\n\n".join(e.text for e in reply.entries) for reply in (now, then))
    return changing.words(before, after) if same and before != after else ()

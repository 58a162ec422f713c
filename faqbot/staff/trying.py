"""Try it: what visitors get now, and what they would get with the draft, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request
from flask import url_for as address_of

from faqbot import widget
from faqbot.bot import Reply
from faqbot.desk.comparing import Words
from faqbot.desk.explaining import explain
from faqbot.openapi import QUESTION_LIMIT

from . import changing, here, rehearsing

if TYPE_CHECKING:
    from faqbot.bot import Bot
    from faqbot.desk.rehearsal import Rehearsal


def add(room: Blueprint) -> None:
    """Add the page to the desk."""

    @room.get("/try")
    def try_it() -> str:
        question = request.args.get("q", "").strip()[:QUESTION_LIMIT]
        live = here.service().bot
        rehearsal = None if here.draft().empty else rehearsing.of(here.draft().files, live)
        tried = _tried(question, live, rehearsal) if question else {}
        return here.page("try.html", question=question, rehearsal=rehearsal, **tried)


def _tried(question: str, live: Bot, rehearsal: Rehearsal | None) -> dict[str, object]:
    """The replies of both; that of the draft is None as long as its bot is not ready."""
    now = explain(live, question)
    bot = rehearsal.wait_for_bot(rehearsing.AT_ONCE) if rehearsal else None
    then = explain(bot, question) if bot else None
    return {
        "now": now,
        "then": then,
        "same": then is not None and visible(then.reply) == visible(now.reply),
        "difference": difference(now.reply, then.reply) if then else (),
        "waits": address_of(".rehearsal", until="bot"),
        "words": widget.words(),
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

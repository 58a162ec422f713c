"""Try it: what visitors get now, and what they would get with the draft, side by side.

It also starts dry runs of the draft or a version early, and reports their progress to pages.
"""

from __future__ import annotations

import contextlib
from typing import Any

from flask import Response, g, jsonify, request
from flask import url_for as address_of
from itsdangerous import BadData, URLSafeTimedSerializer

from faqbot import assets
from faqbot.bot import Bot, Reply
from faqbot.editing import draft as drafts
from faqbot.editing import versions
from faqbot.editing.changes import Words, word_changes
from faqbot.editing.dry_run import DRAFT, DryRun, dry_runs
from faqbot.editing.workspace import DeskError, Files
from faqbot.quality.explanation import explain

from . import context, sessions
from .context import desk

ASKED_COOKIE = "faqbot-staff-asked"  # carries the question from the form to the page
ASKED_FOR = 600  # seconds that it does
MAX_QUESTION = 500  # characters; browsers drop cookies over 4,096 bytes
AT_ONCE = 1.0  # seconds that a page waits for what is nearly there
POLL = 2.0  # seconds that a page's script is kept waiting for news


@desk.get("/try")
def try_it() -> str:
    """Show what was asked, with both replies."""
    question, draft = _asked(), context.draft()
    run = None if draft.empty else dry_run_of(draft.files)
    tried = _tried(question, context.service().bot, run) if question else {}
    return context.render("try.html", question=question, dry_run=run, **tried)


@desk.post("/try")
def ask_it() -> Response:
    """Take a question, which may be a visitor's, to the page without writing it in its address."""
    response = context.redirect_to("try_it")
    asked = _signer().dumps(request.form.get("q", "").strip()[:MAX_QUESTION])
    path = address_of(".try_it")
    response.set_cookie(ASKED_COOKIE, asked, ASKED_FOR, path=path, **sessions.COOKIE_FLAGS)
    return response


def forget_question(response: Response) -> None:
    """Take the question out of the browser, as somebody signs out."""
    response.delete_cookie(ASKED_COOKIE, path=address_of(".try_it"), **sessions.COOKIE_FLAGS)


def _asked() -> str:
    try:
        sent = request.cookies.get(ASKED_COOKIE, "")
        return str(_signer().loads(sent, max_age=ASKED_FOR))
    except BadData:
        return ""


def _signer() -> URLSafeTimedSerializer:
    """Another one for each session: whoever signs in next on this browser sees no question."""
    return sessions.signer(context.workspace(), f"asked {g.session.id}")


@desk.get("/dry-run")
def dry_run() -> Response:
    """Report a dry run's progress to a page that waits."""
    version = request.args.get("version")
    files = versions.files_of(context.workspace(), version) if version else context.draft().files
    run = dry_run_of(files, version or DRAFT)
    wait = run.wait_for_bot if request.args.get("until") == "bot" else run.wait_for_report
    there = wait(POLL) is not None
    done, total = run.progress
    return jsonify({"over": there or run.over, "done": done, "of": total})


def dry_run_of(files: Files, what: str = DRAFT) -> DryRun:
    """The dry run of the draft's files, or of the version `what`, beside the live bot."""
    return dry_runs(context.workspace().folder).get_or_start(files, context.service().bot, what)


@desk.after_request
def _begin(response: Response) -> Response:
    """Load the draft's bot after a save, before anybody asks for it."""
    if request.method == "POST" and response.status_code == 303 and context.who():
        with contextlib.suppress(DeskError, OSError):
            draft = drafts.read(context.workspace())
            if not draft.empty:
                dry_run_of(draft.files)
    return response


def _tried(question: str, live: Bot, run: DryRun | None) -> dict[str, object]:
    """The replies of both; that of the draft is None as long as its bot is not ready."""
    now = explain(live, question)
    bot = run.wait_for_bot(AT_ONCE) if run else None
    then = explain(bot, question) if bot else None
    return {
        "now": now,
        "then": then,
        "same": then is not None and visible(then.reply) == visible(now.reply),
        "difference": difference(now.reply, then.reply) if then else (),
        "waits": address_of(".dry_run", until="bot"),
        "words": assets.ui_texts(),
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
    return word_changes(before, after) if same and before != after else ()

"""What the draft or an earlier version would answer: begun early, and pages that wait for it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from faqbot.editing import draft as drafts
from faqbot.editing import versions
from faqbot.editing.dry_run import DRAFT, DryRun, dry_runs
from faqbot.editing.workspace import DeskError, Files
from faqbot.staff import context

if TYPE_CHECKING:
    from faqbot.bot import Bot

AT_ONCE = 1.0  # seconds that a page waits for what is nearly there
POLL = 2.0  # seconds that a page's script is kept waiting for news


def add(room: Blueprint) -> None:
    """Begin after each save, and tell the pages that wait how far it is."""
    room.after_request(_begin)

    @room.get("/rehearsal", endpoint="dry_run")
    def dry_run() -> Response:
        version = request.args.get("version")
        files = (
            versions.files_of(context.workspace(), version) if version else context.draft().files
        )
        found = of(files, context.service().bot, version or DRAFT)
        wait = found.wait_for_bot if request.args.get("until") == "bot" else found.wait_for_report
        there = wait(POLL) is not None
        done, total = found.asked
        return jsonify({"over": there or found.over, "done": done, "of": total})


def of(files: Files, live: Bot, what: str = DRAFT) -> DryRun:
    """The dry run of the draft's files, or of the version `what`, beside the live bot."""
    return dry_runs(context.workspace().folder).of(files, live, what)


def _begin(response: Response) -> Response:
    """After a save the draft's bot begins to learn, before anybody asks for it."""
    if request.method == "POST" and response.status_code == 303 and context.who():
        with contextlib.suppress(DeskError, OSError):
            draft = drafts.read(context.workspace())
            if not draft.empty:
                of(draft.files, context.service().bot)
    return response

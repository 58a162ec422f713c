"""Publish: shows what the draft changes and which replies get better or worse, then publishes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from flask import g, request
from flask import url_for as address_of
from flask.typing import ResponseReturnValue

from faqbot.editing import draft as drafts
from faqbot.editing.changes import Difference, Words, differences, word_changes
from faqbot.editing.draft import Draft, Triaged
from faqbot.editing.dry_run import dry_runs
from faqbot.editing.merging import MergeConflict, MergeConflicts, Side
from faqbot.editing.versions import Version
from faqbot.editing.workspace import DeskError, Files, digest, fingerprint, read_files
from faqbot.journal import JournalError

from . import context, try_it
from .answers import located
from .context import desk

REPORT_TIMEOUT = 8.0  # seconds for the examples, where another instance showed the page
NOTE_LIMIT = 200  # characters
CONTEXT_WORDS = 12  # words that are shown before and after what changed
MAX_UNCHANGED_WORDS = 3 * CONTEXT_WORDS  # words; a longer stretch that stayed the same is cut

CHANGED = "{who} changed the draft while you looked at it. This is how it is now."
FOLDER_CHANGED = (
    "The knowledge folder has been changed elsewhere. The draft now has those changes too; "
    "please look at it once more."
)
NOT_TRIED = (
    "The draft had not been tested yet. Please look at the replies that get worse, then publish."
)
UNSEEN = "Please tick each question that gets a worse reply, to say that you have seen it."
JOURNAL_AWAY = (
    "The journal could not be reached. The questions that you handled are still on the list of "
    "unanswered questions; choose “Ignore” for them once it is back."
)
CHOOSE_A_TEXT = "Please choose one of the two texts for each."
CONFLICTS_CHANGED = "Something has changed again. Please look once more, and choose."

log = logging.getLogger("faqbot.editing")


# views


@desk.get("/publish")
def publish() -> ResponseReturnValue:
    """Show the draft, with what was changed in the folder since it began."""
    draft = context.draft()
    if not draft.empty and not _is_caught_up(draft):
        try:
            draft = g.draft = drafts.rebase(context.workspace(), {}, context.who())
        except MergeConflicts:
            return context.redirect_to("conflicts")
        context.flash(FOLDER_CHANGED, "warn")
    return _page(draft)


@desk.post("/publish")
def publish_now() -> ResponseReturnValue:
    """Publish what was shown and nothing else, once everything worse has been seen."""
    try:
        return _publish()
    except MergeConflicts:
        return context.redirect_to("conflicts")
    except DeskError as error:
        context.flash(str(error), "bad")
        return context.redirect_to("publish")


@desk.post("/draft/discard")
def discard() -> ResponseReturnValue:
    """Throw the draft away, if it is the one that was shown."""
    with context.workspace().lock():
        draft = drafts.read(context.workspace())
        if not draft.empty and not _is_shown(draft):
            return _show_current(draft)
        drafts.discard(context.workspace())
    context.flash("The draft is thrown away. What visitors get did not change.")
    return context.redirect_to("publish")


@desk.get("/publish/conflicts")
def conflicts() -> ResponseReturnValue:
    """Show what was changed both in the draft and in the folder."""
    found = drafts.conflicts(context.workspace())
    return _conflicts_page(found) if found else context.redirect_to("publish")


@desk.post("/publish/conflicts")
def choose() -> ResponseReturnValue:
    """Take the text that was chosen of each two into the draft."""
    found = drafts.conflicts(context.workspace())
    if any(request.form.get(f"seen {conflict.key}") != _seen(conflict) for conflict in found):
        context.flash(CONFLICTS_CHANGED, "warn")
        return context.redirect_to("conflicts")
    kept = {conflict.key: request.form.get(f"keep {conflict.key}") for conflict in found}
    chosen: dict[str, Side] = {key: "draft" for key, side in kept.items() if side == "draft"}
    chosen |= {key: "folder" for key, side in kept.items() if side == "folder"}
    if len(chosen) < len(found):
        context.flash(CHOOSE_A_TEXT, "bad")
        return _conflicts_page(found, 422)
    drafts.rebase(context.workspace(), chosen, context.who())
    context.flash("Your choices are in the draft now. Nothing is published yet.")
    return context.redirect_to("publish")


# publishing


def _is_caught_up(draft: Draft) -> bool:
    return digest(read_files(context.workspace().folder)) == digest(draft.base)


def _is_shown(draft: Draft) -> bool:
    """Whether the draft is the one that the form was about."""
    return not draft.empty and digest(draft.files) == request.form.get("draft")


def _page(draft: Draft, status: int = 200) -> ResponseReturnValue:
    if draft.empty:
        return context.render("publish.html", draft=draft), status
    dry_run = try_it.dry_run_of(draft.files)
    problems = context.checked().problems
    report = None if problems else dry_run.wait_for_report(try_it.AT_ONCE)
    page = context.render(
        "publish.html",
        draft=draft,
        digest=dry_run.digest,
        dry_run=dry_run,
        changes=[] if problems else shown_changes(draft.base, draft.files),
        problems=located(problems, draft.files),
        report=report,
        collisions=located(report.problems, draft.files) if report else [],
        seen=set(request.form.getlist("seen")),
        note=_note(),
        waits=address_of(".dry_run"),
    )
    return page, status


def _note() -> str:
    return " ".join(request.form.get("note", "").split())[:NOTE_LIMIT]


def _publish() -> ResponseReturnValue:
    draft = context.draft()
    if not _is_shown(draft):
        return _show_current(draft)
    report = try_it.dry_run_of(draft.files).wait_for_report(REPORT_TIMEOUT)
    if report is None:
        context.flash(NOT_TRIED, "warn")
        return context.redirect_to("publish")
    seen = request.form.getlist("seen")
    if any(tried.key not in seen for tried in report.worse):
        context.flash(UNSEEN, "bad")
        return _page(draft, 422)
    with context.workspace().lock():
        draft = drafts.read(context.workspace())
        if not _is_shown(draft) or not _is_caught_up(draft):
            return _show_current(draft)
        version = drafts.publish(context.workspace(), context.who(), _note())
    return _published(version, draft)


def _show_current(draft: Draft) -> ResponseReturnValue:
    if not draft.empty and not _is_shown(draft):
        who = draft.changes[-1].who if draft.changes else ""
        context.flash(CHANGED.format(who=who or "Somebody"), "warn")
    return context.redirect_to("publish")


def _published(version: Version, draft: Draft) -> ResponseReturnValue:
    context.service().live.refresh()
    dry_runs(context.workspace().folder).forget()
    _settle(draft.triaged)
    if draft.changed:
        number = int(version.id)
        context.flash(f"Published as version {number}. Visitors get the new answers from now on.")
    else:
        context.flash("Done: the questions that you chose to ignore have left the list.")
    return context.redirect_to("versions")


def _settle(triaged: Sequence[Triaged]) -> None:
    """Take the visitors' questions that the draft took care of off the list."""
    journal = context.service().journal
    if journal is None:
        return
    try:
        for action in sorted({one.action for one in triaged}):
            journal.mark_handled([one.question for one in triaged if one.action == action], action)
    except JournalError as error:
        log.warning("Questions that the draft had handled could not be resolved: %s", error)
        context.flash(JOURNAL_AWAY, "warn")


# conflicts


def _conflicts_page(conflicts: Sequence[MergeConflict], status: int = 200) -> ResponseReturnValue:
    shown = [(conflict, _seen(conflict), _differing(conflict)) for conflict in conflicts]
    return context.render("conflicts.html", conflicts=shown, chosen=request.form), status


def _differing(conflict: MergeConflict) -> Words:
    """What only one of the two texts has; nothing where the other is gone."""
    texts = conflict.folder_text.strip(), conflict.draft_text.strip()
    return excerpt(word_changes(*texts)) if all(texts) else ()


def _seen(conflict: MergeConflict) -> str:
    """A hash of both texts, so that a choice only counts for the texts that were shown."""
    return fingerprint(f"{conflict.draft_text}\0{conflict.folder_text}")


# what changes


def shown_changes(old: Files, new: Files) -> list[Difference]:
    """The changes, their long texts cut to what changed."""
    return [replace(one, words=excerpt(one.words)) for one in differences(old, new)]


def excerpt(words: Words) -> Words:
    """The same without the middle of long stretches that stayed as they were."""
    last = len(words) - 1
    return tuple(
        (op, _cut(text, first=i == 0, last=i == last) if op == "same" else text)
        for i, (op, text) in enumerate(words)
    )


def _cut(text: str, *, first: bool, last: bool) -> str:
    said = text.split(" ")
    if len(said) <= MAX_UNCHANGED_WORDS:
        return text
    start = "" if first else " ".join(said[:CONTEXT_WORDS])
    end = "" if last else " ".join(said[-CONTEXT_WORDS:])
    return f"{start} … {end}"

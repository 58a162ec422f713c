"""Publish: what the draft changes, what it makes better and worse, and then for everybody."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, g, request
from flask import url_for as address_of

from faqbot.editing import draft as drafts
from faqbot.editing.changes import Words
from faqbot.editing.draft import Draft, Triaged
from faqbot.editing.dry_run import dry_runs
from faqbot.editing.merging import Clash, Clashes, Side
from faqbot.editing.workspace import DeskError, digest, fingerprint, read_files
from faqbot.journal import JournalError
from faqbot.quality.regression import RegressionReport, TriedExample
from faqbot.staff import changing, context, progress, times, versions

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from faqbot.editing.versions import Version

LONGEST_WAIT = 8.0  # seconds for the examples, where another instance showed the page
NOTE_LIMIT = 200  # characters

CHANGED = "{who} changed the draft while you looked at it. This is how it is now."
FOLDER_CHANGED = (
    "The knowledge folder was changed elsewhere meanwhile. The draft has those changes too now; "
    "please look at it once more."
)
NOT_TRIED = "The draft was not tried through yet. Please look at what it makes worse, then publish."
UNSEEN = "Please tick each question that gets a worse reply, to say that you have seen it."
NOT_SETTLED = (
    "The list of the unanswered could not be reached. The questions that you took care of are "
    "still on it; choose “ignore” for them there, once it works again."
)
CHOOSE = "Please choose one of the two texts for each."
CLASHES_CHANGED = "Something changed again meanwhile. Please look once more, and choose."

log = logging.getLogger("faqbot.editing")


def add(room: Blueprint) -> None:
    """Add the pages to the desk."""
    progress.add(room)
    versions.add(room)

    @room.get("/publish")
    def publish() -> ResponseReturnValue:
        try:
            return _page(_caught_up())
        except Clashes:
            return context.go("clashes")

    @room.post("/publish", endpoint="publish_now")
    def publish_now() -> ResponseReturnValue:
        try:
            return _publish()
        except Clashes:
            return context.go("clashes")
        except DeskError as error:
            context.say(str(error), "bad")
            return context.go("publish")

    @room.post("/draft/discard")
    def discard() -> ResponseReturnValue:
        return _discard()

    @room.get("/publish/clashes")
    def clashes() -> ResponseReturnValue:
        found = drafts.conflicts(context.workspace())
        return _clashes_page(found) if found else context.go("publish")

    @room.post("/publish/clashes", endpoint="choose")
    def choose() -> ResponseReturnValue:
        return _choose(drafts.conflicts(context.workspace()))


def _caught_up() -> Draft:
    """The draft, with what was changed in the folder since it began; raises Clashes."""
    draft = context.draft()
    if draft.empty or _is_caught_up(draft):
        return draft
    g.draft = drafts.rebase(context.workspace(), {}, context.who())
    context.say(FOLDER_CHANGED, "warn")
    return context.draft()


def _is_caught_up(draft: Draft) -> bool:
    return digest(read_files(context.workspace().folder)) == digest(draft.base)


def _page(draft: Draft, status: int = 200) -> ResponseReturnValue:
    if draft.empty:
        return context.page("publish.html", draft=draft), status
    live = context.service().bot
    dry_run = progress.of(draft.files, live)
    problems = context.reading().problems
    report = None if problems else dry_run.wait_for_report(progress.AT_ONCE)
    page = context.page(
        "publish.html",
        draft=draft,
        digest=dry_run.digest,
        dry_run=dry_run,
        changes=[] if problems else changing.shown(draft.base, draft.files),
        problems=changing.located(problems, draft.files),
        report=report,
        collisions=changing.located(report.problems, draft.files) if report else [],
        seen=set(request.form.getlist("seen")),
        note=_note(),
        waits=address_of(".dry_run"),
        when=_when,
    )
    return page, status


def _when(change: drafts.Change) -> str:
    return times.in_words(change.when, context.service().bot.knowledge.practice)


def _note() -> str:
    return " ".join(request.form.get("note", "").split())[:NOTE_LIMIT]


def _publish() -> ResponseReturnValue:
    """Publish what was shown and nothing else, once everything worse has been seen."""
    draft = context.draft()
    if not _is_shown(draft):
        return _show_anew(draft)
    report = progress.of(draft.files, context.service().bot).wait_for_report(LONGEST_WAIT)
    if report is None:
        context.say(NOT_TRIED, "warn")
        return context.go("publish")
    if _unseen(report):
        context.say(UNSEEN, "bad")
        return _page(draft, 422)
    with context.workspace().lock():
        draft = drafts.read(context.workspace())
        if not _is_shown(draft) or not _is_caught_up(draft):
            return _show_anew(draft)
        version = drafts.publish(context.workspace(), context.who(), _note())
    return _published(version, draft)


def _is_shown(draft: Draft) -> bool:
    """Whether the draft is the one that the form was about."""
    return not draft.empty and digest(draft.files) == request.form.get("draft")


def _show_anew(draft: Draft) -> ResponseReturnValue:
    if not draft.empty and not _is_shown(draft):
        who = draft.changes[-1].who if draft.changes else ""
        context.say(CHANGED.format(who=who or "Somebody"), "warn")
    return context.go("publish")


def _unseen(report: RegressionReport) -> list[TriedExample]:
    seen = set(request.form.getlist("seen"))
    return [tried for tried in report.worse if tried.key not in seen]


def _published(version: Version, draft: Draft) -> ResponseReturnValue:
    context.service().live.look()
    dry_runs(context.workspace().folder).forget()
    _settle(draft.triaged)
    if draft.changed:
        number = versions.number(version.id)
        context.say(f"Published as version {number}. Visitors get the new answers from now on.")
    else:
        context.say("Done: the questions that you chose to ignore have left the list.")
    return context.go("versions")


def _settle(triaged: Sequence[Triaged]) -> None:
    """Take the visitors' questions that the draft took care of off the list."""
    journal = context.service().journal
    if journal is None:
        return
    try:
        for action in sorted({one.action for one in triaged}):
            journal.settle([one.question for one in triaged if one.action == action], action)
    except JournalError as error:
        log.warning("Questions that were taken care of could not be settled: %s", error)
        context.say(NOT_SETTLED, "warn")


def _discard() -> ResponseReturnValue:
    with context.workspace().lock():
        draft = drafts.read(context.workspace())
        if not draft.empty and not _is_shown(draft):
            return _show_anew(draft)
        drafts.discard(context.workspace())
    context.say("The draft is thrown away. What visitors get did not change.")
    return context.go("publish")


def _clashes_page(clashes: Sequence[Clash], status: int = 200) -> ResponseReturnValue:
    shown = [(clash, _seen(clash), _differing(clash)) for clash in clashes]
    return context.page("clashes.html", clashes=shown, chosen=request.form), status


def _differing(clash: Clash) -> Words:
    """What only one of the two texts has; nothing where the other is gone."""
    texts = clash.folder_text.strip(), clash.draft_text.strip()
    return changing.excerpt(changing.words(*texts)) if all(texts) else ()


def _seen(clash: Clash) -> str:
    """Names both texts, so that nobody chooses between others than those that were shown."""
    return fingerprint(f"{clash.draft_text}\0{clash.folder_text}")


def _choose(clashes: Sequence[Clash]) -> ResponseReturnValue:
    if any(request.form.get(f"seen {clash.key}") != _seen(clash) for clash in clashes):
        context.say(CLASHES_CHANGED, "warn")
        return context.go("clashes")
    chosen: dict[str, Side] = {}
    for clash in clashes:
        side = request.form.get(f"keep {clash.key}")
        if side in ("draft", "folder"):
            chosen[clash.key] = "draft" if side == "draft" else "folder"
    if len(chosen) < len(clashes):
        context.say(CHOOSE, "bad")
        return _clashes_page(clashes, 422)
    drafts.rebase(context.workspace(), chosen, context.who())
    context.say("Your choices are in the draft now. Nothing is published yet.")
    return context.go("publish")

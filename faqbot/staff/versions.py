"""The versions that were published, what changed with each, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, abort, request
from flask import url_for as address_of

from faqbot.editing import checking
from faqbot.editing import versions as kept
from faqbot.editing.changes import Difference
from faqbot.editing.versions import Version
from faqbot.editing.workspace import DeskError, Files, digest, read_files
from faqbot.staff import changing, context, progress, times

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

MOVED = "Something else was published while you looked at it. Please look once more."


def add(room: Blueprint) -> None:
    """Add the pages to the desk."""

    @room.get("/versions")
    def versions() -> str:
        known = kept.versions(context.workspace())
        live = _live(known)
        earlier = known[known.index(live) + 1 :] if live else known
        return context.page(
            "versions.html",
            versions=known,
            live=live,
            earlier=earlier[0] if earlier else None,
            number=number,
            when=_when,
        )

    @room.get("/versions/<version_id>")
    def version(version_id: str) -> str:
        return _page(version_id)

    @room.post("/versions/<version_id>/restore")
    def undo(version_id: str) -> ResponseReturnValue:
        try:
            return _restore(version_id)
        except DeskError as error:
            context.say(str(error), "bad")
            return context.go("version", version_id=version_id)


def number(version_id: str) -> str:
    """As people say it: "7" for "0007"."""
    return version_id.lstrip("0") or "0"


def _when(version: Version) -> str:
    return times.in_words(version.when, context.service().bot.knowledge.practice)


def _live(known: Sequence[Version]) -> Version | None:
    """The version that answers now; none where the folder was changed by hand since."""
    answering = context.service().bot.knowledge.digest
    return next((version for version in known if version.digest == answering), None)


def _page(version_id: str) -> str:
    known = kept.versions(context.workspace())
    ids = [version.id for version in known]
    if version_id not in ids:
        abort(404, "There is no such version any more. The newest 200 are kept.")
    workspace = ids.index(version_id)
    files = kept.files_of(context.workspace(), version_id)
    before = known[workspace + 1] if workspace + 1 < len(known) else None
    return context.page(
        "version.html",
        version=known[workspace],
        before=before,
        changes=_since(before, files),
        number=number,
        when=_when,
        **_way_back(known[workspace], files),
    )


def _since(before: Version | None, files: Files) -> list[Difference]:
    """What changed with a version."""
    return changing.shown(kept.files_of(context.workspace(), before.id), files) if before else []


def _way_back(version: Version, files: Files) -> dict[str, object]:
    """What would change for visitors, if the version came back."""
    live = context.service().bot
    if version.digest == live.knowledge.digest:
        return {"is_live": True}
    dry_run = progress.of(files, live, version.id)
    problems = checking.read(files).problems
    report = None if problems else dry_run.wait_for_report(progress.AT_ONCE)
    return {
        "is_live": False,
        "folder": digest(read_files(context.workspace().folder)),
        "dry_run": dry_run,
        "back": [] if problems else changing.shown(_live_files(), files),
        "problems": changing.located(problems, files),
        "report": report,
        "waits": address_of(".dry_run", version=version.id),
    }


def _live_files() -> Files:
    """Those that answer now, or else the folder's, if somebody changed them by hand."""
    workspace = context.workspace()
    version = _live(kept.versions(workspace))
    return kept.files_of(workspace, version.id) if version else read_files(workspace.folder)


def _restore(version_id: str) -> ResponseReturnValue:
    with context.workspace().lock():
        if digest(read_files(context.workspace().folder)) != request.form.get("folder"):
            context.say(MOVED, "warn")
            return context.go("version", version_id=version_id)
        new = kept.restore(context.workspace(), version_id, context.who())
    context.service().live.look()
    context.say(f"Version {number(version_id)} is back, as version {number(new.id)}.")
    return context.go("versions")

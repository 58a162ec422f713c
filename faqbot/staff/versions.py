"""The versions that were published, what changed with each, and going back to one."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, request
from flask import url_for as address_of
from flask.typing import ResponseReturnValue

from faqbot.editing import draft_problems
from faqbot.editing import versions as kept
from faqbot.editing.versions import Version
from faqbot.editing.workspace import DeskError, Files, digest, read_files

from . import context, try_it
from .answers import located
from .context import desk
from .publishing import shown_changes

MOVED = "Something else was published while you looked at it. Please look once more."


@desk.get("/versions")
def versions() -> str:
    """Show all that are kept."""
    known = kept.versions(context.workspace())
    live = _live(known)
    earlier = known[known.index(live) + 1 :] if live else known
    return context.render(
        "versions.html", versions=known, live=live, earlier=earlier[0] if earlier else None
    )


@desk.get("/versions/<version_id>")
def version(version_id: str) -> str:
    """Show what changed with one, and what would change for visitors if it came back."""
    known = kept.versions(context.workspace())
    ids = [version.id for version in known]
    if version_id not in ids:
        newest = f"The newest {kept.MAX_VERSIONS} of the last {kept.AGE.days} days are kept."
        abort(404, f"There is no such version. {newest}")
    index = ids.index(version_id)
    version, before = known[index], next(iter(known[index + 1 :]), None)
    files = kept.files_of(context.workspace(), version_id)
    old = kept.files_of(context.workspace(), before.id) if before else files
    return context.render(
        "version.html",
        version=version,
        before=before,
        changes=shown_changes(old, files),
        **_way_back(version, files),
    )


@desk.post("/versions/<version_id>/restore")
def undo(version_id: str) -> ResponseReturnValue:
    """Bring one back, unless the folder is not what was shown."""
    workspace = context.workspace()
    try:
        with workspace.lock():
            if digest(read_files(workspace.folder)) != request.form.get("folder"):
                context.flash(MOVED, "warn")
                return context.redirect_to("version", version_id=version_id)
            new = kept.restore(workspace, version_id, context.who())
    except DeskError as error:
        context.flash(str(error), "bad")
        return context.redirect_to("version", version_id=version_id)
    context.service().live.refresh()
    context.flash(f"Version {int(version_id)} is back, as version {int(new.id)}.")
    return context.redirect_to("versions")


def _live(known: Sequence[Version]) -> Version | None:
    """The version that answers now; none where the folder was changed by hand since."""
    answering = context.service().bot.knowledge.digest
    return next((version for version in known if version.digest == answering), None)


def _way_back(version: Version, files: Files) -> dict[str, object]:
    if version.digest == context.service().bot.knowledge.digest:
        return {"is_live": True}
    dry_run = try_it.dry_run_of(files, version.id)
    problems = draft_problems.read(files).problems
    return {
        "is_live": False,
        "folder": digest(read_files(context.workspace().folder)),
        "dry_run": dry_run,
        "back": [] if problems else shown_changes(_live_files(), files),
        "problems": located(problems, files),
        "report": None if problems else dry_run.wait_for_report(try_it.AT_ONCE),
        "waits": address_of(".dry_run", version=version.id),
    }


def _live_files() -> Files:
    """Those that answer now, or else the folder's, if somebody changed them by hand."""
    workspace = context.workspace()
    version = _live(kept.versions(workspace))
    return kept.files_of(workspace, version.id) if version else read_files(workspace.folder)

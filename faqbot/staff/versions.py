"""The versions that were published, what changed with each, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, abort, request
from flask import url_for as address_of

from faqbot.desk import checking
from faqbot.desk import versions as kept
from faqbot.desk.comparing import EntryChange
from faqbot.desk.place import DeskError, Files, digest, read_files
from faqbot.desk.versions import Version

from . import changing, here, rehearsing, times

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

READING = 5.0  # seconds to read the files; it takes half of one
MOVED = "Something else was published while you looked at it. Please look once more."


def add(room: Blueprint) -> None:
    """Add the pages to the desk."""

    @room.get("/versions")
    def versions() -> str:
        known = kept.versions(here.place())
        live = _live(known)
        earlier = known[known.index(live) + 1 :] if live else known
        return here.page(
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
            here.say(str(error), "bad")
            return here.go("version", version_id=version_id)


def number(version_id: str) -> str:
    """As people say it: "7" for "0007"."""
    return version_id.lstrip("0") or "0"


def _when(version: Version) -> str:
    return times.in_words(version.when, here.service().bot.knowledge.practice)


def _live(known: Sequence[Version]) -> Version | None:
    """The version that answers now; none where the folder was changed by hand since."""
    answering = here.service().bot.knowledge.digest
    return next((version for version in known if version.digest == answering), None)


def _page(version_id: str) -> str:
    known = kept.versions(here.place())
    ids = [version.id for version in known]
    if version_id not in ids:
        abort(404, "There is no such version any more. The newest 200 are kept.")
    place = ids.index(version_id)
    files = kept.files_of(here.place(), version_id)
    before = known[place + 1] if place + 1 < len(known) else None
    return here.page(
        "version.html",
        version=known[place],
        before=before,
        changes=_since(before, files),
        number=number,
        when=_when,
        **_way_back(known[place], files),
    )


def _since(before: Version | None, files: Files) -> list[EntryChange] | None:
    """What changed with a version; None where one of the two cannot be read any more."""
    if before is None:
        return []
    old = checking.read(kept.files_of(here.place(), before.id)).knowledge
    new = checking.read(files).knowledge
    return changing.shown(old, new) if old and new else None


def _way_back(version: Version, files: Files) -> dict[str, object]:
    """What would change for visitors, if the version came back."""
    live = here.service().bot
    if version.digest == live.knowledge.digest:
        return {"is_live": True}
    rehearsal = rehearsing.of(files, live, version.id)
    known = rehearsal.wait_until_read(READING)
    gate = rehearsal.wait_for_gate(rehearsing.AT_ONCE) if known else None
    return {
        "is_live": False,
        "folder": digest(read_files(here.place().folder)),
        "rehearsal": rehearsal,
        "back": changing.shown(live.knowledge, known) if known else [],
        "problems": changing.located(rehearsal.problems, files),
        "gate": gate,
        "waits": address_of(".rehearsal", version=version.id),
    }


def _restore(version_id: str) -> ResponseReturnValue:
    with here.place().lock():
        if digest(read_files(here.place().folder)) != request.form.get("folder"):
            here.say(MOVED, "warn")
            return here.go("version", version_id=version_id)
        new = kept.restore(here.place(), version_id, here.who())
    here.service().live.look()
    here.say(f"Version {number(version_id)} is back, as version {number(new.id)}.")
    return here.go("versions")

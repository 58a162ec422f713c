"""Publish: what the draft changes, what it makes better and worse, and then for everybody."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, g, request
from flask import url_for as address_of

from faqbot.desk import draft as drafts
from faqbot.desk.comparing import Words
from faqbot.desk.draft import Clash, Clashes, Draft, Side, Taken
from faqbot.desk.gate import Gate, Tried
from faqbot.desk.place import DeskError, digest, read_files
from faqbot.desk.rehearsal import rehearsals
from faqbot.journal import JournalError

from . import changing, here, rehearsing, times, versions

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from faqbot.desk.versions import Version

LONGEST_WAIT = 8.0  # seconds for the examples, where another worker showed the page
READING = 5.0  # seconds to read the files; it takes half of one
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

log = logging.getLogger("faqbot.desk")


def add(room: Blueprint) -> None:
    """Add the pages to the desk."""
    rehearsing.add(room)
    versions.add(room)

    @room.get("/publish")
    def publish() -> ResponseReturnValue:
        try:
            return _page(_caught_up())
        except Clashes:
            return here.go("clashes")

    @room.post("/publish", endpoint="publish_now")
    def publish_now() -> ResponseReturnValue:
        try:
            return _publish()
        except Clashes:
            return here.go("clashes")
        except DeskError as error:
            here.say(str(error), "bad")
            return here.go("publish")

    @room.post("/draft/discard")
    def discard() -> ResponseReturnValue:
        return _discard()

    @room.get("/publish/clashes")
    def clashes() -> ResponseReturnValue:
        found = drafts.conflicts(here.place())
        return _clashes_page(found) if found else here.go("publish")

    @room.post("/publish/clashes", endpoint="choose")
    def choose() -> ResponseReturnValue:
        return _choose(drafts.conflicts(here.place()))


def _caught_up() -> Draft:
    """The draft, with what was changed in the folder since it began; raises Clashes."""
    draft = here.draft()
    if draft.empty or _is_caught_up(draft):
        return draft
    g.draft = drafts.rebase(here.place(), {}, here.who())
    here.say(FOLDER_CHANGED, "warn")
    return here.draft()


def _is_caught_up(draft: Draft) -> bool:
    return digest(read_files(here.place().folder)) == digest(draft.base)


def _page(draft: Draft, status: int = 200) -> ResponseReturnValue:
    if draft.empty:
        return here.page("publish.html", draft=draft), status
    live = here.service().bot
    rehearsal = rehearsing.of(draft.files, live)
    known = rehearsal.wait_until_read(READING)
    gate = rehearsal.wait_for_gate(rehearsing.AT_ONCE) if known else None
    page = here.page(
        "publish.html",
        draft=draft,
        digest=rehearsal.digest,
        rehearsal=rehearsal,
        changes=changing.shown(live.knowledge, known) if known else [],
        problems=changing.located(rehearsal.problems, draft.files),
        gate=gate,
        collisions=changing.located(gate.problems, draft.files) if gate else [],
        seen=set(request.form.getlist("seen")),
        note=_note(),
        waits=address_of(".rehearsal"),
        when=_when,
    )
    return page, status


def _when(change: drafts.Change) -> str:
    return times.in_words(change.when, here.service().bot.knowledge.practice)


def _note() -> str:
    return " ".join(request.form.get("note", "").split())[:NOTE_LIMIT]


def _publish() -> ResponseReturnValue:
    """Publish what was shown and nothing else, once everything worse has been seen."""
    draft = here.draft()
    if not _is_shown(draft):
        return _show_anew(draft)
    gate = rehearsing.of(draft.files, here.service().bot).wait_for_gate(LONGEST_WAIT)
    if gate is None:
        here.say(NOT_TRIED, "warn")
        return here.go("publish")
    if _unseen(gate):
        here.say(UNSEEN, "bad")
        return _page(draft, 422)
    with here.place().lock():
        draft = drafts.read(here.place())
        if not _is_shown(draft) or not _is_caught_up(draft):
            return _show_anew(draft)
        version = drafts.publish(here.place(), here.who(), _note())
    return _published(version, draft)


def _is_shown(draft: Draft) -> bool:
    """Whether the draft is the one that the form was about."""
    return not draft.empty and digest(draft.files) == request.form.get("draft")


def _show_anew(draft: Draft) -> ResponseReturnValue:
    if not draft.empty and not _is_shown(draft):
        who = draft.changes[-1].who if draft.changes else ""
        here.say(CHANGED.format(who=who or "Somebody"), "warn")
    return here.go("publish")


def _unseen(gate: Gate) -> list[Tried]:
    seen = set(request.form.getlist("seen"))
    return [tried for tried in gate.worse if tried.key not in seen]


def _published(version: Version, draft: Draft) -> ResponseReturnValue:
    here.service().live.look()
    rehearsals(here.place()).forget()
    _settle(draft.taken)
    if draft.changed:
        number = versions.number(version.id)
        here.say(f"Published as version {number}. Visitors get the new answers from now on.")
    else:
        here.say("Done: the questions that you chose to ignore have left the list.")
    return here.go("versions")


def _settle(taken: Sequence[Taken]) -> None:
    """Take the visitors' questions that the draft took care of off the list."""
    journal = here.service().journal
    if journal is None:
        return
    try:
        for action in sorted({one.action for one in taken}):
            journal.settle([one.question for one in taken if one.action == action], action)
    except JournalError as error:
        log.warning("Questions that were taken care of could not be settled: %s", error)
        here.say(NOT_SETTLED, "warn")


def _discard() -> ResponseReturnValue:
    with here.place().lock():
        draft = drafts.read(here.place())
        if not draft.empty and not _is_shown(draft):
            return _show_anew(draft)
        drafts.discard(here.place())
    here.say("The draft is thrown away. What visitors get did not change.")
    return here.go("publish")


def _clashes_page(clashes: Sequence[Clash], status: int = 200) -> ResponseReturnValue:
    shown = [(clash, _seen(clash), _differing(clash)) for clash in clashes]
    return here.page("clashes.html", clashes=shown, chosen=request.form), status


def _differing(clash: Clash) -> Words:
    """What only one of the two texts has; nothing where the other is gone."""
    texts = clash.folder_text.strip(), clash.draft_text.strip()
    return changing.excerpt(changing.words(*texts)) if all(texts) else ()


def _seen(clash: Clash) -> str:
    """Names both texts, so that nobody chooses between others than those that were shown."""
    return drafts.fingerprint(f"{clash.draft_text}\0{clash.folder_text}")


def _choose(clashes: Sequence[Clash]) -> ResponseReturnValue:
    if any(request.form.get(f"seen {clash.key}") != _seen(clash) for clash in clashes):
        here.say(CLASHES_CHANGED, "warn")
        return here.go("clashes")
    chosen: dict[str, Side] = {}
    for clash in clashes:
        side = request.form.get(f"keep {clash.key}")
        if side in ("draft", "folder"):
            chosen[clash.key] = "draft" if side == "draft" else "folder"
    if len(chosen) < len(clashes):
        here.say(CHOOSE, "bad")
        return _clashes_page(clashes, 422)
    drafts.rebase(here.place(), chosen, here.who())
    here.say("Your choices are in the draft now. Nothing is published yet.")
    return here.go("publish")

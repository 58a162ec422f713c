"""Answers: find an entry, change it, add one, remove one. All of it in the draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, request

from faqbot.common.topics import Kind, topics
from faqbot.editing import checking, entries
from faqbot.editing import draft as drafts
from faqbot.editing.draft import Conflict
from faqbot.editing.entries import EditError, EntryText, FieldProblem
from faqbot.editing.workspace import fingerprint, text_of
from faqbot.knowledge import Problem, Role
from faqbot.knowledge.page import Page
from faqbot.knowledge.snapshot import role_of
from faqbot.staff import changing, context, entry_form, listing, preview

from .entry_form import LONGEST, Form

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

SAVED = "Saved in the draft. Visitors get it once you publish."
SAVED_WITH = "Saved in the draft, so nothing is lost."
NOT_SAVED = "Not saved yet: it cannot be written into the file like this."
PREVIEWED = "This is a preview. Nothing is saved yet."
GONE = "Somebody else removed this entry in the meantime. Save it to add it again, or leave it."


def add(room: Blueprint) -> None:
    """Add the list, and the forms for one entry."""
    _add_list(room)
    _add_form(room)
    _add_new(room)
    _add_remove(room)
    preview.add(room)


def _add_list(room: Blueprint) -> None:
    @room.get("/answers")
    def answers() -> str:
        service, typed = context.service(), request.args.get("q", "").strip()[:LONGEST]
        rows = listing.rows(context.draft(), context.reading(), service.journal)
        return context.page(
            "answers.html",
            typed=typed,
            found=listing.find(rows, typed, service.bot) if typed else None,
            titles=listing.titles(context.draft()),
            rows=rows,
            counted=service.journal is not None,
            others=[name for name in sorted(context.draft().files) if not name.endswith(".md")],
        )


def _add_form(room: Blueprint) -> None:
    @room.get("/answers/<entry_id>")
    def entry(entry_id: str) -> str:
        form = entry_form.stored(entry_id)
        return _page(form, checking.problems_of(context.draft().files, form.file, entry_id))

    @room.post("/answers/<entry_id>", endpoint="save_entry")
    def save_entry(entry_id: str) -> ResponseReturnValue:
        file = entry_form.file_of(entry_id) or request.form.get("file", "")
        return _act(entry_form.typed(request.form, file, entry_id))


def _add_new(room: Blueprint) -> None:
    @room.get("/answers/new")
    def new_entry() -> str:
        files = entry_form.choices()
        file = request.args.get("file", "")
        file = file if file in files else next(iter(files))
        return _page(entry_form.begun(file), ())

    @room.post("/answers/new", endpoint="save_new_entry")
    def save_new_entry() -> ResponseReturnValue:
        return _act(entry_form.typed(request.form, request.form.get("file", ""), ""))


def _add_remove(room: Blueprint) -> None:
    @room.get("/answers/<entry_id>/remove")
    def remove_entry(entry_id: str) -> str:
        form = entry_form.stored(entry_id)
        return context.page("remove.html", form=form, problems=_without(form))

    @room.post("/answers/<entry_id>/remove", endpoint="remove_entry_now")
    def remove_entry_now(entry_id: str) -> ResponseReturnValue:
        form = entry_form.stored(entry_id)
        drafts.remove_entry(
            context.workspace(), entry_id, request.form.get("before", ""), context.who()
        )
        context.say(f"Removed “{form.entry.question}” from the draft.")
        return context.go("answers")


def _act(form: Form) -> ResponseReturnValue:
    """Save what was typed, or only show how it would look."""
    if form.file not in entry_form.choices():
        abort(400, "The file that this belongs to is not there any more.")
    if request.form.get("do") == "preview":
        context.say(PREVIEWED, "warn")
        return _page(form, preview.slips(form))
    entry = form.ready()
    try:
        draft = _save(form, entry)
    except EditError as error:
        return _page(form, error.problems, refused=NOT_SAVED), 422
    except Conflict as conflict:
        return _page_of_conflict(form, conflict), 409
    slips = checking.problems_of(draft.files, form.file, entry.id)
    context.say(SAVED_WITH if slips else SAVED)
    return context.go("entry", entry_id=entry.id)


def _save(form: Form, entry: EntryText) -> drafts.Draft:
    return drafts.save_entry(
        context.workspace(),
        form.file,
        form.old_id,
        entry,
        None if form.is_new else form.before,
        context.who(),
        form.taken,
    )


def _page_of_conflict(form: Form, conflict: Conflict) -> str:
    """Both texts; what was typed is saved over the other only by saving once more."""
    if not conflict.theirs:
        gone = replace(form, entry=replace(form.entry, id=""))
        return _page(gone, (), refused=GONE)
    theirs = entries.read_entry(conflict.theirs, form.entry.id, form.role)
    again = replace(form, before=fingerprint(conflict.theirs))
    differing = [
        (field, changing.words(_shown(theirs, field), _shown(form.entry, field)))
        for field in ("question", "phrasings", "answer", "quotes")
        if _shown(theirs, field) != _shown(form.entry, field)
    ]
    return _page(again, (), refused=str(conflict), differing=differing)


def _shown(entry: EntryText, field: str) -> str:
    value = getattr(entry, field)
    return value if isinstance(value, str) else "\n".join(value)


def _page(form: Form, slips: Sequence[FieldProblem], **values: Any) -> str:
    uses = listing.uses(context.service().journal)
    return context.page(
        "entry.html",
        form=form,
        slips=slips,
        sentences=_sentences(form.file),
        titles=entry_form.choices(),
        bubble=preview.bubble(form),
        reading=preview.reading(form) if form.role is Role.ANSWER else "",
        use=uses.get(form.entry.id),
        due=listing.dues(context.reading()).get(form.entry.id),
        counted=context.service().journal is not None,
        links=_links(form),
        topics=[(t.id, t.named({})) for t in topics().values() if t.kind is not Kind.SMALL_TALK],
        claimed=_claimed(form.entry.id),
        **values,
    )


def _claimed(entry_id: str) -> list[str]:
    """The topics that the live bot found the entry to be, where it says none."""
    claims = context.service().bot.matcher.candidates.claims.all()
    return [claim.topic for claim in claims if claim.entry == entry_id and not claim.given]


def _links(form: Form) -> list[tuple[str, str]]:
    """The entries that an answer can lead to, each with its question."""
    return [
        (block.id, block.question)
        for name, text in entry_form.entry_files().items()
        for block in listing.blocks(name, text)
        if role_of(name) is Role.ANSWER and block.id != form.entry.id
    ]


def _sentences(file: str) -> list[str]:
    """What a quote of this file can be copied from."""
    source = context.draft().files.get(f"sources/{file.removesuffix('.md')}.txt")
    return [s.text for s in Page(text_of(source)).sentences] if source else []


def _without(form: Form) -> tuple[Problem, ...]:
    """What would no longer hold without the entry: links to it, examples that expect it."""
    text = entry_form.entry_files()[form.file]
    rest = entries.remove_entry(text, form.entry.id)
    before = set(context.reading().problems)
    found = checking.check_file(context.draft().files, form.file, rest)
    return tuple(problem for problem in found if problem not in before)

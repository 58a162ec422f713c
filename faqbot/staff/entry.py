"""One entry: its form, as stored in the draft or just typed, and its preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from faqbot import assets
from faqbot.common.topics import TopicKind, topics
from faqbot.editing import draft as drafts
from faqbot.editing import draft_problems, entries
from faqbot.editing.changes import word_changes
from faqbot.editing.draft import StaleEdit
from faqbot.editing.entries import EditError, EntryText, FieldProblem
from faqbot.editing.workspace import fingerprint, normalize_line_ends, text_of
from faqbot.knowledge import Role
from faqbot.knowledge.page import Page
from faqbot.knowledge.snapshot import OFFICE, role_of
from faqbot.reply import OFFICE_TOPIC

from . import context, files
from .answers import (
    MAX_PARAMETER_LENGTH,
    TITLES,
    all_blocks,
    dues,
    reading_level,
    rendered,
    titles,
    uses,
)
from .context import desk

NEW = "new"  # the address of the form for a new entry, so no entry can have this id
NOT_SAVED = "Not saved yet: it cannot be written into the file like this."
PREVIEWED = "This is a preview. Nothing is saved yet."
REMOVED = "Somebody else removed this entry in the meantime. Save it to add it again, or leave it."
FILE_GONE = "This file is not there any more. What you typed is still here: keep a copy of it."


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one entry, stored or just typed, and what it was made from."""

    file: str
    entry: EntryText  # its id is "" while it is new
    base_fingerprint: str = ""  # of the block that it was made from
    review: bool = False  # whether it is to be marked as reviewed today
    triaged: tuple[str, ...] = ()  # the visitors' questions of the journal that it answers

    @property
    def is_new(self) -> bool:
        """Whether the entry is not in the draft yet."""
        return not self.entry.id

    @property
    def role(self) -> Role:
        """What the entry is for."""
        return role_of(self.file)

    def entry_to_save(self) -> EntryText:
        """The entry to save: with an id; of a new one, only the fields that its role has."""
        entry = self.entry
        if self.is_new:
            taken = [block.id for _, block in all_blocks(context.draft().files)]
            entry = replace(
                entry,
                id=entries.new_id(entry.question, [*taken, NEW]),
                quotes=entry.quotes if self.role is Role.ANSWER else (),
                answer="" if self.role is Role.PHONE_ONLY else entry.answer,
            )
        if self.review:
            entry = replace(entry, reviewed=f"{context.today().isoformat()} by {context.who()}")
        return entry

    def problems(self) -> tuple[FieldProblem, ...]:
        """What is wrong with it."""
        draft, old_id = context.draft(), self.entry.id or None
        return draft_problems.check_entry(draft.files, self.file, old_id, self.entry_to_save())


# views


@desk.get("/answers/<entry_id>")
def entry(entry_id: str) -> str:
    """Show an entry of the draft."""
    form = _stored(entry_id)
    return _page(form, draft_problems.problems_of(context.draft().files, form.file, entry_id))


@desk.post("/answers/<entry_id>")
def save_entry(entry_id: str) -> ResponseReturnValue:
    """Save it, or show how it would look."""
    found = (file for file, block in all_blocks(context.draft().files) if block.id == entry_id)
    return _act(_typed(request.form, next(found, request.form.get("file", "")), entry_id))


@desk.get("/answers/new")
def new_entry() -> str:
    """Show the form for a new entry, prefilled from the query string, not with visitors' words."""
    return begin("", quotes=_given("quote"), file=request.args.get("file", ""))


@desk.post("/answers/new")
def save_new_entry() -> ResponseReturnValue:
    """Add it, show how it would look, or begin it with what was searched for."""
    if request.form.get("do") == "begin":
        return begin(_line(request.form, "question")[:MAX_PARAMETER_LENGTH])
    return _act(_typed(request.form, request.form.get("file", ""), ""))


@desk.get("/answers/<entry_id>/remove")
def remove_entry(entry_id: str) -> str:
    """Ask, and say what would no longer hold: links to it, examples that expect it."""
    form, draft = _stored(entry_id), context.draft()
    rest = entries.remove_entry(text_of(draft.files[form.file]), entry_id)
    before, after = (
        context.checked().problems,
        draft_problems.check_file(draft.files, form.file, rest),
    )
    problems = [problem for problem in after if problem not in set(before)]
    return context.render("remove.html", form=form, problems=problems)


@desk.post("/answers/<entry_id>/remove")
def remove_entry_now(entry_id: str) -> ResponseReturnValue:
    """Take it out of the draft."""
    question, base = _stored(entry_id).entry.question, request.form.get("base_fingerprint", "")
    drafts.remove_entry(context.workspace(), entry_id, base, context.who())
    context.flash(f"Removed “{question}” from the draft.")
    return context.redirect_to("answers")


@desk.post("/preview")
def preview() -> ResponseReturnValue:
    """Answer the script of the forms; without script they have a button of their own."""
    try:
        sent = request.get_json(silent=True)
    except RecursionError:  # which is not for silent
        sent = None
    if not isinstance(sent, dict) or not all(isinstance(v, str) for v in sent.values()):
        return jsonify({"error": "Send a JSON object of texts."}), 400
    # JSON can hold half a character (a lone surrogate), which no file can.
    sent = {name: text.encode("utf-8", "replace").decode() for name, text in sent.items()}
    if "text" in sent:
        found = files.check(sent.get("name", ""), normalize_line_ends(sent["text"]))
        return jsonify({"error": FILE_GONE} if found is None else {"problems": found})
    form = _typed(sent, sent.get("file", ""), sent.get("id", ""))
    if form.file not in _titles():
        return jsonify({"error": FILE_GONE})
    level = reading_level(rendered(form.entry.answer).text)
    return jsonify({"html": _bubble(form), "reading": level, "problems": form.problems()})


# the form


def begin(
    question: str,
    phrasings: Sequence[str] = (),
    quotes: Sequence[str] = (),
    triaged: Sequence[str] = (),
    file: str = "",
) -> str:
    """The form for a new entry with these fields, in a file of the draft or else the first one."""
    names = _titles()
    text = EntryText(question=question, phrasings=tuple(phrasings), quotes=tuple(quotes))
    return _page(Form(file if file in names else next(iter(names)), text, triaged=tuple(triaged)))


def _stored(entry_id: str) -> Form:
    """The form for an entry of the draft; 404 where there is none."""
    for file, block in all_blocks(context.draft().files):
        if block.id == entry_id:
            entry = entries.read_entry(block.text, entry_id, role_of(file))
            return Form(file, entry, fingerprint(block.text))
    raise NotFound("There is no such entry. It may have been removed, or have another name now.")


def _typed(fields: Mapping[str, str], file: str, entry_id: str) -> Form:
    """The form as it was sent."""
    quotes = (line.strip().removeprefix(">").strip() for line in _lines(fields, "quotes"))
    return Form(
        file,
        EntryText(
            question=_line(fields, "question"),
            id=entry_id,
            phrasings=entries.phrasings_of(fields.get("phrasings", "")),
            answer="\n".join(_lines(fields, "answer")).strip("\n"),
            quotes=tuple(filter(None, quotes)),
            topics=_line(fields, "topics"),
            reviewed=_line(fields, "reviewed"),
        ),
        fields.get("base_fingerprint", ""),
        fields.get("review") == "yes",
        tuple(request.form.getlist("triaged")),
    )


def _line(fields: Mapping[str, str], name: str) -> str:
    return " ".join(fields.get(name, "").split())


def _lines(fields: Mapping[str, str], name: str) -> list[str]:
    return normalize_line_ends(fields.get(name, "")).split("\n")


def _given(name: str) -> list[str]:
    """The values of this name in the address, each on one line."""
    return [" ".join(text.split())[:MAX_PARAMETER_LENGTH] for text in request.args.getlist(name)]


def _titles() -> dict[str, str]:
    """The files that a new entry can go to, each with its title; the office's may not be yet."""
    return {**titles(), OFFICE: TITLES[OFFICE]}


def _act(form: Form) -> ResponseReturnValue:
    """Save what was typed, or only show how it would look."""
    if form.file not in _titles():
        abort(400, "The file that this belongs to is not there any more.")
    if request.form.get("do") == "preview":
        context.flash(PREVIEWED, "warn")
        return _page(form, form.problems())
    entry, old_id = form.entry_to_save(), form.entry.id or None
    base = form.base_fingerprint if old_id else None
    try:
        draft = drafts.save_entry(
            context.workspace(), form.file, old_id, entry, base, context.who(), form.triaged
        )
    except EditError as error:
        return _page(form, error.problems, refused=NOT_SAVED), 422
    except StaleEdit as conflict:
        return _page_of_conflict(form, conflict), 409
    files.flash_saved(bool(draft_problems.problems_of(draft.files, form.file, entry.id)))
    return context.redirect_to("entry", entry_id=entry.id)


def _page_of_conflict(form: Form, conflict: StaleEdit) -> str:
    """Both texts; what was typed is saved over the other only by saving once more."""
    if not conflict.theirs:
        gone = replace(form, entry=replace(form.entry, id=""))
        return _page(gone, refused=REMOVED)
    theirs = entries.read_entry(conflict.theirs, form.entry.id, form.role)
    again = replace(form, base_fingerprint=fingerprint(conflict.theirs))
    differing = [
        (field, word_changes(was, now))
        for field in ("question", "phrasings", "answer", "quotes")
        if (was := _shown(theirs, field)) != (now := _shown(form.entry, field))
    ]
    return _page(again, refused=str(conflict), differing=differing)


def _shown(entry: EntryText, field: str) -> str:
    value = getattr(entry, field)
    return value if isinstance(value, str) else "\n".join(value)


def _page(form: Form, problems: Sequence[FieldProblem] = (), **values: Any) -> str:
    service, draft = context.service(), context.draft()
    claims = service.bot.matcher.candidates.claims.all()
    source = draft.files.get(f"sources/{form.file.removesuffix('.md')}.txt", b"")
    return context.render(
        "entry.html",
        form=form,
        problems=problems,
        sentences=[sentence.text for sentence in Page(text_of(source)).sentences],
        titles=_titles(),
        bubble=_bubble(form),
        reading_level=reading_level(rendered(form.entry.answer).text)
        if form.role is Role.ANSWER
        else "",
        use=uses(service.journal).get(form.entry.id),
        due=dues(context.checked()).get(form.entry.id),
        counted=service.journal is not None,
        links=[
            (block.id, block.question)
            for file, block in all_blocks(draft.files)
            if role_of(file) is Role.ANSWER and block.id != form.entry.id
        ],
        topics=[
            (t.id, t.named({})) for t in topics().values() if t.kind is not TopicKind.SMALL_TALK
        ],
        # The topics that the live bot found the entry to be, where it says none.
        claimed=[c.topic for c in claims if c.entry == form.entry.id and not c.declared],
        **values,
    )


def _bubble(form: Form) -> Markup:
    """The entry as a visitor gets it."""
    pages = context.service().bot.knowledge.practice.pages
    return Markup(  # noqa: S704 - a template of ours, which escapes
        context.render(
            "preview.html",
            form=form,
            html=rendered(form.entry.answer).html,
            office=OFFICE_TOPIC.format(question=form.entry.question),
            page=pages.get(form.file.removesuffix(".md"), ""),
            words=assets.ui_texts(),
        )
    )

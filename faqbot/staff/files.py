"""A whole file of the knowledge as text, with its problems beside their lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, request
from werkzeug.exceptions import NotFound

from faqbot.editing import checking
from faqbot.editing import draft as drafts
from faqbot.editing.draft import Conflict
from faqbot.editing.workspace import fingerprint, text_of
from faqbot.knowledge import Problem
from faqbot.staff import changing, context, entry_form, listing

from .preview import OPTIONAL

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from faqbot.editing.changes import Op

ABOUT = {
    "practice.toml": "The practice's name, phone numbers, greeting, hours and pages.",
    "synonyms.toml": "Words that mean the same to visitors: backbone = spine.",
    "glossary.toml": "Words that visitors can tap in an answer to read what they mean.",
    "examples.jsonl": "Visitors' questions and what each must get, tried before every publish.",
}
SAVED = "Saved in the draft. Visitors get it once you publish."
SAVED_WITH = "Saved in the draft, so nothing is lost."


def add(room: Blueprint) -> None:
    """Add the editor."""

    @room.get("/files/<path:name>")
    def file(name: str) -> str:
        text = _text(name)
        return _page(name, text, _problems(name), fingerprint(text))

    @room.post("/files/<path:name>", endpoint="save_file")
    def save_file(name: str) -> ResponseReturnValue:
        _text(name)
        text = entry_form.lines(request.form.get("text", ""))
        if request.form.get("do") == "check":
            found = checking.check_file(context.draft().files, name, text)
            return _page(name, text, found, request.form.get("before", ""), unsaved=True)
        return _save(name, text)


def _save(name: str, text: str) -> ResponseReturnValue:
    what = f"Changed the file {name}."
    before = request.form.get("before", "")
    try:
        draft = drafts.save_file(context.workspace(), name, text, before, context.who(), what)
    except Conflict as conflict:
        differing = changing.words(conflict.theirs, text)
        page = _page(
            name,
            text,
            (),
            fingerprint(conflict.theirs),
            unsaved=True,
            refused=str(conflict),
            differing=differing,
        )
        return page, 409
    broken = any(problem.file == name for problem in checking.read(draft.files).problems)
    context.say(SAVED_WITH if broken else SAVED)
    return (
        context.go("file", name=name)
        if name in (*draft.files, *OPTIONAL)
        else context.go("answers")
    )


def _text(name: str) -> str:
    """The draft's file; only what is knowledge can be opened, whatever the address says."""
    files = context.draft().files
    if name not in files and name not in OPTIONAL:
        raise NotFound("There is no such file in the knowledge folder.")
    return text_of(files.get(name, b""))


def _problems(name: str) -> list[Problem]:
    return [problem for problem in context.reading().problems if problem.file == name]


def _page(
    name: str,
    text: str,
    problems: Sequence[Problem],
    before: str,
    *,
    unsaved: bool = False,
    refused: str = "",
    differing: Sequence[tuple[Op, str]] = (),
) -> str:
    title = listing.titles(context.draft()).get(name, name)
    return context.page(
        "file.html",
        name=name,
        title=title,
        about=ABOUT.get(name, ""),
        text=text,
        line=request.args.get("line", 0, int),
        problems=problems,
        before=before,
        unsaved=unsaved,
        refused=refused,
        differing=differing,
    )

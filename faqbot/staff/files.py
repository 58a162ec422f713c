"""A whole file of the knowledge as text, with its problems beside their lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from faqbot.editing import draft as drafts
from faqbot.editing import draft_problems
from faqbot.editing.changes import word_changes
from faqbot.editing.draft import StaleEdit
from faqbot.editing.workspace import fingerprint, normalize_line_ends, text_of
from faqbot.knowledge import Problem

from . import context
from .answers import titles
from .context import desk

ABOUT = {
    "practice.toml": "The practice's name, phone numbers, greeting, hours and pages.",
    "synonyms.toml": "Words that mean the same to visitors: backbone = spine.",
    "glossary.toml": "Words that visitors can tap in an answer to read what they mean.",
    "examples.jsonl": "Visitors' questions with their right replies, tested before every publish.",
}
OPTIONAL = ("synonyms.toml", "glossary.toml", "examples.jsonl")  # can be begun where there are none
SAVED = "Saved in the draft. Visitors get it once you publish."
SAVED_WITH_PROBLEMS = "Saved in the draft. Fix the problems below before you publish."


@desk.get("/files/<path:name>")
def file(name: str) -> str:
    """Show it."""
    text = _text(name)
    problems = [problem for problem in context.checked().problems if problem.file == name]
    return _page(name, text, fingerprint(text), problems)


@desk.post("/files/<path:name>")
def save_file(name: str) -> ResponseReturnValue:
    """Save it, or say what is wrong with it."""
    _text(name)
    text, base_fingerprint = (
        normalize_line_ends(request.form.get("text", "")),
        request.form.get("base_fingerprint", ""),
    )
    if request.form.get("do") == "check":
        return _page(name, text, base_fingerprint, check(name, text) or (), unsaved=True)
    what = f"Changed the file {name}."
    try:
        draft = drafts.save_file(
            context.workspace(), name, text, base_fingerprint, context.who(), what
        )
    except StaleEdit as conflict:
        differing = word_changes(conflict.theirs, text)
        base_fingerprint = fingerprint(conflict.theirs)
        page = _page(
            name, text, base_fingerprint, unsaved=True, refused=str(conflict), differing=differing
        )
        return page, 409
    problems = draft_problems.read(draft.files, draft.base).problems
    flash_saved(any(problem.file == name for problem in problems))
    is_there = name in draft.files or name in OPTIONAL
    return context.redirect_to("file", name=name) if is_there else context.redirect_to("answers")


def check(name: str, text: str) -> tuple[Problem, ...] | None:
    """What would be wrong with the draft with this text; None where it has no such file."""
    files, base = context.draft().files, context.draft().base
    known = name in (*files, *OPTIONAL)
    return draft_problems.check_file(files, name, text, base) if known else None


def flash_saved(with_problems: bool) -> None:
    """Tell on the next page that something is in the draft."""
    context.flash(SAVED_WITH_PROBLEMS if with_problems else SAVED)


def _text(name: str) -> str:
    """The draft's file; only what is knowledge can be opened, whatever the address says."""
    files = context.draft().files
    if name not in (*files, *OPTIONAL):
        abort(404, "There is no such file in the knowledge folder.")
    return text_of(files.get(name, b""))


def _page(
    name: str, text: str, base_fingerprint: str, problems: Sequence[Problem] = (), **values: Any
) -> str:
    return context.render(
        "file.html",
        name=name,
        title=titles().get(name, name),
        about=ABOUT.get(name, ""),
        text=text,
        line=request.args.get("line", 0, int),
        problems=problems,
        base_fingerprint=base_fingerprint,
        **values,
    )

"""How an entry will look to a visitor, and what is wrong with it, while it is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, request
from markupsafe import Markup

from faqbot import assets
from faqbot.editing import checking
from faqbot.knowledge import Problem
from faqbot.knowledge.answer import render
from faqbot.knowledge.values import Diagnostics
from faqbot.quality import readability
from faqbot.reply import OFFICE_TOPIC
from faqbot.staff import context, entry_form, listing

from .entry_form import Form

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from faqbot.editing.entries import FieldProblem


OPTIONAL = ("synonyms.toml", "glossary.toml", "examples.jsonl")  # can be begun where there are none
GONE = "This file is not there any more. What you typed is still here: keep a copy of it."


def add(room: Blueprint) -> None:
    """Answer the script of the forms; without script they have a button of their own."""

    @room.post("/preview")
    def preview() -> ResponseReturnValue:
        sent = _sent()
        if not isinstance(sent, dict) or not all(isinstance(v, str) for v in sent.values()):
            return jsonify({"error": "Send a JSON object of texts."}), 400
        sent = {name: _whole(text) for name, text in sent.items()}
        return jsonify(_of_file(sent) if "text" in sent else _of_entry(sent))


def _sent() -> object:
    try:
        return request.get_json(silent=True)
    except RecursionError:  # which is not for silent
        return None


def bubble(form: Form) -> Markup:
    """The entry as a visitor gets it."""
    answer = render(listing.body(form.entry.answer), Diagnostics(form.file))
    practice = context.service().bot.knowledge.practice
    return Markup(  # noqa: S704 - a template of ours, which escapes
        context.page(
            "preview.html",
            form=form,
            html=answer.html,
            office=OFFICE_TOPIC.format(question=form.entry.question),
            page=practice.pages.get(form.file.removesuffix(".md"), ""),
            words=assets.words(),
        )
    )


def reading(form: Form) -> str:
    """How hard the answer is to read, in words."""
    words = listing.plain(form.entry.answer)
    return readability.in_words(readability.grade(words)) if words else ""


def slips(form: Form) -> tuple[FieldProblem, ...]:
    """What is wrong with what was typed."""
    return checking.check_entry(context.draft().files, form.file, form.old_id, form.ready())


def _of_entry(sent: dict[str, str]) -> dict[str, Any]:
    file = sent.get("file", "")
    if file not in entry_form.choices():
        return {"error": GONE}
    form = entry_form.typed(sent, file, sent.get("id", ""))
    return {
        "html": bubble(form),
        "reading": reading(form),
        "problems": [
            {"field": slip.field, "message": slip.message, "fix": slip.fix} for slip in slips(form)
        ],
    }


def _of_file(sent: dict[str, str]) -> dict[str, Any]:
    name, text = sent.get("name", ""), entry_form.lines(sent["text"])
    if name not in context.draft().files and name not in OPTIONAL:
        return {"error": GONE}
    found = checking.check_file(context.draft().files, name, text)
    return {"problems": [_as_json(problem) for problem in found]}


def _whole(text: str) -> str:
    """JSON can hold half a character (a lone surrogate), which no file can."""
    return text.encode("utf-8", "replace").decode()


def _as_json(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "message": problem.message,
        "fix": problem.fix,
    }

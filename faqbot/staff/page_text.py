"""Page text: which answers rest on which sentence, and what a new text of the page changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, request

from faqbot.editing import draft as drafts
from faqbot.editing import entries
from faqbot.editing.coverage import (
    Covered,
    coverage,
    entries_of,
    lost_quotes,
    pages,
    paragraphs,
    revision,
)
from faqbot.editing.draft import Conflict
from faqbot.editing.entries import EditError, EntryText
from faqbot.editing.workspace import fingerprint, text_of
from faqbot.knowledge.wording import excerpt
from faqbot.staff import context

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

COLOURS = 8  # after so many entries they begin again; the numbers go on

EMPTY = "Paste the words of the page first: the field was empty."
SAME = "This text says the same as the one that we have, so there is nothing to save."
MEANWHILE = (
    "Somebody else saved another text of this page meanwhile. "
    "This is what yours changes against that one."
)
REQUOTED = "“{}” quotes the page again. Read its answer once more: does it still fit?"


def add(room: Blueprint) -> None:
    """Add the pages to the desk."""

    @room.get("/page", defaults={"stem": ""})
    @room.get("/page/<stem>")
    def page_text(stem: str) -> str:
        return _shown(stem or next(iter(_texts()), ""))

    @room.post("/page/<stem>", endpoint="revise_page")
    def revise_page(stem: str) -> ResponseReturnValue:
        if not request.form.get("text", "").strip():
            context.say(EMPTY, "bad")
            return _shown(stem)
        return _save(stem) if request.form.get("action") == "save" else _compared(stem)

    @room.post("/page/<stem>/quote", endpoint="requote")
    def requote(stem: str) -> ResponseReturnValue:
        return _requote(stem)


def _texts() -> dict[str, str]:
    return pages(context.draft().files)


def _text(stem: str) -> str:
    """The page's text; there is no page of a name that the draft does not have."""
    texts = _texts()
    if stem not in texts:
        abort(404)
    return texts[stem]


def _shown(stem: str, **more: Any) -> str:
    if not stem:
        return context.page("page_text.html", stem="")
    text = _text(stem)
    entries = entries_of(context.draft().files, stem)
    covered = coverage(text, entries, context.service().bot.knowledge.practice.schedule)
    return context.page(
        "page_text.html",
        stem=stem,
        stems=list(_texts()),
        blocks=_blocks(covered),
        legend=_legend(covered, entries),
        missing=sum(sentence.missing for sentence in covered),
        quoted=sum(bool(sentence.ids) for sentence in covered if _says(sentence)),
        lost=lost_quotes(text, entries),
        before=fingerprint(text),
        **more,
    )


def _says(sentence: Covered) -> bool:
    return any(letter.isalnum() for letter in sentence.text)


def _blocks(covered: Sequence[Covered]) -> list[tuple[bool, list[list[Covered]]]]:
    """Lists and what is none, in turn: whether it is a list, and its lines."""
    return [
        (item, [sentences for _, sentences in lines])
        for item, lines in groupby(paragraphs(covered), lambda paragraph: paragraph[0])
    ]


def _legend(covered: Sequence[Covered], entries: Sequence[EntryText]) -> dict[str, dict[str, Any]]:
    """The entries that quote the page: each with its number, colour and question."""
    quoting = {id_ for sentence in covered for id_ in sentence.ids}
    shown = [entry for entry in entries if entry.id in quoting]
    return {
        entry.id: {
            "number": workspace + 1,
            "colour": workspace % COLOURS,
            "question": entry.question,
        }
        for workspace, entry in enumerate(shown)
    }


# a new text of the page


def _compared(stem: str) -> ResponseReturnValue:
    """What the new text would change, before anything is saved."""
    old, new = _text(stem), _pasted()
    found = revision(old, new, entries_of(context.draft().files, stem))
    if found.nothing:
        context.say(SAME)
        return context.go("page_text", stem=stem)
    return context.page(
        "page_revision.html", stem=stem, revision=found, text=new, before=fingerprint(old)
    )


def _save(stem: str) -> ResponseReturnValue:
    _text(stem)
    name = f"sources/{stem}.txt"
    try:
        drafts.save_file(
            context.workspace(),
            name,
            _pasted(),
            request.form.get("before", ""),
            context.who(),
            f"Put a new text of the page “{stem}” in place.",
        )
    except Conflict:
        context.say(MEANWHILE, "warn")
        return _compared(stem)
    context.say("The new page text is in the draft. Visitors get it once you publish.")
    return context.go("page_text", stem=stem)


def _pasted() -> str:
    return text_of(request.form["text"].encode())


def _requote(stem: str) -> ResponseReturnValue:
    """Put the passage that a lost quote probably was in place of it."""
    entry_id, old = request.form.get("id", ""), request.form.get("old", "")
    text = text_of(context.draft().files.get(f"{stem}.md", b""))
    block = next((one for one in entries.blocks(text) if one.id == entry_id), None)
    if block is None:
        abort(404)
    entry = entries.read_entry(block.text, entry_id)
    quotes = tuple(request.form.get("new", "") if quote == old else quote for quote in entry.quotes)
    try:
        drafts.save_entry(
            context.workspace(),
            f"{stem}.md",
            entry_id,
            replace(entry, quotes=quotes),
            fingerprint(block.text),
            context.who(),
        )
    except EditError as error:
        context.say(str(error), "bad")
    else:
        context.say(REQUOTED.format(excerpt(entry.question)))
    return context.go("page_text", stem=stem)

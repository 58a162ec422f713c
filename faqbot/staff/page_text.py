"""Page text: which answers rest on which sentence, and what a new text of the page changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from faqbot.editing import draft as drafts
from faqbot.editing.coverage import (
    PageSentence,
    coverage,
    entries_of,
    lost_quotes,
    pages,
    paragraphs,
    revision,
)
from faqbot.editing.draft import StaleEdit
from faqbot.editing.entries import EditError, EntryText, read_entry
from faqbot.editing.workspace import fingerprint, normalize_line_ends
from faqbot.knowledge.strings import excerpt

from . import context
from .answers import blocks_in
from .context import desk

COLOURS = 8  # after so many entries they begin again; the numbers go on

EMPTY = "Paste the words of the page first: the field was empty."
SAME = "This text says the same as the one that we have, so there is nothing to save."
MEANWHILE = (
    "Somebody else saved another text of this page meanwhile. "
    "This is what yours changes against that one."
)
REQUOTED = "“{}” quotes the page again. Read its answer once more: does it still fit?"


@desk.get("/page", defaults={"stem": ""})
@desk.get("/page/<stem>")
def page_text(stem: str) -> str:
    """Show a page, or the first."""
    texts = pages(context.draft().files)
    if not (stem or texts):
        return context.render("page_text.html", stem="")
    stem = stem or next(iter(texts))
    text, entries = _text(stem), entries_of(context.draft().files, stem)
    covered = coverage(text, entries, context.service().bot.knowledge.practice.schedule)
    return context.render(
        "page_text.html",
        stem=stem,
        stems=list(texts),
        blocks=_blocks(covered),
        legend=_legend(covered, entries),
        missing=sum(sentence.missing for sentence in covered),
        quoted=sum(bool(sentence.ids) for sentence in covered if _says(sentence)),
        lost=lost_quotes(text, entries),
        base_fingerprint=fingerprint(text),
    )


@desk.post("/page/<stem>")
def revise_page(stem: str) -> ResponseReturnValue:
    """Show what a new text would change; then save it."""
    old, new = _text(stem), normalize_line_ends(request.form.get("text", ""))
    if not new.strip():
        context.flash(EMPTY, "bad")
        return page_text(stem)
    if request.form.get("action") != "save":
        return _compared(stem, old, new)
    what, base = (
        f"Put a new text of the page “{stem}” in place.",
        request.form.get("base_fingerprint", ""),
    )
    try:
        drafts.save_file(context.workspace(), f"sources/{stem}.txt", new, base, context.who(), what)
    except StaleEdit:
        context.flash(MEANWHILE, "warn")
        return _compared(stem, old, new)
    context.flash("The new page text is in the draft. Visitors get it once you publish.")
    return context.redirect_to("page_text", stem=stem)


@desk.post("/page/<stem>/quote")
def requote(stem: str) -> ResponseReturnValue:
    """Put the passage that a lost quote probably was in place of it."""
    entry_id, old = request.form.get("id", ""), request.form.get("old", "")
    _text(stem)
    blocks = blocks_in(context.draft().files, f"{stem}.md")
    block = next((one for one in blocks if one.id == entry_id), None)
    if block is None:
        abort(404)
    entry = read_entry(block.text, entry_id)
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
        context.flash(str(error), "bad")
    else:
        context.flash(REQUOTED.format(excerpt(entry.question)))
    return context.redirect_to("page_text", stem=stem)


def _text(stem: str) -> str:
    """The page's text; there is no page of a name that the draft does not have."""
    texts = pages(context.draft().files)
    if stem not in texts:
        abort(404)
    return texts[stem]


def _compared(stem: str, old: str, new: str) -> ResponseReturnValue:
    """What the new text would change, before anything is saved."""
    found = revision(old, new, entries_of(context.draft().files, stem))
    if found.is_empty:
        context.flash(SAME)
        return context.redirect_to("page_text", stem=stem)
    return context.render(
        "page_revision.html", stem=stem, revision=found, text=new, base_fingerprint=fingerprint(old)
    )


def _says(sentence: PageSentence) -> bool:
    return any(letter.isalnum() for letter in sentence.text)


def _blocks(covered: Sequence[PageSentence]) -> list[tuple[bool, list[list[PageSentence]]]]:
    """Lists and what is none, in turn: whether it is a list, and its lines."""
    return [
        (item, [sentences for _, sentences in lines])
        for item, lines in groupby(paragraphs(covered), lambda paragraph: paragraph[0])
    ]


def _legend(
    covered: Sequence[PageSentence], entries: Sequence[EntryText]
) -> dict[str, dict[str, Any]]:
    """The entries that quote the page: each with its number, colour and question."""
    quoting = {id_ for sentence in covered for id_ in sentence.ids}
    shown = [entry for entry in entries if entry.id in quoting]
    return {
        entry.id: {"number": number, "colour": (number - 1) % COLOURS, "question": entry.question}
        for number, entry in enumerate(shown, 1)
    }

"""Visitors' pages: the demonstration, the chat without JavaScript, all questions and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from faqbot.app.api import CHOICES_LIMIT, ID_LIMIT, log_kind, practice_info
from faqbot.app.hours import opening_in_words
from faqbot.app.widget import current_script
from faqbot.assets import ui_texts
from faqbot.knowledge import Entry, Role
from faqbot.knowledge.snapshot import OFFICE
from faqbot.privacy import blank
from faqbot.service import QUESTION_LIMIT

FORM_LIMIT = 100_000  # bytes; a question that is too long is kept in the form up to here
# What visitors may read, in this order.
_SHOWN = (Role.ANSWER, Role.OFFICE_ANSWER, Role.PHONE_ONLY, Role.EMERGENCY)
_TITLES = {Role.OFFICE_ANSWER: "Our office", Role.PHONE_ONLY: "By phone"}


@dataclass(frozen=True, slots=True)
class Section:
    """The entries of one file, under its name in words."""

    id: str
    title: str
    role: Role
    entries: tuple[Entry, ...]
    changed: datetime | None  # when the file was last saved; None if that is unknown


def add_routes(blueprint: Blueprint) -> None:
    """Add the pages."""

    @blueprint.get("/")
    def demo() -> str:
        sources = g.bot.knowledge.sources
        pages = [(_title(stem), list(_blocks(text))) for stem, text in sources.items()]
        return _page("faqbot/demo.html", pages=pages, version=current_script().etag)

    @blueprint.route("/chat", methods=["GET", "POST"])
    def chat() -> tuple[str, int]:
        turn = _turn()
        return _page("faqbot/chat.html", **turn), 404 if "missing" in turn else 200

    @blueprint.get("/faq")
    def faq_page() -> Response:
        address = url_for("faqbot.faq_page", _external=True)
        sections = [] if g.service.paused else _sections(g.bot.entries, g.service.folder)
        data = _structured_data(sections, address)
        values = {"sections": sections, "data": data, "address": address}
        response = Response(_page("faqbot/faq.html", **values, version=current_script().etag))
        response.last_modified = _last_modified(sections)
        return response

    @blueprint.get("/sitemap.xml")
    def sitemap() -> Response:
        changed = _last_modified(_sections(g.bot.entries, g.service.folder))
        address = url_for("faqbot.faq_page", _external=True)
        page = render_template("faqbot/sitemap.xml", address=address, changed=changed)
        return Response(page, mimetype="application/xml")


def _page(template: str, **values: Any) -> str:
    return render_template(
        template,
        practice=g.bot.knowledge.practice,
        starters=practice_info(g.bot)["starters"],
        words=ui_texts(),
        hours=opening_in_words(g.bot.knowledge.practice),
        **values,
    )


# The chat


def refusal(message: str) -> str:
    """The chat for a question that cannot be answered right now, which stays in the form."""
    try:
        asked = _typed()
    except RequestEntityTooLarge:
        asked = ""
    return _page("faqbot/chat.html", refusal=message, asked=asked)


def _turn() -> dict[str, Any]:
    """What `/chat` shows for this request."""
    if chosen := request.args.get("entry"):
        reply = g.service.entry(chosen[:ID_LIMIT])
        return {"reply": log_kind(reply).to_dict()} if reply else {"missing": True}
    return _reply_to_form() if request.method == "POST" else {}


def _reply_to_form() -> dict[str, Any]:
    """A reply, or a friendly refusal that keeps what was typed."""
    asked = _typed()
    if not asked.strip():
        return {"asked": "", "refusal": ui_texts()["nothing"]}
    if (over := len(asked) - QUESTION_LIMIT) > 0:
        return {"asked": asked, "refusal": ui_texts()["tooLong"].replace("{n}", str(over))}
    sent = blank(asked, g.bot.knowledge.practice.phones)
    choices = tuple(id[:ID_LIMIT] for id in request.form.getlist("choices")[:CHOICES_LIMIT])
    calm = "not_emergency" in request.form
    reply = g.service.ask_not_emergency(sent) if calm else g.service.ask(sent, choices=choices)
    return {"asked": sent, "reply": log_kind(reply).to_dict(), "blanked": sent != asked}


def _typed() -> str:
    request.max_content_length = request.max_form_memory_size = FORM_LIMIT
    return request.form.get("question", "")


# All questions and answers


def _sections(entries: Iterable[Entry], folder: Path | None) -> list[Section]:
    """What visitors may read, by file; what practice.toml answers is among the office's."""
    groups: dict[tuple[Role, str], list[Entry]] = {}
    shown = (entry for entry in entries if entry.role in _SHOWN)
    for entry in sorted(shown, key=lambda entry: _SHOWN.index(entry.role)):
        file = OFFICE if entry.role is Role.OFFICE_ANSWER else entry.file
        groups.setdefault((entry.role, file), []).append(entry)
    return [
        Section(
            id="by-phone" if role is Role.PHONE_ONLY else Path(file).stem,
            title=_TITLES.get(role) or _title(Path(file).stem),
            role=role,
            entries=tuple(own),
            changed=_saved(folder / file) if folder else None,
        )
        for (role, file), own in groups.items()
    ]


def _saved(file: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
    except OSError:
        return None


def _last_modified(sections: Iterable[Section]) -> datetime | None:
    return max((section.changed for section in sections if section.changed), default=None)


def _structured_data(sections: Iterable[Section], address: str) -> dict[str, Any]:
    """schema.org's FAQPage of all answers; search engines read it."""
    answers = [section for section in sections if section.role in (Role.ANSWER, Role.OFFICE_ANSWER)]
    changed = _last_modified(answers)
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "@id": address,
        "url": address,
        "name": f"Questions and answers: {g.bot.knowledge.practice.name}",
        **({"dateModified": changed.isoformat()} if changed else {}),
        "mainEntity": [
            {
                "@type": "Question",
                "name": entry.question,
                "url": f"{address}#{entry.id}",
                "acceptedAnswer": {"@type": "Answer", "text": entry.html or entry.text},
            }
            for section in answers
            for entry in section.entries
        ],
    }


# The demonstration


def _blocks(text: str) -> Iterator[str | tuple[str, ...]]:
    """A page's paragraphs and lists; without menus and the like, which end in no full stop."""
    for paragraph in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        if lines and all(line.startswith("•") for line in lines):
            yield tuple(line.lstrip("• ") for line in lines)
        elif lines and lines[-1].endswith((".", ":", "!", "?")):
            yield " ".join(lines)


def _title(stem: str) -> str:
    title = stem.replace("-", " ").replace("_", " ")
    return title[:1].upper() + title[1:]

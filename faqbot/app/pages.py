"""Pages that need no script: a demonstration, the chat, all questions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, render_template, request, url_for

from faqbot import assets
from faqbot.app import faq, widget
from faqbot.app.openapi import CHOICES_LIMIT, ID_LIMIT
from faqbot.privacy import blank
from faqbot.service import QUESTION_LIMIT

from .api import hours_now, practice_data, told

if TYPE_CHECKING:
    from faqbot.knowledge import Knowledge, Practice

FORM_LIMIT = 100_000  # bytes; a text that is too long is kept up to here


def add(room: Blueprint) -> None:
    """Add its routes."""
    _add_chat(room)
    _add_faq(room)


def _add_chat(room: Blueprint) -> None:
    @room.get("/")
    def demo() -> str:
        known = g.bot.knowledge
        version = widget.script(practice_data(g.bot)).etag
        return _page("demo.html", known, pages=faq.page_texts(known), version=version)

    @room.route("/chat", methods=["GET", "POST"])
    def chat() -> tuple[str, int]:
        turn = _chat_turn()
        return _page("chat.html", g.bot.knowledge, **turn), 404 if "missing" in turn else 200


def _add_faq(room: Blueprint) -> None:
    @room.get("/faq")
    def faq_page() -> Response:
        knowledge = g.bot.knowledge
        address = url_for("faqbot.faq_page", _external=True)
        sections = [] if g.service.paused else faq.sections(g.bot.entries, g.service.folder)
        data = faq.structured_data(knowledge, sections, address)
        page = _page("faq.html", knowledge, sections=sections, data=data, address=address)
        response = Response(page)
        response.last_modified = faq.last_modified(sections)
        return response

    @room.get("/sitemap.xml")
    def sitemap() -> Response:
        changed = faq.last_modified(faq.sections(g.bot.entries, g.service.folder))
        address = url_for("faqbot.faq_page", _external=True)
        page = render_template("sitemap.xml", address=address, changed=changed)
        return Response(page, mimetype="application/xml")


def _chat_turn() -> dict[str, Any]:
    """What `/chat` shows for this request: a reply, or a kind refusal with the text kept."""
    if chosen := request.args.get("entry"):
        reply = g.service.entry(chosen[:80])
        return {"reply": told(reply).to_dict()} if reply else {"missing": True}
    if request.method == "GET":
        return {}
    request.max_content_length = request.max_form_memory_size = FORM_LIMIT
    asked = request.form.get("question", "")
    words = assets.words()
    if not asked.strip():
        return {"asked": "", "refusal": words["nothing"]}
    if (over := len(asked) - QUESTION_LIMIT) > 0:
        too_long = words["tooLong"].replace("{n}", str(over))
        return {"asked": asked, "refusal": too_long}
    sent = blank(asked, g.bot.knowledge.practice.phones)
    calm = "not_emergency" in request.form
    shown = tuple(id[:ID_LIMIT] for id in request.form.getlist("choices")[:CHOICES_LIMIT])
    got = g.service.calm(sent) if calm else g.service.ask(sent, choices=shown)
    reply = told(got).to_dict()
    return {"asked": sent, "reply": reply, "blanked": sent != asked}


def _page(template: str, knowledge: Knowledge, **values: Any) -> str:
    return render_template(
        template,
        practice=knowledge.practice,
        starters=practice_data(g.bot)["starters"],
        words=assets.words(),
        hours=_hours_in_words(knowledge.practice),
        **values,
    )


def _hours_in_words(practice: Practice) -> str:
    """The same for the pages without script: "Closed now, opens Monday 8:00 AM"."""
    now = hours_now(practice)
    if now is None:
        return ""
    until = datetime.fromisoformat(now["until"])
    time = until.strftime("%I:%M %p").lstrip("0")
    text = assets.words()["openNow" if now["open"] else "closedNow"]
    return text.replace("{time}", time).replace("{day}", until.strftime("%A"))

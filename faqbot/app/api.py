"""The API: what the chat box, or any other program, asks."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, jsonify, request, url_for

from faqbot.app import hours
from faqbot.app.openapi import (
    BEFORE_LIMIT,
    BODY_LIMIT,
    CHOICES_LIMIT,
    CONTROL,
    ID_LIMIT,
    PATH_LIMIT,
    document,
)
from faqbot.service import QUESTION_LIMIT

if TYPE_CHECKING:
    from faqbot.bot import Bot, Reply
    from faqbot.knowledge import Practice

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(f"[{CONTROL}]")


class RequestError(Exception):
    """The request cannot be answered; `str()` tells the caller why, `status` is the HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def add(room: Blueprint) -> None:
    """Add its routes."""

    @room.post("/api/ask")
    def ask() -> Response:
        body = _json_object()
        after = body.get("after")
        if after is not None and not (isinstance(after, str) and len(after) <= ID_LIMIT):
            raise RequestError('"after" is the id of the entry answered before: a short text.')
        question = _question(body.get("question"), "question")
        before, calm = _before(body.get("before", [])), body.get("not_emergency", False)
        if not isinstance(calm, bool):
            raise RequestError('"not_emergency" is true or false.')
        page, choices = _page(body.get("page", "")), _choices(body.get("choices", []))
        if calm:
            return _as_json(told(g.service.calm(question, page)))
        asked = g.service.ask(question, after, before, page, choices)
        return _as_json(told(asked))

    @room.get("/api/entries/<entry_id>")
    def entry(entry_id: str) -> Response:
        reply = g.service.entry(entry_id)
        if reply is None:
            raise RequestError(f"There is no entry {entry_id[:80]!r}.", 404)
        return _as_json(told(reply))

    @room.get("/api/practice")
    def practice() -> Response:
        return jsonify({**practice_data(g.bot), "hours": hours_now(g.bot.knowledge.practice)})

    @room.route("/api/suggest", methods=["GET", "POST"])
    def suggest() -> Response:
        typed = request.args.get("q", "") if request.method == "GET" else _json_object().get("q")
        return jsonify({"suggestions": g.service.suggest(_question(typed, "q"))})

    @room.post("/api/helpful")
    def helpful() -> Response:
        body = _json_object()
        entry_id, verdict = body.get("id"), body.get("helpful")
        if not isinstance(entry_id, str) or not isinstance(verdict, bool):
            raise RequestError('Send {"id": the entry\'s id, "helpful": true or false}.')
        if len(entry_id) > ID_LIMIT:
            raise RequestError(f"No entry has an id of more than {ID_LIMIT} characters.")
        asked = body.get("question", "")
        if not isinstance(asked, str):
            raise RequestError('"question" is what was asked: a text.')
        if not g.service.feedback(entry_id, verdict, asked[:QUESTION_LIMIT]):
            raise RequestError(f"There is no entry {entry_id[:80]!r}.", 404)
        return Response(status=204)

    @room.get("/api/openapi.json")
    def openapi() -> Response:
        address = url_for("faqbot.demo").rstrip("/")
        return jsonify(document(current_app, g.bot, address))

    room.register_error_handler(RequestError, _request_error)


def told(reply: Reply) -> Reply:
    """The reply, its kind noted for the log and the metrics."""
    g.kind = reply.kind
    return reply


def _as_json(reply: Reply) -> Response:
    return Response(reply.json, mimetype="application/json")


def practice_data(bot: Bot) -> dict[str, Any]:
    """What the chat box knows of the practice before anything is asked."""
    practice = bot.knowledge.practice
    questions = {entry.id: entry.question for entry in bot.entries}
    return {
        "name": practice.name,
        "greeting": practice.greeting,
        **practice.contacts(),
        "starters": [
            {"id": id_, "question": questions[id_]} for id_ in practice.starters if id_ in questions
        ],
        "schedule": {"label": practice.schedule, "url": practice.schedule_url}
        if practice.schedule_url
        else None,
    }


def hours_now(practice: Practice) -> dict[str, Any] | None:
    """Whether the office is open now, and until when that holds."""
    now = datetime.now(UTC)
    if practice.hours is None or (change := hours.next_change(practice.hours, now)) is None:
        return None
    return {
        "open": practice.hours.is_open(now),
        "until": change.isoformat(),
        "zone": practice.hours.timezone,
    }


def _json_object() -> dict[str, Any]:
    """The body as a JSON object, whatever content type it came with.

    The chat box sends text/plain from other sites: a JSON content type would cost every first
    question a preflight request, which is a second on a slow line.
    """
    body = request.stream.read(BODY_LIMIT + 1)
    if len(body) > BODY_LIMIT:
        raise RequestError(f"The request is longer than {BODY_LIMIT} bytes.", 413)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestError('Send a JSON object: {"question": "..."}.') from None
    if not isinstance(value, dict):
        raise RequestError('Send a JSON object: {"question": "..."}.')
    return value


def _question(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise RequestError(f'"{key}" is missing, or is no text.')
    if len(value) > QUESTION_LIMIT:
        raise RequestError(f"A question may have {QUESTION_LIMIT} characters at most.")
    if _SURROGATE.search(value):
        raise RequestError(f'"{key}" holds half a character (a lone surrogate).')
    if _CONTROL.search(value):
        raise RequestError(f'"{key}" holds control characters.')
    if not value.strip():
        raise RequestError("The question is empty.")
    return value


def _before(value: object) -> tuple[str, ...]:
    """The visitor's last messages."""
    if not isinstance(value, list) or len(value) > BEFORE_LIMIT:
        raise RequestError(f'"before" is a list of at most {BEFORE_LIMIT} earlier messages.')
    return tuple(_question(text, "before") for text in value)


def _page(value: object) -> str:
    """The path of the page on which the box stands; without query and fragment."""
    if not isinstance(value, str) or len(value) > PATH_LIMIT:
        raise RequestError(
            f'"page" is the path of the page with the box, of {PATH_LIMIT} characters at most.'
        )
    return urlsplit(value).path if value.startswith("/") and not value.startswith("//") else ""


def _choices(value: object) -> tuple[str, ...]:
    """The ids of the choices shown last."""
    if not isinstance(value, list) or len(value) > CHOICES_LIMIT:
        raise RequestError(f'"choices" is a list of at most {CHOICES_LIMIT} ids shown last.')
    if not all(isinstance(id, str) and len(id) <= ID_LIMIT for id in value):
        raise RequestError('"choices" are ids of entries: short texts.')
    return tuple(map(str, value))


def _request_error(error: RequestError) -> tuple[Response, int]:
    return jsonify({"error": str(error), **g.bot.knowledge.practice.contacts()}), error.status

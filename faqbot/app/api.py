"""The JSON API: what the chat box, or any other program, asks; and the health checks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NoReturn, TypeGuard
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, g, jsonify, request, url_for

from faqbot.app.headers import is_foreign
from faqbot.app.hours import opening
from faqbot.assets import bundled, ui_texts
from faqbot.bot import Bot, Reply
from faqbot.reply import link
from faqbot.service import QUESTION_LIMIT
from faqbot.serving.metrics import is_local

# The limits that web/openapi.json states.
BODY_LIMIT = 32_768  # bytes: two thousand characters of any script, and the earlier messages
BEFORE_LIMIT = 3  # messages
CHOICES_LIMIT = 8
PATH_LIMIT = 2_000  # characters of a page's path
ID_LIMIT = 200  # characters; no entry has a longer id

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def add_routes(blueprint: Blueprint) -> None:
    """Add the routes of the chat box: questions, entries, suggestions, feedback, the practice."""

    @blueprint.post("/api/ask")
    def ask() -> Response:
        body = _json_object()
        question, after = _text(body.get("question"), "question"), body.get("after")
        if not (after is None or _is_id(after)):
            abort(400, '"after" must be the id of an entry.')
        before, choices = _before(body.get("before", [])), _choices(body.get("choices", []))
        page, not_emergency = _path(body.get("page", "")), body.get("not_emergency", False)
        if not isinstance(not_emergency, bool):
            abort(400, '"not_emergency" must be true or false.')
        if not_emergency:
            return _as_json(g.service.ask_not_emergency(question, page))
        return _as_json(g.service.ask(question, after, before, page, choices))

    @blueprint.get("/api/entries/<entry_id>")
    def entry(entry_id: str) -> Response:
        return _as_json(g.service.entry(entry_id) or _no_entry(entry_id))

    @blueprint.route("/api/suggest", methods=["GET", "POST"])
    def suggest() -> Response:
        typed = request.args.get("q") if request.method == "GET" else _json_object().get("q")
        return jsonify({"suggestions": g.service.suggest(_text(typed, "q"))})

    @blueprint.post("/api/helpful")
    def helpful() -> Response:
        if is_foreign(request.headers.get("Origin"), g.bot.knowledge.practice):
            abort(403, "Verdicts are taken from the practice's own sites only.")
        body = _json_object()
        entry_id, verdict, question = body.get("id"), body.get("helpful"), body.get("question", "")
        if not (_is_id(entry_id) and isinstance(verdict, bool)):
            abort(400, 'Send {"id": the entry\'s id, "helpful": true or false}.')
        if not isinstance(question, str):
            abort(400, '"question" must be what was asked, as text.')
        question = _CONTROL.sub(" ", _SURROGATE.sub("", question[:QUESTION_LIMIT]))
        if not g.service.feedback(entry_id, verdict, question):
            _no_entry(entry_id)
        if verdict:
            return Response(status=204)
        return Response(g.service.next_best(entry_id, question).json, mimetype="application/json")

    @blueprint.get("/api/practice")
    def practice() -> Response:
        return jsonify({**practice_info(g.bot), "hours": opening(g.bot.knowledge.practice)})

    @blueprint.get("/api/openapi.json")
    def openapi() -> Response:
        return jsonify(_description(g.bot, url_for("faqbot.demo").rstrip("/")))


def add_health(blueprint: Blueprint) -> None:
    """Add the health checks."""

    @blueprint.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """For a load balancer: whether to send visitors here."""
        answers = bool(g.bot.ask(g.bot.knowledge.entries[0].question).phones)
        journal = g.service.journal
        checks = {"answers": answers, "journal": journal is None or journal.working()}
        ready = all(checks.values())
        status = "ready" if ready else "not ready"
        return jsonify({"status": status, **checks}), 200 if ready else 503

    @blueprint.get("/healthz")
    def healthz() -> Response:
        status = g.service.live.status()
        problems = [
            # Unpublished text and paths are only for those on this machine.
            str(problem) if is_local() else f"{Path(problem.file).name}:{problem.line}"
            for problem in status.problems
        ]
        return jsonify(
            {
                "status": "degraded" if problems else "ok",
                "entries": status.entries,
                "knowledge": status.digest,
                "loaded": status.loaded.isoformat(timespec="seconds"),
                "problems": problems,
                "paused": g.service.paused is not None,
            }
        )


def practice_info(bot: Bot) -> dict[str, Any]:
    """What the chat box knows of the practice before anything is asked."""
    practice = bot.knowledge.practice
    entries = {entry.id: entry for entry in bot.entries}
    schedule = {"label": practice.schedule, "url": practice.schedule_url}
    return {
        "name": practice.name,
        "greeting": practice.greeting,
        **practice.contacts(),
        "starters": [link(entries[id_]) for id_ in practice.starters if id_ in entries],
        "schedule": schedule if practice.schedule_url else None,
    }


def log_kind(reply: Reply) -> Reply:
    """Note the reply's kind for the log and the metrics."""
    g.kind = reply.kind
    return reply


def _as_json(reply: Reply) -> Response:
    return Response(log_kind(reply).json, mimetype="application/json")


# What is sent


def _json_object() -> dict[str, Any]:
    """The body as a JSON object, whatever its content type.

    The chat box sends text/plain from other sites: a JSON content type would cost every first
    question a preflight request, which takes a second on a slow line.
    """
    body = request.stream.read(BODY_LIMIT + 1)
    if len(body) > BODY_LIMIT:
        abort(413, f"The request is longer than {BODY_LIMIT} bytes.")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        abort(400, 'Send a JSON object: {"question": "..."}.')
    return value


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        abort(400, f'"{key}" is missing or is not text.')
    if len(value) > QUESTION_LIMIT:
        abort(400, f"A question can have at most {QUESTION_LIMIT} characters.")
    if _SURROGATE.search(value):
        abort(400, f'"{key}" contains half a character (a lone surrogate).')
    if _CONTROL.search(value):
        abort(400, f'"{key}" contains control characters.')
    if not value.strip():
        abort(400, "The question is empty.")
    return value


def _before(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > BEFORE_LIMIT:
        abort(400, f'"before" must be a list of at most {BEFORE_LIMIT} earlier messages.')
    return tuple(_text(message, "before") for message in value)


def _choices(value: object) -> tuple[str, ...]:
    if not (isinstance(value, list) and len(value) <= CHOICES_LIMIT and all(map(_is_id, value))):
        abort(400, f'"choices" must be a list of at most {CHOICES_LIMIT} ids of entries.')
    return tuple(value)


def _path(value: object) -> str:
    """The path of the page that the box is on, without query and fragment."""
    if not isinstance(value, str) or len(value) > PATH_LIMIT:
        abort(400, f'"page" must be the path of a page, at most {PATH_LIMIT} characters long.')
    return urlsplit(value).path if value.startswith("/") and not value.startswith("//") else ""


def _is_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= ID_LIMIT


def _no_entry(entry_id: str) -> NoReturn:
    abort(404, f"There is no entry {entry_id[:80]!r}.")


# The description


# web/openapi.json is the contract, kept by hand; the tests hold the API to it. If a field goes or
# changes its meaning, the first number of its version rises. Libraries that generate it were
# measured: apiflask brings 15 packages (10 MB), flask-openapi3 6 (8 MB, and 9 MB of memory),
# spectree 2 (1 MB, and 50 µs for each question). Each needs every schema written as a class,
# answers with 422 in its own words and without phones, and takes no JSON sent as text/plain.


def _description(bot: Bot, address: str) -> dict[str, Any]:
    """The contract with examples that are true of this practice.

    `address`: what all paths begin with if the app is not at the top of its host; else "".
    """
    entries = bot.knowledge.entries
    entry = next((entry for entry in entries if bot.entry(entry.id)), entries[0])
    examples = {
        "Question": {"question": entry.question},
        "Typed": {"q": entry.question},
        "Verdict": {"id": entry.id, "helpful": True},
        "Reply": bot.ask(entry.question).to_dict(),
        "Suggestions": {"suggestions": [link(entry)]},
        "Refusal": {"error": ui_texts()["errorBusy"], **bot.knowledge.practice.contacts()},
        "entry_id": entry.id,
        "q": entry.question,
    }

    def fill(part: dict[str, Any]) -> dict[str, Any]:
        return {**part, "example": examples[part["example"]]} if "example" in part else part

    text = (bundled("web") / "openapi.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text, object_hook=fill)
    return {**document, "servers": [{"url": address}]} if address else document

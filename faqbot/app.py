"""The web app: the API that the chat box talks to, the box itself, and pages that need no script.

HTTP only: what to answer is `Service`'s business.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import HTTPException

from faqbot import faq, hours, limits, logs, metrics, practices, staff, widget
from faqbot.bot import Bot, Reply
from faqbot.openapi import BODY_LIMIT, CONTROL, ID_LIMIT, QUESTION_LIMIT, document
from faqbot.paths import bundled
from faqbot.personal import find_personal
from faqbot.practices import Practices
from faqbot.service import Service

if TYPE_CHECKING:
    from faqbot.knowledge import Knowledge, Practice

Source: TypeAlias = Bot | Service | Callable[[], Service]

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(f"[{CONTROL}]")
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


class RequestError(Exception):
    """The request cannot be answered; `str()` tells the caller why, `status` is the HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def create_app(source: Source | Practices) -> Flask:
    """The whole service: the blueprint at `/`, the staff desk at `/staff`, errors as JSON.

    With `Practices`, each practice has both under `/p/NAME`. Requests are logged, counted and
    limited as the settings say; raises ValueError where these cannot be understood.
    """
    app = Flask("faqbot", static_folder=None, template_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    logs.install(app)  # first, so that it tells of all that the others do
    if isinstance(source, Practices):
        find: Callable[[], Service] = practices.here
        metrics.install(
            app,
            reloads=lambda: source.tally().reloads,
            lost=lambda: source.tally().lost,
            problems=lambda: int(source.status()["broken"]),
        )
        practices.install(app, source)
    else:
        find = _finder(source)
        metrics.install(
            app,
            reloads=lambda: find().live.status().reloads,
            lost=lambda: journal.lost if (journal := find().journal) else 0,
            problems=lambda: len(find().live.status().problems),
        )
    app.register_blueprint(blueprint(find))
    app.register_blueprint(staff.blueprint(find), url_prefix="/staff")
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_keep_to_https)
    limits.install(app, practices.name)  # last: it guards the views that are there by now
    return app


def blueprint(source: Source) -> Blueprint:
    """Everything a visitor meets, to mount in a practice's own Flask site.

    `app.register_blueprint(blueprint(bot), url_prefix="/questions")` serves the chat box at
    `/questions/widget.js`; the box finds its server by the address it was loaded from.
    """
    find = _finder(source)
    room = Blueprint("faqbot", "faqbot", template_folder=str(bundled("web") / "templates"))

    @room.before_request
    def take_service() -> None:
        g.service = find()
        g.bot = g.service.bot  # taken once, so that a reply is wholly of one version

    _add_api(room)
    _add_pages(room)
    _add_faq(room)
    _add_files(room)
    room.register_error_handler(RequestError, _request_error)
    room.after_request(_finish)
    return room


def _finder(source: Source) -> Callable[[], Service]:
    """Finds the service for a request, which follows its folder from the first request on."""
    if callable(source):
        return source
    service = Service.of(source) if isinstance(source, Bot) else source

    def find() -> Service:
        service.start()
        return service

    return find


def _add_api(room: Blueprint) -> None:
    @room.post("/api/ask")
    def ask() -> Response:
        body = _json_object()
        after = body.get("after")
        if after is not None and not (isinstance(after, str) and len(after) <= ID_LIMIT):
            raise RequestError('"after" is the id of the entry answered before: a short text.')
        question = _question(body.get("question"), "question")
        return jsonify(_told(g.service.ask(question, after)))

    @room.get("/api/entries/<entry_id>")
    def entry(entry_id: str) -> Response:
        reply = g.service.entry(entry_id)
        if reply is None:
            raise RequestError(f"There is no entry {entry_id[:80]!r}.", 404)
        return jsonify(_told(reply))

    @room.get("/api/practice")
    def practice() -> Response:
        knowledge = g.bot.knowledge
        return jsonify({**practice_data(knowledge), "hours": _hours(knowledge.practice)})

    @room.route("/api/suggest", methods=["GET", "POST"])
    def suggest() -> Response:
        typed = request.args.get("q", "") if request.method == "GET" else _json_object().get("q")
        return jsonify({"suggestions": g.service.suggest(_question(typed, "q"))})

    @room.post("/api/helpful")
    def helpful() -> Response:
        body = _json_object()
        entry_id, verdict = body.get("id"), body.get("helpful")
        if not (isinstance(entry_id, str) and len(entry_id) <= ID_LIMIT) or not isinstance(
            verdict, bool
        ):
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

    @room.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """For a balancer: whether to send visitors here."""
        answers = bool(g.bot.ask(g.bot.knowledge.entries[0].question).phones)
        journal = g.service.journal
        checks = {"answers": answers, "journal": journal is None or journal.working()}
        ready = all(checks.values())
        return jsonify(
            {"status": "ready" if ready else "not ready", **checks}
        ), 200 if ready else 503

    @room.get("/healthz")
    def healthz() -> Response:
        status = g.service.live.status()
        return jsonify(
            {
                "status": "degraded" if status.problems else "ok",
                "entries": status.entries,
                "knowledge": status.digest,
                "loaded": status.loaded.isoformat(timespec="seconds"),
                "problems": [str(problem) for problem in status.problems],
                "paused": g.service.paused is not None,
            }
        )


def _add_pages(room: Blueprint) -> None:
    @room.get("/")
    def demo() -> str:
        known = g.bot.knowledge
        version = widget.script(practice_data(known)).etag
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
        sections = [] if g.service.paused else faq.sections(knowledge, g.service.folder)
        data = faq.structured_data(knowledge, sections, address)
        page = _page("faq.html", knowledge, sections=sections, data=data, address=address)
        response = Response(page)
        response.last_modified = faq.last_modified(sections)
        return response

    @room.get("/sitemap.xml")
    def sitemap() -> Response:
        changed = faq.last_modified(faq.sections(g.bot.knowledge, g.service.folder))
        address = url_for("faqbot.faq_page", _external=True)
        page = render_template("sitemap.xml", address=address, changed=changed)
        return Response(page, mimetype="application/xml")


def _add_files(room: Blueprint) -> None:
    @room.get("/widget.js")
    def widget_script() -> Response:
        return _widget(widget.script(practice_data(g.bot.knowledge)))

    @room.get("/widget-<version>.js")
    def versioned_script(version: str) -> Response:
        """For pages that are made anew with each version: kept by browsers for a year."""
        script = widget.script(practice_data(g.bot.knowledge))
        response = _widget(script)
        if version == script.etag:
            response.cache_control.max_age = 365 * 24 * 3600
            response.cache_control.immutable = True
        return response

    @room.get("/pages.css")
    def styles() -> Response:
        return _file("pages.css", "text/css")

    @room.get("/icon.svg")
    def icon() -> Response:
        return _file("icon.svg", "image/svg+xml")


def _told(reply: Reply) -> dict[str, Any]:
    """The reply as JSON, its kind noted for the log and the metrics."""
    g.kind = reply.kind
    return reply.to_dict()


def practice_data(knowledge: Knowledge) -> dict[str, Any]:
    """What the chat box knows of the practice before anything is asked."""
    practice = knowledge.practice
    questions = {entry.id: entry.question for entry in knowledge.entries}
    return {
        "name": practice.name,
        "greeting": practice.greeting,
        "phones": [
            {"label": phone.label, "number": phone.number, "href": phone.href}
            for phone in practice.phones
        ],
        "emergency": {
            "number": practice.emergency_number,
            "href": f"tel:{practice.emergency_number}",
        },
        "starters": [
            {"id": id_, "question": questions[id_]} for id_ in practice.starters if id_ in questions
        ],
        "schedule": {"label": practice.schedule, "url": practice.schedule_url}
        if practice.schedule_url
        else None,
    }


def _hours(practice: Practice) -> dict[str, Any] | None:
    """Whether the office is open now, and until when that holds."""
    now = datetime.now(UTC)
    if practice.hours is None or (change := hours.next_change(practice.hours, now)) is None:
        return None
    return {
        "open": practice.hours.is_open(now),
        "until": change.isoformat(),
        "zone": practice.hours.timezone,
    }


def _hours_in_words(practice: Practice) -> str:
    """The same for the pages without script: "Closed now, opens Monday 8:00 AM"."""
    now = _hours(practice)
    if now is None:
        return ""
    until = datetime.fromisoformat(now["until"])
    time = until.strftime("%I:%M %p").lstrip("0")
    text = widget.words()["openNow" if now["open"] else "closedNow"]
    return text.replace("{time}", time).replace("{day}", until.strftime("%A"))


def _chat_turn() -> dict[str, Any]:
    """What `/chat` shows for this request: a reply, or a kind refusal with the text kept."""
    if chosen := request.args.get("entry"):
        reply = g.service.entry(chosen[:80])
        return {"reply": _told(reply)} if reply else {"missing": True}
    if request.method == "GET":
        return {}
    asked = request.form.get("question", "")
    words = widget.words()
    if not asked.strip():
        return {}
    if (over := len(asked) - QUESTION_LIMIT) > 0:
        too_long = words["tooLong"].replace("{n}", str(over))
        return {"asked": asked, "refusal": too_long}
    if find_personal(asked, g.bot.knowledge.practice.phones):
        return {"asked": asked, "refusal": words["personal"]}
    return {"asked": asked, "reply": _told(g.service.ask(asked))}


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


def _page(template: str, knowledge: Knowledge, **values: Any) -> str:
    return render_template(
        template,
        practice=knowledge.practice,
        starters=practice_data(knowledge)["starters"],
        words=widget.words(),
        hours=_hours_in_words(knowledge.practice),
        **values,
    )


def _widget(script: widget.Script) -> Response:
    packed = request.accept_encodings["gzip"] > 0
    response = Response(
        script.gzipped if packed else script.plain, mimetype="text/javascript; charset=utf-8"
    )
    if packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    # Other sites load it, also those that isolate themselves with Cross-Origin-Embedder-Policy.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(f"{script.etag}{'-gzip' if packed else ''}")
    return _cached(response)


def _file(name: str, mimetype: str) -> Response:
    return _cached(Response((bundled("web") / name).read_bytes(), mimetype=mimetype))


def _cached(response: Response) -> Response:
    """For five minutes, then asked for again by ETag."""
    response.cache_control.public = True
    response.cache_control.max_age = 300
    response.add_etag()
    response.make_conditional(request)
    return response


def _finish(response: Response) -> Response:
    """Headers for every response of the blueprint; an API reply also gets its CORS headers."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    if response.mimetype == "text/html":
        headers.setdefault("Content-Security-Policy", _CSP)
        headers.setdefault("Cache-Control", "no-cache")
    if request.blueprint == "faqbot" and "/api/" in request.path:
        headers["Cache-Control"] = "no-store"
        if practice := g.bot.knowledge.practice if "bot" in g else g.get("practice"):
            _allow_origin(response, practice)  # also where its chat is not available just now
    return response


def _keep_to_https(response: Response) -> Response:
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _allow_origin(response: Response, practice: Practice) -> None:
    response.vary.add("Origin")
    origin = request.headers.get("Origin", "")
    if origin and _origin(origin) in map(_origin, practice.sites):
        response.access_control_allow_origin = origin
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        response.headers["Access-Control-Max-Age"] = "86400"


def _origin(address: str) -> str:
    """`https://Example.org/` and `https://example.org` are one site."""
    return address.strip().rstrip("/").lower()


def _request_error(error: RequestError) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), error.status


def _http_error(error: HTTPException) -> Response | HTTPException:
    if "/api/" not in request.path or error.code is None:
        return error
    response = current_app.make_response((jsonify({"error": error.description}), error.code))
    response.headers.extend(
        (name, value) for name, value in error.get_headers() if name != "Content-Type"
    )
    return response

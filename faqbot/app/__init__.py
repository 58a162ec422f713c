"""The web app: the API that the chat box talks to, the box itself, and pages that need no script.

HTTP only: what to answer is `Service`'s business. Each module here has `add(room)`, which adds
its routes to the blueprint.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from flask import Blueprint, Flask, Response, current_app, g, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from faqbot import practices, staff
from faqbot.assets import bundled
from faqbot.bot import Bot
from faqbot.practices import Practices
from faqbot.service import Service
from faqbot.serving import limits, logs, metrics

from . import api, files, headers, health, pages

SORRY = "Something went wrong here. Please go back and try again, or call."
Source: TypeAlias = Bot | Service | Callable[[], Service]


def create_app(source: Source | Practices) -> Flask:
    """The whole service: the blueprint at `/`, the staff desk at `/staff`, errors as JSON.

    With `Practices`, each practice has both under `/p/NAME`. Requests are logged, counted and
    limited as the settings say; raises ValueError where these cannot be understood.
    """
    app = Flask("faqbot", static_folder=None, template_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    logs.install(app)  # first, so that it tells of all that the others do
    if isinstance(source, Practices):
        find: Callable[[], Service] = practices.current_service
        metrics.install(
            app,
            reloads=lambda: source.counts()["reloads"],
            lost=lambda: source.counts()["lost"],
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
    app.after_request(headers.guard)
    limits.install(app)  # last: it guards the views that are there by now
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

    for module in (api, health, pages, files):
        module.add(room)
    room.after_request(headers.finish)
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


def _http_error(error: HTTPException) -> Response | HTTPException:
    """Never a dead end: whom to call, where a visitor meets it; the desk has pages of its own."""
    practice = g.bot.knowledge.practice if "bot" in g else None
    if error.code is None or error.code < 400:  # redirects are errors too
        return error
    if "/api/" in request.path:
        contacts = practice.contacts() if practice else {}
        body: Response | str = jsonify({"error": error.description, **contacts})
    elif practice:
        body = render_template("unavailable.html", practice=practice, sorry=SORRY)
    else:
        return error
    response = current_app.make_response((body, error.code))
    response.headers.extend(
        (name, value) for name, value in error.get_headers() if name != "Content-Type"
    )
    return response

"""The web app: the API of the chat box, the box itself, and pages that need no script.

HTTP only: what to reply is `Service`'s business. `api` answers in JSON and describes itself by
`web/openapi.json`; `pages` need no script; `widget` serves the box: what it needs first, and the
rest; `hours` says whether the office is open; `headers` what browsers may do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from flask import Blueprint, Flask, Response, current_app, g, jsonify, render_template, request
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from faqbot import practices, staff
from faqbot.app import api, headers, pages, widget
from faqbot.assets import bundled
from faqbot.bot import Bot
from faqbot.practices import Practices, Unavailable
from faqbot.service import Service
from faqbot.serving import limits, logs, metrics

SORRY = "Something went wrong here. Please go back and try again, or call."
NOT_NOW = "This practice's chat is not available right now. Please call."
# The views that count towards an address's limit. The others are as cheap as a refusal (files and
# the practice's name, which every page with the box loads), have limits of their own (the staff
# desk), or must always reply, because a load balancer takes a silent server for a dead one:
# /readyz, /healthz and /metrics.
LIMITED = (
    "ask",
    "chat",
    "helpful",
    "openapi",
    "entry",
    "suggest",
    "demo",
    "faq_page",
    "sitemap",
)
Source: TypeAlias = Bot | Service | Callable[[], Service]


def create_app(source: Source | Practices) -> Flask:
    """The whole service: the blueprint at `/`, the staff desk at `/staff`, errors as JSON.

    With `Practices`, each practice has both under `/p/NAME`. Requests are logged, counted and
    limited as the settings say; raises ValueError if a setting makes no sense.
    """
    app = Flask("faqbot", static_folder=None, template_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    logs.install(app)  # first, so that it logs what all the others do
    if isinstance(source, Practices):
        find: Callable[[], Service] = practices.current_service
        metrics.install(app, source.counts)
        practices.install(app, source)
    else:
        find = _finder(source)
        metrics.install(app, lambda: find().counts())
    app.register_blueprint(blueprint(find))
    staff.install(app, find)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Unavailable, _unavailable)
    app.after_request(headers.add_to_every_response)
    limits.believe_proxies(app)  # last, so that all the others see the visitor's address
    return app


def blueprint(source: Source) -> Blueprint:
    """Everything a visitor meets, to mount in a practice's own Flask site.

    `app.register_blueprint(blueprint(bot), url_prefix="/questions")` serves the chat box at
    `/questions/widget.js`. One address may ask as much as FAQBOT_RATE_LIMIT says, which raises
    ValueError if it makes no sense; whose address it is, the site says (with werkzeug's ProxyFix
    where a proxy stands in front). The endpoints are named `faqbot.…`, so it is mounted once.
    """
    find = _finder(source)
    blueprint = Blueprint("faqbot", "faqbot", template_folder=str(bundled("web") / "templates"))

    @blueprint.before_request
    def find_service() -> None:
        g.service = find().for_request(g.get("request_id", ""))
        g.bot = g.service.bot  # looked up once, so that a reply is all of one version

    limits.limit(blueprint, LIMITED)  # after that, as a refusal names the practice's phones
    api.add_routes(blueprint)
    api.add_health(blueprint)
    pages.add_routes(blueprint)
    widget.add_routes(blueprint)
    blueprint.register_error_handler(HTTPException, _http_error)
    blueprint.after_request(headers.add_to_visitor_pages)
    return blueprint


def _finder(source: Source) -> Callable[[], Service]:
    """Finds a request's service, which follows its folder from the first request on."""
    if callable(source):
        return source
    service = Service.for_bot(source) if isinstance(source, Bot) else source

    def find() -> Service:
        service.live.start()
        return service

    return find


def _unavailable(error: Unavailable) -> Response | HTTPException:
    """The reply when the practice cannot answer now; its sites may read it."""
    g.practice = error.practice
    return _http_error(ServiceUnavailable(NOT_NOW, retry_after=error.retry_after))


def _http_error(error: HTTPException) -> Response | HTTPException:
    """Turn an HTTP error into a reply that says whom to call; the desk has its own error pages."""
    if error.code is None or error.code < 400:  # redirects are HTTPExceptions too
        return error
    practice = headers.current_practice()
    if "/api/" in request.path:
        contacts = practice.contacts() if practice else {"phones": []}
        body: Response | str = jsonify({"error": error.description, **contacts})
    elif practice and error.code == 429:
        body = pages.refusal(error.description or "")
    elif practice or error.code == 503:
        sorry = NOT_NOW if error.code == 503 else SORRY
        body = render_template("faqbot/unavailable.html", practice=practice, sorry=sorry)
    else:
        return error
    response = current_app.make_response((body, error.code))
    response.headers.extend(
        (name, value) for name, value in error.get_headers() if name != "Content-Type"
    )
    response.headers["Cache-Control"] = "no-store"
    return response

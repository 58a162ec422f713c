"""The staff desk's pages: a blueprint of its own, behind a password. HTTP only.

What the desk does is in `faqbot.editing`; a module here has `add(room)`, which adds its pages.
Views take the service, the workspace, the name and the draft of this request from `context`, and
end with `context.page(…)` or, after a POST, with `context.go(…)`. Signing in, forged requests and
headers are handled for all of them. `flask.session` and `flask.flash` are not used: they belong
to the site that the blueprint may be part of, and know one secret only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from flask import Blueprint, Response, abort, request

from faqbot.assets import bundled
from faqbot.staff import (
    answers,
    context,
    files,
    guard,
    home,
    page_text,
    pause,
    publishing,
    report,
    reviews,
    sign_in,
    trying,
    unanswered,
)

if TYPE_CHECKING:
    from faqbot.service import Service

PAGES = (
    sign_in,
    home,
    answers,
    files,
    pause,
    trying,
    publishing,
    unanswered,
    report,
    page_text,
    reviews,
)


def blueprint(find: Callable[[], Service]) -> Blueprint:
    """The desk of the service that `find` returns, asked anew for each request."""
    room = Blueprint("staff", "faqbot.staff", template_folder=str(bundled("web") / "templates"))
    room.before_request(lambda: context.arrive(find()))
    guard.add(room)
    context.add(room)
    for page in PAGES:
        page.add(room)
    _add_files(room)
    room.route("/<path:nowhere>", methods=["GET", "POST"])(_missing)
    return room


def _missing(nowhere: str) -> NoReturn:
    """Tell it as a page of the desk, with the way back."""
    abort(404, "The desk has no such page. Perhaps the address was mistyped.")


def _add_files(room: Blueprint) -> None:
    """What the pages load; also the page for signing in, so nobody need be signed in."""

    @room.get("/staff.css")
    def styles() -> Response:
        return _file("staff.css", "text/css")

    @room.get("/staff.js")
    def script() -> Response:
        return _file("staff.js", "text/javascript")

    @room.get("/icon.svg")
    def icon() -> Response:
        return _file("icon.svg", "image/svg+xml")


def _file(name: str, mimetype: str) -> Response:
    response = Response((bundled("web") / name).read_bytes(), mimetype=mimetype)
    response.cache_control.no_cache = True  # kept, but asked for again by its ETag
    response.add_etag()
    response.make_conditional(request)
    return response

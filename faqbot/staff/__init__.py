"""The staff desk's pages: a blueprint of its own, behind a password. HTTP only.

What the desk does is in `faqbot.editing`. Each module here adds its pages to `context.desk`; a view
takes the service, the workspace, the name and the draft of its request from `context`, and ends
with `context.render(…)` or, after a POST, with `context.redirect_to(…)`. `guard` comes before all.
`flask.session` and `flask.flash` are not used: they belong to the site that the desk may be part
of, and know one secret only, while every practice has its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from flask import Flask, Response, abort, request

from faqbot.assets import bundled
from faqbot.service import Service

from . import (  # noqa: F401  # each adds its pages
    answers,
    context,
    entry,
    files,
    guard,
    home,
    page_text,
    publishing,
    report,
    reviews,
    try_it,
    unanswered,
    versions,
)
from .context import desk

ASSETS = {"staff.css": "text/css", "staff.js": "text/javascript", "icon.svg": "image/svg+xml"}


def install(
    app: Flask, find: Callable[[], Service], url_prefix: str = "/staff", name: str = "staff"
) -> None:
    """Add the desk of the service that `find` returns, called for each request.

    `name` is the prefix of its endpoints, for a site that has a blueprint "staff" of its own.
    """
    app.extensions[context.FINDER] = find
    app.register_blueprint(desk, url_prefix=url_prefix, name=name)


@desk.get("/staff.css", defaults={"name": "staff.css"})
@desk.get("/staff.js", defaults={"name": "staff.js"})
@desk.get("/icon.svg", defaults={"name": "icon.svg"})
def asset(name: str) -> Response:
    """What the pages load; also the page for signing in, so they need no sign-in."""
    response = Response((bundled("web") / name).read_bytes(), mimetype=ASSETS[name])
    response.cache_control.no_cache = True  # kept, but asked for again by its ETag
    response.add_etag()
    response.make_conditional(request)
    return response


@desk.route("/<path:nowhere>", methods=["GET", "POST"])
def missing(nowhere: str) -> NoReturn:
    """Tell it as a page of the desk, with the way back."""
    abort(404, "The desk has no such page. Perhaps the address was mistyped.")

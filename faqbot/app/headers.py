"""Headers of every response: what browsers may do with it, and which sites may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, g, request

if TYPE_CHECKING:
    from faqbot.knowledge import Practice

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


def finish(response: Response) -> Response:
    """Headers for every response of the blueprint; an API reply also gets its CORS headers."""
    _say_what_it_is(response)
    if request.blueprint == "faqbot" and "/api/" in request.path:
        response.headers["Cache-Control"] = "no-store"
        if practice := g.bot.knowledge.practice if "bot" in g else g.get("practice"):
            _allow_origin(response, practice)  # also where its chat is not available just now
    return response


def guard(response: Response) -> Response:
    """Headers for every response of the service, also where no route was found.

    Browsers that came by HTTPS are to come by nothing else for a year.
    """
    _say_what_it_is(response)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _say_what_it_is(response: Response) -> None:
    """Have browsers take it for nothing else, and run nothing in it but our own script."""
    headers = response.headers
    if "X-Content-Type-Options" in headers:  # it was said already
        return
    headers["X-Content-Type-Options"] = "nosniff"
    if response.mimetype == "text/html":
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        headers.setdefault("Content-Security-Policy", _CSP)
        headers.setdefault("Cache-Control", "no-cache")
    if response.is_json and "/api/" in request.path:
        # Opened by its address, it is a file and no page.
        headers.setdefault("Content-Disposition", 'attachment; filename="api.json"')


def _allow_origin(response: Response, practice: Practice) -> None:
    response.headers.add("Vary", "Origin")
    origin = request.headers.get("Origin", "")
    if origin and _origin(origin) in map(_origin, practice.sites):
        response.access_control_allow_origin = origin
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        response.headers["Access-Control-Max-Age"] = "86400"


def _origin(address: str) -> str:
    """`https://Example.org/` and `https://example.org` are one site."""
    return address.strip().rstrip("/").lower()

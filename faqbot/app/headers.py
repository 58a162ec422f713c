"""Headers of every response: what browsers may do with it, and which sites may read it."""

from __future__ import annotations

from flask import Response, g, request

from faqbot.knowledge import Practice

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


def harden(response: Response) -> Response:
    """For every response of the service, also where no route was found.

    Browsers that came by HTTPS must use nothing else for a year.
    """
    _restrict(response)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def finish(response: Response) -> Response:
    """For every response of the blueprint; an API reply also gets its CORS headers."""
    _restrict(response)
    if request.blueprint == "faqbot" and "/api/" in request.path:
        response.headers["Cache-Control"] = "no-store"
        # Also where the practice cannot answer just now.
        if practice := g.bot.knowledge.practice if "bot" in g else g.get("practice"):
            _allow_origin(response, practice)
    return response


def _restrict(response: Response) -> None:
    """Browsers take it for what it says it is, and run no script in it but our own."""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    if response.mimetype == "text/html":
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        headers.setdefault("Content-Security-Policy", _CSP)
        headers.setdefault("Cache-Control", "no-cache")
    if response.is_json and "/api/" in request.path:
        # Opened by its address, it is downloaded and never rendered.
        headers.setdefault("Content-Disposition", 'attachment; filename="api.json"')


def _allow_origin(response: Response, practice: Practice) -> None:
    response.headers.add("Vary", "Origin")
    origin = request.headers.get("Origin", "")
    if origin and _normal(origin) in map(_normal, practice.sites):
        response.access_control_allow_origin = origin
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        response.headers["Access-Control-Max-Age"] = "86400"


def _normal(origin: str) -> str:
    """`https://Example.org/` and `https://example.org` are the same site."""
    return origin.strip().rstrip("/").lower()

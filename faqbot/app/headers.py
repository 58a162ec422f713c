"""Headers of every response: what browsers may do with it, and which sites may read it."""

from __future__ import annotations

import re

from flask import Response, g, request

from faqbot.knowledge import Practice

_CSP = (  # the desk has its own: staff/guard.py
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_FRAMED = "faqbot.chat"  # the endpoint of the page that the practice's sites may frame
_SOURCE = re.compile(r"https?://[a-z\d.:-]+", re.IGNORECASE)  # a site that may be named in a policy


def add_to_every_response(response: Response) -> Response:
    """Add headers to every response of the service, even a 404.

    Browsers that came by HTTPS must use nothing else for a year.
    """
    _restrict(response)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def add_to_visitor_pages(response: Response) -> Response:
    """Add headers to visitors' pages and the API, also for the practice's own sites."""
    _restrict(response)
    practice = current_practice()
    if request.blueprint == "faqbot" and "/api/" in request.path:
        response.headers["Cache-Control"] = "no-store"
        if practice:
            _allow_origin(response, practice)
    elif request.endpoint == _FRAMED and practice and response.mimetype == "text/html":
        sites = filter(_SOURCE.fullmatch, practice.sites)
        response.headers["Content-Security-Policy"] = " ".join([_CSP, *sites])
    return response


def current_practice() -> Practice | None:
    """What is known of the request's practice, also where it cannot answer just now."""
    practice: Practice | None = g.bot.knowledge.practice if "bot" in g else g.get("practice")
    return practice


def _restrict(response: Response) -> None:
    """Forbid MIME sniffing and scripts other than our own."""
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


def is_foreign(origin: str | None, practice: Practice) -> bool:
    """Whether a request comes from another site than ours and the practice's; programs say none."""
    ours = (request.host_url, *practice.sites)
    return origin is not None and _host(origin) not in map(_host, ours)


def _host(origin: str) -> str:
    """Without the scheme, which a proxy in front may have changed."""
    return _normal(origin).rpartition("://")[2]


def _normal(origin: str) -> str:
    """`https://Example.org/` and `https://example.org` are the same site."""
    return origin.strip().rstrip("/").lower()

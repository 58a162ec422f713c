"""What keeps others out of the desk's pages: forged requests, large bodies, framing, caches."""

from __future__ import annotations

from flask import Response, abort, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from faqbot.editing.workspace import DeskError

from . import context, sign_in
from .context import desk

BODY_LIMIT = 2_000_000  # bytes; the longest file that is read has half of it
ANONYMOUS_BODY_LIMIT = (
    100_000  # bytes, from who never signed in: two million take two seconds to read
)
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ELSEWHERE = (
    "This request came from another site, so nothing was done. If it was you, open the desk at the "
    "address where you signed in. (A proxy in front of it must pass on the Host header.)"
)


@desk.before_request
def admit() -> ResponseReturnValue | None:
    """Let a request through to its view, or answer in its place."""
    context.begin()
    limit = BODY_LIMIT if g.session.who else ANONYMOUS_BODY_LIMIT
    request.max_content_length = request.max_form_memory_size = limit
    _refuse_elsewhere()
    return sign_in.require()


def _refuse_elsewhere() -> None:
    """Refuse what another site makes a browser send, whatever token it has."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    origin = request.headers.get("Origin")
    # A host that is none is "", as is that of the origin “null”.
    if origin is not None and origin.partition("://")[2] != (request.host or None):
        abort(403, ELSEWHERE)
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403, ELSEWHERE)


@desk.errorhandler(DeskError)
def _desk_error(error: DeskError) -> ResponseReturnValue:
    return _problem("That did not work", str(error), 409)


@desk.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> ResponseReturnValue | HTTPException:
    if "workspace" not in g or error.code is None:
        return error
    return _problem(error.name, error.description or "", error.code)


def _problem(title: str, message: str, status: int) -> ResponseReturnValue:
    if request.is_json:
        return jsonify({"error": message}), status
    return context.page("problem.html", title=title, message=message), status


@desk.after_request
def _harden(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = CSP
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Cache-Control", "no-store")
    return response

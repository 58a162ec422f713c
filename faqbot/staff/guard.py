"""Guards every page of the desk against forged requests, large bodies, framing and caching."""

from __future__ import annotations

from flask import Response, abort, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, TooManyRequests

from faqbot.editing.workspace import DeskError
from faqbot.serving.limits import MemoryCounter, network

from . import context, sessions, sign_in
from .context import desk

BODY_LIMIT = 2_000_000  # bytes; the longest file that is read has half of it
EXPIRED_BODY_LIMIT = 500_000  # bytes, from who was signed in before: a form that is sent too late
ANONYMOUS_BODY_LIMIT = 100_000  # bytes, from who never signed in: 2 MB take two seconds to read
FIELDS, ANONYMOUS_FIELDS = 20_000, 1_000  # in a form; lists of questions have thousands
ANONYMOUS_FORMS = 60  # a minute from an address, of browsers that never signed in
TOO_MANY = "There were too many requests from your connection. Please wait a minute."
TOO_LONG = "This form is too long. Send less at once."
CSP = (  # visitors' pages have their own: app/headers.py
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ELSEWHERE = (
    "This request came from another site, so nothing was done. If it was you, open the desk at the "
    "address where you signed in. (A proxy in front of it must pass on the Host header.)"
)


FORM = "application/x-www-form-urlencoded"

anonymous_requests = MemoryCounter()


@desk.before_request
def admit() -> ResponseReturnValue | None:
    """Let a request through to its view, or answer in its place."""
    context.begin()
    _refuse_elsewhere()
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        _limit()
    return sign_in.require()


def _limit() -> None:
    """Let strangers' forms cost no more than their questions; who works here is not held up."""
    size, fields = BODY_LIMIT, FIELDS
    if not context.who():
        size = EXPIRED_BODY_LIMIT if g.session.who else ANONYMOUS_BODY_LIMIT
        fields = FIELDS if g.session.who else ANONYMOUS_FIELDS
        known = sessions.is_known(context.workspace(), request)
        address = f"{context.workspace().folder}\n{network(request.remote_addr or '')}"
        if not known and anonymous_requests.add(address, 60) > ANONYMOUS_FORMS:
            raise TooManyRequests(TOO_MANY, retry_after=60)
    request.max_content_length = request.max_form_memory_size = size
    request.max_form_parts = fields
    # Werkzeug counts the parts of multipart forms only.
    if request.mimetype == FORM and request.get_data().count(b"&") >= fields:
        abort(413, TOO_LONG)


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
    body, status = _problem(error.name, error.description or "", error.code)
    waits = {"Retry-After": "60"} if isinstance(error, TooManyRequests) else {}
    return body, status, waits


def _problem(title: str, message: str, status: int) -> tuple[str | Response, int]:
    if request.is_json:
        return jsonify({"error": message}), status
    return context.render("problem.html", title=title, message=message), status


@desk.after_request
def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = CSP
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Cache-Control", "no-store")
    return response

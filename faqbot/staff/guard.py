"""What keeps others out of the desk's pages: forged requests, large bodies, framing, caches."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, g, jsonify, request
from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from wtforms.csrf.core import CSRF, CSRFTokenField  # type: ignore[import-untyped]
from wtforms.validators import ValidationError  # type: ignore[import-untyped]

from faqbot.editing.workspace import DeskError
from faqbot.staff import context, sessions

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

BODY_LIMIT = 2_000_000  # bytes; the longest file that is read has half of it
STRANGER_LIMIT = 100_000  # bytes, from who never signed in: two million take two seconds to read
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ELSEWHERE = (
    "This came from another site, so nothing was done. If it was you: open the desk by the "
    "address that you signed in at. (A proxy in front of it must pass on the Host header.)"
)


class _Token(CSRF):  # type: ignore[misc]  # wtforms has no types
    """A token that belongs to one visit, so that nothing more need be kept than its id."""

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        key = sessions.secret(context.workspace()).encode()
        return hmac.new(key, b"token " + g.visit.id.encode(), "sha256").hexdigest()

    def validate_csrf_token(self, form: FlaskForm, field: CSRFTokenField) -> None:
        if not hmac.compare_digest(field.current_token.encode(), (field.data or "").encode()):
            raise ValidationError


class _Guarded(FlaskForm):  # type: ignore[misc]
    """A form of nothing but the token, kept by `_Token` and not by Flask-WTF in flask.session."""

    class Meta:
        csrf = True
        csrf_class = _Token
        csrf_field_name = "csrf_token"


def add(room: Blueprint) -> None:
    """Guard every page of the desk."""
    room.before_request(_limit_body)
    room.before_request(_refuse_elsewhere)
    room.after_request(_headers)
    room.context_processor(lambda: {"csrf_token": token})
    room.register_error_handler(DeskError, _desk_error)
    room.register_error_handler(HTTPException, _http_error)


def token() -> str:
    """What a form must send along as `csrf_token`, a script as the header X-CSRFToken."""
    return str(_Guarded(formdata=None).csrf_token.current_token)


def is_ours() -> bool:
    """Whether the request sends the token of its visit, so comes from one of our own forms."""
    sent = request.headers.get("X-CSRFToken") or request.form.get("csrf_token", "")
    return bool(g.visit.id) and bool(_Guarded(formdata=MultiDict({"csrf_token": sent})).validate())


def _limit_body() -> None:
    limit = BODY_LIMIT if g.visit.who else STRANGER_LIMIT
    request.max_content_length = request.max_form_memory_size = limit


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


def _desk_error(error: DeskError) -> ResponseReturnValue:
    return _tell("That did not work", str(error), 409)


def _http_error(error: HTTPException) -> ResponseReturnValue | HTTPException:
    if "workspace" not in g or error.code is None:
        return error
    return _tell(error.name, error.description or "", error.code)


def _tell(title: str, message: str, status: int) -> ResponseReturnValue:
    if request.is_json:
        return jsonify({"error": message}), status
    return context.page("problem.html", title=title, message=message), status


def _headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = CSP
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Cache-Control", "no-store")
    return response

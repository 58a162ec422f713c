"""Signing in and out: one password for the practice, and a name that changes are kept under."""

from __future__ import annotations

import json
import math
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Response, g, jsonify, make_response, request
from flask import url_for as address_of
from flask.typing import ResponseReturnValue

from faqbot.serving.limits import MemoryCounter, network

from . import context, password, sessions, try_it
from .context import desk

PUBLIC_ENDPOINTS = ("sign_in", "sign_in_now", "asset")  # endpoints that need nobody signed in
NAME_LIMIT = 60  # characters
WINDOW = 600  # seconds in which attempts are counted, from the first
PER_ADDRESS = 10  # attempts of an address in them
OVERALL = 100  # attempts of all browsers together that never signed in here
WRONG = "That did not work. Check the password: capital and small letters matter."
NO_NAME = "Please write your name too: the change log shows it."
STALE = "This page was open for too long. Please try once more."
NO_COOKIE = (
    "Your browser did not keep the cookie that signing in needs. "
    "Open this page over https, or as http://localhost on the computer that runs faqbot."
)
SIGNED_OUT = "You are signed out. Sign in in another tab, then continue here: your text is kept."


class SavedForm(NamedTuple):
    """What somebody had written when the session was over: the form's address and its fields."""

    path: str
    fields: list[tuple[str, str]]


class Attempts:
    """Counts attempts to sign in, in this process; each instance counts its own."""

    def __init__(self) -> None:
        self._counter = MemoryCounter()

    def hit(self, folder: str, address: str, known: bool = False) -> int:
        """Count one attempt; the minutes to wait before the next one counts, or 0.

        An attempt that its address must wait for takes nothing from the others. A `known` browser
        does not wait for others: a few addresses could keep the office out else.
        """
        limits = [(_key(folder, address), PER_ADDRESS), (_key(folder), OVERALL)]
        for key, most in limits[:1] if known else limits:
            if self._counter.add(key, WINDOW) > most:
                return max(1, math.ceil(self._counter.seconds_left(key) / 60))
        return 0

    def forget(self, folder: str, address: str) -> None:
        """Forget earlier failed attempts, as somebody signed in."""
        self._counter.forget(_key(folder, address))


def _key(folder: str, address: str | None = None) -> str:
    return f"{folder}\n{'all' if address is None else network(address)}"


attempts = Attempts()


def require() -> ResponseReturnValue | None:
    """Let nobody past who is not signed in, nor a form that is not ours; lose no text."""
    endpoint = (request.endpoint or "").rpartition(".")[2]
    if endpoint in PUBLIC_ENDPOINTS:
        return None
    reads = request.method in ("GET", "HEAD")
    if context.who():
        return None if reads or _is_ours() else _forged()
    if endpoint == "sign_out":  # the session is over already
        return None
    if request.is_json:
        return jsonify({"error": SIGNED_OUT}), 401
    if reads:
        return context.redirect_to("sign_in", next=_address_without_search())
    return _form(kept=_save_form(), status=401)


@desk.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Ask for the name and the password."""
    return context.redirect_to("home") if context.who() else _form()


@desk.post("/sign-in")
def sign_in_now() -> ResponseReturnValue:
    """Let in who knows the password, after no more attempts than are allowed."""
    if not g.session.id:
        return _form(NO_COOKIE, 400)
    if not _is_ours():
        return _form(STALE, 400)
    if not _name():
        return _form(NO_NAME, 400)
    folder, address = str(context.workspace().folder), request.remote_addr
    known = sessions.is_known(context.workspace(), request)
    if minutes := attempts.hit(folder, address or "", known):
        return _wait(minutes)
    if not password.check_password(context.workspace(), request.form.get("password", "")):
        return _form(WRONG, 403)
    attempts.forget(folder, address or "")
    return _welcome()


@desk.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session."""
    sessions.end(context.workspace(), g.session)
    context.flash("You are signed out.")
    response = context.redirect_to("sign_in")
    try_it.forget_question(response)
    return response


def _is_ours() -> bool:
    """Whether the request sends the token of its visit, so comes from one of our own forms."""
    sent = request.headers.get("X-CSRFToken") or request.form.get("csrf_token", "")
    return sessions.is_token(context.workspace(), g.session, sent)


def _forged() -> ResponseReturnValue:
    """A form without our token: mostly one from before the last sign-in, so ask; never act."""
    if request.is_json:
        return jsonify({"error": STALE}), 400
    return context.render("kept.html", kept=_save_form()), 400


def _save_form() -> SavedForm:
    fields = request.form.items(multi=True)
    return SavedForm(_address(), [field for field in fields if field[0] != "csrf_token"])


def _address() -> str:
    return request.root_path + request.full_path.removesuffix("?")


def _address_without_search() -> str:
    """The page's address without what was searched for: browsers and logs keep addresses."""
    query = urlencode([pair for pair in request.args.items(multi=True) if pair[0] != "q"])
    return request.root_path + request.path + (f"?{query}" if query else "")


def _saved_form() -> SavedForm | None:
    """What the sign-in form carried along."""
    try:
        path, fields = json.loads(request.form.get("kept", ""))
        return SavedForm(str(path), [(str(name), str(value)) for name, value in fields])
    except (ValueError, TypeError, RecursionError):
        return None


def _name() -> str:
    name = "".join(c if c.isprintable() else " " for c in request.form.get("name", ""))
    return " ".join(name.split())[:NAME_LIMIT]


def _form(message: str = "", status: int = 200, kept: SavedForm | None = None) -> Response:
    """The sign-in page, with a cookie by which its form is known again."""
    anonymous = not g.session.id
    if anonymous:
        g.session = sessions.anonymous(g.session.who)
    page = context.render(
        "sign_in.html",
        message=message,
        name=_name() or g.session.who,
        next=request.values.get("next", ""),
        kept=kept or _saved_form(),
    )
    response = make_response(page, status)
    if anonymous:
        sessions.write(context.workspace(), g.session, response, context.cookie_path())
    return response


def _wait(minutes: int) -> Response:
    when = "a minute" if minutes == 1 else f"{minutes} minutes"
    response = _form(f"There were too many attempts. Please wait {when}, then try again.", 429)
    response.headers["Retry-After"] = str(minutes * 60)
    return response


def _welcome() -> Response:
    """To the page that was wanted; with what was written when the session was over, if any."""
    g.session = sessions.begin(context.workspace(), _name())
    g.who = g.session.who
    kept, wanted = _saved_form(), request.form.get("next", "")
    if kept and _within(kept.path):
        response = make_response(context.render("kept.html", kept=kept))
    else:
        response = context.redirect_to("home")
        if _within(wanted):
            response.location = wanted
    sessions.write(context.workspace(), g.session, response, context.cookie_path())
    sessions.write_known(context.workspace(), response, context.cookie_path())
    return response


def _within(path: str) -> bool:
    """Whether it is an address of this desk, not of another site."""
    ours = path.startswith(address_of(".home")) and not path.startswith("//")
    return ours and "\\" not in path and path.isprintable()

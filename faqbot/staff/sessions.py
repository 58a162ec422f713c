"""Who is signed in: a signed cookie, valid while a file of the same id stands and is fresh.

The file makes signing out real, for every worker at once. `flask.session` is not used: its one
secret is the whole site's, and here every practice has its own.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypedDict

from flask import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from faqbot.desk.place import Place

from . import password

COOKIE = "faqbot-staff"
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)  # a working day, however busy
TOUCH = 60  # seconds between two notes that somebody is still there


class Visit(NamedTuple):
    """A browser that has been here: its id, and the name of who signed in, if anybody ever did."""

    id: str
    who: str = ""


class _Safe(TypedDict):
    secure: bool
    httponly: bool
    samesite: str


SAFE: _Safe = {"secure": True, "httponly": True, "samesite": "Strict"}


def read(place: Place, request: Request) -> Visit:
    """The visit in the request's cookie; without an id where that is too old, empty if forged."""
    try:
        value, signed = _signer(place).loads(request.cookies.get(COOKIE, ""), return_timestamp=True)
        visit = Visit(*map(str, value))
    except (BadData, TypeError):
        return Visit("")
    return visit if datetime.now(UTC) - signed <= LONGEST else visit._replace(id="")


def write(place: Place, visit: Visit, response: Response, path: str) -> None:
    """Send the visit along; the browser forgets it when it is closed."""
    value = _signer(place).dumps(list(visit))
    response.set_cookie(COOKIE, value, path=path, **SAFE)


def stranger(who: str = "") -> Visit:
    """A visit that is not signed in, so that the sign-in form can have a token too."""
    return Visit(secrets.token_urlsafe(24), who)


def begin(place: Place, who: str) -> Visit:
    """Sign somebody in, under an id that nobody could have planted."""
    visit = Visit(secrets.token_urlsafe(24), who)
    file = _file(place, visit)
    with place.lock():
        _sweep(place)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.write_text(password.mark(place), "ascii")
    return visit


def alive(place: Place, visit: Visit) -> bool:
    """Whether the visit is signed in; notes that it is still there."""
    if not (visit.id and visit.who):
        return False
    file = _file(place, visit)
    try:
        idle = time.time() - file.stat().st_mtime
        if idle > IDLE.total_seconds() or file.read_text("ascii") != password.mark(place):
            return False
        if idle > TOUCH:
            os.utime(file)
    except OSError:
        return False
    return True


def end(place: Place, visit: Visit) -> None:
    """Sign out, in every worker at once."""
    _file(place, visit).unlink(missing_ok=True)


def secret(place: Place) -> str:
    """The key that signs this practice's cookies, made at the first need."""
    file = place.room / "secret"
    if not file.exists():
        place.ready()
        with place.lock():
            if not file.exists():
                part = file.with_name("secret.part")
                part.unlink(missing_ok=True)  # of whatever mode it is
                part.touch(mode=0o600)
                part.write_text(secrets.token_hex(32), "ascii")
                part.replace(file)
    return file.read_text("ascii").strip()


def _signer(place: Place) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret(place), salt="visit")


def _file(place: Place, visit: Visit) -> Path:
    """Named by the id's hash, so that who reads the folder cannot sign in with it."""
    return place.room / "sessions" / hashlib.sha256(visit.id.encode()).hexdigest()


def _sweep(place: Place) -> None:
    """Remove what is long over."""
    for file in (place.room / "sessions").glob("*"):
        try:
            if time.time() - file.stat().st_mtime > LONGEST.total_seconds():
                file.unlink()
        except OSError:  # another worker was first
            continue

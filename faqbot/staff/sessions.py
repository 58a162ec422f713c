"""Who is signed in: a signed cookie, valid while a file of the same id exists and is fresh.

The file makes signing out real, for every instance at once. `flask.session` is not used: its one
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
from itsdangerous import BadData, Signer, URLSafeTimedSerializer

from faqbot.editing import disk
from faqbot.editing.workspace import DeskError, Workspace

from . import password

COOKIE = "faqbot-staff"
IDLE_TIMEOUT = timedelta(minutes=30)
MAX_SESSION = timedelta(hours=12)  # a working day, however busy
KNOWN = "faqbot-staff-known"  # the cookie of a browser that has signed in here
KNOWN_FOR = timedelta(days=400)  # the longest that browsers keep a cookie
MIN_SECRET = 32  # characters; of our own making it has 64
HOW_TO_RENEW = "Allow faqbot to read it, or remove it: then it is made anew, and all sign in again."
TOUCH = 60  # seconds between two notes that somebody is still there


class Session(NamedTuple):
    """A browser that has been here: its id, and the name of who signed in, if anybody ever did."""

    id: str
    who: str = ""


class _Safe(TypedDict):
    secure: bool
    httponly: bool
    samesite: str


COOKIE_FLAGS: _Safe = {"secure": True, "httponly": True, "samesite": "Strict"}


def read(workspace: Workspace, request: Request) -> Session:
    """The visit in the request's cookie; without an id where that is too old, empty if forged."""
    try:
        value, signed = signer(workspace, "visit").loads(
            request.cookies.get(COOKIE, ""), return_timestamp=True
        )
        session = Session(*map(str, value))
    except (BadData, TypeError):
        return Session("")
    return session if datetime.now(UTC) - signed <= MAX_SESSION else session._replace(id="")


def write(workspace: Workspace, session: Session, response: Response, path: str) -> None:
    """Send the visit along; the browser forgets it when it is closed."""
    value = signer(workspace, "visit").dumps(list(session))
    response.set_cookie(COOKIE, value, path=path, **COOKIE_FLAGS)


def write_known(workspace: Workspace, response: Response, path: str) -> None:
    """Let the browser show, until the password changes, that somebody has signed in with it.

    That lets nobody in; it is only not kept waiting for what strangers try.
    """
    value = signer(workspace, _known_salt(workspace)).dumps("")
    response.set_cookie(KNOWN, value, path=path, max_age=KNOWN_FOR, **COOKIE_FLAGS)


def is_known(workspace: Workspace, request: Request) -> bool:
    """Whether somebody has signed in with this browser, under the password of today."""
    sent, longest = request.cookies.get(KNOWN, ""), int(KNOWN_FOR.total_seconds())
    try:
        signer(workspace, _known_salt(workspace)).loads(sent, max_age=longest)
    except BadData:
        return False
    return True


def anonymous(who: str = "") -> Session:
    """A visit that is not signed in, so that the sign-in form can have a token too."""
    return Session(secrets.token_urlsafe(24), who)


def begin(workspace: Workspace, who: str) -> Session:
    """Sign somebody in, under an id that nobody could have planted."""
    session = Session(secrets.token_urlsafe(24), who)
    file = _file(workspace, session)
    with workspace.lock():
        _sweep(workspace)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(password.password_version(workspace), "ascii")
    return session


def is_signed_in_and_touch(workspace: Workspace, session: Session) -> bool:
    """Whether the session is signed in; if so, its idle time starts again."""
    if not (session.id and session.who):
        return False
    file = _file(workspace, session)
    try:
        idle = time.time() - file.stat().st_mtime
        if idle > IDLE_TIMEOUT.total_seconds():
            return False
        if file.read_text("ascii") != password.password_version(workspace):
            return False
        if idle > TOUCH:
            os.utime(file)
    except OSError:
        return False
    return True


def end(workspace: Workspace, session: Session) -> None:
    """Sign out, in every instance at once."""
    _file(workspace, session).unlink(missing_ok=True)


def token(workspace: Workspace, session: Session) -> str:
    """What the forms of this session send along, as no other site can."""
    return _token_signer(workspace).get_signature(session.id).decode()


def is_token(workspace: Workspace, session: Session, sent: str) -> bool:
    """Whether `sent` is the token of this session; only its id has to be kept."""
    return bool(session.id) and _token_signer(workspace).verify_signature(session.id, sent)


def secret(workspace: Workspace) -> str:
    """The key that signs this practice's cookies, made at the first need.

    Raises DeskError where it cannot be read, or is so short that it could be guessed.
    """
    file = workspace.hidden / "secret"
    try:
        if not file.exists():
            with workspace.lock():
                if not file.exists():
                    disk.replace_file(file, secrets.token_hex(32).encode())
        key = file.read_bytes().decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise DeskError(f"{file} cannot be read ({error}). {HOW_TO_RENEW}") from error
    if len(key) < MIN_SECRET:
        raise DeskError(f"{file} has fewer than {MIN_SECRET} characters. {HOW_TO_RENEW}")
    return key


def signer(workspace: Workspace, salt: str) -> URLSafeTimedSerializer:
    """Signs what a cookie says, with the time; what has another salt is not accepted."""
    return URLSafeTimedSerializer(secret(workspace), salt)


def _known_salt(workspace: Workspace) -> str:
    """Another one with each password; nothing of the hash is in the cookie."""
    return f"known {password.password_version(workspace)}"


def _token_signer(workspace: Workspace) -> Signer:
    return Signer(secret(workspace), salt="token")


def _file(workspace: Workspace, session: Session) -> Path:
    """Named by the id's hash, so that who reads the folder cannot sign in with it."""
    return workspace.hidden / "sessions" / hashlib.sha256(session.id.encode()).hexdigest()


def _sweep(workspace: Workspace) -> None:
    """Remove what is long over."""
    for file in (workspace.hidden / "sessions").glob("*"):
        try:
            if time.time() - file.stat().st_mtime > MAX_SESSION.total_seconds():
                file.unlink()
        except OSError:  # another instance was first
            continue

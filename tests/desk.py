"""Somebody of the office at the staff desk of a small practice: a test client, signed in.

    desk = signed_in(practice)            # `practice`: the tmp copy of tests/practice
    page = desk.get("/publish")           # relative to the desk; a redirect is not followed
    desk.post("/pause", paused="yes")     # with the token that the desk's own forms have
    page.text, page.status_code, page.location

`Bed(practice)` is the app and its service without anybody signed in: `Bed(practice).client()` is
another browser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from faqbot import knowledge, staff
from faqbot.bot import Bot
from faqbot.editing.workspace import Workspace
from faqbot.live import Live
from faqbot.service import Service
from faqbot.staff import sessions

if TYPE_CHECKING:
    from playwright.sync_api import SetCookieParam

PRACTICE = Path(__file__).parent / "practice"
PASSWORD = "three plain words"  # noqa: S105
CHEAP = generate_password_hash(PASSWORD, "scrypt:1024:8:1")
WHO = "Ann Lee"
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


class Bed:
    """An app with a desk at /staff, for a folder with a password.

    Nothing follows the folder by itself: `bed.service.live.refresh()` does, as publishing does.
    """

    def __init__(self, folder: Path, journal: Any = None) -> None:
        self.workspace = Workspace(folder)
        _set_password(self.workspace)
        self.service = Service(Live(folder, _bot_of(folder)), journal)
        self.app = Flask("faqbot", static_folder=None, template_folder=None)
        self.app.testing = True
        staff.install(self.app, lambda: self.service)

    def client(self) -> Desk:
        return Desk(self)


class Desk:
    """One browser at the desk."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.workspace = bed.workspace
        self.browser: FlaskClient = bed.app.test_client()
        self.token = ""

    def sign_in(self, who: str = WHO, secret: str = PASSWORD) -> TestResponse:
        self.get("/sign-in")
        answer = self.post("/sign-in", name=who, password=secret)
        if answer.status_code == 303:
            self.get("/pause")  # for the token of the visit that has begun
        return answer

    def enter(self, who: str) -> None:
        """Be signed in, without the pages for it, which would take longer than most tests."""
        visit, response = sessions.begin(self.workspace, who), Response()
        sessions.write(self.workspace, visit, response, "/staff")
        value = response.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
        self.browser.set_cookie(sessions.COOKIE, value, path="/staff")
        self.token = sessions.token(self.workspace, visit)

    def cookie(self) -> SetCookieParam:
        """That of the session, for a real browser: `context.add_cookies([desk.cookie()])`."""
        found = self.browser.get_cookie(sessions.COOKIE, path="/staff")
        assert found
        return {
            "name": sessions.COOKIE,
            "value": found.value,
            "domain": "127.0.0.1",
            "path": "/staff",
            "secure": True,
        }

    def get(self, path: str, **query: str) -> TestResponse:
        return self._seen(self.browser.get(f"/staff{path}", query_string=query or None))

    def post(self, path: str, form: Mapping[str, Any] | None = None, **fields: Any) -> TestResponse:
        """`form` for field names that are no Python names; a list sends a name several times."""
        data = {"csrf_token": self.token, **(form or {}), **fields}
        return self._seen(self.browser.post(f"/staff{path}", data=data))

    def post_json(self, path: str, value: Any) -> TestResponse:
        headers = {"X-CSRFToken": self.token}
        return self.browser.post(f"/staff{path}", json=value, headers=headers)

    def follow(self, answer: TestResponse) -> TestResponse:
        """The page that a POST leads to."""
        assert answer.status_code == 303, answer.text
        return self._seen(self.browser.get(answer.location))

    def _seen(self, answer: TestResponse) -> TestResponse:
        if found := TOKEN.search(answer.text):
            self.token = found[1]
        return answer


def signed_in(folder: Path, who: str = WHO, journal: Any = None) -> Desk:
    desk = Bed(folder, journal).client()
    desk.enter(who)
    return desk


@cache
def _bot_of_small_practice() -> Bot:
    return Bot.load(PRACTICE)


def _bot_of(folder: Path) -> Bot | None:
    """The same bot for all folders with the small practice's files: 30 ms each time."""
    shared = _bot_of_small_practice()
    known, _ = knowledge.read(folder)
    return shared if known and known.digest == shared.knowledge.digest else None


def _set_password(workspace: Workspace) -> None:
    """By a cheap hash: a real one takes 50 ms at each sign-in, on purpose."""
    workspace.create_hidden_folder()
    (workspace.hidden / "password").write_text(CHEAP, "ascii")

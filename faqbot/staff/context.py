"""What every page of the desk needs of the request under way: whose, by whom, on which draft."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from flask import Blueprint, Response, abort, g, redirect, render_template, request
from flask import url_for as address_of
from itsdangerous import BadData, URLSafeSerializer

from faqbot.editing import checking
from faqbot.editing import draft as drafts
from faqbot.editing.checking import CheckedFiles
from faqbot.editing.draft import Draft
from faqbot.editing.workspace import DeskError, Workspace

from . import password, sessions

if TYPE_CHECKING:
    from faqbot.knowledge import Knowledge, Problem
    from faqbot.service import Service

NAVIGATION = (
    ("answers", "Answers"),
    ("unanswered", "Unanswered"),
    ("try_it", "Try it"),
    ("publish", "Publish"),
    ("page_text", "Page text"),
    ("report", "Report"),
    ("reviews", "Reviews"),
)
BEHIND = {"file": "answers", "save_file": "answers", "versions": "publish", "version": "publish"}
SAID = "faqbot-staff-said"  # the cookie that carries messages over a redirect
SAID_LIMIT = 2000  # characters; browsers drop cookies over 4,096 bytes
CLOSED = "The desk cannot be opened just now. The server's log says why."

log = logging.getLogger("faqbot.staff")


class Said(NamedTuple):
    """A message on the next page; `kind` is "good", "bad" or "warn"."""

    kind: str
    text: str


def arrive(service: Service) -> None:
    """Begin a request: there is no desk without a folder and a password."""
    if service.folder is None or not password.is_set(workspace := Workspace(service.folder)):
        abort(404)
    try:
        workspace.refuse_links()
        g.visit = sessions.read(workspace, request)
    except DeskError as error:
        log.error("The staff desk cannot be opened. %s", error)
        abort(503, CLOSED)
    g.service, g.workspace = service, workspace
    g.who = g.visit.who if sessions.alive(workspace, g.visit) else ""


def service() -> Service:
    """The practice that this request is about."""
    return cast("Service", g.service)


def workspace() -> Workspace:
    """Where its draft, its versions and its sessions are."""
    return cast(Workspace, g.workspace)


def who() -> str:
    """The name of the person who is signed in; "" before."""
    return cast(str, g.who)


def draft() -> Draft:
    """The practice's draft, read once a request."""
    if "draft" not in g:
        g.draft = drafts.read(workspace())
    return cast(Draft, g.draft)


def reading() -> CheckedFiles:
    """What the draft's files say, or every problem in them; the folder's, without a draft."""
    return checking.read(draft().files)


def known() -> tuple[Knowledge | None, tuple[Problem, ...]]:
    """The same as a pair."""
    return reading().knowledge, reading().problems


def page(template: str, **values: Any) -> str:
    """A page of the desk: `page("home.html", …)` renders faqbot/staff/home.html."""
    return render_template(f"faqbot/staff/{template}", **values)


def go(endpoint: str, **values: Any) -> Response:
    """To another page of the desk, after a POST: `go("entry", entry_id="duration")`."""
    return cast(Response, redirect(address_of(f".{endpoint}", **values), 303))


def say(text: str, kind: str = "good") -> None:
    """Show a message at the top of the next page, be it this one or the one redirected to."""
    g.setdefault("said", []).append(Said(kind, text))


def said() -> list[Said]:
    """The messages to show now; they are not shown again."""
    shown = _carried() + g.get("said", [])
    g.said, g.said_shown = [], True
    return cast("list[Said]", shown)


def add(room: Blueprint) -> None:
    """Give the templates what they need, and carry messages over a redirect."""
    room.context_processor(_for_templates)
    room.after_request(_carry)


def _for_templates() -> dict[str, Any]:
    return {
        "practice": service().bot.knowledge.practice,
        "who": who(),
        "paused": workspace().current_pause(),
        "said": said,
        "navigation": _navigation,
        "draft_changes": lambda: len(draft().changes),
    }


def _navigation() -> list[tuple[str, str, str]]:
    """Each page's address, name, and aria-current: "page", or "true" for what is behind it."""
    addresses = {name: address_of(f".{name}") for name, _ in NAVIGATION}
    return [(addresses[n], title, _current(n, addresses[n])) for n, title in NAVIGATION]


def _current(name: str, address: str) -> str:
    path = request.root_path + request.path
    if path == address:
        return "page"
    behind = path.startswith(f"{address}/") or BEHIND.get(_endpoint()) == name
    return "true" if behind else ""


def _endpoint() -> str:
    return (request.endpoint or "").rpartition(".")[2]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(sessions.secret(workspace()), salt="said")


def _carried() -> list[Said]:
    try:
        return [Said(*pair) for pair in _signer().loads(request.cookies.get(SAID, ""))]
    except (BadData, TypeError):
        return []


def _carry(response: Response) -> Response:
    if "workspace" not in g:
        return response
    if waiting := g.get("said"):
        while len(json.dumps(waiting)) > SAID_LIMIT and len(waiting) > 1:
            waiting.pop(0)
        value = _signer().dumps([(kind, text[:SAID_LIMIT]) for kind, text in waiting])
        response.set_cookie(SAID, value, path=cookie_path(), **sessions.SAFE)
    elif g.get("said_shown") and SAID in request.cookies:
        response.delete_cookie(SAID, path=cookie_path(), **sessions.SAFE)
    return response


def cookie_path() -> str:
    """The desk's own address, so that no other page gets its cookies."""
    return address_of(".home").rstrip("/") or "/"

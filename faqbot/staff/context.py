"""What every page of the desk needs of the request under way: whose, by whom, on which draft."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request
from flask import url_for as address_of
from itsdangerous import BadData, URLSafeSerializer

from faqbot.assets import bundled
from faqbot.editing import draft as drafts
from faqbot.editing import draft_problems
from faqbot.editing.draft import Draft
from faqbot.editing.draft_problems import CheckedFiles
from faqbot.editing.workspace import DeskError, Workspace
from faqbot.journal import KEEP_DAYS
from faqbot.service import Service

from . import password, sessions

FINDER = "faqbot-staff"  # the extension of the app that finds the service of a request
NAVIGATION = (
    ("answers", "Answers"),
    ("unanswered", "Unanswered"),
    ("try_it", "Try it"),
    ("publish", "Publish"),
    ("page_text", "Page text"),
    ("report", "Report"),
    ("reviews", "Reviews"),
)
PARENT_PAGE = {
    "file": "answers",
    "save_file": "answers",
    "versions": "publish",
    "version": "publish",
}
FLASH_COOKIE = "faqbot-staff-said"  # the cookie that carries messages over a redirect
FLASH_LIMIT = 2000  # characters; browsers drop cookies over 4,096 bytes
CLOSED = "The desk cannot be opened just now. The server's log says why."

log = logging.getLogger("faqbot.staff")
desk = Blueprint("staff", "faqbot.staff", template_folder=str(bundled("web") / "templates"))


class FlashMessage(NamedTuple):
    """A message on the next page; `kind` is "good", "bad" or "warn"."""

    kind: str
    text: str


def begin() -> None:
    """Find out whose request it is: there is no desk without a folder and a password."""
    service: Service = current_app.extensions[FINDER]()
    if service.folder is None or not password.is_set(workspace := Workspace(service.folder)):
        abort(404)
    try:
        workspace.refuse_links()
        g.session = sessions.read(workspace, request)
    except DeskError as error:
        log.error("The staff desk cannot be opened. %s", error)
        abort(503, CLOSED)
    g.service, g.workspace = service, workspace
    g.who = g.session.who if sessions.is_signed_in_and_touch(workspace, g.session) else ""


def service() -> Service:
    """The practice that this request is about."""
    return cast(Service, g.service)


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


def checked() -> CheckedFiles:
    """What the draft's files say, or every problem in them; the folder's, without a draft."""
    return draft_problems.read(draft().files, draft().base)


# when


def zone() -> tzinfo | None:
    """The office's zone, where its hours say so; else the server's."""
    hours = service().bot.knowledge.practice.hours
    return ZoneInfo(hours.timezone) if hours else None


def today() -> date:
    """The day that it is at the office."""
    return datetime.now(zone()).date()


def in_words(when: datetime, zone: tzinfo | None, now: datetime | None = None) -> str:
    """ "today at 3:14 PM", "Monday, March 2 at 9:05 AM"; with the year where it is another."""
    then, today = when.astimezone(zone), (now or datetime.now(UTC)).astimezone(zone)
    time = f"{then:%I:%M %p}".lstrip("0")
    if then.date() == today.date():
        return f"today at {time}"
    if then.date() == today.date() - timedelta(days=1):
        return f"yesterday at {time}"
    year = "" if then.year == today.year else f", {then.year}"
    return f"{then:%A, %B} {then.day}{year} at {time}"


# how a view ends


def render(template: str, **values: Any) -> str:
    """A page of the desk: `render("home.html", …)` renders faqbot/staff/home.html."""
    return render_template(f"faqbot/staff/{template}", keep_days=KEEP_DAYS, **values)


def redirect_to(endpoint: str, **values: Any) -> Response:
    """To another page of the desk, after a POST: `redirect_to("entry", entry_id="duration")`."""
    return cast(Response, redirect(address_of(f".{endpoint}", **values), 303))


def flash(text: str, kind: str = "good") -> None:
    """Show a message at the top of the next page, be it this one or the one redirected to."""
    g.setdefault("said", []).append(FlashMessage(kind, text))


def cookie_path() -> str:
    """The desk's own address, so that no other page gets its cookies."""
    return address_of(".home").rstrip("/") or "/"


@desk.context_processor
def _for_templates() -> dict[str, Any]:
    if "service" not in g:  # the practice cannot answer, which is said on a page of the app's
        return {}
    return {
        "practice": service().bot.knowledge.practice,
        "who": who(),
        "paused": workspace().current_pause(),
        "said": _said,
        "navigation": _navigation,
        "draft_changes": lambda: len(draft().changes),
        "when": lambda moment: in_words(moment, zone()),
        "csrf_token": lambda: sessions.token(workspace(), g.session),
    }


def _navigation() -> Iterator[tuple[str, str, str]]:
    """Each page's address, name, and aria-current: "page", or "true" for its parent."""
    here = request.root_path + request.path
    above = PARENT_PAGE.get((request.endpoint or "").rpartition(".")[2])
    for name, title in NAVIGATION:
        address = address_of(f".{name}")
        is_parent = name == above or here.startswith(f"{address}/")
        yield address, title, "page" if here == address else "true" if is_parent else ""


def _said() -> list[FlashMessage]:
    """The messages to show now; they are not shown again."""
    try:
        pairs = signer("said").loads(request.cookies.get(FLASH_COOKIE, ""))
        carried = [FlashMessage(*pair) for pair in pairs]
    except (BadData, TypeError):
        carried = []
    shown = [*carried, *g.get("said", [])]
    g.said, g.said_shown = [], True
    return shown


@desk.after_request
def _carry(response: Response) -> Response:
    """Keep the messages that were not shown yet for the next page."""
    if waiting := g.get("said"):
        while len(json.dumps(waiting)) > FLASH_LIMIT and len(waiting) > 1:
            waiting.pop(0)
        value = signer("said").dumps([(kind, text[:FLASH_LIMIT]) for kind, text in waiting])
        response.set_cookie(FLASH_COOKIE, value, path=cookie_path(), **sessions.COOKIE_FLAGS)
    elif g.get("said_shown") and FLASH_COOKIE in request.cookies:
        response.delete_cookie(FLASH_COOKIE, path=cookie_path(), **sessions.COOKIE_FLAGS)
    return response


def signer(salt: str) -> URLSafeSerializer:
    """Signs what a cookie carries from one page of the desk to the next."""
    return URLSafeSerializer(sessions.secret(workspace()), salt=salt)

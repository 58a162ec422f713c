"""A practice served by the whole app, for those who try to get in: its staff desk and its API.

house = House(practice)               # as `faqbot serve` would, but for limits and the log
desk = house.signed_in()              # a browser of the office; `house.client()` is a stranger's
with house.unharmed(): ...            # fails where the folder, the draft or a version changes
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from faqbot import staff
from faqbot.app import create_app
from faqbot.editing.workspace import Workspace
from faqbot.service import Service
from tests.desk import CHEAP, WHO, Bed, Desk

VALUES = {
    "entry_id": "duration",
    "name": "practice.toml",
    "stem": "procedure",
    "version_id": "0001",
}
OPEN = ("/sign-in", "/staff.css", "/staff.js", "/icon.svg")  # of the desk, to everybody
PASSING = ("sessions", "lock", "journal.sqlite", "secret")  # what no harm is


class House(Bed):
    """The app of a folder with a password; `close` it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.workspace = Workspace(folder)
        self.workspace.create_hidden_folder()
        (self.workspace.hidden / "password").write_text(CHEAP, "ascii")
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {"rate_limit": "off", "log": "off", **settings}.items():
                patch.setenv(f"FAQBOT_{name.upper()}", value)
            self.service = Service.open(folder)
            self.app = create_app(self.service)
        self.app.testing = True  # a fault of the program ends the test, and is no page

    def signed_in(self, who: str = WHO) -> Desk:
        desk = self.client()
        answer = desk.sign_in(who)
        assert answer.status_code == 303, answer.text
        return desk

    def close(self) -> None:
        self.service.close()

    def kept(self) -> dict[str, bytes]:
        """Every file of the folder and its hidden room, but for what comes and goes."""
        files = (path for path in self.workspace.folder.rglob("*") if path.is_file())
        named = {str(path.relative_to(self.workspace.folder)): path for path in files}
        passing = tuple(f".faqbot/{name}" for name in PASSING)
        return {n: p.read_bytes() for n, p in named.items() if not n.startswith(passing)}

    @contextmanager
    def unharmed(self) -> Iterator[None]:
        before = self.kept()
        yield
        assert self.kept() == before


def desk_rules() -> list[Rule]:
    """Every address of the desk, also those that do not exist yet as this is written."""
    app = Flask("faqbot", static_folder=None)
    staff.install(app, _nobody)
    return list(app.url_map.iter_rules())


def addresses(method: str, *, with_open: bool = False) -> list[str]:
    """The desk's addresses that take this method, below /staff."""
    rules = [rule for rule in desk_rules() if method in (rule.methods or ())]
    paths = [address(rule).removeprefix("/staff") for rule in rules]
    return sorted({path for path in paths if with_open or path not in OPEN})


def address(rule: Rule, value: str | None = None) -> str:
    """A rule's address with arguments that there are, or with one that may not be."""
    path = rule.rule
    for argument in rule.arguments:
        for begin in ("<", "<path:"):
            path = path.replace(f"{begin}{argument}>", value or VALUES.get(argument, "x"))
    return path


def _nobody() -> Service:
    raise AssertionError("No request was expected.")

"""A practice served for real, its visitors, and somebody of its office at the desk.

with opened(folder) as practice:
    practice.ask("where do I park")          # as the chat box asks
    ann = Person(page, practice.desk)        # at the desk, in a browser
    ann.sign_in()
    ann.go_to("Unanswered")

Everything is found by its role and its words, as a person finds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from faqbot.editing.workspace import Workspace
from faqbot.staff.password import set_password
from tests.servers import Client, Server, serving

PASSWORD = "three plain words"  # noqa: S105


class Practice:
    """The running server of one practice."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.port = server.port
        self.address = f"http://127.0.0.1:{server.port}"
        self.desk = f"{self.address}/staff"

    def ask(self, question: str) -> tuple[str, list[str]]:
        """The reply's kind, and the ids of its entries."""
        with closing(Client(self.port)) as visitor:
            status, reply = visitor.ask(question)
        assert status == 200
        return reply["kind"], [entry["id"] for entry in reply["entries"]]

    def everybody_gets(self, question: str, kind: str, ids: list[str]) -> bool:
        """Whether visitors get this reply, whichever process answers them."""
        return self._server.everybody(lambda: self.ask(question) == (kind, ids))

    def everybody_has(self, entry_id: str) -> bool:
        """Whether there is such an entry in all processes; asks nothing that is noted down."""
        return self._server.everybody(lambda: self._has(entry_id))

    def everybody_tells_of(self, name: str) -> bool:
        """Whether all processes have seen that this file must be fixed."""
        return self._server.everybody(lambda: self._tells_of(name))

    def everybody_has_noted(self) -> bool:
        """Whether what was asked so far stands in the journal, whichever process was asked."""
        return self._server.everybody(lambda: self._get("/readyz")[0] == 200)

    def _has(self, entry_id: str) -> bool:
        return bool(self._get(f"/api/entries/{entry_id}")[0] == 200)

    def _tells_of(self, name: str) -> bool:
        return any(name in problem for problem in self._get("/healthz")[1]["problems"])

    def _get(self, path: str) -> tuple[int, Any]:
        with closing(Client(self.port)) as visitor:
            return visitor.get(path)


@contextmanager
def opened(folder: Path, workers: int = 1) -> Iterator[Practice]:
    """Serve the folder, with a desk and the journal at its default place."""
    set_password(Workspace(folder), PASSWORD)
    arguments = ("--knowledge", str(folder), "--workers", str(workers))
    with serving(*arguments, FAQBOT_RATE_LIMIT="off") as server:
        yield Practice(server)


class Person:
    """Somebody at the desk."""

    def __init__(self, page: Page, desk: str, name: str = "Ann Lee") -> None:
        self.page = page
        self.desk = desk
        self.name = name

    def sign_in(self) -> None:
        self.page.goto(self.desk)
        self.page.get_by_label("Your name").fill(self.name)
        self.page.get_by_label("The practice's password").fill(PASSWORD)
        self.press("Sign in")
        expect(self.heading(f"Good to see you, {self.name.split()[0]}")).to_be_visible()

    def go_to(self, title: str) -> None:
        """One of the pages that the desk's navigation names."""
        self.navigation(title).click()
        expect(self.heading(title)).to_be_visible()

    def navigation(self, title: str) -> Locator:
        return self.page.get_by_role("navigation", name="Staff desk").get_by_role(
            "link", name=title
        )

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def heading(self, text: str) -> Locator:
        return self.page.get_by_role("heading", name=text, exact=True)

    def region(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name)

    def is_told(self, text: str) -> None:
        """A message that says this stands on the page."""
        expect(self.page.get_by_role("status").filter(has_text=text).first).to_be_visible()

    def tab_to(self, target: Locator, key: str = "Tab") -> None:
        """Move the focus there with one key."""
        for _ in range(100):
            self.page.keyboard.press(key)
            if target.evaluate("part => part === document.activeElement"):
                return
        raise AssertionError(f"{key} never reaches {target}.")

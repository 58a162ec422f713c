"""A practice served for real, its visitors, and somebody of its office at the desk.

with opened(folder) as practice:
    practice.ask("where do I park")          # as the chat box asks
    ann = Person(page, practice.desk)        # at the desk, in a browser
    ann.sign_in()
    ann.go_to("Unanswered")

Everything is found by its role and its words, as a person finds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from faqbot.editing.workspace import Workspace
from faqbot.staff.password import set_password
from tests.servers import Client, serving

PASSWORD = "three plain words"  # noqa: S105


class Practice:
    """The instances that serve one practice; the first has the desk that is used."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = ports
        self.port = ports[0]
        self.address = f"http://127.0.0.1:{self.port}"
        self.desk = f"{self.address}/staff"

    def ask(self, question: str) -> tuple[str, list[str]]:
        """The reply's kind, and the ids of its entries."""
        return _ask(self.port, question)

    def everybody_gets(self, question: str, kind: str, ids: list[str]) -> bool:
        """Whether visitors get this reply, whichever instance answers them."""
        return all(_ask(port, question) == (kind, ids) for port in self._ports)

    def everybody_has(self, entry_id: str) -> bool:
        """Whether there is such an entry in all instances; asks nothing that is noted down."""
        return all(_get(port, f"/api/entries/{entry_id}")[0] == 200 for port in self._ports)

    def everybody_tells_of(self, name: str) -> bool:
        """Whether all instances have seen that this file must be fixed."""
        states = [_get(port, "/healthz")[1] for port in self._ports]
        return all(any(name in problem for problem in state["problems"]) for state in states)

    def everybody_has_noted(self) -> bool:
        """Whether what was asked so far stands in the journal, whichever instance was asked."""
        return all(_get(port, "/readyz")[0] == 200 for port in self._ports)


def _ask(port: int, question: str) -> tuple[str, list[str]]:
    with closing(Client(port)) as visitor:
        status, reply = visitor.ask(question)
    assert status == 200
    return reply["kind"], [entry["id"] for entry in reply["entries"]]


def _get(port: int, path: str) -> tuple[int, Any]:
    with closing(Client(port)) as visitor:
        return visitor.get(path)


@contextmanager
def opened(folder: Path, instances: int = 1) -> Iterator[Practice]:
    """Serve the folder, with a desk and the journal at its default place."""
    set_password(Workspace(folder), PASSWORD)
    served = ("--knowledge", str(folder))
    with ExitStack() as stack:
        servers = [serving(*served, FAQBOT_RATE_LIMIT="off") for _ in range(instances)]
        yield Practice([stack.enter_context(server).port for server in servers])


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

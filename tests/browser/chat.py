"""The chat box as a test sees it: by roles and names, as a visitor does."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.waiting import PATIENCE


class Chat:
    """The box on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.element = page.locator("faq-chat")
        self.launcher = self.element.get_by_role("button", name="Questions?")
        self.dialog = self.element.get_by_role("dialog")
        self.log = self.element.get_by_role("log")
        self.input = self.element.get_by_role("textbox")
        self.options = self.element.get_by_role("option")
        self.notice = self.element.locator(".notice")
        self.polite = self.element.get_by_role("status")
        self.assertive = self.element.get_by_role("alert")

    @property
    def last(self) -> Locator:
        """What was said last."""
        return self.log.locator(".turn").last

    def button(self, name: str) -> Locator:
        return self.element.get_by_role("button", name=name, exact=True)

    def open(self) -> None:
        self.launcher.click()
        expect(self.log).to_be_visible()

    def ask(self, text: str, kind: str = "") -> Locator:
        """Types a question, sends it with Enter, and waits for the reply of that kind."""
        before = self.log.locator(".turn").count()
        self.input.fill(text)
        self.input.press("Enter")
        reply = self.log.locator(".turn:not(.you):not(.dots)").nth(-1)
        expect(self.log.locator(".turn:not(.dots)")).to_have_count(before + 2)
        if kind:
            expect(self.last).to_contain_class(kind)
        return reply

    def turns(self) -> int:
        return self.log.locator(".turn").count()

    def store(self, text: str) -> None:
        """Keep this as what the box has kept of the conversation; the page is to be loaded anew."""
        self.element.evaluate(
            """(box, text) => {
                // No reply, which would be kept over it.
                window.fetch = () => new Promise(() => {})
                box.ask('how long does it take')
                const [key] = Object.keys(sessionStorage)
                box.remove()
                sessionStorage.setItem(key, text)
            }""",
            text,
        )

    def sent_to(self, path: str) -> list[dict]:
        """The bodies sent to that path from now on; other requests, such as for tools.js, aside."""
        sent: list[dict] = []

        def note(request: Request) -> None:
            if request.url.endswith(path):
                sent.append(request.post_data_json)

        self.page.on("request", note)
        return sent

    def hold(self, address: str) -> list[Route]:
        """Keeps requests waiting, for the test to let go."""
        held: list[Route] = []
        self.page.route(address, lambda route: held.append(route))
        return held

    def first(self, held: list[Route]) -> Route:
        """The first request that is kept waiting, once it has come."""
        self.wait_until(lambda: bool(held))
        return held[0]

    def stop_time(self) -> None:
        """From now on the page's timers go off only as `page.clock.run_for` says."""
        self.page.clock.install(time=0)
        self.page.clock.pause_at(1000)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"waited {PATIENCE} seconds in vain"
            self.page.wait_for_timeout(10)

"""Takes the pictures of the docs: `python -m tests.browser.screenshots`, then look at them.

In Inter where it is installed (`fonts-inter`), which is near to what phones and Macs show.
"""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright
from waitress.server import create_server

from faqbot.app import create_app
from faqbot.bot import Bot
from faqbot.paths import bundled

from . import pictures

IMAGES = Path(__file__).parents[2] / "docs" / "images"
FONT = """addEventListener('DOMContentLoaded', () => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync('body { font-family: Inter } faq-chat { --faq-font: Inter, sans-serif }')
    document.adoptedStyleSheets = [sheet]
})"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 800}}
# The picture's name, the window, the visitor's preference, and what is asked (None: closed).
PICTURES: list[tuple[str, dict[str, object], str, list[str] | None]] = [
    ("phone-closed", PHONE, "light", None),
    ("phone-open", PHONE, "light", []),
    ("phone-answer", PHONE, "light", ["how long does it take"]),
    ("phone-choices", PHONE, "light", ["after the procedure"]),
    ("phone-office", PHONE, "light", ["do u take medicare"]),
    ("phone-emergency", PHONE, "light", ["i cant feel my legs"]),
    ("phone-dark", PHONE, "dark", ["how long does it take"]),
    ("desk-answer", DESK, "light", ["how long does it take"]),
]


def take(browser: Browser, address: str) -> None:
    for name, window, scheme, questions in PICTURES:
        page = browser.new_page(**window, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.add_init_script(FONT)
        page.goto(address)
        if questions is not None:
            converse(page, questions)
        pictures.take(page, IMAGES / f"{name}.png")
        page.close()


def converse(page: Page, questions: list[str]) -> None:
    box = page.locator("faq-chat")
    box.get_by_role("button", name="Questions?").click()
    for question in questions:
        box.get_by_role("combobox").fill(question)
        box.get_by_role("button", name="Send").click()
        expect(box.locator(".turn").last.locator("a.phone").first).to_be_attached()
        if source := box.locator("summary").all():
            source[-1].click()
    page.wait_for_timeout(100)


def main() -> None:
    server = create_server(create_app(Bot.load(bundled("knowledge"))), port=0)
    threading.Thread(target=server.run, daemon=True).start()
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        take(browser, f"http://127.0.0.1:{server.effective_port}/")
        browser.close()


if __name__ == "__main__":
    main()

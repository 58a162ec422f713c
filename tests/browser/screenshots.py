"""Takes the pictures of the docs: `make pictures`, then look at them.

None is taken of another state than its name says: the command fails instead. They are in Inter,
which is near to what phones and Macs show.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from faqbot.app import create_app
from faqbot.assets import bundled
from faqbot.bot import Bot
from tests.servers import served
from tests.waiting import PATIENCE

from . import pictures
from .chat import Chat

IMAGES = Path(__file__).parents[2] / "docs" / "images"
FONT = """addEventListener('DOMContentLoaded', () => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync('body { font-family: Inter } faq-chat { --faq-font: Inter, sans-serif }')
    document.adoptedStyleSheets = [sheet]
})"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 800}}
HOW_LONG = "how long does it take"


@dataclass(frozen=True)
class Picture:
    """What is asked in which window, and what must then be on the screen."""

    name: str
    shows: tuple[str, ...]  # texts that can be read in it
    question: str = ""
    kind: str = ""  # of the reply; "" where nothing is asked
    window: dict[str, object] = field(default_factory=lambda: PHONE)
    scheme: str = "light"


HOUR = ("one hour", "The procedure takes about one hour per fracture level treated")
PICTURES = [
    Picture("phone-closed", ("Questions?",)),
    Picture("phone-open", ("Hello! I can tell you", "call 911", "People often ask")),
    Picture("phone-answer", HOUR, HOW_LONG, "answer"),
    Picture("phone-choices", ("Is it one of these?",), "what about the fracture", "choices"),
    Picture("phone-office", ("is happy to tell you", "911"), "do u take medicare", "office"),
    Picture("phone-emergency", ("Call 911 now",), "i cant feel my legs", "emergency"),
    Picture("phone-dark", HOUR, HOW_LONG, "answer", scheme="dark"),
    Picture("desk-answer", HOUR, HOW_LONG, "answer", DESK),
]


def take(browser: Browser, address: str) -> None:
    for picture in PICTURES:
        options: dict[str, Any] = {**picture.window, "color_scheme": picture.scheme}
        page = browser.new_page(**options, reduced_motion="reduce")
        page.add_init_script(FONT)
        page.goto(address)
        reach(page, picture)
        pictures.take(page, IMAGES / f"{picture.name}.png")
        page.close()


def reach(page: Page, picture: Picture, patience: float = PATIENCE) -> None:
    """Bring the page into the picture's state; fails where it is not on the screen in the end."""
    chat = Chat(page)
    if picture.name.endswith("closed"):
        within = chat.element
    else:
        chat.open()
        within = _asked(chat, picture, patience) if picture.question else chat.last
    for text in picture.shows:
        shown = within.get_by_text(text).filter(visible=True).first
        expect(shown).to_be_in_viewport(ratio=1, timeout=1000 * patience)


def _asked(chat: Chat, picture: Picture, patience: float) -> Locator:
    reply = chat.ask(picture.question)
    expect(reply).to_contain_class(picture.kind, timeout=1000 * patience)
    if picture.kind == "choices":
        expect(reply.get_by_role("button").nth(1)).to_be_in_viewport(ratio=1)
    for source in reply.locator("summary").all():
        source.click()
    return reply


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser for pictures; ends the program where the font is missing."""
    if "Inter" not in subprocess.check_output(["fc-list", ":", "family"], text=True):
        sys.exit("The pictures need the font Inter: sudo apt install fonts-inter")
    expect.set_options(timeout=1000 * PATIENCE)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium-headless-shell")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


def main() -> None:
    with served(create_app(Bot.load(bundled("knowledge")))) as port, browsing() as browser:
        take(browser, f"http://127.0.0.1:{port}/")


if __name__ == "__main__":
    main()

"""Takes the desk's pictures for the docs: `make pictures`, then look at them.

The sample practice is served from a copy, visitors ask, and the office goes through its day. None
is taken of another state than its name says: the command fails instead.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from faqbot.assets import bundled

from . import pictures
from .office import Person, Practice, opened
from .screenshots import FONT, IMAGES, browsing

WIDTH = 1000
ASKED = [
    "how many days off my feet",
    "how many days off feet",
    "how many days off my feet?",
    "do I lie on my belly or my side",
    "do i lie on my belly",
    "shedule apptment",
]


def take(ann: Person) -> None:
    for step in (unanswered, entry, first_page, trying, publishing, versions):
        step(ann)


def picture(page: Page, name: str, height: int, *shows: str) -> None:
    """`shows`: texts that can be read in it."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.evaluate("document.activeElement.blur()")
    page.evaluate("scrollTo(0, 0)")
    for text in shows:
        expect(page.get_by_text(text).filter(visible=True).first).to_be_in_viewport(ratio=1)
    pictures.take(page, IMAGES / f"desk-{name}.png")


def first_page(ann: Person) -> None:
    ann.page.goto(ann.desk)
    picture(ann.page, "home", 760, "Visitors are getting answers", "2 changes wait")


def unanswered(ann: Person) -> None:
    ann.go_to("Unanswered")
    picture(ann.page, "unanswered", 640, ASKED[0], "Add to it")
    ann.page.get_by_role("button", name="Add to it").first.click()


def entry(ann: Person) -> None:
    page = ann.page
    page.goto(f"{ann.desk}/answers/duration")
    answer = page.get_by_label("The answer", exact=True)
    answer.fill(answer.input_value().replace("It takes about", "The procedure takes about"))
    expect(ann.region("As a visitor gets it")).to_contain_text(
        "The procedure takes about one hour for"
    )
    picture(page, "entry", 900, "As a visitor gets it", "From our page")
    ann.press("Save in the draft")


def trying(ann: Person) -> None:
    ann.page.goto(f"{ann.desk}/try")
    ann.page.get_by_label("Ask as a visitor would").fill(ASKED[0])
    ann.press("Ask")
    ready(ann.page)
    picture(
        ann.page,
        "try",
        700,
        "The draft gives a different reply",
        "Is it one of these?",
        "rather quickly",
    )


def publishing(ann: Person) -> None:
    ann.go_to("Publish")
    ready(ann.page)
    picture(
        ann.page,
        "publish",
        1100,
        "how many days off feet",
        "The procedure",
        "none gets a worse reply",
    )
    for box in ann.page.get_by_role("checkbox").all():
        box.check()
    ann.press("Publish now")


def versions(ann: Person) -> None:
    expect(ann.heading("Versions")).to_be_visible()
    picture(ann.page, "versions", 480, "Published as version 2", "Undo it")


def ready(page: Page) -> None:
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=120_000)


def ask_unanswered(practice: Practice) -> None:
    for question in ASKED:
        practice.ask(question)
    assert practice.everybody_has_noted()


def main() -> None:
    hidden = shutil.ignore_patterns(".faqbot")
    with tempfile.TemporaryDirectory() as room, browsing() as browser:
        folder = shutil.copytree(bundled("knowledge"), Path(room) / "knowledge", ignore=hidden)
        with opened(folder) as practice:
            ask_unanswered(practice)
            page = browser.new_page(viewport={"width": WIDTH, "height": 700})
            page.add_init_script(FONT)
            ann = Person(page, practice.desk)
            ann.sign_in()
            take(ann)


if __name__ == "__main__":
    main()

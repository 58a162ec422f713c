"""Every page of the desk is for everybody: no fault that axe finds, nothing wider than the window.

In light and dark, on a desk and on the smallest phone, and in the states that people meet: with a
draft and without, with something to fix, with something that gets worse, in a pause.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from faqbot.editing import draft as drafts
from faqbot.editing import triage
from faqbot.editing.workspace import Workspace, fingerprint, text_of
from tests.conftest import copy_practice
from tests.house import House
from tests.servers import served
from tests.waiting import wait_until

from . import axe
from .office import Person, Practice

WHO = "Ann Lee"
WIDE, PHONE = 1200, 320
TARGET = 24  # pixels that a button is high at the least
STAY, LONG = "overnight-stay", "how many hours will i be in there"
# Where the page is, and what stands on it in the state that is meant.
BUSY = {
    "/": "changes wait to be published",
    "/answers": "not live yet",
    "/answers?q=bone+cement": "found for",
    "/answers?q=zzz": "Nothing found",
    "/answers/cement": "Last reviewed",
    "/answers/duration": "As a visitor gets it",
    "/answers/insurance": "Only the office can answer",
    "/answers/legs": "Emergency message",
    "/answers/new": "Who answers it?",
    "/answers/cement/remove": "Remove this entry?",
    "/files/procedure.md": "Nothing to fix",
    "/files/practice.toml": "Nothing to fix",
    "/unanswered": "In the draft",
    "/try": "Ask as a visitor would",
    f"/try: {LONG}": "The draft gives a different reply",
    "/try: price": "gives the same reply",
    "/try: i cant feel my legs": "It sounds like danger",
    "/publish": "tick each one that you have seen",
    "/versions": "Undo it…",
    "/versions/0001": "Bring this version back?",
    "/versions/0002": "This is what visitors get now",
    "/page": "Answers from this page",
    "/report?days=7": "Questions a day",
    "/report?days=90": "Week from",
    "/reviews": "Due now",
    "/pause": "Pause answering?",
    "/nothing-is-here": "The desk has no such page",
}
TROUBLED = {
    "/": "small-talk.md",
    "/answers": "to fix",
    "/answers/cement": "The page does not say this",
    "/files/procedure.md": "to fix before publishing",
    "/unanswered": "The journal is off",
    "/try: price": "something in it must be fixed first",
    "/publish": "must be fixed first",
    "/versions": "Nothing was published at this desk yet",
    "/page": "not on this page",
    "/report": "journal",
    "/reviews": "Reminders are off",
    "/pause": "Answer again",
}


def changed(folder: Path, old: str, new: str) -> None:
    """Change a passage of the page's answers in the draft."""
    workspace, name = Workspace(folder), "procedure.md"
    text = text_of(drafts.read(workspace).files[name])
    assert old in text
    before = fingerprint(text)
    drafts.save_file(workspace, name, text.replace(old, new), before, WHO, "Changed an answer")


@dataclass
class Office:
    """A practice that is served, and Ann at its desk."""

    folder: Path
    practice: Practice
    ann: Person


@pytest.fixture(scope="module")
def opened(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Callable[[Callable[[Path], None]], Office]]:
    """Serves a copy of the small practice, with reviews and an example more, as it is prepared."""
    with ExitStack() as stack:

        def open_(prepare: Callable[[Path], None]) -> Office:
            folder = copy_practice(tmp_path_factory.mktemp("desks") / "practice")
            every = 'review_every = "6 months"\n' + (folder / "practice.toml").read_text("utf-8")
            (folder / "practice.toml").write_text(every, "utf-8")
            page = (folder / "procedure.md").read_text("utf-8")
            reviewed = f"\nReviewed: {date.today() - timedelta(21)} by Ann Lee\n"
            (folder / "procedure.md").write_text(page + reviewed, "utf-8")
            with (folder / "examples.jsonl").open("a", encoding="utf-8") as examples:
                examples.write(json.dumps({"question": LONG, "accept": ["duration"]}) + "\n")
            prepare(folder)
            house = stack.enter_context(closing(House(folder)))
            practice = Practice([stack.enter_context(served(house.app))])
            context = stack.enter_context(browser.new_context(reduced_motion="reduce"))
            context.add_cookies([house.signed_in(WHO).cookie()])
            return Office(folder, practice, Person(context.new_page(), practice.desk, WHO))

        yield open_


@pytest.fixture(scope="module")
def busy(opened: Callable[[Callable[[Path], None]], Office]) -> Office:
    """A practice with two versions, a draft that makes something worse, and questions asked."""

    def prepare(folder: Path) -> None:
        changed(folder, "It hardens quickly.", "It hardens **quickly**.")
        drafts.publish(Workspace(folder), WHO)

    office = opened(prepare)
    practice, workspace = office.practice, Workspace(office.folder)
    for question in [LONG, "will i be asleep", "where do i park", "is there parking", "price"]:
        practice.ask(question)
    practice.ask("how long does it take")
    practice.ask("i cant feel my legs")
    triage.as_phrasings(workspace, STAY, {LONG: [LONG]}, WHO)
    triage.as_office_topic(workspace, {"is there parking": ["is there parking"]}, WHO)
    changed(office.folder, "See also", "Look also at")
    wait_until(practice.everybody_has_noted)
    return office


@pytest.fixture(scope="module")
def troubled(opened: Callable[[Callable[[Path], None]], Office]) -> Office:
    """A practice in a pause, without a journal, with a draft and a folder that must be fixed."""

    def prepare(folder: Path) -> None:
        toml = folder / "practice.toml"
        toml.write_text(toml.read_text("utf-8").replace('= "6 months"', '= "off"'), "utf-8")
        toml.write_text('journal = "off"\n' + toml.read_text("utf-8"), "utf-8")

    office = opened(prepare)
    changed(office.folder, "> The bone cement hardens", "> The glue hardens")
    pause = '{"who": "Ann Lee", "when": "2026-11-02T10:00:00+00:00"}'
    Workspace(office.folder).paused.write_text(pause, "utf-8")
    (office.folder / "small-talk.md").write_text("## Hello\n\nAlso aksed:\n", "utf-8")
    wait_until(lambda: office.practice.everybody_tells_of("small-talk.md"))
    return office


@pytest.fixture(scope="module")
def torn(opened: Callable[[Callable[[Path], None]], Office]) -> Office:
    """A practice whose draft and folder say different things."""
    office = opened(lambda _: None)
    changed(office.folder, "It hardens quickly.", "It hardens soon.")
    page = office.folder / "procedure.md"
    page.write_text(page.read_text("utf-8").replace("hardens quickly.", "is hard."), "utf-8")
    return office


def faults(page: Page) -> list[str]:
    """What is wrong for anybody; in the dark on a wide window only, as no colour asks how wide."""
    found: list[str] = []
    for width in (WIDE, PHONE):
        page.set_viewport_size({"width": width, "height": 800})
        wide: int = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{width} px: it is {wide} px wide"] if wide > width else []
        found += [f"{width} px: {one}" for one in axe.violations(page)]
    heights = page.evaluate("[...document.querySelectorAll('button')].map(b => b.offsetHeight)")
    found += [f"a button is {height} px high" for height in heights if 0 < height < TARGET]
    page.set_viewport_size({"width": WIDE, "height": 800})
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in axe.violations(page, axe.COLOURS)]
    page.emulate_media(color_scheme="light")
    return found


def faults_of(office: Office, pages: dict[str, str]) -> dict[str, list[str]]:
    """Those of each page that has some."""
    found: dict[str, list[str]] = {}
    for path, text in pages.items():
        address, _, asked = path.partition(": ")
        look_at(office.ann.page, office.practice.desk + address, text, asked)
        found[path] = faults(office.ann.page)
    return {path: lines for path, lines in found.items() if lines}


def look_at(page: Page, address: str, text: str, asked: str = "") -> None:
    """Open a page, ask something there, and wait until it shows what it is meant to."""
    page.goto(address)
    if asked:
        page.get_by_label("Ask as a visitor would").fill(asked)
        page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.locator("body")).to_contain_text(text)


def test_every_page_is_for_everybody(busy: Office) -> None:
    assert faults_of(busy, BUSY) == {}


def test_so_it_is_when_there_is_something_to_mend(troubled: Office) -> None:
    assert faults_of(troubled, TROUBLED) == {}


def test_so_is_what_a_new_page_text_changes(busy: Office) -> None:
    ann = busy.ann
    look_at(ann.page, f"{busy.practice.desk}/page", "Has the page changed?")
    ann.page.get_by_label("The page's new text").fill("The bone cement hardens in no time.")
    ann.press("See what changes")
    expect(ann.heading("What the new page text changes")).to_be_visible()
    assert faults(ann.page) == []


def test_so_is_the_way_in(busy: Office, browser: Browser) -> None:
    page = browser.new_page()
    look_at(page, busy.practice.desk, "Sign in")
    assert faults(page) == []
    page.close()


def test_so_is_the_choice_between_two_texts(torn: Office) -> None:
    look_at(torn.ann.page, f"{torn.practice.desk}/publish", "Both texts are still here")
    assert faults(torn.ann.page) == []


def test_so_is_the_word_that_somebody_else_was_faster(torn: Office) -> None:
    ann = torn.ann
    look_at(ann.page, f"{torn.practice.desk}/answers/incisions", "How big are the cuts?")
    changed(torn.folder, "**two small** cuts", "**two** cuts")
    ann.page.get_by_label("The answer", exact=True).fill("The surgeon makes two little cuts.")
    ann.press("Save in the draft")
    expect(ann.heading("What is different")).to_be_visible()
    assert faults(ann.page) == []

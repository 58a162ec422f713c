"""Every page of the desk is for everybody: no fault that axe finds, nothing wider than the window.

In light and dark, on a desk and on the smallest phone, and in the states that people meet: with a
draft and without, with something to fix, with something that gets worse, in a pause.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from faqbot.editing import draft as drafts
from faqbot.editing import triage
from faqbot.editing.workspace import Workspace, fingerprint, text_of
from tests.conftest import PRACTICE
from tests.waiting import wait_until

from . import axe
from .office import Person, Practice, opened

WHO = "Ann Lee"
WIDTHS = (1200, 320)
SCHEMES = {"light": axe.RULES, "dark": axe.COLOURS}
HIDDEN = shutil.ignore_patterns(".faqbot")  # where the folder was served in place
STAY, LONG = "overnight-stay", "how many hours will i be in there"
# Where the page is, and what stands on it in the state that is meant.
BUSY = {
    "/": "changes wait to be published",
    "/answers": "not live yet",
    "/answers?q=bone+cement": "found for",
    "/answers?q=zzz": "Nothing found",
    "/answers/cement": "Last reviewed",
    "/answers/insurance": "Only the office can answer",
    "/answers/legs": "Emergency message",
    "/answers/new": "Who answers it?",
    "/answers/cement/remove": "Remove this entry?",
    "/files/procedure.md": "Nothing to fix",
    "/files/practice.toml": "Nothing to fix",
    "/unanswered": "In the draft",
    "/try": "Ask as a visitor would",
    f"/try?q={LONG.replace(' ', '+')}": "The draft replies otherwise",
    "/try?q=price": "replies the same",
    "/try?q=i+cant+feel+my+legs": "It sounds like danger",
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
    "/unanswered": "The journal is switched off",
    "/try?q=price": "something in it must be fixed first",
    "/publish": "must be fixed first",
    "/versions": "Nothing was published at this desk yet",
    "/page": "not on this page",
    "/report": "journal",
    "/reviews": "This is switched off",
    "/pause": "Answer again",
}


def changed(folder: Path, old: str, new: str) -> None:
    """Change a passage of the page's answers in the draft."""
    workspace, name = Workspace(folder), "procedure.md"
    text = text_of(drafts.read(workspace).files[name])
    assert old in text
    before = fingerprint(text)
    drafts.save_file(workspace, name, text.replace(old, new), before, WHO, "Changed an answer")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A copy of the small practice by this name, with reviews and an example more."""

    def copy(name: str) -> Path:
        made = shutil.copytree(PRACTICE, tmp_path_factory.mktemp("desks") / name, ignore=HIDDEN)
        every = 'review_every = "6 months"\n' + (made / "practice.toml").read_text("utf-8")
        (made / "practice.toml").write_text(every, "utf-8")
        page = (made / "procedure.md").read_text("utf-8")
        reviewed = f"\nReviewed: {date.today() - timedelta(21)} by Ann Lee\n"
        (made / "procedure.md").write_text(page + reviewed, "utf-8")
        with (made / "examples.jsonl").open("a", encoding="utf-8") as examples:
            examples.write(json.dumps({"question": LONG, "accept": ["duration"]}) + "\n")
        return made

    return copy


@pytest.fixture(scope="module")
def busy(folder: Callable[[str], Path]) -> Iterator[Practice]:
    """A practice with two versions, a draft that makes something worse, and questions asked."""
    made = folder("busy")
    workspace = Workspace(made)
    changed(made, "It hardens quickly.", "It hardens **quickly**.")
    drafts.publish(workspace, WHO)
    with opened(made) as practice:
        for question in [LONG, "will i be asleep", "where do i park", "is there parking", "price"]:
            practice.ask(question)
        practice.ask("how long does it take")
        practice.ask("i cant feel my legs")
        triage.as_phrasings(workspace, STAY, {LONG: [LONG]}, WHO)
        triage.as_office_topic(workspace, {"is there parking": ["is there parking"]}, WHO)
        changed(made, "See also", "Look also at")
        wait_until(practice.everybody_has_noted)
        yield practice


@pytest.fixture(scope="module")
def troubled(folder: Callable[[str], Path]) -> Iterator[Practice]:
    """A practice in a pause, without a journal, with a draft and a folder that must be fixed."""
    made = folder("troubled")
    toml = made / "practice.toml"
    toml.write_text(toml.read_text("utf-8").replace('= "6 months"', '= "off"'), "utf-8")
    toml.write_text('journal = "off"\n' + toml.read_text("utf-8"), "utf-8")
    with opened(made) as practice:
        changed(made, "> The bone cement hardens", "> The glue hardens")
        Workspace(made).paused.write_text('{"who": "Ann Lee", "when": "2026-11-02T10:00:00+00:00"}')
        (made / "small-talk.md").write_text("## Hello\n\nAlso aksed:\n", "utf-8")
        wait_until(lambda: practice.everybody_tells_of("small-talk.md"))
        yield practice


@pytest.fixture(scope="module")
def signed_in(browser: Browser) -> Iterator[Callable[[Practice], Person]]:
    """Ann at the desk of a practice; one browser for each."""
    people: dict[str, Person] = {}
    contexts: list[BrowserContext] = []

    def person(practice: Practice) -> Person:
        if practice.desk not in people:
            contexts.append(browser.new_context(reduced_motion="reduce"))
            people[practice.desk] = Person(contexts[-1].new_page(), practice.desk, WHO)
            people[practice.desk].sign_in()
        return people[practice.desk]

    yield person
    for context in contexts:
        context.close()


def faults(page: Page) -> list[str]:
    """What is wrong for anybody, in light and dark, on a wide window and a narrow one."""
    found: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        wide: int = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{width} px: it is {wide} px wide"] if wide > width else []
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found += [f"{width} px, {scheme}: {one}" for one in axe.violations(page, rules)]
    return found


def look_at(page: Page, address: str, text: str) -> None:
    """Open a page, and wait until it shows what it is meant to."""
    page.goto(address)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.locator("body")).to_contain_text(text)


@pytest.mark.parametrize(("path", "text"), BUSY.items())
def test_a_page_is_for_everybody(
    busy: Practice, signed_in: Callable[[Practice], Person], path: str, text: str
) -> None:
    page = signed_in(busy).page
    look_at(page, busy.desk + path, text)
    assert faults(page) == []


@pytest.mark.parametrize(("path", "text"), TROUBLED.items())
def test_so_it_is_when_there_is_something_to_mend(
    troubled: Practice, signed_in: Callable[[Practice], Person], path: str, text: str
) -> None:
    page = signed_in(troubled).page
    look_at(page, troubled.desk + path, text)
    assert faults(page) == []


def test_so_is_what_a_new_page_text_changes(
    busy: Practice, signed_in: Callable[[Practice], Person]
) -> None:
    ann = signed_in(busy)
    look_at(ann.page, f"{busy.desk}/page", "Has the page changed?")
    ann.page.get_by_label("The page's new words").fill("The bone cement hardens in no time.")
    ann.press("See what changes")
    expect(ann.heading("What the new page text changes")).to_be_visible()
    assert faults(ann.page) == []


def test_so_is_the_way_in(busy: Practice, browser: Browser) -> None:
    page = browser.new_page()
    look_at(page, busy.desk, "Sign in")
    assert faults(page) == []
    page.close()


@pytest.fixture(scope="module")
def torn(folder: Callable[[str], Path]) -> Iterator[tuple[Practice, Path]]:
    """A practice whose draft and folder say different things."""
    made = folder("torn")
    with opened(made) as practice:
        changed(made, "It hardens quickly.", "It hardens soon.")
        page = made / "procedure.md"
        page.write_text(page.read_text("utf-8").replace("hardens quickly.", "is hard."), "utf-8")
        yield practice, made


def test_so_is_the_choice_between_two_texts(
    torn: tuple[Practice, Path], signed_in: Callable[[Practice], Person]
) -> None:
    page = signed_in(torn[0]).page
    look_at(page, f"{torn[0].desk}/publish", "Both texts are still here")
    assert faults(page) == []


def test_so_is_the_word_that_somebody_else_was_faster(
    torn: tuple[Practice, Path], signed_in: Callable[[Practice], Person]
) -> None:
    ann = signed_in(torn[0])
    look_at(ann.page, f"{torn[0].desk}/answers/incisions", "How big are the cuts?")
    changed(torn[1], "**two small** cuts", "**two** cuts")
    ann.page.get_by_label("The answer", exact=True).fill("The surgeon makes two little cuts.")
    ann.press("Save in the draft")
    expect(ann.heading("What is different")).to_be_visible()
    assert faults(ann.page) == []

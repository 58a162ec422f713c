"""A whole working day at the staff desk, with a real server and a real browser.

Visitors ask three questions that get no answer. The office manager adds one to an entry, writes a
new entry for the second, hands the third to the office, tries it, is warned, fixes it, publishes,
and takes it back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.waiting import wait_until

from .chat import Chat
from .office import PASSWORD, Person, Practice, opened

HOURS = "how many hours will I be away"  # the procedure is meant, or a night
ASLEEP = "do i sleep through it"
NEW = "will-i-be-asleep"  # the id of the entry that is written
PARKING = "where do i park"
STAY = "Do I have to stay in the hospital overnight?"
DURATION = "How long does the procedure take?"
SENTENCE = "You will be asleep during the procedure."
# Right today; once HOURS stands under STAY, it no longer is.
EXAMPLE = "how many hours am I away"
EXAMPLES = [(EXAMPLE, "duration"), ("do I stay over night", "overnight-stay"), ("price", "cost")]


@pytest.fixture
def folder(practice: Path) -> Path:
    """The small practice; its page says one thing more, and more questions must go well."""
    page = practice / "sources" / "procedure.txt"
    page.write_text(page.read_text("utf-8").replace("©", f"{SENTENCE}\n\n©"), "utf-8")
    lines = [json.dumps({"question": q, "accept": [id_]}) + "\n" for q, id_ in EXAMPLES]
    with (practice / "examples.jsonl").open("a", encoding="utf-8") as examples:
        examples.writelines(lines)
    return practice


@pytest.fixture
def served(folder: Path) -> Iterator[Practice]:
    with opened(folder) as practice:
        yield practice


def ask_unanswered(practice: Practice) -> tuple[str, list[str]]:
    """What HOURS gets: choices."""
    hours = practice.ask(HOURS)
    assert hours[0] == "choices"
    assert practice.ask(ASLEEP) == ("office", [])
    assert practice.ask(PARKING) == ("office", [])
    wait_until(practice.everybody_has_noted)
    return hours


def card(ann: Person, question: str) -> Locator:
    """A visitor's question on the page of the unanswered, with what can be done about it."""
    return ann.page.get_by_role("form", name=question)


def add_to(ann: Person, question: str, entry: str) -> None:
    form = card(ann, question)
    form.get_by_label("The answer is under").select_option(label=entry)
    form.get_by_role("button", name="Add to it").click()
    ann.is_told(f"Added to “{entry}” in the draft")


def write_an_answer(ann: Person) -> None:
    """First with a quote that is not on the page, then with the page's own words."""
    card(ann, ASLEEP).get_by_role("button", name="Write a new answer").click()
    page = ann.page
    expect(ann.heading("New entry")).to_be_visible()
    page.get_by_label("The question").fill("Will I be asleep?")
    page.get_by_label("The answer", exact=True).fill("Yes, you will be **asleep**.")
    quotes = page.get_by_label("Quotes from the page")
    quotes.fill("You sleep through all of it.")
    ann.press("Save in the draft")
    told = page.get_by_role("alert").filter(has_text="Please fix before publishing")
    expect(told).to_contain_text("The page does not say this")
    told.get_by_role("link", name="Quotes from the page").click()
    expect(quotes).to_be_focused()
    quotes.fill("")
    page.get_by_role("button", name=SENTENCE).click()
    expect(quotes).to_have_value(SENTENCE)
    ann.press("Save in the draft")
    ann.is_told("Visitors get it once you publish")
    expect(told).to_be_hidden()


def try_it(ann: Person, question: str) -> tuple[Locator, Locator]:
    """What visitors get now, and what they would get with the draft."""
    ann.go_to("Try it")
    ann.page.get_by_label("Ask as a visitor would").fill(question)
    ann.press("Ask")
    ann.is_told("The draft gives a different reply")
    return ann.region("Visitors get now"), ann.region("With the draft")


def look_at_what_changes(ann: Person) -> None:
    ann.go_to("Publish")
    expect(ann.page.get_by_role("button", name="Publish now")).to_be_visible()


def publish(ann: Person) -> None:
    ann.press("Publish now")
    ann.is_told("Visitors get the new answers from now on")


def test_a_working_day(folder: Path, page: Page, browser: Browser) -> None:
    with opened(folder, instances=2) as practice:
        before = ask_unanswered(practice)
        ann = Person(page, practice.desk)
        ann.sign_in()
        see_what_was_asked(ann)
        add_to(ann, HOURS, STAY)
        write_an_answer(ann)
        ann.go_to("Unanswered")
        card(ann, PARKING).get_by_role("button", name="Only the office can say").click()
        ann.is_told("is in the draft as a topic for the office")
        now, then = try_it(ann, ASLEEP)
        expect(now).to_contain_text("(646) 555-0142")
        expect(now).not_to_contain_text("asleep")
        expect(then).to_contain_text("Yes, you will be asleep.")
        assert not practice.everybody_has(NEW)
        be_warned_and_mend(ann)
        publish(ann)
        wait_until(lambda: practice.everybody_has(NEW))
        the_list_is_done(ann)
        the_visitors_get_it(practice, browser)
        undo(ann)
        wait_until(lambda: practice.everybody_gets(HOURS, *before))
        assert practice.everybody_gets(ASLEEP, "office", [])


def see_what_was_asked(ann: Person) -> None:
    """All three, already on the desk's first page."""
    asked = ann.region("Unanswered")
    for question in (HOURS, ASLEEP, PARKING):
        expect(asked).to_contain_text(question)
    asked.get_by_role("link", name="See all 3 questions").click()
    expect(
        ann.page.get_by_role("form", name=re.compile(f"{HOURS}|{ASLEEP}|{PARKING}"))
    ).to_have_count(3)


def be_warned_and_mend(ann: Person) -> None:
    """The draft takes a question away from its answer; the phrasing goes where it belongs."""
    look_at_what_changes(ann)
    warning = ann.page.get_by_role("group", name="Worse: tick each one that you have seen")
    expect(warning.get_by_role("checkbox", name=EXAMPLE)).to_be_visible()
    expect(warning).to_contain_text(f"the answer “{STAY}”")
    expect(warning).to_contain_text(f"the answer “{DURATION}”")
    ann.press("Publish now")
    expect(ann.heading("Publish")).to_be_visible()
    ann.go_to("Unanswered")
    taken = ann.region("In the draft").get_by_role("listitem").filter(has_text=HOURS).last
    taken.get_by_role("button", name="Undo").click()
    ann.is_told("the questions are back on the list")
    add_to(ann, HOURS, DURATION)
    look_at_what_changes(ann)
    expect(ann.page.get_by_text("none gets a worse reply")).to_be_visible()
    expect(warning).to_be_hidden()


def the_list_is_done(ann: Person) -> None:
    ann.go_to("Unanswered")
    expect(ann.page.get_by_text("No visitor went without an answer")).to_be_visible()


def the_visitors_get_it(practice: Practice, browser: Browser) -> None:
    assert practice.everybody_gets(HOURS, "answer", ["duration"])
    assert practice.everybody_gets(ASLEEP, "answer", [NEW])
    assert "Yes, you will be asleep." in reply_in_the_box(browser, practice, ASLEEP)


def undo(ann: Person) -> None:
    ann.go_to("Publish")
    ann.page.get_by_role("link", name="earlier versions").click()
    ann.page.get_by_role("link", name="Undo it…").click()
    ann.press("Bring version 1 back")
    ann.is_told("Version 1 is back")


def test_what_gets_worse_is_published_only_once_it_was_seen(served: Practice, page: Page) -> None:
    served.ask(HOURS)
    wait_until(served.everybody_has_noted)
    ann = Person(page, served.desk)
    ann.sign_in()
    ann.go_to("Unanswered")
    add_to(ann, HOURS, STAY)
    look_at_what_changes(ann)
    seen = page.get_by_role("checkbox", name=EXAMPLE)
    ann.press("Publish now")
    expect(seen).to_be_focused()
    assert served.ask(EXAMPLE) == ("answer", ["duration"])
    seen.check()
    page.get_by_label("A note").fill("They mean the bed.")
    publish(ann)
    expect(page.get_by_role("row", name="Ann Lee")).to_contain_text("They mean the bed.")
    now = "answer", ["overnight-stay"]
    wait_until(lambda: served.everybody_gets(HOURS, *now))
    assert served.ask(EXAMPLE) == ("answer", ["overnight-stay"])


def test_a_change_and_its_undoing_need_no_mouse(
    served: Practice, page: Page, browser: Browser
) -> None:
    ann = Person(page, served.desk)
    page.goto(served.desk)
    ann.tab_to(page.get_by_label("Your name"))
    page.keyboard.type("Ann Lee")
    ann.tab_to(page.get_by_label("The practice's password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(ann.heading("Good to see you, Ann")).to_be_visible()
    ann.tab_to(page.get_by_label("Find an answer"))
    page.keyboard.type("how long")
    page.keyboard.press("Enter")
    follow(ann, page.get_by_role("link", name=DURATION))
    ann.tab_to(page.get_by_label("The answer", exact=True))
    page.keyboard.press("Control+End")
    page.keyboard.type(" Not more.")
    follow(ann, page.get_by_role("button", name="Save in the draft"))
    ann.is_told("Visitors get it once you publish")
    follow(ann, ann.navigation("Publish"), "Shift+Tab")
    ready = page.get_by_role("button", name="Publish now")
    expect(ready).to_be_visible()
    follow(ann, ready)
    ann.is_told("Visitors get the new answers from now on")
    assert "Not more." in reply_in_the_box(browser, served, DURATION)
    follow(ann, page.get_by_role("link", name="Undo it…"))
    follow(ann, page.get_by_role("button", name="Bring version 1 back"))
    ann.is_told("Version 1 is back")
    old = reply_in_the_box(browser, served, DURATION)
    assert "one hour" in old
    assert "Not more." not in old


def follow(ann: Person, target: Locator, key: str = "Tab") -> None:
    """With the keyboard."""
    ann.tab_to(target, key)
    ann.page.keyboard.press("Enter")


def reply_in_the_box(browser: Browser, practice: Practice, question: str) -> str:
    """What a visitor reads who comes with a browser of their own."""
    page = browser.new_page()
    page.goto(practice.address)
    chat = Chat(page)
    chat.open()
    said = chat.ask(question).inner_text()
    page.close()
    return said

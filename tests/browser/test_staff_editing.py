"""The desk's forms in a real browser: what the script adds, and what holds without it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from faqbot import knowledge
from faqbot.editing import draft as drafts
from tests.conftest import copy_practice
from tests.desk import PASSWORD, WHO, Bed
from tests.servers import served

from . import axe


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bed, str]]:
    """A desk that listens, and its address."""
    bed = Bed(copy_practice(tmp_path_factory.mktemp("editing") / "practice"))
    with served(bed.app) as port:
        yield bed, f"http://127.0.0.1:{port}/staff"


@pytest.fixture
def bed(shared: tuple[Bed, str]) -> Bed:
    """Its practice, with nothing in the draft."""
    drafts.discard(shared[0].workspace)
    return shared[0]


@pytest.fixture
def desk(bed: Bed, shared: tuple[Bed, str]) -> str:
    return shared[1]


def sign_in(context: BrowserContext, bed: Bed) -> None:
    visitor = bed.client()
    visitor.enter(WHO)
    context.add_cookies([visitor.cookie()])


@pytest.fixture
def open_desk(page: Page, bed: Bed, desk: str) -> Callable[[str], Page]:
    """Opens a page of the desk, signed in."""
    sign_in(page.context, bed)

    def go(path: str) -> Page:
        page.goto(desk + path)
        return page

    return go


def test_the_preview_follows_what_is_typed(open_desk: Callable[[str], Page]) -> None:
    page = open_desk("/answers/duration")
    page.get_by_label("The answer").fill("It takes **one hour**.")
    preview = page.get_by_role("region", name="As a visitor gets it")
    expect(preview.locator("strong").first).to_have_text("one hour")
    expect(page.locator("#saved")).to_have_text("Not saved yet.")


def test_a_problem_shows_at_its_field_and_goes_again(open_desk: Callable[[str], Page]) -> None:
    page = open_desk("/answers/duration")
    quotes = page.get_by_label("Quotes from the page")
    right = quotes.input_value()
    quotes.fill("It takes about two hours")
    told = page.locator("#problems-quotes")
    expect(told).to_contain_text("The page does not say this")
    expect(quotes).to_have_attribute("aria-invalid", "true")
    quotes.fill(right)
    expect(told).to_be_empty()
    expect(quotes).to_have_attribute("aria-invalid", "false")


def test_pressing_a_sentence_quotes_it(open_desk: Callable[[str], Page], bed: Bed) -> None:
    page = open_desk("/answers/incisions")
    quotes = page.get_by_label("Quotes from the page")
    quotes.fill("")
    sentence = page.locator("#sentences button", has_text="two small incisions")
    sentence.press("Enter")
    expect(quotes).to_have_value(sentence.inner_text())
    expect(page.locator("#problems-quotes")).to_be_empty()
    page.get_by_label("The answer").fill("Through **two** cuts.")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_text("Visitors get it once you publish")).to_be_visible()
    found, problems = knowledge.read(bed.workspace.draft_files)
    assert found, problems


def test_a_topic_for_the_office_needs_no_answer(open_desk: Callable[[str], Page]) -> None:
    page = open_desk("/answers/new")
    answer, quotes = page.get_by_label("The answer"), page.get_by_label("Quotes from the page")
    expect(answer).to_be_visible()
    page.get_by_label("Only our office can").check()
    expect(answer).to_be_hidden()
    expect(quotes).to_be_hidden()
    page.get_by_label("The question").fill("Is there parking?")
    expect(page.locator("#preview")).to_contain_text("“Is there parking?”: our page does not say")


def test_a_button_to_another_entry_is_put_where_the_caret_is(
    open_desk: Callable[[str], Page],
) -> None:
    page = open_desk("/answers/cement")
    answer = page.get_by_label("The answer")
    answer.fill("It hardens soon.")
    page.get_by_label("Button to").select_option("How big are the cuts?")
    page.get_by_role("button", name="Add").click()
    expect(answer).to_have_value("It hardens soon. [How big are the cuts?](#incisions)")
    expect(page.locator("#preview a")).to_have_text("How big are the cuts?")


def test_a_file_opens_at_the_line_that_is_asked_for(open_desk: Callable[[str], Page]) -> None:
    page = open_desk("/files/procedure.md?line=40")
    page.wait_for_function("document.querySelector('#text').scrollTop > 100")


def test_leaving_with_unsaved_text_asks_first(open_desk: Callable[[str], Page]) -> None:
    page = open_desk("/answers/duration")
    page.get_by_label("The answer").press_sequentially("x")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Reviews").click(no_wait_after=True)
    expect(page.locator("h1")).to_have_text("How long does the procedure take?")
    assert asked == ["beforeunload"]


def test_the_keys_for_saving_save(open_desk: Callable[[str], Page], bed: Bed) -> None:
    page = open_desk("/answers/cement")
    page.get_by_label("The answer").fill("It hardens soon.")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Visitors get it once you publish")).to_be_visible()
    assert not drafts.read(bed.workspace).empty


def test_problems_stand_beside_their_lines(open_desk: Callable[[str], Page]) -> None:
    page = open_desk("/files/procedure.md")
    text = page.get_by_label("The text of procedure.md")
    text.fill(text.input_value().replace("Also asked:", "Also aksed:", 1))
    mark = page.locator("#gutter mark").first
    expect(mark).to_have_text("3")
    row = page.locator("#problems li").first
    expect(row).to_contain_text("is probably meant to be “Also asked:”")
    row.get_by_role("link", name="line 3").click()
    selected = "e => e.value.slice(e.selectionStart, e.selectionEnd)"
    assert text.evaluate(selected) == "Also aksed:"
    assert text.evaluate("e => document.activeElement === e")


def test_line_numbers_keep_beside_their_lines(open_desk: Callable[[str], Page]) -> None:
    page = open_desk("/files/procedure.md")
    text, gutter = page.locator("#text"), page.locator("#gutter")
    text.fill("\n".join(f"line {n}" for n in range(1, 501)))
    text.evaluate("e => e.scrollTop = 4000")
    expect(gutter).to_have_js_property("scrollTop", 4000)
    heights = [part.evaluate("e => e.scrollHeight") for part in (text, gutter)]
    assert abs(heights[0] - heights[1]) <= 2


def test_text_survives_a_session_that_ends(
    open_desk: Callable[[str], Page], bed: Bed, desk: str
) -> None:
    page = open_desk("/answers/cement")
    for file in (bed.workspace.hidden / "sessions").iterdir():
        file.unlink()
    page.get_by_label("The answer").fill("It hardens\n\nin “no time”.")
    expect(page.locator("#saved")).to_contain_text("You are signed out")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_text("what you wrote is kept")).to_be_visible()
    page.get_by_label("Your name").fill(WHO)
    page.get_by_label("The practice's password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Visitors get it once you publish")).to_be_visible()
    expect(page.get_by_label("The answer")).to_have_value("It hardens\n\nin “no time”.")


def test_saving_a_problem_moves_to_what_is_to_mend(open_desk: Callable[[str], Page]) -> None:
    page = open_desk("/answers/cement")
    page.get_by_label("Quotes from the page").fill("not on the page")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.locator("#summary")).to_be_focused()
    page.locator("#summary").get_by_role("link", name="Quotes from the page").click()
    expect(page.get_by_label("Quotes from the page")).to_be_focused()


@pytest.fixture
def plain(browser: Browser, bed: Bed) -> Iterator[Page]:
    """A page of a browser without script, signed in."""
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, bed)
    yield context.new_page()
    context.close()


def test_all_of_it_works_without_script(plain: Page, desk: str, bed: Bed) -> None:
    plain.goto(f"{desk}/answers/cement")
    plain.get_by_label("The answer").fill("It hardens **soon**.")
    plain.get_by_role("button", name="Preview").click()
    expect(plain.locator("#preview strong").first).to_have_text("soon")
    assert drafts.read(bed.workspace).empty
    plain.get_by_role("button", name="Save in the draft").click()
    expect(plain.get_by_text("Visitors get it once you publish")).to_be_visible()
    plain.goto(f"{desk}/files/synonyms.toml")
    plain.get_by_label("The text of synonyms.toml").fill("x = 1")
    plain.get_by_role("button", name="Check").click()
    expect(plain.locator("#problems li").first).to_be_visible()
    plain.goto(f"{desk}/pause")
    plain.get_by_role("button", name="Pause now").click()
    plain.get_by_role("button", name="Answer again").click()
    expect(plain.get_by_text("Visitors get answers again")).to_be_visible()


def test_a_wrong_password_is_told_where_the_focus_is(page: Page, desk: str) -> None:
    page.goto(f"{desk}/sign-in")
    page.get_by_label("Your name").fill(WHO)
    page.get_by_label("The practice's password").fill("wrong guess")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    assert axe.violations(page) == []

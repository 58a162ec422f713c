"""Everything without a mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .chat import Chat


def test_the_launcher_is_the_last_stop_of_the_page(open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(closed=True)
    chat.page.keyboard.press("Shift+Tab")
    chat.page.keyboard.press("Shift+Tab")
    expect(chat.launcher).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(chat.input).to_be_focused()


def test_escape_closes_and_the_focus_returns(open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(closed=True)
    chat.launcher.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.dialog).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(chat.dialog).to_be_hidden()
    expect(chat.launcher).to_be_focused()


def test_the_focus_returns_to_a_link_of_the_page_that_opened_it(
    open_chat: Callable[..., Chat],
) -> None:
    chat = open_chat(closed=True)
    link = chat.page.get_by_role("link", name="(646) 555-0142").first
    link.focus()
    chat.page.evaluate("document.querySelector('faq-chat').open()")
    expect(chat.input).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(link).to_be_focused()


def test_escape_closes_it_from_the_page_too_and_leaves_the_focus_there(chat: Chat) -> None:
    link = chat.page.get_by_role("link", name="(646) 555-0142").first
    link.focus()
    chat.page.keyboard.press("Escape")
    expect(chat.dialog).to_be_hidden()
    expect(link).to_be_focused()


def test_the_box_beside_the_page_does_not_trap(chat: Chat) -> None:
    seen = set()
    for _ in range(40):
        chat.page.keyboard.press("Tab")
        seen.add(chat.page.evaluate("document.activeElement.tagName"))
    assert {"FAQ-CHAT", "A"} <= seen


def test_on_a_small_screen_the_page_behind_is_out_of_reach(
    open_chat: Callable[..., Chat], page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    chat = open_chat()
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") in ("FAQ-CHAT", "BODY")
    page.keyboard.press("Escape")
    expect(chat.dialog).to_be_hidden()
    expect(chat.launcher).to_be_focused()


def test_every_stop_is_named_and_shows_that_it_has_the_focus(chat: Chat) -> None:
    chat.ask("how long does it take")
    chat.page.keyboard.press("Escape")
    chat.launcher.focus()
    chat.page.keyboard.press("Enter")
    names = []
    for _ in range(18):
        chat.page.keyboard.press("Shift+Tab")
        if chat.page.evaluate("document.activeElement.tagName") != "FAQ-CHAT":
            break
        stop = chat.element.locator(":focus")
        names.append(stop.evaluate(NAME))
        assert stop.evaluate(SHOWS_FOCUS), names[-1]
    assert names == [
        "Call Nurse line 2 1 2, 5 5 5, 0 1 8 8",
        "Call Front desk 6 4 6, 5 5 5, 0 1 4 2",
        "Do I have to stay in the hospital overnight?",
        "Print",
        "Copy",
        "No",
        "Yes",
        "From our page",
        "staying overnight",
        "Do I have to stay in the hospital overnight?",
        "How long does the procedure take?",
        "What is kept of this chat?",
        "call 911",
        "Conversation",
        "Close",
        "Start over",
    ]


NAME = """part => part.getAttribute('aria-label') || [...part.querySelectorAll('span')]
    .filter(span => !span.children[0] && !span.ariaHidden).map(span => span.textContent).join('')
    || part.textContent"""
SHOWS_FOCUS = """part => {
    const { outlineStyle, outlineWidth } = getComputedStyle(part)
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
}"""


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_starter_is_asked_by_key_and_the_focus_moves_on_to_the_answer(
    chat: Chat, key: str
) -> None:
    starter = chat.button("How long does the procedure take?").first
    starter.focus()
    chat.page.keyboard.press(key)
    expect(chat.last).to_contain_text("one hour")
    expect(chat.last).to_be_focused()
    expect(chat.last).to_have_accessible_name("Reply")
    chat.page.keyboard.press("Tab")
    expect(chat.last.get_by_role("link", name="staying overnight")).to_be_focused()


def test_the_focus_stays_where_the_visitor_went_meanwhile(chat: Chat) -> None:
    held = chat.hold("**/api/entries/*")
    chat.button("How long does the procedure take?").click()
    chat.input.focus()
    chat.first(held).continue_()
    expect(chat.last).to_contain_text("one hour")
    expect(chat.input).to_be_focused()


def test_the_conversation_scrolls_by_key(chat: Chat) -> None:
    for _ in range(3):
        chat.ask("how long does it take")
    chat.log.focus()
    before = chat.log.evaluate("log => log.scrollTop")
    chat.page.keyboard.press("Home")
    chat.wait_until(lambda: chat.log.evaluate("log => log.scrollTop") < before)


class TestSuggestions:
    """The keys of the combobox pattern of the ARIA Authoring Practices, with a list."""

    @pytest.fixture
    def typed(
        self, open_chat: Callable[..., Chat], page: Page, request: pytest.FixtureRequest
    ) -> Chat:
        width, height = getattr(request, "param", (1280, 800))
        page.set_viewport_size({"width": width, "height": height})
        chat = open_chat()
        chat.input.fill("the procedure")
        expect(chat.options.first).to_be_visible()
        return chat

    def test_the_list_is_announced(self, typed: Chat) -> None:
        expect(typed.input).to_have_attribute("aria-controls", "suggestions")
        expect(typed.polite).to_contain_text("suggestions. Use the arrow keys to choose.")

    def test_arrows_choose_and_enter_asks(self, typed: Chat) -> None:
        question = typed.options.first.text_content() or ""
        typed.input.press("ArrowDown")
        expect(typed.options.first).to_have_attribute("aria-selected", "true")
        active = typed.input.get_attribute("aria-activedescendant")
        assert active == typed.options.first.get_attribute("id")
        typed.input.press("Enter")
        expect(typed.log.locator(".you").last).to_contain_text(question)
        expect(typed.options).to_have_count(0)

    def test_arrows_go_round_and_pass_the_text_as_typed(self, typed: Chat) -> None:
        typed.input.press("ArrowUp")
        expect(typed.options.last).to_have_attribute("aria-selected", "true")
        typed.input.press("ArrowDown")
        assert typed.input.get_attribute("aria-activedescendant") is None
        typed.input.press("ArrowDown")
        expect(typed.options.first).to_have_attribute("aria-selected", "true")

    @pytest.mark.parametrize(
        "typed", [(390, 844), (1280, 800)], ids=["phone", "desk"], indirect=True
    )
    def test_escape_closes_the_list_first_and_the_box_second(self, typed: Chat) -> None:
        typed.input.press("Escape")
        expect(typed.options).to_have_count(0)
        expect(typed.input).to_have_value("the procedure")
        typed.input.press("Escape")
        expect(typed.dialog).to_be_hidden()

    def test_typing_on_lets_go_of_what_was_chosen(self, typed: Chat) -> None:
        typed.input.press("ArrowDown")
        typed.input.press_sequentially(" of it")
        assert typed.element.locator("[aria-selected=true]").count() == 0
        typed.input.press("Enter")
        expect(typed.log.locator(".you")).to_contain_text("the procedure of it")

    def test_leaving_the_field_closes_the_list(self, typed: Chat) -> None:
        typed.page.keyboard.press("Tab")
        expect(typed.options).to_have_count(0)

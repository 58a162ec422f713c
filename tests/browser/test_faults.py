"""Whatever fails, the visitor gets a kind sentence and the phones, and keeps what was typed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from faqbot.bot import PAUSED

from .chat import Chat
from .test_conversation import PHONES

DOWN = "I can't reach our answers right now"
BUSY = "Many people are asking at once"


HURT = "I fell and can't move my legs, my number is "


def says_whom_to_call_in_danger(chat: Chat, where: Locator) -> None:
    """A link beside the phones, to be seen; and said aloud too."""
    expect(where).to_contain_text("In an emergency, call 911.")
    call = where.get_by_role("link", name="call 911", exact=True)
    expect(call).to_have_attribute("href", "tel:911")
    call.scroll_into_view_if_needed()
    expect(call).to_be_in_viewport(ratio=0.9)
    expect(chat.polite).to_contain_text("In an emergency, call 911.")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HURT * 60, "characters too long"),
        ("", "Please type a question"),
        ("   ", "Please type a question"),
    ],
    ids=["too long", "nothing", "blanks"],
)
@pytest.mark.parametrize("window", [(390, 844), (1280, 800), (320, 256)], ids=str)
def test_what_is_not_sent_says_whom_to_call(
    open_chat: Callable[..., Chat], page: Page, text: str, says: str, window: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": window[0], "height": window[1]})
    chat = open_chat()
    chat.input.fill(text)
    chat.input.press("Enter")
    expect(chat.notice).to_contain_text(says)
    expect(chat.polite).to_contain_text(says)
    expect(chat.notice.locator("a.phone")).to_have_count(2)
    says_whom_to_call_in_danger(chat, chat.notice)
    expect(chat.input).to_have_accessible_description(re.compile(f"^[^.]*{says}"))
    expect(chat.input).to_be_in_viewport(ratio=1)
    expect(chat.input).to_have_value(text)
    assert chat.turns() == 1


@pytest.mark.parametrize("question", ["who won the world cup", "?!", "do u take medicare"])
def test_a_reply_without_an_answer_says_whom_to_call(chat: Chat, question: str) -> None:
    reply = chat.ask(question, "office")
    expect(reply).to_contain_text("In an emergency, call 911.")
    expect(reply.get_by_role("link", name="call 911", exact=True)).to_have_attribute(
        "href", "tel:911"
    )


def test_a_paused_chat_says_whom_to_call(chat: Chat) -> None:
    paused = {"kind": "office", "message": PAUSED, "entries": [], "phones": PHONES}
    chat.page.route("**/api/ask", lambda route: route.fulfill(json=paused))
    expect(chat.ask("how long does it take", "office")).to_contain_text("In an emergency, call 911")


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (lambda route: route.abort("connectionrefused"), DOWN),
        (lambda route: route.abort("blockedbyclient"), DOWN),
        (lambda route: route.abort("timedout"), DOWN),
        (lambda route: route.fulfill(status=500, body="<h1>Oops</h1>"), DOWN),
        (lambda route: route.fulfill(status=404), DOWN),
        (lambda route: route.fulfill(status=200, body="<html>A hotel's sign-in page"), DOWN),
        (lambda route: route.fulfill(status=200, json=None), DOWN),
        (lambda route: route.fulfill(status=200, json={"kind": "answer"}), DOWN),
        (lambda route: route.fulfill(status=429, json={"error": "slow down"}), BUSY),
        (lambda route: route.fulfill(status=503), BUSY),
    ],
    ids=["refused", "blocked", "timeout", "500", "404", "html", "null", "half", "429", "503"],
)
def test_the_phones_are_there_and_the_text_is_kept(
    chat: Chat, fault: Callable[[Route], None], says: str
) -> None:
    chat.page.route("**/api/ask", fault)
    failed = chat.ask("how long does it take", "failed")
    expect(failed).to_contain_text(says)
    expect(failed.locator("a.phone")).to_have_count(2)
    says_whom_to_call_in_danger(chat, failed)
    expect(chat.polite).to_contain_text(says)
    expect(chat.input).to_have_value("how long does it take")
    expect(chat.log.locator(".you")).to_contain_text("how long does it take")

    chat.page.unroute("**/api/ask")
    failed.get_by_role("button", name="Try again").click()
    expect(chat.last).to_contain_text("one hour")
    assert chat.turns() == 3
    expect(chat.input).to_have_value("")
    expect(chat.input).to_be_focused()


def test_sending_again_with_enter_replaces_what_failed(chat: Chat) -> None:
    chat.page.route("**/api/ask", lambda route: route.abort())
    chat.ask("how long does it take", "failed")
    chat.page.unroute("**/api/ask")
    chat.input.press("Enter")
    expect(chat.last).to_contain_text("one hour")
    assert chat.turns() == 3


def test_a_text_begun_meanwhile_is_kept(chat: Chat) -> None:
    held = chat.hold("**/api/ask")
    chat.input.fill("how long does it take")
    chat.input.press("Enter")
    chat.input.fill("another thought")
    chat.first(held).abort()
    expect(chat.last).to_contain_text(DOWN)
    expect(chat.input).to_have_value("another thought")
    chat.page.unroute("**/api/ask")
    chat.button("Try again").click()
    expect(chat.last).to_contain_text("one hour")
    expect(chat.input).to_have_value("another thought")


def test_a_failed_choice_can_be_tried_again(chat: Chat) -> None:
    chat.page.route("**/api/entries/*", lambda route: route.abort())
    chat.button("How long does the procedure take?").click()
    expect(chat.last).to_contain_text(DOWN)
    expect(chat.input).to_have_value("")
    chat.page.unroute("**/api/entries/*")
    chat.button("Try again").click()
    expect(chat.last).to_contain_text("one hour")
    assert chat.turns() == 3


def test_offline_is_called_by_its_name(chat: Chat) -> None:
    chat.page.context.set_offline(True)
    failed = chat.ask("how long does it take", "failed")
    expect(failed).to_contain_text("You seem to be offline")
    says_whom_to_call_in_danger(chat, failed)
    chat.page.context.set_offline(False)
    chat.button("Try again").click()
    expect(chat.last).to_contain_text("one hour")


def test_it_waits_twelve_seconds_and_no_longer(open_chat: Callable[..., Chat], page: Page) -> None:
    page.add_init_script(
        """const real = AbortSignal.timeout
        AbortSignal.timeout = wait => { window.waited = wait; return real.call(AbortSignal, 50) }"""
    )
    chat = open_chat()
    chat.hold("**/api/ask")
    expect(chat.ask("how long does it take", "failed")).to_contain_text(DOWN)
    assert page.evaluate("window.waited") == 12_000


def test_a_dead_server_still_has_its_phones(open_chat: Callable[..., Chat], page: Page) -> None:
    chat = open_chat(closed=True)
    page.context.set_offline(True)
    chat.open()
    expect(chat.log).to_contain_text("Hello! Ask me about your procedure.")
    failed = chat.ask("how long does it take", "failed")
    expect(failed.locator("a.phone").first).to_have_attribute("href", "tel:+16465550142")


def test_a_reply_leads_to_no_script_whoever_sent_it(chat: Chat) -> None:
    phones = [{"label": "Call", "number": "555-0142", "href": "javascript:alert(1)"}, PHONES[0]]
    forged = {"kind": "office", "message": "Please call.", "entries": [], "phones": phones}
    chat.page.route("**/api/ask", lambda route: route.fulfill(json=forged))
    links = chat.ask("how long does it take", "office").locator("a.phone")
    expect(links.nth(1)).to_have_attribute("href", PHONES[0]["href"])
    assert links.nth(0).get_attribute("href") is None


def test_failing_suggestions_are_silent(chat: Chat) -> None:
    chat.page.route("**/api/suggest", lambda route: route.fulfill(status=500))
    with chat.page.expect_response("**/api/suggest"):
        chat.input.press_sequentially("how long")
    expect(chat.options).to_have_count(0)
    expect(chat.notice).to_be_hidden()


def test_without_its_second_script_it_still_answers_and_calls(
    open_chat: Callable[..., Chat], page: Page
) -> None:
    page.route("**/tools.js?*", lambda route: route.abort())
    chat = open_chat()
    answer = chat.ask("how long does it take", "answer")
    expect(answer.locator("p.bubble").last).to_contain_text(
        "About one hour for each fracture level"
    )
    expect(answer).to_contain_text("In an emergency, call 911.")
    expect(answer.locator("a.phone")).to_have_count(2)
    card = chat.ask("i cant feel my legs", "emergency")
    expect(card.get_by_role("link", name="Call 911 now")).to_have_attribute("href", "tel:911")
    page.reload()
    expect(chat.log).to_contain_text("About one hour")


def test_an_answer_is_drawn_in_full_once_the_second_script_has_come(
    open_chat: Callable[..., Chat], page: Page
) -> None:
    held = Chat(page).hold("**/tools.js?*")
    chat = open_chat()
    answer = chat.ask("how long does it take", "answer")
    expect(answer).to_contain_text("About one hour")
    chat.first(held).continue_()
    expect(answer.get_by_role("button", name="Print")).to_be_visible()
    assert chat.turns() == 3


def test_choices_can_be_pressed_without_the_second_script(
    open_chat: Callable[..., Chat], page: Page
) -> None:
    page.route("**/tools.js?*", lambda route: route.abort())
    chat = open_chat()
    entries = [{"id": "duration", "question": "How long does the procedure take?"}]
    choices = {"kind": "choices", "message": "Is it this?", "entries": entries, "phones": PHONES}
    page.route("**/api/ask", lambda route: route.fulfill(json=choices))
    group = chat.ask("how long", "choices").get_by_role("group", name="Is it this?")
    group.get_by_role("button", name="How long does the procedure take?").click()
    expect(chat.last).to_contain_text("one hour")


def test_a_second_script_that_did_not_come_is_asked_for_again(
    open_chat: Callable[..., Chat], page: Page
) -> None:
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.route("**/tools.js?*", lambda route: route.abort())
    chat = open_chat()
    answer = chat.ask("how long does it take", "answer")
    expect(answer).to_contain_text("About one hour")
    page.unroute("**/tools.js?*")
    with page.expect_request("**/tools.js?*") as request:
        chat.input.press_sequentially("how long")
    expect(answer.get_by_role("button", name="Print")).to_be_visible()
    # At another address, since Firefox remembers that an import failed.
    assert failed
    assert request.value.url not in failed


def test_a_second_script_of_another_version_is_not_used(
    open_chat: Callable[..., Chat], page: Page
) -> None:
    old = {"content_type": "text/javascript", "body": "export function renderReply() {}"}
    page.route("**/tools.js?*", lambda route: route.fulfill(**old))
    answer = open_chat().ask("how long does it take", "answer")
    expect(answer).to_contain_text("About one hour")


def test_what_cannot_be_drawn_in_full_is_drawn_plainly(chat: Chat) -> None:
    entry = {"id": "x", "question": "How long?", "text": "One hour.", "html": 5}
    broken = {"kind": "answer", "message": "", "entries": [entry], "phones": PHONES}
    chat.page.route("**/api/ask", lambda route: route.fulfill(json=broken))
    answer = chat.ask("how long", "answer")
    expect(answer).to_contain_text("One hour.")
    expect(answer.locator("a.phone").first).to_be_visible()


def test_of_a_stored_conversation_only_what_is_spoilt_is_lost(
    open_chat: Callable[..., Chat],
) -> None:
    chat = open_chat(closed=True)
    office = {"reply": {"kind": "office", "message": "Ask us."}}
    chat.store(json.dumps({"turns": [{"you": "and then?"}, {}, None, office]}))
    chat = open_chat()
    expect(chat.log.locator(".turn")).to_have_count(3)
    expect(chat.log.locator(".turn").nth(1)).to_contain_text("and then?")
    expect(chat.last).to_contain_text("Ask us.")


def test_storage_may_be_forbidden(open_chat: Callable[..., Chat], page: Page) -> None:
    page.add_init_script(
        """Object.defineProperty(window, 'sessionStorage', {
            get() { throw new DOMException('no', 'SecurityError') } })"""
    )
    expect(open_chat().ask("how long does it take")).to_contain_text("one hour")


def test_what_is_stored_may_be_spoilt(open_chat: Callable[..., Chat], page: Page) -> None:
    for spoilt in ["{", "null", "5", '{"turns": 5}', '{"turns": [{}, null]}', "[]"]:
        chat = open_chat(closed=True)
        chat.store(spoilt)
        chat = open_chat()
        expect(chat.ask("how long does it take")).to_contain_text("one hour")
        page.evaluate("sessionStorage.clear()")


def test_an_old_browser_keeps_the_phones_of_the_page(
    open_chat: Callable[..., Chat], page: Page, server: str
) -> None:
    page.add_init_script("delete window.CSSStyleSheet.prototype.replaceSync")
    page.route("**/old", lambda route: route.fulfill(content_type="text/html", body=OLD))
    page.goto(server + "/old")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("link", name="Call us")).to_be_visible()


OLD = """<!doctype html><faq-chat><a href="tel:+16465550142">Call us</a></faq-chat>
<script src="/widget.js" defer></script>"""


def test_a_slow_line_gets_the_dots_and_then_the_answer(chat: Chat) -> None:
    throttle = chat.page.context.new_cdp_session(chat.page)
    throttle.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 600, "downloadThroughput": 6000, "uploadThroughput": 6000},
    )
    chat.element.evaluate(
        """box => { window.dots = 0; new MutationObserver(() => {
            if (box.shadowRoot.querySelector('.dots')) window.dots += 1
        }).observe(box.shadowRoot, { childList: true, subtree: true }) }"""
    )
    chat.ask("how long does it take")
    assert chat.page.evaluate("window.dots") > 0
    expect(chat.last).to_contain_text("one hour")

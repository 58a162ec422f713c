"""The box on somebody else's pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, Route, expect

from faqbot.app import create_app
from faqbot.bot import Bot
from faqbot.knowledge import Phone
from tests.servers import served

from .chat import Chat
from .conftest import HostSite

STRICT = {
    "Content-Security-Policy": "default-src 'none'; script-src {bot}; connect-src {bot}; "
    "require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def test_one_line_is_enough(visit: Callable[..., Chat]) -> None:
    chat = visit("plain.html")
    expect(chat.ask("how long does it take", "answer")).to_contain_text("one hour")


def test_it_works_under_a_strict_policy_and_trusted_types(
    visit: Callable[..., Chat], host_site: HostSite
) -> None:
    host_site.headers = STRICT
    blocked: list[str] = []
    chat = visit("plain.html", closed=True)
    chat.page.on("console", lambda message: blocked.append(message.text))
    chat.open()
    chat.input.press_sequentially("how long")
    expect(chat.options.first).to_be_visible()
    expect(chat.ask("how long does it take", "answer")).to_contain_text("one hour")
    chat.page.evaluate("window.print = () => {}")
    chat.last.get_by_role("button", name="Print").click()
    expect(chat.ask("i cant feel my legs", "emergency")).to_be_visible()
    assert blocked == []


def test_a_site_that_is_not_on_the_list_gets_the_phones(
    visit: Callable[..., Chat], host_site: HostSite
) -> None:
    other = host_site.origin.replace("127.0.0.1", "localhost")
    chat = visit("plain.html", closed=True)
    chat.page.goto(f"{other}/plain.html")
    chat.open()
    failed = chat.ask("how long does it take", "failed")
    expect(failed.locator("a.phone").first).to_have_attribute("href", "tel:+16465550142")


def test_nothing_is_asked_for_or_stored_before_the_visitor_writes(
    visit: Callable[..., Chat], page: Page, host_site: HostSite
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    chat = visit("plain.html", closed=True)
    page.wait_for_load_state("networkidle")
    assert asked == [f"{host_site.origin}/plain.html", f"{host_site.bot}/widget.js"]
    chat.open()
    chat.wait_until(lambda: len(asked) == 4)
    page.wait_for_load_state("networkidle")
    expected = [f"{host_site.bot}/api/practice", f"{host_site.bot}/tools.js"]
    assert sorted(address.partition("?")[0] for address in asked[2:]) == expected
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0
    chat.ask("how long does it take")
    kept = f"faq-chat Hill Street Spine {host_site.bot}/"
    assert page.evaluate("Object.keys(sessionStorage)") == [kept]
    assert page.context.cookies() == []


def test_each_practice_of_a_site_has_a_conversation_of_its_own(
    visit: Callable[..., Chat], host_site: HostSite, bot: Bot
) -> None:
    known = bot.knowledge
    practice = replace(
        known.practice, name="Knee Street", phones=(Phone("Knees", "(646) 555-0199"),)
    )
    knee = Bot(replace(known, practice=replace(practice, sites=(host_site.origin,))), bot)
    spine = host_site.bot
    chat = visit("plain.html")
    chat.ask("how long does it take", "answer")
    with served(create_app(knee)) as port:
        host_site.bot = f"http://127.0.0.1:{port}"
        visit("plain.html")
        expect(chat.dialog).to_have_accessible_name("Questions to Knee Street")
        assert chat.turns() == 1
        expect(chat.log).not_to_contain_text("0142")
        expect(chat.ask("how long does it take", "answer")).to_contain_text("(646) 555-0199")
        host_site.bot = spine
        chat.page.goto(f"{host_site.origin}/plain.html")
        expect(chat.last).to_contain_text("(646) 555-0142")
        expect(chat.log).not_to_contain_text("0199")


def test_a_practice_in_place_of_another_begins_anew(chat: Chat) -> None:
    """At the same address, and in the same tab."""
    chat.ask("how long does it take", "answer")
    chat.page.route("**/widget-*.js", rename)
    chat.page.reload()
    chat.open()
    expect(chat.dialog).to_have_accessible_name("Questions to Knee Street")
    assert chat.turns() == 1


def rename(route: Route) -> None:
    response = route.fetch()
    route.fulfill(
        response=response, body=response.text().replace("Hill Street Spine", "Knee Street")
    )


class TestHostileStyles:
    @pytest.fixture(params=[(390, 844), (1280, 800)], ids=["phone", "desk"])
    def chat(self, visit: Callable[..., Chat], page: Page, request: pytest.FixtureRequest) -> Chat:
        width, height = request.param
        page.emulate_media(reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": height})
        # The office's hours would come as a line more, now before and now after a reply.
        page.route("**/api/practice", lambda route: route.abort())
        return visit("hostile.html")

    def test_it_looks_as_it_does_on_our_own_page(self, chat: Chat, page: Page, server: str) -> None:
        chat.ask("how long does it take")
        hostile = chat.element.evaluate(SHAPES)
        page.goto("about:blank")
        page.goto(server)
        chat.open()
        chat.ask("how long does it take")
        assert hostile == chat.element.evaluate(SHAPES)

    def test_no_layer_of_the_page_covers_it(self, chat: Chat) -> None:
        chat.button("Close").click()
        expect(chat.launcher).to_be_visible()
        chat.open()
        chat.ask("how long does it take")


# Size, place, font and colour of everything in the box that shows.
SHAPES = """box => [...box.shadowRoot.querySelectorAll('*')]
    .filter(part => part.getClientRects()[0])
    .map(part => {
        const { x, y, width, height } = part.getBoundingClientRect()
        const style = getComputedStyle(part)
        const looks = ['color', 'backgroundColor', 'fontSize', 'fontFamily', 'opacity']
        return [part.tagName, part.className.baseVal ?? part.className,
            ...[x, y, width, height].map(Math.round), ...looks.map(look => style[look])].join()
    })"""


class TestWords:
    def test_a_page_can_change_any_word(self, visit: Callable[..., Chat]) -> None:
        chat = visit("worded.html", closed=True)
        expect(chat.element.locator(".launch")).to_have_text("Ask us")
        chat.element.locator(".launch").click()
        expect(chat.button("Again")).to_be_visible()
        expect(chat.input).to_have_attribute("placeholder", "Go ahead")
        expect(chat.dialog).to_have_attribute("lang", "en-GB")

    def test_the_one_line_can_too(self, visit: Callable[..., Chat]) -> None:
        chat = visit("data.html", closed=True)
        expect(chat.element).to_have_count(1)
        expect(chat.element.locator(".launch")).to_have_text("Ask us")
        expect(chat.element).to_have_attribute("theme", "dark")

    def test_it_speaks_the_language_of_the_page_from_right_to_left(
        self, visit: Callable[..., Chat]
    ) -> None:
        chat = visit("arabic.html", closed=True)
        launcher = chat.element.locator(".launch")
        expect(launcher).to_have_text("أسئلة؟")
        assert launcher.bounding_box()["x"] < 300  # type: ignore[index]
        launcher.click()
        expect(chat.dialog).to_have_attribute("lang", "ar")
        close = chat.button("إغلاق").bounding_box()
        title = chat.element.get_by_role("heading", name="Hill Street Spine").bounding_box()
        assert close["x"] < title["x"]  # type: ignore[index]


class TestWithinAPage:
    def test_it_stands_in_the_page_as_a_region(self, visit: Callable[..., Chat]) -> None:
        chat = visit("placed.html", closed=True)
        expect(
            chat.element.get_by_role("region", name="Questions to Hill Street Spine")
        ).to_be_visible()
        expect(chat.launcher).to_have_count(0)
        expect(chat.button("Close")).to_have_count(0)
        assert chat.page.evaluate("document.activeElement === document.body")
        expect(chat.ask("how long does it take", "answer")).to_contain_text("one hour")
        assert chat.page.evaluate("scrollY") == 0

    def test_its_phones_show_when_the_script_does_not_come(
        self, visit: Callable[..., Chat], page: Page
    ) -> None:
        page.route("**/widget.js", lambda route: route.abort())
        chat = visit("placed.html", closed=True)
        expect(chat.element.get_by_role("link")).to_have_attribute("href", "tel:+16465550142")
        expect(chat.element.get_by_role("link")).to_be_visible()

    def test_a_page_without_scripts_leads_to_the_chat_that_needs_none(
        self, host_site: HostSite, new_context: Callable[..., object]
    ) -> None:
        page = new_context(java_script_enabled=False).new_page()  # type: ignore[attr-defined]
        page.goto(f"{host_site.origin}/plain.html")
        page.get_by_role("link", name="Ask the practice a question").click()
        page.get_by_label("Your question").fill("how long does it take")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("main")).to_contain_text("one hour")
        expect(page.get_by_role("main").locator("a[href='tel:+16465550142']")).to_have_count(1)
        page.get_by_role("link", name="staying overnight").click()
        expect(page.get_by_role("main")).to_contain_text("a night in the hospital")


def test_two_scripts_make_one_box(visit: Callable[..., Chat], host_site: HostSite) -> None:
    chat = visit("plain.html", closed=True)
    chat.page.add_script_tag(url=f"{host_site.bot}/widget.js?again")
    expect(chat.element).to_have_count(1)


def test_the_pages_shortcuts_do_not_hear_what_is_typed(visit: Callable[..., Chat]) -> None:
    chat = visit("plain.html")
    chat.page.evaluate("addEventListener('keydown', event => event.preventDefault())")
    chat.input.press_sequentially("why")
    expect(chat.input).to_have_value("why")


def test_the_launcher_steps_aside_for_what_has_the_focus(visit: Callable[..., Chat]) -> None:
    chat = visit("plain.html", closed=True)
    box = chat.launcher.bounding_box()
    style = f"position: fixed; left: {box['x']}px; top: {box['y']}px; width: 40px"  # type: ignore[index]
    chat.page.evaluate("style => { document.getElementById('page').style.cssText = style }", style)
    chat.page.locator("#page").focus()
    expect(chat.launcher).to_be_hidden()
    chat.page.locator("#page").evaluate("button => button.blur()")
    chat.page.keyboard.press("Tab")
    chat.page.evaluate("document.querySelector('h1').tabIndex = -1")
    chat.page.evaluate("document.querySelector('h1').focus()")
    expect(chat.launcher).to_be_visible()


def test_it_can_be_taken_out_and_put_back(visit: Callable[..., Chat]) -> None:
    chat = visit("plain.html")
    chat.ask("how long does it take")
    chat.page.evaluate("window.box = document.querySelector('faq-chat'); box.remove()")
    chat.page.evaluate("document.body.append(box)")
    expect(chat.log).to_contain_text("one hour")
    chat.ask("do u take medicare", "office")

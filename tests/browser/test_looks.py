"""Nothing is lost at any size of window or text, and a site can make the box its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .chat import Chat
from .conftest import HostSite

# The window, and the visitor's own text size: 16 is what browsers start with.
SIZES = {
    "phone": (390, 844, 16),
    "small phone": (320, 568, 16),
    "phone on its side": (844, 390, 16),
    "text at 200 % on a phone": (390, 844, 32),
    "text at 200 %": (1280, 800, 32),
    "zoom 200 %": (640, 400, 16),
    "zoom 400 %": (320, 256, 16),
    "desk": (1280, 800, 16),
}


def set_text_size(page: Page, size: int) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size}})


@pytest.fixture(params=SIZES, ids=str)
def sized(open_chat: Callable[..., Chat], page: Page, request: pytest.FixtureRequest) -> Chat:
    width, height, text = SIZES[request.param]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(reduced_motion="reduce")
    set_text_size(page, text)
    return open_chat(closed=True)


# What sticks out of the window or of the box at the sides, or is cut off within its part.
OUTSIDE = """box => {
    const root = box.shadowRoot
    const frame = root.querySelector('.panel').getBoundingClientRect()
    return [...root.querySelectorAll('.inner *:not(.unseen, .unseen *, svg *)')].filter(part => {
        const { left, right, width } = part.getBoundingClientRect()
        return width && (left < frame.left - 1 || right > frame.right + 1 || right > innerWidth + 1
            || (part.scrollWidth > part.clientWidth + 1 && part.clientWidth
                && !['INPUT', 'SPAN'].includes(part.tagName)))
    }).map(part => `${part.tagName}.${part.className} ${part.textContent.slice(0, 40)}`)
}"""


def test_nothing_is_lost(sized: Chat) -> None:
    expect(sized.launcher).to_be_in_viewport(ratio=1)
    sized.open()
    assert sized.element.evaluate(OUTSIDE) == []
    for question, kind in [
        ("how long does it take", "answer"),
        ("do u take medicare", "office"),
        ("i cant feel my legs", "emergency"),
    ]:
        reply = sized.ask(question, kind)
        assert sized.element.evaluate(OUTSIDE) == [], question
        expect(sized.input).to_be_in_viewport(ratio=1)
        expect(sized.button("Send")).to_be_in_viewport(ratio=1)
    call = reply.get_by_role("link", name="Call 911 now")
    expect(call).to_be_in_viewport()
    covered = (
        "call => !call.getRootNode().elementsFromPoint(...['x', 'y'].map((side, at) => {"
        " const box = call.getBoundingClientRect();"
        " return box[side] + box[at ? 'height' : 'width'] / 2 })).includes(call)"
    )
    assert not call.evaluate(covered)
    sized.input.fill("the procedure")
    expect(sized.options.first).to_be_visible()
    assert sized.element.evaluate(OUTSIDE) == []
    sized.input.press("ArrowDown")
    expect(sized.options.first).to_be_in_viewport()
    sized.page.keyboard.press("Escape")
    sized.button("Close").click()
    expect(sized.launcher).to_be_visible()


def test_text_grows_with_the_visitors_own_size_not_with_the_pages(
    open_chat: Callable[..., Chat], page: Page, host_site: HostSite
) -> None:
    size = "part => parseFloat(getComputedStyle(part).fontSize)"
    assert open_chat(f"{host_site.origin}/hostile.html").input.evaluate(size) == 17
    set_text_size(page, 32)
    assert open_chat(f"{host_site.origin}/hostile.html").input.evaluate(size) == 34


def test_from_right_to_left_nothing_is_lost(
    open_chat: Callable[..., Chat], page: Page, host_site: HostSite
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    chat = open_chat(f"{host_site.origin}/arabic.html", closed=True)
    chat.element.locator(".launch").click()
    chat.ask("how long does it take", "answer")
    assert chat.element.evaluate(OUTSIDE) == []


def test_a_closed_launcher_leaves_the_page_alone(open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(closed=True)
    box = chat.element.bounding_box()
    assert box is not None
    assert box["width"] < 250
    assert box["height"] < 70
    over = "([x, y]) => document.elementFromPoint(x, y).tagName"
    for spot in ([box["x"] - 8, box["y"] + 20], [box["x"] + 20, box["y"] - 8]):
        assert chat.page.evaluate(over, spot) != "FAQ-CHAT"


def test_a_site_sets_colour_font_radius_and_place(
    open_chat: Callable[..., Chat], page: Page, host_site: HostSite
) -> None:
    chat = open_chat(f"{host_site.origin}/plain.html", closed=True)
    page.add_style_tag(
        content="""faq-chat { --faq-accent: rgb(122, 62, 101); --faq-font: Georgia, serif;
            --faq-radius: 4px; --faq-inline: 2em auto; --faq-block: auto 3em }"""
    )
    style = "(part, name) => getComputedStyle(part)[name]"
    launcher = chat.element.locator(".launcher")
    assert launcher.evaluate(style, "backgroundColor") == "rgb(122, 62, 101)"
    box = chat.element.bounding_box()
    assert box is not None
    assert box["x"] == 32
    chat.open()
    panel = chat.element.locator(".panel")
    assert panel.evaluate(style, "borderRadius") == "4px"
    assert panel.evaluate(style, "fontFamily") == "Georgia, serif"
    place = panel.bounding_box()
    assert place is not None
    assert place["x"] == 32
    assert place["y"] + place["height"] == pytest.approx(720 - 48, abs=1)


@pytest.mark.parametrize(
    ("scheme", "theme", "ground"),
    [
        ("light", None, "rgb(247, 245, 240)"),
        ("dark", None, "rgb(23, 34, 38)"),
        ("dark", "light", "rgb(247, 245, 240)"),
        ("light", "dark", "rgb(23, 34, 38)"),
    ],
)
def test_it_is_light_or_dark_as_the_visitor_prefers_or_the_site_says(
    open_chat: Callable[..., Chat], page: Page, scheme: Any, theme: str | None, ground: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    chat = open_chat()
    if theme:
        chat.element.evaluate("(box, theme) => box.setAttribute('theme', theme)", theme)
    panel = chat.element.locator(".panel")
    assert panel.evaluate("part => getComputedStyle(part).backgroundColor") == ground


def test_the_box_stays_off_paper_when_the_page_is_printed(chat: Chat) -> None:
    chat.ask("how long does it take", "answer")
    chat.page.emulate_media(media="print")
    expect(chat.log).to_be_hidden()
    expect(chat.page.get_by_role("heading", name="Procedure")).to_be_visible()


def test_a_box_within_the_page_is_printed_whole(
    open_chat: Callable[..., Chat], host_site: HostSite
) -> None:
    chat = open_chat(f"{host_site.origin}/placed.html", closed=True)
    for _ in range(4):
        chat.ask("how long does it take", "answer")
    chat.page.emulate_media(media="print")
    expect(chat.input).to_be_hidden()
    expect(chat.button("Start over")).to_be_hidden()
    expect(chat.last).to_be_visible()
    log = chat.log.evaluate("log => [log.scrollHeight, log.clientHeight]")
    assert log[0] <= log[1] + 1


class TestTouch:
    @pytest.fixture
    def phone(self, new_context: Callable[..., BrowserContext], server: str) -> Chat:
        context = new_context(
            viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
        )
        page = context.new_page()
        page.goto(server)
        return Chat(page)

    def test_everything_by_tap(self, phone: Chat) -> None:
        phone.launcher.tap()
        expect(phone.dialog).to_be_visible()
        phone.button("How long does the procedure take?").tap()
        expect(phone.last).to_contain_text("one hour")
        phone.last.get_by_text("From our page").tap()
        expect(phone.last.locator("blockquote")).to_be_visible()
        phone.last.get_by_role("link", name="staying overnight").tap()
        expect(phone.last).to_contain_text("a night in the hospital")
        phone.last.get_by_role("button", name="No").tap()
        expect(phone.last).to_contain_text("sorry this did not help")
        phone.input.tap()
        phone.input.fill("how long")
        phone.options.first.tap()
        expect(phone.last).to_contain_text("one hour")
        phone.input.fill("i cant feel my legs")
        phone.button("Send").tap()
        expect(phone.last.get_by_role("link", name="Call 911 now")).to_be_in_viewport(ratio=1)
        phone.button("Start over").tap()
        expect(phone.log.locator(".turn")).to_have_count(1)
        phone.button("Close").tap()
        expect(phone.dialog).to_be_hidden()
        phone.button("Hide this button").tap()
        expect(phone.launcher).to_be_hidden()

    def test_opening_it_does_not_bring_up_the_keyboard(self, phone: Chat) -> None:
        phone.launcher.tap()
        expect(phone.element.get_by_role("heading", name="Hill Street Spine")).to_be_focused()

    def test_it_fills_the_screen(self, phone: Chat) -> None:
        phone.launcher.tap()
        whole = {"x": 0, "y": 0, "width": 390, "height": 844}
        phone.wait_until(lambda: phone.element.locator(".panel").bounding_box() == whole)

    def test_it_stays_above_the_keyboard(self, phone: Chat) -> None:
        phone.page.add_init_script(
            """const view = Object.assign(new EventTarget(), { height: 844, offsetTop: 0 })
            Object.defineProperty(window, 'visualViewport', { value: view })"""
        )
        phone.page.reload()
        phone.launcher.tap()
        phone.ask("how long does it take")
        phone.page.evaluate(
            "Object.assign(visualViewport, { height: 420, offsetTop: 60 })"
            ".dispatchEvent(new Event('resize'))"
        )
        above = {"x": 0, "y": 60, "width": 390, "height": 420}
        phone.wait_until(lambda: phone.element.locator(".panel").bounding_box() == above)
        field = phone.input.bounding_box()
        assert field is not None
        assert field["y"] + field["height"] < 480

    def test_it_does_not_open_over_the_next_page(self, phone: Chat, server: str) -> None:
        phone.launcher.tap()
        phone.ask("how long does it take")
        phone.page.goto(server)
        expect(phone.launcher).to_be_visible()
        phone.launcher.tap()
        expect(phone.log).to_contain_text("one hour")

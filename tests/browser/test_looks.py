"""Nothing is lost at any size of window or text, and a site can make the box its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

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
                && !['TEXTAREA', 'SPAN'].includes(part.tagName)))
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


def test_the_field_grows_to_four_lines(chat: Chat) -> None:
    def height() -> float:
        return float(chat.input.evaluate("part => part.offsetHeight"))

    line = float(chat.input.evaluate("part => parseFloat(getComputedStyle(part).lineHeight)"))
    one = height()
    chat.input.fill("how long does it take, and may I go home after it or not " * 2)
    assert height() > one + line
    chat.input.fill("how long does it take " * 40)
    assert height() == pytest.approx(one + 3 * line, abs=5)
    expect(chat.button("Send")).to_be_in_viewport(ratio=1)
    chat.input.press("Enter")
    expect(chat.log.locator(".you")).to_have_count(1)
    assert height() == one


def test_phone_numbers_do_not_break(open_chat: Callable[..., Chat], page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    for size in (16, 24):
        set_text_size(page, size)
        reply = open_chat().ask("do u take medicare", "office")
        lines = reply.locator(".number").evaluate_all(
            """all => all.map(part => Math.round(
                part.offsetHeight / parseFloat(getComputedStyle(part).lineHeight)))"""
        )
        assert lines == [1, 1]
    html = "<p>You can call us at (646) 555-0142 or at 212-555-0188 or (646) 555-0142</p>"
    entry = {"id": "call", "question": "How?", "html": html, "text": "Call.", "quotes": []}
    page.route(
        "**/api/ask", lambda route: route.fulfill(json={"kind": "answer", "entries": [entry]})
    )
    numbers = open_chat().ask("how do I call", "answer").locator(".unbroken")
    expect(numbers).to_have_text(["(646) 555-0142", "212-555-0188", "(646) 555-0142"])
    lines = numbers.evaluate_all("all => all.map(part => part.getClientRects().length)")
    assert lines == [1, 1, 1]


def test_phone_numbers_stay_within_their_buttons(
    open_chat: Callable[..., Chat], page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    set_text_size(page, 32)
    chat = open_chat()
    chat.ask("who won the world cup", "office")
    card = chat.ask("who painted that", "office").locator(".person")
    outside = card.locator(".number").evaluate_all(
        """all => all.filter(part => part.getBoundingClientRect().right
            > part.closest('a').getBoundingClientRect().right - 10).length"""
    )
    assert outside == 0


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


# An on-screen keyboard that leaves so many pixels of the window.
KEYBOARD = """const view = Object.assign(new EventTarget(), { offsetTop: 0 })
Object.defineProperty(view, 'height', { get: () => view.left ?? innerHeight })
Object.defineProperty(window, 'visualViewport', { value: view })
window.keyboard = (left, offsetTop = 0) =>
    Object.assign(view, { left, offsetTop }).dispatchEvent(new Event('resize'))"""
# Whether the part's beginning stands between header and field, or is one of them; and all of it.
SEEN = """part => {
    const { left, top, width } = part.getBoundingClientRect()
    const there = part.getRootNode().elementFromPoint(left + width / 2, top + 20)
    return there !== null && (part.contains(there) || there.contains(part))
        && there.closest('.log, .head, form') === part.closest('.log, .head, form')
}"""
WHOLE = """part => {
    const { top, bottom } = part.getBoundingClientRect()
    const log = part.closest('.log').getBoundingClientRect()
    return top >= log.top && bottom <= log.bottom
}"""
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


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
        expect(phone.log).to_contain_text("sorry this did not help")
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
        phone.page.add_init_script(KEYBOARD)
        phone.page.reload()
        phone.launcher.tap()
        phone.ask("how long does it take")
        phone.page.evaluate("keyboard(420, 60)")
        above = {"x": 0, "y": 60, "width": 390, "height": 420}
        phone.wait_until(lambda: phone.element.locator(".panel").bounding_box() == above)
        field = phone.input.bounding_box()
        assert field is not None
        assert field["y"] + field["height"] < 480

    @pytest.mark.parametrize(
        ("width", "height", "text", "left"),
        [(375, 667, 16, 300), (390, 844, 24, 430), (390, 844, 32, 430), (320, 568, 16, 260)],
    )
    def test_the_last_answer_stays_in_view(
        self, phone: Chat, width: int, height: int, text: int, left: int
    ) -> None:
        page = phone.page
        page.set_viewport_size({"width": width, "height": height})
        page.add_init_script(KEYBOARD)
        set_text_size(page, text)
        page.reload()
        phone.launcher.tap()

        def all_seen(part: Locator) -> bool:
            return bool(part.evaluate(SEEN))

        answer = phone.ask("how long does it take", "answer").locator("div.answer")
        phone.wait_until(lambda: all_seen(answer))
        page.evaluate(f"keyboard({left})")
        phone.wait_until(lambda: all_seen(answer))
        for part in ("Close", "Send"):
            assert all_seen(phone.button(part)), part
        call = phone.ask("i cant feel my legs", "emergency").locator(".call")
        phone.wait_until(lambda: all_seen(call) and call.evaluate(WHOLE))
        page.evaluate(f"keyboard({height})")
        phone.wait_until(lambda: all_seen(call) and call.evaluate(WHOLE))
        page.set_viewport_size({"width": height, "height": width})
        page.evaluate(f"keyboard({width})")
        phone.wait_until(lambda: all_seen(call) and call.evaluate(WHOLE))

    def test_what_is_being_read_stays_where_it_is(self, phone: Chat) -> None:
        page = phone.page
        page.add_init_script(KEYBOARD)
        page.reload()
        phone.launcher.tap()
        phone.ask("how long does it take", "answer")
        first = phone.log.locator("div.answer:not(.turn)")
        for _ in range(3):
            phone.ask("do u take medicare", "office")
        first.evaluate("part => part.scrollIntoView()")
        phone.wait_until(lambda: first.evaluate(SEEN))
        page.evaluate(PAINTED)
        page.evaluate("keyboard(380)")
        page.evaluate(PAINTED)
        assert first.evaluate(SEEN)

    def test_a_long_question_leaves_room_for_its_reply(self, phone: Chat) -> None:
        phone.launcher.tap()
        reply = phone.ask("so how long does it take, I wonder " * 30, "answer")
        phone.wait_until(lambda: reply.locator(".answer").evaluate(SEEN))

    def test_it_does_not_open_over_the_next_page(self, phone: Chat, server: str) -> None:
        phone.launcher.tap()
        phone.ask("how long does it take")
        phone.page.goto(server)
        expect(phone.launcher).to_be_visible()
        phone.launcher.tap()
        expect(phone.log).to_contain_text("one hour")

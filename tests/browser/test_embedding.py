"""The box on sites that change pages themselves, load scripts another way, or trap the focus."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from .chat import Chat
from .conftest import HostSite

ASKED = "how long does it take"
ANSWER = "one hour"


# What Turbo, Astro, htmx and pjax do to a page.
SWAPS = {
    "another body": """
        const body = document.createElement('body')
        body.innerHTML = '<main><h1>Another page</h1></main>'
        document.body.replaceWith(body)""",
    "another content of the body": "document.body.innerHTML = '<h1>Another page</h1>'",
    "node by node": """
        document.body.prepend(document.createElement('nav'))
        while (document.body.children[1]) document.body.children[1].remove()""",
    "a body with the script": """
        const body = document.createElement('body')
        const script = document.createElement('script')
        script.src = document.querySelector('script[src*="widget.js"]').src
        body.append(script)
        document.body.replaceWith(body)""",
    "a body kept from before": """
        const body = document.body.cloneNode(true)
        document.body.replaceWith(body)""",
}


class TestPagesThatChangeWithoutLoading:
    @pytest.mark.parametrize("swap", SWAPS.values(), ids=SWAPS)
    def test_it_comes_back_with_its_conversation(
        self, visit: Callable[..., Chat], swap: str
    ) -> None:
        chat = visit("plain.html")
        chat.ask(ASKED, "answer")
        for _ in range(2):
            chat.page.evaluate(f"() => {{ {swap} }}")
            expect(chat.element).to_have_count(1)
            expect(chat.log).to_contain_text(ANSWER)
        chat.ask("do u take medicare", "office")
        chat.button("Close").click()
        chat.page.evaluate(f"() => {{ {swap} }}")
        expect(chat.launcher).to_be_visible()

    def test_it_can_be_opened_on_a_phone_on_a_page_kept_from_before(
        self, visit: Callable[..., Chat], page: Page
    ) -> None:
        page.set_viewport_size({"width": 390, "height": 844})
        chat = visit("plain.html")
        page.evaluate(f"() => {{ {SWAPS['a body kept from before']} }}")
        chat.launcher.click()
        chat.ask(ASKED, "answer")

    def test_it_stays_away_where_the_site_took_it_out(self, visit: Callable[..., Chat]) -> None:
        chat = visit("plain.html", closed=True)
        chat.page.evaluate("document.querySelector('faq-chat').remove()")
        chat.page.evaluate("new Promise(requestAnimationFrame)")
        expect(chat.element).to_have_count(0)


class TestScriptsLoadedAnotherWay:
    @pytest.fixture
    def load(
        self, visit: Callable[..., Chat], page: Page, host_site: HostSite
    ) -> Callable[..., Chat]:
        """Opens the box on a page with this script; all.js is the site's copy of ours."""

        def go(way: str) -> Chat:
            script = page.request.get(f"{host_site.bot}/widget.js").text()
            start = "<!doctype html><html lang=en><title>A practice</title><h1>A practice</h1>"
            host_site.made = {
                "all.js": f"window.a = 1;{script}",
                "made.html": f"{start}{way}</html>",
            }
            return visit("made.html")

        return go

    @pytest.mark.parametrize(
        "way",
        [
            '<script type="module" src="{bot}/widget.js"></script>',
            '<script crossorigin src="{bot}/widget.js"></script>',
            '<script crossorigin type="module" src="{bot}/widget.js?v=2"></script>',
            '<script defer src="all.js"></script>',
            '<script type="module" src="all.js"></script>',
            '<script type="module">import "{bot}/widget.js"</script>',
            "<script>addEventListener('load', () => setTimeout(() => document.head.append(Object"
            ".assign(document.createElement('script'), { src: 'all.js' }))))</script>",
            "<script>fetch('{bot}/widget.js').then(r => r.text()).then(textContent => document.head"
            ".append(Object.assign(document.createElement('script'), { textContent })))</script>",
        ],
    )
    def test_it_finds_its_server(self, load: Callable[..., Chat], way: str) -> None:
        chat = load(way)
        chat.input.press_sequentially("how long")
        expect(chat.options.first).to_be_visible()
        expect(chat.ask(ASKED, "answer")).to_contain_text(ANSWER)

    def test_a_module_has_its_attributes_too(self, load: Callable[..., Chat]) -> None:
        chat = load('<script type="module" src="{bot}/widget.js" data-theme="dark"></script>')
        expect(chat.element).to_have_attribute("theme", "dark")


class TestTheCorner:
    @pytest.mark.parametrize(
        "style",
        ["transform: scale(1)", "filter: contrast(1.2)", "contain: paint", "perspective: 9px"],
    )
    def test_the_launcher_stays_in_it(self, visit: Callable[..., Chat], style: str) -> None:
        chat = visit("plain.html", closed=True)
        before = chat.launcher.bounding_box()
        chat.page.evaluate(
            "style => { document.body.style.cssText = `${style}; height: 3000px` }", style
        )
        chat.wait_until(lambda: chat.launcher.bounding_box() == before)
        chat.page.evaluate("scrollTo(0, 900)")
        chat.wait_until(lambda: chat.launcher.bounding_box() == before)
        chat.open()
        chat.ask(ASKED, "answer")
        chat.page.keyboard.press("Escape")
        expect(chat.launcher).to_be_focused()
        assert chat.launcher.bounding_box() == before

    def test_it_comes_back_there_on_the_next_page(self, visit: Callable[..., Chat]) -> None:
        chat = visit("plain.html", closed=True)
        before = chat.launcher.bounding_box()
        for _ in range(2):
            chat.page.evaluate(
                """() => {
                    const body = document.createElement('body')
                    body.append(document.createElement('main'))
                    body.style.cssText = 'filter: grayscale(1); height: 3000px'
                    document.body.replaceWith(body)
                }"""
            )
            chat.wait_until(lambda: chat.launcher.bounding_box() == before)

    def test_elsewhere_it_covers_no_notice_that_lies_above_all(
        self, visit: Callable[..., Chat]
    ) -> None:
        chat = visit("plain.html", closed=True)
        chat.page.evaluate(
            """() => {
                const notice = document.createElement('button')
                const { style } = notice
                style.cssText = 'position: fixed; inset: auto 0 0; height: 9em; z-index: 2147483647'
                notice.textContent = 'Accept'
                notice.onclick = () => notice.remove()
                document.body.append(notice)
            }"""
        )
        box = chat.launcher.bounding_box()
        assert box
        chat.page.mouse.click(box["x"] + 20, box["y"] + 20)
        expect(chat.page.get_by_text("Accept")).to_have_count(0)
        expect(chat.launcher).to_be_visible()


# How libraries keep the focus in a dialog.
TRAPS = {
    "as Bootstrap does": """
        document.addEventListener('focusin', event => {
            if (!modal.contains(event.target)) button.focus()
        })""",
    "as Radix does": """
        document.addEventListener('focusout', event => {
            if (event.relatedTarget && !modal.contains(event.relatedTarget)) button.focus()
        })""",
    "as focus-trap does": """
        const outside = event => !modal.contains(event.target)
        document.addEventListener('focusin', event => {
            if (outside(event)) { event.stopImmediatePropagation(); button.focus() }
        }, true)
        for (const type of ['mousedown', 'touchstart']) {
            document.addEventListener(type, event => {
                if (outside(event)) event.preventDefault()
            }, { capture: true, passive: false })
        }
        document.addEventListener('click', event => {
            if (outside(event)) { event.preventDefault(); event.stopImmediatePropagation() }
        }, true)
        document.addEventListener('keydown', event => {
            if (event.key === 'Tab') { event.preventDefault(); button.focus() }
        }, true)""",
}


class TestModals:
    @pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
    def test_one_that_traps_the_focus_lets_visitors_into_the_box(
        self, visit: Callable[..., Chat], trap: str
    ) -> None:
        chat = visit("plain.html", closed=True)
        chat.page.evaluate(
            f"""() => {{
                const modal = document.createElement('div')
                modal.setAttribute('role', 'dialog')
                modal.innerHTML = '<button>Within</button>'
                const button = modal.firstChild
                document.body.prepend(modal)
                button.focus();
                {trap}
            }}"""
        )
        chat.open()
        expect(chat.input).to_be_focused()
        chat.page.keyboard.type("do u take medicare")
        chat.page.keyboard.press("Enter")
        expect(chat.last).to_contain_class("office")
        expect(chat.input).to_have_value("")
        chat.page.keyboard.press("Tab")
        expect(chat.button("Send")).to_be_focused()
        chat.button("Close").click()
        expect(chat.log).to_be_hidden()

    @pytest.mark.parametrize("closed", [True, False])
    def test_a_dialog_of_the_page_can_open_the_box(
        self, visit: Callable[..., Chat], closed: bool
    ) -> None:
        chat = visit("plain.html", closed=closed)
        chat.page.evaluate(
            """() => {
                const dialog = document.createElement('dialog')
                dialog.innerHTML = '<button>Ask us</button>'
                dialog.firstChild.onclick = () => document.querySelector('faq-chat').open()
                document.body.append(dialog)
                dialog.showModal()
            }"""
        )
        opener = chat.page.get_by_role("button", name="Ask us")
        opener.click()
        chat.ask(ASKED, "answer")
        chat.page.keyboard.press("Escape")
        expect(chat.log).to_be_hidden()
        expect(opener).to_be_focused()


def test_only_a_script_holds_the_words(visit: Callable[..., Chat], page: Page) -> None:
    """Any element may have that id: a heading that a builder named after its text, say."""
    warned: list[str] = []
    page.on("console", lambda message: warned.append(message.text))
    page.add_init_script(
        """addEventListener('DOMContentLoaded', () => {
            const heading = document.createElement('h2')
            heading.id = 'faq-chat-words'
            document.body.prepend(heading)
        }, true)"""
    )
    chat = visit("worded-by-id.html", closed=True)
    expect(chat.element.locator(".launch")).to_have_text("Ask us")
    assert warned == []


class TestFrames:
    @pytest.fixture
    def frame(self, page: Page, host_site: HostSite) -> Callable[..., FrameLocator]:
        def show(address: str, sandbox: str | None = None) -> FrameLocator:
            page.goto(f"{host_site.origin}/bare.html")
            page.evaluate(
                """([address, sandbox]) => {
                    const frame = document.createElement('iframe')
                    if (sandbox !== null) frame.sandbox = sandbox
                    frame.style.cssText = 'width: 900px; height: 600px'
                    frame.src = address
                    document.body.append(frame)
                }""",
                [address, sandbox],
            )
            return page.frame_locator("iframe")

        return show

    def test_the_chat_without_script_works_in_a_frame_of_a_listed_site(
        self, frame: Callable[..., FrameLocator], host_site: HostSite
    ) -> None:
        framed = frame(f"{host_site.bot}/chat")
        framed.get_by_label("Your question").fill(ASKED)
        framed.get_by_role("button", name="Send").click()
        expect(framed.get_by_role("main")).to_contain_text(ANSWER)

    def test_it_shows_in_no_frame_of_another_site(
        self, frame: Callable[..., FrameLocator], host_site: HostSite, page: Page
    ) -> None:
        origin, host_site.origin = (
            host_site.origin,
            host_site.origin.replace("127.0.0.1", "localhost"),
        )
        try:
            with page.expect_console_message(lambda told: "frame-ancestors" in told.text):
                frame(f"{host_site.bot}/chat")
        finally:
            host_site.origin = origin

    def test_enter_and_the_button_send_where_a_sandbox_forbids_forms(
        self, frame: Callable[..., FrameLocator], host_site: HostSite
    ) -> None:
        framed = frame(f"{host_site.origin}/plain.html", "allow-scripts allow-same-origin")
        framed.get_by_role("button", name="Questions?").click()
        field = framed.get_by_role("textbox")
        field.fill(ASKED)
        field.press("Enter")
        expect(last(framed)).to_contain_text(ANSWER)
        field.fill("do u take medicare")
        framed.get_by_role("button", name="Send").click()
        expect(last(framed)).to_contain_text("Front desk")

    def test_a_sandbox_that_lets_nothing_be_sent_is_told_with_the_phones(
        self, frame: Callable[..., FrameLocator], host_site: HostSite
    ) -> None:
        framed = frame(f"{host_site.origin}/plain.html", "allow-scripts")
        framed.get_by_role("button", name="Questions?").click()
        field = framed.get_by_role("textbox")
        field.fill(ASKED)
        field.press("Enter")
        expect(last(framed)).to_contain_text("This page does not let me send questions.")
        expect(last(framed).locator("a[href='tel:+16465550142']")).to_be_visible()


def last(framed: FrameLocator) -> Locator:
    return framed.locator("faq-chat .turn").last


def test_it_tells_the_page_what_happens_and_nothing_that_was_typed(
    visit: Callable[..., Chat],
) -> None:
    chat = visit("plain.html", closed=True)
    chat.page.evaluate(
        """() => {
            window.told = []
            for (const type of ['faq-open', 'faq-answer', 'faq-call']) {
                document.addEventListener(type, ({ type, detail }) => told.push([type, detail]))
            }
            addEventListener('click', event => event.preventDefault())
        }"""
    )
    chat.open()
    chat.ask(ASKED, "answer")
    chat.ask("do u take medicare", "office")
    chat.ask("i cant feel my legs", "emergency")
    chat.page.evaluate("document.querySelector('faq-chat').addEventListener('faq-call', () => {})")
    chat.last.locator("a.call").evaluate("link => { link.href = 'tel:' }")
    chat.last.locator("a.call").click()
    assert chat.page.evaluate("told") == [
        ["faq-open", None],
        ["faq-answer", {"kind": "answer", "id": "duration"}],
        ["faq-answer", {"kind": "office", "id": ""}],
        ["faq-answer", {"kind": "emergency", "id": ""}],
        ["faq-call", None],
    ]
    chat.page.reload()
    chat.page.evaluate("window.told = []")
    expect(chat.log).to_contain_text(ANSWER)
    assert chat.page.evaluate("told") == []

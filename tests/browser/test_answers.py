"""What an answer offers to its reader, whatever the browser makes of the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from faqbot.journal import Journal
from tests.waiting import PATIENCE

from .chat import Chat

PHONES = [{"label": "Front desk", "number": "(646) 555-0142", "href": "tel:+16465550142"}]
KYPHOSIS = {
    "word": "kyphosis",
    "meaning": "A rounding of the upper back.",
    "source": "MedlinePlus (public domain)",
    "link": "https://medlineplus.test/kyphosis",
}
FRACTURES = {
    "word": "spinal fractures",
    "meaning": "Broken bones of the spine.",
    "source": "",
    "link": "javascript:hit()",
}


def entry(html: str = "<p>One hour.</p>", **other: Any) -> dict[str, Any]:
    return {
        "id": "duration",
        "question": "How long does the procedure take?",
        "html": html,
        "text": "One hour.",
        "quotes": [],
        "page": "",
        **other,
    }


def reply(*entries: dict[str, Any], kind: str = "answer", **other: Any) -> dict[str, Any]:
    base = {"kind": kind, "message": "", "entries": entries, "related": [], "phones": PHONES}
    return {**base, **other}


@pytest.fixture
def told(chat: Chat) -> Callable[[dict[str, Any]], Locator]:
    """The reply in the box, as if the server had given it."""

    def tell(reply: dict[str, Any]) -> Locator:
        chat.page.route("**/api/ask", lambda route: route.fulfill(json=reply))
        return chat.ask("how long", reply["kind"])

    return tell


def translate(chat: Chat) -> None:
    """What a browser's translator does: each text that is shown becomes another one."""
    chat.element.evaluate(
        """box => {
            const texts = document.createTreeWalker(box.shadowRoot, NodeFilter.SHOW_TEXT)
            const all = []
            while (texts.nextNode()) all.push(texts.currentNode)
            for (const text of all) {
                if (!text.data.trim()) continue
                const font = document.createElement('font')
                font.textContent = 'Übersetzt'
                text.replaceWith(font)
            }
        }"""
    )


class TestTheTitle:
    def test_is_the_question_that_was_understood(self, chat: Chat) -> None:
        shown = chat.ask("hours of it", "answer")
        expect(shown.get_by_role("heading")).to_have_text(["How long does the procedure take?"])
        expect(chat.polite).to_contain_text("How long does the procedure take? About one hour")

    def test_stands_above_an_answer_that_was_picked_too(self, chat: Chat) -> None:
        chat.button("How long does the procedure take?").click()
        expect(chat.last.get_by_role("heading")).to_have_text(["How long does the procedure take?"])


def test_what_ends_at_the_phone_says_so(
    chat: Chat, told: Callable[[dict[str, Any]], Locator]
) -> None:
    choices = [entry(), {**entry(), "id": "cost", "question": "What is the price?"}]
    choices[1]["by_phone"] = True
    shown = told(reply(*choices, kind="choices"))
    expect(shown.get_by_role("group").get_by_role("button")).to_have_text(
        ["How long does the procedure take?", "What is the price? — call us"]
    )
    shown.get_by_role("button", name="What is the price? — call us").click()
    expect(chat.log.locator(".you").last).to_have_text("You asked: What is the price?")


class TestAPageThatTheBrowserTranslates:
    def test_sends_the_questions_as_they_were(self, chat: Chat) -> None:
        asked = "so how long does it take"
        chat.ask(asked, "answer")
        translate(chat)
        with chat.page.expect_request("**/api/helpful") as request:
            chat.last.locator("[data-arg=no]").click()
        assert request.value.post_data_json["question"] == asked

    @pytest.mark.parametrize("pressed", [".questions button", ".answer a[data-do=entry]"])
    def test_shows_what_was_chosen_as_it_was(self, chat: Chat, pressed: str) -> None:
        shown = chat.ask("how long does it take", "answer")
        words = shown.locator(pressed).first.inner_text()
        translate(chat)
        shown.locator(pressed).first.click()
        expect(chat.log.locator(".you").last).to_have_text(f"You asked: {words}")
        expect(chat.last).to_contain_text("a night in the hospital")

    def test_asks_again_what_was_no_emergency(self, chat: Chat) -> None:
        chat.ask("i cant feel my legs", "emergency")
        translate(chat)
        with chat.page.expect_request("**/api/ask") as request:
            chat.last.locator("[data-do=calm]").click()
        assert request.value.post_data_json["question"] == "i cant feel my legs"
        expect(chat.log.locator(".you").last).to_contain_text("Not an emergency?")

    def test_sends_it_for_an_answer_that_was_no_emergency(
        self, chat: Chat, told: Callable[[dict[str, Any]], Locator]
    ) -> None:
        chat.ask("i cant feel my legs", "emergency")
        chat.page.route("**/api/ask", lambda route: route.fulfill(json=reply(entry())))
        chat.last.locator("[data-do=calm]").click()
        with chat.page.expect_request("**/api/helpful") as request:
            chat.last.locator("[data-arg=no]").click()
        assert request.value.post_data_json["question"] == "i cant feel my legs"

    def test_sends_the_part_that_was_answered(
        self, chat: Chat, told: Callable[[dict[str, Any]], Locator]
    ) -> None:
        part = {"text": "how long?", "kind": "answer", "message": "", "entries": [entry()]}
        told(reply(entry(), parts=[{**part, "text": "and then?"}, part]))
        translate(chat)
        with chat.page.expect_request("**/api/helpful") as request:
            chat.last.locator("[data-arg=no]").click()
        assert request.value.post_data_json["question"] == "how long?"


class TestAnAnswerThatDidNotHelp:
    def test_is_followed_by_the_next_best_and_the_phones(self, chat: Chat) -> None:
        chat.ask("how long does it take").get_by_role("button", name="No", exact=True).click()
        group = chat.last.get_by_role("group", name="I am sorry that this did not help.")
        expect(group.get_by_role("button").first).to_have_text(
            "Do I have to stay in the hospital overnight?"
        )
        expect(chat.last.locator("a.phone")).to_have_count(2)
        expect(chat.polite).to_contain_text("Is it one of these?")
        expect(group.get_by_role("button").first).to_be_in_viewport()
        chat.ask("the first one", "answer")
        expect(chat.last).to_contain_text("a night in the hospital")

    def test_offers_nothing_to_those_who_went_on(self, chat: Chat) -> None:
        held = chat.hold("**/api/helpful")
        chat.ask("how long does it take").get_by_role("button", name="No", exact=True).click()
        chat.first(held)
        chat.ask("hello there")
        turns = chat.turns()
        with chat.page.expect_response("**/api/helpful"):
            held[0].continue_()
        expect(chat.last).to_contain_text("What would you like to know?")
        assert chat.turns() == turns

    def test_that_helped_is_thanked_for_and_no_more(self, chat: Chat, journal: Journal) -> None:
        shown = chat.ask("how long does it take")
        with chat.page.expect_response("**/api/helpful") as response:
            shown.get_by_role("button", name="Yes").click()
        assert response.value.status == 204
        assert journal.flush(PATIENCE)
        assert chat.turns() == 3


class TestAWordThatIsExplained:
    HTML = (
        "<p>No kyphosisx. <a href='#x'>kyphosis</a> and spinal fractures cause "
        "<strong>kyphosis</strong>.</p><ul><li>Kyphosis, kyphosis.</li></ul>"
    ).replace("'", '"')

    def test_opens_and_closes_by_key(
        self, chat: Chat, told: Callable[[dict[str, Any]], Locator]
    ) -> None:
        shown = told(reply(entry(self.HTML, terms=[FRACTURES, KYPHOSIS])))
        words = shown.locator(".answer").get_by_role("button")
        expect(words).to_have_text(["spinal fractures", "kyphosis"])
        expect(words.last).to_have_accessible_description("What does this mean?")
        words.last.focus()
        chat.page.keyboard.press("Enter")
        expect(words.last).to_have_attribute("aria-expanded", "true")
        expect(words.last).to_be_focused()
        meaning = shown.locator("p + .meaning")
        expect(meaning).to_contain_text("kyphosis: A rounding of the upper back.")
        source = meaning.get_by_role("link", name="MedlinePlus (public domain)")
        expect(source).to_have_attribute("href", "https://medlineplus.test/kyphosis")
        expect(chat.polite).to_have_text("kyphosis: A rounding of the upper back.")
        chat.page.keyboard.press("Space")
        expect(words.last).to_have_attribute("aria-expanded", "false")
        expect(meaning).to_have_count(0)

    def test_says_where_the_page_says_so_and_follows_no_script(
        self, told: Callable[[dict[str, Any]], Locator]
    ) -> None:
        shown = told(reply(entry(self.HTML, terms=[FRACTURES])))
        shown.get_by_role("button", name="spinal fractures").click()
        expect(shown.locator(".meaning")).to_contain_text("From our page")
        expect(shown.locator(".meaning a")).to_have_count(0)

    def test_may_have_any_sign_in_it(self, told: Callable[[dict[str, Any]], Locator]) -> None:
        words = ["T-score", "Paget\u2019s disease", "DXA (bone scan)", "A/B", "vitamin D+"]
        html = "".join(f"<p>Your {word} is known.</p>" for word in words)
        shown = told(reply(entry(html, terms=[{**KYPHOSIS, "word": word} for word in words])))
        expect(shown.locator(".answer").get_by_role("button")).to_have_text(words)


class TestOnPaper:
    HTML = (
        "<p>About <strong>one hour</strong>. See also <a href='#a'>staying</a> and "
        "<a href='#b'>going home</a>. You may <a href='#c'>eat</a>.</p>"
        "<p>Do <strong>not</strong> see also <a href='#d'>a film</a>.</p>"
        "<p>More on <a href='https://practice.test/procedure'>our page</a>.</p>"
    ).replace("'", '"')
    SAID = (
        "About one hour. You may eat.",
        "Do not see also a film.",
        "More on our page (https://practice.test/procedure).",
    )
    FOOT = "Hill Street Spine · (646) 555-0142 · (212) 555-0188"

    def test_links_that_lead_nowhere_are_left_out(
        self, chat: Chat, told: Callable[[dict[str, Any]], Locator]
    ) -> None:
        shown = told(reply(entry(self.HTML)))
        chat.page.evaluate("void (window.print = () => dispatchEvent(new Event('beforeprint')))")
        shown.get_by_role("button", name="Print").click()
        chat.page.emulate_media(media="print")
        paper = chat.page.locator("faq-chat-paper")
        expect(paper.get_by_role("heading")).to_have_text("How long does the procedure take?")
        expect(paper.locator("p")).to_have_text([*self.SAID, self.FOOT])
        chat.page.evaluate("dispatchEvent(new Event('afterprint'))")

    def test_so_are_they_in_a_copy_and_so_is_what_words_mean(
        self, chat: Chat, told: Callable[[dict[str, Any]], Locator]
    ) -> None:
        chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        term = {**KYPHOSIS, "word": "hour"}
        shown = told(reply(entry(self.HTML, terms=[term])))
        shown.get_by_role("button", name="hour", exact=True).click()
        shown.get_by_role("button", name="Copy").click()
        expect(shown.get_by_role("button", name="Copied")).to_be_visible()
        copied = chat.page.evaluate("navigator.clipboard.readText()").split("\n\n")
        assert copied == [
            "How long does the procedure take?",
            *self.SAID,
            "Hill Street Spine, (646) 555-0142",
        ]
        expect(shown.locator(".answer")).to_have_count(1)


class TestReadItOnOurPage:
    @pytest.fixture
    def on_faq(self, open_chat: Callable[..., Chat]) -> Callable[[tuple[int, int]], Chat]:
        def go(size: tuple[int, int]) -> Chat:
            chat = open_chat("/faq", closed=True)
            chat.page.set_viewport_size({"width": size[0], "height": size[1]})
            chat.open()
            return chat

        return go

    def show_source(self, chat: Chat, **other: Any) -> Locator:
        def tell(route: Route) -> None:
            route.fulfill(json=reply(entry(quotes=["The procedure - about one hour"], **other)))

        chat.page.route("**/api/ask", tell)
        shown = chat.ask("how long", "answer")
        shown.get_by_text("From our page").click()
        return shown.get_by_role("link", name="Read it on our page")

    @pytest.mark.parametrize("size", [(390, 844), (1280, 800)], ids=["phone", "desk"])
    def test_leads_there_in_place_from_the_page_with_all_answers(
        self, on_faq: Callable[[tuple[int, int]], Chat], size: tuple[int, int]
    ) -> None:
        chat = on_faq(size)
        self.show_source(chat).click()
        chat.page.wait_for_url("**/faq#duration")
        expect(chat.page.locator("article#duration")).to_be_in_viewport()
        if size[0] < 500:
            expect(chat.dialog).to_be_hidden()
        else:
            expect(chat.dialog).to_be_visible()
        assert len(chat.page.context.pages) == 1

    def test_leads_to_the_quote_on_another_page(self, chat: Chat) -> None:
        link = self.show_source(chat, page="https://practice.test/procedure")
        expect(link).to_have_attribute("target", "_blank")
        expect(link).to_have_attribute(
            "href",
            "https://practice.test/procedure#:~:text=The%20procedure%20%2D%20about%20one%20hour",
        )


def test_the_conversation_can_be_deleted_from_the_device(chat: Chat) -> None:
    chat.ask("how long does it take")
    chat.element.get_by_text("What is kept of this chat?").click()
    expect(chat.log).to_contain_text("nothing there can be tied to you")
    chat.button("Delete this conversation").click()
    told = "The conversation is deleted from this device. Nothing that our server keeps"
    expect(chat.log.get_by_text(told)).to_be_focused()
    expect(chat.polite).to_contain_text(told)
    expect(chat.log).not_to_contain_text("one hour")
    assert chat.page.evaluate("sessionStorage.length") == 0
    expect(chat.button("Undo")).to_have_count(0)
    chat.ask("how long does it take", "answer")
    chat.button("Start over").click()
    expect(chat.element.get_by_text("What is kept of this chat?")).to_be_visible()


def test_the_page_with_all_answers_has_an_introduction_an_index_and_the_box(
    page: Page, server: str
) -> None:
    page.goto(f"{server}/faq")
    expect(page.get_by_text("What we are asked most")).to_be_visible()
    index = page.get_by_role("navigation", name="Contents")
    index.get_by_role("link", name="How big are the cuts?").click()
    expect(page.locator("article#incisions")).to_be_in_viewport()
    chat = Chat(page)
    chat.open()
    expect(chat.ask("how long does it take", "answer")).to_contain_text("one hour")

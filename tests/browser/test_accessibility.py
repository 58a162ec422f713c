"""axe finds nothing in any state, and what axe cannot see is looked at by hand."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from .axe import COLOURS, RULES, violations
from .chat import Chat
from .conftest import HostSite
from .test_conversation import ASKED, CHOICES, PARTS, WORDS, answer_with, part

State = Callable[[Chat], object]


def dots(chat: Chat) -> None:
    chat.hold("**/api/ask")
    chat.input.fill("how long does it take")
    chat.input.press("Enter")
    expect(chat.log.locator(".dots")).to_be_visible()


def choices(chat: Chat) -> None:
    chat.page.route("**/api/ask", answer_with(CHOICES))
    chat.ask("recovry", "choices")


def parts(chat: Chat) -> None:
    chat.page.route("**/api/ask", answer_with(PARTS))
    chat.ask(ASKED, "answer")


def by_phone(chat: Chat) -> None:
    found = [{"id": "insurance", "question": "Do you take Medicare?", "by_phone": True}]
    chat.page.route("**/api/suggest", answer_with({"suggestions": found}))
    suggestions(chat)


def failed(chat: Chat) -> None:
    chat.page.route("**/api/ask", lambda route: route.abort())
    chat.ask("how long does it take", "failed")


def suggestions(chat: Chat) -> None:
    chat.input.fill("the procedure")
    expect(chat.options.first).to_be_visible()
    chat.input.press("ArrowDown")


def opened_source(chat: Chat) -> None:
    chat.ask("how long does it take", "answer").get_by_text("From our page").click()


def verdict(chat: Chat) -> None:
    chat.ask("how long does it take", "answer").get_by_role("button", name="No").click()


def explained(chat: Chat) -> None:
    term = {"word": "One hour", "meaning": "60 minutes.", "source": "Us", "link": "https://a.test"}
    one = part("How long does it take?", "duration")
    entries = [{**entry, "terms": [term]} for entry in one["entries"]]
    chat.page.route("**/api/ask", answer_with({"kind": "answer", "entries": entries}))
    chat.ask("how long", "answer").get_by_role("button", name="One hour").click()
    chat.element.get_by_text("What is kept of this chat?").click()


def personal(chat: Chat) -> None:
    chat.ask("a@b.org how long does it take", "answer")
    expect(chat.notice).to_be_visible()


def caution(chat: Chat) -> None:
    chat.ask("nie czuję nóg", "office")
    expect(chat.last.locator(".caution")).to_be_visible()


def two_misses(chat: Chat) -> None:
    chat.ask("asdf", "office")
    chat.ask("qwertz", "office")


PLAIN = {
    "reduced_motion": "reduce",
    "color_scheme": "light",
    "contrast": "no-preference",
    "forced_colors": "none",
}
MORE = {"contrast": "more"}
STATES: dict[str, State] = {
    "closed": lambda chat: chat.button("Close").click(),
    "open": lambda chat: None,
    "answer": lambda chat: chat.ask("how long does it take", "answer"),
    "source": opened_source,
    "verdict": verdict,
    "explained": explained,
    "choices": choices,
    "parts": parts,
    "office": lambda chat: chat.ask("do u take medicare", "office"),
    "two misses": two_misses,
    "emergency": lambda chat: chat.ask("i cant feel my legs", "emergency"),
    "error": failed,
    "waiting": dots,
    "suggestions": suggestions,
    "by phone": by_phone,
    "personal": personal,
    "caution": caution,
}
# The width and height of the window, and what visitors prefer, with the rules that it can break.
VIEWS: dict[str, tuple[tuple[int, int], list[tuple[dict[str, str], list[str]]]]] = {
    "desk": ((1280, 800), [({}, RULES), ({"color_scheme": "dark"}, COLOURS), (MORE, COLOURS)]),
    "phone": ((390, 844), [({}, RULES), ({"forced_colors": "active"}, COLOURS)]),
    "400 %": ((320, 256), [({"color_scheme": "dark"}, RULES)]),
}


@pytest.mark.parametrize("view", [pytest.param("desk", marks=pytest.mark.long), "phone", "400 %"])
def test_axe_finds_nothing(open_chat: Callable[..., Chat], page: Page, view: str) -> None:
    (width, height), preferences = VIEWS[view]
    page.set_viewport_size({"width": width, "height": height})
    page.add_init_script("sessionStorage.clear()")
    found = []
    for name, reach in STATES.items():
        page.emulate_media(**PLAIN)  # type: ignore[arg-type]
        reach(open_chat())
        for preference, rules in preferences:
            page.emulate_media(**{**PLAIN, **preference})  # type: ignore[arg-type]
            found += [(name, preference, broken) for broken in violations(page, rules)]
        page.unroute_all(behavior="ignoreErrors")
    assert found == []


def test_axe_sees_into_the_box(page: Page, host_site: HostSite) -> None:
    page.goto(f"{host_site.origin}/fails.html")
    rules = {line.partition(":")[0] for line in violations(page)}
    assert {"image-alt", "label", "color-contrast"} <= rules
    (pale,) = violations(page, COLOURS)
    assert pale.startswith("color-contrast: ")


@pytest.mark.parametrize(
    "path", ["/chat", "/faq", "/chat?entry=duration", "/chat?entry=insurance", "/chat?entry=gone"]
)
def test_axe_finds_nothing_on_the_pages_without_script(page: Page, server: str, path: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(server + path)
        assert violations(page) == []


def test_several_questions_on_the_page_without_script(
    page: Page, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = SimpleNamespace(to_dict=lambda: PARTS)
    monkeypatch.setattr("faqbot.app.pages.log_kind", lambda _: reply)
    page.goto(f"{server}/chat")
    page.get_by_label("Your question").fill(ASKED)
    page.get_by_role("button", name="Send").click()
    shown = page.get_by_role("region", name="Answer")
    expect(shown.get_by_role("heading", level=2)).to_have_text(
        [*WORDS, "You may also want to know"]
    )
    expect(shown.get_by_role("heading", level=3)).to_have_text(
        ["How long does it take?", "Is it one of these?"]
    )
    expect(shown).to_contain_text("Our page does not say")
    expect(shown.locator("blockquote")).to_have_text("about one hour")
    choice = shown.get_by_role("link", name="How soon does the pain get better?")
    expect(choice).to_have_attribute("href", "/chat?entry=pain-relief")
    expect(shown.get_by_role("link", name="overnight")).to_have_count(1)
    expect(shown.locator("ul.phones.large")).to_have_count(1)
    assert violations(page) == []


def test_axe_finds_nothing_in_a_page_that_holds_the_box(page: Page, host_site: HostSite) -> None:
    for name in ("placed.html", "arabic.html"):
        page.goto(f"{host_site.origin}/{name}")
        expect(page.locator("faq-chat").locator("button").first).to_be_visible()
        assert violations(page) == []


class TestAnnouncements:
    """What a screen reader says: changes within live regions, as texts."""

    @pytest.fixture
    def said(self, chat: Chat) -> Callable[[], list[list[str]]]:
        chat.stop_time()  # a reply that takes long would be announced before
        chat.element.evaluate(
            """box => {
                window.said = []
                for (const region of box.shadowRoot.querySelectorAll('[role=status], [role=alert]'))
                    new MutationObserver(() => region.textContent &&
                        said.push([region.getAttribute('role'), region.textContent])
                    ).observe(region, { childList: true, characterData: true, subtree: true })
            }"""
        )
        return lambda: chat.page.evaluate("window.said")

    def test_an_answer_is_said_once_without_its_buttons(
        self, chat: Chat, said: Callable[[], list[list[str]]]
    ) -> None:
        chat.ask("how long does it take", "answer")
        title = "How long does the procedure take?"
        text = "About one hour for each fracture level treated. See also staying overnight."
        assert said() == [["status", f"{title} {text}"]]

    def test_an_emergency_interrupts(self, chat: Chat, said: Callable[[], list[list[str]]]) -> None:
        chat.ask("i cant feel my legs", "emergency")
        ((role, text),) = said()
        assert role == "alert"
        assert text.startswith("Call 911 now.")

    def test_choices_are_said_with_the_question(
        self, chat: Chat, said: Callable[[], list[list[str]]]
    ) -> None:
        choices(chat)
        assert said() == [
            [
                "status",
                "Is it one of these? How soon does the pain get better? "
                "Do I have to stay in the hospital overnight?",
            ]
        ]

    def test_every_part_is_said_with_the_visitors_words(
        self, chat: Chat, said: Callable[[], list[list[str]]]
    ) -> None:
        parts(chat)
        assert said() == [
            [
                "status",
                f"{WORDS[0]}: How long does it take? One hour. {WORDS[1]}: Is it one of these? "
                "How soon does the pain get better? "
                "Do I have to stay in the hospital overnight? "
                f"{WORDS[2]}: “Do you take Medicare?” Our page does not say, but our office will.",
            ]
        ]

    def test_suggestions_are_counted_once_when_the_visitor_pauses(
        self, chat: Chat, said: Callable[[], list[list[str]]]
    ) -> None:
        for letter in "the procedure":
            chat.input.press_sequentially(letter)
            chat.page.clock.run_for(300)
        expect(chat.options).to_have_count(4)
        assert said() == []
        chat.page.clock.run_for(1000)
        assert said() == [["status", "4 suggestions. Use the arrow keys to choose."]]
        chat.input.press_sequentially(" ")
        chat.page.clock.run_for(5000)
        assert len(said()) == 1

    def test_a_single_suggestion_is_not_called_suggestions(
        self, chat: Chat, said: Callable[[], list[list[str]]]
    ) -> None:
        only = {"suggestions": [{"id": "duration", "question": "How long does it take?"}]}
        chat.page.route("**/api/suggest", lambda route: route.fulfill(json=only))
        chat.input.press_sequentially("how")
        chat.page.clock.run_for(300)
        expect(chat.options).to_have_count(1)
        chat.page.clock.run_for(1000)
        assert said() == [["status", "1 suggestion. Use the arrow keys to choose it."]]

    def test_no_name_of_a_group_is_read_as_text_too(self, chat: Chat) -> None:
        parts(chat)
        twice = chat.element.evaluate(
            """box => [...box.shadowRoot.querySelectorAll('[role=group]')].filter(group => {
                const heard = group.cloneNode(true)
                heard.querySelectorAll('[aria-hidden=true]').forEach(part => part.remove())
                return heard.textContent.includes(group.ariaLabel)
            }).map(group => group.ariaLabel)"""
        )
        assert twice == []

    def test_the_box_its_title_and_the_conversation_have_names_of_their_own(
        self, chat: Chat
    ) -> None:
        expect(chat.dialog).to_have_accessible_name("Questions to Hill Street Spine")
        expect(chat.log).to_have_accessible_name("Conversation")
        expect(chat.element.get_by_role("heading", level=2)).to_have_text("Hill Street Spine")

    def test_the_conversation_itself_is_a_log_that_adds_nothing(self, chat: Chat) -> None:
        chat.ask("how long does it take", "answer")
        expect(chat.log).to_have_attribute("aria-live", "off")
        assert chat.log.locator("[aria-live], [role=alert], [role=status]").count() == 0

    def test_a_conversation_that_goes_on_on_the_next_page_is_not_read_again(
        self, chat: Chat
    ) -> None:
        chat.ask("how long does it take", "answer")
        chat.page.reload()
        expect(chat.log).to_contain_text("one hour")
        expect(chat.polite).to_be_empty()


def test_every_target_is_44_pixels_high_and_wide(chat: Chat) -> None:
    for reach in (STATES["source"], STATES["emergency"], STATES["suggestions"], two_misses):
        reach(chat)
    small = chat.element.evaluate(
        """box => [...box.shadowRoot.querySelectorAll(
            'button:not(.term), textarea, summary, [role=option], a.phone, a.call')]
            .map(part => [part.textContent, part.getBoundingClientRect()])
            .filter(([, { width, height }]) => width && (width < 43.9 || height < 43.9))
            .map(([text, { width, height }]) => [text, width, height])"""
    )
    assert small == []


def test_what_is_typed_has_16_pixels_at_least(chat: Chat) -> None:
    """Else iPhones zoom in, and do not zoom out again."""
    assert float(chat.input.evaluate("part => parseFloat(getComputedStyle(part).fontSize)")) >= 16


def test_the_field_shows_its_focus_in_forced_colours_too(chat: Chat) -> None:
    chat.page.emulate_media(forced_colors="active")
    style = "part => getComputedStyle(part).outlineStyle"
    field = chat.element.locator(".field")
    assert field.evaluate(style) == "solid"
    chat.button("Send").focus()
    chat.log.focus()
    assert field.evaluate(style) == "none"


def test_nothing_moves_for_those_who_prefer_it_so(
    open_chat: Callable[..., Chat], page: Page
) -> None:
    page.emulate_media(reduced_motion="reduce")
    chat = open_chat(closed=True)
    chat.launcher.click()
    dots(chat)
    assert page.evaluate("document.querySelector('faq-chat').shadowRoot.getAnimations()") == []

"""What a visitor does with the box, by mouse."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from faqbot.journal import Journal
from faqbot.privacy import blank
from tests.waiting import PATIENCE

from .chat import Chat

PERSONAL = json.loads((Path(__file__).parents[1] / "cases/personal.json").read_text("utf-8"))


def test_it_opens_from_a_button_that_says_what_it_is(open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(closed=True)
    expect(chat.launcher).to_have_text("Questions?")
    chat.launcher.click()
    expect(chat.dialog).to_be_visible()
    expect(chat.dialog).to_have_accessible_name("Questions to Hill Street Spine")
    expect(chat.launcher).to_be_hidden()


def test_it_greets_says_what_it_cannot_do_and_offers_questions(chat: Chat) -> None:
    expect(chat.log).to_contain_text("Hello! Ask me about your procedure.")
    expect(chat.log).to_contain_text("can't diagnose, make appointments or help in an emergency")
    expect(chat.log.get_by_role("link", name="call 911")).to_have_attribute("href", "tel:911")
    expect(chat.log.get_by_role("button")).to_have_text(
        ["How long does the procedure take?", "Do I have to stay in the hospital overnight?"]
    )


@pytest.mark.parametrize(
    ("question", "kind", "says"),
    [
        ("how long does it take", "answer", "one hour"),
        ("do u take medicare", "office", "office"),
        ("i cant feel my legs", "emergency", "Weak or numb legs"),
        ("who won the world cup", "office", "office"),
        ("hello there", "office", "What would you like to know?"),
    ],
)
def test_it_answers_every_kind_of_question_and_always_with_the_phones(
    chat: Chat, question: str, kind: str, says: str
) -> None:
    reply = chat.ask(question, kind)
    expect(reply).to_contain_text(says)
    phones = reply.locator("a.phone")
    expect(phones).to_have_count(2)
    expect(phones.first).to_have_attribute("href", "tel:+16465550142")
    expect(phones.first).to_have_accessible_name("Call Front desk 6 4 6, 5 5 5, 0 1 4 2")


def test_an_answer_shows_its_source_when_asked_to(chat: Chat) -> None:
    reply = chat.ask("how long does it take")
    quote = reply.get_by_text("The procedure takes about one hour per fracture level treated")
    expect(quote).to_be_hidden()
    reply.get_by_text("From our page").click()
    expect(quote).to_be_visible()
    link = reply.get_by_role("link", name="Read it on our page")
    expect(link).to_have_attribute(
        "href", re.compile("^https://practice.test/procedure#:~:text=The")
    )


def test_a_link_in_an_answer_asks_the_question_it_leads_to(chat: Chat) -> None:
    chat.ask("how long does it take").get_by_role("link", name="staying overnight").click()
    expect(chat.log.locator(".you").last).to_contain_text("overnight")
    expect(chat.last).to_contain_text("a night in the hospital")


def test_related_questions_are_buttons(chat: Chat) -> None:
    reply = chat.ask("how long does it take")
    related = reply.get_by_role("group", name="You may also want to know").get_by_role("button")
    expect(related.first).to_have_text("Do I have to stay in the hospital overnight?")
    related.first.click()
    expect(chat.last).to_contain_text("a night in the hospital")


def test_choices_are_buttons(chat: Chat, page: Page) -> None:
    page.route("**/api/ask", answer_with(CHOICES))
    reply = chat.ask("recovry", "choices")
    expect(reply.get_by_role("group").get_by_role("button")).to_have_count(2)
    reply.get_by_role("button", name="How soon does the pain get better?").click()
    expect(chat.log.locator(".you").last).to_contain_text("How soon does the pain get better?")
    expect(chat.last).to_contain_text("gets better at once")


def test_an_emergency_cannot_be_missed(chat: Chat) -> None:
    reply = chat.ask("i cant feel my legs", "emergency")
    call = reply.get_by_role("link", name="Call 911 now")
    expect(call).to_have_attribute("href", "tel:911")
    expect(call).to_be_in_viewport(ratio=1)
    expect(chat.assertive).to_contain_text("Call 911 now. Weak or numb legs")


def test_after_two_misses_the_phones_come_first(chat: Chat) -> None:
    first = chat.ask("who won the world cup", "office")
    expect(first.locator(".person")).to_have_count(0)
    second = chat.ask("who painted that", "office")
    card = second.locator("> :first-child")
    expect(card).to_contain_text("Let's get you to a person")
    expect(card.locator("a.phone")).to_have_count(2)
    third = chat.ask("how long does it take", "answer")
    expect(third.locator(".person")).to_have_count(0)
    expect(chat.ask("do u take medicare", "office").locator(".person")).to_have_count(0)


def test_a_verdict_is_taken_once(chat: Chat, journal: Journal) -> None:
    reply = chat.ask("how long does it take")
    verdict(reply, "Yes")
    journal.flush(PATIENCE)
    assert "helpful" in {count.kind for count in journal.counts(1) if count.entry == "duration"}
    expect(reply).to_contain_text("Thank you for telling us.")
    expect(reply.get_by_role("button", name="Yes")).to_have_count(0)
    expect(reply.get_by_text("Thank you for telling us.")).to_be_focused()
    reply.page.reload()
    expect(reply.get_by_text("Thank you for telling us.")).to_be_visible()
    expect(reply.get_by_role("button", name="Yes")).to_have_count(0)


def test_an_answer_that_was_no_help_is_told_with_its_question(chat: Chat, journal: Journal) -> None:
    verdict(chat.ask("so how long does it take"), "No")
    journal.flush(PATIENCE)
    kept = [asked.text for asked in journal.questions() if asked.kind == "not helpful"]
    assert "so how long does it take" in kept


def verdict(reply: Locator, word: str) -> None:
    with reply.page.expect_response("**/api/helpful") as response:
        reply.get_by_role("group", name="Was this helpful?").get_by_role(
            "button", name=word
        ).click()
    assert response.value.status == (204 if word == "Yes" else 200)


def test_an_answer_can_be_copied(chat: Chat) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.ask("how long does it take").get_by_role("button", name="Copy").click()
    expect(chat.last.get_by_role("button", name="Copied")).to_be_visible()
    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert "How long does the procedure take?" in copied
    assert "About one hour for each fracture level treated." in copied
    assert "(646) 555-0142" in copied


def test_an_answer_is_printed_alone(chat: Chat) -> None:
    page = chat.page
    page.evaluate("void (window.print = () => dispatchEvent(new Event('beforeprint')))")
    chat.ask("how long does it take").get_by_role("button", name="Print").click()
    page.emulate_media(media="print")
    paper = page.locator("faq-chat-paper")
    expect(paper).to_be_visible()
    expect(paper).to_contain_text("How long does the procedure take?")
    expect(paper).to_contain_text("one hour")
    expect(page.locator("main")).to_be_hidden()
    expect(chat.log).to_be_hidden()
    page.emulate_media(media="screen")
    expect(paper).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(paper).to_have_count(0)
    expect(page.locator("main")).to_be_visible()
    expect(chat.log).to_be_visible()


@pytest.mark.parametrize(
    "print_",
    [
        "dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'))",
        "dispatchEvent(new Event('beforeprint'))",
        "",
        "throw new DOMException('no', 'SecurityError')",
        "dispatchEvent(new Event('beforeprint')); throw new DOMException('no', 'SecurityError')",
        None,
    ],
    ids=["as usual", "no afterprint", "nothing happens", "throws", "begins", "of this browser"],
)
def test_the_page_is_printed_as_ever_after_an_answer_was(chat: Chat, print_: str | None) -> None:
    page = chat.page
    page.evaluate("document.adoptedStyleSheets = [new CSSStyleSheet()]")
    if print_ is not None:
        page.evaluate(f"void (window.print = () => {{ {print_} }})")
    chat.ask("how long does it take").get_by_role("button", name="Print").click()
    chat.last.get_by_role("button", name="Print").click()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator("main")).to_be_visible()
    expect(page.locator("faq-chat-paper")).to_have_count(0)
    assert page.evaluate("document.adoptedStyleSheets.length") == 1
    assert chat.element.get_attribute("printing") is None


def test_a_print_that_fails_leaves_the_page_as_it_was(chat: Chat) -> None:
    reply = chat.ask("how long does it take", "answer")
    for fails in ["undefined", "() => { dispatchEvent(new Event('beforeprint')); throw 1 }"]:
        chat.page.evaluate(f"void (window.print = {fails})")
        reply.get_by_role("button", name="Print").click()
        expect(chat.page.locator("faq-chat-paper")).to_have_count(0)
        assert chat.element.get_attribute("printing") is None


def test_printing_is_not_offered_where_it_cannot_be_done(chat: Chat) -> None:
    chat.page.evaluate("window.print = undefined")
    reply = chat.ask("how long does it take", "answer")
    expect(reply.get_by_role("button", name="Yes")).to_be_visible()
    expect(reply.get_by_role("button", name="Print")).to_have_count(0)


def test_an_answer_has_the_button_for_appointments(chat: Chat) -> None:
    html = (
        '<p>Call us.</p><p><a class="book" href="https://practice.test/book">Book a visit</a></p>'
    )
    entry = {"id": "contact", "question": "How?", "html": html, "text": "Call us.", "quotes": []}
    chat.page.route("**/api/ask", answer_with({"kind": "answer", "entries": [entry]}))
    button = chat.ask("book", "answer").get_by_role("link", name="Book a visit")
    expect(button).to_contain_class("book")
    expect(button).to_have_attribute("href", "https://practice.test/book")
    expect(button).to_have_attribute("target", "_blank")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44


def test_it_starts_over(chat: Chat) -> None:
    chat.ask("how long does it take")
    chat.input.fill("half a thought")
    chat.button("Start over").click()
    assert chat.turns() == 1
    expect(chat.input).to_have_value("")
    expect(chat.input).to_be_focused()
    assert chat.page.evaluate("sessionStorage.length") == 0


def test_starting_over_can_be_undone(chat: Chat) -> None:
    chat.ask("how long does it take")
    chat.button("Start over").click()
    expect(chat.polite).to_have_text("Conversation cleared.")
    chat.ask("do u take medicare", "office")
    chat.button("Undo").click()
    expect(chat.log.locator(".you")).to_contain_text(["how long", "medicare"])
    expect(chat.input).to_be_focused()
    chat.page.reload()
    expect(chat.log).to_contain_text("one hour")


def test_starting_over_twice_can_be_undone(chat: Chat) -> None:
    chat.ask("how long does it take")
    chat.button("Start over").dblclick()
    chat.input.fill("x" * 1_920)
    chat.button("Start over").click()
    expect(chat.input).to_have_value("")
    expect(chat.notice).to_be_hidden()
    chat.button("Undo").click()
    expect(chat.log).to_contain_text("one hour")


def test_a_page_that_comes_back_keeps_a_draft_that_is_not_stored(chat: Chat) -> None:
    chat.input.fill("I am jane@example.org and")
    chat.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(chat.input).to_have_value("I am jane@example.org and")


@pytest.mark.parametrize("started_over", [False, True], ids=["asked on", "started over"])
def test_a_page_that_comes_back_shows_what_became_of_the_conversation(
    chat: Chat, started_over: bool
) -> None:
    chat.ask("how long does it take")
    if started_over:
        after = "{}"
    else:
        turns = [{"you": "and then?"}, {"reply": {"kind": "office", "message": "Ask us."}}]
        after = f"{{...kept, turns: [...kept.turns, ...{json.dumps(turns)}]}}"
    chat.page.evaluate(
        f"""() => {{
            const [key] = Object.keys(sessionStorage)
            const kept = JSON.parse(sessionStorage[key])
            sessionStorage[key] = JSON.stringify({after})
            dispatchEvent(new PageTransitionEvent('pageshow', {{ persisted: true }}))
        }}"""
    )
    expect(chat.log.locator(".turn")).to_have_count(1 if started_over else 5)
    if not started_over:
        chat.ask("do u take medicare", "office")
        chat.page.reload()
        expect(chat.log.locator(".you")).to_contain_text(["how long", "and then?", "medicare"])


@pytest.mark.parametrize("how", ["reload", "back"])
def test_a_question_left_before_its_reply_came_is_asked_again(chat: Chat, how: str) -> None:
    held = chat.hold("**/api/ask")
    chat.input.fill("i am jane@example.org, how long does it take")
    chat.input.press("Enter")
    chat.first(held)
    assert "jane" not in chat.page.evaluate("JSON.stringify(sessionStorage)")
    chat.input.fill("half a thought")
    if how == "reload":
        chat.page.reload()
    else:
        chat.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    chat.wait_until(lambda: len(held) == 2)
    held[1].continue_()
    expect(chat.log).to_contain_text("one hour")
    expect(chat.log.locator(".you")).to_have_count(1)
    expect(chat.input).to_have_value("half a thought")
    chat.page.reload()
    expect(chat.log).to_contain_text("one hour")
    assert len(held) == 2


def test_that_it_is_no_emergency_is_not_said_again_for_the_visitor(chat: Chat) -> None:
    chat.ask("i cant feel my legs", "emergency")
    held = chat.hold("**/api/ask")
    chat.button("Not an emergency? See the answer").click()
    chat.first(held)
    chat.page.reload()
    expect(chat.log.locator(".you")).to_have_count(1)
    expect(chat.button("Not an emergency? See the answer")).to_be_visible()
    assert len(held) == 1


def test_that_it_is_no_emergency_is_said_once(chat: Chat) -> None:
    chat.ask("i cant feel my legs", "emergency")
    held = chat.hold("**/api/ask")
    chat.button("Not an emergency? See the answer").dblclick()
    chat.first(held).continue_()
    expect(chat.last.locator(".caution")).to_be_visible()
    expect(chat.log.locator(".you")).to_have_count(2)
    assert len(held) == 1


def test_a_half_typed_question_survives_a_reload(chat: Chat) -> None:
    chat.input.fill("half a thought")
    chat.page.reload()
    expect(chat.input).to_have_value("half a thought")
    chat.input.fill("I am jane@example.org and")
    chat.page.reload()
    chat.open()  # nothing was kept
    expect(chat.input).to_have_value("")


def test_a_reply_that_comes_after_starting_over_is_dropped(chat: Chat) -> None:
    held = chat.hold("**/api/ask")
    chat.input.fill("who won the world cup")
    chat.input.press("Enter")
    expect(chat.log.locator(".dots")).to_be_visible()
    chat.button("Start over").click()
    with chat.page.expect_response("**/api/ask"):
        chat.first(held).continue_()
    chat.page.unroute("**/api/ask")
    # Nor does it count as the first of two misses.
    expect(chat.ask("do u take medicare", "office").locator(".person")).to_have_count(0)
    assert chat.turns() == 3


def test_dots_show_only_when_an_answer_takes_time(chat: Chat) -> None:
    shown = """box => { window.dots = 0; new MutationObserver(() => {
        if (box.shadowRoot.querySelector('.dots')) window.dots += 1
    }).observe(box.shadowRoot, { childList: true, subtree: true }) }"""
    chat.stop_time()
    chat.element.evaluate(shown)
    chat.ask("how long does it take")
    assert chat.page.evaluate("window.dots") == 0

    held = chat.hold("**/api/ask")
    chat.input.fill("hello there")
    chat.input.press("Enter")
    chat.first(held)
    chat.page.clock.run_for(299)
    assert chat.page.evaluate("window.dots") == 0
    chat.page.clock.run_for(1)
    expect(chat.log.locator(".dots")).to_be_visible()
    expect(chat.polite).to_have_text("Looking that up")
    held[0].continue_()
    expect(chat.log.locator(".dots")).to_have_count(0)
    expect(chat.last).to_contain_text("What would you like to know?")


def test_a_question_cannot_be_sent_twice_while_waiting(chat: Chat) -> None:
    held = chat.hold("**/api/ask")
    chat.input.fill("how long does it take")
    chat.input.press("Enter")
    chat.input.fill("and the cement")
    chat.input.press("Enter")
    expect(chat.input).to_have_value("and the cement")
    chat.first(held).continue_()
    expect(chat.last).to_contain_text("one hour")
    expect(chat.input).to_have_value("and the cement")
    assert len(held) == 1


def test_personal_details_are_left_out_of_what_is_sent(chat: Chat) -> None:
    asked = chat.sent_to("/api/ask")
    chat.page.route("**/api/ask", answer_with(CHOICES))
    for text in PERSONAL["personal"]:
        chat.ask(text, "choices")
        assert "●●●" in asked[-1]["question"]
        assert blank(text) == asked[-1]["question"]
        expect(chat.log.locator(".you").last).to_contain_text("●●●")
        expect(chat.notice).to_contain_text("We left out your personal details")
        expect(chat.polite).to_contain_text("We left out your personal details")
        expect(chat.input).to_have_value("")
    assert not any("●●●" not in text for one in asked for text in one["before"])
    chat.ask("how long does it take", "choices")
    expect(chat.notice).to_be_hidden()


def test_danger_beside_a_phone_number_is_heard(chat: Chat) -> None:
    chat.ask("can't feel legs 917-555-0134", "emergency")
    expect(chat.log.locator(".you").last).to_contain_text("can't feel legs ●●●")


def test_what_may_be_danger_has_a_calm_line_above_the_reply(chat: Chat) -> None:
    reply = chat.ask("nie czuję nóg", "office")
    line = reply.locator(".caution")
    expect(line).to_have_attribute("lang", "pl")
    expect(line.get_by_role("link", name="911")).to_have_attribute("href", "tel:911")
    expect(chat.polite).to_contain_text("911")
    expect(chat.assertive).to_be_empty()


def test_what_was_typed_before_is_sent_along(chat: Chat) -> None:
    asked = chat.sent_to("/api/ask")
    chat.ask("how long does it take", "answer")
    chat.last.get_by_role("button", name="Do I have to stay in the hospital overnight?").click()
    expect(chat.last).to_contain_text("overnight")
    expect(chat.log.locator(".turn:not(.dots)")).to_have_count(5)
    chat.ask("asdf", "office")
    assert [one["before"] for one in asked] == [[], ["how long does it take"]]


def test_what_must_be_seen_today_has_no_button_to_call_911(chat: Chat) -> None:
    card = chat.ask("my wound is infected and leaks pus", "emergency")
    expect(card.get_by_role("heading")).to_have_text("Please be seen today")
    expect(card.locator("a.call")).to_have_count(0)
    expect(card.locator("a.phone")).to_have_count(2)


def test_who_is_in_no_emergency_gets_the_answer(chat: Chat) -> None:
    card = chat.ask("i cant feel my legs, how long does it take", "emergency")
    card.get_by_role("button", name="Not an emergency? See the answer").click()
    expect(chat.last).not_to_contain_class("emergency")
    expect(chat.last.locator(".caution")).to_be_visible()


def test_thoughts_of_suicide_can_be_written_about(chat: Chat) -> None:
    links = chat.ask("i want to kill myself", "emergency").locator("a.call")
    expect(links).to_have_count(3)
    hrefs = [link.get_attribute("href") for link in links.all()]
    assert hrefs == ["tel:988", "sms:988", "tel:911"]


def test_ordinary_questions_are_sent(chat: Chat) -> None:
    chat.page.route("**/api/ask", answer_with(CHOICES))
    for text in PERSONAL["fine"]:
        chat.element.evaluate("(box, text) => box.ask(text)", text)
        expect(chat.log.locator(".you").last).to_contain_text(text)
        expect(chat.last).to_contain_class("choices")


def test_the_limit_shows_before_it_is_hit(chat: Chat) -> None:
    chat.input.fill("x" * 1_899)
    expect(chat.notice).to_be_hidden()
    chat.input.fill("x" * 1_920)
    expect(chat.notice).to_have_text("80 characters left")
    chat.input.fill("x" * 2_020)
    expect(chat.notice).to_have_text("That is 20 characters too long. Please shorten it a little.")
    chat.input.press("Enter")
    expect(chat.input).to_have_value("x" * 2_020)
    assert chat.turns() == 1


def test_the_conversation_goes_on_on_the_next_page(chat: Chat, server: str) -> None:
    chat.ask("how long does it take")
    chat.page.goto(server + "/faq")
    chat.page.goto(server + "/")
    expect(chat.log).to_contain_text("one hour")
    assert chat.page.evaluate("document.activeElement === document.body")
    assert chat.turns() == 3
    chat.ask("do u take medicare", "office")


def test_a_dismissed_button_stays_away(open_chat: Callable[..., Chat], server: str) -> None:
    chat = open_chat(closed=True)
    chat.button("Hide this button").click()
    expect(chat.launcher).to_be_hidden()
    chat.page.goto(server + "/")
    expect(chat.launcher).to_be_hidden()
    chat.page.evaluate("document.querySelector('faq-chat').open()")
    expect(chat.input).to_be_visible()


def test_hiding_the_button_can_be_undone(open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(closed=True)
    chat.button("Hide this button").press("Enter")
    again = chat.button("Show it again")
    expect(again).to_be_focused()
    # Where a press takes the focus away, as in Safari, the button must still be there.
    assert again.evaluate(
        "one => !one.dispatchEvent(new MouseEvent('mousedown', {cancelable: true}))"
    )
    again.press("Enter")
    expect(chat.launcher).to_be_focused()
    chat.page.reload()
    chat.button("Hide this button").click()
    expect(again).to_be_focused()
    chat.page.get_by_role("link", name="(646) 555-0142").first.focus()
    expect(chat.element).to_be_hidden()


def test_hostile_answers_are_shown_as_text_and_run_nothing(chat: Chat) -> None:
    html = (
        "<p>Safe <strong>bold</strong> &lt;b&gt; &amp;</p><script>window.hit = 1</script>"
        '<img src=x onerror="window.hit = 1"><p onclick="window.hit = 1">p</p>'
        '<a href="javascript:window.hit = 1">link</a><svg onload="window.hit = 1"></svg>'
        '<a href="https://practice.test/?a=1&amp;b=2" onclick="window.hit=1">good</a></p></p>< 5'
    )
    entry = {"id": "x", "question": "<img src=x onerror=hit=1>", "html": html, "text": "t"}
    reply = {"kind": "answer", "entries": [{**entry, "quotes": ["<i>q</i>"]}], "phones": PHONES}
    chat.page.route("**/api/ask", answer_with(reply))
    shown = chat.ask("<img src=x onerror=hit=1>", "answer")
    expect(shown.locator("strong")).to_have_text("bold")
    expect(shown).to_contain_text("<b> &")
    expect(shown.locator("img, script, .answer svg, i")).to_have_count(0)
    expect(shown.get_by_role("link", name="link")).to_have_count(0)
    link = shown.get_by_role("link", name="good")
    expect(link).to_have_attribute("href", "https://practice.test/?a=1&b=2")
    assert link.get_attribute("onclick") is None
    for part in shown.locator(".answer *").all():
        part.evaluate("part => part.click()") if part.evaluate("p => p.tagName") != "A" else None
    assert chat.page.evaluate("window.hit") is None


def test_two_answers_stand_in_one_reply(chat: Chat) -> None:
    entries = [
        {
            "id": n,
            "question": f"Question {n}?",
            "html": f"<p>Answer {n}</p>",
            "text": "",
            "quotes": [],
        }
        for n in ("one", "two")
    ]
    chat.page.route("**/api/ask", answer_with({"kind": "answer", "entries": entries}))
    reply = chat.ask("both?", "answer")
    expect(reply.locator("h3")).to_have_text(["Question one?", "Question two?"])
    expect(reply.locator("a.phone")).to_have_count(2)


class TestSeveralQuestions:
    """A message of two or three questions, each with its own part of the reply."""

    @pytest.fixture
    def reply(self, chat: Chat) -> Locator:
        chat.page.route("**/api/ask", answer_with(PARTS))
        return chat.ask(ASKED, "answer")

    def test_every_part_stands_under_the_visitors_words(self, reply: Locator) -> None:
        expect(reply.get_by_role("heading", level=3)).to_have_text(WORDS)
        expect(reply.locator("h3, .answer, .questions, p.bubble")).to_contain_text(
            [
                WORDS[0],
                "One hour.",
                WORDS[1],
                "Is it one of these?",
                WORDS[2],
                "Our page does not say",
            ]
        )
        expect(reply.locator("blockquote")).to_have_text("about one hour")

    def test_the_phones_come_once_and_last(self, reply: Locator) -> None:
        expect(reply.locator(".phones")).to_have_count(1)
        expect(reply.locator("> :last-child a.phone")).to_have_count(1)
        expect(reply).to_contain_text("In an emergency, call 911.")

    def test_answers_alone_have_the_small_phones(self, chat: Chat) -> None:
        answers = [{**part("One?", "duration"), "text": n} for n in ("one", "two")]
        chat.page.route("**/api/ask", answer_with({**PARTS, "parts": answers}))
        reply = chat.ask("one? two?", "answer")
        expect(reply.locator(".phones")).to_have_count(1)
        expect(reply).not_to_contain_text("In an emergency")
        expect(reply.get_by_role("group", name="Was this helpful?")).to_have_count(1)
        expect(reply.get_by_role("button", name="Copy")).to_have_count(2)

    def test_what_a_part_shows_is_not_related(self, reply: Locator) -> None:
        related = reply.get_by_role("group", name="You may also want to know").get_by_role("button")
        expect(related).to_have_text(["What is the cement?"])

    def test_a_choice_is_a_button(self, chat: Chat, reply: Locator) -> None:
        reply.get_by_role("button", name="How soon does the pain get better?").click()
        expect(chat.log.locator(".you").last).to_contain_text("How soon does the pain get better?")
        expect(chat.last).to_contain_text("gets better at once")

    def test_a_verdict_is_told_with_the_words_above_the_answer(self, reply: Locator) -> None:
        helpful = reply.get_by_role("group", name="Was this helpful?")
        with reply.page.expect_request("**/api/helpful") as request:
            helpful.get_by_role("button", name="No").click()
        verdict = {"id": "duration", "helpful": False, "question": WORDS[0]}
        assert request.value.post_data_json == verdict
        thanks = reply.page.get_by_text("Thank you. We're sorry this did not help.")
        expect(thanks).to_be_focused()

    def test_an_answer_among_them_can_be_copied(self, chat: Chat, reply: Locator) -> None:
        chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        reply.get_by_role("button", name="Copy").click()
        expect(reply.get_by_role("button", name="Copied")).to_be_visible()
        copied = chat.page.evaluate("navigator.clipboard.readText()")
        assert "How long does it take?\n\nOne hour." in copied

    def test_they_go_on_on_the_next_page(self, chat: Chat, reply: Locator) -> None:
        chat.page.reload()
        expect(reply.get_by_role("heading", level=3)).to_have_text(WORDS)
        assert chat.turns() == 3

    def test_the_next_question_is_sent_with_what_was_shown(
        self, chat: Chat, reply: Locator
    ) -> None:
        with chat.page.expect_request("**/api/ask") as request:
            chat.ask("the second one")
        sent = request.value.post_data_json
        assert sent["after"] == "duration"
        assert sent["choices"] == ["pain-relief", "overnight-stay"]

    def test_two_misses_bring_the_phones_first_and_once(self, chat: Chat) -> None:
        chat.page.route(
            "**/api/ask", answer_with({**PARTS, "kind": "choices", "parts": PARTS["parts"][1:]})
        )
        chat.ask(ASKED, "choices")
        second = chat.ask(ASKED, "choices")
        expect(second.locator("> :first-child")).to_contain_text("Let's get you to a person")
        expect(second.locator(".phones")).to_have_count(1)


def test_choices_shown_last_are_sent_along_with_the_page(chat: Chat) -> None:
    asked = chat.sent_to("/api/ask")
    chat.page.route("**/api/ask", answer_with({**CHOICES, "entries": SIX}))
    chat.page.evaluate("history.replaceState(0, '', '/balloon-kyphoplasty?a=1#b')")
    reply = chat.ask("recovery", "choices")
    expect(reply.get_by_role("group").get_by_role("button")).to_have_count(6)
    chat.page.route("**/api/ask", lambda route: route.abort())
    chat.ask("2", "failed")
    chat.page.unroute("**/api/ask")
    chat.page.route(
        "**/api/ask", answer_with({"kind": "office", "message": "No", "phones": PHONES})
    )
    chat.input.press("Enter")
    expect(chat.last).to_contain_class("office")
    chat.ask("3", "office")
    ids = [entry["id"] for entry in SIX]
    assert [one["choices"] for one in asked] == [[], ids, ids, []]
    assert {one["page"] for one in asked} == {"/balloon-kyphoplasty"}


class TestSuggestions:
    def test_what_only_the_office_knows_says_so(self, chat: Chat) -> None:
        found = [{"id": "insurance", "question": "Do you take Medicare?", "by_phone": True}]
        known = [{"id": "duration", "question": "How long does it take?"}]
        chat.page.route("**/api/suggest", answer_with({"suggestions": known + found}))
        chat.input.press_sequentially("medi")
        expect(chat.options).to_have_text(
            ["How long does it take?", "Do you take Medicare? — call us"]
        )
        expect(chat.options.last).to_have_accessible_name("Do you take Medicare? — call us")
        chat.input.press("ArrowUp")
        chat.input.press("Enter")
        expect(chat.log.locator(".you p")).to_have_text("You asked: Do you take Medicare?")

    def test_real_questions_are_offered_while_typing(self, chat: Chat) -> None:
        chat.input.press_sequentially("how long")
        expect(chat.options.first).to_have_text("How long does the procedure take?")
        chat.options.first.click()
        expect(chat.log.locator(".you")).to_contain_text("How long does the procedure take?")
        expect(chat.last).to_contain_text("one hour")
        expect(chat.input).to_have_value("")
        expect(chat.options).to_have_count(0)

    def test_fast_typing_asks_once(self, chat: Chat) -> None:
        asked = chat.sent_to("/api/suggest")
        chat.stop_time()  # however slow the machine types
        chat.input.press_sequentially("how long does")
        chat.page.clock.run_for(150)
        expect(chat.options.first).to_be_visible()
        assert asked == [{"q": "how long does"}]

    def test_stale_suggestions_are_dropped(self, chat: Chat) -> None:
        held = chat.hold("**/api/suggest")
        chat.input.press_sequentially("how long")
        chat.wait_until(lambda: bool(held))
        with chat.page.expect_event("requestfailed"):
            chat.input.fill("")
        expect(chat.options).to_have_count(0)

    def test_they_go_when_the_question_is_sent(self, chat: Chat) -> None:
        chat.input.press_sequentially("how long does it take")
        expect(chat.options.first).to_be_visible()
        chat.input.press("Enter")
        expect(chat.options).to_have_count(0)
        expect(chat.last).to_contain_text("one hour")


PHONES = [{"label": "Front desk", "number": "(646) 555-0142", "href": "tel:+16465550142"}]
CHOICES = {
    "kind": "choices",
    "message": "Is it one of these?",
    "entries": [
        {"id": "pain-relief", "question": "How soon does the pain get better?"},
        {"id": "overnight-stay", "question": "Do I have to stay in the hospital overnight?"},
    ],
    "phones": PHONES,
}
SIX = [{"id": f"take-{n}", "question": f"Procedure {n}: how long?"} for n in range(6)]
WORDS = ["how long does it take?", "what about recovry?", "do u take medicare?"]
ASKED = " ".join(WORDS)


def part(question: str, entry_id: str) -> dict[str, Any]:
    """A part of a reply that answers the first of the visitor's questions."""
    entry = {
        "id": entry_id,
        "question": question,
        "html": "<p>One hour.</p>",
        "text": "One hour.",
        "quotes": ["about one hour"],
        "page": "https://practice.test/procedure",
    }
    return {"text": WORDS[0], "kind": "answer", "message": "", "entries": [entry]}


PARTS: dict[str, Any] = {
    "kind": "answer",
    "message": "",
    "entries": part("How long does it take?", "duration")["entries"],
    "parts": [
        part("How long does it take?", "duration"),
        {
            "text": WORDS[1],
            "kind": "choices",
            "message": CHOICES["message"],
            "entries": CHOICES["entries"],
        },
        {
            "text": WORDS[2],
            "kind": "office",
            "message": "“Do you take Medicare?” Our page does not say, but our office will.",
            "entries": [],
        },
    ],
    "related": [
        {"id": "overnight-stay", "question": "Do I have to stay in the hospital overnight?"},
        {"id": "cement", "question": "What is the cement?"},
    ],
    "phones": PHONES,
}


def answer_with(reply: object) -> Callable[[Route], None]:
    return lambda route: route.fulfill(json=reply)

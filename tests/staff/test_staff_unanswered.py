"""Unanswered: what got no answer, and one click to do something about it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.editing import draft as drafts
from faqbot.editing.workspace import Workspace
from faqbot.journal import Journal
from faqbot.staff.unanswered import key
from tests.desk import Desk, signed_in
from tests.forms import form_of
from tests.waiting import PATIENCE, wait_until

PARKING = ("where can I park", "Where can I park?", "is there parking")


@pytest.fixture
def journal(practice: Path) -> Journal:
    return Journal(str(practice / ".faqbot" / "journal.sqlite"))


@pytest.fixture
def desk(practice: Path, journal: Journal) -> Desk:
    return signed_in(practice, journal=journal)


def ask(journal: Journal, *questions: str, kind: str = "office", nearest: str = "cost") -> None:
    for question in questions:
        journal.note(question, kind, "", (nearest, 0.3))
    assert journal.flush(PATIENCE)


def take(desk: Desk, action: str, *questions: str, entry: str = "") -> str:
    """What the page says after a click."""
    form = {"question": list(questions), "action": action, "entry": entry}
    return desk.follow(desk.post("/unanswered/triage", form)).text


def titles(page: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'<h2 id="group-\d+">(.*?)</h2>', page)]


def draft_entry(workspace: Workspace, entry_id: str) -> knowledge.Entry:
    return {one.id: one for one in knowledge.load(workspace.draft_files).entries}[entry_id]


# what is shown


def test_shows_like_questions_together_most_frequent_first(desk: Desk, journal: Journal) -> None:
    ask(journal, "do you treat scoliosis", *PARKING)
    page = desk.get("/unanswered")
    assert titles(page.text) == ["Where can I park?", "do you treat scoliosis"]
    assert "<strong>4</strong> questions in <strong>2</strong> groups" in page.text
    assert "asked 3 times" in page.text
    assert "asked once" in page.text


def test_shows_what_visitors_got_instead(desk: Desk, journal: Journal) -> None:
    ask(journal, "where can I park")
    ask(journal, "where can I park", kind="choices")
    journal.note("where can I park", "not helpful", "duration", ("duration", 0.0))
    assert journal.flush(PATIENCE)
    page = desk.get("/unanswered").text
    assert "1 got the phone numbers" in page
    assert "1 got a choice of questions" in page
    assert "1 said that the answer did not help" in page


def test_the_nearest_entry_is_the_first_choice(desk: Desk, journal: Journal) -> None:
    ask(journal, "xyzzy", nearest="incisions")
    page = desk.get("/unanswered").text
    first = re.search(r"<select[^>]*>\s*(?:<optgroup[^>]*>)?\s*<option value=\"([^\"]*)\"", page)
    assert first
    assert first[1] == "incisions"


def test_any_entry_can_be_chosen_also_where_nothing_is_near(desk: Desk, journal: Journal) -> None:
    ask(journal, "xyzzy", nearest="")
    page = desk.get("/unanswered").text
    assert 'value="">Choose a question' in page
    for entry_id in ("duration", "cost", "legs", "hello"):
        assert f'<option value="{entry_id}">' in page


def test_says_kindly_that_nobody_went_without_an_answer(desk: Desk) -> None:
    page = desk.get("/unanswered").text
    assert "No visitor went without an answer in the last 90 days." in page


def test_says_how_to_switch_the_journal_on(practice: Path) -> None:
    page = signed_in(practice).get("/unanswered")
    assert page.status_code == 200
    assert "journal is off" in page.text
    assert "/staff/files/practice.toml" in page.text


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script> scars", '" onfocus="alert(1)', "&lt;b"]
)
def test_what_visitors_typed_is_shown_as_typed(desk: Desk, journal: Journal, text: str) -> None:
    ask(journal, text)
    page = desk.get("/unanswered").text
    assert text not in page
    assert text in unescape(page)


def test_long_lists_come_in_pages(desk: Desk, journal: Journal) -> None:
    topics = "driving smoking swimming parking vitamins allergies tea dancing dogs ladders skiing"
    ask(journal, *topics.split())
    first, second = desk.get("/unanswered").text, desk.get("/unanswered", page="2").text
    assert (len(titles(first)), len(titles(second))) == (10, 1)
    assert sorted(titles(first) + titles(second)) == sorted(topics.split())
    assert 'rel="next"' in first
    assert 'rel="prev"' in second


@pytest.mark.parametrize("page", ["0", "-1", "999", "x"])
def test_a_page_that_is_not_there_is_another_one(desk: Desk, journal: Journal, page: str) -> None:
    ask(journal, "driving")
    assert titles(desk.get("/unanswered", page=page).text) == ["driving"]


def test_the_report_can_lead_to_one_group(desk: Desk, journal: Journal) -> None:
    topics = "driving smoking swimming parking vitamins allergies tea dancing dogs ladders skiing"
    ask(journal, *topics.split())
    last = titles(desk.get("/unanswered", page="2").text)[0]
    page = desk.get("/unanswered", about=key(last)).text
    assert titles(page) == [last]
    assert 'id="here"' in page


def test_the_offices_own_topics_are_not_listed_unless_asked_for(
    desk: Desk, journal: Journal
) -> None:
    ask(journal, "xyzzy")
    for question in ("how much is it", "price please"):
        journal.note(question, "office", "", ("cost", 0.9))
    assert journal.flush(PATIENCE)
    page = desk.get("/unanswered").text
    assert titles(page) == ["xyzzy"]
    assert "Not listed: 2 questions about what only your office can answer." in page
    assert ">See it</a>" in desk.get("/").text
    page = desk.get("/unanswered", topics="yes").text
    assert sorted(titles(page)) == ["how much is it", "price please", "xyzzy"]
    assert "Not listed" not in page
    assert "price please" in titles(desk.get("/unanswered", about=key("price please")).text)
    form = {"question": "price please", "action": "ignore", "topics": "yes"}
    assert '<input type="hidden" name="topics" value="yes">' in page
    assert desk.post("/unanswered/triage", form).location == "/staff/unanswered?page=1&topics=yes"
    assert "Not listed: 1 question about" in desk.get("/unanswered").text


def test_an_answer_that_is_surely_meant_and_was_offered_stays_listed(
    desk: Desk, journal: Journal
) -> None:
    journal.note("how long", "choices", "duration", ("duration", 0.8))
    journal.note("how long exactly", "not helpful", "duration", ("duration", 0.0))
    assert journal.flush(PATIENCE)
    assert "<strong>2</strong> questions" in desk.get("/unanswered").text


# what becomes of questions


def test_one_click_adds_them_as_phrasings(desk: Desk, journal: Journal) -> None:
    ask(journal, *PARKING)
    page = take(desk, "phrasing", "Where can I park?", "is there parking", entry="cost")
    phrasings = draft_entry(desk.workspace, "cost").phrasings
    assert phrasings[-2:] == ("Where can I park?", "is there parking")
    assert "Added to “What does it cost?” in the draft" in page
    assert titles(page) == []


def test_what_is_not_ticked_stays_on_the_list(desk: Desk, journal: Journal) -> None:
    ask(journal, *PARKING)
    page = take(desk, "phrasing", "Where can I park?", entry="cost")
    assert titles(page) == ["is there parking"]


def test_one_click_makes_a_topic_for_the_office(desk: Desk, journal: Journal) -> None:
    ask(journal, *PARKING)
    page = take(desk, "office", "Where can I park?", "is there parking")
    topic = draft_entry(desk.workspace, "where-can-i-park")
    assert topic.role is knowledge.Role.PHONE_ONLY
    assert topic.phrasings == ("is there parking",)
    assert "/staff/answers/where-can-i-park" in page


def test_one_click_ignores(desk: Desk, journal: Journal) -> None:
    ask(journal, "asdf")
    page = take(desk, "ignore", "asdf")
    assert titles(page) == []
    assert "No visitor went without" not in page
    assert "Nothing else is waiting" in page


def test_a_new_answer_begins_with_the_questions(desk: Desk, journal: Journal) -> None:
    ask(journal, *PARKING)
    form = {"question": ["Where can I park?", "is there parking"], "action": "entry"}
    page = desk.post("/unanswered/triage", form).text
    assert 'action="/staff/answers/new"' in page
    assert 'value="Where can I park?"' in page
    assert "Where can I park?\nis there parking" in page
    taken = re.findall(r'name="triaged" value="([^"]*)"', page)
    assert {unescape(text) for text in taken} == set(PARKING)


def test_no_visitors_words_stand_in_an_address_or_in_a_version(
    desk: Desk, journal: Journal
) -> None:
    ask(journal, "zanzibar marmalade", "quokka", "wombat")
    pages = [desk.get(path).text for path in ("/", "/unanswered", "/report")]
    addresses = [a for page in pages for a in re.findall(r'(?:href|action)="([^"]*)"', page)]
    take(desk, "ignore", "quokka")
    take(desk, "phrasing", "wombat", entry="duration")
    answer = desk.post("/unanswered/triage", {"question": "zanzibar marmalade", "action": "entry"})
    assert answer.location is None
    drafts.publish(desk.workspace, "Ann")
    kept = [file.read_text("utf-8") for file in desk.workspace.versions.glob("*/version.json")]
    said = " ".join([*addresses, *kept])
    assert [w for w in ("zanzibar", "marmalade", "quokka", "wombat") if w in said] == []


def test_a_new_answer_takes_its_questions_off_the_list_when_saved(
    desk: Desk, journal: Journal
) -> None:
    ask(journal, *PARKING)
    form = {"question": ["Where can I park?", "is there parking"], "action": "entry"}
    page = desk.post("/unanswered/triage", form).text
    hidden = re.findall(r'name="triaged" value="([^"]*)"', page)
    assert {unescape(text) for text in hidden} == set(PARKING)
    assert titles(desk.get("/unanswered").text) == ["Where can I park?"]
    written = {
        "file": "procedure.md",
        "question": "Where can I park?",
        "phrasings": "is there parking",
        "answer": "The surgeon makes two small cuts.",
        "quotes": "The surgeon makes two small incisions",
        "triaged": [unescape(text) for text in hidden],
    }
    assert desk.post("/answers/new", written).status_code == 303
    assert {one.entry for one in drafts.read(desk.workspace).triaged} == {"where-can-i-park"}
    assert titles(desk.get("/unanswered").text) == []


def test_what_is_in_the_draft_is_shown_apart_and_can_be_undone(
    desk: Desk, journal: Journal
) -> None:
    ask(journal, *PARKING)
    page = take(desk, "phrasing", "Where can I park?", "is there parking", entry="cost")
    assert "In the draft" in page
    assert "another way to ask" in page
    texts = re.findall(r'name="question" value="([^"]*)"', page)
    answer = desk.post("/unanswered/undo", {"question": [unescape(text) for text in texts]})
    page = desk.follow(answer).text
    assert "In the draft" not in page
    assert titles(page) == ["Where can I park?"]
    assert drafts.read(desk.workspace).empty


def test_the_other_spelling_goes_along_with_the_one_that_is_ticked(
    desk: Desk, journal: Journal
) -> None:
    ask(journal, *PARKING)
    take(desk, "ignore", "Where can I park?")
    taken = {one.question for one in drafts.read(desk.workspace).triaged}
    assert taken == {"Where can I park?", "where can I park"}


def test_published_they_have_left_the_list(desk: Desk, journal: Journal) -> None:
    ask(journal, *PARKING, "do you do botox")
    take(desk, "ignore", "Where can I park?", "is there parking")
    wait_until(lambda: desk.get("/dry-run").json["over"])
    form = form_of(desk.get("/publish").text, "/staff/publish")
    desk.follow(desk.post("/publish", {**form.fields, **form.boxes}))
    assert drafts.read(desk.workspace).empty
    assert [one.text for one in journal.questions()] == ["do you do botox"]
    assert titles(desk.get("/unanswered").text) == ["do you do botox"]


def test_settled_questions_have_left_the_list(desk: Desk, journal: Journal) -> None:
    ask(journal, *PARKING, "do you do botox")
    journal.mark_handled(PARKING, "phrasing")
    assert titles(desk.get("/unanswered").text) == ["do you do botox"]


@pytest.mark.parametrize("action", ["phrasing", "entry", "office", "ignore"])
def test_nothing_ticked_says_so(desk: Desk, journal: Journal, action: str) -> None:
    ask(journal, "parking")
    assert "Tick the questions" in take(desk, action, entry="cost")
    assert drafts.read(desk.workspace).empty


@pytest.mark.parametrize("entry", ["", "no-such-entry", "../../etc/passwd"])
def test_an_entry_must_be_chosen(desk: Desk, journal: Journal, entry: str) -> None:
    ask(journal, "parking")
    assert "Choose the answer" in take(desk, "phrasing", "parking", entry=entry)
    assert drafts.read(desk.workspace).empty


def test_what_somebody_else_took_on_meanwhile_is_not_taken_twice(
    desk: Desk, journal: Journal
) -> None:
    ask(journal, "parking")
    take(desk, "ignore", "parking")
    assert "are no longer on the list" in take(desk, "office", "parking")
    assert len(drafts.read(desk.workspace).triaged) == 1


def test_what_nobody_asked_cannot_be_written_into_the_files(desk: Desk, journal: Journal) -> None:
    ask(journal, "parking")
    take(desk, "phrasing", "## Buy my pills {#pills}", entry="cost")
    assert drafts.read(desk.workspace).empty


def test_a_phrasing_of_another_entry_is_told_and_not_added(desk: Desk, journal: Journal) -> None:
    ask(journal, "length of operation", kind="choices")
    page = take(desk, "phrasing", "length of operation", entry="cost")
    assert "is already under “How long does the procedure take?”" in page
    assert drafts.read(desk.workspace).empty


def test_an_action_that_there_is_none_of_is_refused(desk: Desk, journal: Journal) -> None:
    ask(journal, "parking")
    form = {"question": "parking", "action": "delete everything"}
    assert desk.post("/unanswered/triage", form).status_code == 400


def test_a_journal_that_cannot_be_read_is_told(practice: Path) -> None:
    away = Journal("postgresql://127.0.0.1:9/nothing?connect_timeout=1")
    page = signed_in(practice, journal=away).get("/unanswered")
    assert page.status_code == 503
    assert "cannot be read" in page.text

"""Visitors' questions become phrasings, topics or nothing, and all of it can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.desk import draft as drafts
from faqbot.desk import taking
from faqbot.desk.draft import Taken
from faqbot.desk.editing import EditError
from faqbot.desk.place import Place
from faqbot.knowledge import Entry, Role

WHO = "Ann Lee"
PARKING = {"where can I park": ["where can I park", "Where can I park?"], "parking": ["parking"]}


@pytest.fixture
def place(practice: Path) -> Place:
    return Place(practice)


def entry(place: Place, entry_id: str) -> Entry:
    """The draft's entry, read as knowledge, so that the whole draft must be sound."""
    return {one.id: one for one in knowledge.load(place.draft_files).entries}[entry_id]


def taken(place: Place) -> set[Taken]:
    return set(drafts.read(place).taken)


def test_each_wording_becomes_a_phrasing_and_every_spelling_is_noted(place: Place) -> None:
    before = {one.id: one for one in knowledge.load(place.folder).entries}["duration"].phrasings
    taking.as_phrasings(place, "duration", PARKING, WHO)
    assert entry(place, "duration").phrasings == (*before, "where can I park", "parking")
    assert taken(place) == {
        Taken(text, "phrasing", "duration")
        for text in ("where can I park", "Where can I park?", "parking")
    }


def test_only_the_first_becomes_the_question_of_a_topic_for_the_office(place: Place) -> None:
    made = taking.as_office_topic(place, PARKING, WHO)
    topic = entry(place, made.id)
    assert (topic.role, topic.question) == (Role.OFFICE, "Where can I park")
    assert topic.phrasings == ("parking",)
    assert {one.entry for one in taken(place)} == {made.id}
    assert len(taken(place)) == 3


def test_wordings_that_differ_in_signs_only_are_written_once(place: Place) -> None:
    taking.as_phrasings(place, "duration", {"a [name] b": ["a [name] b"], "A b!": ["A b!"]}, WHO)
    assert entry(place, "duration").phrasings[-2:] == ("length of operation", "a b")


def test_an_entry_that_is_gone_is_told(place: Place) -> None:
    with pytest.raises(EditError, match="no question “gone”"):
        taking.as_phrasings(place, "gone", PARKING, WHO)


def test_the_draft_tells_what_was_done(place: Place) -> None:
    taking.as_phrasings(place, "duration", PARKING, WHO)
    taking.as_office_topic(place, {"braces": ["braces"]}, WHO)
    taking.as_ignored(place, {"hm": ["hm"]}, WHO)
    taking.give_back(place, ["hm"], WHO)
    assert [(change.who, change.what) for change in drafts.read(place).changes] == [
        (WHO, "Added “where can I park” and 1 more to the ways to ask “How long does the "
         "procedure take?”."),
        (WHO, "Added “Braces” to what only the office can answer."),
        (WHO, "Chose to ignore “hm”."),
        (WHO, "Gave “hm” back to the unanswered."),
    ]  # fmt: skip


def test_what_is_ignored_changes_no_file(place: Place) -> None:
    taking.as_ignored(place, PARKING, WHO)
    assert not drafts.read(place).changed
    assert {one.action for one in taken(place)} == {"ignore"}
    assert len(taken(place)) == 3


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("my name is [name], do you do botox?", "my name is, do you do botox?"),
        ("[e-mail] please write to me", "please write to me"),
        ("# parking", "parking"),
        ("- parking;", "parking"),
        ("> how long", "how long"),
        ("[name]", ""),
        ("L1 [broken]? 2 [3] levels", "L1? 2 [3] levels"),
    ],
)
def test_leaves_out_what_was_blackened_and_signs_of_the_file(typed: str, written: str) -> None:
    assert taking.wording(typed) == written


def test_a_heading_begins_with_a_capital_and_does_not_shout() -> None:
    assert taking.heading("where do I park") == "Where do I park"
    assert taking.heading("WHERE DO I PARK?") == "Where do I park?"
    assert taking.heading("can i, or i'm not to") == "Can I, or I'm not to"


def test_a_question_without_words_is_refused_in_words(place: Place) -> None:
    with pytest.raises(EditError, match="no words in it"):
        taking.as_phrasings(place, "duration", {"[name]": ["[name]"]}, WHO)
    assert drafts.read(place).empty


@pytest.mark.parametrize("text", ["price", "What does it cost?", "PRICE!"])
def test_a_phrasing_of_another_entry_is_refused(place: Place, text: str) -> None:
    with pytest.raises(EditError, match="already stands under “What does it cost\\?”"):
        taking.as_phrasings(place, "duration", {text: [text]}, WHO)
    with pytest.raises(EditError, match="already stands under"):
        taking.as_office_topic(place, {text: [text]}, WHO)
    assert drafts.read(place).empty


def test_an_entry_s_own_phrasing_is_only_noted(place: Place) -> None:
    taking.as_phrasings(place, "cost", {"Price": ["Price"]}, WHO)
    assert not drafts.read(place).changed


def test_given_back_leaves_no_trace(place: Place) -> None:
    taking.as_phrasings(place, "duration", PARKING, WHO)
    taking.as_office_topic(place, {"braces": ["braces", "Braces?"]}, WHO)
    taking.as_ignored(place, {"hm": ["hm"]}, WHO)
    texts = [one.question for one in drafts.read(place).taken]
    taking.give_back(place, texts, WHO)
    draft = drafts.read(place)
    assert draft.empty
    assert draft.changed == ()


def test_one_wording_can_be_given_back_by_itself(place: Place) -> None:
    taking.as_phrasings(place, "duration", PARKING, WHO)
    taking.give_back(place, ["parking"], WHO)
    assert "parking" not in entry(place, "duration").phrasings
    assert "where can I park" in entry(place, "duration").phrasings
    assert {one.question for one in taken(place)} == {"where can I park", "Where can I park?"}


def test_a_first_topic_for_the_office_makes_its_file_and_takes_it_back(place: Place) -> None:
    (place.folder / "call-the-office.md").unlink()
    (place.folder / "examples.jsonl").unlink()
    made = taking.as_office_topic(place, PARKING, WHO)
    assert entry(place, made.id).file == "office.md"
    taking.give_back(place, [text for texts in PARKING.values() for text in texts], WHO)
    assert drafts.read(place).empty


def test_a_topic_loses_the_wording_that_is_given_back_and_stays(place: Place) -> None:
    made = taking.as_office_topic(place, PARKING, WHO)
    taking.give_back(place, ["parking"], WHO)
    assert entry(place, made.id).phrasings == ()


def test_a_phrasing_that_was_there_before_stays_when_given_back(place: Place) -> None:
    taking.as_phrasings(place, "cost", {"price": ["price"], "cash": ["cash"]}, WHO)
    taking.give_back(place, ["price", "cash"], WHO)
    assert not drafts.read(place).changed


def test_other_changes_of_the_draft_stay(place: Place) -> None:
    drafts.add_phrasing(place, "duration", "how many minutes", WHO)
    taking.as_phrasings(place, "duration", PARKING, WHO)
    taking.give_back(place, ["where can I park", "Where can I park?", "parking"], WHO)
    assert "how many minutes" in entry(place, "duration").phrasings
    assert "parking" not in entry(place, "duration").phrasings
    assert taken(place) == set()


def test_a_new_answer_stays_when_its_question_is_given_back(place: Place) -> None:
    drafts.add_office_topic(place, "Where can I park?", [], WHO)
    taking.note(place, ["where can I park"], "where-can-i-park")
    taking.give_back(place, ["where can I park"], WHO)
    assert entry(place, "where-can-i-park").question == "Where can I park?"
    assert taken(place) == set()


def test_giving_back_what_was_never_taken_does_nothing(place: Place) -> None:
    taking.as_ignored(place, {"hm": ["hm"]}, WHO)
    before = drafts.read(place)
    taking.give_back(place, ["never"], WHO)
    assert drafts.read(place) == before

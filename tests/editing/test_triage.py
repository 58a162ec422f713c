"""Visitors' questions become phrasings, topics or nothing, and all of it can be undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.editing import draft as drafts
from faqbot.editing import entries, triage
from faqbot.editing.draft import Triaged
from faqbot.editing.entries import EditError, EntryText
from faqbot.editing.workspace import Workspace, fingerprint
from faqbot.knowledge import Entry, Role
from faqbot.knowledge.snapshot import OFFICE

WHO = "Ann Lee"
PARKING = {"where can I park": ["where can I park", "Where can I park?"], "parking": ["parking"]}


@pytest.fixture
def workspace(practice: Path) -> Workspace:
    return Workspace(practice)


def entry(workspace: Workspace, entry_id: str) -> Entry:
    """The draft's entry, read as knowledge, so that the whole draft must be sound."""
    return {one.id: one for one in knowledge.load(workspace.draft_files).entries}[entry_id]


def triaged(workspace: Workspace) -> set[Triaged]:
    return set(drafts.read(workspace).triaged)


def test_each_wording_becomes_a_phrasing_and_every_spelling_is_noted(workspace: Workspace) -> None:
    before = {one.id: one for one in knowledge.load(workspace.folder).entries}["duration"].phrasings
    triage.as_phrasings(workspace, "duration", PARKING, WHO)
    assert entry(workspace, "duration").phrasings == (*before, "where can I park", "parking")
    assert triaged(workspace) == {
        Triaged(text, "phrasing", "duration")
        for text in ("where can I park", "Where can I park?", "parking")
    }


def test_only_the_first_becomes_the_question_of_a_topic_for_the_office(
    workspace: Workspace,
) -> None:
    made = triage.as_office_topic(workspace, PARKING, WHO)
    topic = entry(workspace, made.id)
    assert (topic.role, topic.question) == (Role.PHONE_ONLY, "Where can I park")
    assert topic.phrasings == ("parking",)
    assert {one.entry for one in triaged(workspace)} == {made.id}
    assert len(triaged(workspace)) == 3


def test_wordings_that_differ_in_signs_only_are_written_once(workspace: Workspace) -> None:
    triage.as_phrasings(
        workspace, "duration", {"a [name] b": ["a [name] b"], "A b!": ["A b!"]}, WHO
    )
    assert entry(workspace, "duration").phrasings[-2:] == ("length of operation", "a b")


def test_an_entry_that_is_gone_is_reported(workspace: Workspace) -> None:
    with pytest.raises(EditError, match="no question “gone”"):
        triage.as_phrasings(workspace, "gone", PARKING, WHO)


def test_the_draft_tells_what_was_done_without_the_visitors_words(workspace: Workspace) -> None:
    triage.as_phrasings(workspace, "duration", PARKING, WHO)
    triage.as_office_topic(workspace, {"braces": ["braces"]}, WHO)
    triage.as_ignored(workspace, {"hm": ["hm"]}, WHO)
    triage.undo_triage(workspace, ["hm"], WHO)
    assert [(change.who, change.what) for change in drafts.read(workspace).changes] == [
        (WHO, "Added 2 ways to ask “How long does the procedure take?”."),
        (WHO, "Added a topic to what only the office can answer."),
        (WHO, "Chose to ignore a visitor's question."),
        (WHO, "Put a visitor's question back on the unanswered list."),
    ]


def test_no_note_has_the_question_of_an_entry_that_is_not_published(workspace: Workspace) -> None:
    asked = "my neighbour Tom told me to park"
    topic = triage.as_office_topic(workspace, {asked: [asked]}, WHO)
    renamed = replace(topic, question="Where can I park?")
    triage.as_ignored(workspace, {"hm": ["hm"]}, WHO)  # keeps the draft
    triage.as_phrasings(workspace, topic.id, {"parking": ["parking"]}, WHO)
    drafts.save_entry(workspace, OFFICE, topic.id, renamed, None, WHO)
    drafts.mark_reviewed(workspace, topic.id, WHO, date(2026, 11, 2))
    (block,) = entries.blocks_in(drafts.read(workspace).files, OFFICE)[-1:]
    drafts.remove_entry(workspace, topic.id, fingerprint(block.text), WHO)
    assert [change.what for change in drafts.read(workspace).changes] == [
        "Added a topic to what only the office can answer.",
        "Chose to ignore a visitor's question.",
        "Added another way to ask a new question.",
        "Changed the question and ways to ask of a new entry.",
        "Reviewed a new entry.",
        "Removed a new entry.",
    ]


def test_what_is_ignored_changes_no_file(workspace: Workspace) -> None:
    triage.as_ignored(workspace, PARKING, WHO)
    assert not drafts.read(workspace).changed
    assert {one.action for one in triaged(workspace)} == {"ignore"}
    assert len(triaged(workspace)) == 3


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
    assert triage.wording(typed) == written


def test_a_heading_begins_with_a_capital_and_does_not_shout() -> None:
    assert triage.heading("where do I park") == "Where do I park"
    assert triage.heading("WHERE DO I PARK?") == "Where do I park?"
    assert triage.heading("can i, or i'm not to") == "Can I, or I'm not to"


def test_a_question_without_words_is_refused_in_words(workspace: Workspace) -> None:
    with pytest.raises(EditError, match="no words in it"):
        triage.as_phrasings(workspace, "duration", {"[name]": ["[name]"]}, WHO)
    assert drafts.read(workspace).empty


@pytest.mark.parametrize("text", ["price", "What does it cost?", "PRICE!"])
def test_a_phrasing_of_another_entry_is_refused(workspace: Workspace, text: str) -> None:
    with pytest.raises(EditError, match="is already under “What does it cost\\?”"):
        triage.as_phrasings(workspace, "duration", {text: [text]}, WHO)
    with pytest.raises(EditError, match="is already under"):
        triage.as_office_topic(workspace, {text: [text]}, WHO)
    assert drafts.read(workspace).empty


def test_an_entry_s_own_phrasing_is_only_noted(workspace: Workspace) -> None:
    triage.as_phrasings(workspace, "cost", {"Price": ["Price"]}, WHO)
    assert not drafts.read(workspace).changed


def test_given_back_leaves_no_trace(workspace: Workspace) -> None:
    triage.as_phrasings(workspace, "duration", PARKING, WHO)
    triage.as_office_topic(workspace, {"braces": ["braces", "Braces?"]}, WHO)
    triage.as_ignored(workspace, {"hm": ["hm"]}, WHO)
    texts = [one.question for one in drafts.read(workspace).triaged]
    triage.undo_triage(workspace, texts, WHO)
    draft = drafts.read(workspace)
    assert draft.empty
    assert draft.changed == ()


def test_one_wording_can_be_given_back_by_itself(workspace: Workspace) -> None:
    triage.as_phrasings(workspace, "duration", PARKING, WHO)
    triage.undo_triage(workspace, ["parking"], WHO)
    assert "parking" not in entry(workspace, "duration").phrasings
    assert "where can I park" in entry(workspace, "duration").phrasings
    assert {one.question for one in triaged(workspace)} == {"where can I park", "Where can I park?"}


def test_a_first_topic_for_the_office_makes_its_file_and_takes_it_back(
    workspace: Workspace,
) -> None:
    (workspace.folder / "call-the-office.md").unlink()
    (workspace.folder / "examples.jsonl").unlink()
    made = triage.as_office_topic(workspace, PARKING, WHO)
    assert entry(workspace, made.id).file == "office.md"
    triage.undo_triage(workspace, [text for texts in PARKING.values() for text in texts], WHO)
    assert drafts.read(workspace).empty


def test_a_topic_loses_the_wording_that_is_given_back_and_stays(workspace: Workspace) -> None:
    made = triage.as_office_topic(workspace, PARKING, WHO)
    triage.undo_triage(workspace, ["parking"], WHO)
    assert entry(workspace, made.id).phrasings == ()


def test_a_phrasing_that_was_there_before_stays_when_given_back(workspace: Workspace) -> None:
    triage.as_phrasings(workspace, "cost", {"price": ["price"], "cash": ["cash"]}, WHO)
    triage.undo_triage(workspace, ["price", "cash"], WHO)
    assert not drafts.read(workspace).changed


def test_other_changes_of_the_draft_stay(workspace: Workspace) -> None:
    triage.as_phrasings(workspace, "duration", {"how many minutes": ["minutes?"]}, WHO)
    triage.as_phrasings(workspace, "duration", PARKING, WHO)
    triage.undo_triage(workspace, ["where can I park", "Where can I park?", "parking"], WHO)
    assert "how many minutes" in entry(workspace, "duration").phrasings
    assert "parking" not in entry(workspace, "duration").phrasings
    assert {one.question for one in triaged(workspace)} == {"minutes?"}


def test_a_new_answer_stays_when_its_question_is_given_back(workspace: Workspace) -> None:
    new = EntryText("Where can I park?", answer="In the yard.")
    drafts.save_entry(workspace, OFFICE, None, new, None, WHO, ["where can I park"])
    triage.undo_triage(workspace, ["where can I park"], WHO)
    assert entry(workspace, "where-can-i-park").question == "Where can I park?"
    assert triaged(workspace) == set()


def test_giving_back_what_was_never_triaged_does_nothing(workspace: Workspace) -> None:
    triage.as_ignored(workspace, {"hm": ["hm"]}, WHO)
    before = drafts.read(workspace)
    triage.undo_triage(workspace, ["never"], WHO)
    assert drafts.read(workspace) == before

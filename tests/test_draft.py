"""The draft: one for all, nobody's work overwritten, and joined with what the folder became."""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from faqbot import knowledge
from faqbot.desk import draft, editing, stored_draft
from faqbot.desk.draft import Clash, Clashes, Conflict, Draft, Taken, fingerprint, text_of
from faqbot.desk.editing import EditError, EntryText
from faqbot.desk.place import DeskError, Place, read_files
from faqbot.desk.versions import AS_FOUND, Broken, Outdated, restore, versions
from faqbot.knowledge import gathering, role_of
from tests.steps import Steps

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs to fork")
PAGE = "procedure.md"
LOOKS = [  # of whoever reads the draft
    (stored_draft, "_record"),
    (gathering, "signature"),
    (gathering, "gather_as_it_is"),
    (gathering, "read_bytes"),
]


@pytest.fixture
def place(practice: Path) -> Place:
    return Place(practice)


def text(place: Place, name: str = PAGE) -> str:
    """A file's text as it is in the draft."""
    return text_of(draft.read(place).files.get(name, b""))


def block(place: Place, entry_id: str, name: str = PAGE) -> str:
    found = editing.blocks(text(place, name), role_of(name))
    return next((one.text for one in found if one.id == entry_id), "")


def entry(place: Place, entry_id: str, name: str = PAGE) -> EntryText:
    return editing.read_entry(text(place, name), entry_id, role_of(name))


def save(place: Place, name: str, new: str, *, by: str = "Ann") -> Draft:
    return draft.save_file(place, name, new, fingerprint(text(place, name)), by, "Changed it.")


def answer(place: Place, entry_id: str, words: str, *, by: str = "Ann") -> Draft:
    """Change an entry's answer, as somebody who has just opened it."""
    return draft.save_entry(
        place,
        PAGE,
        entry_id,
        replace(entry(place, entry_id), answer=words),
        fingerprint(block(place, entry_id)),
        by,
    )


def edit_by_hand(place: Place, old: str, new: str, name: str = PAGE) -> None:
    path = place.folder / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


# one draft


def test_without_a_draft_there_is_only_the_folder(place: Place) -> None:
    files = read_files(place.folder)
    found = draft.read(place)
    assert found == Draft(files, files)
    assert found.empty
    assert not place.draft.exists()


def test_what_is_saved_is_in_the_draft_and_not_in_the_folder(place: Place) -> None:
    before = read_files(place.folder)
    saved = answer(place, "duration", "About **one hour**.")
    assert saved == draft.read(Place(place.folder))
    assert saved.base == before == read_files(place.folder)
    assert saved.changed == (PAGE,)
    assert not saved.empty
    assert b"About **one hour**." in saved.files[PAGE]
    [change] = saved.changes
    assert (change.who, change.what) == (
        "Ann",
        "Changed the answer of “How long does the procedure take?”.",
    )
    assert abs((datetime.now(UTC) - change.when).total_seconds()) < 60


def test_the_drafts_files_are_a_folder_that_can_be_read(place: Place) -> None:
    saved = answer(place, "duration", "About **one hour**.")
    assert knowledge.load(place.draft_files).digest == knowledge.digest(saved.files)


def test_a_draft_that_changes_nothing_is_none(place: Place) -> None:
    old = text(place)
    save(place, PAGE, old.replace("**two small**", "two small"))
    save(place, PAGE, old)
    assert draft.read(place).empty
    assert draft.read(place).changes == ()
    assert not place.draft.exists()


def test_saving_what_is_there_is_no_change(place: Place) -> None:
    assert save(place, PAGE, text(place)).empty
    assert answer(place, "incisions", "The surgeon makes **two small** cuts.").empty
    assert not place.draft.exists()


def test_a_draft_can_be_thrown_away(place: Place) -> None:
    answer(place, "duration", "About **one hour**.")
    draft.discard(place)
    assert draft.read(place).empty
    draft.discard(place)
    assert not place.draft.exists()


@pytest.mark.parametrize("record", ["", "{", "[]", '{"changes": [1], "taken": []}'])
def test_a_damaged_note_of_the_changes_does_not_cost_the_changes(place: Place, record: str) -> None:
    saved = answer(place, "duration", "About **one hour**.")
    (place.draft / "draft.json").write_text(record)
    assert draft.read(place) == Draft(saved.base, saved.files)
    (place.draft / "draft.json").unlink()
    assert draft.read(place) == Draft(saved.base, saved.files)
    again = answer(place, "incisions", "**Two** small ones.")
    assert b"About **one hour**." in again.files[PAGE]


# whole files


def test_a_page_text_is_part_of_the_draft(place: Place) -> None:
    name = "sources/procedure.txt"
    saved = save(place, name, text(place, name) + "The office is on Hill Street.\n")
    assert saved.changed == (name,)
    known = knowledge.load(place.draft_files)
    assert "Hill Street." in known.sources["procedure"]


def test_a_new_page_can_be_written(place: Place) -> None:
    draft.save_file(place, "sources/parking.txt", "Parking is free.\n", "", "Ann", "Added it.")
    page = "## Is there parking? {#parking}\n\nYes.\n\n> Parking is free\n"
    draft.save_file(place, "parking.md", page, "", "Ann", "Added it.")
    draft.publish(place, "Ann")
    assert (place.folder / "parking.md").read_text() == page
    assert (place.folder / "sources" / "parking.txt").read_text() == "Parking is free.\n"


def test_a_blank_text_removes_the_file(place: Place) -> None:
    saved = save(place, "synonyms.toml", " \n")
    assert "synonyms.toml" not in saved.files
    assert saved.changed == ("synonyms.toml",)
    draft.publish(place, "Ann")
    assert not (place.folder / "synonyms.toml").exists()


def test_a_file_can_be_removed_from_a_draft_that_has_begun(place: Place) -> None:
    answer(place, "duration", "About **one hour**.")
    save(place, "synonyms.toml", "")
    assert "synonyms.toml" not in draft.read(place).files
    save(place, "synonyms.toml", 'overnight = ["over night"]\n')
    assert draft.read(place).files["synonyms.toml"] == b'overnight = ["over night"]\n'


def test_empty_lines_at_the_end_that_a_browser_loses_are_no_change(place: Place) -> None:
    assert save(place, PAGE, text(place).rstrip()).empty


def test_who_saves_the_same_file_later_gets_both_texts(place: Place) -> None:
    before = text(place)
    mine, theirs = before.replace("at once", "soon"), before.replace("at once", "in a day")
    draft.save_file(place, PAGE, theirs, fingerprint(before), "Bob", "Changed it.")
    with pytest.raises(Conflict, match="Somebody else changed this") as told:
        draft.save_file(place, PAGE, mine, fingerprint(before), "Ann", "Changed it.")
    assert (told.value.mine, told.value.theirs) == (mine, theirs)
    assert text(place) == theirs


def test_two_who_write_the_same_new_file_get_both_texts(place: Place) -> None:
    draft.save_file(place, "new.md", "## Bob?\n", "", "Bob", "Added it.")
    with pytest.raises(Conflict) as told:
        draft.save_file(place, "new.md", "## Ann?\n", "", "Ann", "Added it.")
    assert told.value.theirs == "## Bob?\n"


BAD_NAMES = [
    "",
    "../practice.toml",
    "../../etc/passwd.md",
    "/etc/passwd",
    "/etc/passwd.md",
    "sources/../../x.txt",
    "sources/../x.md",
    "sources//x.txt",
    "sources",
    "sources/",
    "..\\x.md",
    "sources\\x.txt",
    "C:\\x.md",
    "c:x.md",
    "x\0.md",
    "x.md\0",
    "x.md\n",
    "x\n.md",
    ".x.md",
    "~x.md",
    ".faqbot/password",
    ".faqbot/draft/draft.json",
    "x" * 300 + ".md",
    "ü" * 150 + ".md",
    "con.md",
    "AUX.md",
    "sources/nul.txt",
    "x.html",
    "x.toml",
    "x.md.txt",
    "Practice.toml",
    "PROCEDURE.md",
    "<x>.md",
    "a/b.md",
    "\ud800.md",
]


@pytest.mark.parametrize("name", BAD_NAMES, ids=ascii)
def test_no_other_file_can_be_written_by_a_trick_in_its_name(place: Place, name: str) -> None:
    before = sorted(place.folder.parent.rglob("*"))
    with pytest.raises(DeskError, match=r"cannot be the name of a file|There is a file"):
        draft.save_file(place, name, "## Where?\n", "", "Ann", "Added it.")
    with pytest.raises(DeskError, match=r"cannot be the name of a file|There is a file"):
        draft.save_entry(place, name, None, EntryText("Where?"), None, "Ann")
    assert draft.read(place).empty
    room = {place.room, *place.room.iterdir()}
    assert [path for path in sorted(place.folder.parent.rglob("*")) if path not in room] == before


def test_a_file_of_the_folder_may_be_called_as_the_office_likes(place: Place) -> None:
    name = "what's new (2026)!.md"
    (place.folder / PAGE).rename(place.folder / name)
    (place.folder / "sources" / "procedure.txt").rename(
        place.folder / "sources" / name.replace(".md", ".txt")
    )
    assert save(place, name, text(place, name).replace("at once", "soon")).changed == (name,)


def test_a_text_that_could_not_be_read_again_is_refused(place: Place) -> None:
    with pytest.raises(DeskError, match="too large"):
        save(place, PAGE, "x" * 1_000_001)
    assert text(place).startswith("## How long")


def test_signs_that_no_file_can_hold_are_not_an_error(place: Place) -> None:
    assert b"bad: ?" in save(place, PAGE, text(place) + "bad: \ud800\n").files[PAGE]


def test_a_file_keeps_the_line_ends_that_its_editor_gave_it(place: Place) -> None:
    path = place.folder / PAGE
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    typed = text(place).replace("at once", "soon").replace("\n", "\r\n")  # as browsers send it
    saved = save(place, PAGE, typed)
    assert saved.files[PAGE] == before.replace(b"at once", b"soon")
    saved = answer(place, "incisions", "Two **small** cuts.")
    expected = before.replace(b"at once", b"soon")
    expected = expected.replace(b"The surgeon makes **two small** cuts.", b"Two **small** cuts.")
    assert saved.files[PAGE] == expected


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"caf\xc3\xa9\r\n", "café\n"),
        (b"\xef\xbb\xbfcaf\xc3\xa9\r", "café\n"),
        (b"caf\xe9\n", "café\n"),
        (b"\x81\n", "\ufffd\n"),
        ("café\r\n".encode("utf-16"), "café\n"),
        (b"", ""),
    ],
)
def test_any_file_can_be_shown_as_text(data: bytes, shown: str) -> None:
    assert text_of(data) == shown


def test_a_file_in_an_old_encoding_is_mended_by_saving_it(place: Place) -> None:
    (place.folder / "small-talk.md").write_bytes(b"## Hello {#hello}\n\nCaf\xe9!\n")
    save(place, "small-talk.md", text(place, "small-talk.md") + "\n\nHello.\n")
    draft.publish(place, "Ann")
    assert "Café!" in knowledge.load(place.folder).entries[-1].text


# one entry


def test_two_entries_of_a_file_are_saved_by_two_people(place: Place) -> None:
    opened = {id: fingerprint(block(place, id)) for id in ("duration", "incisions")}
    entries = {id: entry(place, id) for id in opened}
    for id, who in (("duration", "Ann"), ("incisions", "Bob")):
        changed = replace(entries[id], phrasings=(*entries[id].phrasings, f"asked by {who}"))
        draft.save_entry(place, PAGE, id, changed, opened[id], who)
    assert "asked by Ann" in entry(place, "duration").phrasings
    assert "asked by Bob" in entry(place, "incisions").phrasings
    assert [change.what for change in draft.read(place).changes] == [
        "Changed the ways to ask of “How long does the procedure take?”.",
        "Changed the ways to ask of “How big are the cuts?”.",
    ]


def test_who_saves_the_same_entry_later_gets_both_texts(place: Place) -> None:
    opened, mine = fingerprint(block(place, "duration")), entry(place, "duration")
    answer(place, "duration", "About **one hour**, says Bob.", by="Bob")
    with pytest.raises(Conflict) as told:
        draft.save_entry(
            place, PAGE, "duration", replace(mine, answer="One hour, says Ann."), opened, "Ann"
        )
    assert "says Ann" in told.value.mine
    assert told.value.theirs == block(place, "duration")
    assert "says Bob" in told.value.theirs
    assert "says Bob" in text(place)


def test_who_saves_an_entry_that_was_removed_gets_their_text_back(place: Place) -> None:
    opened, mine = fingerprint(block(place, "duration")), entry(place, "duration")
    draft.remove_entry(place, "duration", opened, "Bob")
    with pytest.raises(Conflict) as told:
        draft.save_entry(place, PAGE, "duration", mine, opened, "Ann")
    assert "## How long does the procedure take?" in told.value.mine
    assert told.value.theirs == ""


def test_an_entry_added_below_is_no_conflict(place: Place) -> None:
    last = entry(place, "cement")
    opened = fingerprint(block(place, "cement"))
    draft.save_entry(place, PAGE, None, EntryText("Is it loud?", answer="No."), None, "Bob")
    saved = draft.save_entry(place, PAGE, "cement", replace(last, answer="Fast."), opened, "Ann")
    assert b"Fast." in saved.files[PAGE]
    assert b"Is it loud?" in saved.files[PAGE]


def test_a_new_entry_gets_a_name_that_no_file_has(place: Place) -> None:
    save(place, "small-talk.md", text(place, "small-talk.md").replace("#hello", "#is-it-loud"))
    draft.save_entry(place, PAGE, None, EntryText("Is it loud?", answer="No."), None, "Ann")
    assert editing.blocks(text(place))[-1].id == "is-it-loud-2"
    with pytest.raises(EditError, match="name of another question"):
        draft.save_entry(
            place, PAGE, None, EntryText("Is it loud?", id="is-it-loud", answer="No."), None, "Ann"
        )
    changed = replace(entry(place, "cement"), id="is-it-loud")
    with pytest.raises(EditError, match="name of another question"):
        draft.save_entry(place, PAGE, "cement", changed, None, "Ann")


def test_what_cannot_be_written_changes_nothing(place: Place) -> None:
    with pytest.raises(EditError):
        answer(place, "duration", "One hour.\n\n## And now?")
    assert draft.read(place).empty


def test_what_was_done_is_told_as_a_sentence(place: Place) -> None:
    was = entry(place, "duration")
    draft.save_entry(place, PAGE, "duration", replace(was, answer="1", quotes=()), None, "Ann")
    draft.save_entry(place, PAGE, "duration", replace(was, id="long"), None, "Ann")
    draft.save_entry(place, PAGE, None, EntryText("Is it loud?", answer="No."), None, "Ann")
    draft.add_phrasing(place, "cement", "what is in the cement", "Ann")
    draft.add_office_topic(place, "Do you have a lawyer?", ["can I sue"], "Ann")
    draft.mark_reviewed(place, "cement", "Ann Lee", date(2026, 11, 2))
    draft.remove_entry(place, "incisions", fingerprint(block(place, "incisions")), "Ann")
    draft.ignore(place, "asdf", "Ann")
    assert [change.what for change in draft.read(place).changes] == [
        "Changed the answer and quotes of “How long does the procedure take?”.",
        "Changed the name, answer and quotes of “How long does the procedure take?”.",
        "Wrote a new answer, “Is it loud?”.",
        "Added “what is in the cement” to the ways to ask “What is the bone cement for?”.",
        "Added “Do you have a lawyer?” to what only the office can answer.",
        "Reviewed “What is the bone cement for?”.",
        "Removed “How big are the cuts?”.",
        "Chose to ignore “asdf”.",
    ]


def test_a_phrasing_is_added_once(place: Place) -> None:
    for _ in range(2):
        draft.add_phrasing(place, "duration", "how long am I in there", "Ann")
    assert entry(place, "duration").phrasings.count("how long am I in there") == 1
    assert len(draft.read(place).changes) == 1


def test_an_office_topic_is_added_also_where_there_was_none(place: Place) -> None:
    (place.folder / "call-the-office.md").unlink()
    draft.add_office_topic(place, "Do you have a lawyer?", ["can I sue"], "Ann")
    added = entry(place, "do-you-have-a-lawyer", "office.md")
    assert added.phrasings == ("can I sue",)
    assert added.answer == ""


def test_an_entry_is_removed_and_a_file_whose_last_it_was(place: Place) -> None:
    saved = draft.remove_entry(
        place, "hello", fingerprint(block(place, "hello", "small-talk.md")), "Ann"
    )
    assert "small-talk.md" not in saved.files


def test_an_entry_that_changed_is_not_removed(place: Place) -> None:
    opened = fingerprint(block(place, "duration"))
    answer(place, "duration", "About **one hour**.", by="Bob")
    with pytest.raises(Conflict):
        draft.remove_entry(place, "duration", opened, "Ann")
    assert "About **one hour**." in text(place)


def test_a_review_is_noted_in_the_entry(place: Place) -> None:
    draft.mark_reviewed(place, "duration", "Ann Lee", date(2026, 11, 2))
    assert entry(place, "duration").reviewed == "2026-11-02 by Ann Lee"


@pytest.mark.parametrize(
    "change",
    [
        lambda place: draft.add_phrasing(place, "gone", "is it gone", "Ann"),
        lambda place: draft.mark_reviewed(place, "gone", "Ann", date(2026, 11, 2)),
        lambda place: draft.remove_entry(place, "", "", "Ann"),
    ],
)
def test_an_entry_that_is_not_there_is_told(
    place: Place, change: Callable[[Place], object]
) -> None:
    with pytest.raises(DeskError, match="not there any more"):
        change(place)


# visitors' questions that the draft takes care of


def test_what_was_taken_from_the_journal_is_known_until_it_is_published(place: Place) -> None:
    draft.add_phrasing(
        place, "duration", "is it long", "Ann", Taken("is it LONG", "phrasing", "duration")
    )
    draft.ignore(place, "asdf", "Ann")
    assert draft.read(place).taken == (
        Taken("is it LONG", "phrasing", "duration"),
        Taken("asdf", "ignore"),
    )
    draft.publish(place, "Ann")
    assert draft.read(place).taken == ()


def test_a_question_is_taken_once_as_it_was_meant_last(place: Place) -> None:
    draft.ignore(place, "is it long", "Ann")
    taken = Taken("is it long", "phrasing", "duration")
    draft.add_phrasing(place, "duration", "is it long", "Ann", taken)
    assert draft.read(place).taken == (taken,)


def test_what_is_only_ignored_is_a_draft_too(place: Place) -> None:
    assert not draft.ignore(place, "asdf", "Ann").empty
    version = draft.publish(place, "Ann")
    assert version.note == AS_FOUND  # there was nothing to change
    assert draft.read(place).empty


def test_a_question_is_not_taken_care_of_by_an_entry_that_is_gone_again(place: Place) -> None:
    new = EntryText("Is it loud?", id="loud", answer="No.")
    draft.save_entry(place, PAGE, None, new, None, "Ann", Taken("loud?", "entry", "loud"))
    draft.mark_reviewed(place, "cement", "Ann", date(2026, 11, 2))
    assert draft.read(place).taken
    kept = draft.remove_entry(place, "loud", fingerprint(block(place, "loud")), "Ann")
    assert kept.taken == ()
    assert kept == draft.read(place)


def test_a_question_is_not_taken_care_of_by_a_draft_that_is_as_before(place: Place) -> None:
    old = text(place)
    draft.add_phrasing(
        place, "duration", "is it long", "Ann", Taken("is it long", "phrasing", "duration")
    )
    save(place, PAGE, old)
    assert draft.read(place).empty
    assert not place.draft.exists()


# publishing


def test_what_is_published_is_in_the_folder_and_the_draft_is_over(place: Place) -> None:
    saved = answer(place, "duration", "About **one hour**.")
    version = draft.publish(place, "Ann Lee")
    assert read_files(place.folder) == saved.files
    assert version.who == "Ann Lee"
    assert version.note == "Changed the answer of “How long does the procedure take?”."
    assert draft.read(place).empty
    assert not place.draft.exists()


def test_a_note_can_be_given_and_a_long_summary_is_cut(place: Place) -> None:
    answer(place, "duration", "About **one hour**.")
    assert draft.publish(place, "Ann", "shorter").note == "shorter"
    for number in range(20):
        draft.add_phrasing(place, "duration", f"how long is number {number}", "Ann")
    note = draft.publish(place, "Ann").note
    assert note.endswith(" …")
    assert len(note) <= draft.LONGEST_NOTE + 2


def test_a_broken_draft_is_not_published_and_stays(place: Place) -> None:
    saved = save(place, PAGE, text(place).replace("> The surgeon makes", "> The dentist makes"))
    with pytest.raises(Broken, match=r"procedure\.md"):
        draft.publish(place, "Ann")
    assert draft.read(place) == saved
    assert read_files(place.folder) == saved.base


def test_an_edit_by_hand_at_the_last_moment_is_not_overwritten(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = answer(place, "duration", "About **one hour**.")
    real = draft.rebase

    def rebase(*args: Any) -> Draft:
        found = real(*args)
        edit_by_hand(place, "at once", "quickly")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(draft, "rebase", rebase)
        with pytest.raises(Outdated, match="Nothing is lost"):
            draft.publish(place, "Ann")
    assert draft.read(place) == saved
    draft.publish(place, "Ann")
    assert b"better quickly" in read_files(place.folder)[PAGE]
    assert b"About **one hour**." in read_files(place.folder)[PAGE]


def test_a_new_draft_begins_with_what_was_published(place: Place) -> None:
    answer(place, "duration", "About **one hour**.")
    draft.publish(place, "Ann")
    saved = answer(place, "incisions", "Two **small** ones.")
    assert b"About **one hour**." in saved.base[PAGE]


# a folder that changes meanwhile


def test_changes_by_hand_to_other_entries_and_files_are_published_too(place: Place) -> None:
    answer(place, "duration", "About **one hour**.")
    edit_by_hand(place, "at once", "quickly")
    edit_by_hand(place, "Hello! What", "Hi! What", "small-talk.md")
    (place.folder / "synonyms.toml").unlink()
    assert draft.conflicts(place) == []
    draft.publish(place, "Ann")
    published = read_files(place.folder)
    assert b"About **one hour**." in published[PAGE]
    assert b"better quickly" in published[PAGE]
    assert b"Hi! What" in published["small-talk.md"]
    assert "synonyms.toml" not in published
    assert [version.note for version in versions(place)][1:] == [AS_FOUND]


@pytest.fixture
def clashing(place: Place) -> Place:
    """Somebody edited the file, and the settings, while they were changed in the draft."""
    answer(place, "duration", "One hour, says the draft.")
    answer(place, "incisions", "Two small ones, says the draft.")
    save(place, "practice.toml", text(place, "practice.toml").replace("Ask me", "Ask us"))
    edit_by_hand(place, "**one hour** for each fracture level treated", "1 hour, says the folder")
    edit_by_hand(place, "at once", "quickly")
    edit_by_hand(place, "Ask me", "Ask anybody", "practice.toml")
    return place


def test_what_both_changed_is_told_with_both_texts(clashing: Place) -> None:
    settings, duration = draft.conflicts(clashing)
    assert (duration.file, duration.entry_id, duration.key) == (PAGE, "duration", "duration")
    assert duration.question == "How long does the procedure take?"
    assert "says the draft" in duration.draft_text
    assert "says the folder" in duration.folder_text
    assert duration.draft_text.startswith("## How long")
    assert "incisions" not in duration.folder_text
    assert (settings.file, settings.entry_id, settings.key) == (
        "practice.toml",
        "",
        "practice.toml",
    )
    assert "Ask us" in settings.draft_text
    assert "Ask anybody" in settings.folder_text


def test_what_both_changed_is_not_published_before_somebody_has_chosen(clashing: Place) -> None:
    before = draft.read(clashing), read_files(clashing.folder)
    with pytest.raises(Clashes, match="Choose") as told:
        draft.publish(clashing, "Ann")
    assert list(told.value.clashes) == draft.conflicts(clashing)
    with pytest.raises(Clashes) as told:
        draft.rebase(clashing, {"duration": "draft"}, "Ann")
    assert [clash.key for clash in told.value.clashes] == ["practice.toml"]
    assert (draft.read(clashing), read_files(clashing.folder)) == before


@pytest.mark.parametrize(
    ("duration", "settings"),
    [("draft", "folder"), ("folder", "draft"), ("folder", "folder"), ("draft", "draft")],
)
def test_the_chosen_text_is_kept_and_all_else_of_both(
    clashing: Place, duration: draft.Side, settings: draft.Side
) -> None:
    chosen = draft.rebase(clashing, {"duration": duration, "practice.toml": settings}, "Ann")
    assert chosen == draft.read(clashing)
    assert chosen.base == read_files(clashing.folder)
    assert draft.conflicts(clashing) == []
    page, toml = text(clashing), text(clashing, "practice.toml")
    assert f"says the {duration}" in block(clashing, "duration")
    assert ("Ask us" in toml, "Ask anybody" in toml) == (settings == "draft", settings != "draft")
    assert "Two small ones, says the draft." in page
    assert "better quickly" in page


def test_an_entry_changed_here_and_removed_there_clashes(place: Place) -> None:
    answer(place, "incisions", "Two **small** ones.")
    path = place.folder / PAGE
    path.write_text(editing.remove_entry(path.read_text(), "incisions"))
    [clash] = draft.conflicts(place)
    assert (clash.entry_id, clash.folder_text) == ("incisions", "")
    assert clash.question == "How big are the cuts?"
    chosen = draft.rebase(place, {"incisions": "folder"}, "Ann")
    assert chosen.empty
    assert block(place, "incisions") == ""


def test_a_file_changed_here_and_removed_there_clashes(place: Place) -> None:
    save(place, "synonyms.toml", 'overnight = ["over night"]\n')
    (place.folder / "synonyms.toml").unlink()
    assert draft.conflicts(place) == [
        Clash("synonyms.toml", "", "synonyms.toml", 'overnight = ["over night"]\n', "")
    ]
    kept = draft.rebase(place, {"synonyms.toml": "draft"}, "Ann")
    assert kept.files["synonyms.toml"] == b'overnight = ["over night"]\n'
    assert "synonyms.toml" not in kept.base


def test_a_file_of_which_each_side_removed_the_rest_is_removed(place: Place) -> None:
    cost, insurance = (block(place, id, "call-the-office.md") for id in ("cost", "insurance"))
    save(place, "call-the-office.md", cost)
    (place.folder / "call-the-office.md").write_text(insurance)
    assert "call-the-office.md" not in draft.rebase(place, {}, "Ann").files


def test_an_empty_file_stays(place: Place) -> None:
    (place.folder / "examples.jsonl").write_text("")
    answer(place, "duration", "About **one hour**.")
    edit_by_hand(place, "at once", "quickly")
    assert draft.rebase(place, {}, "Ann").files["examples.jsonl"] == b""


def test_the_same_change_on_both_sides_is_no_clash_and_no_draft(place: Place) -> None:
    answer(place, "incisions", "Two **small** ones.")
    edit_by_hand(place, "The surgeon makes **two small** cuts.", "Two **small** ones.")
    assert draft.conflicts(place) == []
    assert draft.rebase(place, {}, "Ann").empty
    assert not place.draft.exists()


def test_an_undo_meanwhile_is_joined_as_well(place: Place) -> None:
    answer(place, "duration", "About **one hour**.")
    draft.publish(place, "Ann")
    answer(place, "incisions", "Two **small** ones.")
    restore(place, "0001", "Bob")
    draft.publish(place, "Ann")
    page = (place.folder / PAGE).read_text()
    assert "Two **small** ones." in page
    assert "**one hour** for each fracture level treated" in page


def test_a_folder_that_is_gone_does_not_empty_the_draft(place: Place) -> None:
    saved = answer(place, "duration", "About **one hour**.")
    away = place.folder.with_name("away")
    place.folder.rename(away)
    for work in (draft.read, draft.conflicts, lambda place: draft.publish(place, "Ann")):
        with pytest.raises(DeskError):
            work(place)
    away.rename(place.folder)
    assert draft.read(place) == saved


# several at once, and cut off


def test_many_who_save_at_once_lose_nothing(place: Place) -> None:
    def work(who: str) -> None:
        for number in range(5):
            draft.add_phrasing(Place(place.folder), "duration", f"{who} asks {number}", who)

    threads = [threading.Thread(target=work, args=(who,)) for who in ("Ann", "Bob", "Cem")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked = {f"{who} asks {number}" for who in ("Ann", "Bob", "Cem") for number in range(5)}
    assert asked <= set(entry(place, "duration").phrasings)
    assert len(draft.read(place).changes) == 15


def test_a_draft_that_cannot_be_read_is_told_and_can_be_thrown_away(place: Place) -> None:
    answer(place, "duration", "About **one hour**.")
    shutil.rmtree(place.draft / "base")
    with pytest.raises(DeskError, match="The draft cannot be read"):
        draft.read(place)
    draft.discard(place)
    assert draft.read(place).empty


def begin(place: Place) -> None:
    answer(place, "duration", "About **one hour**.")


def go_on(place: Place) -> None:
    answer(place, "incisions", "Two **small** ones.")


def publish(place: Place) -> None:
    draft.publish(place, "Bob")


STIRS = {  # what stands there, and what is done to it
    "it begins": ([], [begin]),
    "it goes on": ([begin], [go_on]),
    "it ends": ([begin], [draft.discard]),
    "it is published and begins": ([begin], [publish, go_on]),
}
stirs = pytest.mark.parametrize(("first", "then"), STIRS.values(), ids=STIRS)
Work = Callable[[Place], object]
Content = tuple[dict[str, bytes], dict[str, bytes]]


def content(place: Place) -> Content:
    """What somebody else reads."""
    found = draft.read(Place(place.folder))
    return found.base, found.files


def copied(place: Place, name: str) -> Place:
    return Place(shutil.copytree(place.folder, place.folder.with_name(name)))


def contents(place: Place, then: list[Work]) -> list[Content]:
    """What is read now, and after each piece of work, which is done to a copy."""
    place = copied(place, "copy")
    read = [content(place)]
    for work in then:
        work(place)
        read.append(content(place))
    return read


@stirs
def test_at_any_step_of_a_change_the_draft_is_read_whole(
    place: Place, monkeypatch: pytest.MonkeyPatch, first: list[Work], then: list[Work]
) -> None:
    for work in first:
        work(place)
    states = contents(place, then)
    seen: list[int] = []
    steps = Steps(monkeypatch)
    steps.let(lambda: seen.append(states.index(content(place))), at=1, until=1000)
    for work in then:
        work(place)
    assert seen == sorted(seen)
    assert set(seen) >= {0, len(states) - 1}


@stirs
def test_a_change_at_any_moment_of_a_reading_is_read_whole_or_not_at_all(
    place: Place, monkeypatch: pytest.MonkeyPatch, first: list[Work], then: list[Work]
) -> None:
    for work in first:
        work(place)
    states = contents(place, then)
    steps = Steps(monkeypatch, LOOKS)
    for at in range(1, steps.number_of(lambda: content(place)) + 1):
        read = copied(place, f"at-{at}")

        def change(read: Place = read) -> None:
            for work in then:
                work(read)

        steps.let(change, at=at, until=at + 1)
        assert content(read) in states
        steps.rest()
        assert content(read) == states[-1]


@forks
def test_killed_at_any_step_of_a_save_the_draft_is_the_old_or_the_new(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = text(place)
    for at in range(1, 1000):
        old = draft.read(place).files
        if not (pid := os.fork()):
            Steps(monkeypatch).let(lambda: os._exit(9), at=at, until=at + 1)
            save(place, PAGE, f"{first}\n<!-- {at} -->\n")
            os._exit(0)
        cut_off = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
        new = {**old, PAGE: f"{first}\n<!-- {at} -->\n".encode()}
        assert draft.read(place).files in (old, new)
        if not cut_off:
            break
        if at % 2:
            draft.discard(place)
    else:
        pytest.fail("it never ended")
    assert at > 5


def test_a_publish_cut_off_before_the_draft_was_cleared_leaves_nothing_to_publish(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(place, "duration", "About **one hour**.")
    with monkeypatch.context() as patch:
        patch.setattr(draft, "discard", lambda place: None)
        draft.publish(place, "Ann")
    assert draft.conflicts(place) == []
    assert draft.rebase(place, {}, "Ann").empty
    assert not place.draft.exists()


def test_a_full_disk_is_told_and_the_draft_stays(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = answer(place, "duration", "About **one hour**.")

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeskError, match="The disk is full, so nothing was saved"):
        answer(place, "incisions", "Two **small** ones.")
    with pytest.raises(DeskError, match="The disk is full, so nothing was saved"):
        draft.publish(place, "Ann")
    assert draft.read(place) == saved
    assert read_files(place.folder) == saved.base


def test_the_note_of_the_changes_is_plain_data(place: Place) -> None:
    draft.add_phrasing(
        place, "duration", "is it long", "Ann", Taken("is it long", "phrasing", "duration")
    )
    noted = json.loads((place.draft / "draft.json").read_text())
    assert noted["taken"] == [{"question": "is it long", "action": "phrasing", "entry": "duration"}]
    assert noted["changes"][0]["who"] == "Ann"

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
from faqbot.editing import draft, entries, triage
from faqbot.editing.draft import Draft, StaleEdit, Triaged
from faqbot.editing.entries import EditError, EntryText
from faqbot.editing.merging import MergeConflict, MergeConflicts, Side
from faqbot.editing.versions import AS_FOUND, Broken, Outdated, restore, versions
from faqbot.editing.workspace import DeskError, Workspace, fingerprint, read_files, text_of
from faqbot.knowledge import role_of, snapshot
from tests.steps import Steps

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs to fork")
PAGE, OFFICE = "procedure.md", "office.md"
DURATION = f"{PAGE}#duration"  # the key of a clash
LOOKS = [  # of whoever reads the draft
    (draft, "_record"),
    (snapshot, "signature"),
    (snapshot, "read_now"),
    (snapshot, "read_bytes"),
]


@pytest.fixture
def workspace(practice: Path) -> Workspace:
    return Workspace(practice)


def text(workspace: Workspace, name: str = PAGE) -> str:
    """A file's text as it is in the draft."""
    return text_of(draft.read(workspace).files.get(name, b""))


def block(workspace: Workspace, entry_id: str, name: str = PAGE) -> str:
    found = entries.blocks(text(workspace, name), role_of(name))
    return next((one.text for one in found if one.id == entry_id), "")


def entry(workspace: Workspace, entry_id: str, name: str = PAGE) -> EntryText:
    return entries.read_entry(text(workspace, name), entry_id, role_of(name))


def save(workspace: Workspace, name: str, new: str, *, by: str = "Ann") -> Draft:
    return draft.save_file(
        workspace, name, new, fingerprint(text(workspace, name)), by, "Changed it."
    )


def answer(workspace: Workspace, entry_id: str, words: str, *, by: str = "Ann") -> Draft:
    """Change an entry's answer, as somebody who has just opened it."""
    return draft.save_entry(
        workspace,
        PAGE,
        entry_id,
        replace(entry(workspace, entry_id), answer=words),
        fingerprint(block(workspace, entry_id)),
        by,
    )


def add_phrasing(workspace: Workspace, phrasing: str, *, by: str = "Ann", asked: str = "") -> Draft:
    """Let an entry be asked as a visitor asked it."""
    return triage.as_phrasings(workspace, "duration", {phrasing: [asked or phrasing]}, by)


def ignore(workspace: Workspace, question: str) -> Draft:
    return triage.as_ignored(workspace, {question: [question]}, "Ann")


def edit_by_hand(workspace: Workspace, old: str, new: str, name: str = PAGE) -> None:
    path = workspace.folder / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


# one draft


def test_without_a_draft_there_is_only_the_folder(workspace: Workspace) -> None:
    files = read_files(workspace.folder)
    found = draft.read(workspace)
    assert found == Draft(files, files)
    assert found.empty
    assert not workspace.draft.exists()


def test_what_is_saved_is_in_the_draft_and_not_in_the_folder(workspace: Workspace) -> None:
    before = read_files(workspace.folder)
    saved = answer(workspace, "duration", "About **one hour**.")
    assert saved == draft.read(Workspace(workspace.folder))
    assert saved.base == before == read_files(workspace.folder)
    assert saved.changed == (PAGE,)
    assert not saved.empty
    assert b"About **one hour**." in saved.files[PAGE]
    [change] = saved.changes
    assert (change.who, change.what) == (
        "Ann",
        "Changed the answer of “How long does the procedure take?”.",
    )
    assert abs((datetime.now(UTC) - change.when).total_seconds()) < 60


def test_the_drafts_files_are_a_folder_that_can_be_read(workspace: Workspace) -> None:
    saved = answer(workspace, "duration", "About **one hour**.")
    assert knowledge.load(workspace.draft_files).digest == knowledge.digest(saved.files)


def test_a_draft_that_changes_nothing_is_none(workspace: Workspace) -> None:
    old = text(workspace)
    save(workspace, PAGE, old.replace("**two small**", "two small"))
    save(workspace, PAGE, old)
    assert draft.read(workspace).empty
    assert draft.read(workspace).changes == ()
    assert not workspace.draft.exists()


def test_saving_what_is_there_is_no_change(workspace: Workspace) -> None:
    assert save(workspace, PAGE, text(workspace)).empty
    assert answer(workspace, "incisions", "The surgeon makes **two small** cuts.").empty
    assert not workspace.draft.exists()


def test_a_draft_can_be_thrown_away(workspace: Workspace) -> None:
    answer(workspace, "duration", "About **one hour**.")
    draft.discard(workspace)
    assert draft.read(workspace).empty
    draft.discard(workspace)
    assert not workspace.draft.exists()


@pytest.mark.parametrize("record", ["", "{", "[]", '{"changes": [1], "triaged": []}'])
def test_a_damaged_note_of_the_changes_does_not_cost_the_changes(
    workspace: Workspace, record: str
) -> None:
    saved = answer(workspace, "duration", "About **one hour**.")
    (workspace.draft / "draft.json").write_text(record)
    assert draft.read(workspace) == Draft(saved.base, saved.files)
    (workspace.draft / "draft.json").unlink()
    assert draft.read(workspace) == Draft(saved.base, saved.files)
    again = answer(workspace, "incisions", "**Two** small ones.")
    assert b"About **one hour**." in again.files[PAGE]


# whole files


def test_a_page_text_is_part_of_the_draft(workspace: Workspace) -> None:
    name = "sources/procedure.txt"
    saved = save(workspace, name, text(workspace, name) + "The office is on Hill Street.\n")
    assert saved.changed == (name,)
    known = knowledge.load(workspace.draft_files)
    assert "Hill Street." in known.sources["procedure"]


def test_a_new_page_can_be_written(workspace: Workspace) -> None:
    draft.save_file(workspace, "sources/parking.txt", "Parking is free.\n", "", "Ann", "Added it.")
    page = "## Is there parking? {#parking}\n\nYes.\n\n> Parking is free\n"
    draft.save_file(workspace, "parking.md", page, "", "Ann", "Added it.")
    draft.publish(workspace, "Ann")
    assert (workspace.folder / "parking.md").read_text() == page
    assert (workspace.folder / "sources" / "parking.txt").read_text() == "Parking is free.\n"


def test_a_blank_text_removes_the_file(workspace: Workspace) -> None:
    saved = save(workspace, "synonyms.toml", " \n")
    assert "synonyms.toml" not in saved.files
    assert saved.changed == ("synonyms.toml",)
    draft.publish(workspace, "Ann")
    assert not (workspace.folder / "synonyms.toml").exists()


def test_a_file_can_be_removed_from_a_draft_that_has_begun(workspace: Workspace) -> None:
    answer(workspace, "duration", "About **one hour**.")
    save(workspace, "synonyms.toml", "")
    assert "synonyms.toml" not in draft.read(workspace).files
    save(workspace, "synonyms.toml", 'overnight = ["over night"]\n')
    assert draft.read(workspace).files["synonyms.toml"] == b'overnight = ["over night"]\n'


def test_empty_lines_at_the_end_that_a_browser_loses_are_no_change(workspace: Workspace) -> None:
    assert save(workspace, PAGE, text(workspace).rstrip()).empty


def test_who_saves_the_same_file_later_gets_the_other_text(workspace: Workspace) -> None:
    before = text(workspace)
    mine, theirs = before.replace("at once", "soon"), before.replace("at once", "in a day")
    draft.save_file(workspace, PAGE, theirs, fingerprint(before), "Bob", "Changed it.")
    with pytest.raises(StaleEdit, match="Somebody else changed this") as raised:
        draft.save_file(workspace, PAGE, mine, fingerprint(before), "Ann", "Changed it.")
    assert raised.value.theirs == theirs
    assert text(workspace) == theirs


def test_who_writes_the_same_new_file_later_gets_the_other_text(workspace: Workspace) -> None:
    draft.save_file(workspace, "new.md", "## Bob?\n", "", "Bob", "Added it.")
    with pytest.raises(StaleEdit) as raised:
        draft.save_file(workspace, "new.md", "## Ann?\n", "", "Ann", "Added it.")
    assert raised.value.theirs == "## Bob?\n"


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
def test_no_other_file_can_be_written_by_a_trick_in_its_name(
    workspace: Workspace, name: str
) -> None:
    before = sorted(workspace.folder.parent.rglob("*"))
    with pytest.raises(DeskError, match=r"cannot be the name of a file|There is a file"):
        draft.save_file(workspace, name, "## Where?\n", "", "Ann", "Added it.")
    with pytest.raises(DeskError, match=r"cannot be the name of a file|There is a file"):
        draft.save_entry(workspace, name, None, EntryText("Where?"), None, "Ann")
    assert draft.read(workspace).empty
    hidden = {workspace.hidden, *workspace.hidden.iterdir()}
    assert [
        path for path in sorted(workspace.folder.parent.rglob("*")) if path not in hidden
    ] == before


def test_a_file_of_the_folder_may_be_called_as_the_office_likes(workspace: Workspace) -> None:
    name = "what's new (2026)!.md"
    (workspace.folder / PAGE).rename(workspace.folder / name)
    (workspace.folder / "sources" / "procedure.txt").rename(
        workspace.folder / "sources" / name.replace(".md", ".txt")
    )
    assert save(workspace, name, text(workspace, name).replace("at once", "soon")).changed == (
        name,
    )


def test_a_text_that_could_not_be_read_again_is_refused(workspace: Workspace) -> None:
    with pytest.raises(DeskError, match="too large"):
        save(workspace, PAGE, "x" * 1_000_001)
    assert text(workspace).startswith("## How long")


def test_signs_that_no_file_can_hold_are_not_an_error(workspace: Workspace) -> None:
    assert b"bad: ?" in save(workspace, PAGE, text(workspace) + "bad: \ud800\n").files[PAGE]


def test_a_file_keeps_the_line_ends_that_its_editor_gave_it(workspace: Workspace) -> None:
    path = workspace.folder / PAGE
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    typed = text(workspace).replace("at once", "soon").replace("\n", "\r\n")  # as browsers send it
    saved = save(workspace, PAGE, typed)
    assert saved.files[PAGE] == before.replace(b"at once", b"soon")
    saved = answer(workspace, "incisions", "Two **small** cuts.")
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


def test_a_file_in_an_old_encoding_is_fixed_by_saving_it(workspace: Workspace) -> None:
    (workspace.folder / "small-talk.md").write_bytes(b"## Hello {#hello}\n\nCaf\xe9!\n")
    save(workspace, "small-talk.md", text(workspace, "small-talk.md") + "\n\nHello.\n")
    draft.publish(workspace, "Ann")
    assert "Café!" in knowledge.load(workspace.folder).entries[-1].text


# one entry


def test_two_entries_of_a_file_are_saved_by_two_people(workspace: Workspace) -> None:
    opened = {id: fingerprint(block(workspace, id)) for id in ("duration", "incisions")}
    entries = {id: entry(workspace, id) for id in opened}
    for id, who in (("duration", "Ann"), ("incisions", "Bob")):
        changed = replace(entries[id], phrasings=(*entries[id].phrasings, f"asked by {who}"))
        draft.save_entry(workspace, PAGE, id, changed, opened[id], who)
    assert "asked by Ann" in entry(workspace, "duration").phrasings
    assert "asked by Bob" in entry(workspace, "incisions").phrasings
    assert [change.what for change in draft.read(workspace).changes] == [
        "Changed the ways to ask of “How long does the procedure take?”.",
        "Changed the ways to ask of “How big are the cuts?”.",
    ]


def test_who_saves_the_same_entry_later_gets_the_other_text(workspace: Workspace) -> None:
    opened, mine = fingerprint(block(workspace, "duration")), entry(workspace, "duration")
    answer(workspace, "duration", "About **one hour**, says Bob.", by="Bob")
    with pytest.raises(StaleEdit) as raised:
        draft.save_entry(
            workspace, PAGE, "duration", replace(mine, answer="One hour, says Ann."), opened, "Ann"
        )
    assert raised.value.theirs == block(workspace, "duration")
    assert "says Bob" in raised.value.theirs
    assert "says Bob" in text(workspace)


def test_an_entry_that_was_removed_is_not_saved(workspace: Workspace) -> None:
    opened, mine = fingerprint(block(workspace, "duration")), entry(workspace, "duration")
    draft.remove_entry(workspace, "duration", opened, "Bob")
    with pytest.raises(StaleEdit) as raised:
        draft.save_entry(workspace, PAGE, "duration", mine, opened, "Ann")
    assert raised.value.theirs == ""


def test_an_entry_added_below_is_no_conflict(workspace: Workspace) -> None:
    last = entry(workspace, "cement")
    opened = fingerprint(block(workspace, "cement"))
    draft.save_entry(workspace, PAGE, None, EntryText("Is it loud?", answer="No."), None, "Bob")
    saved = draft.save_entry(
        workspace, PAGE, "cement", replace(last, answer="Fast."), opened, "Ann"
    )
    assert b"Fast." in saved.files[PAGE]
    assert b"Is it loud?" in saved.files[PAGE]


def test_a_new_entry_gets_a_name_that_no_file_has(workspace: Workspace) -> None:
    save(
        workspace,
        "small-talk.md",
        text(workspace, "small-talk.md").replace("#hello", "#is-it-loud"),
    )
    draft.save_entry(workspace, PAGE, None, EntryText("Is it loud?", answer="No."), None, "Ann")
    assert entries.blocks(text(workspace))[-1].id == "is-it-loud-2"
    with pytest.raises(EditError, match="name of another question"):
        draft.save_entry(
            workspace,
            PAGE,
            None,
            EntryText("Is it loud?", id="is-it-loud", answer="No."),
            None,
            "Ann",
        )
    changed = replace(entry(workspace, "cement"), id="is-it-loud")
    with pytest.raises(EditError, match="name of another question"):
        draft.save_entry(workspace, PAGE, "cement", changed, None, "Ann")


def test_what_cannot_be_written_changes_nothing(workspace: Workspace) -> None:
    with pytest.raises(EditError):
        answer(workspace, "duration", "One hour.\n\n## And now?")
    assert draft.read(workspace).empty


def test_what_was_done_is_reported_as_a_sentence(workspace: Workspace) -> None:
    was = entry(workspace, "duration")
    draft.save_entry(workspace, PAGE, "duration", replace(was, answer="1", quotes=()), None, "Ann")
    draft.save_entry(workspace, PAGE, "duration", replace(was, id="long"), None, "Ann")
    draft.save_entry(workspace, PAGE, None, EntryText("Is it loud?", answer="No."), None, "Ann")
    draft.save_entry(workspace, OFFICE, None, EntryText("Do you have a lawyer?"), None, "Ann")
    draft.mark_reviewed(workspace, "cement", "Ann Lee", date(2026, 11, 2))
    draft.remove_entry(workspace, "incisions", fingerprint(block(workspace, "incisions")), "Ann")
    assert [change.what for change in draft.read(workspace).changes] == [
        "Changed the answer and quotes of “How long does the procedure take?”.",
        "Changed the name, answer and quotes of “How long does the procedure take?”.",
        "Wrote a new answer, “Is it loud?”.",
        "Added “Do you have a lawyer?” to what only the office can answer.",
        "Reviewed “What is the bone cement for?”.",
        "Removed “How big are the cuts?”.",
    ]


def test_an_entry_is_removed_and_a_file_whose_last_it_was(workspace: Workspace) -> None:
    saved = draft.remove_entry(
        workspace, "hello", fingerprint(block(workspace, "hello", "small-talk.md")), "Ann"
    )
    assert "small-talk.md" not in saved.files


def test_an_entry_that_changed_is_not_removed(workspace: Workspace) -> None:
    opened = fingerprint(block(workspace, "duration"))
    answer(workspace, "duration", "About **one hour**.", by="Bob")
    with pytest.raises(StaleEdit):
        draft.remove_entry(workspace, "duration", opened, "Ann")
    assert "About **one hour**." in text(workspace)


def test_a_review_is_noted_in_the_entry(workspace: Workspace) -> None:
    draft.mark_reviewed(workspace, "duration", "Ann Lee", date(2026, 11, 2))
    assert entry(workspace, "duration").reviewed == "2026-11-02 by Ann Lee"


@pytest.mark.parametrize(
    "change",
    [
        lambda workspace: triage.as_phrasings(workspace, "gone", {"is it gone": []}, "Ann"),
        lambda workspace: draft.mark_reviewed(workspace, "gone", "Ann", date(2026, 11, 2)),
        lambda workspace: draft.remove_entry(workspace, "", "", "Ann"),
    ],
)
def test_an_entry_that_is_not_there_is_reported(
    workspace: Workspace, change: Callable[[Workspace], object]
) -> None:
    with pytest.raises(DeskError, match=r"There is no question “[a-z]*” any more"):
        change(workspace)


# visitors' questions that the draft takes care of


def test_what_was_triaged_is_known_until_it_is_published(workspace: Workspace) -> None:
    add_phrasing(workspace, "is it long", asked="is it LONG")
    ignore(workspace, "asdf")
    assert draft.read(workspace).triaged == (
        Triaged("is it LONG", "phrasing", "duration"),
        Triaged("asdf", "ignore"),
    )
    draft.publish(workspace, "Ann")
    assert draft.read(workspace).triaged == ()


def test_a_question_is_triaged_once_as_it_was_meant_last(workspace: Workspace) -> None:
    ignore(workspace, "is it long")
    add_phrasing(workspace, "is it long")
    triaged = (Triaged("is it long", "phrasing", "duration"),)
    assert draft.read(workspace).triaged == triaged


def test_what_is_only_ignored_is_a_draft_too(workspace: Workspace) -> None:
    assert not ignore(workspace, "asdf").empty
    version = draft.publish(workspace, "Ann")
    assert version.note == AS_FOUND  # there was nothing to change
    assert draft.read(workspace).empty


def test_a_question_is_not_taken_care_of_by_an_entry_that_is_gone_again(
    workspace: Workspace,
) -> None:
    new = EntryText("Is it loud?", id="loud", answer="No.")
    draft.save_entry(workspace, PAGE, None, new, None, "Ann", ["loud?"])
    draft.mark_reviewed(workspace, "cement", "Ann", date(2026, 11, 2))
    assert draft.read(workspace).triaged == (Triaged("loud?", "entry", "loud"),)
    kept = draft.remove_entry(workspace, "loud", fingerprint(block(workspace, "loud")), "Ann")
    assert kept.triaged == ()
    assert kept == draft.read(workspace)


def test_a_question_is_not_taken_care_of_by_a_draft_that_is_as_before(workspace: Workspace) -> None:
    old = text(workspace)
    add_phrasing(workspace, "is it long")
    save(workspace, PAGE, old)
    assert draft.read(workspace).empty
    assert not workspace.draft.exists()


# publishing


def test_what_is_published_is_in_the_folder_and_the_draft_is_over(workspace: Workspace) -> None:
    saved = answer(workspace, "duration", "About **one hour**.")
    version = draft.publish(workspace, "Ann Lee")
    assert read_files(workspace.folder) == saved.files
    assert version.who == "Ann Lee"
    assert version.note == "Changed the answer of “How long does the procedure take?”."
    assert draft.read(workspace).empty
    assert not workspace.draft.exists()


def test_a_note_can_be_given_and_a_long_summary_is_cut(workspace: Workspace) -> None:
    answer(workspace, "duration", "About **one hour**.")
    assert draft.publish(workspace, "Ann", "shorter").note == "shorter"
    for number in range(20):
        topic = EntryText(f"How long is number {number} of them all?")
        draft.save_entry(workspace, OFFICE, None, topic, None, "Ann")
    note = draft.publish(workspace, "Ann").note
    assert note.endswith(" …")
    assert len(note) <= draft.LONGEST_NOTE + 2


def test_a_broken_draft_is_not_published_and_stays(workspace: Workspace) -> None:
    saved = save(
        workspace, PAGE, text(workspace).replace("> The surgeon makes", "> The dentist makes")
    )
    with pytest.raises(Broken, match=r"procedure\.md"):
        draft.publish(workspace, "Ann")
    assert draft.read(workspace) == saved
    assert read_files(workspace.folder) == saved.base


def test_an_edit_by_hand_at_the_last_moment_is_not_overwritten(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = answer(workspace, "duration", "About **one hour**.")
    real = draft.rebase

    def rebase(*args: Any) -> Draft:
        found = real(*args)
        edit_by_hand(workspace, "at once", "quickly")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(draft, "rebase", rebase)
        with pytest.raises(Outdated, match="Nothing is lost"):
            draft.publish(workspace, "Ann")
    assert draft.read(workspace) == saved
    draft.publish(workspace, "Ann")
    assert b"better quickly" in read_files(workspace.folder)[PAGE]
    assert b"About **one hour**." in read_files(workspace.folder)[PAGE]


def test_a_new_draft_begins_with_what_was_published(workspace: Workspace) -> None:
    answer(workspace, "duration", "About **one hour**.")
    draft.publish(workspace, "Ann")
    saved = answer(workspace, "incisions", "Two **small** ones.")
    assert b"About **one hour**." in saved.base[PAGE]


# a folder that changes meanwhile


def test_changes_by_hand_to_other_entries_and_files_are_published_too(workspace: Workspace) -> None:
    answer(workspace, "duration", "About **one hour**.")
    edit_by_hand(workspace, "at once", "quickly")
    edit_by_hand(workspace, "Hello! What", "Hi! What", "small-talk.md")
    (workspace.folder / "synonyms.toml").unlink()
    assert draft.conflicts(workspace) == []
    draft.publish(workspace, "Ann")
    published = read_files(workspace.folder)
    assert b"About **one hour**." in published[PAGE]
    assert b"better quickly" in published[PAGE]
    assert b"Hi! What" in published["small-talk.md"]
    assert "synonyms.toml" not in published
    assert [version.note for version in versions(workspace)][1:] == [AS_FOUND]


@pytest.fixture
def clashing(workspace: Workspace) -> Workspace:
    """Somebody edited the file, and the settings, while they were changed in the draft."""
    answer(workspace, "duration", "One hour, says the draft.")
    answer(workspace, "incisions", "Two small ones, says the draft.")
    save(workspace, "practice.toml", text(workspace, "practice.toml").replace("Ask me", "Ask us"))
    edit_by_hand(
        workspace, "**one hour** for each fracture level treated", "1 hour, says the folder"
    )
    edit_by_hand(workspace, "at once", "quickly")
    edit_by_hand(workspace, "Ask me", "Ask anybody", "practice.toml")
    return workspace


def test_what_both_changed_is_reported_with_both_texts(clashing: Workspace) -> None:
    settings, duration = draft.conflicts(clashing)
    assert (duration.file, duration.entry_id, duration.key) == (PAGE, "duration", DURATION)
    assert duration.title == "How long does the procedure take?"
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


def test_what_both_changed_is_not_published_before_somebody_has_chosen(clashing: Workspace) -> None:
    before = draft.read(clashing), read_files(clashing.folder)
    with pytest.raises(MergeConflicts, match="Choose") as raised:
        draft.publish(clashing, "Ann")
    assert list(raised.value.conflicts) == draft.conflicts(clashing)
    with pytest.raises(MergeConflicts) as raised:
        draft.rebase(clashing, {DURATION: "draft"}, "Ann")
    assert [one.key for one in raised.value.conflicts] == ["practice.toml"]
    assert (draft.read(clashing), read_files(clashing.folder)) == before


@pytest.mark.parametrize(
    ("duration", "settings"),
    [("draft", "folder"), ("folder", "draft"), ("folder", "folder"), ("draft", "draft")],
)
def test_the_chosen_text_is_kept_and_all_else_of_both(
    clashing: Workspace, duration: Side, settings: Side
) -> None:
    chosen = draft.rebase(clashing, {DURATION: duration, "practice.toml": settings}, "Ann")
    assert chosen == draft.read(clashing)
    assert chosen.base == read_files(clashing.folder)
    assert draft.conflicts(clashing) == []
    page, toml = text(clashing), text(clashing, "practice.toml")
    assert f"says the {duration}" in block(clashing, "duration")
    assert ("Ask us" in toml, "Ask anybody" in toml) == (settings == "draft", settings != "draft")
    assert "Two small ones, says the draft." in page
    assert "better quickly" in page


def test_an_entry_changed_here_and_removed_there_clashes(workspace: Workspace) -> None:
    answer(workspace, "incisions", "Two **small** ones.")
    path = workspace.folder / PAGE
    path.write_text(entries.remove_entry(path.read_text(), "incisions"))
    [clash] = draft.conflicts(workspace)
    assert (clash.entry_id, clash.folder_text) == ("incisions", "")
    assert clash.title == "How big are the cuts?"
    chosen = draft.rebase(workspace, {f"{PAGE}#incisions": "folder"}, "Ann")
    assert chosen.empty
    assert block(workspace, "incisions") == ""


def test_a_file_changed_here_and_removed_there_clashes(workspace: Workspace) -> None:
    save(workspace, "synonyms.toml", 'overnight = ["over night"]\n')
    (workspace.folder / "synonyms.toml").unlink()
    assert draft.conflicts(workspace) == [
        MergeConflict("synonyms.toml", "", "synonyms.toml", 'overnight = ["over night"]\n', "")
    ]
    kept = draft.rebase(workspace, {"synonyms.toml": "draft"}, "Ann")
    assert kept.files["synonyms.toml"] == b'overnight = ["over night"]\n'
    assert "synonyms.toml" not in kept.base


def test_a_file_of_which_each_side_removed_the_rest_is_removed(workspace: Workspace) -> None:
    cost, insurance = (block(workspace, id, "call-the-office.md") for id in ("cost", "insurance"))
    save(workspace, "call-the-office.md", cost)
    (workspace.folder / "call-the-office.md").write_text(insurance)
    assert "call-the-office.md" not in draft.rebase(workspace, {}, "Ann").files


def test_an_empty_file_stays(workspace: Workspace) -> None:
    (workspace.folder / "examples.jsonl").write_text("")
    answer(workspace, "duration", "About **one hour**.")
    edit_by_hand(workspace, "at once", "quickly")
    assert draft.rebase(workspace, {}, "Ann").files["examples.jsonl"] == b""


def test_the_same_change_on_both_sides_is_no_clash_and_no_draft(workspace: Workspace) -> None:
    answer(workspace, "incisions", "Two **small** ones.")
    edit_by_hand(workspace, "The surgeon makes **two small** cuts.", "Two **small** ones.")
    assert draft.conflicts(workspace) == []
    assert draft.rebase(workspace, {}, "Ann").empty
    assert not workspace.draft.exists()


def test_an_undo_meanwhile_is_joined_as_well(workspace: Workspace) -> None:
    answer(workspace, "duration", "About **one hour**.")
    draft.publish(workspace, "Ann")
    answer(workspace, "incisions", "Two **small** ones.")
    restore(workspace, "0001", "Bob")
    draft.publish(workspace, "Ann")
    page = (workspace.folder / PAGE).read_text()
    assert "Two **small** ones." in page
    assert "**one hour** for each fracture level treated" in page


def test_a_folder_that_is_gone_does_not_empty_the_draft(workspace: Workspace) -> None:
    saved = answer(workspace, "duration", "About **one hour**.")
    away = workspace.folder.with_name("away")
    workspace.folder.rename(away)
    for work in (draft.read, draft.conflicts, lambda workspace: draft.publish(workspace, "Ann")):
        with pytest.raises(DeskError):
            work(workspace)
    away.rename(workspace.folder)
    assert draft.read(workspace) == saved


# several at once, and cut off


def test_many_who_save_at_once_lose_nothing(workspace: Workspace) -> None:
    def work(who: str) -> None:
        for number in range(5):
            add_phrasing(Workspace(workspace.folder), f"{who} asks {number}", by=who)

    threads = [threading.Thread(target=work, args=(who,)) for who in ("Ann", "Bob", "Cem")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked = {f"{who} asks {number}" for who in ("Ann", "Bob", "Cem") for number in range(5)}
    assert asked <= set(entry(workspace, "duration").phrasings)
    assert len(draft.read(workspace).changes) == 15


def test_a_draft_that_cannot_be_read_is_reported_and_can_be_thrown_away(
    workspace: Workspace,
) -> None:
    answer(workspace, "duration", "About **one hour**.")
    shutil.rmtree(workspace.draft / "base")
    with pytest.raises(DeskError, match="The draft cannot be read"):
        draft.read(workspace)
    draft.discard(workspace)
    assert draft.read(workspace).empty


def begin(workspace: Workspace) -> None:
    answer(workspace, "duration", "About **one hour**.")


def go_on(workspace: Workspace) -> None:
    answer(workspace, "incisions", "Two **small** ones.")


def publish(workspace: Workspace) -> None:
    draft.publish(workspace, "Bob")


STIRS = {  # what stands there, and what is done to it
    "it begins": ([], [begin]),
    "it goes on": ([begin], [go_on]),
    "it ends": ([begin], [draft.discard]),
    "it is published and begins": ([begin], [publish, go_on]),
}
stirs = pytest.mark.parametrize(("first", "then"), STIRS.values(), ids=STIRS)
Work = Callable[[Workspace], object]
Content = tuple[dict[str, bytes], dict[str, bytes]]


def content(workspace: Workspace) -> Content:
    """What somebody else reads."""
    found = draft.read(Workspace(workspace.folder))
    return found.base, found.files


def copied(workspace: Workspace, name: str) -> Workspace:
    return Workspace(shutil.copytree(workspace.folder, workspace.folder.with_name(name)))


def contents(workspace: Workspace, then: list[Work]) -> list[Content]:
    """What is read now, and after each piece of work, which is done to a copy."""
    workspace = copied(workspace, "copy")
    read = [content(workspace)]
    for work in then:
        work(workspace)
        read.append(content(workspace))
    return read


@stirs
def test_at_any_step_of_a_change_the_draft_is_read_whole(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, first: list[Work], then: list[Work]
) -> None:
    for work in first:
        work(workspace)
    states = contents(workspace, then)
    seen: list[int] = []
    steps = Steps(monkeypatch)
    steps.let(lambda: seen.append(states.index(content(workspace))), at=1, until=1000)
    for work in then:
        work(workspace)
    assert seen == sorted(seen)
    assert set(seen) >= {0, len(states) - 1}


@stirs
def test_a_change_at_any_moment_of_a_reading_is_read_whole_or_not_at_all(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, first: list[Work], then: list[Work]
) -> None:
    for work in first:
        work(workspace)
    states = contents(workspace, then)
    steps = Steps(monkeypatch, LOOKS)
    for at in range(1, steps.number_of(lambda: content(workspace)) + 1):
        read = copied(workspace, f"at-{at}")

        def change(read: Workspace = read) -> None:
            for work in then:
                work(read)

        steps.let(change, at=at, until=at + 1)
        assert content(read) in states
        steps.rest()
        assert content(read) == states[-1]


@forks
def test_killed_at_any_step_of_a_save_the_draft_is_the_old_or_the_new(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = text(workspace)
    for at in range(1, 1000):
        old = draft.read(workspace).files
        if not (pid := os.fork()):
            Steps(monkeypatch).let(lambda: os._exit(9), at=at, until=at + 1)
            save(workspace, PAGE, f"{first}\n<!-- {at} -->\n")
            os._exit(0)
        cut_off = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
        new = {**old, PAGE: f"{first}\n<!-- {at} -->\n".encode()}
        assert draft.read(workspace).files in (old, new)
        if not cut_off:
            break
        if at % 2:
            draft.discard(workspace)
    else:
        pytest.fail("it never ended")
    assert at > 5


def test_a_publish_cut_off_before_the_draft_was_cleared_leaves_nothing_to_publish(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(workspace, "duration", "About **one hour**.")
    with monkeypatch.context() as patch:
        patch.setattr(draft, "discard", lambda workspace: None)
        draft.publish(workspace, "Ann")
    assert draft.conflicts(workspace) == []
    assert draft.rebase(workspace, {}, "Ann").empty
    assert not workspace.draft.exists()


def test_a_full_disk_is_reported_and_the_draft_stays(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = answer(workspace, "duration", "About **one hour**.")

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeskError, match="The disk is full, so nothing was saved"):
        answer(workspace, "incisions", "Two **small** ones.")
    with pytest.raises(DeskError, match="The disk is full, so nothing was saved"):
        draft.publish(workspace, "Ann")
    assert draft.read(workspace) == saved
    assert read_files(workspace.folder) == saved.base


def test_the_note_of_the_changes_is_plain_data(workspace: Workspace) -> None:
    add_phrasing(workspace, "is it long")
    noted = json.loads((workspace.draft / "draft.json").read_text())
    questions = [{"question": "is it long", "action": "phrasing", "entry": "duration"}]
    assert noted["triaged"] == questions
    assert noted["changes"][0]["who"] == "Ann"


def test_a_draft_of_an_older_faqbot_keeps_its_triaged_questions(workspace: Workspace) -> None:
    saved = add_phrasing(workspace, "is it long")
    record = workspace.draft / "draft.json"
    record.write_text(record.read_text().replace('"triaged"', '"taken"'))
    assert draft.read(workspace) == saved

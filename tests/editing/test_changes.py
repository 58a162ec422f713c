"""What changed, as the office reads it before it publishes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.editing.changes import Difference, Words, differences, word_changes
from faqbot.editing.workspace import read_files

PROCEDURE, OFFICE, EMERGENCIES = "procedure.md", "call-the-office.md", "emergencies.md"
HURT = (
    "## Does it hurt? {#hurt}\n\nAlso asked:\n\n- is it painful\n\nNo.\n\n> The surgeon makes\n\n"
)

Edit = Callable[..., None]
Found = Callable[[], list[Difference]]


@pytest.fixture
def found(practice: Path) -> Found:
    """All that changed since the test began."""
    before = read_files(practice)
    return lambda: differences(before, read_files(practice))


def marked(words: Words) -> str:
    """The text with -what went out- and +what came in+."""
    sign = {"same": "", "out": "-", "in": "+"}
    return "".join(f"{sign[op]}{text}{sign[op]}" for op, text in words)


def test_nothing_changes_where_nothing_was_edited(found: Found) -> None:
    assert found() == []


# entries


@pytest.mark.parametrize(
    ("file", "old", "new", "shown"),
    [
        (PROCEDURE, "Many patients tell us", "Most patients say", "-Many patients tell us-"),
        (PROCEDURE, "Many patients tell us", "Most patients say", "+Most patients say+ that the"),
        (PROCEDURE, "- size of the scar\n", "", "\n-- size of the scar\n-"),
        (PROCEDURE, "**one hour**", "one hour", "-**one hour**-+one hour+"),
        (PROCEDURE, "(#overnight-stay)", "(#incisions)", "+overnight](#incisions)"),
        (PROCEDURE, "> The bone cement", "> the bone cement", "> -The-+the+ bone"),
        (EMERGENCIES, "Weak or", "Very weak or", "-Weak-+Very weak+ or"),
        (OFFICE, "- price\n", "- price\n- prices\n", "+- prices\n+"),
    ],
)
def test_what_changed_in_an_entry_is_shown_word_by_word(
    file: str, old: str, new: str, shown: str, edit: Edit, found: Found
) -> None:
    edit(file, old, new)
    (change,) = found()
    assert (change.kind, change.file, change.old_title, change.old_file) == (
        "changed",
        file,
        "",
        "",
    )
    assert shown in marked(change.words)


def test_an_entry_is_named_by_its_question(edit: Edit, found: Found) -> None:
    edit(PROCEDURE, "How long does the procedure take?", "How long will it take?")
    (change,) = found()
    assert (change.id, change.title) == ("duration", "How long will it take?")
    assert change.old_title == "How long does the procedure take?"
    assert change.words == ()


def test_empty_lines_below_an_entry_are_no_change(edit: Edit, found: Found) -> None:
    edit(PROCEDURE, "## How big", "\n\n## How big")
    assert found() == []


def test_new_entries_come_in_their_place_and_removed_ones_last(edit: Edit, found: Found) -> None:
    edit(PROCEDURE, "## How soon", HURT + "## How soon")
    edit(OFFICE, "## What does it cost? {#cost}", "## Do you have parking? {#parking}")
    assert [(change.kind, change.id, change.file) for change in found()] == [
        ("new", "parking", OFFICE),
        ("new", "hurt", PROCEDURE),
        ("removed", "cost", OFFICE),
    ]


def test_a_new_entry_shows_its_text_and_a_removed_one_what_it_was(edit: Edit, found: Found) -> None:
    edit("small-talk.md", "## Hello {#hello}", "## Good day {#good-day}")
    new, old = found()
    assert (new.title, old.title) == ("Good day", "Hello")
    [(is_in, text)], [(is_out, same)] = new.words, old.words
    assert (is_in, is_out, text) == ("in", "out", same)
    assert text.startswith("Also asked:")
    assert text.endswith("Hello! What would you like to know?")


def test_a_moved_entry_is_shown_as_such(edit: Edit, found: Found, practice: Path) -> None:
    (practice / PROCEDURE).rename(practice / "visit.md")
    (practice / "sources" / "procedure.txt").rename(practice / "sources" / "visit.txt")
    edit("visit.md", "makes **two small** cuts", "makes **two** cuts")
    changed = {change.title: change for change in found()}
    cuts, duration = changed["How big are the cuts?"], changed["How long does the procedure take?"]
    assert {(one.old_file, one.file) for one in (cuts, duration)} == {(PROCEDURE, "visit.md")}
    assert "makes -**two small**-+**two**+ cuts" in marked(cuts.words)
    assert duration.words == ()
    assert changed["sources/visit.txt"].kind == "new"
    assert changed["sources/procedure.txt"].kind == "removed"


# other files


@pytest.mark.parametrize(
    ("file", "old", "new", "shown"),
    [
        ("practice.toml", '"Hill Street Spine"', '"Hill Spine"', 'name = "Hill -Street -Spine"'),
        ("practice.toml", '"8:00-13:00"', '"8:00-12:00"', '= -"8:00-13:00"-+"8:00-12:00"+\n'),
        ("practice.toml", "[[phones]]", "# a note\n[[phones]]", "+# a note\n+[[phones]]"),
        ("synonyms.toml", "over night", "evening", '= -["over night",-+["evening",+ "a night"]'),
        ("sources/procedure.txt", "© Hill", "Bring a friend.\n\n© Hill", "+Bring a friend.\n\n+©"),
        (PROCEDURE, "## How long", "Procedure: kyphoplasty\n\n## How long", "+Procedure: kypho"),
    ],
)
def test_what_changed_in_another_file_is_shown_word_by_word(
    file: str, old: str, new: str, shown: str, edit: Edit, found: Found
) -> None:
    edit(file, old, new)
    (change,) = found()
    assert (change.id, change.title, change.file) == ("", file, file)
    assert shown in marked(change.words)


def test_files_without_entries_are_new_or_removed_too(practice: Path, found: Found) -> None:
    (practice / "synonyms.toml").unlink()
    (practice / "new.md").write_text("# A page\n")
    (practice / "sources" / "new.txt").write_text("")
    assert [(change.kind, change.title) for change in found()] == [
        ("new", "new.md"),
        ("removed", "synonyms.toml"),
    ]


@pytest.mark.parametrize(
    "journal", ["postgresql://office:{}@db.test/faqbot", "postgresql:///faqbot?password={}&x=1"]
)
def test_no_password_is_shown(edit: Edit, found: Found, journal: str) -> None:
    edit("practice.toml", "[[phones]]", f'journal = "{journal.format("secret")}"\n\n[[phones]]')
    (change,) = found()
    assert "faqbot" in marked(change.words)
    assert "secret" not in marked(change.words)


def test_a_file_in_which_only_a_password_changed_is_named(practice: Path) -> None:
    old, new = (
        {"practice.toml": f'journal = "postgresql://office:{secret}@db/faqbot"'.encode()}
        for secret in ("one", "two")
    )
    assert differences(old, new) == [
        Difference("", "practice.toml", "practice.toml", "changed", words=())
    ]


# words


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("It is so.", "It is so.", "It is so."),
        ("", "It is.", "+It is.+"),
        ("It is.", "", "-It is.-"),
        (
            "It takes one hour or so.",
            "It takes two hours or so.",
            "It takes -one hour-+two hours+ or so.",
        ),
        ("a b c d e f g", "a b x d y f g", "a b -c d e-+x d y+ f g"),
        ("a b c d e f g", "a x c d e y g", "a -b-+x+ c d e -f-+y+ g"),
        ("One.\n\nTwo.", "One.\n\nNew.\n\nTwo.", "One.\n\n+New.\n\n+Two."),
        ("One.\nTwo is it.", "One.\n\nTwo is it.", "One.\n+\n+Two is it."),
    ],
)
def test_words_that_went_and_came_are_marked(before: str, after: str, shown: str) -> None:
    assert marked(word_changes(before, after)) == shown


TEXTS = st.lists(st.sampled_from(["one", "two", "three", " ", "  ", "\n", "\n\n", "."])).map(
    "".join
)


@given(before=TEXTS, after=TEXTS)
def test_words_join_to_both_texts(before: str, after: str) -> None:
    words = word_changes(before, after)
    assert "".join(text for op, text in words if op != "in") == before
    assert "".join(text for op, text in words if op != "out") == after
    assert all(text for _, text in words)


def test_the_longest_files_are_compared_at_once() -> None:
    line = "the same words again and again on every line of it "
    for text in (line * 18_000, (line + "\n") * 18_000):
        began = time.thread_time()
        word_changes(text, "New. " + text.replace("same", "other", 9))
        assert time.thread_time() - began < 5

"""What changed, in sentences that the office reads before it publishes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot import knowledge
from faqbot.editing.changes import EntryChange, changes, word_changes

PROCEDURE, OFFICE, EMERGENCIES = "procedure.md", "call-the-office.md", "emergencies.md"

Edit = Callable[..., None]


@pytest.fixture
def found(practice: Path) -> Callable[[], list[EntryChange]]:
    """All that changed since the test began."""
    before = knowledge.load(practice)
    return lambda: changes(before, knowledge.load(practice))


Found = Callable[[], list[EntryChange]]


def test_nothing_changes_where_nothing_was_edited(found: Found) -> None:
    assert found() == []


def test_notes_beside_the_entries_are_no_change_for_visitors(edit: Edit, found: Found) -> None:
    edit(PROCEDURE, "## How long", "# Our page\n\n## How long")
    edit("practice.toml", "[[phones]]", "# a note\n[[phones]]")
    assert found() == []


# entries


@pytest.mark.parametrize(
    ("file", "old", "new", "sentences"),
    [
        (
            PROCEDURE,
            "- how long does it take\n",
            "- how long does it take\n- is it long\n- is it short\n",
            ["2 phrasings added: “is it long”, “is it short”."],
        ),
        (
            PROCEDURE,
            "- how long does it take\n",
            "- how long is it\n",
            ["1 phrasing added: “how long is it”.", "1 phrasing removed: “how long does it take”."],
        ),
        (
            PROCEDURE,
            "- how long does it take\n",
            "- How long does it take?\n",
            ["1 phrasing spelt in another way."],
        ),
        (
            PROCEDURE,
            "- how long does it take\n- how many hours is the surgery\n",
            "- how many hours is the surgery\n- how long does it take\n",
            ["The phrasings stand in another order."],
        ),
        (
            PROCEDURE,
            "- how long does it take\n",
            "".join(f"- way {n}\n" for n in range(7)) + "- how long does it take\n",
            ["7 phrasings added: “way 0”, “way 1”, “way 2”, “way 3”, “way 4” and 2 more."],
        ),
        (PROCEDURE, "How long does the procedure", "How long will the procedure", None),
        (PROCEDURE, "About **one hour**", "Around **one hour**", ["The answer changed."]),
        (
            PROCEDURE,
            "[staying overnight](#overnight-stay)",
            "[staying overnight](#incisions)",
            ["The answer leads to other questions."],
        ),
        (
            PROCEDURE,
            "**one hour**",
            "one hour",
            ["The answer looks different, or a link in it changed; its words did not."],
        ),
        (
            PROCEDURE,
            "> The procedure takes about one hour per fracture level treated",
            "> about one hour per fracture level treated",
            [
                "It now quotes “about one hour per fracture level treated”.",
                "It no longer quotes “The procedure takes about one hour per fracture level "
                "treated”.",
            ],
        ),
        (
            PROCEDURE,
            "> It may require an overnight hospital stay.",
            "> It may require an overnight hospital stay.\n\nReviewed: 2025-11-02 by Ann Lee",
            ["Marked as reviewed on 2025-11-02 by Ann Lee."],
        ),
        (EMERGENCIES, "Weak or", "Very weak or", ["The message changed."]),
        (
            EMERGENCIES,
            "can be an emergency.",
            "can be an emergency.\n\nEn español: llame al 911.",
            ["The Spanish message is new."],
        ),
    ],
)
def test_what_changed_in_an_entry_is_said_in_words(
    file: str, old: str, new: str, sentences: list[str] | None, edit: Edit, found: Found
) -> None:
    edit(file, old, new)
    (change,) = found()
    told = sentences or ["The question was “How long does the procedure take?”."]
    assert (change.kind, change.file, list(change.sentences)) == ("changed", file, told)


def test_a_changed_answer_comes_with_its_words(edit: Edit, found: Found) -> None:
    edit(PROCEDURE, "Many patients tell us", "Most patients say")
    (change,) = found()
    assert (change.id, change.question) == ("pain-relief", "How soon does the pain get better?")
    assert change.before == "Many patients tell us that the pain gets better at once."
    assert change.after == "Most patients say that the pain gets better at once."
    assert change.words == (
        ("out", "Many patients tell us"),
        ("in", "Most patients say"),
        ("same", " that the pain gets better at once."),
    )


def test_words_are_told_only_where_the_answer_changed(edit: Edit, found: Found) -> None:
    edit(PROCEDURE, "- length of operation\n", "")
    (change,) = found()
    assert change.words == ()
    assert change.before == change.after


NEW = "## Does it hurt? {#hurt}\n\nAlso asked:\n\n- is it painful\n\nNo.\n\n> The surgeon makes\n\n"


def test_new_entries_come_in_their_place_and_removed_ones_last(edit: Edit, found: Found) -> None:
    edit(PROCEDURE, "## How soon", NEW + "## How soon")
    edit(OFFICE, "## What does it cost? {#cost}", "## Do you have parking? {#parking}")
    told = [(change.kind, change.id, *change.sentences) for change in found()]
    assert told == [
        (
            "new",
            "parking",
            "A new topic that only the office can answer in call-the-office.md, with 3 other ways "
            "to ask it.",
        ),
        ("new", "hurt", "A new question in procedure.md, with 1 other way to ask it."),
        ("removed", "cost", "Removed from call-the-office.md, with 3 other ways to ask it."),
    ]


def test_a_new_entry_shows_its_answer_and_a_removed_one_what_it_was(
    edit: Edit, found: Found
) -> None:
    edit("small-talk.md", "## Hello {#hello}", "## Good day {#good-day}")
    hello = "Hello! What would you like to know?"
    assert [(c.before, c.after, c.words) for c in found()] == [("", hello, ()), (hello, "", ())]


def test_a_moved_entry_is_told(edit: Edit, found: Found, practice: Path) -> None:
    text = (practice / PROCEDURE).read_text("utf-8")
    (practice / "visit.md").write_text(text, "utf-8")
    (practice / PROCEDURE).unlink()
    (practice / "sources" / "procedure.txt").rename(practice / "sources" / "visit.txt")
    edit("practice.toml", "procedure =", "visit =")
    told = {change.question: change.sentences for change in found()}
    assert told["How big are the cuts?"] == ("Moved from procedure.md to visit.md.",)
    assert told["sources/visit.txt"] == ("A new page text.",)
    assert told["sources/procedure.txt"] == ("Removed.",)
    assert told["practice.toml"] == (
        "The address of the page of visit.md: now https://practice.test/procedure; before nothing.",
        "The address of the page of procedure.md: now nothing; before "
        "https://practice.test/procedure.",
    )


# other files


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            '"Hill Street Spine"',
            '"Hill Spine"',
            "The practice's name: now “Hill Spine”; before “Hill Street Spine”.",
        ),
        (
            'label = "Nurse line"\nnumber = "(212) 555-0188"',
            'label = "Nurses"\nnumber = "(212) 555-0188"',
            "The phones: now Front desk (646) 555-0142, Nurses (212) 555-0188; before "
            "Front desk (646) 555-0142, Nurse line (212) 555-0188.",
        ),
        (
            'starters = ["duration", "overnight-stay"]',
            'starters = ["cement"]',
            "The questions offered first: now “What is the bone cement for?”; before “How long "
            "does the procedure take?”, “Do I have to stay in the hospital overnight?”.",
        ),
        (
            'friday = "8:00-13:00"',
            'friday = "8:00-12:30, 13:00-14:00"',
            "The hours on Friday: now 8:00 to 12:30, 13:00 to 14:00; before 8:00 to 13:00.",
        ),
        (
            'friday = "8:00-13:00"',
            "",
            "The hours on Friday: now closed; before 8:00 to 13:00.",
        ),
        (
            "[[phones]]",
            'review_every = "1 year"\n\n[[phones]]',
            "Answers are due for a look: now every 12 months; before never.",
        ),
        (
            'schedule = "Book a visit"\nschedule_url = "https://practice.test/book"',
            'schedule = "Book a visit"',
            "The address for appointments: now nothing; before https://practice.test/book.",
        ),
        (
            "[[phones]]",
            'journal = "postgresql://office:secret@db.practice.test/faqbot"\n\n[[phones]]',
            "The journal is kept in another place, or no longer.",
        ),
    ],
)
def test_settings_are_told_in_words(
    old: str, new: str, sentence: str, edit: Edit, found: Found
) -> None:
    edit("practice.toml", old, new)
    (change,) = found()
    assert (change.id, change.question, change.file) == ("", "practice.toml", "practice.toml")
    assert change.sentences == (sentence,)


def test_synonyms_and_examples_are_told(practice: Path, found: Found) -> None:
    (practice / "synonyms.toml").write_text('night = ["evening"]\n', "utf-8")
    examples = [
        {"question": "how long does it take", "accept": ["cement"]},
        {"question": "does it dry", "accept": ["cement"]},
    ]
    lines = "\n".join(map(json.dumps, examples))
    (practice / "examples.jsonl").write_text(lines, "utf-8")
    assert {change.file: change.sentences for change in found()} == {
        "synonyms.toml": (
            "Now mean the same: “night = evening”.",
            "No longer mean the same: “overnight = over night = a night”.",
        ),
        "examples.jsonl": (
            "1 example added: “does it dry”.",
            "1 example must get another reply than before: “how long does it take”.",
        ),
    }


def test_a_page_text_is_told_by_its_sentences(edit: Edit, found: Found) -> None:
    edit("sources/procedure.txt", "© Hill Street Spine.", "Bring a friend.\n\n© Hill Street Spine.")
    (change,) = found()
    assert change.sentences == ("1 sentence added or reworded.",)
    assert [op for op, _ in change.words] == ["same", "in", "same"]
    edit("sources/procedure.txt", "Bring a friend.\n\n©", "\n\n\n©")
    (change,) = found()
    assert change.sentences == ("Only line breaks, spaces or the order changed.",)


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
    sign = {"same": "", "out": "-", "in": "+"}
    marked = (f"{sign[op]}{text}{sign[op]}" for op, text in word_changes(before, after))
    assert "".join(marked) == shown


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

"""Which entry speaks for which sentence of a page, and what a new text of it changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot import knowledge
from faqbot.editing.coverage import LostQuote, coverage, entries_of, lost_quotes, revision
from faqbot.editing.entries import EntryText
from faqbot.editing.workspace import read_files

PAGE = """(646) 555-0142 Menu

The procedure takes about one hour. It may require a night in the hospital. We use one balloon.

  • The cement hardens quickly
  • Rest

Book a visit
© Hill Street Spine. All Rights Reserved
"""


def entries(**quotes: str) -> list[EntryText]:
    return [EntryText("How long?", id_, quotes=(quote,)) for id_, quote in quotes.items()]


def ids(page: str, **quotes: str) -> dict[str, tuple[str, ...]]:
    return {one.text: one.ids for one in coverage(page, entries(**quotes)) if one.ids}


def test_tells_for_each_sentence_who_quotes_it() -> None:
    assert ids(PAGE, duration="takes about one hour", cement="The cement hardens quickly") == {
        "The procedure takes about one hour.": ("duration",),
        "The cement hardens quickly": ("cement",),
    }


def test_a_quote_over_two_sentences_speaks_for_both() -> None:
    found = ids(PAGE, both="takes about one hour. It may require a night")
    assert list(found) == [
        "The procedure takes about one hour.",
        "It may require a night in the hospital.",
    ]


def test_two_words_of_a_neighbour_do_not_speak_for_it() -> None:
    found = ids(PAGE, duration="The procedure takes about one hour. It may")
    assert list(found) == ["The procedure takes about one hour."]


def test_a_sentence_may_be_quoted_by_several() -> None:
    found = ids(PAGE, first="The procedure takes about", second="takes about one hour.")
    assert found["The procedure takes about one hour."] == ("first", "second")


def test_a_short_line_is_spoken_for_when_quoted_whole() -> None:
    assert ids(PAGE, rest="Rest") == {"Rest": ("rest",)}


def test_curly_quotes_and_line_breaks_do_not_matter() -> None:
    page = "The “hollow” is then\nfilled with cement."
    assert list(ids(page, hollow='The "hollow" is then filled')) == ['The "hollow" is then']


def test_what_stands_around_a_page_needs_no_answer() -> None:
    around = [one.text for one in coverage(PAGE, [], "Book a visit") if one.is_boilerplate]
    assert "(646) 555-0142 Menu" in around
    assert "Book a visit" in around
    assert "Rest" not in around


def test_says_the_same_as_the_check_of_the_whole_folder(practice: Path) -> None:
    with (practice / "sources/procedure.txt").open("a") as file:
        file.write("\nBring your x-rays along.\nBook a visit\n")
    known = knowledge.load(practice)
    own = entries_of(read_files(practice), "procedure")
    found = coverage(known.sources["procedure"], own, known.practice.schedule)
    told = [(one.line, one.text) for one in found if one.missing]
    assert told == [(10, "Bring your x-rays along.")]
    assert [problem.line for problem in knowledge.uncovered(known)] == [line for line, _ in told]


def test_a_quote_that_is_not_on_the_page_is_reported_with_the_nearest_passage() -> None:
    lost = lost_quotes(
        PAGE, [EntryText("Stay?", "stay", quotes=("It may need a night in the hospital",))]
    )
    (only,) = lost
    assert (only.id, only.question) == ("stay", "Stay?")
    assert only.nearest == "It may require a night in the hospital."


def test_the_nearest_passage_does_not_run_into_the_next_sentence() -> None:
    page = "It takes about two hours per level. It may require a night here."
    (only,) = lost_quotes(page, entries(x="It takes about one hour per fracture level treated"))
    assert only.nearest == "It takes about two hours per level"


def test_a_quote_that_nothing_is_like_has_no_nearest() -> None:
    assert lost_quotes(PAGE, entries(x="zzz qqq")) == (LostQuote("x", "How long?", "zzz qqq", ""),)


def test_a_new_page_text_says_what_is_lost_new_and_gone() -> None:
    new = PAGE.replace("about one hour", "about two hours").replace("  • Rest\n", "  • Walk\n")
    found = revision(PAGE, new, entries(duration="takes about one hour", cement="The cement"))
    assert [(lost.id, lost.nearest) for lost in found.lost] == [
        ("duration", "takes about two hours.")
    ]
    assert found.new == ("The procedure takes about two hours.", "Walk")
    assert found.gone == ("The procedure takes about one hour.", "Rest")


def test_a_quote_that_was_lost_already_is_not_the_new_text_s_fault() -> None:
    assert revision(PAGE, PAGE + "\nMore.", entries(x="never there")).lost == ()


@pytest.mark.parametrize(
    "new",
    [
        PAGE.replace("\n", "\r\n"),
        PAGE.replace("hour. It", "hour.\nIt"),
        PAGE.replace("takes about one", "takes\nabout  one"),
        PAGE.replace("555-0142", "555-0143"),  # around the text
    ],
)
def test_other_line_ends_and_breaks_change_nothing(new: str) -> None:
    assert revision(PAGE, new, entries(duration="takes about one hour")).is_empty


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=40))
def test_any_text_can_be_compared(old: str, new: str, quote: str) -> None:
    found = revision(old, new, entries(x=quote))
    assert revision(old, old, entries(x=quote)).is_empty
    assert len(coverage(new, entries(x=quote))) >= len(found.new)

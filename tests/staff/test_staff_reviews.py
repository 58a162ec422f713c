"""Reviews: what is due to be read again is shown, the overdue clearly, and marked with a click."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.editing import draft as drafts
from faqbot.editing.workspace import fingerprint, text_of
from faqbot.quality.advice import Due
from faqbot.staff.reviews import when_due, with_review_every
from tests.desk import WHO, Desk, signed_in

TODAY = date.today()


def review(practice: Path, **days_ago: int) -> None:
    """Note in procedure.md that these entries were reviewed so many days ago."""
    file = practice / "procedure.md"
    text = file.read_text()
    for entry_id, days in days_ago.items():
        on = (TODAY - timedelta(days)).isoformat()
        heading = re.compile(rf"(?m)^(## .*\{{#{entry_id}\}})$")
        text = heading.sub(rf"\1\n\nReviewed: {on} by Bea", text)
    file.write_text(text)


@pytest.fixture
def reviewed(practice: Path) -> Path:
    """A practice that has all answers read again each year."""
    file = practice / "practice.toml"
    file.write_text(f'review_every = "12 months"\n{file.read_text()}')
    return practice


@pytest.fixture
def desk(reviewed: Path) -> Desk:
    return signed_in(reviewed)


def shown(page: str) -> list[tuple[str, str]]:
    """Each question with what its badge says."""
    cards = page.split('<li class="card review"')[1:]
    return [
        (
            unescape(re.findall(r"<h3><a [^>]*>(.*?)</a>", card)[0]),
            re.findall(r'<span class="badge[^"]*">(.*?)</span>', card)[0],
        )
        for card in cards
    ]


def test_says_how_to_switch_it_on(practice: Path) -> None:
    page = signed_in(practice).get("/reviews").text
    assert '<code>review_every = "12 months"</code>' in page
    assert "/staff/files/practice.toml" in page


def test_is_switched_on_with_one_click(practice: Path) -> None:
    desk = signed_in(practice)
    page = desk.follow(desk.post("/reviews/every", months="24")).text
    assert "every 24 months" in page
    assert len(shown(page)) == 7
    known = knowledge.load(desk.workspace.draft_files)
    assert known.practice.review_every == 24
    assert replace(known.practice, review_every=0) == knowledge.load(practice).practice


@pytest.mark.parametrize("months", ["0", "7", "-12", "x", "12\nname = 'Evil'"])
def test_only_what_is_offered_can_be_chosen(practice: Path, months: str) -> None:
    desk = signed_in(practice)
    assert desk.post("/reviews/every", months=months).status_code == 400
    assert drafts.read(desk.workspace).empty


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('name = "A"\n[hours]\n', 'name = "A"\nreview_every = "6 months"\n[hours]\n'),
        ('[x]\nname = "A"\n', 'review_every = "6 months"\n[x]\nname = "A"\n'),
        ('a = 1\nreview_every = "off"\nb = 2', 'a = 1\nreview_every = "6 months"\nb = 2'),
        ('name = "A"\n#review_every = "1 year"\n', 'name = "A"\nreview_every = "6 months"\n'),
        ("", 'review_every = "6 months"\n'),
    ],
)
def test_the_line_stands_where_it_counts(text: str, written: str) -> None:
    assert with_review_every(text, 6) == written


def test_shows_what_was_never_reviewed_then_the_longest_overdue(reviewed: Path) -> None:
    review(reviewed, duration=402, cement=800, incisions=10)
    page = signed_in(reviewed).get("/reviews").text
    due = shown(page)
    assert [when for _, when in due[:4]] == ["never reviewed"] * 4
    assert due[4][0] == "What is the bone cement for?"
    assert due[4][1].endswith("months overdue")
    assert due[5] == ("How long does the procedure take?", "5 weeks overdue")
    assert due[6][0] == "How big are the cuts?"
    assert due[6][1].startswith("due in ")


def test_what_is_overdue_stands_apart_from_what_comes_later(reviewed: Path) -> None:
    review(reviewed, incisions=10)
    page = signed_in(reviewed).get("/reviews").text
    now, later = page.split('id="later"')
    assert "How big are the cuts?" not in [question for question, _ in shown(now)]
    assert [question for question, _ in shown(later)] == ["How big are the cuts?"]
    assert "by Bea" in later
    assert '<span class="count">6</span>' in now


def test_shows_the_answer_and_how_hard_it_is_to_read(desk: Desk) -> None:
    page = desk.get("/reviews").text
    assert "<strong>one hour</strong>" in page
    assert re.search(r"Reading: about \d+\w\w grade: (very )?easy", page)


def test_one_click_marks_it_as_reviewed_today_in_the_draft(desk: Desk) -> None:
    page = desk.follow(desk.post("/reviews", id="duration", question="How long?")).text
    assert "“How long?” is noted as reviewed by you today" in page
    assert "How long does the procedure take?" in page.split('id="later"')[1]
    known = knowledge.load(desk.workspace.draft_files)
    (entry,) = [one for one in known.entries if one.id == "duration"]
    assert entry.reviewed_by == WHO
    assert abs((entry.reviewed or date.min) - TODAY) <= timedelta(1)  # the office's day, not ours
    assert drafts.read(desk.workspace).changed == ("procedure.md",)


def test_when_all_is_reviewed_it_says_so(desk: Desk) -> None:
    for entry in knowledge.load(desk.workspace.folder).entries:
        if entry.role in (knowledge.Role.ANSWER, knowledge.Role.EMERGENCY):
            desk.post("/reviews", id=entry.id)
    page = desk.get("/reviews").text
    assert "Nothing is due." in page
    assert len(shown(page)) == 7


def test_an_entry_that_is_gone_is_told(desk: Desk) -> None:
    answer = desk.post("/reviews", id="gone")
    assert answer.status_code == 409
    assert "There is no question “gone” any more." in answer.text


def test_a_broken_draft_is_no_reason_to_show_nothing(desk: Desk) -> None:
    text = text_of(drafts.read(desk.workspace).files["procedure.md"])
    drafts.save_file(
        desk.workspace, "procedure.md", f"{text}\n## Broken?\n", fingerprint(text), WHO, "Broke."
    )
    assert len(shown(desk.get("/reviews").text)) == 7


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-800, "2 years overdue"),
        (-100, "3 months overdue"),
        (-15, "2 weeks overdue"),
        (-1, "1 day overdue"),
        (0, "due today"),
        (1, "due in 1 day"),
        (13, "due in 13 days"),
        (45, "due in 6 weeks"),
        (364, "due in 12 months"),
    ],
)
def test_tells_the_time_in_words(days: int, words: str) -> None:
    entry = knowledge.Entry("x", "X?", (), knowledge.Role.ANSWER, reviewed=TODAY)
    due = Due(entry, TODAY + timedelta(days), overdue=days < 0)
    assert when_due(due, TODAY) == words

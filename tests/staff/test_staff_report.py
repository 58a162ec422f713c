"""Report: pictures with words for those who cannot see them, and a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from faqbot.journal import Journal
from tests.desk import Desk, signed_in
from tests.waiting import PATIENCE


@pytest.fixture
def journal(practice: Path) -> Journal:
    return Journal(str(practice / ".faqbot" / "journal.sqlite"))


@pytest.fixture
def desk(practice: Path, journal: Journal) -> Desk:
    return signed_in(practice, journal=journal)


def fill(journal: Journal) -> None:
    for _ in range(6):
        journal.note("how long does it take", "answer", "duration", ("duration", 0.9))
    journal.note("hello", "small talk", "hello")
    journal.note("my legs are numb", "emergency")
    for question in ("where can I park", "Where can I park?"):
        journal.note(question, "office", "", ("cost", 0.2))
    for helpful in (True, True, True, False):
        journal.note("", "helpful" if helpful else "not helpful", "duration", ("duration", 0.0))
    assert journal.flush(PATIENCE)


def charts(page: str) -> list[ElementTree.Element]:
    found = re.findall(r'<svg class="chart".*?</svg>(?=\s*<details)', page, re.DOTALL)
    return [ElementTree.fromstring(svg) for svg in found]  # noqa: S314 - our own


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def figures(page: str) -> dict[str, str]:
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page))


def ids(roots: Iterable[str]) -> list[str]:
    return [found for root in roots for found in re.findall(r'\bid="([^"]+)"', root)]


def test_shows_pictures_that_say_what_they_show(desk: Desk, journal: Journal) -> None:
    fill(journal)
    kinds, shares = charts(desk.get("/report").text)
    assert kinds.findtext("title") == "Questions a day, by what visitors got"
    assert (kinds.findtext("desc") or "").startswith("10 in all; the most, 10, on ")
    assert shares.findtext("desc") == "75% in all."


def test_tells_the_same_in_numbers(desk: Desk, journal: Journal) -> None:
    fill(journal)
    page = desk.get("/report", days="7").text
    tables = re.findall(r"<table>.*?</table>", page, re.DOTALL)
    assert len(tables) == 2
    today = re.findall(r"<tr>(.*?)</tr>", tables[0], re.DOTALL)[-1]
    assert re.findall(r"<td>(\d+)</td>", today) == ["6", "0", "2", "1", "1", "0"]
    assert figures(page) == {
        "Questions": "10",
        "Answered": "75%",
        "Answers that helped": "75%",
        "Emergencies": "1",
    }


def test_bars_name_what_they_count(desk: Desk, journal: Journal) -> None:
    fill(journal)
    page = desk.get("/report").text
    assert '<a href="/staff/answers/duration">How long does the procedure take?</a>' in page
    assert "helped 3 of 4" in page


def test_what_was_not_answered_leads_to_the_list(desk: Desk, journal: Journal) -> None:
    fill(journal)
    page = desk.get("/report").text
    link = re.search(r'<a href="(/staff/unanswered\?about=[^"]+)#here">', page)
    assert link
    there = desk.browser.get(unescape(link[1])).text
    assert 'id="here"' in there


@pytest.mark.parametrize(("asked", "shown"), [("7", 7), ("90", 13), ("8", 30), ("x", 30), ("", 30)])
def test_there_are_three_periods(desk: Desk, journal: Journal, asked: str, shown: int) -> None:
    fill(journal)
    page = desk.get("/report", days=asked).text
    table = re.findall(r"<tbody>.*?</tbody>", page, re.DOTALL)[0]
    assert table.count("<tr>") == shown


def test_an_empty_report_says_so(desk: Desk) -> None:
    page = desk.get("/report", days="7")
    assert "Nobody asked anything in these 7 days." in page.text
    assert charts(page.text) == []


def test_feedback_alone_are_shown(desk: Desk, journal: Journal) -> None:
    journal.note("", "not helpful", "duration", ("duration", 0.0))
    assert journal.flush(PATIENCE)
    page = desk.get("/report").text
    assert "helped 0 of 1" in page
    assert figures(page)["Answered"] == "–"  # noqa: RUF001


def test_without_a_journal_it_says_how_to_switch_it_on(practice: Path) -> None:
    desk = signed_in(practice)
    page = desk.get("/report")
    assert "journal is off" in page.text
    assert "/staff/unanswered" in page.text
    assert desk.get("/report.csv").status_code == 404


def test_an_entry_that_is_gone_is_still_counted(desk: Desk, journal: Journal) -> None:
    journal.note("x", "answer", "removed-long-ago")
    assert journal.flush(PATIENCE)
    page = desk.get("/report").text
    assert "removed-long-ago (no longer there)" in page
    assert "/staff/answers/removed-long-ago" not in page


def test_no_two_things_have_the_same_id(desk: Desk, journal: Journal) -> None:
    fill(journal)
    found = ids([desk.get("/report").text])
    assert len(found) == len(set(found))


def test_needs_no_style_or_script_of_its_own(desk: Desk, journal: Journal) -> None:
    fill(journal)
    page = desk.get("/report")
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?! src)", page.text)


def test_the_table_holds_every_count(desk: Desk, journal: Journal) -> None:
    fill(journal)
    answer = desk.get("/report.csv", days="7")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "report-7.csv" in answer.headers["Content-Disposition"]
    text = answer.get_data().decode("utf-8")
    assert text.startswith("\ufeff")
    head, *table = rows(text[1:])
    assert head == ["day", "kind of reply", "entry", "question", "number"]
    assert ["answer", "duration", "How long does the procedure take?", "6"] in [
        row[1:] for row in table
    ]
    assert table[-1] == ["", "not answered", "cost", "Where can I park?", "2"]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1+1", "-2", "@ noon"])
def test_no_question_is_taken_for_a_formula(desk: Desk, journal: Journal, text: str) -> None:
    journal.note(text, "office")
    assert journal.flush(PATIENCE)
    table = rows(desk.get("/report.csv").get_data().decode("utf-8-sig"))
    assert table[-1][3] == f"'{text}"


def test_what_visitors_typed_is_shown_as_typed(desk: Desk, journal: Journal) -> None:
    journal.note("<img src=x onerror=alert(1)> scars", "office")
    assert journal.flush(PATIENCE)
    page = desk.get("/report").text
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; scars" in page

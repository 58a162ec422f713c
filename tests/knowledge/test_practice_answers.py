"""What practice.toml says of the office is answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from faqbot.knowledge import Closing, Entry, Hours, Knowledge, Phone, Practice, Role, Span
from faqbot.knowledge.practice_answers import practice_answers, week

MORNING, DAY = Span(time(8), time(12)), Span(time(9), time(17, 30))
HOURS = Hours("America/New_York", ((DAY,), (DAY,), (DAY,), (MORNING, DAY), (), (), ()))
PRACTICE = Practice("Lake Side", (Phone("Office", "(646) 555-0142"),))


def known(practice: Practice = PRACTICE, *entries: Entry) -> Knowledge:
    return Knowledge(practice, entries)


def told(knowledge: Knowledge, *claimed: tuple[str, str]) -> dict[str, Entry]:
    return {entry.id: entry for entry in practice_answers(knowledge, claimed)}


def test_days_with_the_same_hours_stand_together() -> None:
    assert week(HOURS) == [
        ("Monday to Wednesday", "9 AM to 5:30 PM"),
        ("Thursday", "8 AM to 12 PM, 9 AM to 5:30 PM"),
        ("Friday to Sunday", "closed"),
    ]


def test_only_what_it_says_is_answered() -> None:
    assert set(told(known())) == {"contact"}
    full = replace(
        PRACTICE,
        hours=HOURS,
        address="12 Example Street <b>",
        schedule="Book now",
        schedule_url="https://example.org/?a=1&b=2",
    )
    found = told(known(full))
    assert set(found) == {"contact", "hours", "location", "booking"}
    assert "- Friday to Sunday: closed" in found["hours"].text
    assert "12 Example Street &lt;b&gt;." in found["location"].html
    assert 'href="https://example.org/?a=1&amp;b=2">Book now</a>' in found["booking"].html
    assert 'href="tel:+16465550142"' in found["contact"].html
    assert {entry.role for entry in found.values()} == {Role.OFFICE_ANSWER}


def test_the_days_on_which_the_office_is_closed_stand_below_the_hours() -> None:
    christmas, eve = date(2026, 12, 25), date(2026, 12, 24)
    closings = (
        Closing(christmas, christmas, yearly=True, name="Christmas"),
        Closing(eve, date(2027, 1, 2)),
        Closing(eve, eve, since=time(12), name="Eve <b>"),
    )
    hours = told(known(replace(PRACTICE, hours=replace(HOURS, closings=closings))))["hours"]
    assert hours.text.splitlines()[-3:] == [
        "- December 25 (Christmas): closed",
        "- December 24, 2026 to January 2, 2027: closed",
        "- December 24, 2026 (Eve <b>): closed from 12 PM",
    ]
    assert "Eve &lt;b&gt;" in hours.html


def test_an_answer_of_the_practice_itself_stays() -> None:
    own = Entry("reach", "How to reach us?", (), Role.ANSWER, text="Call.", topics=("contact",))
    assert told(known(PRACTICE, own)) == {}
    found = Entry("reach", "How to reach us?", (), Role.ANSWER, text="Call.")
    assert told(known(PRACTICE, found), ("contact", "reach")) == {}


def test_what_was_for_the_phone_gets_the_answer_and_keeps_its_id() -> None:
    own = Entry(
        "opening", "When are you open?", ("open on Friday",), Role.PHONE_ONLY, topics=("hours",)
    )
    entry = told(known(replace(PRACTICE, hours=HOURS), own))["opening"]
    assert (entry.role, entry.phrasings) == (Role.OFFICE_ANSWER, ("open on Friday",))
    assert "Thursday" in entry.text


def test_an_id_that_is_taken_by_another_question_is_left_alone() -> None:
    own = Entry("contact", "Can I wear contact lenses?", (), Role.ANSWER, text="No.")
    assert told(known(PRACTICE, own)) == {}

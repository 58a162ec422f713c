"""The line by the phones that says whether the office is open is true, whatever the clock says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from .chat import Chat

NEW_YORK = "America/New_York"
MONDAY_8 = "2026-11-30T08:00:00-05:00"


def state(until: str, *, open: bool = False, closing: str = "", now: str = "") -> dict[str, Any]:
    return {"open": open, "until": until, "zone": NEW_YORK, "closing": closing, "now": now}


class Office:
    """Stands in for the server's word on the hours, and counts how often it is asked."""

    def __init__(self, page: Page) -> None:
        self.hours: dict[str, Any] | None = {}
        self.asked = 0
        page.route("**/api/practice", self._tell)

    def _tell(self, route: Route) -> None:
        self.asked += 1
        route.fulfill(json={"hours": self.hours})


@pytest.fixture
def office(page: Page) -> Office:
    return Office(page)


def line(page: Page, server: str, now: str, lang: str = "en") -> str:
    """What the box says at `now` on the visitor's clock."""
    page.clock.set_fixed_time(datetime.fromisoformat(now))
    page.goto(server + "/")
    page.evaluate(
        """lang => {
            const box = document.createElement('faq-chat')
            box.setAttribute('word-lang', lang)
            document.querySelector('faq-chat').replaceWith(box)
        }""",
        lang,
    )
    chat = Chat(page)
    chat.open()
    hours = chat.ask("do u take medicare").locator(".hours")
    expect(hours).not_to_be_empty()
    page.evaluate("sessionStorage.clear()")  # or the box would be open on the next page
    return hours.inner_text().replace("\u202f", " ")


@pytest.mark.browser_context_args(timezone_id=NEW_YORK)
def test_the_day_is_called_as_people_call_it(page: Page, server: str, office: Office) -> None:
    said = {
        "2026-11-30T07:00:00-05:00": "Closed now, opens today 8:00 AM",
        "2026-11-29T23:59:00-05:00": "Closed now, opens tomorrow 8:00 AM",
        "2026-11-27T18:00:00-05:00": "Closed now, opens Monday 8:00 AM",
        "2026-11-23T18:00:00-05:00": "Closed now, opens Monday, November 30 8:00 AM",
    }
    found = {}
    for now in said:
        office.hours = state(MONDAY_8, now=now)
        found[now] = line(page, server, now)
    office.hours = state(MONDAY_8, closing="Thanksgiving", now="2026-11-29T09:00:00-05:00")
    found["holiday"] = line(page, server, "2026-11-29T09:00:00-05:00")
    assert found == {**said, "holiday": "Closed now (Thanksgiving), opens tomorrow 8:00 AM"}


@pytest.mark.browser_context_args(timezone_id="America/Los_Angeles")
def test_the_offices_zone_is_named_where_the_visitors_differs(
    page: Page, server: str, office: Office
) -> None:
    office.hours = state("2026-11-30T17:00:00-05:00", open=True)
    assert line(page, server, MONDAY_8) == "Open now, until 5:00 PM EST"


@pytest.mark.browser_context_args(timezone_id=NEW_YORK)
def test_a_wrong_clock_of_the_visitor_does_not_change_the_day(
    page: Page, server: str, office: Office
) -> None:
    office.hours = state(MONDAY_8, now="2026-11-30T07:00:00-05:00")
    assert line(page, server, "2026-11-28T07:00:00-05:00") == "Closed now, opens today 8:00 AM"
    assert office.asked == 1


@pytest.mark.browser_context_args(timezone_id=NEW_YORK)
def test_a_language_as_many_sites_write_it_is_understood(
    page: Page, server: str, office: Office
) -> None:
    now = "2026-11-29T07:00:00-05:00"
    office.hours = state(MONDAY_8, now=now)
    assert line(page, server, now, "en_US") == "Closed now, opens tomorrow 8:00 AM"


@pytest.mark.browser_context_args(timezone_id=NEW_YORK)
def test_the_line_follows_the_clock_while_the_box_is_open(
    page: Page, server: str, office: Office
) -> None:
    now = datetime.fromisoformat("2026-11-29T23:58:30-05:00")
    office.hours = state(MONDAY_8, now=now.isoformat())
    page.clock.install(time=now)
    page.goto(server + "/")
    chat = Chat(page)
    chat.open()
    hours = chat.ask("do u take medicare").locator(".hours")
    expect(hours).to_contain_text("opens tomorrow 8:00")
    page.clock.run_for("02:00")
    expect(hours).to_contain_text("opens today 8:00")
    assert office.asked == 1

    office.hours = state("2026-11-30T17:00:00-05:00", open=True, now="2026-11-30T08:00:10-05:00")
    page.clock.fast_forward("08:05:00")
    expect(hours).to_contain_text("Open now, until 5:00")

    page.route("**/api/practice", lambda route: route.abort())
    page.clock.fast_forward("09:05:00")
    expect(hours).to_be_empty()


@pytest.mark.browser_context_args(timezone_id=NEW_YORK)
def test_an_office_without_hours_is_asked_once(page: Page, server: str, office: Office) -> None:
    office.hours = None
    page.clock.install(time=datetime.fromisoformat(MONDAY_8))
    page.goto(server + "/")
    chat = Chat(page)
    with page.expect_response("**/api/practice"):
        chat.open()
    chat.ask("do u take medicare")
    page.clock.run_for("05:00")
    assert office.asked == 1

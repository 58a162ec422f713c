"""The pictures of the docs show what their names say, or are not taken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from . import desk_screenshots
from .screenshots import HOW_LONG, IMAGES, PICTURES, Picture, reach

SOON = 0.5  # seconds; what is looked for is not there, and would never come


@pytest.mark.parametrize(
    ("shows", "question", "kind"),
    [
        (("one hour",), HOW_LONG, "answer"),
        (("Hello! Ask me",), "", ""),
        (("Call 911 now",), "i cant feel my legs", "emergency"),
    ],
)
def test_a_state_that_is_on_the_screen_is_taken(
    page: Page, server: str, shows: tuple[str, ...], question: str, kind: str
) -> None:
    page.goto(server)
    reach(page, Picture("phone", shows, question, kind))


@pytest.mark.parametrize(
    ("shows", "question", "kind"),
    [
        (("one hour",), HOW_LONG, "choices"),
        (("two hours",), HOW_LONG, "answer"),
        (("Hello! Ask me",), HOW_LONG, "answer"),
    ],
    ids=["another kind", "other words", "not in the reply"],
)
def test_another_state_is_not(
    page: Page, server: str, shows: tuple[str, ...], question: str, kind: str
) -> None:
    page.goto(server)
    with pytest.raises(AssertionError):
        reach(page, Picture("phone", shows, question, kind), SOON)


def test_every_picture_of_the_docs_is_taken_by_the_command() -> None:
    desk = Path(desk_screenshots.__file__).read_text("utf-8")
    taken = {picture.name for picture in PICTURES}
    taken |= {f"desk-{name}" for name in re.findall(r'picture\(\s*\S*page,\s*"(\w+)"', desk)}
    assert taken == {file.stem for file in IMAGES.glob("*.png")}

"""The pause is a file that every worker sees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from faqbot.desk import pausing
from faqbot.desk.place import Place
from faqbot.live import Live


def test_without_a_file_there_is_none(practice: Path) -> None:
    assert pausing.standing(Place(practice)) is None


def test_it_says_who_and_when(practice: Path) -> None:
    pause = pausing.begin(Place(practice), "Ann Lee")
    assert pausing.standing(Place(practice)) == pause
    assert pause.who == "Ann Lee"
    assert datetime.now(UTC) - datetime.fromisoformat(pause.when) < timedelta(minutes=1)


def test_a_second_one_changes_nothing(practice: Path) -> None:
    first = pausing.begin(Place(practice), "Ann")
    assert pausing.begin(Place(practice), "Bob") == first


def test_it_ends(practice: Path) -> None:
    place = Place(practice)
    pausing.begin(place, "Ann")
    pausing.end(place)
    pausing.end(place)
    assert pausing.standing(place) is None


def test_a_file_that_says_nothing_pauses_too(practice: Path) -> None:
    """Somebody wanted a pause; a slip in the file must not answer for them."""
    Place(practice).ready()
    for broken in ["", "{}", "[]", "\x00", '{"who": 1}']:
        Place(practice).paused.write_text(broken)
        assert pausing.standing(Place(practice)) == pausing.Pause()


def test_what_answers_takes_it_as_it_is_written(practice: Path) -> None:
    pausing.begin(Place(practice), "Ann Lee")
    live = Live(practice)
    assert live.pause
    assert live.pause.who == "Ann Lee"

"""The pause is a file that every worker sees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from faqbot.editing import pausing
from faqbot.editing.workspace import Workspace
from faqbot.live import Live


def test_without_a_file_there_is_none(practice: Path) -> None:
    assert pausing.standing(Workspace(practice)) is None


def test_it_says_who_and_when(practice: Path) -> None:
    pause = pausing.begin(Workspace(practice), "Ann Lee")
    assert pausing.standing(Workspace(practice)) == pause
    assert pause.who == "Ann Lee"
    assert datetime.now(UTC) - datetime.fromisoformat(pause.when) < timedelta(minutes=1)


def test_a_second_one_changes_nothing(practice: Path) -> None:
    first = pausing.begin(Workspace(practice), "Ann")
    assert pausing.begin(Workspace(practice), "Bob") == first


def test_it_ends(practice: Path) -> None:
    workspace = Workspace(practice)
    pausing.begin(workspace, "Ann")
    pausing.end(workspace)
    pausing.end(workspace)
    assert pausing.standing(workspace) is None


def test_a_file_that_says_nothing_pauses_too(practice: Path) -> None:
    """Somebody wanted a pause; a slip in the file must not answer for them."""
    Workspace(practice).ready()
    for broken in ["", "{}", "[]", "\x00", '{"who": 1}']:
        Workspace(practice).paused.write_text(broken)
        assert pausing.standing(Workspace(practice)) == pausing.Pause()


def test_what_answers_takes_it_as_it_is_written(practice: Path) -> None:
    pausing.begin(Workspace(practice), "Ann Lee")
    live = Live(practice)
    assert live.pause
    assert live.pause.who == "Ann Lee"

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from faqbot.editing import kept_gates
from faqbot.editing.kept_gates import MOST, fetch, once
from faqbot.editing.workspace import Workspace
from faqbot.knowledge import Problem
from faqbot.quality.regression import RegressionReport, TriedExample

TRIED = TriedExample("how “long”?", "the phone numbers", "call 911", "the answer “So”", "0a1b")
GATE = RegressionReport(
    (TRIED,), (TRIED, TRIED), (), (Problem("a.md", 3, "It collides.", "Fix it."),), 7
)


class Asking:
    """Counts how often the examples are asked."""

    def __init__(self, regression_report: RegressionReport = GATE) -> None:
        self.regression_report, self.times = regression_report, 0

    def __call__(self) -> RegressionReport:
        self.times += 1
        return self.regression_report


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_gives_back_what_was_found(workspace: Workspace) -> None:
    assert once(workspace, "live", "draft", Asking()) == GATE
    assert fetch(workspace, "live", "draft") == GATE


def test_asks_once(workspace: Workspace) -> None:
    asking = Asking()
    for _ in range(3):
        once(workspace, "live", "draft", asking)
    assert asking.times == 1


def test_asks_anew_for_another_draft_or_another_live_version(workspace: Workspace) -> None:
    asking = Asking()
    for live, draft in [("live", "draft"), ("live", "other"), ("other", "draft")]:
        once(workspace, live, draft, asking)
    assert asking.times == 3


def test_lets_one_ask_while_the_others_wait_for_it(workspace: Workspace) -> None:
    begun, go_on = threading.Event(), threading.Event()
    asking, found = Asking(), []

    def ask_slowly() -> RegressionReport:
        begun.set()
        assert go_on.wait(30)
        return GATE

    def work(ask: Asking | None) -> None:
        found.append(once(workspace, "live", "draft", ask or ask_slowly))

    first = threading.Thread(target=work, args=(None,))
    first.start()
    assert begun.wait(30)
    others = [threading.Thread(target=work, args=(asking,)) for _ in range(3)]
    for other in others:
        other.start()
    go_on.set()
    for thread in (first, *others):
        thread.join()
    assert found == [GATE] * 4
    assert asking.times == 0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"better": [{"question": 1}]}', "null"])
def test_asks_again_where_the_file_cannot_be_read(workspace: Workspace, content: str) -> None:
    once(workspace, "live", "draft", Asking())
    (file,) = (workspace.room / "gates").glob("*.json")
    file.write_text(content, "utf-8")
    asking = Asking()
    assert once(workspace, "live", "draft", asking) == GATE
    assert asking.times == 1


def test_asks_again_after_the_program_was_changed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    once(workspace, "live", "draft", Asking())
    monkeypatch.setattr(kept_gates, "_program", lambda: "a newer one")
    assert fetch(workspace, "live", "draft") is None


def test_goes_on_where_nothing_can_be_kept(workspace: Workspace) -> None:
    workspace.room.write_text("a file where the room should be", "utf-8")
    assert once(workspace, "live", "draft", Asking()) == GATE


def test_does_not_grow_for_ever(workspace: Workspace) -> None:
    for number in range(MOST + 3):
        once(workspace, "live", str(number), Asking())
    assert len([*(workspace.room / "gates").glob("*.json")]) == MOST
    assert fetch(workspace, "live", str(MOST + 2)) == GATE

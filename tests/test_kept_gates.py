from __future__ import annotations

import threading
from pathlib import Path

import pytest

from faqbot.desk import kept_gates
from faqbot.desk.gate import Gate, Tried
from faqbot.desk.kept_gates import MOST, fetch, once
from faqbot.desk.place import Place
from faqbot.knowledge import Problem

TRIED = Tried("how “long”?", "the phone numbers", "call 911", "the answer “So”", "0a1b")
GATE = Gate((TRIED,), (TRIED, TRIED), (), (Problem("a.md", 3, "It collides.", "Mend it."),), 7)


class Asking:
    """Counts how often the examples are asked."""

    def __init__(self, gate: Gate = GATE) -> None:
        self.gate, self.times = gate, 0

    def __call__(self) -> Gate:
        self.times += 1
        return self.gate


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_gives_back_what_was_found(place: Place) -> None:
    assert once(place, "live", "draft", Asking()) == GATE
    assert fetch(place, "live", "draft") == GATE


def test_asks_once(place: Place) -> None:
    asking = Asking()
    for _ in range(3):
        once(place, "live", "draft", asking)
    assert asking.times == 1


def test_asks_anew_for_another_draft_or_another_live_version(place: Place) -> None:
    asking = Asking()
    for live, draft in [("live", "draft"), ("live", "other"), ("other", "draft")]:
        once(place, live, draft, asking)
    assert asking.times == 3


def test_lets_one_ask_while_the_others_wait_for_it(place: Place) -> None:
    begun, go_on = threading.Event(), threading.Event()
    asking, found = Asking(), []

    def ask_slowly() -> Gate:
        begun.set()
        assert go_on.wait(30)
        return GATE

    def work(ask: Asking | None) -> None:
        found.append(once(place, "live", "draft", ask or ask_slowly))

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
def test_asks_again_where_the_file_cannot_be_read(place: Place, content: str) -> None:
    once(place, "live", "draft", Asking())
    (file,) = (place.room / "gates").glob("*.json")
    file.write_text(content, "utf-8")
    asking = Asking()
    assert once(place, "live", "draft", asking) == GATE
    assert asking.times == 1


def test_asks_again_after_the_program_was_changed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    once(place, "live", "draft", Asking())
    monkeypatch.setattr(kept_gates, "_program", lambda: "a newer one")
    assert fetch(place, "live", "draft") is None


def test_goes_on_where_nothing_can_be_kept(place: Place) -> None:
    place.room.write_text("a file where the room should be", "utf-8")
    assert once(place, "live", "draft", Asking()) == GATE


def test_does_not_grow_for_ever(place: Place) -> None:
    for number in range(MOST + 3):
        once(place, "live", str(number), Asking())
    assert len([*(place.room / "gates").glob("*.json")]) == MOST
    assert fetch(place, "live", str(MOST + 2)) == GATE

"""What `make models` makes is made from what stands here, and the practices it learns from load."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from faqbot import knowledge
from faqbot.common.topics import packs
from faqbot.danger import classifier
from faqbot.knowledge import Role
from faqbot.understanding import calibration, topics, vectors
from models import folders
from models.stamp import MADE_FROM, ROOT, stamp

PRACTICES = sorted(path.parent for path in (ROOT / "tests" / "practices").glob("*/facts.json"))
SHIPPED = {
    "vectors": vectors.FILE,
    "topics": topics.file_of(),
    "calibration": calibration.FILE,
    "danger": classifier.FILE,
}
KINDS = {"out-of-scope", "emergency", "not-emergency"}  # what `accept` holds besides ids


def test_practices_are_there() -> None:
    assert len(PRACTICES) >= 7
    folders_there = {path for path in (ROOT / "tests" / "practices").iterdir() if path.is_dir()}
    assert {path.name for path in folders_there} == {path.name for path in PRACTICES}


# whether a shipped file is stale


@pytest.mark.parametrize("name", MADE_FROM)
def test_what_is_shipped_was_made_from_what_stands_here(name: str) -> None:
    with np.load(SHIPPED[name], allow_pickle=False) as arrays:
        assert str(arrays["stamp"]) == stamp(name), "This can be fixed by `make models`."


@pytest.mark.parametrize("pack", packs())
def test_the_model_of_a_pack_too(pack: str) -> None:
    with np.load(topics.file_of(pack), allow_pickle=False) as arrays:
        assert str(arrays["stamp"]) == stamp("topics"), "This can be fixed by `make models`."


COMMENTED = '''"""What the module is for,

in two paragraphs."""

# A reason.

from math import (  # a reason
    pi,

    # another
    tau,
)


class Circle:
    """A docstring."""

    sides = 0  # none

    def area(self, radius: float) -> float:
        r"""Another."""
        text = """# no comment

        and no docstring"""
        "no docstring either"

        return pi * radius**2 or f"#{text}#{radius!r:>{tau}}"


class Empty: "it shares a line with code"
'''
BARE = '''from math import (
    pi,
    tau,
)
class Circle:
    sides = 0
    def area(self, radius: float) -> float:
        text = """# no comment

        and no docstring"""
        "no docstring either"
        return pi * radius**2 or f"#{text}#{radius!r:>{tau}}"
class Empty: "it shares a line with code"
'''


def stamped(root: Path, source: str) -> str:
    """The stamp of a model that is trained on one file."""
    (root / "code.py").write_text(source, "utf-8")
    return stamp("one")


def test_comments_docstrings_and_blank_lines_make_no_model_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.stamp.ROOT", tmp_path)
    monkeypatch.setitem(MADE_FROM, "one", ("code.py",))
    assert stamped(tmp_path, COMMENTED) == stamped(tmp_path, BARE)
    # One number on all versions of Python that may learn and may test.
    assert stamped(tmp_path, BARE)[:16] == "d90b1c0964745449"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sides = 0", "sides = 1"),
        ("# no comment", "# no comments"),
        ("\n\n        and", "\n        and"),
        ("no docstring either", "no docstring"),
        ("it shares", "It shares"),
    ],
)
def test_any_other_change_makes_it_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    monkeypatch.setattr("models.stamp.ROOT", tmp_path)
    monkeypatch.setitem(MADE_FROM, "one", ("code.py",))
    assert BARE.count(old) == 1
    assert stamped(tmp_path, BARE.replace(old, new)) != stamped(tmp_path, BARE)


@pytest.mark.parametrize("name", MADE_FROM)
def test_each_pattern_finds_what_a_file_is_made_from(name: str) -> None:
    assert [pattern for pattern in MADE_FROM[name] if not [*ROOT.glob(pattern)]] == []


# strangers' practices


@pytest.fixture(params=PRACTICES, ids=lambda path: path.name)
def practice(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def facts(practice: Path) -> dict[str, list[str]]:
    """The sentences of the page that support each fact."""
    rows = json.loads((practice / "facts.json").read_text("utf-8"))
    found = {row["id"]: row["support"] for row in rows}
    assert len(found) == len(rows), "each id once"
    return found


def test_a_practice_answers_what_its_facts_are(practice: Path) -> None:
    entries = knowledge.load(practice / "staff").entries
    answered = {entry.id for entry in entries if entry.role is Role.ANSWER}
    assert answered == facts(practice).keys()


def test_a_fact_stands_on_the_page_word_for_word(practice: Path) -> None:
    page = (practice / "page.txt").read_text("utf-8")
    assert page == (practice / "staff" / "sources" / "page.txt").read_text("utf-8")
    for id, support in facts(practice).items():
        assert support, id
        assert [line for line in support if line not in page] == [], id


def test_visitors_ask_170_questions_about_its_facts(practice: Path) -> None:
    lines = (practice / "questions.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert len(rows) == 170
    known = facts(practice).keys() | KINDS
    for row in rows:
        assert row.keys() == {"question", "accept", "style"}
        assert row["question"].strip()
        assert row["accept"]
        assert set(row["accept"]) <= known, row["question"]


# the folders that decisions are trained on


def test_each_practice_becomes_a_folder() -> None:
    found = list(folders.strangers())
    further = [path.name for path in folders.FURTHER.iterdir()]
    assert len(further) >= 8
    names = sorted([*(path.name for path in PRACTICES), *further])
    assert sorted(folder.name for folder in found) == names
    for folder in found:
        assert_learnable(folder)


def test_public_questions_become_folders() -> None:
    found = list(folders.made_up())
    assert len(found) == 2 * folders.PUBLIC_FOLDERS
    assert len({folder.name for folder in found}) == len(found)
    for folder in found:
        assert_learnable(folder)


def assert_learnable(folder: folders.Folder) -> None:
    ids = [entry.id for entry in folder.entries]
    assert len(set(ids)) == len(ids) > 20
    assert {entry.role for entry in folder.entries} == {Role.ANSWER, Role.PHONE_ONLY}
    assert all(asked.right <= set(ids) for asked in folder.questions)
    assert any(asked.right for asked in folder.questions)
    assert not all(asked.right for asked in folder.questions)
    assert folder.weight > 0

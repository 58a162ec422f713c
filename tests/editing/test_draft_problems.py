"""What is wrong with an entry or a file while it is being written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.editing import draft_problems, entries
from faqbot.editing.entries import EntryText
from faqbot.editing.workspace import Files, read_files
from faqbot.knowledge import Role

PAGE = "procedure.md"


@pytest.fixture
def files(practice: Path) -> Files:
    return read_files(practice)


def entry(files: Files, entry_id: str, name: str = PAGE) -> EntryText:
    return entries.read_entry(files[name].decode(), entry_id)


def test_it_says_what_the_folder_would(files: Files, practice: Path) -> None:
    found = draft_problems.read(files).knowledge
    assert found
    assert found.digest == knowledge.load(practice).digest


def test_every_entry_of_a_sound_folder_is_sound(files: Files) -> None:
    found = draft_problems.read(files).knowledge
    assert found
    for one in found.entries:
        assert draft_problems.problems_of(files, one.file, one.id) == ()
        role = Role.ANSWER if one.file == PAGE else one.role
        text = entries.read_entry(files[one.file].decode(), one.id, role)
        assert draft_problems.check_entry(files, one.file, one.id, text) == ()


@pytest.mark.parametrize(
    ("name", "entry_id", "changes", "field"),
    [
        (PAGE, "duration", {"answer": ""}, "answer"),
        (PAGE, "duration", {"answer": "It takes 3 hours."}, "answer"),
        (PAGE, "duration", {"answer": "See [that](#nowhere)."}, "answer"),
        (PAGE, "duration", {"quotes": ()}, "quotes"),
        (PAGE, "duration", {"quotes": ("Nobody says this.",), "answer": "Soon."}, "quotes"),
        (PAGE, "duration", {"phrasings": ("price",)}, "phrasings"),
        (PAGE, "duration", {"phrasings": ("long " * 80,)}, "phrasings"),
        (PAGE, "duration", {"question": "What does it cost?"}, "question"),
        (PAGE, "duration", {"reviewed": "some day"}, "reviewed"),
        (PAGE, "duration", {"reviewed": "2999-01-01 by Ann"}, "reviewed"),
        ("emergencies.md", "legs", {"answer": "Wait and see."}, "answer"),
        ("emergencies.md", "legs", {"answer": ""}, "answer"),
        ("call-the-office.md", "cost", {"answer": "Ten dollars."}, "answer"),
    ],
)
def test_a_problem_has_the_field_to_fix(
    files: Files, name: str, entry_id: str, changes: dict[str, object], field: str
) -> None:
    changed = replace(entry(files, entry_id, name), **changes)  # type: ignore[arg-type]
    found = draft_problems.check_entry(files, name, entry_id, changed)
    assert field in {problem.field for problem in found}, found


def test_what_cannot_be_written_is_reported_by_its_field(files: Files) -> None:
    changed = replace(entry(files, "duration"), answer="Fine.\n\n## Another?\n\nYes.")
    assert {
        problem.field for problem in draft_problems.check_entry(files, PAGE, "duration", changed)
    } == {"answer"}


def test_what_an_entry_breaks_elsewhere_has_no_field(files: Files) -> None:
    changed = replace(entry(files, "overnight-stay"), id="night")
    found = draft_problems.check_entry(files, PAGE, "overnight-stay", changed)
    assert any(not problem.field and "practice.toml" in problem.message for problem in found)


def test_what_was_wrong_elsewhere_before_is_not_this_entrys_fault(files: Files) -> None:
    files[PAGE] = files[PAGE].replace(b"The bone cement hardens quickly", b"It hardens at once")
    files["small-talk.md"] = b"## Hello {#hello}\n"
    assert draft_problems.check_entry(files, PAGE, "duration", entry(files, "duration")) == ()
    longer = replace(entry(files, "duration"), phrasings=("a", "b", "c", "d", "e", "f"))
    assert draft_problems.check_entry(files, PAGE, "duration", longer) == ()


def test_a_file_is_checked_with_what_it_breaks_in_others(files: Files) -> None:
    text = files[PAGE].decode()
    assert draft_problems.check_file(files, PAGE, text) == ()
    found = draft_problems.check_file(files, PAGE, text.replace("{#overnight-stay}", "{#night}"))
    assert found[0].file == PAGE
    assert {problem.file for problem in found} >= {PAGE, "practice.toml"}


def test_a_folder_is_called_what_it_is_and_no_path_is_shown() -> None:
    problems = draft_problems.read({}).problems
    assert {problem.file for problem in problems} == {"practice.toml", draft_problems.THE_FOLDER}

"""`faqbot journal`: what visitors asked without getting an answer."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from faqbot.cli import main
from faqbot.editing.workspace import Workspace
from faqbot.journal import Journal
from tests.waiting import PATIENCE


def run(practice: Path, *arguments: str | Path, typed: str = "") -> Result:
    command = ["journal", "--knowledge", str(practice), *map(str, arguments)]
    return CliRunner().invoke(main, command, input=typed)


def keep(journal: Journal) -> None:
    journal.note("what does it cost", "office", "", ("cost", 0.42))
    journal.note("is it long or short, my name is Jane Doe", "choices", "duration")
    for _ in range(3):
        journal.note("how long does it take", "answer", "duration", ("duration", 0.97))
    journal.close(PATIENCE)


@pytest.fixture
def asked(practice: Path) -> Path:
    """A practice whose visitors asked something."""
    Workspace(practice).create_hidden_folder()
    keep(Journal(str(Workspace(practice).journal)))
    return practice


def test_it_lists_open_questions_and_counts_replies(asked: Path) -> None:
    result = run(asked)
    assert result.exit_code == 0, result.output
    first, second, last = result.stdout.splitlines()
    assert "choices      is it long or short, my name is [name]" in first
    assert "office       what does it cost  (nearest: cost, 0.42)" in second
    assert last == "2 open questions in 90 days. Replies: 3 answer, 1 choices, 1 office."


def test_before_the_first_question_there_is_nothing_and_nothing_is_made(practice: Path) -> None:
    assert run(practice).stdout == "0 open questions in 90 days. Replies: none.\n"
    assert run(practice, "--purge").stdout.startswith("Deleted 0 questions")
    assert not Workspace(practice).hidden.exists()


def test_it_exports_what_a_spreadsheet_reads(asked: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.csv"
    result = run(asked, "--csv", file)
    assert (result.exit_code, result.output) == (0, "")
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert [row["question"] for row in rows] == [
        "what does it cost",
        "is it long or short, my name is [name]",
    ]
    assert rows[0]["nearest entry"] == "cost"


def test_it_exports_to_standard_output(asked: Path) -> None:
    assert "what does it cost" in run(asked, "--csv", "-").stdout


def test_it_deletes_what_is_older(asked: Path) -> None:
    result = run(asked, "--purge", "--days", "7")
    assert result.stdout == "Deleted 0 questions older than 7 days. --days 0 deletes all.\n"
    assert run(asked).stdout.startswith("20")


def test_it_deletes_all_when_that_is_confirmed(asked: Path) -> None:
    assert run(asked, "--purge", "--days", "0", typed="n\n").exit_code == 1
    assert "2 open questions" in run(asked).stdout
    assert "Deleted 2 questions." in run(asked, "--purge", "--days", "0", typed="y\n").stdout
    assert "0 open questions" in run(asked).stdout
    assert run(asked, "--purge", "--days", "0", "--yes").stdout == "Deleted 0 questions.\n"


def test_it_does_one_thing_at_a_time(asked: Path) -> None:
    result = run(asked, "--purge", "--csv", "-")
    assert result.exit_code == 2
    assert "Give --csv or --purge, not both." in result.stderr


def test_the_setting_comes_before_practice_toml(
    practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml = practice / "practice.toml"
    toml.write_text(f'journal = "{tmp_path / "one.sqlite"}"\n' + toml.read_text("utf-8"), "utf-8")
    keep(Journal(str(tmp_path / "one.sqlite")))
    assert "2 open questions" in run(practice).stdout
    monkeypatch.setenv("FAQBOT_JOURNAL", str(tmp_path / "other.sqlite"))
    assert "0 open questions" in run(practice).stdout


def test_each_of_many_practices_has_its_own(
    practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared.sqlite"
    monkeypatch.setenv("FAQBOT_JOURNAL", str(shared))
    keep(Journal(str(shared), "hill-street"))
    assert "0 open questions" in run(practice).stdout
    assert "2 open questions" in run(practice, "--practice", "hill-street").stdout


def test_it_says_when_there_is_none(practice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_JOURNAL", "off")
    result = run(practice)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The journal is switched off: nothing is noted.")


def test_it_deletes_what_was_noted_before_the_journal_was_switched_off(
    asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_JOURNAL", "off")
    assert run(asked, "--purge", "--days", "0", "--yes").stdout == "Deleted 2 questions.\n"
    monkeypatch.delenv("FAQBOT_JOURNAL")
    assert "0 open questions" in run(asked).stdout


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("mysql://u:secret@h/d", "“mysql://…” cannot hold the journal"),
        (".", "The journal cannot be reached just now"),
    ],
)
def test_it_says_what_is_wrong_with_its_place(
    setting: str, message: str, practice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(practice)
    monkeypatch.setenv("FAQBOT_JOURNAL", setting)
    result = run(practice)
    assert result.exit_code == 1
    assert message in result.stderr
    assert "secret" not in result.output


def test_a_folder_that_cannot_be_used_cannot_say_where_it_is(practice: Path) -> None:
    (practice / "practice.toml").write_text("name = ", "utf-8")
    result = run(practice)
    assert result.exit_code == 1
    assert "FAQBOT_JOURNAL" in result.stderr
    assert "practice.toml" in result.stderr

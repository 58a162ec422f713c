from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from faqbot import knowledge
from faqbot.bot import Bot
from faqbot.editing import draft_problems
from faqbot.editing import dry_run as module
from faqbot.editing.dry_run import MAX_DRY_RUNS, DryRun, DryRuns, dry_runs
from faqbot.editing.workspace import Files, read_files
from faqbot.quality.regression import RegressionReport
from tests.waiting import PATIENCE


@pytest.fixture
def files(practice: Path) -> Files:
    return read_files(practice)


@pytest.fixture
def runs(practice: Path) -> DryRuns:
    return DryRuns(practice)


def changed(files: Files, old: str, new: str, name: str = "procedure.md") -> Files:
    text = files[name].decode()
    assert old in text
    return {**files, name: text.replace(old, new).encode()}


def with_examples(files: Files, number: int) -> Files:
    """The same with so many more questions to try."""
    lines = [f'{{"question": "how long is it {i}", "accept": ["duration"]}}' for i in range(number)]
    return {**files, "examples.jsonl": "\n".join(lines).encode()}


class TestDryRun:
    def test_answers_as_the_files_say_while_the_live_bot_goes_on(
        self, runs: DryRuns, files: Files, bot: Bot
    ) -> None:
        there = runs.get_or_start(changed(files, "- cuts on my back", "- zigzags of mine"), bot)
        draft = there.wait_for_bot(PATIENCE)
        assert draft
        assert draft.ask("zigzags of mine").kind == "answer"
        assert bot.ask("zigzags of mine").kind != "answer"

    def test_tries_the_examples(self, runs: DryRuns, files: Files, bot: Bot) -> None:
        there = runs.get_or_start(with_examples(files, 7), bot)
        report = there.wait_for_report(PATIENCE)
        assert report
        assert report.examples == 7
        assert there.progress == (7, 7)

    def test_has_the_digest_that_the_folder_would_have(
        self, runs: DryRuns, files: Files, bot: Bot, practice: Path
    ) -> None:
        there = runs.get_or_start(files, bot)
        draft = there.wait_for_bot(PATIENCE)
        assert draft
        assert there.digest == draft.knowledge.digest == knowledge.load(practice).digest
        assert draft.knowledge.folder == practice

    def test_tells_every_problem_and_ends_there(
        self, runs: DryRuns, files: Files, bot: Bot
    ) -> None:
        broken = changed(files, "> The bone cement hardens quickly", "> The cement gets warm")
        there = runs.get_or_start(broken, bot)
        assert there.wait_for_report(PATIENCE) is None
        assert there.over
        assert not there.failed
        assert {problem.file for problem in there.problems} == {"procedure.md"}

    def test_names_the_folder_and_not_where_the_files_lay(
        self, runs: DryRuns, files: Files, bot: Bot
    ) -> None:
        bare = {name: data for name, data in files.items() if not name.endswith(".md")}
        there = runs.get_or_start(bare, bot)
        assert there.wait_for_bot(PATIENCE) is None
        assert draft_problems.THE_FOLDER in {problem.file for problem in there.problems}

    def test_lets_nobody_wait_for_what_a_fault_has_ended(
        self, runs: DryRuns, files: Files, bot: Bot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fault(*_: object) -> None:
            raise RuntimeError("a fault of the program")

        monkeypatch.setattr(module, "check_examples", fault)
        there = runs.get_or_start(files, bot)
        assert there.wait_for_report(PATIENCE) is None
        assert there.failed
        assert there.bot, "what was found out before stays"

    def test_says_after_the_time_is_up_that_it_is_not_there_yet(
        self, files: Files, bot: Bot, practice: Path
    ) -> None:
        there = DryRun(files, bot, practice)  # that nobody has begun
        assert there.wait_for_bot(0.01) is None
        assert not there.over


class TestDryRuns:
    def test_keep_what_was_found_out(self, runs: DryRuns, files: Files, bot: Bot) -> None:
        there = runs.get_or_start(files, bot)
        assert there.wait_for_report(PATIENCE)
        assert runs.get_or_start(dict(files), bot) is there

    def test_begin_anew_where_another_bot_answers(
        self, runs: DryRuns, files: Files, bot: Bot
    ) -> None:
        first = runs.get_or_start(files, bot).wait_for_bot(PATIENCE)
        other = Bot(knowledge.load(_folder(changed(files, "**one hour**", "**1 hour**"), runs)))
        again = runs.get_or_start(files, other)
        second = again.wait_for_bot(PATIENCE)
        assert again.live is other
        assert first
        assert second
        for own, live in ((first, bot), (second, other)):
            lent = live.matcher.candidates.phrasings
            assert own.matcher.candidates.phrasings is lent, "need not be loaded twice"

    def test_do_not_grow_for_ever(self, runs: DryRuns, files: Files, bot: Bot) -> None:
        first = runs.get_or_start(files, bot)
        for number in range(MAX_DRY_RUNS):
            assert runs.get_or_start(with_examples(files, number), bot).wait_for_report(PATIENCE)
        assert runs.get_or_start(files, bot) is not first

    def test_let_go_of_what_was_published(self, runs: DryRuns, files: Files, bot: Bot) -> None:
        there = runs.get_or_start(files, bot)
        assert there.wait_for_report(PATIENCE)
        runs.forget()
        assert runs.get_or_start(files, bot) is not there

    @pytest.fixture
    def go_on(self, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
        """Holds the first question to the examples up until it is set."""
        event, check_examples = threading.Event(), module.check_examples

        def slow(*given: Any) -> RegressionReport:
            assert event.wait(PATIENCE)
            return check_examples(*given)

        monkeypatch.setattr(module, "check_examples", slow)
        return event

    def test_give_up_what_a_later_save_has_changed(
        self, runs: DryRuns, files: Files, bot: Bot, go_on: threading.Event
    ) -> None:
        running = runs.get_or_start(with_examples(files, 5), bot)
        assert running.wait_for_bot(PATIENCE), "now it is at the examples"
        waiting, newest = (
            runs.get_or_start(with_examples(files, number), bot) for number in (6, 7)
        )
        assert waiting.over
        assert running.wait_for_report(PATIENCE) is None, "nobody is kept waiting for it"
        go_on.set()
        assert newest.wait_for_report(PATIENCE)
        assert running.progress < (5, 5), "the rest was not asked any more"
        assert waiting.bot is None

    def test_go_on_with_the_draft_while_somebody_looks_at_a_version(
        self, runs: DryRuns, files: Files, bot: Bot, go_on: threading.Event
    ) -> None:
        draft = runs.get_or_start(with_examples(files, 5), bot)
        version = runs.get_or_start(with_examples(files, 6), bot, "0001")
        go_on.set()
        assert draft.wait_for_report(PATIENCE)
        assert version.wait_for_report(PATIENCE)

    def test_try_again_after_a_fault(
        self, runs: DryRuns, files: Files, bot: Bot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(module, "check_examples", lambda *_: 1 / 0)
            assert runs.get_or_start(files, bot).wait_for_report(PATIENCE) is None
        assert runs.get_or_start(files, bot).wait_for_report(PATIENCE)

    def test_are_shared_by_all_that_a_process_does(self, practice: Path) -> None:
        assert dry_runs(practice) is dry_runs(practice)


def _folder(files: Files, runs: DryRuns) -> Path:
    folder = runs.folder.parent / "other"
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder

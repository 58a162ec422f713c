"""The running bot follows its folder, and whatever happens to that, the last good one answers."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.app import create_app
from faqbot.bot import Bot
from faqbot.editing import versions
from faqbot.editing.workspace import Workspace, read_files
from faqbot.knowledge import KnowledgeError
from faqbot.live import LOOK_EVERY, Live
from faqbot.service import Service
from tests.waiting import wait_until

OLD, NEW = "About one hour", "About two hours"


@pytest.fixture
def live(practice: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """One that follows its folder, looking more often than usual."""
    monkeypatch.setattr("faqbot.live.LOOK_EVERY", 0.05)
    live = Live(practice)
    live.start()
    yield live
    live.close()


def duration(live: Live) -> str:
    reply = live.bot.ask("how long does it take")
    assert reply.kind == "answer"
    return reply.entries[0].text


def change(folder: Path, old: str, new: str, file: str = "procedure.md") -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def lengthen(folder: Path) -> None:
    """The procedure takes two hours now, on the page too."""
    quote = "takes about one hour per"
    change(folder, quote, "takes about two hours per", "sources/procedure.txt")
    change(folder, quote, "takes about two hours per")
    change(folder, "**one hour**", "**two hours**")


def make_old(workspace: Workspace) -> None:
    """Date all kept versions so long ago that they may go."""
    for metadata in workspace.versions.glob("*/version.json"):
        told = json.loads(metadata.read_text("utf-8"))
        metadata.write_text(json.dumps({**told, "when": "2020-02-01T10:00:00+00:00"}), "utf-8")


class TestAChange:
    def test_is_answered_within_two_seconds(self, live: Live, practice: Path) -> None:
        assert 2 * LOOK_EVERY <= 1  # it is taken at the second look; the rest is for reading it
        assert OLD in duration(live)
        lengthen(practice)
        wait_until(lambda: NEW in duration(live))

    def test_of_the_phrasings_is_found_too(self, live: Live, practice: Path) -> None:
        assert live.bot.ask("zebra crossing").kind == "office"
        change(practice, "- size of the scar\n", "- size of the scar\n- zebra crossing\n")
        wait_until(lambda: live.bot.ask("zebra crossing").kind == "answer")

    def test_by_which_a_file_gets_another_name_is_taken(self, live: Live, practice: Path) -> None:
        (practice / "procedure.md").rename(practice / "treatment.md")
        (practice / "sources" / "procedure.txt").rename(practice / "sources" / "treatment.txt")
        change(practice, "procedure =", "treatment =", "practice.toml")
        wait_until(lambda: live.bot.entry("duration").entries[0].page.endswith("/procedure"))
        wait_until(
            lambda: (
                {e.file for e in live.bot.knowledge.entries if e.id == "duration"}
                == {"treatment.md"}
            )
        )
        assert live.status().problems == ()

    def test_that_keeps_on_is_taken_when_it_rests(self, practice: Path) -> None:
        live = Live(practice)
        text = (practice / "procedure.md").read_text("utf-8")
        for size in range(1000, len(text), 500):
            (practice / "procedure.md").write_text(text[:size], "utf-8")
            assert not live.poll()
        (practice / "procedure.md").write_text(text.replace("**one hour**", "**one hour**, or so"))
        assert not live.poll()
        assert live.poll()
        assert "or so" in duration(live)

    def test_that_leaves_no_trace_in_times_and_sizes_is_found_in_the_end(
        self, practice: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(knowledge, "signature", lambda folder: ("the same",))
        live = Live(practice, read_every=0.0)
        lengthen(practice)
        assert live.poll()
        assert NEW in duration(live)

    def test_is_taken_by_the_second_poll_that_sees_it(self, practice: Path) -> None:
        live = Live(practice)
        assert not live.poll()
        lengthen(practice)
        assert not live.poll()
        assert live.is_changing
        assert OLD in duration(live)
        assert live.poll()
        assert not live.is_changing
        assert NEW in duration(live)
        assert not live.poll()

    def test_of_an_answer_alone_learns_nothing_again(self, practice: Path) -> None:
        live = Live(practice)
        before = live.bot
        lengthen(practice)
        assert live.refresh()
        assert live.bot is not before
        same = live.bot.matcher.candidates.phrasings
        assert same is before.matcher.candidates.phrasings


class TestABrokenFolder:
    @pytest.mark.parametrize(
        ("file", "text"),
        [
            ("procedure.md", "## How long"),
            ("procedure.md", ""),
            ("procedure.md", "\0\1\2"),
            ("practice.toml", "name ="),
            ("examples.jsonl", "{"),
        ],
    )
    def test_leaves_the_last_version_answering(
        self, live: Live, practice: Path, file: str, text: str
    ) -> None:
        whole = (practice / file).read_text("utf-8")
        (practice / file).write_text(text, "utf-8")
        wait_until(lambda: live.status().problems)
        assert file in {problem.file for problem in live.status().problems}
        assert OLD in duration(live)
        (practice / file).write_text(whole, "utf-8")
        wait_until(lambda: not live.status().problems)

    @pytest.mark.parametrize(
        "file",
        ["procedure.md", "emergencies.md", "practice.toml", "examples.jsonl", "sources"],
    )
    def test_that_lacks_a_file_does_so_too(self, live: Live, practice: Path, file: str) -> None:
        (practice / file).rename(practice.parent / "away")
        wait_until(lambda: live.status().problems)
        assert OLD in duration(live)
        assert live.bot.ask("i cant feel my legs").kind == "emergency"
        (practice.parent / "away").rename(practice / file)
        wait_until(lambda: not live.status().problems)

    def test_that_is_gone_does_so_too(self, live: Live, practice: Path) -> None:
        practice.rename(practice.parent / "away")
        wait_until(lambda: live.status().problems)
        assert OLD in duration(live)
        (practice.parent / "away").rename(practice)
        wait_until(lambda: not live.status().problems)
        lengthen(practice)
        wait_until(lambda: NEW in duration(live))

    def test_is_logged_once(self, practice: Path, caplog: pytest.LogCaptureFixture) -> None:
        live = Live(practice)
        change(practice, "## How big", "# How big")
        with caplog.at_level(logging.INFO, "faqbot.live"):
            for _ in range(5):
                live.refresh()
            (practice / "procedure.md").touch()
            live.refresh()
        assert len(caplog.records) == 1
        assert "procedure.md" in caplog.text

    def test_stands_in_healthz_which_stays_200(self, practice: Path) -> None:
        service = Service(Live(practice))
        client = create_app(service).test_client()
        assert client.get("/healthz").get_json()["status"] == "ok"
        change(practice, "## How big", "# How big")
        service.live.refresh()
        answer = client.get("/healthz")
        assert answer.status_code == 200
        told = answer.get_json()
        assert told["status"] == "degraded"
        assert any(problem.startswith("procedure.md:") for problem in told["problems"])
        assert client.post("/api/ask", json={"question": "how long"}).status_code == 200

    def test_at_the_start_ends_it(self, practice: Path) -> None:
        change(practice, "## How big", "# How big")
        with pytest.raises(KnowledgeError):
            Live(practice)

    def test_at_the_start_gives_way_to_what_was_published_last(self, practice: Path) -> None:
        files = read_files(practice)
        files["procedure.md"] = files["procedure.md"].replace(b"**one hour**", b"**one hour**, so")
        versions.publish(Workspace(practice), files, "Ann", "")
        change(practice, "## How big", "# How big")
        live = Live(practice)
        assert ", so" in duration(live)
        assert live.status().problems

    def test_keeps_the_version_that_answers_however_old(self, practice: Path) -> None:
        workspace, files = Workspace(practice), read_files(practice)
        for end in (b"\n", b"\n\n"):
            changed = {**files, "procedure.md": files["procedure.md"] + end}
            versions.publish(workspace, changed, "Ann", "")
        make_old(workspace)
        for folder in (practice, workspace.versions / "0003"):
            change(folder, "## How big", "# How big")
        live = Live(practice)
        assert OLD in duration(live)
        assert [one.id for one in versions.versions(workspace)] == ["0003", "0002"]


class TestPublishing:
    def test_may_take_a_file_away(self, practice: Path) -> None:
        live = Live(practice)
        files = read_files(practice)
        del files["small-talk.md"]
        versions.publish(Workspace(practice), files, "Ann", "")
        assert live.refresh()
        assert live.status().problems == ()

    def test_that_was_cut_off_is_finished(self, practice: Path) -> None:
        workspace = Workspace(practice)
        workspace.create_hidden_folder()
        shutil.copytree(
            practice, workspace.publishing, ignore=shutil.ignore_patterns(".faqbot", "*.part")
        )
        change(workspace.publishing, "**one hour**", "**one hour**, as published")
        (workspace.publishing / "version.json").write_text(
            json.dumps(
                {"id": "0001", "when": "2026-11-02T10:00:00+00:00", "who": "Ann", "note": ""}
            )
        )
        live = Live(practice)
        assert "as published" in duration(live)
        assert "as published" in (practice / "procedure.md").read_text("utf-8")


class TestOldVersions:
    def test_go_while_it_runs(self, practice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        workspace, files = Workspace(practice), read_files(practice)
        changed = {**files, "procedure.md": files["procedure.md"] + b"\n"}
        versions.publish(workspace, changed, "Ann", "")
        monkeypatch.setattr("faqbot.live.REMOVE_EVERY", 0.0)
        live = Live(practice)
        assert len(versions.versions(workspace)) == 2
        make_old(workspace)
        live.poll()
        assert [one.id for one in versions.versions(workspace)] == ["0002"]


class TestAPause:
    def test_turns_every_reply_into_the_phones_but_for_danger(self, practice: Path) -> None:
        service = Service(Live(practice))
        workspace = Workspace(practice)
        workspace.create_hidden_folder()
        workspace.paused.write_text(json.dumps({"who": "Ann", "when": "2026-11-02T10:00:00+00:00"}))
        service.live.refresh()
        client = create_app(service).test_client()
        reply = client.post("/api/ask", json={"question": "how long does it take"}).get_json()
        assert reply["kind"] == "office"
        assert reply["entries"] == []
        assert "paused" in reply["message"]
        assert len(reply["phones"]) == 2
        assert client.get("/api/entries/duration").get_json()["entries"] == []
        assert client.get("/api/suggest?q=how+long").get_json() == {"suggestions": []}
        assert "one hour" not in client.get("/faq").get_data(as_text=True)
        danger = client.post("/api/ask", json={"question": "i cant feel my legs"}).get_json()
        assert danger["kind"] == "emergency"
        workspace.paused.unlink()
        service.live.refresh()
        assert service.ask("how long does it take").kind == "answer"

    def test_that_cannot_be_read_is_one(self, practice: Path) -> None:
        workspace = Workspace(practice)
        workspace.create_hidden_folder()
        workspace.paused.write_bytes(b"\0")
        assert Service(Live(practice)).paused


def test_a_bot_by_itself_follows_nothing(bot: Bot) -> None:
    live = Live(None, bot)
    live.start()
    assert not live.refresh()
    assert live.bot is bot
    assert live.pause is None

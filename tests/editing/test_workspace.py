"""The hidden folder: created once, locked by one at a time, never somewhere else; the pause."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import threading
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.editing import draft, triage, versions
from faqbot.editing.workspace import Busy, DeskError, Pause, Workspace, digest, read_files
from faqbot.live import Live
from tests.conftest import copy_practice

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs to fork")


def ignore(workspace: Workspace) -> object:
    return triage.as_ignored(workspace, {"is it hot": ["is it hot"]}, "Ann")


def test_nothing_is_made_before_it_is_needed(practice: Path) -> None:
    workspace = Workspace(practice)
    assert versions.versions(workspace) == []
    assert draft.read(workspace).empty
    assert not workspace.hidden.exists()


def test_the_hidden_folder_is_private_and_out_of_git(practice: Path) -> None:
    workspace = Workspace(practice)
    workspace.create_hidden_folder()
    assert workspace.hidden.stat().st_mode & 0o777 == 0o700
    assert (workspace.hidden / ".gitignore").read_text() == "*\n"


def test_what_is_in_the_hidden_folder_stays(practice: Path) -> None:
    workspace = Workspace(practice)
    workspace.create_hidden_folder()
    (workspace.hidden / ".gitignore").write_text("# ours\n")
    workspace.create_hidden_folder()
    assert (workspace.hidden / ".gitignore").read_text() == "# ours\n"


@forks
def test_several_processes_can_create_it_at_once(practice: Path) -> None:
    ready, go = os.pipe()
    children = []
    for _ in range(8):
        if not (pid := os.fork()):
            os.read(ready, 1)
            try:
                Workspace(practice).create_hidden_folder()
                os._exit(0)
            finally:
                os._exit(1)
        children.append(pid)
    os.write(go, b"x" * 8)
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * 8


def test_there_is_no_hidden_folder_without_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DeskError, match="There is no folder"):
        Workspace(tmp_path / "gone").create_hidden_folder()
    with pytest.raises(DeskError, match="This folder does not exist"):
        read_files(tmp_path / "gone")


def test_a_hidden_folder_that_cannot_be_created_is_reported(practice: Path) -> None:
    (practice / ".faqbot").write_text("")
    with pytest.raises(DeskError, match="Nothing was saved: File exists"):
        Workspace(practice).create_hidden_folder()


# one at a time


def test_who_holds_the_lock_may_enter_it_again(practice: Path) -> None:
    workspace = Workspace(practice)
    with workspace.lock(), workspace.lock():
        pass
    with Workspace(practice).lock(wait=0):
        pass


def test_who_has_left_waits_as_all_others_do(practice: Path) -> None:
    workspace = Workspace(practice)
    with workspace.lock():
        pass
    with Workspace(practice).lock(), pytest.raises(Busy), workspace.lock(wait=0):
        raise AssertionError


def test_nobody_else_enters_meanwhile(practice: Path) -> None:
    workspace = Workspace(practice)
    told: list[str] = []

    def enter() -> None:
        try:
            with workspace.lock(wait=0.05):
                told.append("entered")
        except Busy as error:
            told.append(str(error))

    with workspace.lock():
        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
    assert told == ["Somebody else is just saving. Nothing is lost: try again in a moment."]


@forks
def test_a_workspace_from_before_a_fork_is_as_good_after_it(practice: Path) -> None:
    workspace = Workspace(practice)
    with workspace.lock():
        pass
    if not (pid := os.fork()):
        try:
            with workspace.lock():
                os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "The disk is full, so nothing was saved"),
        (errno.EROFS, "may not write in the folder"),
        (errno.EACCES, "may not write in the folder"),
        (errno.EIO, "Nothing was saved: Input/output error"),
    ],
)
def test_what_the_disk_refuses_is_reported_in_plain_words(
    practice: Path, number: int, told: str
) -> None:
    with pytest.raises(DeskError, match=told), Workspace(practice).lock():
        raise OSError(number, os.strerror(number))
    with Workspace(practice).lock(wait=0):  # and the lock is free again
        pass


# links


def test_a_hidden_folder_that_is_a_link_is_refused(practice: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (practice / ".faqbot").symlink_to(elsewhere)
    workspace = Workspace(practice)
    files = read_files(practice)
    for work in (
        workspace.create_hidden_folder,
        lambda: versions.publish(workspace, files, "Ann", ""),
        lambda: versions.versions(workspace),
        lambda: draft.read(workspace),
        lambda: ignore(workspace),
        lambda: draft.discard(workspace),
    ):
        with pytest.raises(DeskError, match=r"\.faqbot is a link to another place"):
            work()
    assert list(elsewhere.iterdir()) == []


def test_a_publish_under_way_is_not_read_through_a_link(practice: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "publishing").mkdir(parents=True)
    (practice / ".faqbot").symlink_to(elsewhere)
    assert knowledge.load(practice).digest == digest(read_files(practice))
    (practice / ".faqbot").unlink()
    (practice / ".faqbot").mkdir()
    (practice / ".faqbot" / "publishing").symlink_to(elsewhere)
    assert knowledge.load(practice).practice.name == "Hill Street Spine"


# the pause


def test_there_is_no_pause_without_a_file(practice: Path) -> None:
    assert Workspace(practice).current_pause() is None


def test_a_pause_says_who_and_when(practice: Path) -> None:
    pause = Workspace(practice).pause("Ann Lee")
    assert Workspace(practice).current_pause() == pause
    assert pause.who == "Ann Lee"
    assert datetime.now(UTC) - datetime.fromisoformat(pause.when) < timedelta(minutes=1)


def test_a_second_pause_changes_nothing(practice: Path) -> None:
    first = Workspace(practice).pause("Ann")
    assert Workspace(practice).pause("Bob") == first


def test_a_pause_ends(practice: Path) -> None:
    workspace = Workspace(practice)
    workspace.pause("Ann")
    workspace.resume()
    workspace.resume()
    assert workspace.current_pause() is None


def test_a_file_that_says_nothing_pauses_too(practice: Path) -> None:
    """Somebody wanted a pause; a broken file must not answer for them."""
    workspace = Workspace(practice)
    workspace.create_hidden_folder()
    for broken in ["", "{}", "[]", "\x00", '{"who": 1}']:
        workspace.paused.write_text(broken)
        assert workspace.current_pause() == Pause()


def test_the_live_bot_sees_the_pause(practice: Path) -> None:
    Workspace(practice).pause("Ann Lee")
    live = Live(practice)
    assert live.pause
    assert live.pause.who == "Ann Lee"


# the files


def test_the_files_are_those_that_the_knowledge_is_read_from(practice: Path) -> None:
    (practice / "notes.docx").write_bytes(b"PK\x03\x04")
    (practice / ".hidden.md").write_text("## Where?\n")
    (practice / "sources" / "notes.md").write_text("## Where?\n")
    files = read_files(practice)
    assert sorted(files) == [
        "call-the-office.md",
        "emergencies.md",
        "examples.jsonl",
        "practice.toml",
        "procedure.md",
        "small-talk.md",
        "sources/procedure.txt",
        "synonyms.toml",
    ]
    assert digest(files) == knowledge.load(practice).digest


@forks
@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs users")
def test_a_hidden_folder_of_somebody_else_is_reported_and_the_rest_is_read_without_it() -> None:
    with tempfile.TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o755)
        folder = copy_practice(Path(open_to_all) / "p")
        workspace = Workspace(folder)
        workspace.create_hidden_folder()
        (workspace.hidden / "publishing").mkdir()
        workspace.hidden.chmod(0)
        if not (pid := os.fork()):
            try:
                if os.geteuid() == 0:
                    os.setuid(65534)
                with pytest.raises(DeskError, match="may not read the folder"):
                    draft.read(workspace)
                with pytest.raises(DeskError, match="may not write in the folder"):
                    ignore(workspace)
                assert versions.versions(workspace) == []
                assert not versions.recover(workspace)
                assert knowledge.load(folder).practice.name == "Hill Street Spine"
                os._exit(0)
            finally:
                traceback.print_exc()
                os._exit(1)
        assert os.waitpid(pid, 0)[1] == 0
        workspace.hidden.chmod(0o700)


@pytest.mark.skipif(os.name == "nt", reason="has no modes")
@pytest.mark.parametrize(
    ("folder", "closed", "inside"), [(0o755, 0o700, 0o600), (0o2775, 0o2770, 0o660)]
)
def test_what_others_could_read_is_closed_unless_it_was_shared_with_a_group(
    practice: Path, folder: int, closed: int, inside: int
) -> None:
    workspace = Workspace(practice)
    workspace.create_hidden_folder()
    (workspace.hidden / "sessions").mkdir()
    files = [workspace.hidden / "password", workspace.hidden / "sessions" / "one"]
    for file in files:
        file.touch()
        file.chmod(0o664)
    workspace.hidden.chmod(folder)
    workspace.close_to_others()
    assert stat.S_IMODE(workspace.hidden.stat().st_mode) == closed
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {inside}


@pytest.mark.skipif(os.name == "nt", reason="has no modes")
def test_a_file_that_goes_away_meanwhile_keeps_no_other_open(
    practice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(practice)
    workspace.create_hidden_folder()
    files = [workspace.hidden / name for name in ("one", "two", "three")]
    for file in files:
        file.touch()
        file.chmod(0o644)
    real = Path.is_symlink
    gone: list[Path] = []

    def remove_first(path: Path) -> bool:
        if path in files and not gone:
            gone.append(path)
            path.unlink()
        return real(path)

    monkeypatch.setattr(Path, "is_symlink", remove_first)
    workspace.close_to_others()
    assert len(gone) == 1
    left = [file for file in files if file.exists()]
    assert [stat.S_IMODE(file.stat().st_mode) for file in left] == [0o600, 0o600]

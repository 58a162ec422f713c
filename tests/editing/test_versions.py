"""Publishing: wholly the old or wholly the new version, whatever happens, and back again."""

from __future__ import annotations

import errno
import gc
import json
import os
import random
import shutil
import signal
import tempfile
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.editing import disk, draft_problems
from faqbot.editing import versions as module
from faqbot.editing.disk import staging_path
from faqbot.editing.versions import (
    AGE,
    AS_FOUND,
    Broken,
    Outdated,
    files_of,
    publish,
    recover,
    remove_old,
    restore,
    versions,
)
from faqbot.editing.workspace import Busy, DeskError, Files, Workspace, digest, read_files
from faqbot.knowledge.snapshot import read_now
from tests.conftest import copy_practice
from tests.steps import Steps

EXTRA = b"## Is there parking? {#parking}\n\nYes.\n\n> Parking is free\n"

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs to fork")


@pytest.fixture
def workspace(practice: Path) -> Workspace:
    return Workspace(practice)


def numbered(files: Files, number: int) -> Files:
    """A version that shows its number in several files, and has a page more if that is odd.

    Number 0 are the files themselves.
    """
    new = dict(files)
    if not number:
        return new
    for name in ("procedure.md", "call-the-office.md", "small-talk.md"):
        new[name] += b"\n" * number
    new["practice.toml"] = files["practice.toml"].replace(
        b"Ask me about your procedure.", f"This is version {number}.".encode()
    )
    if number % 2:
        new["parking.md"] = EXTRA
        new["sources/parking.txt"] = b"Parking is free.\n"
    return new


def on_disk(folder: Path) -> Files:
    """The folder's own files, not those of a publish under way."""
    return read_now(folder).files


def read(folder: Path) -> str:
    """The digest of what whoever reads the folder gets: its files, or those of a publish."""
    return digest(read_files(folder))


def leftovers(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if ".part" in p.name)


def in_child(work: Callable[[], object]) -> int:
    """Starts the work in a process of its own; it leaves with 0, or with 3 after a DeskError."""
    pid = os.fork()
    if pid:
        return pid
    status = 70
    gc.disable()  # to look through all that the parent holds would copy it
    try:
        work()
        status = 0
    except DeskError:
        status = 3
    finally:
        os._exit(status)


def left_with(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


# publishing, and what is kept


def test_published_files_are_the_folders_and_a_version_that_says_who_and_when(
    workspace: Workspace,
) -> None:
    new = numbered(read_files(workspace.folder), 1)
    version = publish(workspace, new, "Ann Lee", "parking added")
    assert on_disk(workspace.folder) == new
    assert (version.who, version.note, version.digest) == ("Ann Lee", "parking added", digest(new))
    assert abs((datetime.now(UTC) - version.when).total_seconds()) < 60
    assert versions(workspace)[0] == version
    assert files_of(workspace, version.id) == new
    assert knowledge.load(workspace.folder).digest == version.digest


def test_the_folder_before_the_first_publish_is_a_version_too(workspace: Workspace) -> None:
    old = read_files(workspace.folder)
    publish(workspace, numbered(old, 1), "Ann", "")
    kept = versions(workspace)
    assert [(one.id, one.who, one.note) for one in kept][1:] == [("0001", "", AS_FOUND)]
    assert files_of(workspace, "0001") == old


def test_what_was_edited_by_hand_is_kept_before_it_is_replaced(workspace: Workspace) -> None:
    old = read_files(workspace.folder)
    publish(workspace, numbered(old, 1), "Ann", "")
    edited = {**numbered(old, 1), "small-talk.md": old["small-talk.md"] + b"\n\n\n"}
    (workspace.folder / "small-talk.md").write_bytes(edited["small-talk.md"])
    publish(workspace, numbered(old, 2), "Ann", "")
    assert [one.note for one in versions(workspace)] == ["", AS_FOUND, "", AS_FOUND]
    assert files_of(workspace, "0003") == edited


def test_publishing_what_is_there_makes_no_new_version(workspace: Workspace) -> None:
    files = read_files(workspace.folder)
    first = publish(workspace, files, "Ann", "")
    assert publish(workspace, files, "Ann", "") == first
    assert versions(workspace) == [first]


def test_files_that_do_not_load_are_refused_with_their_problems(workspace: Workspace) -> None:
    old = read_files(workspace.folder)
    with pytest.raises(Broken, match=r"procedure\.md:1: ") as raised:
        publish(workspace, {**old, "procedure.md": b"##Where?\n"}, "Ann", "")
    assert raised.value.problems
    assert on_disk(workspace.folder) == old
    assert versions(workspace) == []


def test_what_else_stands_in_the_folder_must_not_break_it_either(workspace: Workspace) -> None:
    (workspace.folder / "parking.md.txt").write_text("## Is there parking?\n")
    files = read_files(workspace.folder)
    with pytest.raises(Broken, match=r"Rename it to parking\.md"):
        publish(workspace, numbered(files, 1), "Ann", "")


@pytest.mark.parametrize("name", ["../practice.toml", "notes.docx", "sources/../x.txt", ".x.md"])
def test_no_file_is_written_that_is_not_knowledge(workspace: Workspace, name: str) -> None:
    files = read_files(workspace.folder)
    with pytest.raises(DeskError, match="not the name of a knowledge file"):
        publish(workspace, {**files, name: b"## Where?\n"}, "Ann", "")


def test_files_of_the_office_are_left_alone(workspace: Workspace) -> None:
    diagnostics = workspace.folder / "notes.docx"
    diagnostics.write_bytes(b"PK\x03\x04")
    publish(workspace, numbered(read_files(workspace.folder), 1), "Ann", "")
    publish(workspace, numbered(read_files(workspace.folder), 2), "Ann", "")
    assert diagnostics.read_bytes() == b"PK\x03\x04"


def test_a_replaced_file_keeps_its_mode_and_others_are_not_touched(workspace: Workspace) -> None:
    (workspace.folder / "practice.toml").chmod(0o664)
    untouched = workspace.folder / "emergencies.md"
    before = untouched.stat()
    publish(workspace, numbered(read_files(workspace.folder), 2), "Ann", "")
    assert (workspace.folder / "practice.toml").stat().st_mode & 0o777 == 0o664
    assert untouched.stat().st_mtime_ns == before.st_mtime_ns
    assert untouched.stat().st_ino == before.st_ino


def test_a_file_can_change_its_capitals_where_the_disk_tells_them_apart_or_not(
    workspace: Workspace,
) -> None:
    files = read_files(workspace.folder)
    renamed = {**files, "Procedure.md": files["procedure.md"]}
    renamed["sources/Procedure.txt"] = renamed.pop("sources/procedure.txt")
    renamed["practice.toml"] = files["practice.toml"].replace(b"\nprocedure = ", b"\nProcedure = ")
    del renamed["procedure.md"]
    publish(workspace, renamed, "Ann", "")
    assert on_disk(workspace.folder) == renamed


def test_only_the_newest_are_kept(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_VERSIONS", 3)
    files = read_files(workspace.folder)
    for number in range(1, 6):
        publish(workspace, numbered(files, number), "Ann", "")
    assert [one.id for one in versions(workspace)] == ["0006", "0005", "0004"]
    assert sorted(path.name for path in workspace.versions.iterdir()) == ["0004", "0005", "0006"]


def test_what_was_replaced_long_ago_goes_but_for_what_answers(workspace: Workspace) -> None:
    files = read_files(workspace.folder)
    for number in (1, 2, 1, 3):
        publish(workspace, numbered(files, number), "Ann", "")
    by_hand = numbered(files, 2)
    disk.update(workspace.folder, numbered(files, 3), by_hand, numbered(files, 3))
    for metadata in workspace.versions.glob("*/version.json"):
        age(metadata, AGE + timedelta(days=1))
    age(workspace.versions / "0005" / "version.json", timedelta(days=1))
    remove_old(workspace)
    assert [one.id for one in versions(workspace)] == ["0005", "0004", "0003"]


def test_too_many_go_but_for_those_that_equal_the_folder_or_answer(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = read_files(workspace.folder)
    for number in (1, 2, 3, 4):
        publish(workspace, numbered(files, number), "Ann", "")
    by_hand = numbered(files, 2)
    disk.update(workspace.folder, numbered(files, 4), by_hand, numbered(files, 4))
    monkeypatch.setattr(module, "MAX_VERSIONS", 1)
    remove_old(workspace, keep=digest(files))
    assert [one.id for one in versions(workspace)] == ["0005", "0003", "0001"]


def test_a_date_without_a_time_zone_is_utc(workspace: Workspace) -> None:
    files = read_files(workspace.folder)
    for number in (1, 2):
        publish(workspace, numbered(files, number), "Ann", "")
    for version in ("0001", "0002"):
        metadata = workspace.versions / version / "version.json"
        told = json.loads(metadata.read_text("utf-8"))
        metadata.write_text(json.dumps({**told, "when": "2020-02-01T10:00:00"}), "utf-8")
    assert versions(workspace)[-1].when == datetime(2020, 2, 1, 10, tzinfo=UTC)
    remove_old(workspace)
    assert [one.id for one in versions(workspace)] == ["0003", "0002"]


def age(metadata: Path, old: timedelta) -> None:
    when = (datetime.now(UTC) - old).isoformat(timespec="seconds")
    metadata.write_text(
        json.dumps({**json.loads(metadata.read_text("utf-8")), "when": when}), "utf-8"
    )


# going back


def test_any_version_comes_back_also_the_folder_as_it_was_found(workspace: Workspace) -> None:
    old = read_files(workspace.folder)
    for number in (1, 2, 3):
        publish(workspace, numbered(old, number), "Ann", "")
    back = restore(workspace, "0002", "Bob")
    assert on_disk(workspace.folder) == numbered(old, 1)
    assert back.who == "Bob"
    assert back.note == "Back to version 2."
    restore(workspace, "0001", "Bob")
    assert on_disk(workspace.folder) == old
    restore(workspace, back.id, "Bob")
    assert on_disk(workspace.folder) == numbered(old, 1)


@pytest.mark.parametrize("id", ["0009", "", "../versions/0001", "1", ".", "0001\n", "x" * 5000])
def test_a_version_that_is_not_there_is_reported(workspace: Workspace, id: str) -> None:
    publish(workspace, numbered(read_files(workspace.folder), 1), "Ann", "")
    for ask in (lambda: files_of(workspace, id), lambda: restore(workspace, id, "Ann")):
        with pytest.raises(DeskError, match="There is no version"):
            ask()


def test_a_version_whose_facts_are_damaged_is_not_listed_and_its_number_not_used_again(
    workspace: Workspace,
) -> None:
    files = read_files(workspace.folder)
    publish(workspace, numbered(files, 1), "Ann", "")
    (workspace.versions / "0002" / "version.json").write_text("{")
    assert [one.id for one in versions(workspace)] == ["0001"]
    assert publish(workspace, numbered(files, 2), "Ann", "").id == "0004"  # 0003: as found


# several at once


def test_who_publishes_on_an_older_state_is_reported(workspace: Workspace) -> None:
    files = read_files(workspace.folder)
    publish(workspace, numbered(files, 1), "Ann", "", expected=digest(files))
    with pytest.raises(Outdated, match="Nothing is lost"):
        publish(workspace, numbered(files, 2), "Bob", "", expected=digest(files))
    assert on_disk(workspace.folder) == numbered(files, 1)


@forks
def test_of_several_who_publish_at_once_on_one_state_one_does(workspace: Workspace) -> None:
    files = read_files(workspace.folder)
    ready, go = os.pipe()

    def one(number: int) -> None:
        os.read(ready, 1)
        publish(
            Workspace(workspace.folder), numbered(files, number), "Ann", "", expected=digest(files)
        )

    children = [in_child(lambda n=number: one(n)) for number in range(1, 5)]
    os.write(go, b"x" * len(children))
    left = [left_with(pid) for pid in children]
    assert sorted(left) == [0, 3, 3, 3]
    assert on_disk(workspace.folder) == numbered(files, left.index(0) + 1)
    assert [one.note for one in versions(workspace)] == ["", AS_FOUND]


@forks
def test_of_several_who_publish_at_once_none_is_lost(workspace: Workspace) -> None:
    files = read_files(workspace.folder)

    def some(first: int) -> None:
        for number in range(first, first + 5):
            publish(Workspace(workspace.folder), numbered(files, number), "Ann", str(number))

    children = [in_child(lambda n=first: some(n)) for first in (1, 11, 21)]
    assert [left_with(pid) for pid in children] == [0, 0, 0]
    kept = [one for one in versions(workspace) if one.note != AS_FOUND]
    assert sorted(int(one.note) for one in kept) == [*range(1, 6), *range(11, 16), *range(21, 26)]
    assert on_disk(workspace.folder) == files_of(workspace, kept[0].id)


def test_recovering_does_not_wait_for_who_is_publishing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(seconds: float) -> None:
        raise AssertionError(f"It waits {seconds} s.")

    with workspace.lock():
        workspace.publishing.mkdir()
        with monkeypatch.context() as patch:
            patch.setattr(time, "sleep", wait)
            assert not recover(Workspace(workspace.folder))
        with pytest.raises(Busy), Workspace(workspace.folder).lock(wait=0):
            raise AssertionError
        workspace.publishing.rmdir()


# cut off


def test_there_is_nothing_to_recover_where_nothing_was_cut_off(workspace: Workspace) -> None:
    assert not recover(workspace)
    assert not workspace.hidden.exists()
    publish(workspace, numbered(read_files(workspace.folder), 1), "Ann", "")
    assert not recover(workspace)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[Steps]:
    with monkeypatch.context() as patch:
        yield Steps(patch)


def said(work: Callable[[], object]) -> str:
    """What the office is told by the error, if there is one."""
    try:
        work()
    except DeskError as error:
        return str(error)
    return ""


UNFINISHED = (
    "The new version is published, but could not be written into the folder's own files "
    "(No space left on device). That is tried again by itself.",
    1,
)


def full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture(params=["the first", pytest.param("a later one", marks=pytest.mark.long)])
def again(
    workspace: Workspace, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[], Workspace]:
    """The same folder again and again, as it was before a publish."""
    if request.param == "a later one":
        publish(workspace, numbered(read_files(workspace.folder), 1), "Ann", "")
    copies = iter(range(10_000))

    def again() -> Workspace:
        new = tmp_path / f"again-{next(copies)}"
        return Workspace(shutil.copytree(workspace.folder, new, copy_function=shutil.copyfile))

    return again


@forks
def test_killed_before_any_step_the_folder_is_whole_and_the_rest_is_done_later(
    again: Callable[[], Workspace], steps: Steps
) -> None:
    workspace = again()
    old = read_files(workspace.folder)
    new = {**numbered(old, 2), "sources/more.txt": b"More.\n"}
    new.pop("parking.md", None)
    number = steps.number_of(lambda: publish(workspace, new, "Ann", ""))
    assert number > 20
    seen = []
    for at in range(1, number + 1):
        workspace = again()
        steps.let(lambda: os._exit(9), at=at, until=at + 1)
        assert (
            left_with(in_child(lambda workspace=workspace: publish(workspace, new, "Ann", ""))) == 9
        )
        steps.rest()
        found = read(workspace.folder)
        seen.append([digest(old), digest(new)].index(found))
        if at % 2:
            recover(workspace)
            assert digest(on_disk(workspace.folder)) == found == read(workspace.folder)
            assert not workspace.publishing.exists()
        else:  # whoever publishes next does it
            assert publish(workspace, numbered(old, 4), "Bob", "").id == versions(workspace)[0].id
            assert on_disk(workspace.folder) == numbered(old, 4)
            assert versions(workspace)[1].digest == found
        assert leftovers(workspace.folder) == []
    assert seen == sorted(seen)  # never back to the old once the new was seen
    assert set(seen) == {0, 1}


@forks
def test_killed_while_recovering_it_is_recovered_later(
    again: Callable[[], Workspace], steps: Steps
) -> None:
    new = numbered(read_files(again().folder), 2)

    def cut_off(at: int) -> Workspace:
        workspace = again()
        steps.let(lambda: os._exit(9), at=at, until=at + 1)
        assert left_with(in_child(lambda: publish(workspace, new, "Ann", ""))) == 9
        steps.rest()
        return workspace

    all_steps = range(1, steps.number_of(lambda: publish(again(), new, "Ann", "")))
    # As early as the new version is what is read.
    is_new = bisect_left(all_steps, True, key=lambda at: read(cut_off(at).folder) == digest(new))
    cut = cut_off(all_steps[is_new])
    assert cut.publishing.exists()
    saved = shutil.copytree(cut.folder, cut.folder.with_name("saved"))
    number = steps.number_of(lambda: recover(cut))
    for at in range(1, number + 1):
        workspace = Workspace(shutil.copytree(saved, saved.with_name(f"{saved.name}-{at}")))
        steps.let(lambda: os._exit(9), at=at, until=at + 1)
        assert left_with(in_child(lambda workspace=workspace: recover(workspace))) == 9
        steps.rest()
        assert read(workspace.folder) == digest(new)
        recover(workspace)
        assert on_disk(workspace.folder) == new
        assert leftovers(workspace.folder) == []


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "for good"])
def test_a_disk_that_refuses_a_step_leaves_the_old_version(
    again: Callable[[], Workspace], steps: Steps, lasting: bool
) -> None:
    old = read_files(again().folder)
    new = numbered(old, 2)
    one = again()
    number = steps.number_of(lambda: publish(one, new, "Ann", ""))
    outcomes = set()
    for at in range(1, number + 1):
        workspace = again()
        steps.let(full, at=at, until=number * 9 if lasting else at + 1)
        told = said(lambda workspace=workspace: publish(workspace, new, "Ann", ""))
        steps.rest()
        stands = [digest(old), digest(new)].index(read(workspace.folder))
        outcomes.add((told, stands))
        assert lasting or leftovers(workspace.folder) == []
        recover(workspace)
        assert on_disk(workspace.folder) == (old, new)[stands]
        assert leftovers(workspace.folder) == []
    kept = ("The disk is full, so nothing was saved. Make room, and try again.", 0)
    assert outcomes - {UNFINISHED} == {kept, ("", 1)}
    assert (UNFINISHED in outcomes) is lasting


@pytest.mark.long
@forks
def test_killed_200_times_while_publishing_the_folder_always_loads_old_or_new(
    workspace: Workspace, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_VERSIONS", 5)  # so that old ones are deleted all the time
    first = read_files(workspace.folder)
    chance = random.Random(5)  # noqa: S311

    def on_and_on(number: int) -> None:
        while True:
            number += 1
            publish(Workspace(workspace.folder), numbered(first, number), "Ann", str(number))

    def look(least: int) -> int:
        known, problems = knowledge.read(workspace.folder)
        assert known, problems
        number = int(known.practice.greeting.removesuffix(".").split()[-1])
        assert known.digest == digest(numbered(first, number)), "a mixture of versions"
        assert number >= least, "an older version came back"
        return number

    publish(workspace, numbered(first, 1), "Ann", "")
    number = steps.number_of(lambda: publish(workspace, numbered(first, 2), "Ann", ""))
    current, finished = 2, 0
    for _ in range(200):
        at = chance.randrange(1, 2 * number)
        steps.let(lambda: os.kill(os.getpid(), signal.SIGKILL), at=at, until=at + 1)
        pid = in_child(lambda number=current: on_and_on(number))
        steps.rest()
        while (ended := os.waitpid(pid, os.WNOHANG)) == (0, 0):
            current = look(current)
        assert os.waitstatus_to_exitcode(ended[1]) == -signal.SIGKILL
        current = look(current)
        finished += recover(Workspace(workspace.folder))
        assert look(current) == current
        assert on_disk(workspace.folder) == numbered(first, current)
        assert leftovers(workspace.folder) == []
    assert current > 20
    assert finished > 20


def test_what_was_edited_by_hand_before_a_recovery_is_kept(workspace: Workspace) -> None:
    files = read_files(workspace.folder)
    new = numbered(files, 1)
    publish(workspace, new, "Ann", "")
    workspace.versions.joinpath("0002").rename(
        workspace.publishing
    )  # as if cut off after the rename
    (workspace.folder / "small-talk.md").write_bytes(files["small-talk.md"] + b"\n\n\n")
    workspace.prepared.mkdir()  # as if cut off again while keeping it
    assert recover(workspace)
    assert on_disk(workspace.folder) == new
    assert [one.note for one in versions(workspace)] == ["", AS_FOUND, AS_FOUND]
    edited = files_of(workspace, versions(workspace)[1].id)
    assert edited["small-talk.md"] == files["small-talk.md"] + b"\n\n\n"


# what may not be


@forks
@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs users")
def test_in_a_folder_that_may_not_be_written_nothing_is_published() -> None:
    with tempfile.TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o755)
        folder = copy_practice(Path(open_to_all) / "p")
        files = read_files(folder)
        Workspace(folder).create_hidden_folder()
        for path in (folder / ".faqbot", *(folder / ".faqbot").iterdir()):
            path.chmod(0o777)
        folder.chmod(0o555)

        def somebody_else() -> None:
            if os.geteuid() == 0:
                os.setuid(65534)
            with pytest.raises(DeskError, match="may not write in the folder"):
                publish(Workspace(folder), numbered(files, 1), "Ann", "")

        assert left_with(in_child(somebody_else)) == 0
        assert read_files(folder) == files == on_disk(folder)
        folder.chmod(0o755)


def test_a_link_out_of_the_folder_is_neither_read_nor_published(
    workspace: Workspace, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("## Secret? {#secret}\n\nYes.\n")
    (workspace.folder / "secret.md").symlink_to(secret)
    files = read_files(workspace.folder)
    assert "secret.md" not in files
    with pytest.raises(Broken, match="a link to a file outside"):
        publish(workspace, numbered(files, 1), "Ann", "")
    assert secret.read_text() == "## Secret? {#secret}\n\nYes.\n"


def test_a_link_out_of_the_folder_is_replaced_and_not_followed_when_written(
    workspace: Workspace, tmp_path: Path
) -> None:
    files = read_files(workspace.folder)
    elsewhere = tmp_path / "elsewhere.md"
    (workspace.folder / "small-talk.md").rename(elsewhere)
    (workspace.folder / "small-talk.md").symlink_to(elsewhere)
    publish(workspace, numbered(files, 2), "Ann", "")
    assert elsewhere.read_bytes() == files["small-talk.md"]
    assert on_disk(workspace.folder) == numbered(files, 2)
    assert not (workspace.folder / "small-talk.md").is_symlink()


def test_a_link_planted_where_new_content_waits_does_not_become_the_file(
    workspace: Workspace, tmp_path: Path
) -> None:
    new = numbered(read_files(workspace.folder), 2)
    publish(workspace, new, "Ann", "")
    shutil.copytree(workspace.folder, tmp_path / "elsewhere", ignore=shutil.ignore_patterns(".*"))
    restore(workspace, "0001", "Ann")
    (workspace.versions / "0002").rename(workspace.publishing)  # as if cut off after the rename
    toml = workspace.folder / "practice.toml"
    staging_path(toml).symlink_to(tmp_path / "elsewhere" / "practice.toml")
    assert recover(workspace)
    assert on_disk(workspace.folder) == new
    assert not toml.is_symlink()


def test_a_link_planted_where_new_content_waits_is_not_followed(
    workspace: Workspace, tmp_path: Path
) -> None:
    files = read_files(workspace.folder)
    secret = tmp_path / "secret"
    secret.write_text("secret")
    staging_path(workspace.folder / "practice.toml").symlink_to(secret)
    publish(workspace, numbered(files, 2), "Ann", "")
    assert secret.read_text() == "secret"
    assert on_disk(workspace.folder) == numbered(files, 2)


@pytest.mark.parametrize(
    ("journal", "allowed"),
    [
        ("off", True),
        ("asked.sqlite", True),
        ("../other/journal.sqlite", False),
        ("/var/lib/other.sqlite", False),
        ("~nobody-here/journal.sqlite", False),
        ("password", False),
        ("on", False),
        ("postgresql://db.elm.example/faqbot", False),
        ("sqlite:////tmp/x.db", False),
    ],
)
def test_the_desk_chooses_no_journal_outside_the_folder(
    workspace: Workspace, journal: str, allowed: bool
) -> None:
    files = read_files(workspace.folder)
    new = {**files, "practice.toml": f'journal = "{journal}"\n'.encode() + files["practice.toml"]}
    if allowed:
        assert publish(workspace, new, "Ann", "").who == "Ann"
    else:
        with pytest.raises(Broken, match=r"practice\.toml:1: .*journal\.sqlite"):
            publish(workspace, new, "Ann", "")
        assert draft_problems.read(new, files).problems
        assert read_files(workspace.folder) == files

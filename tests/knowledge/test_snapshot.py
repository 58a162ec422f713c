"""The files of a knowledge folder: which there are, all of one moment, and whether they changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.editing.versions import publish
from faqbot.editing.workspace import Workspace, digest, read_files
from faqbot.knowledge import Role, snapshot

CASES = Path(__file__).parent.parent / "cases"
BROKEN = sorted(path for path in (CASES / "broken").iterdir() if path.is_dir())


def greeting(folder: Path, words: str) -> None:
    path = folder / "practice.toml"
    path.write_text(path.read_text().replace("Ask me about your procedure.", words))


# which files


@pytest.mark.parametrize(
    "name",
    [
        "procedure.md",
        "über uns.md",
        "call-the-office.md",
        "practice.toml",
        "examples.jsonl",
        "synonyms.toml",
        "sources/procedure.txt",
        "sources/procedure.md.txt",
    ],
)
def test_it_reads(name: str) -> None:
    assert knowledge.is_knowledge(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "notes.docx",
        "notes.txt",
        "other.toml",
        ".hidden.md",
        "~procedure.md",
        "Practice.toml",
        "procedure.MD",
        "procedure.md.txt",
        "pages/procedure.md",
        "sources/procedure.md",
        "sources/.procedure.txt",
        "sources/",
        "sources/more/procedure.txt",
        "sources/../procedure.txt",
        "../procedure.md",
        "/procedure.md",
        "./procedure.md",
        ".faqbot/draft/files/procedure.md",
    ],
)
def test_it_does_not_read(name: str) -> None:
    assert not knowledge.is_knowledge(name)


def test_a_files_name_says_what_its_entries_are_for() -> None:
    assert knowledge.role_of("emergencies.md") is Role.EMERGENCY
    assert knowledge.role_of("procedure.md") is Role.ANSWER


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_files_that_are_not_on_disk_are_read_as_those_that_are(case: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(CASES / "sound", tmp_path / "knowledge")
    shutil.copytree(case, folder, dirs_exist_ok=True)
    (folder / "expected.txt").unlink()
    unread = snapshot.take_snapshot(folder).problems
    told = knowledge.read_files(read_files(folder), folder)[1]
    assert set(told) | set(unread) >= set(knowledge.read(folder)[1])


def test_sound_files_that_are_not_on_disk_are_the_same_knowledge(practice: Path) -> None:
    known, problems = knowledge.read_files(read_files(practice), practice)
    assert problems == ()
    assert known == knowledge.load(practice)


def test_a_text_that_is_too_large_is_reported_before_it_is_on_disk(practice: Path) -> None:
    files = {**read_files(practice), "sources/procedure.txt": b"x" * 1_000_001}
    assert "too large" in str(knowledge.read_files(files)[1][0])


# of one moment


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Lets something happen after the first file of a reading was read."""
    real = snapshot.read_bytes

    def between(happen: Callable[[], object]) -> None:
        def read_bytes(path: Path, *rest: object) -> bytes | None:
            data = real(path, *rest)
            if path.name == "call-the-office.md":
                happen()
            return data

        monkeypatch.setattr(snapshot, "read_bytes", read_bytes)

    return between


def test_a_publish_during_a_reading_is_read_as_a_whole(
    practice: Path, between: Callable[[Callable[[], object]], None]
) -> None:
    old = read_files(practice)
    new = {name: data + b"\n" for name, data in old.items()}
    todo = [lambda: publish(Workspace(practice), new, "Ann", "")]
    between(lambda: todo.pop()() if todo else None)
    assert knowledge.load(practice).digest == digest(new)


def test_a_reading_survives_each_step_of_a_publish(
    practice: Path, between: Callable[[Callable[[], object]], None]
) -> None:
    old = read_files(practice)
    room = practice / ".faqbot"
    for name, data in old.items():
        path = room / "publishing.part" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data + b"\n")
    steps = [
        lambda: (room / "publishing.part").rename(room / "publishing"),
        *(lambda name=name: (practice / name).write_bytes(old[name] + b"\n") for name in old),
        lambda: (room / "publishing").rename(room / "done"),
    ]
    new = digest({name: data + b"\n" for name, data in old.items()})
    assert knowledge.load(practice).digest == digest(old)
    todo = list(steps)
    between(lambda: todo.pop(0)() if todo else None)
    while todo:
        assert knowledge.load(practice).digest == new
    assert knowledge.load(practice).digest == new


def test_a_file_that_vanishes_during_a_reading_is_simply_gone(
    practice: Path, between: Callable[[Callable[[], object]], None]
) -> None:
    between(lambda: (practice / "synonyms.toml").unlink(missing_ok=True))
    assert knowledge.load(practice).synonyms == ()


def test_a_folder_that_keeps_changing_is_reported(
    practice: Path,
    between: Callable[[Callable[[], object]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshot, "_PAUSE", 0)
    other = practice / "small-talk.md"
    between(lambda: other.write_bytes(other.read_bytes() + b"\n"))
    assert [str(problem) for problem in knowledge.read(practice)[1]] == [
        f"{practice}: The files in this folder keep changing. Wait until that has stopped."
    ]


def test_a_version_that_is_being_published_is_read_as_the_folder(practice: Path) -> None:
    shutil.copytree(practice, practice / ".faqbot" / "publishing")
    greeting(practice / ".faqbot" / "publishing", "We are new.")
    (practice / "procedure.md").write_text("half")
    known = knowledge.load(practice)
    assert known.practice.greeting == "Hello! We are new."
    assert known.folder == practice


# whether they changed

CHANGES: dict[str, Callable[[Path], object]] = {
    "a word": lambda f: greeting(f, "Ask us about your procedure."),
    "a word of the same length": lambda f: greeting(f, "Ask me about your Procedure."),
    "another file in its place": lambda f: shutil.copy(f / "small-talk.md", f / "x.part").replace(
        f / "small-talk.md"
    ),
    "one more": lambda f: (f / "more.md").write_text(""),
    "one less": lambda f: (f / "small-talk.md").unlink(),
    "one with a name that is not read": lambda f: (f / "more.md.txt").write_text(""),
    "a page text": lambda f: (f / "sources" / "procedure.txt").write_text(""),
    "no page texts": lambda f: shutil.rmtree(f / "sources"),
    "a link for a folder": lambda f: (
        (f / "sources").rename(f / "s"),
        (f / "sources").symlink_to(f.parent),
    ),
    "a link for a file": lambda f: (
        (f / "small-talk.md").unlink(),
        (f / "small-talk.md").symlink_to(f / "emergencies.md"),
    ),
    "a publish": lambda f: shutil.copytree(f, f / ".faqbot" / "publishing"),
    "no folder": shutil.rmtree,
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_signature_differs_after(name: str, practice: Path) -> None:
    before = knowledge.signature(practice)
    assert knowledge.signature(practice) == before
    CHANGES[name](practice)
    assert knowledge.signature(practice) != before


def test_the_signature_differs_after_a_publish_within_the_same_tick_of_the_clock(
    practice: Path,
) -> None:
    files = read_files(practice)
    seen = {knowledge.signature(practice)}
    for number in range(20):
        name = f"Ask me about procedure {number:04}.".encode()
        toml = files["practice.toml"].replace(b"Ask me about your procedure.", name)
        publish(Workspace(practice), {**files, "practice.toml": toml}, "Ann", "")
        seen.add(knowledge.signature(practice))
    assert len(seen) == 21


def test_the_signature_sees_what_a_link_within_the_folder_leads_to(practice: Path) -> None:
    (practice / "..data").mkdir()
    (practice / "small-talk.md").rename(practice / "..data" / "small-talk.md")
    (practice / "small-talk.md").symlink_to(practice / "..data" / "small-talk.md")
    before = knowledge.signature(practice)
    (practice / "..data" / "small-talk.md").write_text("## Hi\n\nHello!\n")
    assert knowledge.signature(practice) != before


def test_the_signature_does_not_look_at_what_a_link_out_of_the_folder_leads_to(
    practice: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("")
    (practice / "secret.md").symlink_to(tmp_path / "secret")
    shutil.move(practice / "sources", tmp_path / "elsewhere")
    (practice / "sources").symlink_to(tmp_path / "elsewhere")
    before = knowledge.signature(practice)
    (tmp_path / "secret").write_text("more")
    (tmp_path / "elsewhere" / "more.txt").write_text("more")
    assert knowledge.signature(practice) == before


def test_the_signature_stays_for_what_is_not_read(practice: Path) -> None:
    (practice / ".faqbot" / "draft").mkdir(parents=True)
    before = knowledge.signature(practice)
    (practice / "notes.docx").write_bytes(b"PK\x03\x04")
    (practice / ".hidden.md").write_text("")
    (practice / "sources" / ".part").write_text("")
    (practice / ".faqbot" / "draft" / "procedure.md").write_text("")
    knowledge.load(practice)
    assert knowledge.signature(practice) == before


@pytest.mark.parametrize("name", ["gone", "a\0b", "x" * 5000, "file", "loop", "nowhere"])
def test_the_signature_of_what_is_no_folder_never_raises(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    os.symlink("loop", tmp_path / "loop")
    os.symlink("gone", tmp_path / "nowhere")
    assert knowledge.signature(tmp_path / name) == knowledge.signature(str(tmp_path / name))


def test_the_signature_of_links_that_lead_nowhere_never_raises(practice: Path) -> None:
    os.symlink("loop.md", practice / "loop.md")
    os.symlink("gone", practice / "gone.md")
    shutil.rmtree(practice / "sources")
    os.symlink("sources", practice / "sources")
    assert knowledge.signature(practice) == knowledge.signature(practice)

"""It keeps what was learnt, and learns again whatever cannot be read."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faqbot import keeping
from faqbot.bot import Bot
from faqbot.matching import Matcher

pytestmark = pytest.mark.usefixtures("nothing_learnt")

PRACTICE = Path(__file__).parent / "practice"
MARK: keeping.Levels = {"answer": 0.123, "choice": 0.045}  # no bot learns these by itself
FILES = 2  # that a bot has: what its matcher learnt, and what its watch did


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which it is kept."""
    folder = tmp_path / "kept"
    monkeypatch.setenv("FAQBOT_CACHE", str(folder))
    return folder


@pytest.fixture(scope="module")
def small() -> keeping.Kept:
    phrasings, labels = ["how long", "how much is it", "price"], ["duration", "cost", "cost"]
    return Matcher(phrasings, labels).learnt, MARK


def start(practice: Path) -> Bot:
    """As a process does that holds nothing yet."""
    keeping._held.clear()
    return Bot.load(practice)


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.npz"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def same(one: keeping.Kept, other: keeping.Kept) -> bool:
    a, b = one[0], other[0]
    arrays = [
        (a.rows.toarray(), b.rows.toarray()),
        (a.known.toarray(), b.known.toarray()),
        (a.weights, b.weights),
        (a.constants, b.constants),
    ]
    equal = all(np.array_equal(mine, yours) for mine, yours in arrays)
    return equal and a.lexicon == b.lexicon and one[1] == other[1]


# a bot and its file


def test_a_second_start_takes_what_the_first_learnt(kept: Path) -> None:
    first = start(PRACTICE)
    for file in files(kept):
        learnt, levels = keeping.fetch(file.stem) or pytest.fail(file.stem)
        marked = {name: MARK.get(name, value) for name, value in levels.items()}
        keeping.store(file.stem, learnt, marked)
    second = start(PRACTICE)
    assert second.confidence.answer == MARK["answer"]
    assert second.watch.caution.level == first.watch.caution.level
    assert second.matcher.rank("how long is it") == first.matcher.rank("how long is it")


def test_another_answer_to_the_same_phrasings_takes_it_too(kept: Path, practice: Path) -> None:
    start(practice)
    change(practice / "procedure.md", "two small** cuts", "two small** holes")
    bot = start(practice)
    assert len(files(kept)) == FILES
    assert bot.entry("incisions").entries[0].text == "The surgeon makes two small holes."


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("procedure.md", "- size of the scar", "- size of the scars afterwards"),
        ("procedure.md", "- size of the scar\n", ""),
        ("procedure.md", "## How big are the cuts?", "## How large are the cuts?"),
        ("synonyms.toml", "a night", "the night"),
        ("examples.jsonl", "how long does it take", "how long might it take"),
    ],
)
def test_what_changes_the_matching_is_learnt_anew(
    kept: Path, practice: Path, file: str, old: str, new: str
) -> None:
    start(practice)
    change(practice / file, old, new)
    start(practice)
    assert len(files(kept)) > FILES


def test_nothing_is_kept_where_it_is_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_CACHE", "off")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert start(PRACTICE).ask("how long does it take").kind == "answer"
    assert files(tmp_path) == []


def test_where_nothing_can_be_written_it_works_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("FAQBOT_CACHE", str(tmp_path / "file" / "kept"))
    assert start(PRACTICE).ask("how long does it take").kind == "answer"


def test_practices_that_ask_the_same_hold_it_once(practice: Path) -> None:
    first = start(PRACTICE)
    change(practice / "procedure.md", "two small** cuts", "two small** holes")
    second = Bot.load(practice)
    assert second.matcher.learnt is first.matcher.learnt
    assert second.confidence == first.confidence
    assert "holes" in second.ask("how big are the cuts").entries[0].text


def test_what_no_practice_needs_any_more_is_not_held(small: keeping.Kept) -> None:
    bot = start(PRACTICE)
    assert len(keeping._held) == FILES
    del bot
    gc.collect()
    assert len(keeping._held) == 0
    keeping.once("name", lambda: small)
    assert keeping._levels.keys() == {"name"}


def test_many_practices_may_be_loaded_at_the_same_time(
    small: keeping.Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(number: int) -> keeping.Kept:
        return keeping.once(f"{number}", lambda: (replace(small[0]), MARK))

    monkeypatch.setenv("FAQBOT_CACHE", "off")
    with ThreadPoolExecutor(8) as pool:
        held = list(pool.map(load, range(2000)))
    assert all(load(number)[0] is learnt for number, (learnt, _) in enumerate(held))


# a file that cannot be read


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwrite(path: Path) -> None:
    path.write_bytes(b"\x00" * 1000)


def write_text(path: Path) -> None:
    path.write_text("this was a note of mine")


def pickle(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)


def store_other_arrays(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, weights=np.zeros(3))


def store_one_array(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def store_other_levels(path: Path) -> None:
    with np.load(path) as arrays:
        changed = dict(arrays) | {"levels": np.frombuffer(b"{", np.uint8)}
    with path.open("wb") as file:
        np.savez(file, **changed)


def become_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "damage",
    [
        empty,
        cut,
        overwrite,
        write_text,
        pickle,
        store_other_arrays,
        store_one_array,
        store_other_levels,
        become_a_folder,
    ],
)
def test_a_damaged_file_is_not_taken(
    kept: Path, small: keeping.Kept, damage: Callable[[Path], None]
) -> None:
    keeping.store("name", *small)
    damage(kept / "name.npz")
    assert keeping.fetch("name") is None


def test_a_damaged_file_is_learnt_again(kept: Path) -> None:
    start(PRACTICE)
    for file in files(kept):
        cut(file)
    assert start(PRACTICE).ask("how long does it take").kind == "answer"
    assert all(keeping.fetch(file.stem) for file in files(kept))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_byte_is_wrong_nothing_wrong_is_taken(
    kept: Path, small: keeping.Kept, data: st.DataObject
) -> None:
    keeping.store("name", *small)
    path = kept / "name.npz"
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    found = keeping.fetch("name")
    assert found is None or same(found, small)


# keeping


def test_what_is_kept_comes_back_as_it_was(kept: Path, small: keeping.Kept) -> None:
    keeping.store("name", *small)
    found = keeping.fetch("name")
    assert found is not None
    assert same(found, small)


def test_what_is_too_large_is_not_kept(
    kept: Path, small: keeping.Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LARGEST", 100)
    keeping.store("name", *small)
    assert keeping.fetch("name") is None


def test_what_was_never_kept_is_not_there(kept: Path) -> None:
    assert keeping.fetch("name") is None


def test_a_file_is_written_whole_with_nothing_left_beside_it(
    kept: Path, small: keeping.Kept
) -> None:
    keeping.store("name", *small)
    keeping.store("name", small[0], MARK | {"answer": 0.5})
    assert files(kept) == [kept / "name.npz"]
    found = keeping.fetch("name")
    assert found is not None
    assert found[1]["answer"] == 0.5


def test_those_used_last_stay_where_there_is_no_room_for_all(
    kept: Path, small: keeping.Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping.store("n0", *small)
    monkeypatch.setattr(keeping, "ROOM", 5 * (kept / "n0.npz").stat().st_size)
    for number in range(5):
        keeping.store(f"n{number}", *small)
        os.utime(kept / f"n{number}.npz", (number, number))
    keeping.fetch("n0")
    keeping.store("n5", *small)
    assert [path.stem for path in files(kept)] == ["n0", "n2", "n3", "n4", "n5"]


def test_files_of_others_stay(kept: Path, small: keeping.Kept) -> None:
    kept.mkdir()
    (kept / "notes.txt").write_text("mine")
    for number in range(20):
        keeping.store(f"n{number}", *small)
    assert (kept / "notes.txt").read_text() == "mine"


# names and places


def test_the_same_gets_the_same_name_and_another_another() -> None:
    names = [keeping.key([["how long", "duration"]]), keeping.key([["how long", "cost"]])]
    assert names[0] == keeping.key([["how long", "duration"]])
    assert names[0] != names[1]
    assert all(name.isalnum() for name in names)


def test_half_a_character_has_a_name_too() -> None:
    assert keeping.key(["\ud800"])


def test_the_place_is_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_CACHE", "/somewhere/else")
    assert keeping.place() == Path("/somewhere/else")


def test_the_place_is_among_the_users_caches_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FAQBOT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert keeping.place() == Path("/caches/faqbot")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert keeping.place() == Path.home() / ".cache" / "faqbot"


def test_there_is_no_place_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("FAQBOT_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert keeping.place() is None
    assert keeping.fetch("name") is None


def test_the_folder_may_be_deleted_at_any_time(kept: Path) -> None:
    start(PRACTICE)
    shutil.rmtree(kept)
    start(PRACTICE)
    assert len(files(kept)) == FILES

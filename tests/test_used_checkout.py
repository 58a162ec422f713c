"""A checkout that was served: what visitors asked stays in it, and is in nobody's way.

Not in a wheel, a source archive, git or an image of it, nor in a folder for another practice.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache, cached_property
from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.bot import Bot
from faqbot.editing import starter, versions
from faqbot.editing.workspace import Workspace, read_files
from faqbot.journal import Journal
from tests.house import House
from tests.servers import COMMAND, Client, serving

ROOT = Path(__file__).parent.parent
NOT_COPIED = shutil.ignore_patterns(
    *(".git", ".venv", ".faqbot", ".*_cache", ".hypothesis", ".*.sw?", "*~"),
    *("__pycache__", "build", "dist", "test-results"),
)
ASKED = ("zebra crossing zeugma", "purple zeppelin zeugma", "zeugma on tuesdays")
TRACES = re.compile(rb"zeugma|SQLite format 3")
PAGE = "balloon-kyphoplasty.md"
LEFT_BY_EDITORS = """
    knowledge/.practice.toml.swp knowledge/emergencies.md~ knowledge/#office.md#
    knowledge/.#office.md knowledge/sources/balloon-kyphoplasty.txt.bak knowledge/.DS_Store
    knowledge/questions.sqlite knowledge/questions.sqlite-wal knowledge/sources/.page.txt.swp
    tests/practice/.faqbot/journal.sqlite web/widget.js~ web/.widget.js.swp
    web/templates/faqbot/base.html.orig faqbot/.bot.py.swp faqbot/bot.py~ docs/.DS_Store
""".split()


class Checkout:
    """A copy of this checkout, in which visitors asked, the office published, somebody edited."""

    def __init__(self, folder: Path) -> None:
        self.folder = shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
        self.knowledge = self.folder / "knowledge"
        self.before = self.files()

    def files(self) -> set[str]:
        """What is in it, by names from its top."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix() for path in found}

    def use(self) -> None:
        self.run(*COMMAND, "staff-password", "--stdin", typed="three plain words\n")
        with (
            serving("--knowledge", str(self.knowledge)) as server,
            closing(Client(server.port)) as visitor,
        ):
            assert [visitor.ask(question)[0] for question in ASKED] == [200] * len(ASKED)
        files = read_files(self.knowledge)
        files[PAGE] += b"\nReviewed: 2026-01-02 by Roe Quimby\n"
        versions.publish(Workspace(self.knowledge), files, "Roe Quimby", "")
        for name in LEFT_BY_EDITORS:
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_bytes(b"zeugma")

    def run(self, *command: str | Path, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command at its top, with its own faqbot."""
        paths = os.pathsep.join([str(self.folder), *filter(None, [os.environ.get("PYTHONPATH")])])
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
            input=typed,
            capture_output=True,
            encoding="utf-8",
        )

    def built(self, kind: str, out: Path) -> Path:
        told = self.run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(out))
        assert told.returncode == 0, told.stderr
        return next(out.iterdir())

    @cached_property
    def reaches_the_image(self) -> set[str]:
        """What the Dockerfile copies of its files, after .dockerignore."""
        lines = (self.folder / "docs" / "deploy" / "Dockerfile").read_text("utf-8").splitlines()
        copied = [line.split()[1:-1] for line in lines if re.match("COPY (?!--from)", line)]
        tops = tuple(name for names in copied for name in names)
        rules = (self.folder / ".dockerignore").read_text("utf-8").splitlines()
        sent = {name for name in self.files() if _is_sent(name, rules)}
        return {name for name in sent if any(name == t or name.startswith(f"{t}/") for t in tops)}


def _is_sent(name: str, rules: list[str]) -> bool:
    """As Docker decides: the last rule that fits the file, or a folder that it is in."""
    sent = True
    for rule in (rule for rule in rules if not rule.startswith("#")):
        pattern = re.escape(rule.removeprefix("!")).replace(r"\*\*/", "(?:.*/)?")
        if re.fullmatch(pattern.replace(r"\*", "[^/]*") + "(?:/.*)?", name):
            sent = rule.startswith("!")
    return sent


pytestmark = pytest.mark.long  # what travels matters at a release


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    checkout = Checkout(tmp_path_factory.mktemp("used") / "checkout")
    checkout.use()
    return checkout


Way = Callable[[Checkout, Path], Iterator[tuple[str, bytes]]]


def in_wheel(used: Checkout, out: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(used.built("wheel", out)) as wheel:
        for name in wheel.namelist():
            if ".dist-info/" not in name:
                yield name.removeprefix("faqbot/_bundled/"), wheel.read(name)


def in_sdist(used: Checkout, out: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(used.built("sdist", out)) as archive:
        for member in archive:
            name, file = member.name.partition("/")[2], archive.extractfile(member)
            if file and name != "PKG-INFO":
                yield name, file.read()


def in_git(used: Checkout, out: Path) -> Iterator[tuple[str, bytes]]:
    if not shutil.which("git"):
        pytest.skip("needs git")
    git = ("git", f"--git-dir={out / 'git'}", "--work-tree=.")
    used.run(*git, "init", "--quiet")
    used.run(*git, "add", "--all")
    for name in used.run(*git, "ls-files", "-z").stdout.split("\0")[:-1]:
        yield name, (used.folder / name).read_bytes()


def in_image(used: Checkout, out: Path) -> Iterator[tuple[str, bytes]]:
    for name in used.reaches_the_image:
        yield name, (used.folder / name).read_bytes()


@cache
def travels(used: Checkout, way: Way) -> dict[str, bytes]:
    """What leaves the checkout this way, by name."""
    with tempfile.TemporaryDirectory() as out:
        return dict(way(used, Path(out)))


WAYS = (in_wheel, in_sdist, in_git, in_image)


def test_visitors_questions_and_the_desks_things_are_in_it(used: Checkout) -> None:
    with closing(Journal.open(Workspace(used.knowledge).journal, "", "")) as journal:  # type: ignore[type-var]
        assert len(journal.questions(1)) > 0
    room = {path.name for path in (used.knowledge / ".faqbot").iterdir()}
    assert {"journal.sqlite", "password", "versions"} <= room
    assert set(LEFT_BY_EDITORS) <= used.files()


@pytest.mark.parametrize("way", WAYS)
def test_nothing_of_it_travels(used: Checkout, way: Way) -> None:
    travelled = travels(used, way)
    assert travelled.keys() - used.before == set()
    own = {"tests/test_used_checkout.py"}  # which has the questions in it
    assert [n for n, data in travelled.items() if TRACES.search(data) and n not in own] == []


@pytest.mark.parametrize("way", WAYS)
def test_what_is_needed_does(used: Checkout, way: Way) -> None:
    travelled = travels(used, way).keys()
    tops = ("faqbot/", "web/", "knowledge/") if way in (in_wheel, in_image) else ("",)
    code = {name for name in used.before if name.startswith(tops)}
    assert {name.removeprefix("faqbot/_bundled/") for name in code} - travelled == set()


DISTURBED = "office_finds every_module every_file wheel_holds registry".split()


def test_its_tests_are_not_disturbed(used: Checkout) -> None:
    which = ["tests/test_docs.py", "tests/test_packaging.py", "-k", " or ".join(DISTURBED)]
    told = used.run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *which)
    assert told.returncode == 0, told.stdout


# a folder for another practice

NAME, PHONE = "Lake Side Spine", "(718) 555-0101"
OWN = "stieber studioiii 9163962 8838868 newyork manhattan brooklyn queens roequimby".split()


@pytest.fixture(scope="module")
def made(used: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "ours"
    told = used.run(*COMMAND, "new", folder, "--name", NAME, "--phone", PHONE)
    assert told.returncode == 0, told.stderr
    return folder


@pytest.fixture(scope="module")
def theirs(made: Path) -> Bot:
    return Bot.load(made)


def owns(text: str) -> list[str]:
    """What is the sample practice's in a text, however it is written."""
    bare = re.sub(r"[\W_]", "", text).lower()
    return [word for word in OWN if word in bare]


def test_a_new_folder_has_nothing_of_the_run(used: Checkout, made: Path) -> None:
    files = {path.relative_to(made).as_posix(): path for path in made.rglob("*")}
    assert files.keys() == {"practice.toml", "office.md", "our-page.md"}
    assert [name for name, path in files.items() if TRACES.search(path.read_bytes())] == []


def test_a_new_folder_has_nothing_that_is_the_samples_own(made: Path) -> None:
    lines = [
        f"{path.name}: {line}"
        for path in made.iterdir()
        for line in path.read_text("utf-8").splitlines()
    ]
    assert [line for line in lines if owns(line)] == []


def test_no_reply_from_a_new_folder_is_the_samples(theirs: Bot, used: Checkout) -> None:
    questions = [example.question for example in knowledge.load(used.knowledge).examples]
    replies = [theirs.ask(question) for question in ["hello", *ASKED, *questions]]
    replies += filter(None, (theirs.entry(entry.id) for entry in theirs.knowledge.entries))
    shown = {entry.id for reply in replies for entry in reply.entries}
    assert shown <= {"contact", *starter.STARTER_TOPICS}
    assert {tuple(p.number for p in reply.phones) for reply in replies} == {(PHONE,)}
    assert [reply.json for reply in replies if owns(reply.json)] == []


@pytest.mark.parametrize(
    "path", ["/", "/chat", "/faq", "/widget.js", "/api/practice", "/sitemap.xml"]
)
def test_no_page_of_a_new_folder_is_the_samples(made: Path, tmp_path: Path, path: str) -> None:
    with closing(House(shutil.copytree(made, tmp_path / "ours"))) as house:
        answer = house.app.test_client().get(path)
        assert (answer.status_code, owns(answer.text)) == (200, [])


@pytest.mark.parametrize("path", "/ /answers /page /report /reviews /unanswered /try".split())
def test_the_desk_opens_on_a_new_folder(made: Path, tmp_path: Path, path: str) -> None:
    with closing(House(shutil.copytree(made, tmp_path / "ours"))) as house:
        answer = house.signed_in().get(path)
        assert (answer.status_code, owns(answer.text)) == (200, [])

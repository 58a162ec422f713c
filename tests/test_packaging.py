"""The wheel works by itself: nothing of the checkout, and only the dependencies it declares."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.waiting import PATIENCE

ROOT = Path(__file__).parent.parent
PRACTICE = ROOT / "tests" / "practice"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MODELS = PROJECT["dependency-groups"]["models"]
PINNED = re.compile(r"([a-z0-9-]+)==(\S+)(?: ; .+)?(?: \\\n {4}--hash=sha256:[0-9a-f]{64})+")


class Installed:
    """An environment with the wheel and what it depends on."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.bin = folder / ("Scripts" if os.name == "nt" else "bin")
        self.home = home
        kept = {name: value for name, value in os.environ.items() if "PYTHON" not in name}
        kept |= {"PYTHONUTF8": "1", "FAQBOT_JOURNAL": "off"}
        self.environment = kept

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run one of its commands in an empty folder."""
        return subprocess.run(
            [self.bin / command[0], *command[1:]],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The dependencies are lent by the environment of the tests, so nothing is downloaded."""
    folder, lent = tmp_path_factory.mktemp("venv"), tmp_path_factory.mktemp("lent")
    venv.create(folder, symlinks=os.name != "nt")
    env = Installed(folder, tmp_path_factory.mktemp("home"))
    python = str(env.bin / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--quiet", str(wheel)], check=True)
    for needed in _dependencies(distribution("faqbot"), set()):
        _lend(needed, lent)
    site = env.run("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    (Path(site.stdout.strip()) / "lent.pth").write_text(f"{lent}\n")
    return env


def _dependencies(of: Distribution, seen: set[str]) -> Iterator[Distribution]:
    for line in of.requires or ():
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and name not in seen:
            seen.add(name)
            yield (found := distribution(name))
            yield from _dependencies(found, seen)


def _lend(needed: Distribution, folder: Path) -> None:
    names = {file.parts[0] for file in needed.files or ()} - {"..", "__pycache__"}
    for name in names:
        (folder / name).symlink_to(Path(str(needed.locate_file(name))))


def test_the_wheel_holds_the_package_the_sample_and_the_web_files(wheel: Path) -> None:
    names, version = zipfile.ZipFile(wheel).namelist(), "-".join(wheel.name.split("-")[:2])
    assert "faqbot/_bundled/knowledge/practice.toml" in names
    assert {"faqbot/_bundled/web/widget.js", "faqbot/_bundled/web/widget.d.ts"} <= set(names)
    assert {name.split("/")[0] for name in names} <= {"faqbot", f"{version}.dist-info"}
    assert not [name for name in names if name.endswith((".pyc", ".lock"))]


def test_every_file_of_the_package_travels(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    files = [file for file in (ROOT / "faqbot").rglob("[!.]*[!~]") if file.is_file()]
    ours = {file.relative_to(ROOT).as_posix() for file in files if "__pycache__" not in file.parts}
    assert ours <= names


def test_it_answers_a_question_without_the_checkout(installed: Installed) -> None:
    question = "how long does the procedure take"
    asked = installed.run("faqbot", "ask", "--knowledge", PRACTICE, question)
    assert "one hour" in asked.stdout, asked.stderr


def test_the_tools_of_the_developers_are_not_there(installed: Installed) -> None:
    assert installed.run("python", "-c", "import rapidfuzz").returncode == 0
    assert installed.run("python", "-c", "import pytest").returncode == 1


def test_it_never_falls_back_on_the_sample_by_itself(installed: Installed) -> None:
    asked = installed.run("faqbot", "ask", "hello")
    assert asked.returncode == 1
    assert "faqbot new knowledge" in asked.stderr


def test_a_new_folder_is_sound_and_says_what_it_lacks(installed: Installed) -> None:
    made = installed.run("faqbot", "new", "ours", "--name", "Lake Spine", "--phone", "7185550101")
    assert made.returncode == 0, made.stderr
    checked = installed.run("faqbot", "check", "ours")
    assert checked.returncode == 0, checked.stdout
    assert "our-page.md: This page has no questions yet." in checked.stdout


def test_it_serves_the_chat_box(installed: Installed) -> None:
    command = [installed.bin / "faqbot", "serve", "--knowledge", PRACTICE, "--port", "0"]
    with subprocess.Popen(
        command, cwd=installed.home, env=installed.environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout
            address = next(line.split()[-1] for line in server.stdout if "Serving" in line)
            with urllib.request.urlopen(f"{address}/widget.js", timeout=PATIENCE) as script:  # noqa: S310
                assert b"faq-chat" in script.read()
        finally:
            server.terminate()


@pytest.mark.parametrize("lock", ["requirements.lock", "tests/requirements.lock"])
def test_every_dependency_is_pinned_with_its_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    blocks = re.split(r"\n(?=[a-z])", text.partition("make lock\n")[2])
    pinned = [PINNED.fullmatch(block.rstrip("\n")) for block in blocks]
    assert all(pinned)
    versions = {found[1]: found[2] for found in pinned if found}
    for line in (*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]):
        requirement = Requirement(line)
        version = versions[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), line


def test_what_the_models_need_is_pinned_with_its_hashes() -> None:
    text = (ROOT / "models" / "requirements.lock").read_text("utf-8")
    blocks = re.split(r"\n(?=[a-z])", text.partition("make lock\n")[2])
    pinned = [PINNED.fullmatch(block.rstrip("\n")) for block in blocks]
    assert all(pinned)
    needed = {canonicalize_name(Requirement(line).name) for line in MODELS}
    assert {found[1] for found in pinned if found} == needed


def test_the_locks_agree() -> None:
    ours, theirs = (
        set(re.findall(r"^(\S+==\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))
        for lock in ("requirements.lock", "tests/requirements.lock")
    )
    assert ours <= theirs

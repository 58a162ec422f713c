"""The docs name what there is, and nothing that there is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from faqbot.cli import main
from faqbot.editing.workspace import read_files
from faqbot.settings import SETTINGS, Setting

ROOT = Path(__file__).parent.parent
DOCS = {
    file.relative_to(ROOT).as_posix(): file.read_text("utf-8")
    for file in (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")))
}
ALL = "\n".join(DOCS.values())
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
COMMANDS = sorted(main.commands.items())
OPTIONS = [
    (name, option)
    for name, command in COMMANDS
    for parameter in command.params
    if isinstance(parameter, click.Option)
    for option in parameter.opts
]
MADE = {"build", "dist", "test-results", "__pycache__", "node_modules"}
# In halves, or this file would name them itself.
ELSEWHERE = [
    "pypi" + r"\.org",
    "python" + r"hosted\.org",
    "npm" + r"js\.(?:org|com)",
    "deb" + r"ian\.org",
    "/" + "work/",
    "/" + "root/",
    "/" + "home/[a-z]",
    "/" + "Users/",
    r"C:" + r"\\Users",
]


def _files() -> Iterator[Path]:
    """What is in the project, as against what was made or installed here."""
    for entry in sorted(ROOT.iterdir()):
        hidden = entry.name.startswith(".") and entry.name not in (
            ".ci",
            ".dockerignore",
            ".gitignore",
        )
        if hidden or entry.name in MADE:
            continue
        found = entry.rglob("*") if entry.is_dir() else [entry]
        # In .faqbot, where a folder was served in place, files come and go.
        left_out = MADE | {".faqbot"}
        yield from (f for f in found if f.is_file() and not left_out.intersection(f.parts))


@pytest.mark.parametrize("name", [name for name, _ in COMMANDS])
def test_every_command_is_documented(name: str) -> None:
    assert f"`faqbot {name}" in DOCS["docs/operating.md"]


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_every_option_is_documented(command: str, option: str) -> None:
    assert f"`{option}`" in DOCS["docs/operating.md"], command


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.variable)
def test_every_setting_is_documented_with_its_default(setting: Setting) -> None:
    rows = DOCS["docs/operating.md"].splitlines()
    row = next(row for row in rows if row.startswith(f"| `{setting.variable}`"))
    assert setting.default in row


def test_no_document_names_a_setting_or_a_command_that_is_not() -> None:
    variables = {setting.variable for setting in SETTINGS}
    assert set(re.findall(r"FAQBOT_[A-Z_]+", ALL)) <= variables
    assert set(re.findall(r"\bfaqbot ([a-z]+)(?=[ `\n])", _code(ALL))) <= set(main.commands)


def test_the_makefile_knows_every_make_command_of_the_docs() -> None:
    named = set(re.findall(r"\bmake ([a-z-]+)", _code(ALL)))
    assert {"serve", "test", "check"} <= named <= TARGETS


def _code(text: str) -> str:
    """What stands between back-quotes or is indented."""
    return "\n".join(re.findall(r"`[^`\n]+`|^ {4}.+$", text, re.MULTILINE))


@pytest.mark.parametrize("target", sorted(TARGETS - {"browsers"}))
def test_make_lists_what_it_can_do(target: str) -> None:
    assert re.search(rf"^{target}:.*## \w", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("document", DOCS)
def test_links_lead_to_files(document: str) -> None:
    links = re.findall(r'\]\(([^)#\s]+)[^)]*\)|src="([^"]+)"', DOCS[document])
    files = [a or b for a, b in links if "://" not in a + b]
    assert [file for file in files if not ((ROOT / document).parent / file).is_file()] == []


def test_the_design_names_every_module() -> None:
    package = ROOT / "faqbot"
    modules = {file.stem for file in package.glob("*.py")} - {"__init__"}
    rooms = {f"{folder.parent.name}/" for folder in package.glob("*/__init__.py")}
    named = re.findall(r"^\| `([a-z_]+/?)` \|", DOCS["docs/design.md"], re.MULTILINE)
    assert set(named) == modules | rooms


def test_the_office_finds_every_file_of_the_knowledge() -> None:
    names = read_files(ROOT / "knowledge")  # not what is left where it was served in place
    assert {name for name in names if f"`{name}`" not in DOCS["docs/for-the-office.md"]} == set()


def test_the_readme_fits_on_one_screen() -> None:
    assert len(DOCS["README.md"].splitlines()) <= 60


def test_no_file_names_a_registry_or_somebodys_folder() -> None:
    elsewhere = re.compile("|".join(ELSEWHERE))
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in _files()
        for match in elsewhere.finditer(file.read_bytes().decode("utf-8", "replace"))
    ]
    assert found == []

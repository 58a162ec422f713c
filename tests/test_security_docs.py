"""The tests that the safety case and the security page name are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NAMED = sorted(
    {
        (page, file, name)
        for page in ("safety.md", "security.md")
        for file, name in re.findall(
            r"`(tests/[\w/]+\.py)::([\w:]+)`", (ROOT / "docs" / page).read_text("utf-8")
        )
    }
)


def names_of_tests(file: Path) -> set[str]:
    """Names of tests, as pytest has them: `name` and `Class::name`."""
    names = set()
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names |= {f"{node.name}::{n.name}" for n in node.body if isinstance(n, ast.FunctionDef)}
    return names


@pytest.mark.parametrize(("page", "file", "name"), NAMED)
def test_a_test_that_is_named_is_there(page: str, file: str, name: str) -> None:
    assert name in names_of_tests(ROOT / file), page


@pytest.mark.parametrize("page", ["safety.md", "security.md"])
def test_a_page_names_tests(page: str) -> None:
    assert len([named for named in NAMED if named[0] == page]) >= 15

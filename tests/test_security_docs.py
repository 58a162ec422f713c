"""The safety case and the security page: the tests they name are there, nothing is left out."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = {name: (ROOT / "docs" / name).read_text("utf-8") for name in ("safety.md", "security.md")}
TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")
NAMED = sorted({(page, *found) for page, text in PAGES.items() for found in TEST.findall(text)})
# OWASP ASVS 4.0.3: the requirements of level 1, by section. Those that are deleted are not there.
LEVEL_1 = {
    "2.1": range(1, 13),
    "2.2": range(1, 4),
    "2.3": [1],
    "2.5": range(1, 7),
    "2.7": range(1, 5),
    "2.8": [1],
    "3.1": [1],
    "3.2": range(1, 4),
    "3.3": [1, 2],
    "3.4": range(1, 6),
    "3.7": [1],
    "4.1": [1, 2, 3, 5],
    "4.2": [1, 2],
    "4.3": [1, 2],
    "5.1": range(1, 6),
    "5.2": range(1, 9),
    "5.3": range(1, 11),
    "5.5": range(1, 5),
    "6.2": [1],
    "7.1": [1, 2],
    "7.4": [1],
    "8.2": range(1, 4),
    "8.3": range(1, 5),
    "9.1": range(1, 4),
    "10.3": range(1, 4),
    "11.1": range(1, 6),
    "12.1": [1],
    "12.3": range(1, 6),
    "12.4": [1, 2],
    "12.5": [1, 2],
    "12.6": [1],
    "13.1": [1, 3],
    "13.2": range(1, 4),
    "13.3": [1],
    "14.2": range(1, 4),
    "14.3": [2, 3],
    "14.4": range(1, 8),
    "14.5": range(1, 4),
}
REQUIRED = {f"{section}.{number}" for section, numbers in LEVEL_1.items() for number in numbers}


def rows(page: str) -> list[list[str]]:
    """The cells of a page's tables, without heads."""
    lines = [line for line in PAGES[page].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@cache
def names_of_tests(file: Path) -> frozenset[str]:
    """Names of tests, as pytest has them: `name` and `Class::name`."""
    names = set()
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names |= {f"{node.name}::{n.name}" for n in node.body if isinstance(n, ast.FunctionDef)}
    return frozenset(names)


def test_a_test_that_is_named_is_there() -> None:
    gone = [named for named in NAMED if named[2] not in names_of_tests(ROOT / named[1])]
    assert gone == []
    assert [named for named in NAMED if "::test_" not in f"::{named[2]}"] == []


HAZARDS = [row for row in rows("safety.md") if row[0] != "hazard"]


def test_every_hazard_has_its_cause_control_test_and_rest() -> None:
    for row in HAZARDS:
        assert len(row) == 5, row
        assert all(row), row
        assert TEST.search(row[3]), row


def test_the_hazards_are_those_that_matter() -> None:
    named = " ".join(row[0] for row in HAZARDS).lower()
    for hazard in ("wrong answer", "emergency", "stale", "dead end", "leak", "mistake", "mixed"):
        assert hazard in named


REQUIREMENTS = [row for row in rows("security.md") if re.match(r"\d", row[0])]


def test_a_requirement_is_proved_or_owned_up_to() -> None:
    open_ones = [
        row for row in REQUIREMENTS if not TEST.fullmatch(row[2]) and "**not met**" not in row[1]
    ]
    assert open_ones == []


def test_every_requirement_of_level_1_is_spoken_of_once() -> None:
    left_out = PAGES["security.md"].partition("Does not apply:")[2].partition("\n\nBeyond")[0]
    cells = [*(row[0] for row in REQUIREMENTS), left_out]
    named = Counter(number for cell in cells for number in re.findall(r"\b\d+\.\d+\.\d+\b", cell))
    assert REQUIRED - set(named) == set()
    assert set(named) - REQUIRED == set()
    assert [number for number, times in named.items() if times > 1] == []


def test_the_page_tells_how_many_requirements_there_are() -> None:
    assert f"All {len(REQUIRED)} requirements" in PAGES["security.md"]

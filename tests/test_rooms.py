"""The rooms of the package, from the ground up: none imports from one above it."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import faqbot

PACKAGE = Path(faqbot.__file__).parent
ROOMS = (
    ("text", "settings", "assets"),
    ("common",),
    ("knowledge",),
    ("understanding",),
    ("danger",),
    ("privacy",),
    ("reply", "bot"),
    ("journal",),
    ("quality",),
    ("editing",),
    ("live",),
    ("service",),
    ("serving",),
    ("staff",),
    ("practices",),
    ("app",),
    ("cli",),
)
HTTP = {"serving", "staff", "practices", "app"}  # what may import Flask
MOST_NAMES = 22  # in `ls faqbot`


def room(module: str) -> str:
    """ "faqbot.editing.draft" is in "editing"."""
    return module.split(".")[1] if "." in module else ""


def imports() -> dict[str, set[str]]:
    """The modules that each module imports, also within functions and for types only."""
    files = {path: _name(path) for path in sorted(PACKAGE.rglob("*.py"))}
    return {name: set(_imported(path, set(files.values()))) for path, name in files.items()}


def _name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, modules: set[str]) -> list[str]:
    found: list[str] = []
    package = _name(path) if path.name == "__init__.py" else _name(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            within = package if node.level else ""
            base = ".".join(filter(None, [within, node.module]))
            inside = [f"{base}.{name.name}" for name in node.names]
            found += [one if one in modules else base for one in inside]
    return found


def test_every_room_has_its_height() -> None:
    names = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    names -= {"__init__", "__pycache__", "_bundled"}
    assert names == {name for floor in ROOMS for name in floor}
    assert len(names | {"__init__", "py.typed"}) <= MOST_NAMES


def test_a_room_imports_only_from_below() -> None:
    height = {name: at for at, floor in enumerate(ROOMS) for name in floor}
    upwards = [
        f"{module} imports {other}"
        for module, others in imports().items()
        for other in others
        if other.startswith("faqbot.") and room(module)
        if height[room(other)] > height[room(module)]
    ]
    assert upwards == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {
        module: {other for other in others if other.startswith("faqbot") and other != module}
        for module, others in imports().items()
    }
    for module, others in graph.items():  # a package's own modules are read while it is
        others -= {other for other in others if module.startswith(f"{other}.")}
    TopologicalSorter(graph).prepare()


def test_flask_is_imported_only_where_http_is_spoken() -> None:
    speaking = {
        room(module)
        for module, others in imports().items()
        if any(other.split(".")[0] in ("flask", "werkzeug") for other in others)
    }
    assert speaking <= HTTP

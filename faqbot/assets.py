"""What travels with the package: `web/`, the sample `knowledge/`, and the texts of the chat box."""

from __future__ import annotations

import json
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """The folder `name`, "web" or "knowledge", of an installed package or of a checkout."""
    packed = _PACKAGE / "_bundled" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


def ui_texts() -> dict[str, str]:
    """Every text of the chat box and of the pages without JavaScript."""
    table: dict[str, str] = json.loads((bundled("web") / "words.json").read_text("utf-8"))
    return table

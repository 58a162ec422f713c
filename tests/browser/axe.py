"""axe-core, run on a page as it stands."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

RULES = "wcag2a wcag2aa wcag21a wcag21aa wcag22aa best-practice".split()


@cache
def script() -> str:
    return files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")


def violations(page: Page, rules: list[str] = RULES) -> list[str]:
    """What axe finds wrong, one line each: the rule, and the first part that breaks it."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(script())
    found: dict[str, Any] = page.evaluate("rules => axe.run({ runOnly: rules })", rules)
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found["violations"]]

"""axe-core, run on a page as it stands."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

RULES = "wcag2a wcag2aa wcag21a wcag21aa wcag22aa best-practice".split()
COLOURS = ["color-contrast", "link-in-text-block"]  # the rules that colours alone can break
# All that axe finds in order as well would take as long again to hand over.
RUN = """async rules => {
    const found = await axe.run({ runOnly: rules, resultTypes: ['violations'] })
    return found.violations
}"""


@cache
def script() -> str:
    return files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")


def violations(page: Page, rules: list[str] = RULES) -> list[str]:
    """What axe finds wrong, one line each: the rule, and the first part that breaks it."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(script())
    found: list[dict[str, Any]] = page.evaluate(RUN, rules)
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found]

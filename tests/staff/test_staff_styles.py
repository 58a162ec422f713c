"""The desk's style sheet has no rule for what no page has."""

from __future__ import annotations

import re

from faqbot.assets import bundled

WEB = bundled("web")
NUMBERED = re.compile(r"(colour|fill)-")  # what a template adds to these is a value


def test_every_class_and_id_is_one_that_a_page_or_the_script_has() -> None:
    sheet = re.sub(r"/\*.*?\*/", "", (WEB / "staff.css").read_text("utf-8"), flags=re.DOTALL)
    selectors = " ".join(re.findall(r"([^{};]+)\{", sheet))
    named = set(re.findall(r"[.#]([a-z][\w-]*)", selectors))
    pages = sorted((WEB / "templates" / "faqbot" / "staff").iterdir())
    source = "\n".join(file.read_text("utf-8") for file in [*pages, WEB / "staff.js"])
    words = set(re.findall(r"[\w-]+", source))
    assert {name for name in named - words if not NUMBERED.match(name)} == set()

"""Names of procedures, conditions and parts of the body, as people say them."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "en" / "names.tsv"  # slot<TAB>name


@cache
def names() -> dict[str, tuple[str, ...]]:
    """The names by slot: "procedure", "condition", "part"."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in FILE.read_text("utf-8").splitlines():
        slot, name = line.split("\t")
        found[slot].append(name)
    return {slot: tuple(own) for slot, own in found.items()}

"""Topics: questions that visitors of every practice ask, with the ways in which people ask them.

`en/topics/procedure.md` and `office.md` hold what is asked about any procedure and any office,
`small-talk.md` what is said besides asking, `en/packs/*.md` what any practice that does one
procedure is asked. A wording may have slots, for which each practice has its own names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent / "en"
SLOTS = ("procedure", "condition", "part")
UNNAMED = {  # what stands in a heading for a slot that a practice has no name for
    "procedure": "the procedure",
    "condition": "the condition",
    "part": "the area",
}

_HEADING = re.compile(r"## (.+) \{#([a-z0-9-]+)\}")
SLOT = re.compile(rf"\{{({'|'.join(SLOTS)})\}}")


class Kind(StrEnum):
    """What a topic is about."""

    PROCEDURE = "procedure"  # a procedure, its condition and recovery: an answer needs a quote
    OFFICE = "office"  # the office: what it says itself is enough
    SMALL_TALK = "small-talk"  # no question; `message` is what visitors get


@dataclass(frozen=True, slots=True)
class Topic:
    """A question that practices share."""

    id: str
    kind: Kind
    heading: str  # with slots
    parent: str = ""  # the id of the wider topic, whose answer may serve
    pack: str = ""  # the pack that it belongs to; every practice has the others
    message: str = ""

    def named(self, names: Mapping[str, str]) -> str:
        """The heading, with a practice's names in place of the slots."""
        said = {**UNNAMED, **names}
        return SLOT.sub(lambda slot: said[slot[1]], self.heading)


@cache
def topics(pack: str = "") -> dict[str, Topic]:
    """The topics of all practices by id, and behind them those of a pack."""
    return {id: topic for id, topic in _every().items() if topic.pack in ("", pack)}


@cache
def claimable() -> dict[str, Topic]:
    """What an entry can claim, by id: the topics of all packs too, without small talk."""
    return {id: topic for id, topic in _every().items() if topic.kind is not Kind.SMALL_TALK}


@cache
def _every() -> dict[str, Topic]:
    found: dict[str, Topic] = {}
    for topic, _ in read_topics():
        found.setdefault(topic.id, topic)
    return found


@cache
def packs() -> tuple[str, ...]:
    """The names of all packs."""
    return tuple(file.stem for file in sorted((HERE / "packs").glob("*.md")))


def read_topics(folder: Path = HERE) -> Iterator[tuple[Topic, tuple[str, ...]]]:
    """Each topic with its wordings, as they stand in the files.

    A pack may have further wordings of a topic that every practice has.

    Raises ValueError, naming file and line, for what is neither heading, parent nor wording.
    """
    for kind in Kind:
        yield from _read(folder / "topics" / f"{kind}.md", kind)
    for file in sorted((folder / "packs").glob("*.md")):
        yield from _read(file, Kind.PROCEDURE, file.stem)


def _read(file: Path, kind: Kind, pack: str = "") -> Iterator[tuple[Topic, tuple[str, ...]]]:
    head, *blocks = re.split(r"(?m)^(?=## )", file.read_text("utf-8"))
    number = head.count("\n") + 1
    for block in blocks:
        heading, *lines = block.splitlines()
        found = _HEADING.fullmatch(heading)
        if not found:
            raise ValueError(f"{file.name}:{number}: {heading!r} is no heading with an id")
        wordings = tuple(line[2:] for line in lines if line.startswith("- "))
        parent = next((line[8:] for line in lines if line.startswith("Parent: ")), "")
        rest = [line for line in lines if line and not line.startswith(("- ", "Parent: "))]
        if rest and kind is not Kind.SMALL_TALK:
            raise ValueError(f"{file.name}:{number}: {rest[0]!r} is no wording of {found[2]!r}")
        yield Topic(found[2], kind, found[1], parent, pack, " ".join(rest)), wordings
        number += block.count("\n")

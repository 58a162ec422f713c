"""Topics: questions that visitors of every practice ask, and the ways in which people ask them.

`en/topics/procedure.md` and `office.md` hold what is asked about any procedure and any office,
`small-talk.md` what is said besides questions, `en/packs/*.md` what any practice that offers one
procedure is asked. A wording may have slots, which each practice fills with its own names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent / "en"
SLOT_DEFAULTS = {  # for headings, where a practice has no name for a slot
    "procedure": "the procedure",
    "condition": "the condition",
    "part": "the area",
}
SLOTS = tuple(SLOT_DEFAULTS)
SLOT = re.compile(rf"\{{({'|'.join(SLOTS)})\}}")

_HEADING = re.compile(r"## (.+) \{#([a-z0-9-]+)\}")


class TopicKind(StrEnum):
    """What a topic is about."""

    PROCEDURE = "procedure"  # a procedure, its condition and recovery: an answer needs a quote
    OFFICE = "office"  # the office: its own word is enough
    SMALL_TALK = "small-talk"  # not a question; visitors get `message`


@dataclass(frozen=True, slots=True)
class Topic:
    """A question that practices share."""

    id: str
    kind: TopicKind
    heading: str  # with slots
    parent: str = ""  # the id of the wider topic, whose answer may serve too
    pack: str = ""  # the pack it belongs to; topics without one are every practice's
    message: str = ""

    def named(self, medical_names: Mapping[str, str]) -> str:
        """The heading, with a practice's names in place of the slots."""
        return SLOT.sub(
            lambda slot: medical_names.get(slot[1], SLOT_DEFAULTS[slot[1]]), self.heading
        )


@cache
def topics(pack: str = "") -> dict[str, Topic]:
    """The topics of all practices by id, followed by those of a pack."""
    return {id: topic for id, topic in _all_topics().items() if topic.pack in ("", pack)}


@cache
def claimable() -> dict[str, Topic]:
    """The topics that an entry can be linked to (“claim”), by id: of all packs, no small talk."""
    return {
        id: topic for id, topic in _all_topics().items() if topic.kind is not TopicKind.SMALL_TALK
    }


@cache
def _all_topics() -> dict[str, Topic]:
    found: dict[str, Topic] = {}
    for topic, _ in read_topics():
        found.setdefault(topic.id, topic)
    return found


@cache
def packs() -> tuple[str, ...]:
    """The names of all packs."""
    return tuple(file.stem for file in sorted((HERE / "packs").glob("*.md")))


@cache
def medical_names() -> dict[str, tuple[str, ...]]:
    """Common names of procedures, conditions and body parts, by slot."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in (HERE / "medical_names.tsv").read_text("utf-8").splitlines():  # slot<TAB>name
        slot, name = line.split("\t")
        found[slot].append(name)
    return {slot: tuple(own) for slot, own in found.items()}


def read_topics(folder: Path = HERE) -> Iterator[tuple[Topic, tuple[str, ...]]]:
    """Each topic with its wordings, in the order of the files.

    A pack may have further wordings of a topic that every practice has.

    Raises ValueError, naming file and line, for what is neither heading, parent nor wording.
    """
    for kind in TopicKind:
        yield from _read(folder / "topics" / f"{kind}.md", kind)
    for file in sorted((folder / "packs").glob("*.md")):
        yield from _read(file, TopicKind.PROCEDURE, file.stem)


def _read(file: Path, kind: TopicKind, pack: str = "") -> Iterator[tuple[Topic, tuple[str, ...]]]:
    intro, *blocks = re.split(r"(?m)^(?=## )", file.read_text("utf-8"))
    number = intro.count("\n") + 1
    for block in blocks:
        heading, *lines = block.splitlines()
        found = _HEADING.fullmatch(heading)
        if not found:
            raise ValueError(f"{file.name}:{number}: {heading!r} is not a heading with an id")
        wordings = tuple(line[2:] for line in lines if line.startswith("- "))
        parent = next((line[8:] for line in lines if line.startswith("Parent: ")), "")
        rest = [line for line in lines if line and not line.startswith(("- ", "Parent: "))]
        if rest and kind is not TopicKind.SMALL_TALK:
            raise ValueError(f"{file.name}:{number}: {rest[0]!r} is not a wording of {found[2]!r}")
        yield Topic(found[2], kind, found[1], parent, pack, " ".join(rest)), wordings
        number += block.count("\n")

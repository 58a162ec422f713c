"""Three-way merge of a draft with the folder: both changes in one text, or a choice for a person.

A file of entries is merged entry by entry, an entry and any other file line by line, as diff3
does. What both changed differently is a `MergeConflict`; nothing is ever lost silently.

The library merge3 would replace some twenty lines of this, but is under the GPL.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from faqbot.editing.workspace import DeskError, Files, bytes_like, text_of
from faqbot.knowledge.blocks import Block, blocks

Side = Literal["draft", "folder"]
Key = tuple[str, int]  # an entry's id, and how often it came before: broken files have ids twice
Sections = dict[Key, Block]

TOP = ("", 0)  # the key of what is before the first entry

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """What was changed in the draft and, differently, in the folder."""

    file: str
    entry_id: str  # empty for a whole file, or for what is before its first entry
    title: str  # the entry's question, or the file's name
    draft_text: str  # empty if it was removed
    folder_text: str

    @property
    def key(self) -> str:
        """Names it when somebody chooses a side."""
        return f"{self.file}#{self.entry_id}" if self.entry_id else self.file


class MergeConflicts(DeskError):  # noqa: N818
    """The folder was changed since the draft began, in the same places."""

    def __init__(self, conflicts: Sequence[MergeConflict]) -> None:
        super().__init__(
            "The knowledge folder was changed since this draft began, in the same places. "
            "Choose for each of them which text to keep."
        )
        self.conflicts = tuple(conflicts)


def merge_files(
    base: Files, draft: Files, folder: Files, choose: Mapping[str, Side]
) -> tuple[Files, list[MergeConflict]]:
    """The draft's files with the folder's changes in them, and the conflicts that remain.

    `choose` resolves conflicts, by key; where one remains, the files have the draft's text.
    """
    files: Files = {}
    conflicts: list[MergeConflict] = []
    for name in sorted(base.keys() | draft.keys() | folder.keys()):
        was, ours, theirs = base.get(name), draft.get(name), folder.get(name)
        if theirs in (was, ours):
            merged = ours
        elif ours == was:
            merged = theirs
        else:
            sides = [sections_of(name, text_of(side or b"")) for side in (was, ours, theirs)]
            text, found = _merge(name, sides, choose)
            merged = bytes_like(text, theirs or b"") if text else None
            conflicts += found
        if merged is not None:
            files[name] = merged
    return files, conflicts


def sections_of(name: str, text: str) -> Sections:
    """What is before the first entry, as if it were one; then each entry.

    A file that holds no entries is one section.
    """
    found = blocks(text) if name.endswith(".md") else []
    end = found[0].start if found else len(text)
    cut = {TOP: Block("", name, 0, end, 1, text[:end])}
    seen: Counter[str] = Counter({"": 1})
    for block in found:
        cut[block.id, seen[block.id]] = block
        seen[block.id] += 1
    return cut


def _merge(
    name: str, sides: Sequence[Sections], choose: Mapping[str, Side]
) -> tuple[str, list[MergeConflict]]:
    merged: list[str] = []
    conflicts: dict[str, MergeConflict] = {}
    for key in _order(*(list(side) for side in sides)):
        found = [side.get(key) for side in sides]
        was, mine, other = (block.text if block else None for block in found)
        section, is_clear = _merge_section(name, key, was, mine, other)
        if not is_clear:
            title = next(block.question for block in found[1:] if block)
            conflict = MergeConflict(name, key[0], title, mine or "", other or "")
            if conflict.key not in choose:
                conflicts[conflict.key] = conflict
            section = other if choose.get(conflict.key) == "folder" else mine
        if section is not None:
            merged.append(section)
    return _joined(merged), list(conflicts.values())


def _order(base: Sequence[Key], ours: Sequence[Key], theirs: Sequence[Key]) -> list[Key]:
    """All keys in the order of the side that changed it, each other one below its neighbour."""
    order, others = (list(theirs), ours) if ours == base else (list(ours), theirs)
    for before, key in zip([TOP, *others], others, strict=False):
        if key not in order:
            at = order.index(before) + 1
            while at < len(order) and order[at] not in others:
                at += 1  # both sides inserted here: the side that sets the order comes first
            order.insert(at, key)
    return order


def _merge_section(
    name: str, key: Key, base: str | None, ours: str | None, theirs: str | None
) -> tuple[str | None, bool]:
    """The merged section, None if it is to be removed; and whether that is clear."""
    # Empty lines at an entry's end change when another is added below it.
    ends = "\n" if key != TOP else ""
    was, mine, other = (part and part.rstrip(ends) for part in (base, ours, theirs))
    if mine == was != other:
        return theirs, True
    if other in (was, mine):
        return ours, True
    if base is None or ours is None or theirs is None:
        return None, False
    merged = _merge_lines(*(_LINE.findall(part) for part in (base, ours, theirs)))
    if merged and name.endswith(".md") and _ids(merged) != _ids(ours):
        return None, False  # a line would begin another entry
    return merged, merged is not None


def _ids(text: str) -> list[str]:
    return [block.id for block in blocks(text)]


def _joined(parts: Sequence[str]) -> str:
    """One below the other, with an empty line between them."""
    *above, last = parts
    joined = "".join(
        part if part.endswith("\n\n") or not part.strip("\n") else part.rstrip("\n") + "\n\n"
        for part in above
    )
    return joined + last


# by lines


def _merge_lines(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> str | None:
    """What only one side changed is taken from it; None if both changed neighbouring lines."""
    to_ours, to_theirs = _unchanged(base, ours), _unchanged(base, theirs)
    kept = [n for n in range(len(base)) if n in to_ours and n in to_theirs]
    anchors = [(n, to_ours[n], to_theirs[n]) for n in kept]
    text: list[str] = []
    start = (0, 0, 0)
    for anchor in [*anchors, (len(base), len(ours), len(theirs))]:
        was, mine, other = (
            side[a:b] for side, a, b in zip((base, ours, theirs), start, anchor, strict=True)
        )
        if mine != was != other != mine:
            return None
        text += [*(other if mine == was else mine), *base[anchor[0] : anchor[0] + 1]]
        start = (anchor[0] + 1, anchor[1] + 1, anchor[2] + 1)
    return "".join(text)


def _unchanged(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """The lines of `old` that are still there, by index, each with its index in `new`."""
    matcher = SequenceMatcher(None, old, new)  # its autojunk keeps thousands of empty lines quick
    return {a + n: b + n for a, b, size in matcher.get_matching_blocks() for n in range(size)}

"""Two people changed the same file: what both changed, entry by entry, joined in one text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from faqbot.knowledge.blocks import blocks

AROUND = ("", 0)  # the key of what stands before the first entry

Key = tuple[str, int]  # an id, and how often it came before: broken files have ids twice
_LINE_END = re.compile(r"\r\n|\r")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Merged:
    """The joined text, and the ids of the entries that both changed, each in another way.

    The id "" is what stands before the first entry, and the whole of a file that has no entries.
    """

    text: str
    clashes: tuple[str, ...] = ()


def merge(
    base: str, ours: str, theirs: str, name: str = ".md", give_way: Container[str] = ()
) -> Merged:
    """Join two changes of `base`, a file of this `name`: by entries in a ".md", else by lines.

    For what clashes, the text takes `ours`; but where its id is one of `give_way`, `theirs`, and it
    is no clash. Line ends differ from `base` where one side's do.
    """
    if ours == theirs or theirs == base:
        return Merged(ours)
    if ours == base:
        return Merged(theirs)
    end = _choose(_ends(base), _ends(ours), _ends(theirs))
    was, mine, other = (_LINE_END.sub("\n", text) for text in (base, ours, theirs))
    join = _merge_entries if name.endswith(".md") else _merge_lines
    merged = join(was, mine, other, give_way)
    return Merged(merged.text.replace("\n", end), merged.clashes)


def _ends(text: str) -> str:
    found = _LINE_END.search(text)
    return found[0] if found else "\n"


def _choose(base: str, ours: str, theirs: str) -> str:
    """What was changed; `ours` where both changed it."""
    return theirs if ours == base else ours


# by entries


def _merge_entries(base: str, ours: str, theirs: str, give_way: Container[str]) -> Merged:
    was, mine, other = map(_parts, (base, ours, theirs))
    parts, clashes = [], []
    for key in _order(list(was), list(mine), list(other)):
        a, b, c = (_worded(side.get(key)) for side in (was, mine, other))
        yields = key[0] in give_way
        if a != b != c != a and not yields:
            clashes.append(key[0])
        part = other.get(key) if b == a or (yields and c != a) else mine.get(key)
        if part is not None:
            parts.append(part)
    return Merged(_join(parts), tuple(dict.fromkeys(clashes)))


def _parts(text: str) -> dict[Key, str]:
    """What stands before the first entry, then each entry, in the file's order."""
    found = blocks(text)
    parts = {AROUND: text[: found[0].start] if found else text}
    seen: Counter[str] = Counter({"": 1})
    for block in found:
        parts[block.id, seen[block.id]] = block.text
        seen[block.id] += 1
    return parts


def _worded(part: str | None) -> str | None:
    """But for the empty lines at its end, which change when an entry is added below."""
    return None if part is None else part.rstrip()


def _order(base: Sequence[Key], ours: Sequence[Key], theirs: Sequence[Key]) -> list[Key]:
    """All keys: in the order of the side that changed it, each other one below its neighbour."""
    theirs_rule = ours == base
    order = list(theirs if theirs_rule else ours)
    other = ours if theirs_rule else theirs
    for before, key in zip([AROUND, *other], other, strict=False):
        if key not in order:
            at = order.index(before) + 1
            while at < len(order) and order[at] not in other:
                at += 1  # what both added at one place: first the side that gives the order
            order.insert(at, key)
    return order


def _join(parts: Sequence[str]) -> str:
    """One below the other, with an empty line between them."""
    *above, last = parts
    joined = "".join(
        part if part.endswith("\n\n") or not part.strip("\ufeff\n") else part.rstrip("\n") + "\n\n"
        for part in above
    )
    return joined + last


# by lines


def _merge_lines(base: str, ours: str, theirs: str, give_way: Container[str]) -> Merged:
    """As patches are joined: what only one side changed is taken from it."""
    was, mine, other = (_LINE.findall(text) for text in (base, ours, theirs))
    to_mine, to_other = _unchanged(was, mine), _unchanged(was, other)
    kept = [n for n in range(len(was)) if n in to_mine and n in to_other]
    text: list[str] = []
    at = (0, 0, 0)
    for n in [*kept, None]:
        end = (len(was), len(mine), len(other)) if n is None else (n, to_mine[n], to_other[n])
        hunk = [side[a:b] for side, a, b in zip((was, mine, other), at, end, strict=True)]
        if hunk[1] != hunk[0] != hunk[2] != hunk[1]:
            return Merged(theirs) if "" in give_way else Merged(ours, ("",))
        text += hunk[2] if hunk[1] == hunk[0] else hunk[1]
        if n is not None:
            text.append(was[n])
            at = (end[0] + 1, end[1] + 1, end[2] + 1)
    return Merged("".join(text))


def _unchanged(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """The lines of `old` that are still there, each with its place in `new`."""
    matcher = SequenceMatcher(None, old, new)  # its autojunk keeps thousands of empty lines quick
    return {a + n: b + n for a, b, size in matcher.get_matching_blocks() for n in range(size)}

"""Two people changed the same file: what both changed, entry by entry, joined in one text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Merged:
    """The joined text, and the ids of the entries that both changed, each in another way.

    The id "" is what stands before the first entry, and the whole of a file that has no entries.
    """

    text: str
    clashes: tuple[str, ...] = ()


def merge(base: str, ours: str, theirs: str, name: str = ".md") -> Merged:
    """Join two changes of `base`, a file of this `name`: by entries in a ".md", else by lines.

    For what clashes, the text takes `ours`. Line ends differ from `base` where one side's do.
    """
    raise NotImplementedError

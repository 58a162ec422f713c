"""A file of entries cut into its blocks, by offsets, so that one can be replaced and no other."""

from __future__ import annotations

from dataclasses import dataclass

from .values import Role


@dataclass(frozen=True, slots=True)
class Block:
    """An entry's part of its file: from its heading to the next one, `start` to `end`."""

    id: str  # "" for a heading without words
    question: str
    start: int  # in characters of the file's text, as it was given
    end: int
    line: int  # of the heading, from 1
    text: str


def blocks(text: str, role: Role = Role.ANSWER) -> list[Block]:
    """The entries of a file in its order; what stands before the first is in none of them.

    `text` may have any line ends and a byte order mark. Never raises, also for a broken file.
    """
    raise NotImplementedError

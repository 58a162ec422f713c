"""Which of a practice's procedures a text names: the pages that it may be about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from faqbot.knowledge import Head
from faqbot.text import words
from faqbot.understanding.features import rarity, stem

TELLING = 0.5  # the rarity from which a word of one page's names alone names it
_JOINT = re.compile(r"[(),/]|\b(?:and|or|for|of|with)\b")

Name = tuple[str, ...]  # its stems


class Procedures:
    """The names of a practice's pages.

    A page is named by what its head says, or else by its title; by a word that only its names
    have; and by its condition, or a part of the body that no other page has.
    """

    def __init__(self, heads: Mapping[str, Head]) -> None:
        """`heads`: by the pages' names."""
        self.pages = tuple(heads)
        whole = {page: _names(head) for page, head in heads.items()}
        self._ranks = [
            _owners(whole),
            _owners({page: _words(names) for page, names in whole.items()}, alone=True),
            _owners({page: list(map(_stems, head.conditions)) for page, head in heads.items()}),
            _owners({page: list(map(_stems, h.parts)) for page, h in heads.items()}, alone=True),
        ]

    def named(self, tokens: Sequence[str]) -> tuple[frozenset[str], bool]:
        """The pages that a text names, given as words, and whether by the procedure's whole name.

        Those of the surest kind of name only.
        """
        stems = tuple(map(stem, tokens))
        for rank, owners in enumerate(self._ranks):
            found = {page for name, pages in owners.items() if _has(stems, name) for page in pages}
            if found:
                return frozenset(found), rank == 0
        return frozenset(), False


def _names(head: Head) -> list[Name]:
    if head.procedures:
        return list(map(_stems, head.procedures))
    parts = [part for part in _JOINT.split(head.title.lower()) if part.strip()]
    return [_stems(head.title), *map(_stems, parts)]


def _words(names: Iterable[Name]) -> list[Name]:
    """The rare words of names, each a name by itself."""
    return [(word,) for name in names for word in name if rarity(word) >= TELLING]


def _owners(names: Mapping[str, Iterable[Name]], alone: bool = False) -> dict[Name, list[str]]:
    """The pages that have each name; with `alone`, of one page only."""
    found: dict[Name, list[str]] = {}
    for page, own in names.items():
        for name in dict.fromkeys(filter(None, own)):
            found.setdefault(name, []).append(page)
    counts = Counter({name: len(pages) for name, pages in found.items()})
    return {name: pages for name, pages in found.items() if not alone or counts[name] == 1}


def _stems(name: str) -> Name:
    return tuple(map(stem, words(name)))


def _has(stems: Name, name: Name) -> bool:
    size = len(name)
    return any(stems[start : start + size] == name for start in range(len(stems) - size + 1))

"""What a text refers to: a procedure, by one of its names, or one of the choices shown last."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from faqbot.knowledge import PageInfo
from faqbot.text import words
from faqbot.understanding.features import rarity, stem

NONE = -1  # of the choices
RARE = 0.5  # rarity from which a word that only one page's names have names that page
_SEPARATOR = re.compile(r"[(),/]|\b(?:and|or|for|of|with)\b")

_INDICES = {
    **{name: index for index, name in enumerate(("first", "second", "third", "fourth"))},
    **{f"{index + 1}": index for index in range(9)},
    **{name: index for index, name in enumerate(("1st", "2nd", "3rd", "4th"))},
}
_NUMBERS = {name: index for index, name in enumerate(("one", "two", "three", "four"))}
_FILLERS = frozenset(
    "a about answer choice i id it its like mean meant my no number numero of ok okay one option "
    "pick please question sorry that thats the these this those think want with would yeah yep yes "
    "yup".split()
)
_REFUSAL = frozenset("none neither nope nothing not no any either of them these those that".split())
_REFUSING = frozenset("none neither nope no".split())
_AGREEING = frozenset("yes yeah yep yup ok okay sure correct right exactly".split())

StemmedName = tuple[str, ...]  # as stems


class Procedures:
    """The names of a practice's pages.

    A page is named by what its front matter says, or else by its title; by a rare word that only
    its names have; and by its condition, or a part of the body that no other page has.
    """

    def __init__(self, page_infos: Mapping[str, PageInfo]) -> None:
        """`page_infos`: by file stem."""
        parts = {page: map(_stems, info.body_parts) for page, info in page_infos.items()}
        whole = {page: _names(info) for page, info in page_infos.items()}
        rare = {
            page: [(word,) for name in names for word in name if rarity(word) >= RARE]
            for page, names in whole.items()
        }
        self._by_kind = [  # the surest kind first
            _owners(whole),
            _owners(rare, alone=True),
            _owners({page: map(_stems, info.conditions) for page, info in page_infos.items()}),
            _owners(parts, alone=True),
        ]

    def named(self, tokens: Sequence[str]) -> tuple[frozenset[str], bool]:
        """The pages that a text names by the surest kind of name, and whether by a whole name."""
        stems = tuple(map(stem, tokens))
        for kind, owners in enumerate(self._by_kind):
            found = {page for name, pages in owners.items() if _has(stems, name) for page in pages}
            if found:
                return frozenset(found), kind == 0
        return frozenset(), False


def _names(info: PageInfo) -> list[StemmedName]:
    if info.procedures:
        return list(map(_stems, info.procedures))
    parts = [part for part in _SEPARATOR.split(info.title.lower()) if part.strip()]
    return [_stems(info.title), *map(_stems, parts)]


def _owners(
    names: Mapping[str, Iterable[StemmedName]], alone: bool = False
) -> dict[StemmedName, list[str]]:
    """The pages that have each name; with `alone`, names of a single page only."""
    found: dict[StemmedName, list[str]] = {}
    for page, own in names.items():
        for name in dict.fromkeys(filter(None, own)):
            found.setdefault(name, []).append(page)
    return {name: pages for name, pages in found.items() if not alone or len(pages) == 1}


def _stems(name: str) -> StemmedName:
    return tuple(map(stem, words(name)))


def _has(stems: StemmedName, name: StemmedName) -> bool:
    size = len(name)
    return any(stems[start : start + size] == name for start in range(len(stems) - size + 1))


def chosen(text: str, count: int) -> int | None:
    """The index of the one of `count` choices that a text picks, or `NONE` if it refuses them.

    "2", "the second one", "yes the first", "none of these"; None where it says something else.
    """
    said = words(text)
    if not said or count < 1:
        return None
    if _REFUSING.intersection(said) and _REFUSAL.issuperset(said):
        return NONE
    indices = {_INDICES[word] for word in said if word in _INDICES}
    indices |= {count - 1} if "last" in said else set()
    if not indices:
        indices = {_NUMBERS[word] for word in said[-1:] if word in _NUMBERS}
        if said[-1] == "one" and len(said) > 1 and "number" not in said and "option" not in said:
            indices = set()  # "that one"
    rest = {word for word in said if word not in _INDICES and word not in _NUMBERS} - {"last"}
    if len(indices) == 1 and rest <= _FILLERS:
        index = indices.pop()
        return index if index < count else None
    agrees = _AGREEING.intersection(said) and _FILLERS.union(_AGREEING).issuperset(said)
    return 0 if agrees and count == 1 else None

"""What a draft or a version changes: which entries and files, and which words in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

from faqbot.editing.merging import sections_of
from faqbot.editing.workspace import Files, text_of
from faqbot.knowledge.blocks import Block

Op = Literal["same", "out", "in"]
Words = tuple[tuple[Op, str], ...]

MAX_COMPARED_WORDS = 4_000  # words and gaps of a changed passage that are compared one by one

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WORD = re.compile(r"\s+|\S+")
# Where the journal is kept may hold a password: "postgresql://office:secret@db/faqbot".
_PASSWORD = re.compile(r"(?<=://)[^\s/@]+(?=@)|(?<=password=)[^\s&\"']+")
_Hunk = tuple[bool, str, str]  # whether it changed, and how it reads before and after


@dataclass(frozen=True, slots=True)
class Difference:
    """An entry that is not as it was; or, with an empty `id`, what else a file holds."""

    id: str
    title: str  # the entry's question, or the file's name
    file: str
    kind: Literal["new", "removed", "changed"]
    words: Words = ()  # below the question; empty if those are the same, or only a password changed
    old_title: str = ""  # if the question was another
    old_file: str = ""  # if the entry was moved


def differences(old: Files, new: Files) -> list[Difference]:
    """All that differs: entries in their new order, other files, and then what was removed."""
    was, now = _all_parts(old), _all_parts(new)
    lost = {block.id: key for key, block in was.items() if block.id and key not in now}
    found: list[Difference] = []
    for key, block in now.items():
        origin = key if key in was else lost.pop(block.id, key)
        found += _compare(origin[0], was.pop(origin, None), key[0], block)
    for key, block in was.items():
        found += _compare(key[0], block, key[0], None)
    return found


def _all_parts(files: Files) -> dict[tuple[str, str, int], Block]:
    names = sorted(files, key=lambda name: (not name.endswith(".md"), name))
    return {
        (name, *key): block
        for name in names
        for key, block in sections_of(name, text_of(files[name])).items()
    }


def _compare(
    old_file: str, old: Block | None, file: str, new: Block | None
) -> Iterator[Difference]:
    shown = new or old
    if old and new and old_file == file and old.text.rstrip() == new.text.rstrip():
        return
    if shown is None or not (shown.id or shown.text.strip()):
        return
    words = word_changes(_shown_text(old), _shown_text(new))
    yield Difference(
        id=shown.id,
        title=shown.question,
        file=file,
        kind="removed" if new is None else "changed" if old else "new",
        words=words if any(op != "same" for op, _ in words) else (),
        old_title=old.question if old and old.question != shown.question else "",
        old_file=old_file if old_file != file else "",
    )


def _shown_text(block: Block | None) -> str:
    """What is below the heading, or the text of what is no entry; without passwords."""
    if block is None:
        return ""
    text = block.text.partition("\n")[2] if block.id else block.text
    return _PASSWORD.sub("…", text.strip())


# words


def word_changes(before: str, after: str) -> Words:
    """What to take out of `before` and put in to get `after`.

    "same" and "out" join to `before`, "same" and "in" to `after`. One word that stayed between two
    that changed counts as changed, because whole phrases are easier to read.
    """
    hunks = _join(_fold(list(_join(_diff(before, after)))))
    return tuple(piece for hunk in hunks for piece in _pieces(hunk) if piece[1])


def _diff(before: str, after: str) -> Iterator[_Hunk]:
    """By lines first, so that a long page takes no longer than its changes."""
    for changed, old, new in _hunks(_LINE.findall(before), _LINE.findall(after)):
        words = _WORD.findall(old), _WORD.findall(new)
        if changed and max(map(len, words)) <= MAX_COMPARED_WORDS:
            yield from _hunks(*words, gap=str.isspace)
        else:
            yield changed, old, new


def _hunks(
    old: Sequence[str], new: Sequence[str], gap: Callable[[str], bool] | None = None
) -> Iterator[_Hunk]:
    matcher = SequenceMatcher(gap, old, new, autojunk=gap is None)
    for op, i, j, k, m in matcher.get_opcodes():
        yield op != "equal", "".join(old[i:j]), "".join(new[k:m])


def _join(hunks: Iterable[_Hunk]) -> Iterator[_Hunk]:
    """Neighbours that both changed, or both stayed, as one."""
    for changed, near in groupby(hunks, key=lambda hunk: hunk[0]):
        _, old, new = zip(*near, strict=True)
        yield changed, "".join(old), "".join(new)


def _fold(hunks: Sequence[_Hunk]) -> Iterator[_Hunk]:
    """A word alone between two changes counts as changed."""
    for index, (changed, old, new) in enumerate(hunks):
        alone = 0 < index < len(hunks) - 1 and len(old.split()) <= 1 and "\n" not in old
        yield changed or alone, old, new


def _pieces(hunk: _Hunk) -> Words:
    changed, old, new = hunk
    if not changed:
        return (("same", old),)
    end = "\n" if old.endswith("\n") and new.endswith("\n") else ""
    return ("out", old.removesuffix(end)), ("in", new.removesuffix(end)), ("same", end)

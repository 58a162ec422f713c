"""The draft and the folder, both changed since the draft began, joined again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from faqbot.editing import entries
from faqbot.editing.stored_draft import Draft
from faqbot.editing.texts import as_it_is, as_it_was, plain
from faqbot.editing.workspace import DeskError, Files
from faqbot.knowledge import role_of

Side = Literal["draft", "folder"]


@dataclass(frozen=True, slots=True)
class Clash:
    """What was changed in the draft and, differently, in the folder."""

    file: str
    entry_id: str  # empty where all of the file is meant, or what stands before its first entry
    question: str
    draft_text: str  # empty where it was removed
    folder_text: str

    @property
    def key(self) -> str:
        """Names it when choosing: the entry's id, or the file's name."""
        return self.entry_id or self.file


class Clashes(DeskError):  # noqa: N818
    """The folder was changed since the draft began, in the same places."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__(
            "The knowledge folder was changed since this draft began, in the same places. "
            "Choose for each of them which text to keep."
        )
        self.clashes = tuple(clashes)


def join(draft: Draft, folder: Files, choose: Mapping[str, Side]) -> tuple[Files, list[Clash]]:
    """The draft's files with the folder's changes in them, and what clashes.

    For what clashes, the files have the draft's text; `choose` says whose, by `Clash.key`.
    """
    files: Files = {}
    clashes: list[Clash] = []
    for name in sorted(draft.base.keys() | draft.files.keys() | folder.keys()):
        sides = draft.base.get(name), draft.files.get(name), folder.get(name)
        data, found = _join_file(name, *sides, choose)
        clashes += found
        if data is not None:
            files[name] = data
    return files, clashes


def _join_file(
    name: str,
    base: bytes | None,
    ours: bytes | None,
    theirs: bytes | None,
    choose: Mapping[str, Side],
) -> tuple[bytes | None, list[Clash]]:
    if theirs in (base, ours):
        return ours, []
    if ours == base:
        return theirs, []
    was, mine, other = (as_it_is(side or b"") for side in (base, ours, theirs))
    ids = {key if key != name else "" for key, side in choose.items() if side == "folder"}
    merged = entries.merge(was, mine, other, name, ids)
    unclear = [id for id in merged.clashes if (id or name) not in choose]
    clashes = [_clash(name, id, mine, other) for id in unclear]
    return as_it_was(merged.text) or None, clashes


def _clash(name: str, id: str, ours: str, theirs: str) -> Clash:
    if not name.endswith(".md"):
        return Clash(name, "", name, plain(ours), plain(theirs))
    mine, other = dict(_parts(name, ours)), dict(_parts(name, theirs))
    question = next((side[id][0] for side in (mine, other) if id in side), name)
    texts = (side.get(id, ("", ""))[1] for side in (mine, other))
    return Clash(name, id, question, *map(plain, texts))


def _parts(name: str, text: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each id with its question and text; "" is what stands before the first entry."""
    found = entries.blocks(text, role_of(name))
    yield "", (name, text[: found[0].start] if found else text)
    for block in found:
        yield block.id, (block.question, block.text)

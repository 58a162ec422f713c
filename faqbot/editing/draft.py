"""The draft: what has been changed at the desk and is not published yet.

There is one for the practice, shared by everybody who is signed in. Nobody's work is overwritten:
whoever saves says what text they started from, and gets a `StaleEdit` if it has changed since.

It is stored in `.faqbot/draft`: `base` holds the folder as it was when the draft began, `files` as
it will be, `draft.json` who did what. Each file is replaced as a whole, and draft.json last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, astuple, dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from faqbot import knowledge
from faqbot.editing import disk, entries, versions
from faqbot.editing.entries import EditError, EntryText
from faqbot.editing.merging import MergeConflict, MergeConflicts, Side, merge_files
from faqbot.editing.versions import Version
from faqbot.editing.workspace import (
    DeskError,
    Files,
    Workspace,
    bytes_like,
    decode,
    encode,
    fingerprint,
    read_files,
    text_of,
)
from faqbot.knowledge import Role, role_of
from faqbot.knowledge.snapshot import LARGEST, read_now, take_snapshot

Action = Literal["phrasing", "entry", "office", "ignore"]

LONGEST_NOTE = 300  # characters
_TRIES = 20  # to read a consistent draft; only a publish or a discard can interfere
_RECORD = "draft.json"
_NEW_NAME = re.compile(r"(sources/[^\W_][\w .-]{0,70}\.txt|[^\W_][\w .-]{0,70}\.\w+)")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\b.*", re.IGNORECASE)  # no files on Windows
_IN_WORDS = {"id": "name", "phrasings": "ways to ask", "reviewed": "review"}  # others as they are


class StaleEdit(DeskError):  # noqa: N818
    """Somebody else saved the same text in the meantime; nothing was saved, nothing is lost."""

    def __init__(self, theirs: str) -> None:
        super().__init__(
            "Somebody else changed this in the meantime. Look at both texts, "
            "put what you want to keep into one, and save again."
        )
        self.theirs = theirs  # the text in the draft now; empty if it was removed


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was done to the draft."""

    who: str
    when: datetime  # UTC
    what: str  # a sentence: "Changed the answer of “How long…?”."


@dataclass(frozen=True, slots=True)
class Triaged:
    """A visitor's question from the journal that the draft handles."""

    question: str  # as the journal has it
    action: Action
    entry: str = ""  # the id of the entry that it went to


@dataclass(frozen=True, slots=True)
class Draft:
    """The folder as it was when the draft began, and as it will be."""

    base: Files
    files: Files
    changes: tuple[Change, ...] = ()
    triaged: tuple[Triaged, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to publish."""
        return self.base == self.files and not self.triaged

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of the files that will differ, sorted."""
        names = self.base.keys() | self.files.keys()
        return tuple(sorted(n for n in names if self.base.get(n) != self.files.get(n)))

    def with_file(self, name: str, data: bytes) -> Draft:
        """With other content for a file; without the file if that is empty."""
        if len(data) > LARGEST:
            raise DeskError(
                f"This text is too large ({len(data) / 1_000_000:.1f} MB; at most 1 MB is read). "
                "Put some of it into another file."
            )
        others = {other: kept for other, kept in self.files.items() if other != name}
        return replace(self, files={**others, name: data} if data else others)

    def with_entry(self, file: str, entry_id: str | None, entry: EntryText) -> Draft:
        """With the entry in place of the one with this id; None adds it. Raises EditError."""
        text = decode(self.files.get(file, b""))
        return self.with_file(file, encode(entries.write_entry(text, entry_id, entry)))

    def without_entry(self, file: str, entry_id: str) -> Draft:
        """Without the entry, and without its file if it was the last one there."""
        rest = entries.remove_entry(decode(self.files[file]), entry_id)
        return self.with_file(file, encode(rest) if entries.blocks(rest, role_of(file)) else b"")

    def with_triaged(self, triaged: Iterable[Triaged]) -> Draft:
        """With visitors' questions handled; for each of them, the last decision counts."""
        by_question = {one.question: one for one in self.triaged}
        for one in triaged:
            by_question.pop(one.question, None)
            by_question[one.question] = one
        return replace(self, triaged=tuple(by_question.values()))


# reading and storing


def read(workspace: Workspace) -> Draft:
    """The draft; if there is none, one that changes nothing."""
    workspace.refuse_links()
    for _ in range(_TRIES):
        record = _record(workspace)
        if record is None:
            files = read_files(workspace.folder)
            return Draft(files, dict(files))
        base, files_now = map(take_snapshot, (workspace.draft_base, workspace.draft_files))
        if not (base.refused or files_now.refused) and _record(workspace) == record:
            return Draft(base.files, files_now.files, *_parse(record))
    raise DeskError(
        f"The draft cannot be read. Try again in a moment; if it stays so, remove {workspace.draft}"
    )


def save(workspace: Workspace, old: Draft, new: Draft, who: str, what: str) -> Draft:
    """Store what somebody made of the draft, unless it is the same; call it under the lock."""
    if (new.files, new.triaged) == (old.files, old.triaged):
        return old
    return _store(
        workspace, replace(new, changes=(*old.changes, Change(who, datetime.now(UTC), what)))
    )


def discard(workspace: Workspace) -> None:
    """Throw the draft away."""
    with workspace.lock():
        disk.remove_atomically(workspace.draft)


def _store(workspace: Workspace, draft: Draft) -> Draft:
    """Write the draft; if that is interrupted, each file is either the old or the new one."""
    draft = replace(draft, triaged=_still_triaged(draft))
    if draft.empty:
        discard(workspace)
        return replace(draft, changes=())
    if workspace.draft.exists():
        _update(workspace.draft_files, draft.files)
        _update(workspace.draft_base, draft.base)
        disk.replace_file(workspace.draft / _RECORD, _as_record(draft))
    else:
        part = workspace.hidden / "draft.part"
        disk.remove(part)
        disk.create_folder(part / workspace.draft_base.name, draft.base)
        disk.create_folder(part / workspace.draft_files.name, draft.files)
        disk.replace_file(part / _RECORD, _as_record(draft))
        disk.move(part, workspace.draft)
        disk.sync(workspace.hidden)
    return draft


def _update(folder: Path, files: Files) -> None:
    now = read_now(folder).files
    disk.update(folder, now, files, gone=now)


def _still_triaged(draft: Draft) -> tuple[Triaged, ...]:
    """Without the questions whose entry is gone again."""
    known = entries.ids(draft.files) if draft.base != draft.files else {}
    return tuple(one for one in draft.triaged if one.action == "ignore" or one.entry in known)


def _record(workspace: Workspace) -> bytes | None:
    """What draft.json says; empty if that is missing, None without a draft."""
    try:
        with suppress(FileNotFoundError):
            return (workspace.draft / _RECORD).read_bytes()
        return b"" if workspace.draft.exists() else None
    except OSError as error:
        raise DeskError(
            f"faqbot may not read the folder {workspace.hidden} ({error.strerror}). "
            "Ask whoever looks after the server to allow it."
        ) from error


def _as_record(draft: Draft) -> bytes:
    changes = [asdict(one) | {"when": one.when.isoformat()} for one in draft.changes]
    triaged = [asdict(one) for one in draft.triaged]
    return json.dumps({"changes": changes, "triaged": triaged}, indent=1).encode()


def _parse(record: bytes) -> tuple[tuple[Change, ...], tuple[Triaged, ...]]:
    """Nothing if it cannot be read, since the files are what counts."""
    with suppress(ValueError, KeyError, TypeError):
        content = json.loads(record)
        triaged = content["triaged"] if "triaged" in content else content["taken"]  # its old name
        changes = tuple(
            Change(one["who"], datetime.fromisoformat(one["when"]), one["what"])
            for one in content["changes"]
        )
        return changes, tuple(Triaged(**one) for one in triaged)
    return (), ()


# changing whole files and entries


def save_file(
    workspace: Workspace, name: str, text: str, base_fingerprint: str, who: str, what: str
) -> Draft:
    """Put a file's whole text into the draft; a blank text removes the file.

    `base_fingerprint` is that of the text which the person started from ("" for none yet). Raises
    StaleEdit if the draft has another by now, DeskError if no knowledge file can have this name.
    """
    with workspace.lock():
        draft = read(workspace)
        _refuse_name(name, draft)
        old = draft.files.get(name, b"")
        now = text_of(old)
        if fingerprint(now) != (base_fingerprint or fingerprint("")):
            raise StaleEdit(now)
        if fingerprint(now) == fingerprint(text):
            return draft
        new = draft.with_file(name, bytes_like(text, old) if text.strip() else b"")
        return save(workspace, draft, new, who, what)


def save_entry(
    workspace: Workspace,
    file: str,
    entry_id: str | None,
    entry: EntryText,
    base_fingerprint: str | None,
    who: str,
    answered: Iterable[str] = (),
) -> Draft:
    """Put one entry into the draft; the rest of its file stays as it is.

    Without `entry_id` it is a new one at the end of the file. `base_fingerprint` is that of the
    block (`entries.Block.text`) which the person started from, or None not to check it. Raises
    StaleEdit if the draft has another by now, and EditError if the entry cannot be written like
    this. `answered` are the visitors' questions of the journal that it answers.
    """
    with workspace.lock():
        draft = read(workspace)
        _refuse_name(file, draft)
        entry = _with_id(draft.files, file, entry_id, entry)
        if entry_id is not None:
            _refuse_conflict(draft.files, file, entry_id, base_fingerprint)
        triaged = [Triaged(question, "entry", entry.id) for question in answered]
        new = draft.with_entry(file, entry_id, entry).with_triaged(triaged)
        what = _what_changed(draft, new, file, entry_id, entry)
        if entry_id is None and triaged:  # whose words its question may still be
            what = f"Wrote the answer “{entry.id}” to what visitors asked."
        return save(workspace, draft, new, who, what)


def remove_entry(workspace: Workspace, entry_id: str, base_fingerprint: str, who: str) -> Draft:
    """Remove an entry; raises StaleEdit if its block has another fingerprint by now."""
    with workspace.lock():
        draft = read(workspace)
        file, entry = entries.find(draft.files, entry_id)
        _refuse_conflict(draft.files, file, entry.id, base_fingerprint)
        new = draft.without_entry(file, entry.id)
        return save(workspace, draft, new, who, f"Removed {name_in_note(draft, entry.id)}.")


def mark_reviewed(workspace: Workspace, entry_id: str, who: str, on: date) -> Draft:
    """Note that somebody has read the entry and found it right."""
    with workspace.lock():
        draft = read(workspace)
        file, entry = entries.find(draft.files, entry_id)
        reviewed = replace(entry, reviewed=f"{on.isoformat()} by {who}")
        new = draft.with_entry(file, entry.id, reviewed)
        return save(workspace, draft, new, who, f"Reviewed {name_in_note(draft, entry.id)}.")


def _refuse_name(name: str, draft: Draft) -> None:
    if name in draft.files or name in draft.base:
        return
    bare = name.removeprefix("sources/")
    sound = _NEW_NAME.fullmatch(name) and not _DEVICES.fullmatch(bare)
    if not (sound and knowledge.is_knowledge(name)):
        raise DeskError(
            f"“{name[:60]}” cannot be the name of a file here. Use letters, digits and dashes "
            "only, with .md at the end, as in my-page.md"
        )
    if alike := [other for other in draft.files if other.lower() == name.lower()]:
        raise DeskError(f"There is a file {alike[0]} already. Use it, or choose another name.")


def _with_id(files: Files, file: str, entry_id: str | None, entry: EntryText) -> EntryText:
    """The entry with an id that no other file has."""
    known = entries.ids(files)
    if not entry.id:
        return replace(entry, id=entry_id or entries.new_id(entry.question, known))
    if entry.id != entry_id and known.get(entry.id, file) != file:
        raise EditError(entries.name_taken(entry.id))
    return entry


def _refuse_conflict(files: Files, file: str, entry_id: str, base_fingerprint: str | None) -> None:
    found = [block.text for block in entries.blocks_in(files, file) if block.id == entry_id]
    now = found[0] if found else ""
    if not found or (base_fingerprint is not None and fingerprint(now) != base_fingerprint):
        raise StaleEdit(now)


def _what_changed(old: Draft, new: Draft, file: str, entry_id: str | None, entry: EntryText) -> str:
    """What was done to an entry, as a sentence."""
    role = role_of(file)
    if entry_id is None and role in (Role.OFFICE_ANSWER, Role.PHONE_ONLY) and not entry.answer:
        return f"Added “{entry.question}” to what only the office can answer."
    if entry_id is None:
        return f"Wrote a new answer, “{entry.question}”."
    was = entries.read_entry(decode(old.files[file]), entry_id, role)
    now = entries.read_entry(decode(new.files[file]), entry.id, role)
    pairs = zip(fields(was), astuple(was), astuple(now), strict=True)
    changed = [_IN_WORDS.get(field.name, field.name) for field, old, new in pairs if old != new]
    *others, last = changed or ["text"]
    listed = f"{', '.join(others)} and {last}" if others else last
    return f"Changed the {listed} of {name_in_note(old, entry_id)}."


def name_in_note(draft: Draft, entry_id: str, new: str = "a new entry") -> str:
    """What a note of a change calls an entry: the question that was published.

    The question of an entry that is not published yet may be a visitor's, and notes are kept
    longer than the journal; such an entry is called `new`.
    """
    if entry_id not in entries.ids(draft.base):
        return new
    return f"“{entries.find(draft.base, entry_id)[1].question}”"


# publishing, and the folder that changes in the meantime


def conflicts(workspace: Workspace) -> list[MergeConflict]:
    """What was changed both in the draft and, differently, in the folder since the draft began."""
    draft = read(workspace)
    return merge_files(draft.base, draft.files, read_files(workspace.folder), {})[1]


def rebase(workspace: Workspace, choose: Mapping[str, Side], who: str) -> Draft:
    """Merge the folder's changes into the draft.

    `choose` says whose text to keep, by `MergeConflict.key`. Raises MergeConflicts with those that
    nothing was chosen for; then nothing is changed.
    """
    with workspace.lock():
        draft, folder = read(workspace), read_files(workspace.folder)
        if folder == draft.base:
            return draft
        files, unresolved = merge_files(draft.base, draft.files, folder, choose)
        if unresolved:
            raise MergeConflicts(unresolved)
        merged = Change(who, datetime.now(UTC), "Merged changes from the folder.")
        return _store(workspace, Draft(folder, files, (*draft.changes, merged), draft.triaged))


def publish(workspace: Workspace, who: str, note: str = "") -> Version:
    """Publish the draft, merged with the folder's changes, and begin a new one.

    Without a note, it is what was done to the draft. Raises MergeConflicts or Broken; then the
    draft stays. The caller resolves its `triaged` in the journal, and so reads the draft before.
    """
    with workspace.lock():
        draft = rebase(workspace, {}, who)
        before = knowledge.digest(draft.base)
        version = versions.publish(workspace, draft.files, who, note or _summary(draft), before)
        discard(workspace)
        return version


def _summary(draft: Draft) -> str:
    what = " ".join(dict.fromkeys(change.what for change in draft.changes))
    return what if len(what) <= LONGEST_NOTE else what[:LONGEST_NOTE].rpartition(" ")[0] + " …"

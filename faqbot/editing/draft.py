"""The draft: what has been changed at the desk and is not published yet.

There is one for the practice, shared by all who are signed in. Nobody's work is overwritten: who
saves says what text they started from, and gets a `Conflict` with both where it is another by now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from faqbot import knowledge
from faqbot.editing import entries, stored_draft, versions
from faqbot.editing.entries import Block, EditError, EntryText, FieldProblem
from faqbot.editing.joining import Clash, Clashes, Side, join
from faqbot.editing.stored_draft import Action, Change, Draft, Taken, discard, read
from faqbot.editing.texts import as_it_is, as_it_was, bytes_like, fingerprint, text_of
from faqbot.editing.versions import Version
from faqbot.editing.workspace import DeskError, Files, Workspace, read_files
from faqbot.knowledge import Role, role_of
from faqbot.knowledge.snapshot import LARGEST, OFFICE

__all__ = [
    "Action",
    "Change",
    "Clash",
    "Clashes",
    "Conflict",
    "Draft",
    "Side",
    "Taken",
    "add_office_topic",
    "add_phrasing",
    "conflicts",
    "discard",
    "fingerprint",
    "ignore",
    "mark_reviewed",
    "publish",
    "read",
    "rebase",
    "remove_entry",
    "save_entry",
    "save_file",
    "text_of",
]

LONGEST_NOTE = 300  # characters

_NEW_NAME = re.compile(r"(sources/[^\W_][\w .-]{0,70}\.txt|[^\W_][\w .-]{0,70}\.\w+)")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\b.*", re.IGNORECASE)  # no files on Windows
_WORDS = {
    "question": "question",
    "id": "name",
    "phrasings": "ways to ask",
    "answer": "answer",
    "quotes": "quotes",
    "topics": "topics",
    "reviewed": "review",
}


class Conflict(DeskError):  # noqa: N818
    """Somebody else saved the same text in the meantime; nothing was saved, nothing is lost."""

    def __init__(self, mine: str, theirs: str) -> None:
        super().__init__(
            "Somebody else changed this in the meantime. Look at both texts, "
            "put what you want to keep into one, and save again."
        )
        self.mine = mine
        self.theirs = theirs  # what stands in the draft now; empty where it was removed


# whole files


def save_file(
    workspace: Workspace,
    name: str,
    text: str,
    before: str,
    who: str,
    what: str,
    taken: Taken | None = None,
) -> Draft:
    """Put a file's whole text into the draft; a blank text removes the file.

    `before` is the fingerprint of the text that the person started from ("" counts as none yet);
    raises Conflict where the draft has another by now, DeskError where the name is not one of a
    knowledge file.
    """
    with workspace.lock():
        draft = read(workspace)
        _refuse_name(name, draft)
        now = text_of(draft.files.get(name, b""))
        if fingerprint(now) != (before or fingerprint("")):
            raise Conflict(text, now)
        if fingerprint(now) == fingerprint(text):
            return _save(workspace, draft, draft.files, who, what, taken)
        data = bytes_like(text, draft.files.get(name, b"")) if text.strip() else b""
        return _save(workspace, draft, _with(draft.files, name, data), who, what, taken)


# one entry


def save_entry(
    workspace: Workspace,
    file: str,
    entry_id: str | None,
    entry: EntryText,
    before: str | None,
    who: str,
    taken: Taken | None = None,
) -> Draft:
    """Put one entry into the draft; the rest of its file stays as it is.

    Without `entry_id` it is a new one at the end of the file. `before` is the fingerprint of the
    entry's block (`entries.Block.text`); raises Conflict where the draft has another by now, and
    EditError where the entry cannot be written like this.
    """
    with workspace.lock():
        draft = read(workspace)
        _refuse_name(file, draft)
        entry = _with_id(draft.files, file, entry_id, entry)
        text = as_it_is(draft.files.get(file, b""))
        if entry_id is not None:
            _refuse_conflict(file, text, entry_id, before, entries.write_entry("", None, entry))
        new = entries.write_entry(text, entry_id, entry)
        what = _what(text, new, file, entry_id, entry)
        return _save(workspace, draft, _with(draft.files, file, as_it_was(new)), who, what, taken)


def add_phrasing(
    workspace: Workspace, entry_id: str, phrasing: str, who: str, taken: Taken | None = None
) -> Draft:
    """Add a way to ask to an entry; nothing is changed where it has it already."""
    with workspace.lock():
        draft = read(workspace)
        file, block = _find(draft.files, entry_id)
        new = entries.add_phrasing(as_it_is(draft.files[file]), entry_id, phrasing)
        what = f"Added “{phrasing}” to the ways to ask “{block.question}”."
        return _save(workspace, draft, _with(draft.files, file, as_it_was(new)), who, what, taken)


def add_office_topic(
    workspace: Workspace,
    question: str,
    phrasings: Sequence[str],
    who: str,
    taken: Taken | None = None,
) -> Draft:
    """Add what only the office can answer."""
    entry = EntryText(question, phrasings=tuple(phrasings))
    return save_entry(workspace, OFFICE, None, entry, None, who, taken)


def remove_entry(workspace: Workspace, entry_id: str, before: str, who: str) -> Draft:
    """Take an entry out, and a file whose last it was.

    Raises Conflict where its block is not `before` any more.
    """
    with workspace.lock():
        draft = read(workspace)
        file, block = _find(draft.files, entry_id)
        text = as_it_is(draft.files[file])
        _refuse_conflict(file, text, entry_id, before, "")
        rest = entries.remove_entry(text, entry_id)
        data = as_it_was(rest) if entries.blocks(rest, role_of(file)) else b""
        what = f"Removed “{block.question}”."
        return _save(workspace, draft, _with(draft.files, file, data), who, what, None)


def mark_reviewed(workspace: Workspace, entry_id: str, who: str, on: date) -> Draft:
    """Note that somebody has read the entry and found it right."""
    with workspace.lock():
        draft = read(workspace)
        file, block = _find(draft.files, entry_id)
        text = as_it_is(draft.files[file])
        entry = entries.read_entry(text, entry_id, role_of(file))
        reviewed = replace(entry, reviewed=f"{on.isoformat()} by {who}")
        new = entries.write_entry(text, entry_id, reviewed)
        what = f"Reviewed “{block.question}”."
        return _save(workspace, draft, _with(draft.files, file, as_it_was(new)), who, what, None)


def ignore(workspace: Workspace, question: str, who: str) -> Draft:
    """Take a question off the list of the unanswered, once the draft is published."""
    with workspace.lock():
        draft = read(workspace)
        what = f"Chose to ignore “{question}”."
        return _save(workspace, draft, draft.files, who, what, Taken(question, "ignore"))


# the folder that changes meanwhile


def conflicts(workspace: Workspace) -> list[Clash]:
    """Where draft and folder were both changed since the draft began, and differ."""
    return join(read(workspace), read_files(workspace.folder), {})[1]


def rebase(workspace: Workspace, choose: Mapping[str, Side], who: str) -> Draft:
    """Take the folder's changes into the draft; `choose` says whose text is kept, by `Clash.key`.

    Raises Clashes with those that nothing was chosen for; then nothing is changed.
    """
    with workspace.lock():
        draft, folder = read(workspace), read_files(workspace.folder)
        if folder == draft.base:
            return draft
        files, clashes = join(draft, folder, choose)
        if clashes:
            raise Clashes(clashes)
        taken_in = Change(who, datetime.now(UTC), "Took in what was changed in the folder.")
        return _keep(workspace, Draft(folder, files, (*draft.changes, taken_in), draft.taken))


def publish(workspace: Workspace, who: str, note: str = "") -> Version:
    """Publish the draft, with what was changed in the folder meanwhile, and begin anew.

    Without a note, it is what was done to the draft. Raises Clashes, or Broken; then the draft
    stays. What it has `taken` is to be settled in the journal by the caller, who reads it before.
    """
    with workspace.lock():
        draft = rebase(workspace, {}, who)
        note = note or _summary(draft)
        before = knowledge.digest(draft.base)
        version = versions.publish(workspace, draft.files, who, note, before)
        discard(workspace)
        return version


def _summary(draft: Draft) -> str:
    what = " ".join(dict.fromkeys(change.what for change in draft.changes))
    return what if len(what) <= LONGEST_NOTE else what[:LONGEST_NOTE].rpartition(" ")[0] + " …"


# what is saved


def _save(
    workspace: Workspace, old: Draft, files: Files, who: str, what: str, taken: Taken | None
) -> Draft:
    if files == old.files and taken is None:
        return old
    all_taken = [one for one in old.taken if taken is None or one.question != taken.question]
    changes = (*old.changes, Change(who, datetime.now(UTC), what))
    return _keep(
        workspace, Draft(old.base, files, changes, (*all_taken, *([taken] if taken else ())))
    )


def _keep(workspace: Workspace, draft: Draft) -> Draft:
    kept = replace(draft, taken=tuple(one for one in draft.taken if _holds(one, draft)))
    stored_draft.write(workspace, kept)
    return replace(kept, changes=()) if kept.empty else kept


def _holds(taken: Taken, draft: Draft) -> bool:
    """Whether the draft still takes care of the question: what it went to may be gone again."""
    if taken.action == "ignore":
        return True
    return draft.base != draft.files and taken.entry in _ids(draft.files)


def _with(files: Files, name: str, data: bytes) -> Files:
    """The files with this one, or without it where there is nothing in it."""
    rest = {other: kept for other, kept in files.items() if other != name}
    if len(data) > LARGEST:
        raise DeskError(
            f"This text is too large ({len(data) / 1_000_000:.1f} MB; at most 1 MB is read). "
            "Put some of it into another file."
        )
    return {**rest, name: data} if data else rest


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


# entries in files


def _blocks(files: Files, name: str) -> list[Block]:
    return entries.blocks(as_it_is(files[name]), role_of(name))


def _ids(files: Files) -> dict[str, str]:
    """Each entry's id, with the file in which it stands."""
    names = [name for name in sorted(files, reverse=True) if name.endswith(".md")]
    return {block.id: name for name in names for block in _blocks(files, name)}


def _find(files: Files, entry_id: str) -> tuple[str, Block]:
    for name in sorted(files):
        for block in _blocks(files, name) if name.endswith(".md") else ():
            if block.id == entry_id and entry_id:
                return name, block
    raise DeskError("This question is not there any more: somebody has removed or renamed it.")


def _with_id(files: Files, file: str, entry_id: str | None, entry: EntryText) -> EntryText:
    """The entry with an id that no other file has."""
    ids = _ids(files)
    if not entry.id:
        return replace(entry, id=entry_id or entries.new_id(entry.question, ids))
    if entry.id != entry_id and ids.get(entry.id, file) != file:
        raise EditError(
            FieldProblem(
                "id", f"“{entry.id}” is the name of another question.", "Choose another name."
            )
        )
    return entry


def _refuse_conflict(file: str, text: str, entry_id: str, before: str | None, mine: str) -> None:
    found = [block.text for block in entries.blocks(text, role_of(file)) if block.id == entry_id]
    now = found[0] if found else ""
    if not found or (before is not None and fingerprint(now) != before):
        raise Conflict(mine, now)


def _what(old: str, new: str, file: str, entry_id: str | None, entry: EntryText) -> str:
    """What was done, as a sentence."""
    role = role_of(file)
    if entry_id is None and role in (Role.FACT, Role.OFFICE) and not entry.answer:
        return f"Added “{entry.question}” to what only the office can answer."
    if entry_id is None:
        return f"Wrote a new answer, “{entry.question}”."
    was = entries.read_entry(old, entry_id, role)
    now = entries.read_entry(new, entry.id, role)
    parts = [words for name, words in _WORDS.items() if getattr(was, name) != getattr(now, name)]
    return f"Changed the {_listed(parts)} of “{was.question}”."


def _listed(parts: Sequence[str]) -> str:
    *others, last = parts or ["text"]
    return f"{', '.join(others)} and {last}" if others else last

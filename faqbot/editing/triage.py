"""What becomes of visitors' questions in the draft: a phrasing, an office topic, or nothing.

Questions come as `unanswered.all_spellings` gives them: each wording with all its spellings. The
wording is written into the draft, and all spellings leave the list once that is published.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from faqbot.editing import draft as drafts
from faqbot.editing import entries, stored_draft
from faqbot.editing.draft import Change, Draft, Taken
from faqbot.editing.entries import EditError, EntryText, FieldProblem, NoEntryError
from faqbot.editing.texts import as_it_is, as_it_was
from faqbot.editing.workspace import Files, Workspace
from faqbot.knowledge.snapshot import OFFICE, role_of
from faqbot.knowledge.wording import excerpt, sameness

Spellings = Mapping[str, Sequence[str]]  # wording -> itself and its other spellings

# What stands in the journal in place of a name or a number.
_PLACEHOLDER = re.compile(r"\[[a-z][a-z -]*\]")
_I = re.compile(r"\bi\b")
_LOOSE = re.compile(r" (?=[,.;:?!])")
_SIGNS = " \t#>*-–—•.,;:"  # noqa: RUF001
NO_WORDS = FieldProblem(
    "phrasings",
    "There are no words in it that could be added.",
    "Ignore it, or write the question in words of your own.",
)


def wording(text: str) -> str:
    """A visitor's question as it can stand in a file: on one line, without what was blackened."""
    kept = " ".join(_PLACEHOLDER.sub(" ", text).split())
    return _LOOSE.sub("", kept).strip(_SIGNS)


def heading(text: str) -> str:
    """A visitor's question as the question of an entry."""
    plain = wording(text)
    if plain.isupper():
        plain = plain.lower()
    return _I.sub("I", plain[:1].upper() + plain[1:])


def as_phrasings(workspace: Workspace, entry_id: str, questions: Spellings, who: str) -> None:
    """Add each wording to the ways to ask an entry; raises EditError where that cannot be."""
    written = [words for text in questions if (words := wording(text))]
    if not written:
        raise EditError(NO_WORDS)
    with workspace.lock():
        draft = drafts.read(workspace)
        _refuse_elsewhere(draft.files, entry_id, questions)
        file = _file_of(entry_id, draft.files)
        entry = _read(draft.files, file, entry_id)
        more = _unlike(written, (entry.question, *entry.phrasings))
        new = replace(entry, phrasings=(*entry.phrasings, *more))
        files = _written(draft.files, file, entry_id, new)
        taken = [Taken(text, "phrasing", entry_id) for text in _all(questions)]
        what = f"Added {_listed(written)} to the ways to ask “{entry.question}”."
        _keep(workspace, draft, files, who, what, taken)


def as_office_topic(workspace: Workspace, questions: Spellings, who: str) -> EntryText:
    """Make one topic of them that only the office can answer: the first is its question."""
    first, *others = questions
    with workspace.lock():
        draft = drafts.read(workspace)
        _refuse_elsewhere(draft.files, "", questions)
        question = heading(first)
        phrasings = _unlike(filter(None, map(wording, others)), [question])
        entry = EntryText(question, entries.new_id(question, _ids(draft.files)), tuple(phrasings))
        files = _written(draft.files, OFFICE, None, entry)
        taken = [Taken(text, "office", entry.id) for text in _all(questions)]
        what = f"Added “{question}” to what only the office can answer."
        _keep(workspace, draft, files, who, what, taken)
    return entry


def as_ignored(workspace: Workspace, questions: Spellings, who: str) -> None:
    """Take them off the list, and do nothing else."""
    with workspace.lock():
        draft = drafts.read(workspace)
        taken = [Taken(text, "ignore") for text in _all(questions)]
        what = f"Chose to ignore {_listed(list(questions))}."
        _keep(workspace, draft, draft.files, who, what, taken)


def note(workspace: Workspace, texts: Iterable[str], entry_id: str) -> None:
    """Note that a new answer of the draft takes care of these questions."""
    with workspace.lock():
        draft = drafts.read(workspace)
        taken = (*draft.taken, *(Taken(text, "entry", entry_id) for text in texts))
        stored_draft.write(workspace, replace(draft, taken=taken))


def give_back(workspace: Workspace, texts: Iterable[str], who: str) -> None:
    """Undo what was done with these questions; an answer that was written for one stays."""
    wanted = set(texts)
    with workspace.lock():
        draft = drafts.read(workspace)
        back = [one for one in draft.taken if one.question in wanted]
        if not back:
            return
        kept = tuple(one for one in draft.taken if one.question not in wanted)
        files = draft.files
        for entry_id in dict.fromkeys(one.entry for one in back):
            whole = entry_id not in {one.entry for one in kept}
            files = _without(files, draft.base, [o for o in back if o.entry == entry_id], whole)
        what = f"Gave {_listed([one.question for one in back])} back to the unanswered."
        _keep(workspace, replace(draft, taken=kept), files, who, what, [])


def _keep(
    workspace: Workspace, draft: Draft, files: Files, who: str, what: str, taken: Sequence[Taken]
) -> None:
    changes = (*draft.changes, Change(who, datetime.now(UTC), what))
    stored_draft.write(workspace, Draft(draft.base, files, changes, (*draft.taken, *taken)))


def _listed(texts: Sequence[str]) -> str:
    """The first of them, and how many more."""
    more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
    return f"“{excerpt(texts[0])}”{more}"


def _unlike(texts: Iterable[str], others: Iterable[str]) -> list[str]:
    """The texts without those that differ from another in case and signs only."""
    known = set(map(sameness, others))
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(sameness(text), text)
    return [text for key, text in found.items() if key not in known]


def _all(questions: Spellings) -> list[str]:
    return [text for spellings in questions.values() for text in spellings]


def _without(files: Files, base: Files, back: Sequence[Taken], whole: bool) -> Files:
    """The files without what was made of questions that went to one entry.

    A topic for the office goes as a whole, where no other question went to it.
    """
    made = [one for one in back if one.action in ("phrasing", "office")]
    file = _ids(files).get(made[0].entry) if made else None
    if file is None:
        return files
    entry_id = made[0].entry
    if whole and made[0].action == "office":
        return _removed(files, file, entry_id)
    entry = _read(files, file, entry_id)
    before = _read(base, file, entry_id).phrasings
    gone = {sameness(wording(one.question)) for one in made}
    left = tuple(p for p in entry.phrasings if sameness(p) not in gone or p in before)
    return _written(files, file, entry_id, replace(entry, phrasings=left))


def _removed(files: Files, file: str, entry_id: str) -> Files:
    """Without the entry, and without a file whose last it was."""
    rest = entries.remove_entry(as_it_is(files[file]), entry_id)
    others = {name: data for name, data in files.items() if name != file}
    return {**others, file: as_it_was(rest)} if entries.blocks(rest) else others


def _written(files: Files, file: str, entry_id: str | None, entry: EntryText) -> Files:
    text = entries.write_entry(as_it_is(files.get(file, b"")), entry_id, entry)
    return {**files, file: as_it_was(text)}


def _file_of(entry_id: str, files: Files) -> str:
    file = _ids(files).get(entry_id)
    if file is None:
        raise NoEntryError(entry_id)
    return file


def _read(files: Files, file: str, entry_id: str) -> EntryText:
    """An entry of the files; one without anything where there is none."""
    try:
        return entries.read_entry(as_it_is(files.get(file, b"")), entry_id, role_of(file))
    except NoEntryError:
        return EntryText("")


def _refuse_elsewhere(files: Files, entry_id: str, questions: Spellings) -> None:
    """A phrasing under two entries: nobody could tell which of them is meant."""
    keys = {sameness(wording(text)) for text in questions}
    for name, data in files.items():
        if not name.endswith(".md"):
            continue
        for block in entries.blocks(as_it_is(data), role_of(name)):
            if block.id != entry_id and block.id:
                entry = entries.read_entry(block.text, block.id, role_of(name))
                for line in (entry.question, *entry.phrasings):
                    if sameness(line) in keys:
                        raise EditError(_stands_elsewhere(line, entry.question))


def _stands_elsewhere(line: str, question: str) -> FieldProblem:
    return FieldProblem(
        "phrasings",
        f"“{excerpt(line)}” already stands under “{excerpt(question)}”.",
        "Take it out there first, or choose that question.",
    )


def _ids(files: Files) -> dict[str, str]:
    """Each entry's id, with the file in which it stands."""
    return {
        block.id: name
        for name in files
        if name.endswith(".md")
        for block in entries.blocks(as_it_is(files[name]), role_of(name))
        if block.id
    }

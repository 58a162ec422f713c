"""What becomes of visitors' questions in the draft: a phrasing, an office topic, or nothing.

Questions come as `unanswered.all_spellings` gives them: each wording with all its spellings. The
wording is written into the draft, and all spellings leave the list once that is published.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from faqbot.desk import draft as drafts
from faqbot.desk import editing, stored_draft
from faqbot.desk.draft import OFFICE, Action, Change, Draft, Taken
from faqbot.desk.editing import EditError, EntryText, NoEntryError, Slip
from faqbot.desk.place import Files, Place
from faqbot.desk.texts import as_it_is, as_it_was
from faqbot.knowledge.gathering import role_of
from faqbot.knowledge.wording import excerpt, sameness

Spellings = Mapping[str, Sequence[str]]  # wording -> itself and its other spellings

# What stands in the journal in place of a name or a number.
_PLACEHOLDER = re.compile(r"\[[a-z][a-z -]*\]")
_I = re.compile(r"\bi\b")
_LOOSE = re.compile(r" (?=[,.;:?!])")
_SIGNS = " \t#>*-–—•.,;:"  # noqa: RUF001
NO_WORDS = Slip(
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


def as_phrasings(place: Place, entry_id: str, questions: Spellings, who: str) -> None:
    """Add each wording to the ways to ask an entry; raises EditError where that cannot be."""
    written = {text: words for text in questions if (words := wording(text))}
    if not written:
        raise EditError(NO_WORDS)
    with place.lock():
        _refuse_elsewhere(drafts.read(place).files, entry_id, questions)
        for text, words in written.items():
            drafts.add_phrasing(place, entry_id, words, who, Taken(text, "phrasing", entry_id))
        note(place, _all(questions), "phrasing", entry_id)


def as_office_topic(place: Place, questions: Spellings, who: str) -> EntryText:
    """Make one topic of them that only the office can answer: the first is its question."""
    first, *others = questions
    with place.lock():
        files = drafts.read(place).files
        _refuse_elsewhere(files, "", questions)
        question = heading(first)
        phrasings = dict.fromkeys(w for w in map(wording, others) if w)
        entry = EntryText(question, editing.new_id(question, _ids(files)), tuple(phrasings))
        taken = Taken(first, "office", entry.id)
        drafts.save_entry(place, OFFICE, None, entry, None, who, taken)
        note(place, _all(questions), "office", entry.id)
    return entry


def as_ignored(place: Place, questions: Spellings, who: str) -> None:
    """Take them off the list, and do nothing else."""
    with place.lock():
        for text in questions:
            drafts.ignore(place, text, who)
        note(place, _all(questions), "ignore")


def note(place: Place, texts: Iterable[str], action: Action, entry_id: str = "") -> None:
    """Note that the draft takes care of these questions; nothing else of it is changed."""
    with place.lock():
        draft = drafts.read(place)
        known = {one.question for one in draft.taken}
        more = [Taken(text, action, entry_id) for text in texts if text not in known]
        stored_draft.write(place, replace(draft, taken=(*draft.taken, *more)))


def give_back(place: Place, texts: Iterable[str], who: str) -> None:
    """Undo what was done with these questions; an answer that was written for one stays."""
    with place.lock():
        draft = drafts.read(place)
        wanted = set(texts)
        back = [one for one in draft.taken if one.question in wanted]
        kept = tuple(one for one in draft.taken if one.question not in wanted)
        if not back:
            return
        files = draft.files
        for one in back:
            files = _without(files, draft.base, one, kept)
        what = f"Gave “{excerpt(back[0].question)}” back to the unanswered."
        changes = (*draft.changes, Change(who, datetime.now(UTC), what))
        stored_draft.write(place, Draft(draft.base, files, changes, kept))


def _all(questions: Spellings) -> list[str]:
    return [text for spellings in questions.values() for text in spellings]


def _without(files: Files, base: Files, taken: Taken, kept: Sequence[Taken]) -> Files:
    """The files without what was made of a question."""
    file = _ids(files).get(taken.entry)
    if file is None or taken.action not in ("phrasing", "office"):
        return files
    text = as_it_is(files[file])
    if taken.action == "office" and taken.entry not in (one.entry for one in kept):
        rest = editing.remove_entry(text, taken.entry)
    else:
        entry = _read(files, file, taken.entry)
        before = _read(base, file, taken.entry).phrasings
        gone = sameness(wording(taken.question))
        left = tuple(p for p in entry.phrasings if sameness(p) != gone or p in before)
        rest = editing.write_entry(text, taken.entry, replace(entry, phrasings=left))
    return {**files, file: as_it_was(rest)}


def _read(files: Files, file: str, entry_id: str) -> EntryText:
    """An entry of the files; one without anything where there is none."""
    try:
        return editing.read_entry(as_it_is(files.get(file, b"")), entry_id, role_of(file))
    except NoEntryError:
        return EntryText("")


def _refuse_elsewhere(files: Files, entry_id: str, questions: Spellings) -> None:
    """A phrasing under two entries: nobody could tell which of them is meant."""
    keys = {sameness(wording(text)) for text in questions}
    for name, data in files.items():
        if not name.endswith(".md"):
            continue
        for block in editing.blocks(as_it_is(data), role_of(name)):
            if block.id != entry_id and block.id:
                entry = editing.read_entry(block.text, block.id, role_of(name))
                for line in (entry.question, *entry.phrasings):
                    if sameness(line) in keys:
                        raise EditError(_stands_elsewhere(line, entry.question))


def _stands_elsewhere(line: str, question: str) -> Slip:
    return Slip(
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
        for block in editing.blocks(as_it_is(files[name]), role_of(name))
        if block.id
    }

"""What becomes of visitors' questions in the draft: phrasings, an office topic, or nothing.

Questions come as `unanswered.all_spellings` gives them: each wording with all its spellings. The
wording is written into the draft, and all spellings leave the list once that is published. What is
noted of it has no visitor's words: it is kept with the version, longer than the journal keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from faqbot.editing import draft as drafts
from faqbot.editing import entries
from faqbot.editing.draft import Action, Draft, Triaged
from faqbot.editing.entries import EditError, EntryText, FieldProblem
from faqbot.editing.workspace import Workspace
from faqbot.knowledge.snapshot import OFFICE
from faqbot.knowledge.strings import comparison_key, excerpt

Spellings = Mapping[str, Sequence[str]]  # wording -> itself and its other spellings

_PLACEHOLDER = re.compile(r"\[[a-z][a-z -]*\]")  # what the journal keeps of a name or a number
_I = re.compile(r"\bi\b")
_SPACE_BEFORE_SIGN = re.compile(r" (?=[,.;:?!])")
_SIGNS = " \t#>*-–—•.,;:"  # noqa: RUF001


def wording(text: str) -> str:
    """A visitor's question as a file can hold it: on one line, without placeholders."""
    kept = " ".join(_PLACEHOLDER.sub(" ", text).split())
    return _SPACE_BEFORE_SIGN.sub("", kept).strip(_SIGNS)


def heading(text: str) -> str:
    """A visitor's question as the question of an entry."""
    plain = wording(text)
    if plain.isupper():
        plain = plain.lower()
    return _I.sub("I", plain[:1].upper() + plain[1:])


def as_phrasings(workspace: Workspace, entry_id: str, questions: Spellings, who: str) -> Draft:
    """Add each wording to the ways to ask an entry; raises EditError."""
    written = [words for text in questions if (words := wording(text))]
    if not written:
        raise EditError(
            FieldProblem(
                "phrasings",
                "There are no words in it that could be added.",
                "Ignore it, or write the question in words of your own.",
            )
        )
    with workspace.lock():
        draft = drafts.read(workspace)
        file, entry = entries.find(draft.files, entry_id)
        _refuse_elsewhere(draft, entry.id, questions)
        more = _unlike(written, (entry.question, *entry.phrasings))
        longer = replace(entry, phrasings=(*entry.phrasings, *more))
        new = draft.with_entry(file, entry.id, longer)
        new = new.with_triaged(_triaged(questions, "phrasing", entry.id))
        asked = drafts.name_in_note(draft, entry.id, "a new question")
        what = f"Added {_ways(len(written))} to ask {asked}."
        return drafts.save(workspace, draft, new, who, what)


def as_office_topic(workspace: Workspace, questions: Spellings, who: str) -> EntryText:
    """Make them one topic that only the office can answer; the first becomes its question."""
    first, *others = questions
    with workspace.lock():
        draft = drafts.read(workspace)
        _refuse_elsewhere(draft, "", questions)
        question = heading(first)
        phrasings = _unlike(filter(None, map(wording, others)), [question])
        entry_id = entries.new_id(question, entries.ids(draft.files))
        entry = EntryText(question, entry_id, tuple(phrasings))
        new = draft.with_entry(OFFICE, None, entry)
        new = new.with_triaged(_triaged(questions, "office", entry_id))
        what = "Added a topic to what only the office can answer."
        drafts.save(workspace, draft, new, who, what)
    return entry


def as_ignored(workspace: Workspace, questions: Spellings, who: str) -> Draft:
    """Take them off the list once the draft is published, and do nothing else."""
    with workspace.lock():
        draft = drafts.read(workspace)
        new = draft.with_triaged(_triaged(questions, "ignore"))
        what = f"Chose to ignore {_counted(len(questions))}."
        return drafts.save(workspace, draft, new, who, what)


def undo_triage(workspace: Workspace, texts: Iterable[str], who: str) -> Draft:
    """Undo what was done with these questions; an answer that was written for one stays."""
    wanted = set(texts)
    with workspace.lock():
        draft = drafts.read(workspace)
        back = [one for one in draft.triaged if one.question in wanted]
        if not back:
            return draft
        new = replace(draft, triaged=tuple(o for o in draft.triaged if o.question not in wanted))
        for entry_id in dict.fromkeys(one.entry for one in back):
            new = _without(new, entry_id, [one for one in back if one.entry == entry_id])
        what = f"Put {_counted(len(back))} back on the unanswered list."
        return drafts.save(workspace, draft, new, who, what)


def _triaged(questions: Spellings, action: Action, entry_id: str = "") -> list[Triaged]:
    texts = [text for spellings in questions.values() for text in spellings]
    return [Triaged(text, action, entry_id) for text in texts]


def _ways(number: int) -> str:
    return "another way" if number == 1 else f"{number} ways"


def _counted(number: int) -> str:
    return "a visitor's question" if number == 1 else f"{number} visitors' questions"


def _unlike(texts: Iterable[str], others: Iterable[str]) -> list[str]:
    """The texts without those that differ from another in case and punctuation only."""
    known = set(map(comparison_key, others))
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(comparison_key(text), text)
    return [text for key, text in found.items() if key not in known]


def _without(draft: Draft, entry_id: str, back: Sequence[Triaged]) -> Draft:
    """Without what these questions added to an entry.

    A topic for the office is removed as a whole, unless other questions went to it too.
    """
    made = [one for one in back if one.action in ("phrasing", "office")]
    if not made or entry_id not in entries.ids(draft.files):
        return draft
    file, entry = entries.find(draft.files, entry_id)
    if made[0].action == "office" and entry_id not in {one.entry for one in draft.triaged}:
        return draft.without_entry(file, entry_id)
    is_old = entry_id in entries.ids(draft.base)
    before = entries.find(draft.base, entry_id)[1].phrasings if is_old else ()
    added = {comparison_key(wording(one.question)) for one in made}
    left = tuple(p for p in entry.phrasings if comparison_key(p) not in added or p in before)
    return draft.with_entry(file, entry_id, replace(entry, phrasings=left))


def _refuse_elsewhere(draft: Draft, entry_id: str, questions: Spellings) -> None:
    """With a phrasing under two entries, nobody could tell which of them is meant."""
    wanted = {comparison_key(wording(text)) for text in questions}
    for name in draft.files:
        for block in entries.blocks_in(draft.files, name):
            if block.id in ("", entry_id):
                continue
            entry = entries.fields_of(block)
            for line in (entry.question, *entry.phrasings):
                if comparison_key(line) in wanted:
                    raise EditError(
                        FieldProblem(
                            "phrasings",
                            f"“{excerpt(line)}” is already under “{excerpt(entry.question)}”.",
                            "Take it out there first, or choose that question.",
                        )
                    )

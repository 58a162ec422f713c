"""What stands in the form for one entry: as it is in the draft, or as somebody just typed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from flask import request
from werkzeug.exceptions import NotFound

from faqbot.editing import entries
from faqbot.editing.entries import EntryText
from faqbot.editing.workspace import fingerprint
from faqbot.knowledge import Role
from faqbot.knowledge.snapshot import OFFICE, role_of
from faqbot.staff import context, listing, times

NEW = "new"  # stands in the address of the form for a new entry, so it can be no entry's id
LONGEST = 1000  # characters that are taken over from an address, of each thing


@dataclass(frozen=True, slots=True)
class Form:
    """The fields, and what they were made from."""

    file: str
    entry: EntryText  # its id is "" while it is new
    before: str = ""  # fingerprint of the block that it was made from
    review: bool = False  # whether it is to be marked as reviewed today
    taken: tuple[str, ...] = ()  # the visitors' questions of the journal that it answers

    @property
    def is_new(self) -> bool:
        """Whether the entry is not in the draft yet."""
        return not self.entry.id

    @property
    def old_id(self) -> str | None:
        """The id in the draft, for the functions that take None for a new entry."""
        return self.entry.id or None

    @property
    def role(self) -> Role:
        """What the entry is for."""
        return role_of(self.file)

    def ready(self) -> EntryText:
        """The entry as it is to be saved: with an id, and of a new one only what its role has."""
        entry = self.entry
        if self.is_new:
            entry = replace(entry, id=entries.new_id(entry.question, [*ids(), NEW]))
            entry = replace(entry, quotes=entry.quotes if self.role is Role.ANSWER else ())
            entry = replace(entry, answer="" if self.role is Role.OFFICE else entry.answer)
        if self.review:
            entry = replace(entry, reviewed=f"{_today().isoformat()} by {context.who()}")
        return entry


def stored(entry_id: str) -> Form:
    """The form for an entry of the draft; 404 where there is none."""
    for file, text in entry_files().items():
        for block in listing.blocks(file, text):
            if block.id == entry_id and entry_id:
                entry = entries.read_entry(block.text, entry_id, role_of(file))
                return Form(file, entry, fingerprint(block.text))
    raise NotFound("There is no such entry. It may have been removed, or have another name now.")


def begun(file: str) -> Form:
    """The form for a new entry, with what the address says of it already."""
    return Form(
        file,
        EntryText(
            question="".join(_given("question")[:1]),
            phrasings=tuple(_given("phrasing")),
            quotes=tuple(_given("quote")),
        ),
        taken=tuple(text[:LONGEST] for text in request.args.getlist("taken")),
    )


def _given(name: str) -> list[str]:
    """The values of this name in the address, each on one line."""
    return [" ".join(text.split())[:LONGEST] for text in request.args.getlist(name)]


def typed(fields: Mapping[str, str], file: str, entry_id: str) -> Form:
    """The form as it was sent."""
    entry = EntryText(
        question=" ".join(fields.get("question", "").split()),
        id=entry_id,
        phrasings=entries.phrasings_of(fields.get("phrasings", "")),
        answer=lines(fields.get("answer", "")).strip("\n"),
        quotes=tuple(
            quote
            for line in lines(fields.get("quotes", "")).split("\n")
            if (quote := line.strip().removeprefix(">").strip())
        ),
        topics=" ".join(fields.get("topics", "").split()),
        reviewed=" ".join(fields.get("reviewed", "").split()),
    )
    return Form(
        file,
        entry,
        fields.get("before", ""),
        fields.get("review") == "yes",
        tuple(request.form.getlist("taken")),
    )


def entry_files() -> dict[str, str]:
    """The draft's files that hold entries, as text."""
    return listing.entry_files(context.draft())


def choices() -> dict[str, str]:
    """The files that a new entry can go to, each with its title; the office's may not be yet."""
    titles = listing.titles(context.draft())
    return {**titles, OFFICE: listing.TITLES[OFFICE]}


def ids() -> list[str]:
    """The ids of all entries of the draft."""
    return [
        block.id for file, text in entry_files().items() for block in listing.blocks(file, text)
    ]


def file_of(entry_id: str) -> str:
    """The file that an entry stands in; "" where there is none."""
    for file, text in entry_files().items():
        if any(block.id == entry_id for block in listing.blocks(file, text)):
            return file
    return ""


def _today() -> date:
    return times.today(context.service().bot.knowledge.practice)


def lines(text: str) -> str:
    """What a browser sends, with plain line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")

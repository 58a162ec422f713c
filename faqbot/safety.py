"""Spots an emergency in what a visitor typed, before any matching; favours recall.

The signs of danger are tables in `red_flags/`; what to say then is the practice's own, in
emergencies.md. There, the paragraph of an entry that begins with "En español:" is for visitors who
write in Spanish; an alarm tells the language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from faqbot.red_flags import Reader, Reading, Rulebook, Word, tables
from faqbot.text import words

if TYPE_CHECKING:
    from faqbot.knowledge import Entry

Language = Literal["en", "es"]
GENERAL = "emergency"  # the entry for an alarm whose own entry a practice does not have

# Words that carry nothing when a text is compared with a phrasing.
_EMPTY = frozenset(
    "a an the my his her their our i im ive is am are was be been its it and so very really please "
    "of in on at to me he she un una el la los las mi su se es de y en".split()
)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An emergency: the `id` of the entry to answer with, and the words that rang it.

    `language` is the one to answer in: an entry's paragraph that begins "En español:" is for "es".
    """

    id: str
    why: str
    language: Language = "en"


@cache
def _reader() -> Reader:
    """Planted once: 7 MB, which all practices of a service share."""
    return Reader(tables().phrases)


@cache
def _rulebook() -> Rulebook:
    return Rulebook(tables())


class Screen:
    """The signs of danger that come with faqbot, and the practice's own phrasings of them.

    An alarm names an entry of the practice where it has one of that id, else its entry
    "emergency", and else "emergency" all the same, for which a reply needs no entry.
    """

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        """`entries`: those of emergencies.md."""
        phrasings = [(e.id, said) for e in entries for said in (e.question, *e.phrasings)]
        self._ids = frozenset(entry.id for entry in entries)
        self._reader = _reader().knowing(w for _, said in phrasings for w in words(said))
        self._rulebook = _rulebook()
        self._phrasings = {self._key(said): entry for entry, said in reversed(phrasings)}
        self._phrasings.pop((), None)

    def check(self, text: str) -> Alarm | None:
        """The emergency that `text` tells of, if any. Never raises, whatever the text."""
        reading = self._reader.read(text)
        entry = self._phrasings.get(_content(reading.words))
        if entry is not None:
            return Alarm(entry, text.strip(), _language(reading))
        found = self._rulebook.judge(reading)
        if found is None:
            return None
        return Alarm(found.id if found.id in self._ids else GENERAL, found.why, _language(reading))

    def language(self, text: str) -> Language:
        """The language to answer in, by the words of danger in the text."""
        return _language(self._reader.read(text))

    def told(self, text: str) -> str:
        """What is left of `text` without what is denied, asked in general, old or seen to.

        "No fever or chills. What are the signs of a stroke? My leg hurts." tells of a leg.
        Who looks for danger by likeness finds fewer false alarms in this; it may be empty.
        """
        return self._rulebook.told(self._reader.read(text))

    def _key(self, phrasing: str) -> tuple[str, ...]:
        return _content(self._reader.words(phrasing))


def _content(said_words: Sequence[Word]) -> tuple[str, ...]:
    said = tuple(word.text for word in said_words)
    return tuple(word for word in said if word not in _EMPTY) or said


def _language(reading: Reading) -> Language:
    """The language that more of the words are known in."""
    spoken = {"en": set[int](), "es": set[int]()}
    for mark in reading.marks:
        spoken[mark.language].update(range(mark.start, mark.end))
    return "es" if len(spoken["es"]) > len(spoken["en"]) else "en"

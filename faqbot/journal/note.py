"""`Note`: what is noted of one reply, and how it is packed for the spool."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace

from faqbot.knowledge import Phone
from faqbot.privacy import LONGEST, anonymise

from .spool import Slip, put

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Note:
    """What is handed to the writer."""

    hour: int
    kind: str
    entry: str = ""
    text: str = ""  # as it was typed, until it is `safe`
    nearest: str = ""
    score: float = 0.0
    phones: tuple[Phone, ...] = ()
    slip: Slip | None = None  # where it outlives this process

    def safe(self) -> Note:
        """The note as it may be kept."""
        return replace(
            self,
            entry=_one_line(self.entry),
            text=anonymise(self.text, self.phones) if self.text else "",
            nearest=_one_line(self.nearest),
            score=self.score if math.isfinite(self.score) else 0.0,
            phones=(),
        )

    def spooled(self, address: bytes) -> Note:
        """The note, in the spool as well, under its journal's address."""
        slip = put(address + packed(self))
        return replace(self, slip=slip) if slip else self


def address(url: str, practice: str) -> bytes:
    """Which journal a note is for: in the spool it stands before each."""
    return _encode([url, practice]).encode("utf-8", "surrogatepass") + b"\n"


def unpacked(packed: bytes, slip: Slip) -> tuple[tuple[str, str], Note]:
    """A journal's url and practice, and a note for it; raises ValueError."""
    where, _, what = packed.decode("utf-8", "surrogatepass").partition("\n")
    url, practice = json.loads(where)
    hour, kind, entry, text, nearest, score, phones = json.loads(what)
    own = tuple(Phone(label, number) for label, number in phones)
    return (url, practice), Note(hour, kind, entry, text, nearest, score, own, slip)


def packed(note: Note) -> bytes:
    """A note as it lies in the spool."""
    phones = [(phone.label, phone.number) for phone in note.phones] if note.text else ()
    text = note.text[:LONGEST]
    fields = (note.hour, note.kind, note.entry, text, note.nearest, note.score, phones)
    return _encode(fields).encode("utf-8", "surrogatepass")


def _one_line(entry_id: str) -> str:
    return "".join(c for c in entry_id if c.isprintable())[:200]

"""`Detector`: whether a message tells of somebody in danger, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

from faqbot.text import sentences, words

from .cards import GENERAL
from .classifier import classifier
from .reading import LONGEST, Reader, Reading, Word
from .rules import Finding, Rulebook
from .tables import tables

if TYPE_CHECKING:
    from faqbot.knowledge import Entry

Language = Literal["en", "es"]

# Levels of the classifier's probability, alone and where a rule is met too. Set once, on messages
# that nothing was learnt from (docs/safety.md has the curve): found comes before calm.
SURE, SURE_BY_RULE = 0.97, 0.5
MAYBE, MAYBE_BY_RULE = 0.25, 0.02
# In a message of so many words, a sentence is sure only where the whole has this probability.
SHORT, WHOLE = 60, 0.5

# Words that carry nothing when a message is compared with a line of the practice.
_EMPTY = frozenset(
    "a an the my his her their our i im ive is am are was be been its it and so very really please "
    "of in on at to me he she un una el la los las mi su se es de y en".split()
)


@dataclass(frozen=True, slots=True)
class Danger:
    """What a message tells of.

    `id` is the kind by the rule that is met, or else `GENERAL`: that of the card, where it is sure.
    `language` is the one to answer in.
    """

    id: str
    sure: bool  # else the visitor gets the usual reply, with a caution
    probability: float  # by the classifier, from 0 to 1
    why: str  # for `explain`: the words that met a rule, or what the classifier made of it
    language: Language = "en"


class Detector:
    """Detects danger for one practice; safe to use from several threads."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        """`entries`: the practice's own; lines of emergencies are sure, look-alikes are none."""
        own = [(e.id, line) for e in entries if e.role == "emergency" for line in e.lines]
        calm = [line for e in entries if e.role == "look-alike" for line in e.phrasings]
        lines = [*(line for _, line in own), *calm]
        self._reader = _reader().knowing(word for line in lines for word in words(line))
        self._rulebook = _rulebook()
        self._own = {self._key(line): id for id, line in reversed(own)}
        self._calm = frozenset(map(self._key, calm))

    def detect(self, text: str, before: Sequence[str] = ()) -> Danger | None:
        """The danger in a message, or in one of its sentences. Never raises, whatever the text.

        `before`: the visitor's last messages. "My leg is swollen" and then "now I am short of
        breath" is more than either; danger told before only does not count again.
        """
        alone = self._look(text)
        if (alone and alone.sure) or not before or not words(text):
            return alone
        earlier = ". ".join(before)
        together = self._look(f"{earlier}. {text}")
        if not together or not together.sure:
            return alone
        told = self._look(earlier)
        if told and told.sure:
            return alone
        more = together.probability > max(_probability(alone), _probability(told))
        return together if more else alone

    def _look(self, text: str) -> Danger | None:
        """The surest of the message and its sentences; these are not torn out of a short one."""
        whole, *rest = [self._part(part) for part in dict.fromkeys([text, *_pieces(text)])]
        found = max(filter(None, (whole, *rest)), key=_rank, default=None)
        torn = found is not whole and len(text.split()) <= SHORT and _probability(whole) < WHOLE
        return replace(found, sure=False) if found and torn else found

    def _part(self, text: str) -> Danger | None:
        reading = self._reader.read(text)
        key = _content(reading.words)
        if key in self._own:
            return Danger(self._own[key], True, 1.0, f"“{text.strip()}”", _language(reading))
        if key in self._calm:
            return None
        framed = self._rulebook.frame(reading)
        finding = self._rulebook.judge(framed)
        probability = classifier().probability(framed.reading, framed.covers)
        sure = probability >= (SURE_BY_RULE if finding else SURE)
        if not sure and probability < (MAYBE_BY_RULE if finding else MAYBE):
            return None
        return Danger(
            finding.id if finding else GENERAL,
            sure,
            probability,
            _why(finding, probability),
            _language(reading),
        )

    def _key(self, line: str) -> tuple[str, ...]:
        return _content(self._reader.words(line))


@cache
def _reader() -> Reader:
    """Built once: 7 MB, which all practices of a process share."""
    return Reader(tables().phrases)


@cache
def _rulebook() -> Rulebook:
    return Rulebook(tables())


def _pieces(text: str) -> Iterator[str]:
    """Its sentences; of one that is too long to be read whole, stretches that overlap."""
    for sentence in sentences(text):
        yield sentence
        said = sentence.split()
        if len(said) > LONGEST:
            for start in range(0, len(said), LONGEST // 2):
                yield " ".join(said[start : start + LONGEST])


def _probability(danger: Danger | None) -> float:
    return danger.probability if danger else 0.0


def _rank(danger: Danger) -> tuple[bool, bool, float]:
    """Sure before maybe, a kind before none, likelier before less likely."""
    return danger.sure, danger.id != GENERAL, danger.probability


def _why(finding: Finding | None, probability: float) -> str:
    learnt = f"it is like danger by {probability:.2f}"
    return f"“{finding.why}”, and {learnt}" if finding else learnt


def _content(said: Sequence[Word]) -> tuple[str, ...]:
    spoken = tuple(word.text for word in said)
    return tuple(word for word in spoken if word not in _EMPTY) or spoken


def _language(reading: Reading) -> Language:
    """The language that more of the words are known in."""
    spoken = {"en": set[int](), "es": set[int]()}
    for mark in reading.marks:
        spoken[mark.language].update(range(mark.start, mark.end))
    return "es" if len(spoken["es"]) > len(spoken["en"]) else "en"

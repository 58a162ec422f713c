"""Which rule the concepts of a message meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .context import ASKED, DENIED, EVERYTHING, GONE, frames
from .reading import Mark, Reading
from .tables import Rule, Tables, Term

_NEAR = 8  # places between the first and the last word of two concepts; more for each further one
_MORE = 4
_BEHIND = 3
_UNLESS_NEAR = 4
_AT_MOST = 16  # places of one concept that are looked at: bounds the time of a hostile message


@dataclass(frozen=True, slots=True)
class Framed:
    """A message as read, and for each word the contexts that cover it."""

    reading: Reading
    covers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a message meets: the id of its entry, and the words that met it."""

    id: str
    why: str


Workspace = tuple[
    int, int
]  # of a concept: the index of its first word, and of the one behind its last


class Rulebook:
    """All rules, found by the concepts of a message."""

    def __init__(self, tables: Tables) -> None:
        self._background = tables.background
        self._rules = tables.rules
        self._by_concept: dict[str, list[int]] = defaultdict(list)
        self._frame_rules = [rule for rule in tables.rules if rule.id.startswith("~")]
        for number, rule in enumerate(tables.rules):
            if rule.id.startswith("~"):
                continue
            for concept in self._key(rule).concepts:
                self._by_concept[concept].append(number)

    def _key(self, rule: Rule) -> Term:
        """The term by which a rule is found: one that is not background, if there is any."""
        terms = [term for group in rule.groups for term in group]
        return next((t for t in terms if not self._background.intersection(t.concepts)), terms[0])

    def frame(self, reading: Reading) -> Framed:
        """The message, and how each of its words is meant."""
        framed = self._framed(reading)
        return Framed(framed, frames(framed, self._background))

    def judge(self, framed: Framed) -> Finding | None:
        """The first rule that the message meets."""
        named = {mark.concept for mark in framed.reading.marks}
        numbers = {n for concept in named for n in self._by_concept.get(concept, ())}
        if not numbers:
            return None
        message = _Message(framed, self._background)
        for number in sorted(numbers):
            rule = self._rules[number]
            found = message.meets(rule)
            if found is not None:
                passed = rule.passed and message.has_passed()
                return Finding(rule.passed if passed else rule.id, found)
        return None

    def _framed(self, reading: Reading) -> Reading:
        """The reading with the frames that rules find: "the ER … said … fine" is seen to."""
        named = {mark.concept for mark in reading.marks}
        plain: _Message | None = None
        further: list[Mark] = []
        for rule in self._frame_rules:
            if not all(named.intersection(t.concepts) for g in rule.groups for t in g):
                continue
            plain = plain or self._unframed(reading)
            span = plain.span(rule)
            if span:
                further.append(Mark(*span, rule.id, ""))
        return replace(reading, marks=(*reading.marks, *further)) if further else reading

    def _unframed(self, reading: Reading) -> _Message:
        return _Message(Framed(reading, [0] * len(reading.words)), self._background)


class _Message:
    """A message with its frames, asked rule by rule."""

    def __init__(self, framed: Framed, background: frozenset[str]) -> None:
        self._words = framed.reading.words
        self._covers = framed.covers
        self._background = background
        self._marks: dict[str, list[Mark]] = defaultdict(list)
        for mark in framed.reading.marks:
            self._marks[mark.concept].append(mark)

    def meets(self, rule: Rule) -> str | None:
        """The words that meet the rule, or None."""
        heeded = EVERYTHING
        if "asked" in rule.even:
            heeded &= ~(ASKED | GONE)
        if "gone" in rule.even:
            heeded &= ~GONE
        spans: list[Workspace] = []
        for group in rule.groups:
            span = self._nearest(self._terms(group, heeded))
            if span is None:
                return None
            spans.append(span)
        if any(self._is_near(concept, spans) for concept in rule.unless):
            return None
        return " … ".join(self._said(span) for span in spans)

    def _terms(self, group: Sequence[Term], heeded: int) -> list[list[Workspace]]:
        """The places of each term; the "no" of "she does not move her leg" denies no leg."""
        beside = heeded & ~DENIED if any(term.then for term in group) else heeded
        return [self._places(term, heeded if term.then else beside) for term in group]

    def span(self, rule: Rule) -> Workspace | None:
        """Where the words of a rule with one group stand, whatever is said around them."""
        return self._nearest([self._places(term, 0) for term in rule.groups[0]])

    def has_passed(self) -> bool:
        """Whether it says that it is over."""
        return bool(self._marks.get("went-away")) or any(c & GONE for c in self._covers)

    def _said(self, span: Workspace) -> str:
        return " ".join(word.typed for word in self._words[span[0] : span[1]])

    def _places(self, term: Term, heeded: int) -> list[Workspace]:
        first = self._named(term.concepts, heeded)
        if not term.then:
            return first
        return [
            (start, later_end)
            for start, end in first
            for later, later_end in self._named(term.then, self._but_own(start, end, heeded))
            if 0 <= self._gap(end, later) <= _BEHIND
        ]

    def _but_own(self, start: int, end: int, heeded: int) -> int:
        """What cannot be done is not denied: the "don't" of "my legs don't work" denies nothing."""
        denies = any(start <= mark.start < end for mark in self._marks.get("~not", ()))
        return heeded & ~DENIED if denies else heeded

    def _gap(self, end: int, later: int) -> int:
        return self._words[later].at - self._words[end - 1].at - 1

    def _named(self, concepts: Sequence[str], heeded: int) -> list[Workspace]:
        return [
            (mark.start, mark.end)
            for concept in concepts
            for mark in self._marks.get(concept, ())[:_AT_MOST]
            if not self._is_covered(mark, heeded)
        ]

    def _is_covered(self, mark: Mark, heeded: int) -> bool:
        if mark.concept in self._background:
            heeded &= DENIED
        return any(self._covers[i] & heeded for i in range(mark.start, mark.end))

    def _nearest(self, terms: list[list[Workspace]]) -> Workspace | None:
        """The shortest stretch of the message with a place of every term, if it is short enough."""
        if not all(terms):
            return None
        if len(terms) == 1:
            return min(terms[0])
        longest = _NEAR + _MORE * (len(terms) - 2)
        last: list[Workspace | None] = [None] * len(terms)
        for start, end, term in sorted((s, e, n) for n, t in enumerate(terms) for s, e in t):
            last[term] = (start, end)
            places = [workspace for workspace in last if workspace]
            if len(places) < len(terms) or _overlap(places):
                continue
            if self._length(places) <= longest:
                return min(p[0] for p in places), max(p[1] for p in places)
        return None

    def _length(self, places: Sequence[Workspace]) -> int:
        first, last = min(p[0] for p in places), max(p[1] for p in places) - 1
        return self._words[last].at - self._words[first].at - (len(places) - 1)

    def _is_near(self, concept: str, spans: Sequence[Workspace]) -> bool:
        return any(
            self._touch(mark, span) for mark in self._marks.get(concept, ()) for span in spans
        )

    def _touch(self, mark: Mark, span: Workspace) -> bool:
        before = self._words[span[0]].at - self._words[mark.end - 1].at
        behind = self._words[mark.start].at - self._words[span[1] - 1].at
        return max(before, behind) <= _UNLESS_NEAR


def _overlap(places: Sequence[Workspace]) -> bool:
    """Whether a word serves twice, as "blood" in "blood thinner" would."""
    ordered = sorted(places)
    return any(b[0] < a[1] for a, b in pairwise(ordered))

"""Which rule of `rules.txt` a message matches: which concepts together are danger."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise

from faqbot.danger.concepts import TERSE, Mention, Message, background, phrases
from faqbot.danger.context import ALL, DENIED, HYPOTHETICAL, RESOLVED, contexts

# Positions from the first to the last word of two concepts; more for each further concept.
_MAX_DISTANCE, _MAX_DISTANCE_PER_TERM = 8, 4
_MAX_GAP = 3  # positions between the two parts of a term with “>”
_UNLESS_DISTANCE = 4
_MAX_MENTIONS = 16  # of one concept; bounds the time that a hostile message takes
_ALLOWED_CONTEXTS = {"asked": HYPOTHETICAL | RESOLVED, "gone": RESOLVED}  # by word after “even”
_HEADING = re.compile(r"\[(~?[a-z0-9-]+)\]\s*(.*)")

Extent = tuple[int, int]  # indices of tokens: start, and end (exclusive)


@dataclass(frozen=True, slots=True)
class Term:
    """Any of these concepts; with `then`, followed by any of those within three words."""

    concepts: tuple[str, ...]
    then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Groups of terms: those of a group must be near each other, the groups anywhere."""

    id: str  # the kind of danger; or a context, from "~" on
    groups: tuple[tuple[Term, ...], ...]
    unless: tuple[str, ...] = ()  # concepts that must not be near
    excluding: int = ALL  # contexts in which a mention does not count
    id_if_resolved: str = ""  # the id to use instead if the message says that it is over


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a message matches: its id, and the words that match it."""

    id: str
    why: str


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, in the order of `rules.txt`; raises ValueError for a name that is no concept."""
    text = (resources.files(__package__) / "rules.txt").read_text(encoding="utf-8")
    known = {TERSE, *(phrase.concept for phrase in phrases())}
    found: list[Rule] = []
    id, excluding, id_if_resolved = "", ALL, ""
    for line in text.splitlines():
        line = line.partition("#")[0].strip()
        if heading := _HEADING.fullmatch(line):
            id, options = heading[1], heading[2]
            excluding = ALL
            for word in re.findall(r"even (\w+)", options):
                excluding &= ~_ALLOWED_CONTEXTS[word]
            id_if_resolved = "".join(re.findall(r"then ([a-z0-9-]+)", options))
        elif line:
            if unknown := set(re.findall(r"[^\s+|>!]+", line)) - known:
                raise ValueError(f"rules.txt: “{line}” names no concept: {sorted(unknown)}")
            words = [group.split() for group in line.split("+")]
            groups = tuple(tuple(_term(w) for w in own if w[0] != "!") for own in words)
            unless = tuple(word[1:] for own in words for word in own if word[0] == "!")
            found.append(Rule(id, groups, unless, excluding, id_if_resolved))
    return tuple(found)


def _term(word: str) -> Term:
    first, _, then = word.partition(">")
    return Term(tuple(first.split("|")), tuple(then.split("|")) if then else ())


@cache
def _context_rules() -> tuple[Rule, ...]:
    """The rules that put words into a context, such as "the ER … said … fine"."""
    return tuple(rule for rule in rules() if rule.id.startswith("~"))


@cache
def _by_concept() -> dict[str, list[int]]:
    """The numbers of the rules of danger by the concepts of one term of each.

    Of a term that is not background, if there is one, as fewer messages have that.
    """
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, rule in enumerate(rules()):
        terms = [term for group in rule.groups for term in group]
        key = next((t for t in terms if background().isdisjoint(t.concepts)), terms[0])
        for concept in () if rule.id.startswith("~") else key.concepts:
            found[concept].append(number)
    return dict(found)


def in_context(message: Message) -> Message:
    """The message with the contexts of its tokens."""
    plain = _RuleMatcher(message)
    found = ((rule.id, plain.extent(rule)) for rule in _context_rules())
    further = [Mention(*extent, id, "") for id, extent in found if extent]
    whole = replace(message, mentions=(*message.mentions, *further))
    return replace(whole, contexts=tuple(contexts(whole)))


def first_match(message: Message) -> Finding | None:
    """The first rule of danger that a message in context matches."""
    named = {mention.concept for mention in message.mentions}
    matcher = _RuleMatcher(message)
    for number in sorted({n for concept in named for n in _by_concept().get(concept, ())}):
        rule = rules()[number]
        words = matcher.match(rule)
        if words is not None:
            return Finding(
                rule.id_if_resolved if rule.id_if_resolved and matcher.is_resolved() else rule.id,
                words,
            )
    return None


class _RuleMatcher:
    """Compares rules with one message."""

    def __init__(self, message: Message) -> None:
        self._tokens, self._contexts = message.tokens, message.contexts
        self._mentions: dict[str, list[Mention]] = defaultdict(list)
        for mention in message.mentions:
            self._mentions[mention.concept].append(mention)

    def match(self, rule: Rule) -> str | None:
        """The words that match the rule, as typed; None where it doesn't match."""
        extents: list[Extent] = []
        for group in rule.groups:
            extent = self._shortest(self._terms(group, rule.excluding))
            if extent is None:
                return None
            extents.append(extent)
        if any(self._is_near(concept, extents) for concept in rule.unless):
            return None
        return " … ".join(self._typed(extent) for extent in extents)

    def extent(self, rule: Rule) -> Extent | None:
        """Where the words of a rule with one group are, whatever their context."""
        return self._shortest([self._extents(term, 0) for term in rule.groups[0]])

    def is_resolved(self) -> bool:
        """Whether the message says that it is over."""
        return bool(self._mentions.get("went-away")) or any(c & RESOLVED for c in self._contexts)

    def _typed(self, extent: Extent) -> str:
        return " ".join(token.typed for token in self._tokens[extent[0] : extent[1]])

    def _terms(self, group: Sequence[Term], excluding: int) -> list[list[Extent]]:
        """The extents of each term; the "not" of "she does not move her leg" denies no leg."""
        beside = excluding & ~DENIED if any(term.then for term in group) else excluding
        return [self._extents(term, excluding if term.then else beside) for term in group]

    def _extents(self, term: Term, excluding: int) -> list[Extent]:
        first = self._named(term.concepts, excluding)
        if not term.then:
            return first
        return [
            (start, later_end)
            for start, end in first
            for later, later_end in self._named(term.then, self._but_own(start, end, excluding))
            if 0 <= self._position(later) - self._position(end - 1) - 1 <= _MAX_GAP
        ]

    def _but_own(self, start: int, end: int, excluding: int) -> int:
        """Without denial where the term itself denies: "don't work" in "my legs don't work"."""
        denies = any(start <= mention.start < end for mention in self._mentions.get("~not", ()))
        return excluding & ~DENIED if denies else excluding

    def _named(self, concepts: Sequence[str], excluding: int) -> list[Extent]:
        return [
            (mention.start, mention.end)
            for concept in concepts
            for mention in self._mentions.get(concept, ())[:_MAX_MENTIONS]
            if not self._is_excluded(mention, excluding)
        ]

    def _is_excluded(self, mention: Mention, excluding: int) -> bool:
        if mention.concept in background():
            excluding &= DENIED
        return any(context & excluding for context in self._contexts[mention.start : mention.end])

    def _shortest(self, terms: list[list[Extent]]) -> Extent | None:
        """The first extent with all terms close enough together."""
        if not all(terms):
            return None
        if len(terms) == 1:
            return min(terms[0])
        longest = _MAX_DISTANCE + _MAX_DISTANCE_PER_TERM * (len(terms) - 2)
        last: list[Extent | None] = [None] * len(terms)
        for start, end, term in sorted((s, e, n) for n, t in enumerate(terms) for s, e in t):
            last[term] = (start, end)
            extents = sorted(extent for extent in last if extent)
            if len(extents) < len(terms) or _overlap(extents):
                continue
            first, end_of_last = extents[0][0], max(end for _, end in extents)
            length = self._position(end_of_last - 1) - self._position(first) - (len(extents) - 1)
            if length <= longest:
                return first, end_of_last
        return None

    def _position(self, index: int) -> int:
        return self._tokens[index].position

    def _is_near(self, concept: str, extents: Sequence[Extent]) -> bool:
        return any(
            max(
                self._position(start) - self._position(mention.end - 1),
                self._position(mention.start) - self._position(end - 1),
            )
            <= _UNLESS_DISTANCE
            for mention in self._mentions.get(concept, ())
            for start, end in extents
        )


def _overlap(extents: Sequence[Extent]) -> bool:
    """Whether two extents share a word, as “blood thinner” and “blood”; `extents` are sorted."""
    return any(later[0] < earlier[1] for earlier, later in pairwise(extents))

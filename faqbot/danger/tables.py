"""The tables of danger signs, read into frozen values.

`english.txt` and `spanish.txt` say what people call things (concepts), `rules.txt` which concepts
together are an emergency. They are written to be read by a clinician; nothing about them is code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from faqbot.text import fold

LANGUAGES = {"en": "english.txt", "es": "spanish.txt"}
TERSE = "terse"  # a concept of its own: the message has three words at most
_HEADING = re.compile(r"\[(~?[a-z0-9-]+)\]\s*(.*)")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Ways to say a concept: for each place in order, the words that may stand there.

    A choice may be several words, or none where the place may be left out.
    """

    places: tuple[tuple[tuple[str, ...], ...], ...]
    concept: str
    language: str


@dataclass(frozen=True, slots=True)
class Term:
    """Any of these concepts; with `then`, followed by any of those at most three words behind."""

    concepts: tuple[str, ...]
    then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Groups of terms: those of a group stand near each other, the groups anywhere."""

    id: str
    groups: tuple[tuple[Term, ...], ...]
    unless: tuple[str, ...] = ()  # concepts that must not stand near
    even: tuple[str, ...] = ()  # "asked", "gone": frames that do not cancel it
    passed: str = ""  # the id instead, when it has passed
    source: str = ""


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables; `background` are the concepts that count also when they are old."""

    phrases: tuple[Phrase, ...]
    rules: tuple[Rule, ...]
    background: frozenset[str]


@cache
def tables() -> Tables:
    """The tables that come with faqbot."""
    phrases: list[Phrase] = []
    background: set[str] = set()
    for language, file in LANGUAGES.items():
        for name, text in _concepts(_read(file)):
            concept = name.rstrip("*")
            if name != concept:
                background.add(concept)
            phrases += (Phrase(places, concept, language) for places in _phrases(text))
    rules = tuple(_rules(_read("rules.txt")))
    _refuse_unknown(rules, {TERSE, *(phrase.concept for phrase in phrases)})
    return Tables(tuple(dict.fromkeys(phrases)), rules, frozenset(background))


def _read(file: str) -> str:
    return (resources.files(__package__) / file).read_text(encoding="utf-8")


def _concepts(text: str) -> Iterator[tuple[str, str]]:
    joined = re.sub(r"\n[ \t]+", " ", re.sub(r"(?m)^#.*\n?", "", text))
    for line in joined.splitlines():
        name, _, body = line.partition(":")
        if body:
            yield name.strip(), body


def _phrases(text: str) -> Iterator[tuple[tuple[tuple[str, ...], ...], ...]]:
    for phrase in text.split(","):
        if places := tuple(_choices(word) for word in phrase.split()):
            yield places


def _choices(word: str) -> tuple[tuple[str, ...], ...]:
    """`a|b` is either, `a|b?` either or nothing, `a_b|c` a b or c, `3..5` a number from 3 to 5."""
    choices = [""] if word.endswith("?") else []
    for choice in word.rstrip("?").split("|"):
        low, dots, high = choice.partition("..")
        choices += map(str, range(int(low), int(high) + 1)) if dots else [choice]
    return tuple(tuple(fold(choice).replace("_", " ").split()) for choice in choices)


def _rules(text: str) -> Iterator[Rule]:
    entry, even, passed = "", (), ""
    for line in text.splitlines():
        line = line.partition("#")[0].strip()
        if heading := _HEADING.fullmatch(line):
            entry = heading[1]
            even = tuple(re.findall(r"even (\w+)", heading[2]))
            passed = "".join(re.findall(r"then ([a-z0-9-]+)", heading[2]))
        elif line:
            yield replace(_rule(line), id=entry, even=even, passed=passed)


def _rule(line: str) -> Rule:
    groups = [group.split() for group in line.split("+")]
    unless = tuple(word[1:] for group in groups for word in group if word.startswith("!"))
    terms = tuple(
        tuple(_term(word) for word in group if not word.startswith("!")) for group in groups
    )
    return Rule("", terms, unless, source=line)


def _term(word: str) -> Term:
    first, _, then = word.partition(">")
    return Term(tuple(first.split("|")), tuple(then.split("|")) if then else ())


def _refuse_unknown(rules: tuple[Rule, ...], known: set[str]) -> None:
    for rule in rules:
        terms = [term for group in rule.groups for term in group]
        named = {name for term in terms for name in term.concepts + term.then} | {*rule.unless}
        if unknown := named - known:
            raise ValueError(f"rules.txt: “{rule.source}” names no concept: {sorted(unknown)}")

"""glossary.toml: words of the field, and what they mean; and finding them in an answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from importlib import resources

from faqbot.knowledge.page import Page
from faqbot.knowledge.practice import check_address
from faqbot.knowledge.strings import excerpt, normalize_quote, suggest
from faqbot.knowledge.tables import Table, read_table, strings
from faqbot.knowledge.values import Diagnostics, Term

KEYS = ("also", "meaning", "source", "link")
LEAVE_OUT = "leave_out"


def read_glossary(text: str, pages: Collection[str], diagnostics: Diagnostics) -> tuple[Term, ...]:
    """The practice's own words, then those that all practices share and this one does not.

    `pages`: their texts, which must say what a meaning without a source says.
    """
    table = read_table(text, diagnostics)
    if table is None:
        return ()
    sections = [table.section(word) for word in table.values if word != LEAVE_OUT]
    read = [Page(page) for page in pages] if sections else []
    own = [term for section in sections if section and (term := _term(section, read))]
    _refuse_repeated(own, table)
    left_out = _left_out(table)
    taken = {name for term in own for name in _keys(term)} | left_out
    return (*own, *(term for term in common_terms() if taken.isdisjoint(_keys(term))))


@lru_cache(maxsize=1)
def common_terms() -> tuple[Term, ...]:
    """The words that faqbot brings along, for all practices."""
    diagnostics = Diagnostics("glossary.toml")
    text = resources.files("faqbot.common").joinpath("en/glossary.toml").read_text("utf-8")
    table = read_table(text, diagnostics)
    sections = [table.section(word) for word in table.values] if table else []
    terms = tuple(term for section in sections if section and (term := _term(section, ())))
    if diagnostics.problems:  # caught by the tests of what is shipped
        raise ValueError(str(diagnostics.problems[0]))
    return terms


class Glossary:
    """Finds words of a glossary in answers."""

    def __init__(self, terms: Sequence[Term]) -> None:
        """Of two terms with the same name, the first counts."""
        named = {name: term for term in reversed(terms) for name in _keys(term)}
        self._names = [(name, _pattern(name), named[name]) for name in _longest_first(named)]

    def found(self, text: str) -> tuple[tuple[str, Term], ...]:
        """Each term in `text`, as written there; those with longer names first.

        What is a part of a longer name does not count: the vertebra of "vertebra plana".
        """
        found: dict[str, tuple[str, Term]] = {}
        lower = text.lower()
        for name, pattern, term in self._names:
            if name in lower and (match := pattern.search(text)):
                found.setdefault(term.word, (match[0], term))
                text = pattern.sub("\0", text)
        return tuple(found.values())


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-len(name), name))


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?:e?s)?(?![\w-])", re.IGNORECASE)


def _keys(term: Term) -> list[str]:
    """The names of a term in lower case."""
    return [name.lower() for name in (term.word, *term.also)]


def _term(table: Table, pages: Sequence[Page]) -> Term | None:
    word = " ".join(table.name.split())
    table.refuse_unknown(KEYS, f"under [{excerpt(word)}]")
    also, meaning = table.texts("also", '["vertebrae"]'), table.text("meaning")
    source, link = table.text("source"), table.text("link")
    if link:
        check_address(link, table.line("link"), table.diagnostics)
    if not meaning:
        fix = 'Write: meaning = "One of the bones of the spine."'
        table.report("meaning", f"It does not say what “{excerpt(word)}” means.", fix)
    elif not source:
        _check_quoted(meaning, pages, table)
    return Term(word, meaning, also, source, link) if word and meaning else None


def _check_quoted(meaning: str, pages: Sequence[Page], table: Table) -> None:
    """A meaning without a source must be the page's own words."""
    quote = normalize_quote(meaning)
    if any(page.find(quote) for page in pages):
        return
    near = next((found for page in pages if (found := page.nearest(quote))), None)
    fix = f"Did you mean “{near}”? Or say " if near else "Copy the page's words, or say "
    table.report(
        "meaning",
        f"No page says this, word for word: “{excerpt(meaning)}”.",
        f'{fix}who says it: source = "MedlinePlus (public domain)"',
    )


def _refuse_repeated(terms: Iterable[Term], table: Table) -> None:
    seen: dict[str, str] = {}
    for term in terms:
        for name in dict.fromkeys(_keys(term)):
            if name in seen:
                message = f"“{excerpt(name)}” is explained under [{excerpt(seen[name])}] already."
                table.report(term.word, message, "Keep it under one of the two.")
            seen.setdefault(name, term.word)


def _left_out(table: Table) -> set[str]:
    """The names under `leave_out`, in lower case."""
    known = [name for term in common_terms() for name in _keys(term)]
    values = strings(table.values.get(LEAVE_OUT, []))
    if values is None:
        message = f"“{LEAVE_OUT}” must be a list of words."
        table.report(LEAVE_OUT, message, f'Write: {LEAVE_OUT} = ["osteoporosis"]')
        return set()
    for word in values:
        if word.lower() not in known:
            message = (
                f"“{excerpt(word)}” is not explained anyway, so there is nothing to leave out."
            )
            table.report(LEAVE_OUT, message, suggest(word, known, "Take it out of the list."))
    return {word.lower() for word in values}

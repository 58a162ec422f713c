"""Which answer rests on which sentence of the practice's page, and what a new page text changes.

It reads entries as they are edited (`EntryText`), and so works on a draft that has problems too:
after a new page text, quotes that are no longer on the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz import fuzz

from faqbot.editing.entries import EntryText, blocks, fields_of
from faqbot.editing.workspace import Files, text_of
from faqbot.knowledge.page import Page
from faqbot.knowledge.snapshot import role_of
from faqbot.knowledge.strings import normalize_quote


@dataclass(frozen=True, slots=True)
class PageSentence:
    """A sentence of the page, and the ids of the entries that quote it."""

    text: str
    line: int
    ids: tuple[str, ...]
    is_boilerplate: bool  # a menu, heading and the like: needs no answer

    @property
    def missing(self) -> bool:
        """Whether no answer quotes it yet, though one should."""
        return not self.ids and not self.is_boilerplate


@dataclass(frozen=True, slots=True)
class LostQuote:
    """A quote that is not on the page, and the passage that it probably was."""

    id: str
    question: str
    quote: str
    nearest: str  # empty if nothing is like it


@dataclass(frozen=True, slots=True)
class Revision:
    """What another text of the page would change."""

    lost: tuple[LostQuote, ...]  # quotes that hold now, and would not
    new: tuple[str, ...]  # sentences
    gone: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the page says the same."""
        return not (self.lost or self.new or self.gone)


def pages(files: Files) -> dict[str, str]:
    """The text of each page, by its stem: "procedure" for sources/procedure.txt."""
    return {
        name.removeprefix("sources/").removesuffix(".txt"): text_of(files[name])
        for name in sorted(files)
        if name.startswith("sources/")
    }


def entries_of(files: Files, stem: str) -> list[EntryText]:
    """The entries that answer from a page, as they are edited, even if the file is broken."""
    name = f"{stem}.md"
    found = blocks(text_of(files.get(name, b"")), role_of(name))
    return [fields_of(block) for block in found if block.id]


def coverage(
    text: str, entries: Sequence[EntryText], schedule: str = ""
) -> tuple[PageSentence, ...]:
    """Every sentence of a page with the entries that quote it, in the order of the entries.

    `schedule` is what the link for appointments is called.
    """
    page = Page(text)
    ids: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for entry in entries:
        for index in page.quoted(entry.quotes):
            ids[index][entry.id] = None
    return tuple(
        PageSentence(one.text, one.line, tuple(ids[index]), page.is_boilerplate(one, schedule))
        for index, one in enumerate(page.sentences)
    )


def paragraphs(covered: Sequence[PageSentence]) -> Iterator[tuple[bool, list[PageSentence]]]:
    """The page's lines: whether each is an item of a list, and its sentences without bullets."""
    for _, line in groupby(covered, key=lambda sentence: sentence.line):
        first, *others = sentences = list(line)
        is_item = bool(others) and not any(c.isalnum() for c in first.text)
        yield is_item, others if is_item else sentences


def lost_quotes(text: str, entries: Sequence[EntryText]) -> tuple[LostQuote, ...]:
    """The quotes that are not on the page, each with the passage nearest to it."""
    page = Page(text)
    return tuple(
        LostQuote(entry.id, entry.question, quote, _nearest(page, normalize_quote(quote)))
        for entry in entries
        for quote in entry.quotes
        if not page.find(normalize_quote(quote))
    )


def _nearest(page: Page, quote: str) -> str:
    """The passage that a lost quote probably was; one sentence, if the quote is one."""
    found = page.nearest(quote) or ""
    pieces = [sentence.text for sentence in Page(found).sentences]
    if len(pieces) < 2 or len(Page(quote).sentences) > 1:
        return found
    best = max(pieces, key=lambda piece: fuzz.ratio(piece, quote))
    bare = best.rstrip(".!?")
    return bare if quote[-1:].isalnum() and page.find(bare) else best


def revision(old: str, new: str, entries: Sequence[EntryText]) -> Revision:
    """What changes when `new` takes the place of the page text `old`."""
    before, after = Page(old), Page(new)
    already = {(lost.id, lost.quote) for lost in lost_quotes(old, entries)}
    return Revision(
        lost=tuple(
            lost for lost in lost_quotes(new, entries) if (lost.id, lost.quote) not in already
        ),
        new=_not_on(before, after),
        gone=_not_on(after, before),
    )


def _not_on(page: Page, own: Page) -> tuple[str, ...]:
    """The sentences of `own` that the page does not have, without menus and the like."""
    return tuple(
        sentence.text
        for sentence in own.sentences
        if not own.is_boilerplate(sentence) and not page.find(sentence.text)
    )

"""The practice's own page text: finding a quote in it, and what no entry quotes yet."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from rapidfuzz import fuzz, process

from faqbot.knowledge.snapshot import lines_of
from faqbot.knowledge.strings import excerpt, normalize_quote
from faqbot.knowledge.values import Knowledge, Problem

_ABBREVIATED = (
    r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bSt)(?<!\bvs)(?<!\bNo)(?<!\be\.g)(?<!\bi\.e)"
)
_SENTENCE_END = re.compile(
    rf"(?:{_ABBREVIATED}(?<!\b[A-Z])\.|[!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9•])"
)
_BULLET = re.compile(r"^[•·▪●◦*–—-]\s*")  # noqa: RUF001
_WORD = re.compile(r"\w+")
_BOILERPLATE = re.compile(r"©|all rights reserved|\bmenu\s*$", re.IGNORECASE)
_LONGEST_MISQUOTE = 1_000  # characters of a wrong quote for which the right one is searched
_MOST_SEARCHED = 2_000_000  # characters in all, so that a file of nothing but wrong quotes is quick
_LONGEST_HEADING = 9  # words
_COVERING = 3  # words of a sentence that a quote must share to cover it


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, bullet or short line of a page, in the form of `normalize_quote`."""

    text: str
    line: int


class Page:
    """A page's text as one line of sentences, in which quotes are searched."""

    def __init__(self, text: str) -> None:
        self.sentences = tuple(_sentences(text))
        self._texts = [sentence.text for sentence in self.sentences]
        self._starts = list(accumulate((len(text) + 1 for text in self._texts[:-1]), initial=0))
        self._text = " ".join(self._texts)
        lines = enumerate(lines_of(text), 1)
        self._boilerplate = {number for number, line in lines if _BOILERPLATE.search(line)}
        parts = Counter(sentence.line for sentence in self.sentences)
        self._undivided = {line for line, count in parts.items() if count == 1}
        self._searched = 0

    def find(self, quote: str) -> tuple[int, int] | None:
        """The span of the quote in whole words; `quote` must be `normalize_quote`."""
        start = self._text.find(quote) if _WORD.search(quote) else -1
        while start >= 0:
            end = start + len(quote)
            if self._is_word_boundary(start) and self._is_word_boundary(end):
                return start, end
            start = self._text.find(quote, start + 1)
        return None

    def nearest(self, quote: str) -> str | None:
        """The passage that a quote probably was copied from, with mistakes."""
        self._searched += len(self._text)
        if len(quote) > _LONGEST_MISQUOTE or self._searched > _MOST_SEARCHED:
            return None
        best = process.extractOne(quote, self._texts, scorer=fuzz.partial_ratio, score_cutoff=60)
        if best is None:
            return None
        sentence, index = str(best[0]), int(best[2])
        start, end = self._starts[index], self._starts[index] + len(sentence)
        if len(quote) > 1.3 * len(sentence):  # it goes on into the sentences around
            start, end = max(0, start - len(quote)), end + len(quote)
        found = fuzz.partial_ratio_alignment(quote, self._text[start:end])
        if found is None or len(quote) >= end - start:
            return sentence
        return self._whole_words(start + found.dest_start, start + found.dest_end)

    def _is_word_boundary(self, at: int) -> bool:
        pair = self._text[max(0, at - 1) : at + 1]
        return at == 0 or len(pair) < 2 or not (pair[0].isalnum() and pair[1].isalnum())

    def _whole_words(self, start: int, end: int) -> str:
        start = self._text.rfind(" ", 0, start) + 1
        end = self._text.find(" ", end)
        return self._text[start : end if end >= 0 else None].strip()

    def quoted(self, quotes: Iterable[str]) -> Iterator[int]:
        """Indices of the sentences that these quotes cover; of a quote not found, none."""
        for quote in quotes:
            if span := self.find(normalize_quote(quote)):
                yield from self._covered(*span)

    def _covered(self, start: int, end: int) -> Iterator[int]:
        """Indices of the sentences of which a span has three words, or all of a shorter one."""
        for index in range(bisect_right(self._starts, start) - 1, len(self._starts)):
            sentence, begin = self._texts[index], self._starts[index]
            if begin >= end:
                return
            shared = _count_words(sentence[max(0, start - begin) : end - begin])
            if shared >= min(_COVERING, _count_words(sentence)):
                yield index

    def is_boilerplate(self, sentence: Sentence, schedule: str = "") -> bool:
        """Whether a page shows this around its text, so that no answer need quote it.

        That is: titles, headings, lines that introduce a list, lines with ©, "All rights reserved"
        or "Menu" at their end, punctuation alone, and `schedule`, the label of the appointment
        link. A line with a number is text.
        """
        return (
            sentence.line in self._boilerplate
            or sentence.text == schedule
            or not _WORD.search(sentence.text)
            or self._is_heading(sentence)
        )

    def _is_heading(self, sentence: Sentence) -> bool:
        """Whether it is a short line without a full stop, or introduces what follows."""
        if sentence.line not in self._undivided:
            return False
        if sentence.text.endswith((":", "?")):
            return True
        ended = sentence.text.endswith((".", "!", "…", '"', ")"))
        is_text = ended or any(c.isdigit() for c in sentence.text)
        return not is_text and _count_words(sentence.text) <= _LONGEST_HEADING


def uncovered(knowledge: Knowledge) -> tuple[Problem, ...]:
    """The sentences of each page that no entry of its file quotes, each as a problem to fix.

    Boilerplate is left out, and so is what follows "Leave out:" in the file.
    """
    return tuple(
        Problem(
            f"sources/{stem}.txt",
            sentence.line,
            f"No answer quotes this yet: “{excerpt(sentence.text)}”.",
            f"Quote it in an answer in {stem}.md, or write at the top of that file: "
            "Leave out: and its words.",
        )
        for stem, text in sorted(knowledge.sources.items())
        for sentence in _unquoted(knowledge, stem, text)
    )


def _unquoted(knowledge: Knowledge, stem: str, text: str) -> Iterator[Sentence]:
    page = Page(text)
    own = [entry for entry in knowledge.entries if entry.page_stem == stem]
    quoted = set(page.quoted(quote for entry in own for quote in entry.quotes))
    info = knowledge.page_infos.get(stem)
    left_out = [normalize_quote(text) for text in info.left_out] if info else []
    for index, sentence in enumerate(page.sentences):
        if index in quoted or page.is_boilerplate(sentence, knowledge.practice.schedule):
            continue
        if not any(text in sentence.text for text in left_out):
            yield sentence


def _sentences(text: str) -> Iterator[Sentence]:
    for number, line in enumerate(lines_of(text), 1):
        rest = normalize_quote(line)
        bullet = _BULLET.match(rest)
        if bullet and bullet.end() < len(rest):
            yield Sentence(bullet[0].strip(), number)
            rest = rest[bullet.end() :]
        begin = 0
        for end in _SENTENCE_END.finditer(rest):
            yield Sentence(rest[begin : end.end()].strip(), number)
            begin = end.end()
        if rest[begin:]:
            yield Sentence(rest[begin:], number)


def _count_words(text: str) -> int:
    return len(_WORD.findall(text))

"""The practice's own page text: finding a quote in it, and what no entry quotes yet."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from .files import lines_of
from .values import Knowledge, Problem
from .wording import excerpt, verbatim

_ABBREVIATED = (
    r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bSt)(?<!\bvs)(?<!\bNo)(?<!\be\.g)(?<!\bi\.e)"
)
_SENTENCE_END = re.compile(
    rf"(?:{_ABBREVIATED}(?<!\b[A-Z])\.|[!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9•])"
)
_BULLET = re.compile(r"^[•·▪●◦*–—-]\s*")  # noqa: RUF001
_WORD = re.compile(r"\w+")
_AROUND = re.compile(r"©|all rights reserved|\bmenu\s*$", re.IGNORECASE)
_LONGEST_SLIP = 1_000  # characters of a wrong quote for which the right one is looked for
_MOST_LOOKED_THROUGH = 2_000_000  # so a file of nothing but wrong quotes is told quickly too
_LONGEST_HEADING = 9  # words
_TOUCHED = 3  # words of a sentence that a quote must share to speak for it


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, bullet or short line of a page, with white space and quotes made plain."""

    text: str
    line: int


class Page:
    """A page's text as one line of sentences, in which quotes are looked for."""

    def __init__(self, text: str) -> None:
        self.sentences = tuple(_sentences(text))
        self.starts: list[int] = []
        parts: list[str] = []
        length = 0
        for sentence in self.sentences:
            self.starts.append(length)
            parts.append(sentence.text)
            length += len(sentence.text) + 1
        self.text = " ".join(parts)
        self._texts = parts
        self._around = {n for n, line in enumerate(lines_of(text), 1) if _AROUND.search(line)}
        lines = Counter(sentence.line for sentence in self.sentences)
        self._whole = {line for line, parts in lines.items() if parts == 1}  # of one part each
        self._looked_through = 0

    def find(self, quote: str) -> tuple[int, int] | None:
        """Where in `text` the quote stands, in whole words; `quote` must be `verbatim`."""
        start = self.text.find(quote) if _WORD.search(quote) else -1
        while start >= 0:
            end = start + len(quote)
            if self._parts_words(start) and self._parts_words(end):
                return start, end
            start = self.text.find(quote, start + 1)
        return None

    def nearest(self, quote: str) -> str | None:
        """The passage that `quote` is probably a slip of."""
        self._looked_through += len(self.text)
        if len(quote) > _LONGEST_SLIP or self._looked_through > _MOST_LOOKED_THROUGH:
            return None
        best = process.extractOne(quote, self._texts, scorer=fuzz.partial_ratio, score_cutoff=60)
        if best is None:
            return None
        sentence, index = str(best[0]), int(best[2])
        start, end = self.starts[index], self.starts[index] + len(sentence)
        if len(quote) > 1.3 * len(sentence):  # it goes on into the sentences around
            start, end = max(0, start - len(quote)), end + len(quote)
        found = fuzz.partial_ratio_alignment(quote, self.text[start:end])
        if found is None or len(quote) >= end - start:
            return sentence
        return self._whole_words(start + found.dest_start, start + found.dest_end)

    def _parts_words(self, at: int) -> bool:
        pair = self.text[max(0, at - 1) : at + 1]
        return at == 0 or len(pair) < 2 or not (pair[0].isalnum() and pair[1].isalnum())

    def _whole_words(self, start: int, end: int) -> str:
        while start > 0 and not self.text[start - 1].isspace():
            start -= 1
        while end < len(self.text) and not self.text[end].isspace():
            end += 1
        return self.text[start:end].strip()

    def spoken_for(self, start: int, end: int) -> Iterator[int]:
        """The places of the sentences of which a passage has three words, or all of a shorter one.

        The passage is given by where it begins and ends in `text`.
        """
        place = bisect_right(self.starts, start) - 1
        while place < len(self.starts) and self.starts[place] < end:
            sentence, begin = self._texts[place], self.starts[place]
            shared = _count_words(sentence[max(0, start - begin) : end - begin])
            if shared >= min(_TOUCHED, _count_words(sentence)):
                yield place
            place += 1

    def is_around(self, sentence: Sentence, schedule: str = "") -> bool:
        """Whether a page shows this around its text, so that no answer need quote it.

        That are titles, headings and what leads to a list, lines with ©, "All rights reserved" or
        "Menu" at their end, signs without a word, and `schedule`, the name of the link for
        appointments. A line with a number is text.
        """
        return (
            sentence.line in self._around
            or sentence.text == schedule
            or not _WORD.search(sentence.text)
            or self._is_heading(sentence)
        )

    def _is_heading(self, sentence: Sentence) -> bool:
        """Whether it is a short line without an end, or leads to what follows."""
        if sentence.line not in self._whole:
            return False
        if sentence.text.endswith((":", "?")):
            return True
        ended = sentence.text.endswith((".", "!", "…", '"', ")"))
        told = ended or any(sign.isdigit() for sign in sentence.text)
        return not told and _count_words(sentence.text) <= _LONGEST_HEADING


def uncovered(knowledge: Knowledge) -> tuple[Problem, ...]:
    """The sentences of each page that no entry of its file quotes, each as a problem to fix.

    Left out is what a page shows around its text (`Page.is_around`).
    """
    return tuple(
        Problem(
            f"sources/{stem}.txt",
            sentence.line,
            f"No answer quotes this yet: “{excerpt(sentence.text)}”.",
            f"Add it to an answer's quotes in {stem}.md, or mark it there at the top: "
            "Leave out: and its words.",
        )
        for stem, text in sorted(knowledge.sources.items())
        for sentence in _unquoted(knowledge, stem, text)
    )


def _unquoted(knowledge: Knowledge, stem: str, text: str) -> Iterator[Sentence]:
    page = Page(text)
    quotes = {
        verbatim(quote)
        for entry in knowledge.entries
        if entry.file.rpartition(".")[0] == stem
        for quote in entry.quotes
    }
    spans = [span for quote in quotes if (span := page.find(quote))]
    spoken_for = {place for span in spans for place in page.spoken_for(*span)}
    head = knowledge.heads.get(stem)
    left_out = [verbatim(text) for text in head.left_out] if head else []
    for place, sentence in enumerate(page.sentences):
        if place in spoken_for or page.is_around(sentence, knowledge.practice.schedule):
            continue
        if not any(text in sentence.text for text in left_out):
            yield sentence


def _sentences(text: str) -> Iterator[Sentence]:
    for number, line in enumerate(lines_of(text), 1):
        rest = verbatim(line)
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

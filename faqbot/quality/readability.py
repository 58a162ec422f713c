"""How many years of school it takes to read a text."""

from __future__ import annotations

import math
import re

SCHOOL = 12  # years; beyond them there is college
_LEVELS = (  # up to which year
    (5, "very easy"),
    (8, "easy"),
    (10, "a little hard"),
    (SCHOOL, "hard"),
    (math.inf, "as hard as a college text"),
)

_SENTENCE_END = re.compile(r"[.!?]+(?=[\s\"'”’)]|$)|\n+")  # noqa: RUF001
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")  # noqa: RUF001
_ABBREVIATED = re.compile(r"\b(Dr|Mr|Mrs|Ms|St|vs|[A-Z])\.", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s$")  # noqa: RUF001
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(
    r"(?<=[^aeiouy])e$"  # bone, but free
    r"|(?<=[qg]u)es?$"  # technique
    r"|(?<=[^aeiouysxzcgh])es$"  # bones, but doses
    r"|(?<=[^aeiouytd])ed$"  # healed, but treated
    r"|(?<=[aeiouy][^aeiouy])e(?=(?:ful|less|ly|ness|things?|times?|where|body)$)"  # careful
    r"|(?<=[aeiouy][cgtvsr])e(?=ments?$)"  # movement
    r"|(?<=\bev)e(?=ry|ning)"  # every, evening
)
_SPOKEN = re.compile(r"[^aeiouyrl]le[sd]?$")  # needle, handled
_PARTED = re.compile(
    r"(?<![cgst])ia|(?<![cgstln])io(?!u)|(?<![cgtx])iou|[cst]iat|gio(?!n)"
    r"|[aeiouy]ing|(?<!p)eo(?![nu])|(?<![qg])ua[tl]|uou|iet|iu|iers?$|[^ct]ienc|scien|lient"
    r"|yone$|[aeiouy][^aeiouy]+ea$|creat|\breac(?!h)|\breal[ai]|sms?$|[ds]n['’]t$"  # noqa: RUF001
)


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of a plain text, at least 0; 0 for a text without words.

    0.39 * words per sentence + 11.8 * syllables per word - 15.59: Kincaid, Fishburne, Rogers and
    Chissom, "Derivation of New Readability Formulas", US Navy Research Branch Report 8-75, 1975.
    A hint only: it counts lengths and knows nothing of meaning. Numbers do not count.
    """
    sentences = [_WORD.findall(part) for part in _SENTENCE_END.split(_ABBREVIATED.sub(r"\1", text))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 0.0
    length = len(words) / sum(map(bool, sentences))
    return max(0.0, 0.39 * length + 11.8 * sum(map(syllables, words)) / len(words) - 15.59)


def syllables(word: str) -> int:
    """How many syllables an English word has, guessed from its letters; at least 1."""
    if 1 < len(word) <= 3 and word.isupper():  # MRI
        return len(word)
    letters = _POSSESSIVE.sub("", word.lower())
    count = len(_VOWELS.findall(letters)) + len(_PARTED.findall(letters))
    if not _SPOKEN.search(letters):
        count -= len(_SILENT.findall(letters))
    return max(1, count)


def in_words(grade: float) -> str:
    """The grade for people: "about 7th grade: easy".

    Health authorities ask for 6th to 8th grade in what patients read.
    """
    year = max(1, math.floor(grade + 0.5))
    level = next(level for most, level in _LEVELS if year <= most)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(year, "th")
    return level if year > SCHOOL else f"about {year}{ending} grade: {level}"

"""Finds people's names in what a visitor typed: by the words before them, or by being names.

"my name is jane", "my wife Xiomara" and "Bob Ortiz" hold names; "my name is on the list" and
"I'm scared" do not. A name that was found once is found wherever it stands again. Doctors' names
stay: "does Dr. Klein do this" is about the practice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from string import ascii_lowercase
from typing import NamedTuple

from faqbot.common.lexicon import lexicon
from faqbot.privacy.cues import CUES, SCRIPTS, WHO_IT_IS, Cue
from faqbot.text import fold

FILE = Path(__file__).parent / "people.tsv"  # kind<TAB>name, in lower case and without accents
MAX_NAME_WORDS = 5  # words of one name
# Zipf values: 7.7 for "the", 3.8 for "doe". The 29,000 commonest words have 3.0 or more.
RAREST, RARE, UNCOMMON, COMMON, GRAMMAR = 3.0, 3.15, 4.0, 4.7, 6.0
MISSPELT = 2.5  # what is one letter from a word at least as frequent is a misspelling of it
MIN_UNKNOWN_LETTERS = 4  # letters that a word needs to be a name because no dictionary has it

PARTICLES = frozenset(
    "de la las los del da dos di van von der den bin bint ibn abu al el st y o mac mc af".split()
)
MONTHS = frozenset("april may june august summer autumn".split())
NOT_BEFORE = frozenset(  # a name after one of these is a doctor's, a saint's or a place's
    "dr drs doctor doctors st saint san santa sao mt mount port fort new lake cape".split()
)
NOT_AFTER = frozenset(  # a name before one of these is a place's or a thing's
    "hospital medical center centre clinic health ave avenue street road blvd bridge tunnel "
    "university college school church county city airport pharmacy park heights hill island bank "
    "building tower square hose stockings drain brace procedure method angle score test fund "
    "disease syndrome horse".split()
)


class _Lists(NamedTuple):
    """Names of people in the United States; rare family names are recognised by being rare."""

    given: frozenset[str]  # that mean nothing else
    given_words: frozenset[str]  # that are words, months, places or brands as well
    family: frozenset[str]  # that are common words
    never: frozenset[str]  # not names, even where one could stand
    institution: frozenset[str]  # two words that would be somebody's names: "johns hopkins"


@cache
def _lists() -> _Lists:
    rows = [line.split("\t") for line in FILE.read_text("utf-8").splitlines()]
    kinds = ("given", "given-word", "family", "never", "institution")
    return _Lists(*(frozenset(name for own, name in rows if own == kind) for kind in kinds))


_WORD = re.compile(r"[^\W\d_](?:\.(?![^\W\d_]{2})|[^\W\d_]*(?:['\u2019-][^\W\d_]+)*)")
_GAP = re.compile(r"[\"\u201d]?\)? +(?:\(?[\"\u201c])?|[./](?=[^\W\d_])")
_COMMA = re.compile(r",[ ]*")
_SPELLED = re.compile(
    r"(?:(?<=spelled )|(?<=spelt )|(?<=spelling is ))(?:[a-z][- .,]{1,2}){2,}[a-z](?![^\W_])|"
    r"(?<![^\W_])(?:[a-z][- ]){4,}[a-z](?![^\W_])",
    re.IGNORECASE,
)
_FAMILY_COMMA = re.compile(r"(?<![^\W_])([^\W\d_]+), ?$")
_RARE_PAIR = re.compile(r"(?<![^\W_])(?=[A-Z][^\W\d_]+ [A-Z][^\W\d_]+)")
_DOUBLED = re.compile(r"(.)\1")
_MEDICAL = re.compile(  # how names of medicines and illnesses end
    r"\w+(?:ic|al|[aeiou]l|ide|ine|ate|[io]n|[ei]b|itis|[ao]sis|oma|emia|pathy|plasia)"
)


def find_names(text: str) -> list[tuple[int, int]]:
    """The start and end of each name in a text, in order and without overlaps."""
    found = [match.span() for match in _SPELLED.finditer(text)]
    if not text.isascii():
        found += [match.span("name") for rule in SCRIPTS for match in rule.finditer(text)]
    found += _Finder(text).spans()
    found += _again(text, found)
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _again(text: str, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where a word of these names stands once more: a common word only if it has its capital.

    A rare word that begins as a name does counts as it: "Barty" for Bartholomew, and endings of
    other cases ("Геннадия").
    """
    words = {_bare(word) for start, end in found for word in _WORD.findall(text[start:end])}
    names = {word for word in words if len(word) > 2 and _low(word) not in PARTICLES}
    rare = {low for low in map(_low, names) if _zipf(low) < UNCOMMON}
    capital = {word for word in names if word[0].isupper() and not text.isupper()}
    stems = {low[:3] for word, low in zip(names, map(_low, names), strict=True) if word in capital}
    again = []
    for match in _WORD.finditer(text) if names else ():
        word = _bare(match.group())
        low = _low(word)
        begins_so = word[0].isupper() and low[:3] in stems and _zipf(low) < RAREST
        if word in capital or low in rare or (begins_so and not _MEDICAL.fullmatch(low)):
            again.append((match.start(), match.start() + len(word)))
    return again


class _Finder:
    """Finds the names in one text, whose capitals mean something or not."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lists = _lists()
        self.cased = _is_cased(text)

    def spans(self) -> Iterator[tuple[int, int]]:
        starts = [(match.end(), cue) for rule, cue in CUES for match in rule.finditer(self.text)]
        starts += [(match.end(), Cue.MAYBE) for match in WHO_IT_IS.finditer(self.text)]
        starts += [(match.start(), Cue.NONE) for match in _RARE_PAIR.finditer(self.text)]
        starts += [(start, Cue.NONE) for start in self._alone()]
        for start, cue in starts:
            end = self._end(start, cue)
            if end > start:
                yield self._with_family_before(start), end

    def _alone(self) -> Iterator[int]:
        before = ""
        for match in _WORD.finditer(self.text):
            word = match.group()
            if before not in NOT_BEFORE and (self._is_given(_low(word)) or _is_initial(word)):
                yield match.start()
            before = _low(word)

    def _is_given(self, low: str) -> bool:
        return low in self.lists.given or low in self.lists.given_words

    def _with_family_before(self, start: int) -> int:
        """For "Doe, Jane": where Doe begins."""
        before = _FAMILY_COMMA.search(self.text[max(0, start - 30) : start])
        if not before or not before[1][0].isupper():
            return start
        low = _low(before[1])
        is_family = low in self.lists.family or _zipf(low) < RAREST
        is_family = is_family and low not in self.lists.never
        return start - len(before[0]) if is_family else start

    def _end(self, start: int, cue: Cue) -> int:
        """Where the name that begins at `start` ends; `start` itself where there is none."""
        found = self._words(start)
        taken = 0
        for index, (word, _) in enumerate(found[:MAX_NAME_WORDS]):
            if index and _low(word) in PARTICLES:
                continue
            if not self._fits(word, [before for before, _ in found[:index]], cue):
                break
            taken = index + 1
        if not taken or self._is_something_else([_low(word) for word, _ in found], taken, cue):
            return start
        return found[taken - 1][1]

    def _words(self, start: int) -> list[tuple[str, int]]:
        """The words from `start` on that could be one name, each with its end."""
        found: list[tuple[str, int]] = []
        at = start
        while len(found) <= MAX_NAME_WORDS and (match := _WORD.match(self.text, at)):
            word = match.group()
            bare = _bare(word)
            found.append((word, match.start() + len(bare)))
            gap = _GAP.match(self.text, match.end())
            comma = _COMMA.match(self.text, match.end())
            if comma and (after := _WORD.match(self.text, comma.end())):
                gap = comma if _low(after.group()) in self.lists.given else None
            if not gap or bare != word:
                break
            at = gap.end()
        return found

    def _fits(self, word: str, before: list[str], cue: Cue) -> bool:
        """Whether a word can be the next word of a name that begins with those before it."""
        low, capital = _low(word), self._is_capital(word)
        if before and _is_initial(before[-1]) and capital:
            return True
        if len(low) == 1:
            return _is_initial(word) or (bool(before) and word.isupper() and low != "i")
        if low in self.lists.given:
            return True
        if low in self.lists.given_words or low in self.lists.family:
            return capital or self._fits_in_lower_case(low, bool(before), cue)
        if low in self.lists.never or (not capital and low.endswith(("ed", "ing"))):
            return False
        if cue is Cue.SURE:
            return _zipf(low) < (GRAMMAR - 1 if capital else UNCOMMON if before else COMMON)
        if capital:
            return _zipf(low) < (UNCOMMON if before or cue is not Cue.NONE else RAREST)
        if cue is Cue.TITLE:
            return _zipf(low) < RARE + 0.3
        if any(_low(one) in self.lists.given for one in before):
            return _zipf(low) < RARE
        return cue is Cue.MAYBE and _is_unknown(low)

    def _fits_in_lower_case(self, low: str, goes_on: bool, cue: Cue) -> bool:
        """The same for a name that is an ordinary word as well: "will", "brown"."""
        if goes_on or (cue in (Cue.SURE, Cue.TITLE) and low in self.lists.family):
            return _zipf(low) < COMMON + 0.3
        return cue is Cue.SURE and low in self.lists.given_words

    def _is_something_else(self, lows: list[str], taken: int, cue: Cue) -> bool:
        if cue in (Cue.SURE, Cue.TITLE):
            return False
        if " ".join(lows[:2]) in self.lists.institution:
            return True
        if lows[taken : taken + 1] and lows[taken] in NOT_AFTER:
            return True
        if cue is Cue.NONE and not self._is_given(lows[0]) and taken > 1:
            rest = lows[1:taken]
            if all(map(_MEDICAL.fullmatch, rest)):  # "Betaxolol Ophthalmic"
                return True
            return any(_zipf(low) >= RAREST and low not in self.lists.family for low in rest)
        alone = taken == 1 and lows[0] not in self.lists.given
        return alone and (cue is Cue.NONE or lows[0] in MONTHS)

    def _is_capital(self, word: str) -> bool:
        """Whether the word has a capital that means something; "MRI" has none."""
        return self.cased and word[0].isupper() and (len(word) == 1 or not word.isupper())


def _is_cased(text: str) -> bool:
    """Whether capital letters are informative: not in Title Case, all capitals or lower case."""
    if text.isupper():
        return False
    inside = re.findall(r"(?<=[^\W_] )[A-Z][a-z\u2019']+", text)
    lows = {_low(word) for word in inside} - _lists().given_words - {"i"}  # "its Will Jones"
    return not any(_zipf(low) >= GRAMMAR for low in lows)


def _low(word: str) -> str:
    return fold(word).lower().replace("\u2019", "'").removesuffix("'s").rstrip(".")


def _bare(word: str) -> str:
    return word[:-2] if word.endswith(("'s", "\u2019s")) else word


def _is_initial(word: str) -> bool:
    return len(word) == 2 and word[0].isupper() and word[1] == "."


@lru_cache(maxsize=8_192)
def _is_unknown(low: str) -> bool:
    """Whether it is neither a word of English or Spanish nor a misspelt common one."""
    if (
        len(low) < MIN_UNKNOWN_LETTERS
        or not low.isascii()
        or low.endswith(("plasty", "attack", "scopy"))
    ):
        return False
    if any(part in lexicon() or part in lexicon("es") for part in low.split("-")):
        return False
    spellings = {low, _DOUBLED.sub(r"\1", low), low.replace("f", "ph")}  # "tommorow", "farmacy"
    near = (word for spelling in spellings for word in _one_edit_away(spelling))
    return not any(lexicon().zipf(word) >= MISSPELT for word in near)


def _one_edit_away(word: str) -> Iterator[str]:
    """All words that one slip of the finger turns into this one."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        for letter in ascii_lowercase:
            yield before + letter + after
            yield before + letter + after[1:]


@lru_cache(maxsize=8_192)
def _zipf(low: str) -> float:
    """How frequent an English word is: 7.7 for "the", 0 for what is not a word."""
    return lexicon().zipf(low)

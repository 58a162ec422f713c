"""Finds people's names in what a visitor typed: by what stands before them, or by being names.

"my name is jane", "my wife Xiomara" and "Bob Ortiz" hold names; "my name is on the list" and
"I'm scared" do not. Doctors' names stay: "does Dr. Klein do this" is about the practice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from faqbot.common.lexicon import lexicon
from faqbot.privacy.patterns import any_of
from faqbot.text import fold

FILE = Path(__file__).parent / "names.tsv"  # kind<TAB>name, in lower case and without accents
LONGEST = 5  # words of one name
# Zipf values: 7.7 for "the", 3.8 for "doe". The 29,000 commonest words have 3.0 or more.
RAREST, RARE, UNCOMMON, COMMON, GRAMMAR = 3.0, 3.15, 4.0, 4.7, 6.0

PARTICLES = frozenset("de la las los del da dos di van von der den bin ibn al el st y".split())
MONTHS = frozenset("april may june august summer autumn".split())
NOT_BEFORE = frozenset(  # a name after one of these is a doctor's, a saint's or a place's
    "dr drs doctor doctors st saint san santa mt mount port fort new lake cape".split()
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


@cache
def _lists() -> _Lists:
    rows = [line.split("\t") for line in FILE.read_text("utf-8").splitlines()]
    kinds = ("given", "given-word", "family", "never")
    return _Lists(*(frozenset(name for own, name in rows if own == kind) for kind in kinds))


class _Cue(Enum):
    """How strongly what stands before a word says that it is a name."""

    SURE = auto()  # "my name is": nearly any word
    TITLE = auto()  # "Mrs.": family names and rare words
    MAYBE = auto()  # "my wife", "I'm": given names, and rare capitalised words
    NONE = auto()  # a given name by itself


_NAME = r"(?:na+me?s?|nam|naem|nmae|anme)"
_WHOSE = any_of(
    r"my mi his her our their the whose patient['\u2019]?s? first last full middle maiden family "
    r"legal \w+['\u2019]s"
)
_PART = any_of("full first last middle maiden legal given")
_I_AM = any_of(r"i_am i['\u2019]?m this_is it['\u2019]?s it_is soy aqu[ií] habla")
_RELATION = any_of(
    "(?:mother|father|sister|brother|son|daughter)[-_]in[-_]law husband hubby wife spouse mother "
    "mom mum mommy mama father dad daddy papa pop son daughter brother sister aunt auntie uncle "
    "niece nephew cousin grandmother grandma granny nana grandfather grandpa grandson "
    "granddaughter step(?:mother|father|son|daughter) partner fianc[eé]e? boyfriend girlfriend "
    "friend neighbou?r roommate boss aide nurse caregiver espos[oa] marido mujer mam[aá] pap[aá] "
    "madre padre hij[oa] herman[oa] abuel[oa] t[ií][oa] sobrin[oa] prim[oa] suegr[oa] cu[nñ]ad[oa] "
    "niet[oa] novi[oa] amig[oa] vecin[oa]"
)
_PERSON = any_of(
    "patient pt client resident member insured subscriber beneficiary caller paciente policy_holder"
)
_OFFICE = any_of(  # "this is Dr. Klein"
    "dr dra doctora? nurse prof professor rev reverend pastor rabbi father sister attorney"
)
_CUES = [
    (
        rf"{_WHOSE}\s*(?:{_PART} )*{_NAME}\s*(?:['\u2019]s|is|si|iz|ist|was|are|[:=])|"
        rf"(?:sur|first ?|last ?|full ?)?names?\s?[:=]|"
        + any_of(
            r"names?_is name['\u2019]s my_?name_?is my_names first_and_last_name me_llamo "
            r"mi_nombre(?:_completo)?_es nombre(?:_completo)?\s?(?:es|:) "
            r"apellidos?(?:_es|_son|\s?:) a_nombre_de signed меня_зовут "
            r"je_m['\u2019]appelle ich_hei(?:ß|ss)e mi_chiamo"
        ),
        _Cue.SURE,
    ),
    (
        r"mrs|mr|mister|ms|miss|se[nñ]ora?|srta?|sra|do[nñ]a|"
        rf"{_I_AM}\s+(?:the |a |el |la )?{_OFFICE}|"
        rf"{_I_AM}(?=(?:\s+[^\W\d_]\S*){{1,4}}?,?\s+(?:calling|speaking|writing|llamando)\b)",
        _Cue.TITLE,
    ),
    (
        rf"{_I_AM}|{_RELATION}(?:['\u2019]?s name)?|{_PERSON}(?: is| es)?|{_WHOSE}\s+{_NAME}|"
        + any_of(
            "name last_name first_name surname maiden_name apellidos? nombre under mine_is "
            "call(?:s|ed)?_me go(?:es)?_by known_as (?:is|was)_named se_llama ask_for "
            "speak_(?:to|with) on_behalf_of de_parte_de c/o attn attention sincerely regards "
            "respectfully yours(?:_truly)? thanks thank_you thx cheers saludos atentamente gracias"
        ),
        _Cue.MAYBE,
    ),
]
_RULES = [
    (re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])\.?[\s,:;=\"“'(-]*", re.IGNORECASE), cue)
    for pattern, cue in _CUES
]
_WORD = re.compile(r"[^\W\d_](?:\.(?![^\W\d_]{2})|[^\W\d_]*(?:['\u2019-][^\W\d_]+)*)")
_GAP = re.compile(r"[\"\u201d)]? +|[./](?=[^\W\d_])")
_COMMA = re.compile(r",[ ]*")
_SPELLED = re.compile(
    r"(?:(?<=spelled )|(?<=spelt )|(?<=spelling is ))(?:[a-z][- .,]{1,2}){2,}[a-z](?![^\W_])|"
    r"(?<![^\W_])(?:[a-z][- ]){4,}[a-z](?![^\W_])",
    re.IGNORECASE,
)
_FAMILY_COMMA = re.compile(r"(?<![^\W_])([^\W\d_]+), ?$")
_RARE_PAIR = re.compile(r"(?<![^\W_])(?=[A-Z][^\W\d_]+ [A-Z][^\W\d_]+)")
_HERE = re.compile(r"(?:^|[.,!?;:\n-] ?)(?=[^\W\d_]+(?: [^\W\d_]+)? here\b)", re.IGNORECASE)


def find_names(text: str) -> list[tuple[int, int]]:
    """The start and end of each name in a text, in order and without overlaps."""
    found = [match.span() for match in _SPELLED.finditer(text)]
    found += _Finder(text).spans()
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


class _Finder:
    """Finds the names in one text, whose capitals mean something or not."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lists = _lists()
        self.cased = _is_cased(text)

    def spans(self) -> Iterator[tuple[int, int]]:
        starts = [(match.end(), cue) for rule, cue in _RULES for match in rule.finditer(self.text)]
        starts += [(match.end(), _Cue.MAYBE) for match in _HERE.finditer(self.text)]
        starts += [(match.start(), _Cue.NONE) for match in _RARE_PAIR.finditer(self.text)]
        starts += [(start, _Cue.NONE) for start in self._alone()]
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
        return start - len(before[0]) if is_family else start

    def _end(self, start: int, cue: _Cue) -> int:
        """Where the name that begins at `start` ends; `start` itself where there is none."""
        found = self._words(start)
        taken = 0
        for index, (word, _) in enumerate(found[:LONGEST]):
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
        while len(found) <= LONGEST and (match := _WORD.match(self.text, at)):
            word = match.group()
            bare = word[:-2] if word.endswith(("'s", "\u2019s")) else word
            found.append((word, match.start() + len(bare)))
            gap = _GAP.match(self.text, match.end())
            comma = _COMMA.match(self.text, match.end())
            if comma and (after := _WORD.match(self.text, comma.end())):
                gap = comma if _low(after.group()) in self.lists.given else None
            if not gap or bare != word:
                break
            at = gap.end()
        return found

    def _fits(self, word: str, before: list[str], cue: _Cue) -> bool:
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
        if cue is _Cue.SURE:
            return _zipf(low) < (GRAMMAR - 1 if capital else UNCOMMON if before else COMMON)
        if capital:
            return _zipf(low) < (UNCOMMON if before or cue is not _Cue.NONE else RAREST)
        if cue is _Cue.TITLE:
            return _zipf(low) < RARE + 0.3
        return any(_low(one) in self.lists.given for one in before) and _zipf(low) < RARE

    def _fits_in_lower_case(self, low: str, goes_on: bool, cue: _Cue) -> bool:
        """The same for a name that is an ordinary word as well: "will", "brown"."""
        if goes_on or (cue in (_Cue.SURE, _Cue.TITLE) and low in self.lists.family):
            return _zipf(low) < COMMON + 0.3
        return cue is _Cue.SURE and low in self.lists.given_words

    def _is_something_else(self, lows: list[str], taken: int, cue: _Cue) -> bool:
        if cue in (_Cue.SURE, _Cue.TITLE):
            return False
        if lows[taken : taken + 1] and lows[taken] in NOT_AFTER:
            return True
        if cue is _Cue.NONE and not self._is_given(lows[0]) and taken > 1:
            rest = lows[1:taken]
            return any(_zipf(low) >= RAREST and low not in self.lists.family for low in rest)
        alone = taken == 1 and lows[0] not in self.lists.given
        return alone and (cue is _Cue.NONE or lows[0] in MONTHS)

    def _is_capital(self, word: str) -> bool:
        """Whether the word has a capital that means something; "MRI" has none."""
        return self.cased and word[0].isupper() and (len(word) == 1 or not word.isupper())


def _is_cased(text: str) -> bool:
    """Whether capitals mean something: not In Titles Like This, and NOT WHERE THERE IS NO OTHER."""
    if text.isupper():
        return False
    inside = re.findall(r"(?<=[^\W_] )[A-Z][a-z\u2019']+", text)
    return not any(_zipf(_low(word)) >= GRAMMAR and _low(word) != "i" for word in inside)


def _low(word: str) -> str:
    return fold(word).lower().replace("\u2019", "'").removesuffix("'s").rstrip(".")


def _is_initial(word: str) -> bool:
    return len(word) == 2 and word[0].isupper() and word[1] == "."


@lru_cache(maxsize=8_192)
def _zipf(low: str) -> float:
    """How frequent an English word is: 7.7 for "the", 0 for what is not a word."""
    return lexicon().zipf(low)

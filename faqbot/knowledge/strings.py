"""String functions for reading a folder: normalising, comparing and excerpting."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from faqbot.text import fold, limit_accents

_SINGLE, _DOUBLE = "‘’‚‛´`′", "“”„‟″«»"  # noqa: RUF001
_STRAIGHT = str.maketrans({**dict.fromkeys(_SINGLE, "'"), **dict.fromkeys(_DOUBLE, '"')})
_WORD = re.compile(r"[^\W_]+")
_EMPHASIS = re.compile(r"(\*{2,3}|_{2,3}|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w))")


def normalize_quote(text: str) -> str:
    """`text` with white space and curly quotes made plain; all else must agree to the letter."""
    return " ".join(unicodedata.normalize("NFC", limit_accents(text)).translate(_STRAIGHT).split())


def comparison_key(phrasing: str) -> str:
    """A key that is equal for phrasings which differ in case, punctuation or spacing only."""
    folded = unicodedata.normalize("NFKC", limit_accents(phrasing)).translate(_STRAIGHT).casefold()
    return " ".join(_WORD.findall(folded.replace("'", ""))) or folded


def slug(question: str) -> str:
    """The id that a heading's words make: "Can I drive home?" is `can-i-drive-home`."""
    letters = fold(question.translate(_STRAIGHT).casefold()).replace("'", "")
    return "-".join(_WORD.findall(letters))


def strip_emphasis(text: str) -> str:
    """A phrasing or heading without bold or italic marks and without quotation marks around it."""
    bare = _EMPHASIS.sub("", text).strip() if "*" in text or "_" in text else text.strip()
    if len(bare) > 2 and bare[0] in '"“' and bare[-1] in '"”' and not set(bare[1:-1]) & set('"“”'):
        return bare[1:-1].strip()
    return bare


def excerpt(text: str, longest: int = 80) -> str:
    """`text` on one line, cut at a word when it is long, safe to print."""
    line = " ".join(text.encode("utf-8", "replace").decode().split())
    if len(line) <= longest:
        return line
    return line[:longest].rsplit(" ", 1)[0] + " …"


def suggest(word: str, known: Iterable[str], otherwise: str) -> str:
    """How to fix an unknown word: by the known one that was probably meant, or else otherwise."""
    like = nearest(word, known)
    return f"Did you mean “{like}”?" if like else otherwise


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is probably meant to be, if one is near enough."""
    found = process.extractOne(word.lower(), list(known), scorer=fuzz.ratio, score_cutoff=60)
    return found[0] if found else None

"""Normalizes text, and splits it into words, sentences and questions."""

from __future__ import annotations

import re
import unicodedata

# Escaped, because most look alike: curly, low, angle, prime, accent and full-width marks.
_SINGLE = "\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u0060\u00b4\u02bc\u02b9\uff07"
_DOUBLE = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02"
_QUESTION_SEPARATOR = re.compile(
    r"\?+|\b(?:and also|and|plus|also|as well as)\b|&|;|\n", re.IGNORECASE
)
_LEAD_IN = re.compile(
    r"^(?:(?:please|also|then|so|tell me|i want to know|i wonder|hi|hello)\b[ ,]*)+", re.IGNORECASE
)
_QUESTION_WORDS = frozenset(
    "how what whats when where which who whose why is are was were do does did can could will "
    "would should must may am have has the".split()
)
MIN_SENTENCE_WORDS = 3  # words
MAX_QUESTIONS = 3  # questions in one text
MAX_ACCENTS = 30  # accents on one letter, the limit of the Stream-Safe Text Format (UAX #15)

_QUOTES = str.maketrans({**dict.fromkeys(_SINGLE, "'"), **dict.fromkeys(_DOUBLE, '"')})
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_TOO_MANY_ACCENTS = re.compile(f"[\u0300-\U0010ffff]{{{MAX_ACCENTS + 1},}}")  # a superset


def normalize(text: str) -> str:
    """Lower-case NFKC text with straight quotes and single spaces.

    Control and invisible characters and lone surrogates are removed, so that the result is always
    printable and can be encoded. Normalizing twice changes nothing.
    """
    if not text.isascii():
        # Quotes before NFKC, which splits some into space and accent, and after it for the rest.
        text = _composed(_composed(_printable(text.translate(_QUOTES))).lower())
    return " ".join(_printable(text.translate(_QUOTES)).lower().split())


def words(text: str) -> list[str]:
    """The words of a text, without accents and apostrophes: "Can't you, José?" is cant you jose.

    Words are of letters and digits only; hyphens and decimal points separate words.
    """
    return [_plain(word) for word in _WORD.findall(normalize(text))]


def sentences(text: str) -> list[str]:
    """The sentences of at least three words; the whole text if there are none."""
    parts = re.split(r"(?<=[.?!;])\s+|\n+", text)
    return [part for part in parts if len(words(part)) >= MIN_SENTENCE_WORDS] or [text]


def split_questions(text: str) -> list[str]:
    """The two or three questions that a text joins by "and", "plus" or a question mark, or none.

    Each part must begin like a question, so that "screws and rods" is not split.
    """
    parts = [part.strip(" ,.;:-") for part in _QUESTION_SEPARATOR.split(text)]
    parts = [_LEAD_IN.sub("", part) for part in parts if part]
    asked = all(_is_question(part) for part in parts)
    return parts if 2 <= len(parts) <= MAX_QUESTIONS and asked else []


def _is_question(part: str) -> bool:
    said = words(part)
    return len(said) > 1 and said[0] in _QUESTION_WORDS


def fold(text: str) -> str:
    """The text without accents: "está" becomes "esta"."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", limit_accents(text))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def limit_accents(text: str) -> str:
    """The text with at most 30 accents on a letter; call it before any `unicodedata.normalize`.

    `normalize` sorts accents in quadratic time: 500,000 on one letter take half an hour.
    """
    return _TOO_MANY_ACCENTS.sub(_limited, text)


def _limited(found: re.Match[str]) -> str:
    kept, marks = [], 0
    for c in found[0]:
        is_mark = unicodedata.combining(unicodedata.normalize("NFKD", c)[0])
        marks = marks + 1 if is_mark else 0
        if marks <= MAX_ACCENTS:
            kept.append(c)
    return "".join(kept)


def _plain(word: str) -> str:
    return fold(word).replace("'", "")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFKC", limit_accents(text))


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)

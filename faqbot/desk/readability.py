"""How many years of school a text asks for."""

from __future__ import annotations


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of a plain text, 0 at the least; 0 for a text without words.

    0.39 * words a sentence + 11.8 * syllables a word - 15.59: Kincaid, Fishburne, Rogers and
    Chissom, "Derivation of New Readability Formulas", US Navy Research Branch Report 8-75, 1975.
    A hint: it counts lengths, and knows nothing of meaning.
    """
    raise NotImplementedError


def in_words(grade: float) -> str:
    """The grade for people: "about 7th grade: easy"."""
    raise NotImplementedError

"""Reads a message for danger signs: what is said of the body, and how it is meant.

`tables` are the words and rules, as text files for a clinician; `reading` finds their concepts in
a message, `frames` takes away what is denied, asked in general, old or seen to, and `rules` tells
which rule the rest meets. Nothing here knows the practice's own entries.
"""

from .reading import Reader, Reading, Word
from .rules import Finding, Rulebook
from .tables import tables

__all__ = ["Finding", "Reader", "Reading", "Rulebook", "Word", "tables"]

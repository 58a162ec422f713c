"""The knowledge folder, read into frozen values, or every problem in it.

`values` says what comes out. `gathering` finds the files and `folder` reads them all: `frame` a
file of entries line by line, `answer` the text of an answer, `practice`, `synonyms` and `examples`
the files of these names. `rules` says what an entry must keep; `page` is the practice's own text,
in which quotes are found.
"""

from faqbot.knowledge.snapshot import digest, is_knowledge, role_of, signature

from .folder import load, read, read_files
from .page import uncovered
from .values import (
    Entry,
    Example,
    Head,
    Hours,
    Knowledge,
    KnowledgeError,
    Phone,
    Practice,
    Problem,
    Role,
    Span,
)

__all__ = [
    "Entry",
    "Example",
    "Head",
    "Hours",
    "Knowledge",
    "KnowledgeError",
    "Phone",
    "Practice",
    "Problem",
    "Role",
    "Span",
    "digest",
    "is_knowledge",
    "load",
    "read",
    "read_files",
    "role_of",
    "signature",
    "uncovered",
]

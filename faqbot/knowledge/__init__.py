"""The knowledge folder, read into frozen values, or every problem in it.

`values` says what comes out and `folder` reads it all: `frame` a file of entries line by line,
`answer` the text of an answer, `practice`, `synonyms` and `examples` the files of these names.
`rules` says what an entry must keep; `page` is the practice's own text, in which quotes are found.
"""

from .folder import load, read
from .page import uncovered
from .values import (
    Entry,
    Example,
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
    "Hours",
    "Knowledge",
    "KnowledgeError",
    "Phone",
    "Practice",
    "Problem",
    "Role",
    "Span",
    "load",
    "read",
    "uncovered",
]

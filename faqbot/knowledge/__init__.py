"""The knowledge folder, read into frozen values, or every problem in it.

`snapshot` finds the files and `folder` reads them all: `parser` a file of entries line by line,
`fields` and `answer` what an entry says, `practice`, `hours` and `tables` the other files.
`validation` says what is wrong with entries, `page` is the practice's own text, in which quotes
are found. `blocks` cuts a file for editing; `practice_answers` makes answers of practice.toml;
`glossary` finds the words in an answer that it can explain.
"""

from faqbot.knowledge.folder import load, read, read_files
from faqbot.knowledge.page import uncovered
from faqbot.knowledge.snapshot import digest, is_knowledge, role_of, signature
from faqbot.knowledge.values import (
    Closing,
    Entry,
    Example,
    Hours,
    Knowledge,
    KnowledgeError,
    PageInfo,
    Phone,
    Practice,
    Problem,
    Role,
    Span,
    Term,
)

__all__ = [
    "Closing",
    "Entry",
    "Example",
    "Hours",
    "Knowledge",
    "KnowledgeError",
    "PageInfo",
    "Phone",
    "Practice",
    "Problem",
    "Role",
    "Span",
    "Term",
    "digest",
    "is_knowledge",
    "load",
    "read",
    "read_files",
    "role_of",
    "signature",
    "uncovered",
]

"""Whether a shipped model is older than the code and the sources it was trained on."""

from __future__ import annotations

import ast
import hashlib
import tokenize
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
UNDERSTANDING = (  # the modules that evidence depends on
    "evidence",
    "features",
    "sparse",
    "spelling",
    "topics",
    "vectors",
    "voting",
)
MADE_FROM = {
    "vectors": (
        "faqbot/common/en/medical_names.tsv",
        "faqbot/common/en/topics/*.md",
        "faqbot/common/topics.py",
        "faqbot/common/en/lexicon.txt.gz",
        "models/vectors.py",
        "models/teacher.py",
        "models/texts.py",
        "models/sources/*.tsv.gz",
        "models/sources/packs/*.tsv.gz",
        "models/sources/wordings/*.tsv",
        "models/sources/practices/*/questions.jsonl",
        "models/sources/practices/*/staff/*.md",
        "tests/practices/*/questions.jsonl",
        "tests/practices/*/staff/*.md",
    ),
    "topics": (
        "faqbot/common/en/medical_names.tsv",
        "faqbot/common/en/packs/*.md",
        "faqbot/common/en/topics/*.md",
        "faqbot/common/en/vectors.npz",
        "faqbot/understanding/features.py",
        "faqbot/understanding/topics.py",
        "models/texts.py",
        "models/topics.py",
        "models/sources/*.tsv.gz",
        "models/sources/packs/*.tsv.gz",
    ),
    "calibration": (
        "faqbot/common/en/medical_names.tsv",
        "faqbot/common/en/packs/*.npz",
        "faqbot/common/en/topics.npz",
        "faqbot/common/en/vectors.npz",
        *(f"faqbot/understanding/{name}.py" for name in UNDERSTANDING),
        "knowledge/*.md",
        "knowledge/examples.jsonl",
        "models/calibration.py",
        "models/folders.py",
        "models/sources/*.tsv.gz",
        "models/sources/packs/*.tsv.gz",
        "models/sources/practices/*/questions.jsonl",
        "models/sources/practices/*/staff/*.md",
        "models/sources/practices/*/topics.tsv",
        "tests/practices/*/questions.jsonl",
        "tests/practices/*/staff/*.md",
        "tests/practices/*/topics.tsv",
    ),
    "danger": (
        "faqbot/common/en/lexicon.txt.gz",
        "faqbot/common/en/vectors.npz",
        "faqbot/danger/*.txt",
        "faqbot/danger/classifier.py",
        "faqbot/danger/concepts.py",
        "faqbot/danger/context.py",
        "faqbot/danger/rules.py",
        "faqbot/text.py",
        "knowledge/*.md",
        "knowledge/examples.jsonl",
        "models/danger.py",
        "models/sources/*.tsv.gz",
        "models/sources/packs/*.tsv.gz",
        "models/sources/danger/*.jsonl",
        "models/sources/practices/*/questions.jsonl",
        "models/sources/wordings/*.tsv",
        "tests/cases/safety.jsonl",
    ),
}


def stamp(name: str) -> str:
    """SHA-256 of the code and the sources that the model of this name is trained on.

    Comments, docstrings and blank lines of Python files don't count.
    """
    digest = hashlib.sha256()
    for pattern in MADE_FROM[name]:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(f"{file.relative_to(ROOT).as_posix()}\n".encode())
            content = file.read_bytes()
            digest.update(code(content.decode()).encode() if file.suffix == ".py" else content)
    return digest.hexdigest()


def code(source: str) -> str:
    """A Python file without comments, docstrings and blank lines; the same on Python 3.11 to 3.14.

    The lines of other strings stay as they are, blank ones too.
    """
    lines = source.split("\n")
    dropped = set(_docstring_rows(source))
    for token in tokenize.generate_tokens(StringIO(source).readline):
        row, column = token.start
        if token.type == tokenize.COMMENT:
            lines[row - 1] = lines[row - 1][:column].rstrip()
        if token.type in (tokenize.COMMENT, tokenize.NL) and not lines[row - 1].strip():
            dropped.add(row)
    return "\n".join(line for row, line in enumerate(lines, 1) if row not in dropped)


def _docstring_rows(source: str) -> Iterator[int]:
    """The numbers, from 1, of the lines that docstrings take; none where code shares the line."""
    lines = source.split("\n")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            docstring = node.body[0]
            if not lines[docstring.lineno - 1][: docstring.col_offset].strip():
                yield from range(docstring.lineno, (docstring.end_lineno or 0) + 1)

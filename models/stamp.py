"""Tells whether a shipped file is older than what it is made from."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).parent.parent
UNDERSTANDING = (  # what evidence is made by
    "candidates",
    "claims",
    "evidence",
    "features",
    "phrasings",
    "sparse",
    "spelling",
    "topics",
    "vectors",
    "voting",
)
MADE_FROM = {
    "vectors": (
        "faqbot/common/en/names.tsv",
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
        "faqbot/common/en/names.tsv",
        "faqbot/common/en/packs/*.md",
        "faqbot/common/en/topics/*.md",
        "faqbot/common/en/vectors.npz",
        "faqbot/understanding/topics.py",
        "models/texts.py",
        "models/topics.py",
        "models/sources/*.tsv.gz",
        "models/sources/packs/*.tsv.gz",
    ),
    "calibration": (
        "faqbot/common/en/names.tsv",
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
        "faqbot/danger/context.py",
        "faqbot/danger/features.py",
        "faqbot/danger/reading.py",
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
    """A digest of the code and the sources that the file of this name is made from."""
    digest = hashlib.sha256()
    for pattern in MADE_FROM[name]:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(f"{file.relative_to(ROOT).as_posix()}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()

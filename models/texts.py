"""The texts that the models learn from, all of which are in models/sources."""

from __future__ import annotations

import gzip
from collections import defaultdict
from pathlib import Path

SOURCES = Path(__file__).parent / "sources"
QUESTIONS = SOURCES / "questions.tsv.gz"  # source<TAB>question
INTENTS = SOURCES / "intents.tsv.gz"  # source<TAB>label<TAB>question
PHRASINGS = SOURCES / "phrasings.tsv.gz"  # label<TAB>phrasing
WORDINGS = SOURCES / "wordings"  # a table for each made-up practice: label<TAB>wording
OUT_OF_SCOPE = "oos"  # a label of CLINC150's


def rows(file: Path) -> list[list[str]]:
    """The lines of a compressed table, parted at tabs."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines]


def questions() -> list[str]:
    """All questions without labels, each once."""
    texts = [text for _, text in rows(QUESTIONS)] + [text for _, text in rows(PHRASINGS)]
    return list(dict.fromkeys(texts))


def labelled() -> dict[str, dict[str, list[str]]]:
    """Questions by source and label, those out of scope under `OUT_OF_SCOPE`."""
    found: dict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for source, label, text in rows(INTENTS):
        found[source][label].append(text)
    for label, text in rows(PHRASINGS):
        found["kyphoplasty"][label].append(text)
    for file in sorted(WORDINGS.glob("*.tsv")):
        for line in file.read_text("utf-8").splitlines():
            label, text = line.split("\t")
            found["practices"][f"{file.stem} {label}"].append(text)
    return {source: dict(labels) for source, labels in found.items()}

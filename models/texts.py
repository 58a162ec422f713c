"""The texts in `models/sources` that the models learn from."""

from __future__ import annotations

import gzip
import random
from collections import defaultdict
from pathlib import Path

from faqbot.common.topics import SLOT, medical_names, read_topics

SOURCES = Path(__file__).parent / "sources"
QUESTIONS = SOURCES / "questions.tsv.gz"  # source<TAB>question
INTENTS = SOURCES / "intents.tsv.gz"  # source<TAB>label<TAB>question
PACKS = SOURCES / "packs"  # a table for each pack: label<TAB>phrasing; most labels are topic ids
WORDINGS = SOURCES / "wordings"  # a table for each made-up practice: label<TAB>wording
OUT_OF_SCOPE = "oos"  # a label of CLINC150's


def rows(file: Path) -> list[list[str]]:
    """The rows of a compressed table with tabs between its columns."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines]


def questions() -> list[str]:
    """All questions without labels, each once."""
    texts = [text for _, text in rows(QUESTIONS)]
    texts += [text for file in sorted(PACKS.iterdir()) for _, text in rows(file)]
    return list(dict.fromkeys(texts))


def labelled() -> dict[str, dict[str, list[str]]]:
    """Questions by source and label, those out of scope under `OUT_OF_SCOPE`."""
    found: dict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for source, label, text in rows(INTENTS):
        found[source][label].append(text)
    for file in sorted(PACKS.iterdir()):
        for label, text in rows(file):
            found[file.name.partition(".")[0]][label].append(text)
    for file in sorted(WORDINGS.glob("*.tsv")):
        for line in file.read_text("utf-8").splitlines():
            label, text = line.split("\t")
            found["practices"][f"{file.stem} {label}"].append(text)
    draw = random.Random(2)  # noqa: S311
    for topic, wordings in read_topics():
        if not topic.pack:
            found["topics"][topic.id] += [named(text, draw) for text in wordings]
    return {source: dict(labels) for source, labels in found.items()}


def named(wording: str, draw: random.Random) -> str:
    """The wording with a random name in each slot."""
    return SLOT.sub(lambda slot: draw.choice(medical_names()[slot[1]]), wording)


def unnamed(wording: str) -> str:
    """The wording with the slots' own words: "how long does procedure take"."""
    return SLOT.sub(lambda slot: slot[1], wording)

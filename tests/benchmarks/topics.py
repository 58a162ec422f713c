"""How well are the topics of all practices understood?

    python -m tests.benchmarks.topics

On wordings by somebody who saw only the topics' headings, on strangers' questions and entries
whose topics a person labelled, and on everything that has a topic at all. The word vectors were
tuned on the strangers' practices; the topics saw nothing of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import click
import numpy as np

from faqbot.common.topics import topics
from faqbot.text import words
from faqbot.understanding.topics import CLAIM_THRESHOLD, Claims, topic_model
from models import folders

BLIND = folders.ROOT / "tests" / "cases" / "topics.tsv"
TOP = 3

Labelled = tuple[str, tuple[str, ...]]  # a question, and the ids of topics that are right


@click.command()
def main() -> None:
    """Print the shares."""
    click.echo(f"{'':40}{'number':>8}{'top-1':>8}{'top-3':>8}")
    show("wordings by headings alone", blind())
    labelled = [one for name in sorted(names()) for one in questions(name)]
    for name in sorted(names()):
        show(f"questions, {name}", [one for one in questions(name) if one[1]])
    have = np.mean([bool(right) for _, right in labelled])
    click.echo(f"of {len(labelled)} labelled questions, {have:.3f} have a topic")
    shares = np.array(list(claims()))
    for level in (0.4, CLAIM_THRESHOLD, 0.6, 0.7):
        right = shares[shares[:, 0] >= level, 1]
        click.echo(
            f"claims found from {level}: {len(right)} of {len(shares)} entries, "
            f"{right.mean():.3f} of them right"
        )


def show(name: str, asked: Sequence[Labelled]) -> None:
    """Print a row."""
    found = np.array([hits(text, right) for text, right in asked])
    click.echo(f"{name:40}{len(asked):8}{found[:, 0].mean():8.3f}{found[:, 1].mean():8.3f}")


def hits(text: str, right: Sequence[str]) -> tuple[bool, bool]:
    """Whether a right topic is the first, and among the first three; packs are left out."""
    model = topic_model()
    scores = model.scores(words(text))
    ids = [id for id in model.ids if not topics()[id].pack]
    ids.sort(key=lambda id: -scores[model.ids.index(id)])
    return ids[0] in right, any(id in right for id in ids[:TOP])


def blind() -> list[Labelled]:
    """Wordings by who saw only the topics' ids and headings."""
    rows = (line.split("\t") for line in BLIND.read_text("utf-8").splitlines())
    return [(text, (id,)) for id, text in rows]


def names() -> set[str]:
    """The strangers' practices whose questions have labels."""
    return {file.parent.name for file in folders.STRANGERS.glob("*/question-topics.tsv")}


def questions(name: str) -> list[Labelled]:
    """The questions of a practice with their topics; none where it has none."""
    folder = folders.STRANGERS / name
    asked = (folder / "questions.jsonl").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in (folder / "question-topics.tsv").read_text().splitlines())
    return [
        (json.loads(asked[int(number) - 1])["question"], _ids(labels)) for number, labels in rows
    ]


def claims() -> Iterator[tuple[float, bool]]:
    """Of each entry of the strangers, the share of its likeliest topic, and whether it is right."""
    for folder in folders.strangers():
        right = folders.right_topics(folder.name)
        found = Claims(folder.entries, topic_model())
        for entry, shares in zip(folder.entries, found.shares, strict=True):
            best = int(shares[:-1].argmax())
            yield float(shares[best]), found.model.ids[best] in right[entry.id]


def _ids(labels: str) -> tuple[str, ...]:
    return () if labels == "none" else tuple(label.strip() for label in labels.split(","))


if __name__ == "__main__":
    main()

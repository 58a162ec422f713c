"""How well are practices understood that faqbot has never seen?

    python -m tests.benchmarks.strangers

Each practice of `tests/practices` is asked with decisions that were trained without it and two
others, and with word vectors that were tuned on none of them. What detects danger was trained
without any of them. Needs what `make models` installs, and takes some minutes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import click
import numpy as np
import pytest

from faqbot import bot as decision
from faqbot import knowledge
from faqbot.bot import Bot
from faqbot.knowledge import Example, Knowledge
from faqbot.quality import evaluation
from faqbot.quality.evaluation import Outcome
from faqbot.understanding import evidence
from models import calibration, folders, vectors

from . import plots, procedures, systems
from .measures import Guess, Line, calibration_error, reliability, top1

FILE = click.Path(dir_okay=False, path_type=Path)
LEVELS = np.round(np.arange(0.5, 0.96, 0.05), 2).tolist()
NAMES = "right resolved wrong false offered found".split()


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of the answerable questions, of the others, and of the choices shown."""

    right: float  # answered right at once
    resolved: float  # … or right among the choices
    wrong: float  # answered wrong
    false: float  # of questions out of scope: answered
    offered: float  # of questions out of scope: choices
    found: float  # of choices shown to answerable questions: the right one among them

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Figures:
        """Emergencies are left aside; an alarm at any other question counts against `resolved`."""
        ways = [
            outcome.category for outcome in outcomes if outcome.category not in evaluation.URGENT
        ]
        inside = [category for category in ways if category in evaluation.ANSWERABLE]
        outside = [category for category in ways if category in evaluation.UNANSWERABLE]
        shown = [
            outcome.category
            for outcome in outcomes
            if outcome.reply.kind == "choices" and outcome.category in evaluation.ANSWERABLE
        ]
        return cls(
            right=_share(inside, "direct"),
            resolved=_share(inside, "direct", "choice"),
            wrong=_share(inside, "wrong"),
            false=_share(outside, "false"),
            offered=_share(outside, "offered"),
            found=_share(shown, "choice"),
        )

    @classmethod
    def mean(cls, figures: Sequence[Figures]) -> Figures:
        """Of several practices, each counting the same."""
        return cls(*(float(np.mean([getattr(f, x.name) for f in figures])) for x in fields(cls)))

    def __str__(self) -> str:
        return "".join(f"{getattr(self, field.name):10.3f}" for field in fields(self))


@dataclass(frozen=True, slots=True)
class Stranger:
    """A practice, asked by a bot that was not trained on it."""

    name: str
    bot: Bot
    questions: tuple[Example, ...]

    def figures(self) -> Figures:
        """What its visitors get."""
        return Figures.of(evaluation.evaluate(self.bot, self.questions).outcomes)


@click.command()
@click.option("--peers", is_flag=True, help="Compare the ranking with other systems too.")
@click.option("--topics", is_flag=True, help="With the heads and topics that a person would give.")
@click.option("--plot", type=FILE, help="Draw here how far the probabilities can be trusted.")
def main(peers: bool, topics: bool, plot: Path | None) -> None:
    """Print what visitors of each practice get, the mean, and the curve over the level."""
    found = sorted(strangers(topics), key=lambda stranger: stranger.name)
    click.echo(f"{'':12}" + "".join(f"{name:>10}" for name in NAMES))
    figures = [stranger.figures() for stranger in found]
    for stranger, own in zip(found, figures, strict=True):
        click.echo(f"{stranger.name:12}{own}")
    click.echo(f"{'mean':12}{Figures.mean(figures)}")
    click.echo("\nThe mean, where an answer takes another probability:")
    for level in LEVELS:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(decision, "ANSWER_THRESHOLD", level)
            click.echo(f"{level:<12}{Figures.mean([one.figures() for one in found])}")
    stated, right = probabilities(found)
    bins = reliability(stated, right)
    click.echo(f"\nCalibration error of the first entry: {calibration_error(bins):.3f}")
    if plot:
        plots.reliability(bins, plot)
    click.echo(f"\n{'':30}{'top-1':>5}{'top-3':>8}")
    click.echo(f"{'faqbot':30}{_ranking(found)}")
    if peers:
        for name, fit in systems.PEERS.items():
            try:
                click.echo(f"{name:30}{_peer(found, fit):.3f}")
            except systems.MissingPeerError as error:
                click.echo(f"{name} is left out: {error}", err=True)


def strangers(claiming: bool = False) -> Iterator[Stranger]:
    """Each practice, with what is trained without its group of practices.

    `claiming`: with a head, and with the topics that a person would give its entries.
    """
    every = frozenset().union(*calibration.groups())
    words, topic_model = vectors.without(every), calibration.topic_model(every)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evidence, "word_vectors", lambda: words)
        patch.setattr(evidence, "topic_model", lambda pack="": topic_model)
        for group in calibration.groups():
            own = [name for name in sorted(group) if (folders.STRANGERS / name).is_dir()]
            trained = calibration.train(calibration.training_sets(group))
            for name in own:
                known = knowledge.load(folders.STRANGERS / name / "staff")
                bot = Bot(_with_topics(known, name) if claiming else known)
                bot.matcher.calibration = trained
                yield Stranger(name, bot, tuple(_questions(name)))


def _with_topics(known: Knowledge, name: str) -> Knowledge:
    right = folders.right_topics(name)
    entries = (replace(e, topics=right[e.id]) if e.id in right else e for e in known.entries)
    page_infos = dict.fromkeys(known.page_infos, procedures.PAGE_INFOS[name])
    return replace(known, entries=tuple(entries), page_infos=page_infos)


def _questions(name: str) -> Iterator[Example]:
    """What only sounds like danger, and is not answered by the page, is out of scope."""
    for line in (folders.STRANGERS / name / "questions.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        accept = ("out-of-scope" if i == "not-emergency" else i for i in row["accept"])
        yield Example(row["question"], tuple(accept), row["style"])


def _share(ways: Sequence[str], *counted: str) -> float:
    return sum(category in counted for category in ways) / max(1, len(ways))


def probabilities(found: Iterable[Stranger]) -> tuple[list[float], list[bool]]:
    """Of the surest entry with an answer, for each question that is no emergency."""
    stated, right = [], []
    for stranger in found:
        for question in stranger.questions:
            if "emergency" in question.accept:
                continue
            matches = [m for m in stranger.bot.rank(question.question) if m.entry.has_answer]
            if matches:
                stated.append(matches[0].probability)
                right.append(matches[0].entry.id in question.accept)
    return stated, right


def _answerable(stranger: Stranger) -> list[Example]:
    aside = {"emergency", "out-of-scope"}
    return [question for question in stranger.questions if not aside & {*question.accept}]


def _ranking(found: Sequence[Stranger]) -> str:
    first, third = [], []
    for stranger in found:
        asked = _answerable(stranger)
        ranked = [[m.entry.id for m in stranger.bot.rank(q.question)[:3]] for q in asked]
        hits = [[i in q.accept for i in ids] for q, ids in zip(asked, ranked, strict=True)]
        first.append(np.mean([own[:1] == [True] for own in hits]))
        third.append(np.mean([any(own) for own in hits]))
    return f"{np.mean(first):.3f}{np.mean(third):8.3f}"


def _peer(found: Sequence[Stranger], fit: systems.Fit) -> float:
    scores = []
    for stranger in found:
        spoken = [e for e in stranger.bot.knowledge.entries if e.role in decision.QUESTIONS]
        phrasings = [line for entry in spoken for line in entry.lines]
        labels = [entry.id for entry in spoken for _ in entry.lines]
        asked = _answerable(stranger)
        guesses: list[Guess] = fit(phrasings, labels)([q.question for q in asked])
        scores.append(top1([Line(q.question, frozenset(q.accept)) for q in asked], guesses))
    return float(np.mean(scores))


if __name__ == "__main__":
    main()

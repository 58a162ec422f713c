"""What is a pack worth to the practices that have it?

    python -m tests.benchmarks.packs [QUESTIONS]

Asks the sample its examples (from which its decisions are refined, so that these figures flatter)
or QUESTIONS, and a second kyphoplasty practice its visitors' questions; with and without the pack.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from faqbot import knowledge
from faqbot.bot import Bot
from faqbot.common.topics import topics
from faqbot.knowledge import Entry, Example, Knowledge
from faqbot.quality import evaluation
from faqbot.quality.evaluation import read_questions

from .strangers import NAMES, Figures

ROOT = Path(__file__).parent.parent.parent
SECOND = ROOT / "tests" / "packs" / "kyphoplasty"


@click.command()
@click.argument("questions", required=False, type=click.Path(exists=True, path_type=Path))
def main(questions: Path | None) -> None:
    """Print what visitors of both practices get."""
    click.echo(f"{'':34}" + "".join(f"{name:>10}" for name in NAMES))
    own = questions or ROOT / "knowledge" / "examples.jsonl"
    show("sample", knowledge.load(ROOT / "knowledge"), _read(own))
    second = knowledge.load(SECOND / "staff")
    show("second practice", second, _read(SECOND / "questions.jsonl"))


def show(name: str, known: Knowledge, questions: list[Example]) -> None:
    """Print two rows."""
    for label, folder in (("with the pack", known), ("without", without(known))):
        bot = Bot(folder)
        outcomes = evaluation.evaluate(bot, [of_page(bot, q) for q in questions]).outcomes
        click.echo(f"{name + ', ' + label:34}{Figures.of(outcomes)}")


def of_page(bot: Bot, question: Example) -> Example:
    """The question, out of scope where the page does not answer it."""
    office = {entry.id for entry in bot.entries if not entry.has_answer} | {"not-emergency"}
    accept = ("out-of-scope" if id in office else id for id in question.accept)
    return Example(question.question, tuple(accept), question.style)


def without(known: Knowledge) -> Knowledge:
    """The knowledge without its packs, and without what claims their topics."""
    page_infos = {page: replace(info, pack="") for page, info in known.page_infos.items()}
    entries = (replace(e, topics=None) if _is_packed(e) else e for e in known.entries)
    return replace(known, page_infos=page_infos, entries=tuple(entries))


def _is_packed(entry: Entry) -> bool:
    return any(topic not in topics() for topic in entry.topics or ())


def _read(file: Path) -> list[Example]:
    return read_questions(file.read_text("utf-8").splitlines())


if __name__ == "__main__":
    main()

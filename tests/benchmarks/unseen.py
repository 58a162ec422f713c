"""How well does faqbot, as it ships, understand practices that nothing was trained on?

    python -m tests.benchmarks.unseen

Each practice of `tests/unseen`, and the second one with kyphoplasty.
"""

from __future__ import annotations

import click

from faqbot.bot import Bot
from faqbot.quality import evaluation
from faqbot.quality.evaluation import read_questions

from .packs import ROOT, SECOND, of_page
from .strangers import NAMES, Figures

PRACTICES = (*sorted(p for p in (ROOT / "tests" / "unseen").iterdir() if p.is_dir()), SECOND)


@click.command()
def main() -> None:
    """Print what visitors of each get, and the mean."""
    click.echo(f"{'':16}" + "".join(f"{name:>10}" for name in NAMES))
    figures = []
    for practice in PRACTICES:
        bot = Bot.load(practice / "staff")
        lines = (practice / "questions.jsonl").read_text("utf-8").splitlines()
        asked = [of_page(bot, question) for question in read_questions(lines)]
        figures.append(Figures.of(evaluation.evaluate(bot, asked).outcomes))
        click.echo(f"{practice.name:16}{figures[-1]}")
    click.echo(f"{'mean':16}{Figures.mean(figures)}")


if __name__ == "__main__":
    main()

"""`evaluate` and `test`: how often replies are right."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TextIO

import click

from faqbot.quality import evaluation
from faqbot.quality.regression import TriedExample, check_examples

from .group import knowledge_option, load, main


@main.command()
@knowledge_option
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--wrong", is_flag=True, help="Also list the questions that did not go right.")
def evaluate(folder: Path | None, file: TextIO, wrong: bool) -> None:
    """Ask every question of FILE (JSON lines), and show how many were answered right."""
    try:
        questions = evaluation.read_questions(file)
    except (ValueError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file.name}: {error}.") from None
    tally = evaluation.evaluate(load(folder), questions)
    if wrong:
        for outcome in tally.outcomes:
            if not outcome.right:
                click.echo(f"{outcome.way}: {outcome.question.question!r} got {outcome.got}")
        click.echo()
    click.echo(evaluation.table(tally))


@main.command()
@knowledge_option
@click.option(
    "--against",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Tell only what gets worse than with this earlier FOLDER, as before publishing.",
)
def test(folder: Path | None, against: Path | None) -> None:
    """Ask the folder's own examples, and show which get another reply than they must.

    Exits with 1 where an example is wrong; with `--against`, where one got worse.
    """
    bot, before = load(folder), load(against) if against else None
    examples = bot.knowledge.examples
    if not examples:
        raise click.ClickException(
            "There is no example to test. Write visitors' questions into examples.jsonl, "
            'one a line: {"question": "how long is it", "accept": ["duration"]}'
        )
    with click.progressbar(length=len(examples), label="Asking", file=sys.stderr) as bar:
        report = check_examples(before or bot, bot, lambda done, of: bar.update(1))
    broken = report.worse if before else report.still_wrong
    if broken:
        click.echo(_table([("question", "must get", "gets"), *map(_row_of, broken)]))
    wrong = len(report.worse) + len(report.still_wrong)
    click.echo(f"{report.asked - wrong} of {report.asked} examples get what they must.")
    if before:
        click.echo(f"{len(report.better)} got better, {len(report.worse)} got worse.")
    sys.exit(1 if broken else 0)


def _row_of(tried: TriedExample) -> tuple[str, str, str]:
    return tried.question, tried.must, tried.after


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    """Columns beside each other, each cell wrapped to a third of the terminal."""
    width = max(24, shutil.get_terminal_size().columns // len(rows[0]) - 2)
    lines = []
    for row in rows:
        cells = [textwrap.wrap(cell, width) or [""] for cell in row]
        for parts in zip_longest(*cells, fillvalue=""):
            lines.append("  ".join(part.ljust(width) for part in parts).rstrip())
    return "\n".join(lines)

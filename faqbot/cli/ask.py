"""`ask` and `explain`, `evaluate` and `test`: what is replied, why, and how often it is right."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, TextIO

import click

from faqbot.bot import Bot, Reply
from faqbot.cli import knowledge_option, load, main, standard_input
from faqbot.quality import evaluation
from faqbot.quality.regression import check_examples
from faqbot.understanding.matching import Match

TOP, TOPICS = 5, 2  # matches and topics that `explain` shows


@main.command()
@knowledge_option
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Read one question per line, write one JSON reply per line.",
)
@click.argument("question", nargs=-1)
def ask(folder: Path | None, as_json: bool, question: tuple[str, ...]) -> None:
    """Ask one QUESTION, or as many as you like."""
    bot = load(folder)
    if as_json:
        _each_line(question, lambda line: bot.ask(line).to_dict())
    elif question:
        click.echo(_reply_as_text(bot.ask(" ".join(question))))
    else:
        _converse(bot)


def _each_line(question: tuple[str, ...], answer: Callable[[str], dict[str, Any]]) -> None:
    """Answer the question or, without one, every line of standard input, empty ones too."""
    for line in [" ".join(question)] if question else standard_input():
        click.echo(json.dumps(answer(line.rstrip("\r\n")), ensure_ascii=False))


def _converse(bot: Bot) -> None:
    practice = bot.knowledge.practice
    click.echo(f"{practice.name}. {practice.greeting}\n(An empty line ends the conversation.)")
    while question := click.prompt("\nYou", default="", show_default=False, prompt_suffix=": "):
        click.echo(_reply_as_text(bot.ask(question)))


def _reply_as_text(reply: Reply) -> str:
    lines = [reply.caution.message] if reply.caution else []
    lines += [reply.message] if reply.message else []
    for entry in reply.entries:
        lines.append(entry.text or f"  - {entry.question}")
        lines += [f"  From our page: “{quote}”" for quote in entry.quotes]
    if reply.related:
        lines.append("See also: " + " · ".join(entry.question for entry in reply.related))
    phones = (*reply.emergency_numbers, *reply.phones)
    lines.append(" · ".join(f"{phone.label} {phone.number}" for phone in phones))
    return "\n".join(lines)


@main.command()
@knowledge_option
@click.option(
    "--json", "as_json", is_flag=True, help="Read one question per line, write its matches as JSON."
)
@click.argument("question", nargs=-1)
def explain(folder: Path | None, as_json: bool, question: tuple[str, ...]) -> None:
    """Show which entries a QUESTION is close to, and why the reply is what it is."""
    bot = load(folder)
    text = " ".join(question)
    if as_json:
        _each_line(question, lambda line: _matches(bot, line))
    elif text:
        click.echo(_explanation(bot, text))
    else:
        raise click.UsageError("Give a question, or --json and questions on standard input.")


def _matches(bot: Bot, question: str) -> dict[str, Any]:
    return {
        "question": question,
        "matches": [
            {
                "id": match.entry.id,
                "score": round(match.similarity, 6),
                "probability": round(match.probability, 6),
                "phrasing": match.phrasing,
            }
            for match in bot.rank(question)[:TOP]
        ],
    }


def _explanation(bot: Bot, question: str) -> str:
    reply = bot.ask(question)
    matches = bot.rank(question)[:TOP]
    danger = bot.danger(question)
    caution = [f"With a caution: {danger.why}."] if danger and reply.caution else []
    lines = [
        f"Reply: {reply.kind}, because {reply.why}.",
        *caution,
        f"Read as: {' '.join(bot.matcher.features.tokens(question)) or '(nothing)'}",
        f"Topics: {', '.join(_topics(bot, question)) or 'none'}",
        "",
    ]
    for match in matches:
        lines += _explain_match(bot, question, match)
    return "\n".join(lines if matches else [*lines, "No entry is similar."])


def _topics(bot: Bot, question: str) -> list[str]:
    """The likeliest topics, each with the entries that claim it."""
    claims = bot.matcher.candidates.claims.all()
    found = []
    for topic, sure in bot.matcher.rank(question).topics[:TOPICS]:
        owners = [claim.entry for claim in claims if claim.topic == topic]
        by = f", claimed by {' and '.join(owners)}" if owners else ""
        found.append(f"{topic} ({sure:.2f}{by})")
    return found


def _explain_match(bot: Bot, question: str, match: Match) -> list[str]:
    shared = bot.matcher.features.shared(question, match.phrasing)
    return [
        f"{match.probability:5.2f}  {match.entry.id}: {match.entry.question}",
        f"       nearest phrasing: “{match.phrasing}”",
        f"       words in common: {', '.join(shared) or 'none'}",
        f"       {match.word_coverage:.0%} of the question is in its phrasings",
        "",
    ]


@main.command()
@knowledge_option
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--wrong", is_flag=True, help="Also list the questions that got a wrong reply.")
def evaluate(folder: Path | None, file: TextIO, wrong: bool) -> None:
    """Ask every question of FILE (JSON lines), and show how many were answered right."""
    try:
        questions = evaluation.read_questions(file)
    except (ValueError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file.name}: {error}") from None
    tally = evaluation.evaluate(load(folder), questions)
    if wrong:
        for outcome in tally.outcomes:
            if not outcome.right:
                click.echo(f"{outcome.category}: {outcome.question.question!r} got {outcome.got}")
        click.echo()
    click.echo(evaluation.table(tally))


@main.command()
@knowledge_option
@click.option(
    "--against",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="List only the replies that are worse than with this earlier FOLDER.",
)
def test(folder: Path | None, against: Path | None) -> None:
    """Ask the folder's own examples, and show the ones that get an unexpected reply.

    Exits with 1 where an example is wrong; with `--against`, where one got worse.
    """
    bot, before = load(folder), load(against) if against else None
    examples = bot.knowledge.examples
    if not examples:
        raise click.ClickException(
            "There is no example to test. Write visitors' questions into examples.jsonl, "
            'one per line: {"question": "how long is it", "accept": ["duration"]}'
        )
    with click.progressbar(length=len(examples), label="Asking", file=sys.stderr) as bar:
        report = check_examples(before or bot, bot, lambda done, of: bar.update(1))
    broken = report.worse if before else report.still_wrong
    if broken:
        rows = [(tried.question, tried.expected, tried.new_reply) for tried in broken]
        click.echo(_table([("question", "expected", "got"), *rows]))
    wrong = len(report.worse) + len(report.still_wrong)
    click.echo(f"{report.examples - wrong} of {report.examples} examples get the expected reply.")
    if before:
        click.echo(f"{len(report.better)} got better, {len(report.worse)} got worse.")
    sys.exit(1 if broken else 0)


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    """Columns side by side, each cell wrapped to a third of the terminal."""
    width = max(24, shutil.get_terminal_size().columns // len(rows[0]) - 2)
    lines = []
    for row in rows:
        cells = [textwrap.wrap(cell, width) or [""] for cell in row]
        for parts in zip_longest(*cells, fillvalue=""):
            lines.append("  ".join(part.ljust(width) for part in parts).rstrip())
    return "\n".join(lines)

"""`ask` and `explain`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from faqbot.bot import Bot, Reply
from faqbot.understanding.matching import Match

from .group import knowledge_option, load, main, standard_input

TOP, TOPICS = 5, 2  # matches and topics that `explain` shows


@main.command()
@knowledge_option
@click.option("--json", "as_json", is_flag=True, help="A question a line in, a reply a line out.")
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
    lines = [" ".join(question)] if question else standard_input()
    for line in lines:
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
@click.option("--json", "as_json", is_flag=True, help="A question a line in, its matches out.")
@click.argument("question", nargs=-1)
def explain(folder: Path | None, as_json: bool, question: tuple[str, ...]) -> None:
    """Show which entries a QUESTION is near to, and why the reply is what it is."""
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
                "score": round(match.score, 6),
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
    return "\n".join(lines if matches else [*lines, "No entry is anything like it."])


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
        f"       words that meet: {', '.join(shared) or 'none'}",
        f"       its phrasings know {match.coverage:.0%} of the question",
        "",
    ]

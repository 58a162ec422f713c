"""Is the right entry found, and what is out of scope refused? Every system on the same lines."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from faqbot.bot import Bot
from faqbot.knowledge import Example, Role
from faqbot.quality import evaluation

from . import hint3, plots, systems
from .measures import Guess, Line, auroc, calibration_error, curve, oscr, reliability, top1

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Result:
    """One system's guesses on one set of lines."""

    task: str
    system: str
    lines: Sequence[Line]
    guesses: Sequence[Guess]
    misspelt: float | None = None  # top-1 on the misspelt lines


@click.command()
@click.option("--data", type=FOLDER, help="A folder of HINT3's files.")
@click.option("--questions", type=FILE, help="Questions for the knowledge, as in examples.jsonl.")
@click.option("--knowledge", type=FOLDER, default=Path("knowledge"), show_default=True)
@click.option("--csv", "table", type=FILE, help="Write every point of CCR over FPR here.")
@click.option("--plot", type=FILE, help="Draw CCR over FPR here.")
@click.option("--calibration", type=FILE, help="Draw here how far the bot's scores can be trusted.")
def main(
    data: Path | None,
    questions: Path | None,
    knowledge: Path,
    table: Path | None,
    plot: Path | None,
    calibration: Path | None,
) -> None:
    """Compare faqbot with plain search and with published systems.

    Without --data and --questions it takes the knowledge's own examples, on which the bot learns
    how sure to be: its ranking is then measured fairly, its replies are measured too kindly.
    """
    if not data and not questions:
        questions = knowledge / "examples.jsonl"
    results = list(on_hint3(data)) if data else []
    if questions:
        bot = Bot.load(knowledge)
        asked = evaluation.read_questions(questions.read_text(encoding="utf-8").splitlines())
        results += on_questions(bot, asked, questions.stem)
    try:
        report(results, table, plot)
        if questions:
            report_bot(bot, asked, calibration)
    except systems.MissingPeerError as error:
        raise click.ClickException(str(error)) from None


def on_hint3(folder: Path) -> Iterator[Result]:
    """Every system on every bot's lines; the published ones saw the full phrasings only."""
    for task in hint3.tasks(folder):
        name = f"{task.bot} {task.part}"
        for system, ask in fitted(task.phrasings, task.labels):
            guesses = ask([line.text for line in task.lines])
            slips = ask([line.text for line in task.misspelt]) if task.misspelt else None
            misspelt = top1(task.misspelt, slips) if slips else None
            yield Result(name, system, task.lines, guesses, misspelt)
        if task.part == "full":
            for system, guesses in hint3.published(folder, task.bot).items():
                yield Result(name, f"{system} (published)", task.lines, guesses)


def on_questions(bot: Bot, asked: Sequence[Example], name: str) -> Iterator[Result]:
    """The same systems on the knowledge; a guess that is for the office is out of scope."""
    questions = [q for q in asked if evaluation.EMERGENCY not in q.accept]
    answers = {entry.id for entry in bot.knowledge.entries if entry.role is Role.ANSWER}
    lines = [Line(q.question, frozenset(q.accept) & answers) for q in questions]
    texts = [line.text for line in lines]
    for system, ask in fitted(*_phrasings(bot), bot.knowledge.synonyms):
        yield Result(name, system, lines, [_in_scope(g, answers) for g in ask(texts)])
    guesses = [_in_scope(_surest(bot, text), answers) for text in texts]
    yield Result(name, "faqbot, as it replies", lines, guesses)


def fitted(
    phrasings: Sequence[str], labels: Sequence[str], synonyms: Sequence[Sequence[str]] = ()
) -> Iterator[tuple[str, systems.Ask]]:
    """Each system that is installed, ready to be asked; a sentence for each that is not."""
    yield "faqbot, by probability", systems.faqbot(phrasings, labels, synonyms)
    yield "faqbot, by votes", systems.faqbot_votes(phrasings, labels, synonyms)
    for name, fit in systems.PEERS.items():
        try:
            yield name, fit(phrasings, labels)
        except systems.MissingPeerError as error:
            click.echo(f"{name} is left out: {error}", file=sys.stderr)


def report(results: Sequence[Result], table: Path | None, plot: Path | None) -> None:
    """Print the measures of each system, a block for each set of lines."""
    for task in dict.fromkeys(result.task for result in results):
        own = [result for result in results if result.task == task]
        click.echo(f"{task}: {len(own[0].lines)} lines, {_inside(own[0].lines)} in scope")
        click.echo(f"{'':30}{'OSCR':>8}{'top-1':>8}{'AUROC':>8}{'misspelt':>10}")
        for result in own:
            click.echo(_row(result))
        click.echo()
    if table:
        write_points(results, table)
    if plot:
        plots.curves([(r.task, r.system, curve(r.lines, r.guesses)) for r in results], plot)


def report_bot(bot: Bot, asked: Sequence[Example], calibration: Path | None) -> None:
    """Print what the bot's replies are like, and how far its scores are from the share right."""
    click.echo(evaluation.table(evaluation.evaluate(bot, asked)))
    bins = reliability(*_stated(bot, asked))
    click.echo(f"\n{'stated':>8}{'right':>8}{'replies':>9}")
    for own in bins:
        click.echo(f"{own.stated:8.2f}{own.right:8.2f}{own.count:9}")
    click.echo(f"The stated probability is off by {calibration_error(bins):.3f} on average.")
    if calibration:
        plots.reliability(bins, calibration)


def write_points(results: Sequence[Result], file: Path) -> None:
    """Every point of every curve: task, system, FPR, CCR."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["task", "system", "fpr", "ccr"])
        for result in results:
            points = curve(result.lines, result.guesses)
            for false, right in zip(points.false, points.right, strict=True):
                writer.writerow([result.task, result.system, f"{false:.5f}", f"{right:.5f}"])


def _row(result: Result) -> str:
    measured = [measure(result.lines, result.guesses) for measure in (oscr, top1, auroc)]
    misspelt = "" if result.misspelt is None else f"{result.misspelt:.3f}"
    return f"{result.system:30}" + "".join(f"{m:8.3f}" for m in measured) + f"{misspelt:>10}"


def _inside(lines: Sequence[Line]) -> int:
    return sum(bool(line.accept) for line in lines)


def _phrasings(bot: Bot) -> tuple[list[str], list[str]]:
    spoken = [e for e in bot.knowledge.entries if e.role is not Role.EMERGENCY]
    pairs = [(text, e.id) for e in spoken for text in (e.question, *e.phrasings)]
    return [text for text, _ in pairs], [label for _, label in pairs]


def _surest(bot: Bot, text: str) -> Guess:
    matches = bot.rank(text)
    return Guess(matches[0].entry.id, matches[0].probability) if matches else Guess(None, 0.0)


def _in_scope(guess: Guess, answers: set[str]) -> Guess:
    return guess if guess.label in answers else Guess(None, 0.0)


def _stated(bot: Bot, asked: Sequence[Example]) -> tuple[Sequence[float], Sequence[bool]]:
    """The score of each entry with an answer that a reply shows first, and whether it is right."""
    replies = [(bot.ask(question.question), question.accept) for question in asked]
    answers = {entry.id for entry in bot.knowledge.entries if entry.role is Role.ANSWER}
    shown = [(r.entries[0], accept) for r, accept in replies if r.entries]
    first = [(entry, accept) for entry, accept in shown if entry.id in answers]
    return [entry.score for entry, _ in first], [entry.id in accept for entry, accept in first]


if __name__ == "__main__":
    main()

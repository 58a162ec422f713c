"""The `faqbot` command."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from io import TextIOWrapper
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from faqbot import evaluation, knowledge, review
from faqbot.bot import Bot, Reply, Thought
from faqbot.desk.gate import Tried, try_examples
from faqbot.desk.place import DeskError, Place
from faqbot.paths import bundled
from faqbot.settings import HOST, JOURNAL, KNOWLEDGE, PORT, PRACTICES, WORKERS, misspelt
from faqbot.typos import Slip, share
from faqbot.typos import report as typed_with_slips

if TYPE_CHECKING:
    from faqbot.journal import Journal
    from faqbot.server import Prepare

TOP = 5  # matches that `explain` shows
NO_FOLDER = """There is no folder “knowledge” here, so there is nothing to answer from.

  faqbot new knowledge             makes a starter folder for your practice
  faqbot serve --knowledge FOLDER  serves the folder you name (or set FAQBOT_KNOWLEDGE)
  faqbot serve --demo              shows the sample practice that comes with faqbot"""

DESK = """The password is set; whoever was signed in must sign in again.
The desk of {folder} is at http://127.0.0.1:{port}/staff on this computer, while `faqbot serve`
runs; on others at the address of your chat box with /staff behind it, by https."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="faqbot")
def main() -> None:
    """Answer patients' questions in the practice's own words, or hand over its phone numbers."""
    for message in misspelt(os.environ):
        raise click.ClickException(message)


def knowledge_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add --knowledge, given as a Path to `folder`."""
    return click.option(
        "--knowledge",
        "folder",
        envvar=KNOWLEDGE.variable,
        type=click.Path(path_type=Path),
        metavar="FOLDER",
        help=f"{KNOWLEDGE.help}  [default: {KNOWLEDGE.variable}, else {KNOWLEDGE.default}]",
    )(command)


def find_folder(folder: Path | None) -> Path:
    """The folder that was named, or ./knowledge; never the bundled sample."""
    if folder is None and not Path("knowledge").is_dir():
        raise click.ClickException(NO_FOLDER)
    return folder or Path("knowledge")


def load(folder: Path | None) -> Bot:
    """The bot for a folder; every problem in it is told, and ends the command."""
    try:
        return Bot.load(find_folder(folder))
    except knowledge.KnowledgeError as error:
        raise click.ClickException(f"the knowledge cannot be used.\n{error}") from None


@main.command()
@knowledge_option
@click.option("--demo", is_flag=True, help="Serve the sample practice that comes with faqbot.")
@click.option("--host", envvar=HOST.variable, default=HOST.default, help=HOST.help)
@click.option(
    "--port",
    envvar=PORT.variable,
    default=int(PORT.default),
    type=click.IntRange(0, 65535),
    help=PORT.help,
)
@click.option(
    "--workers",
    envvar=WORKERS.variable,
    default=int(WORKERS.default),
    type=click.IntRange(1, 64),
    help=WORKERS.help,
)
@click.option(
    "--practices",
    "root",
    envvar=PRACTICES.variable,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help=PRACTICES.help,
)
def serve(
    folder: Path | None, demo: bool, host: str, port: int, workers: int, root: Path | None
) -> None:
    """Serve the chat box, the FAQ page, the API and the staff desk."""
    from faqbot import (
        limits,
        logs,
        server,
    )  # Flask takes 0.2 s to import; only this command needs it

    logs.set_up()
    try:
        limits.Config.read()
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    prepare = _many_practices(root, workers) if root else _one_practice(folder, demo)
    try:
        if workers == 1:
            server.serve(prepare, host, port)
        else:
            server.serve_with_workers(prepare, host, port, workers)
    except OSError as error:
        raise click.ClickException(
            f"cannot serve at {host}:{port}: {error.strerror or error}. "
            "Another program may be using it; try --port 0 for a free one."
        ) from None


def _one_practice(folder: Path | None, demo: bool) -> Prepare:
    from faqbot.app import create_app
    from faqbot.service import Service

    path = bundled("knowledge") if demo else find_folder(folder)
    try:
        service = Service.open(path, journal="off" if demo else None)
    except knowledge.KnowledgeError as error:
        raise click.ClickException(f"the knowledge cannot be used.\n{error}") from None
    click.echo(f"Answering from {path.resolve()}")
    return lambda: (create_app(service.renewed()), service.close)


def _many_practices(root: Path, workers: int) -> Prepare:
    from faqbot.app import create_app
    from faqbot.practices import MOST_MEMORY, Practices, warm

    practices = Practices(root, most_memory=MOST_MEMORY // workers)
    warm()
    click.echo(f"Answering for {len(practices.directory.names)} practices in {root.resolve()}")
    return lambda: (create_app(practices), practices.close)


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
    lines = [" ".join(question)] if question else _standard_input()
    for line in lines:
        click.echo(json.dumps(answer(line.rstrip("\r\n")), ensure_ascii=False))


def _standard_input() -> TextIO:
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    return sys.stdin


def _converse(bot: Bot) -> None:
    practice = bot.knowledge.practice
    click.echo(f"{practice.name}. {practice.greeting}\n(An empty line ends the conversation.)")
    while question := click.prompt("\nYou", default="", show_default=False, prompt_suffix=": "):
        click.echo(_reply_as_text(bot.ask(question)))


def _reply_as_text(reply: Reply) -> str:
    lines = [reply.message] if reply.message else []
    for entry in reply.entries:
        lines.append(entry.text or f"  - {entry.question}")
        lines += [f"  From our page: “{quote}”" for quote in entry.quotes]
    if reply.related:
        lines.append("See also: " + " · ".join(entry.question for entry in reply.related))
    phones = (*reply.emergency_numbers, *reply.phones)
    lines.append(" · ".join(f"{phone.label} {phone.number}" for phone in phones))
    return "\n".join(lines)


@main.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--knowledge", "named", envvar=KNOWLEDGE.variable, type=click.Path(path_type=Path))
def check(folder: Path | None, named: Path | None) -> None:
    """Tell every problem in a knowledge FOLDER, with file, line and how to mend it."""
    path = find_folder(folder or named)
    found, problems = knowledge.read(path)
    if found:
        problems = (*knowledge.uncovered(found), *review.confusable(found))
    for problem in problems:
        click.echo(str(problem))
    if problems or not found:
        click.echo(f"{len(problems)} problem{'s' if len(problems) > 1 else ''} found.", err=True)
        sys.exit(1)
    total = sum(len(entry.phrasings) + 1 for entry in found.entries)
    click.echo(f"{path}: no problems. {len(found.entries)} entries, {total} ways to ask.")


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
            {"id": t.entry.id, "score": round(t.sure, 6), "phrasing": t.match.phrasing}
            for t in bot.think(question, TOP)
        ],
    }


def _explanation(bot: Bot, question: str) -> str:
    reply = bot.ask(question)
    thoughts = bot.think(question, TOP)
    lines = [
        f"Reply: {reply.kind}, because {reply.why}.",
        f"Read as: {' '.join(bot.matcher.features.tokens(question)) or '(nothing)'}",
        "",
    ]
    for thought in thoughts:
        lines += _explain_match(bot, question, thought)
    return "\n".join(lines if thoughts else [*lines, "No entry is anything like it."])


def _explain_match(bot: Bot, question: str, thought: Thought) -> list[str]:
    match = thought.match
    shared = bot.matcher.features.shared(question, match.phrasing)
    return [
        f"{thought.sure:5.2f}  {thought.entry.id}: {thought.entry.question}",
        f"       nearest phrasing: “{match.phrasing}” ({match.nearness:.2f})",
        f"       words that meet: {', '.join(shared) or 'none'}",
        f"       vote of all phrasings {match.vote:+.2f}, ahead by {match.lead:+.2f}; "
        f"knows {match.coverage:.0%} of the question",
        "",
    ]


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
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Make a starter FOLDER for another practice."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.ClickException(f"{folder} is already there. Choose another name.")
    shutil.copytree(bundled("knowledge"), folder, dirs_exist_ok=True)
    click.echo(
        f"{folder} now holds a copy of the sample practice. Change practice.toml first: it still "
        f"has the sample's name and phone numbers. Then `faqbot check {folder}`."
    )


@main.command("staff-password")
@knowledge_option
@click.option("--stdin", "piped", is_flag=True, help="Read it from standard input, for scripts.")
@click.option("--off", is_flag=True, help="Take it away, and close the desk.")
def staff_password(folder: Path | None, piped: bool, off: bool) -> None:
    """Set the password of the staff desk, where the office edits its answers in a browser."""
    from faqbot.staff import password  # takes Flask along, as in `serve`

    place = Place(find_folder(folder))
    if off:
        taken = password.remove(place)
        click.echo("The staff desk is closed." if taken else "There was no password.")
        return
    secret = _standard_input().readline().rstrip("\r\n") if piped else _ask_for_password()
    try:
        password.set_password(place, secret)
    except (ValueError, DeskError) as error:
        raise click.ClickException(str(error)) from None
    port = os.environ.get(PORT.variable, PORT.default)
    click.echo(DESK.format(folder=place.folder.resolve(), port=port))


def _ask_for_password() -> str:
    return str(
        click.prompt(
            "Password for the staff desk", hide_input=True, confirmation_prompt="Once more"
        )
    )


@main.command()
@knowledge_option
@click.option(
    "--days",
    default=90,
    show_default=True,
    type=click.IntRange(0),
    help="List the last DAYS days; with --purge, delete what is older.",
)
@click.option(
    "--csv",
    "file",
    type=click.File("w", encoding="utf-8-sig", lazy=True),
    help="Write all questions to a file for spreadsheets; “-” for standard output.",
)
@click.option("--purge", is_flag=True, help="Delete what is older than --days; 0 deletes all.")
@click.option("--yes", is_flag=True, help="Do not ask before all is deleted.")
@click.option("--practice", default="", metavar="NAME", help="One of `serve --practices`.")
def journal(
    folder: Path | None, days: int, file: TextIO | None, purge: bool, yes: bool, practice: str
) -> None:
    """List, export or delete what visitors asked that got no answer."""
    from faqbot.journal import JournalError  # SQLAlchemy takes 0.3 s to import

    if file and purge:
        raise click.UsageError("Give --csv or --purge, not both.")
    try:
        with closing(_open_journal(find_folder(folder), practice)) as opened:
            if file:
                opened.export(file)
            elif purge:
                _purge(opened, days, yes)
            else:
                _list(opened, days)
    except JournalError as error:
        raise click.ClickException(str(error)) from None


def _open_journal(folder: Path, practice: str) -> Journal:
    from faqbot.journal import Journal

    setting = os.environ.get(JOURNAL.variable, "")
    if not setting:
        found, problems = knowledge.read(folder)
        if not found:
            raise click.ClickException(
                f"the knowledge cannot be used, so that it cannot say where its journal is; or set "
                f"{JOURNAL.variable}.\n{knowledge.KnowledgeError(problems)}"
            )
        setting = found.practice.journal
    opened = Journal.open(Place(folder).journal, setting, practice)
    if opened is None:
        raise click.ClickException("The journal is switched off: nothing is kept.")
    return opened


def _list(opened: Journal, days: int) -> None:
    questions = opened.questions(days)
    for asked in questions:
        nearest = f"  (nearest: {asked.nearest}, {asked.score:.2f})" if asked.nearest else ""
        click.echo(f"{asked.hour:%Y-%m-%d %H}h  {asked.kind:11}  {asked.text}{nearest}")
    counts: Counter[str] = Counter()
    for count in opened.counts(days):
        counts[count.kind] += count.number
    told = ", ".join(f"{number} {kind}" for kind, number in counts.most_common())
    click.echo(f"{len(questions)} open questions in {days} days. Replies: {told or 'none'}.")


def _purge(opened: Journal, days: int, yes: bool) -> None:
    if days == 0 and not yes:
        click.confirm("Delete all questions and counts?", abort=True)
    deleted = opened.purge(days)
    older = f" older than {days} days. --days 0 deletes all" if days else ""
    click.echo(f"Deleted {deleted} question{'s' if deleted != 1 else ''}{older}.")


@main.command()
@knowledge_option
@click.option(
    "--against",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Tell only what gets worse than with this earlier FOLDER, as before publishing.",
)
@click.option("--typos", is_flag=True, help="Type the phrasings with slips instead.")
@click.option("--sample", default=2000, show_default=True, help="How many phrasings to type.")
def test(folder: Path | None, against: Path | None, typos: bool, sample: int) -> None:
    """Ask the folder's own examples, and show which get another reply than they must."""
    bot = load(folder)
    if typos:
        _test_typos(bot, sample)
    else:
        _test_examples(bot, load(against) if against else None)


def _test_examples(bot: Bot, before: Bot | None) -> None:
    """Exit with 1 where something is wrong; where something got worse, if there is a before."""
    examples = bot.knowledge.examples
    if not examples:
        raise click.ClickException(
            "There is no example to test. Write visitors' questions into examples.jsonl, "
            'one a line: {"question": "how long is it", "accept": ["duration"]}'
        )
    with click.progressbar(length=len(examples), label="Asking", file=sys.stderr) as bar:
        gate = try_examples(before or bot, bot, lambda done, of: bar.update(1))
    broken = gate.worse if before else gate.still_wrong
    if broken:
        click.echo(_table([("question", "must get", "gets"), *map(_row_of, broken)]))
    wrong = len(gate.worse) + len(gate.still_wrong)
    click.echo(f"{gate.asked - wrong} of {gate.asked} examples get what they must.")
    if before:
        click.echo(f"{len(gate.better)} got better, {len(gate.worse)} got worse.")
    sys.exit(1 if broken else 0)


def _row_of(tried: Tried) -> tuple[str, str, str]:
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


def _test_typos(bot: Bot, sample: int) -> None:
    for count in (1, 2):
        report = typed_with_slips(bot, count, sample)
        click.echo(f"{count} slip{'s' if count > 1 else ''} in each of {len(report.phrasings)}:")
        click.echo(f"  {report.share:6.1%}  of the phrasings still reach their entry")
        click.echo(f"  {share(report.words):6.1%}  of the field's words are still read right")
        for kind in Slip:
            click.echo(f"  {report.of(kind):6.1%}  with {kind.value}")

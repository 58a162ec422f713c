"""`staff-password` and `journal`: for the office, from the terminal."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from faqbot import knowledge
from faqbot.cli import find_folder, knowledge_option, main, standard_input
from faqbot.editing.workspace import DeskError, Workspace
from faqbot.settings import JOURNAL, PORT

if TYPE_CHECKING:
    from faqbot.journal import Journal

DESK = """The password is set; whoever was signed in must sign in again.
While `faqbot serve` runs, the desk of {folder} is at http://127.0.0.1:{port}/staff on this
computer; on others it is at the address of your chat box, followed by /staff."""


@main.command("staff-password")
@knowledge_option
@click.option("--stdin", "piped", is_flag=True, help="Read it from standard input, for scripts.")
@click.option("--off", is_flag=True, help="Remove it, which closes the desk.")
def staff_password(folder: Path | None, piped: bool, off: bool) -> None:
    """Set the password of the staff desk, where the office edits its answers in a browser."""
    from faqbot.staff import password  # takes Flask along, as in `serve`

    workspace = Workspace(find_folder(folder))
    if off:
        taken = password.remove(workspace)
        click.echo("The staff desk is closed." if taken else "There was no password.")
        return
    secret = standard_input().readline().rstrip("\r\n") if piped else _ask_for_password()
    try:
        password.set_password(workspace, secret)
    except (ValueError, DeskError) as error:
        raise click.ClickException(str(error)) from None
    port = os.environ.get(PORT.variable, PORT.default)
    click.echo(DESK.format(folder=workspace.folder.resolve(), port=port))


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
                "the knowledge cannot be used, so it does not say where its journal is. "
                f"Fix it, or set {JOURNAL.variable}.\n{knowledge.KnowledgeError(problems)}"
            )
        setting = found.practice.journal
    opened = Journal.open(Workspace(folder).journal, setting, practice)
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
    replies = ", ".join(f"{number} {kind}" for kind, number in counts.most_common())
    click.echo(f"{len(questions)} open questions in {days} days. Replies: {replies or 'none'}.")


def _purge(opened: Journal, days: int, yes: bool) -> None:
    if days == 0 and not yes:
        click.confirm("Delete all questions and counts?", abort=True)
    deleted = opened.purge(days)
    older = f" older than {days} days. --days 0 deletes all" if days else ""
    click.echo(f"Deleted {deleted} question{'s' if deleted != 1 else ''}{older}.")

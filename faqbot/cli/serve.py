"""`serve`, and `staff-password` and `journal` for the office, from the terminal."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from faqbot import knowledge
from faqbot.assets import bundled
from faqbot.cli import find_folder, knowledge_option, main, standard_input
from faqbot.editing.workspace import DeskError, Workspace
from faqbot.settings import HOST, JOURNAL, PORT, PRACTICES

if TYPE_CHECKING:
    from faqbot.journal import Journal
    from faqbot.practices import Practices
    from faqbot.service import Service

DESK = """The password is set; whoever was signed in must sign in again.
While `faqbot serve` runs, the desk of {folder} is at http://127.0.0.1:{port}/staff on this
computer; on others it is at the address of your chat box, followed by /staff."""


@main.command()
@knowledge_option
@click.option("--demo", is_flag=True, help="Serve the sample practice that comes with faqbot.")
@click.option("--host", envvar=HOST.variable, default=HOST.default, help=HOST.help)
@click.option(
    "--port",
    envvar=[PORT.variable, "PORT"],  # the second is what hosting platforms set
    default=int(PORT.default),
    type=click.IntRange(0, 65535),
    help=PORT.help,
)
@click.option(
    "--practices",
    "root",
    envvar=PRACTICES.variable,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help=PRACTICES.help,
)
def serve(folder: Path | None, demo: bool, host: str, port: int, root: Path | None) -> None:
    """Serve the chat box, the FAQ page, the API and the staff desk."""
    from faqbot.app import create_app  # Flask takes 0.2 s to import; only this command needs it
    from faqbot.service import preload
    from faqbot.serving import limits, logs, server

    try:
        logs.set_up()
        limits.Config.read()
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    preload()
    with closing(_many_practices(root) if root else _one_practice(folder, demo)) as source:
        try:
            server.serve(create_app(source), host, port)
        except OSError as error:
            raise click.ClickException(
                f"cannot serve at {host}:{port}: {error.strerror or error}. "
                "Another program may be using it; try --port 0 for a free one."
            ) from None


def _one_practice(folder: Path | None, demo: bool) -> Service:
    from faqbot.service import Service
    from faqbot.staff import password

    path = bundled("knowledge") if demo else find_folder(folder)
    try:
        service = Service.open(path, journal="off" if demo else None)
    except knowledge.KnowledgeError as error:
        raise click.ClickException(f"The knowledge folder cannot be used.\n{error}") from None
    service.live.start()  # also before the first request
    click.echo(f"Answering from {path.resolve()}")
    if not demo:
        is_open = password.is_set(Workspace(path))
        closed = "The staff desk is closed; `faqbot staff-password` opens it"
        click.echo("The staff desk is open, at /staff" if is_open else closed)
    return service


def _many_practices(root: Path) -> Practices:
    from faqbot.practices import Practices

    practices = Practices(root)
    click.echo(f"Answering for {len(practices.directory.names)} practices in {root.resolve()}")
    return practices


@main.command("staff-password")
@knowledge_option
@click.option("--stdin", "piped", is_flag=True, help="Read it from standard input, for scripts.")
@click.option("--off", is_flag=True, help="Remove it, which closes the desk.")
def staff_password(folder: Path | None, piped: bool, off: bool) -> None:
    """Set the password of the staff desk, where the office edits its answers in a browser."""
    from faqbot.staff import password  # takes Flask along, as in `serve`

    workspace = Workspace(find_folder(folder))
    _refuse_root(workspace.folder)
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


def _refuse_root(folder: Path) -> None:
    """Files that root makes are closed to the user that serves the folder, and so is the desk."""
    owner = folder.stat().st_uid
    if hasattr(os, "geteuid") and os.geteuid() == 0 != owner:
        raise click.ClickException(
            f"{folder.resolve()} belongs to another user than root, who could not read the "
            f"password then. Run it as that user: sudo -u '#{owner}' faqbot staff-password"
        )


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
    type=click.IntRange(0),
    help="List the last DAYS days, by default all; with --purge, delete what is older.",
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
    folder: Path | None,
    days: int | None,
    file: TextIO | None,
    purge: bool,
    yes: bool,
    practice: str,
) -> None:
    """List, export or delete what visitors asked that got no answer."""
    from faqbot.journal import KEEP_DAYS, JournalError  # SQLAlchemy takes 0.3 s to import

    if file and purge:
        raise click.UsageError("Give --csv or --purge, not both.")
    days = KEEP_DAYS if days is None else days
    try:
        with closing(_open_journal(find_folder(folder), practice, purge)) as opened:
            if file:
                opened.export(file)
            elif purge:
                _purge(opened, days, yes)
            else:
                _list(opened, days)
    except JournalError as error:
        raise click.ClickException(str(error)) from None


def _open_journal(folder: Path, practice: str, purge: bool) -> Journal:
    """The journal in use; to purge, that in the folder also where the journal is switched off."""
    from faqbot.journal import Journal

    named, setting = Journal.open, os.environ.get(JOURNAL.variable, "")
    if not setting:
        found, problems = knowledge.read(folder)
        if not found:
            raise click.ClickException(
                "The knowledge folder cannot be used, so it does not say where its journal is. "
                f"Fix it, or set {JOURNAL.variable}.\n{knowledge.KnowledgeError(problems)}"
            )
        named, setting = Journal.named, found.practice.journal
    file = Workspace(folder).journal
    if opened := named(file, setting, practice):
        return opened
    if purge:
        return Journal(str(file), practice)
    raise click.ClickException(
        "The journal is switched off: nothing is noted. --purge deletes what was noted before."
    )


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

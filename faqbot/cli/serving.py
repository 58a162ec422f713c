"""`serve`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from faqbot import knowledge
from faqbot.assets import bundled
from faqbot.cli import find_folder, knowledge_option, main
from faqbot.editing.workspace import Workspace
from faqbot.settings import HOST, PORT, PRACTICES

if TYPE_CHECKING:
    from faqbot.practices import Practices
    from faqbot.service import Service


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
    from faqbot.service import warm
    from faqbot.serving import limits, logs, server

    try:
        logs.set_up()
        limits.Config.read()
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    warm()
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
        raise click.ClickException(f"the knowledge cannot be used.\n{error}") from None
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

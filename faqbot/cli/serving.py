"""`serve`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from faqbot import knowledge
from faqbot.assets import bundled
from faqbot.editing.workspace import Workspace
from faqbot.settings import HOST, PORT, PRACTICES, WORKERS

from .group import find_folder, knowledge_option, main

if TYPE_CHECKING:
    from flask import Flask

    from faqbot.serving.server import Prepare


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
    from faqbot.serving import (  # Flask takes 0.2 s to import; only this command needs it
        limits,
        logs,
        server,
    )

    logs.set_up()
    try:
        limits.Config.read()
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    prepare, look = (_many_practices(root), None) if root else _one_practice(folder, demo)
    try:
        if workers == 1:
            server.serve(prepare, host, port)
        else:
            server.serve_with_workers(prepare, host, port, workers, look)
    except OSError as error:
        raise click.ClickException(
            f"cannot serve at {host}:{port}: {error.strerror or error}. "
            "Another program may be using it; try --port 0 for a free one."
        ) from None


def _one_practice(folder: Path | None, demo: bool) -> tuple[Prepare, Callable[[], bool]]:
    """What makes the app, and what has the folder's changes for the workers to come."""
    from faqbot.app import create_app
    from faqbot.practices import warm
    from faqbot.service import Service

    warm()
    path = bundled("knowledge") if demo else find_folder(folder)
    try:
        service = Service.open(path, journal="off" if demo else None)
    except knowledge.KnowledgeError as error:
        raise click.ClickException(f"the knowledge cannot be used.\n{error}") from None
    click.echo(f"Answering from {path.resolve()}")
    if not demo:
        click.echo(_about_desk(path))
    live = service.live

    def prepare() -> tuple[Flask, Callable[[], None]]:
        app = create_app(service.renewed())
        service.start()  # also before it is asked for the first time
        return app, service.close

    return prepare, live.poll


def _about_desk(folder: Path) -> str:
    from faqbot.staff import password

    if password.is_set(Workspace(folder)):
        return "The staff desk is open, at /staff"
    return "The staff desk is closed; `faqbot staff-password` opens it"


def _many_practices(root: Path) -> Prepare:
    from faqbot.app import create_app
    from faqbot.practices import Practices, warm

    practices = Practices(root)
    warm()
    click.echo(f"Answering for {len(practices.directory.names)} practices in {root.resolve()}")
    return lambda: (create_app(practices), practices.close)

"""The `faqbot` command: the group, and what its commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import click

from faqbot import knowledge
from faqbot.bot import Bot
from faqbot.settings import KNOWLEDGE, misspelt

NO_FOLDER = """There is no folder “knowledge” here, so there is nothing to answer from.

  faqbot new knowledge             makes a starter folder for your practice
  faqbot serve --knowledge FOLDER  serves the folder you name (or set FAQBOT_KNOWLEDGE)
  faqbot serve --demo              shows the sample practice that comes with faqbot"""


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
    """The bot for a folder; problems in it end the command, with a message that lists them all."""
    try:
        return Bot.load(find_folder(folder))
    except knowledge.KnowledgeError as error:
        raise click.ClickException(f"The knowledge folder cannot be used.\n{error}") from None


def standard_input() -> TextIO:
    """Lines as UTF-8, whatever the terminal is set to."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    return sys.stdin


# Importing them adds their commands to `main`.
from faqbot.cli import ask, check, serve  # noqa: E402

__all__ = ["ask", "check", "main", "serve"]

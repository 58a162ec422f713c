"""`check`, `topics` and `new`: a knowledge folder, before anybody is answered from it."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from faqbot import knowledge
from faqbot.cli import find_folder, main
from faqbot.common.topics import claimable
from faqbot.editing import starter
from faqbot.knowledge.practice import is_phone
from faqbot.quality import advice
from faqbot.settings import KNOWLEDGE

NO_NAME = """Whose folder is this? Every reply shows the practice's name and phone number:

  faqbot new {folder} --name "Lake Side Spine" --phone "(646) 555-0142\""""

MADE = """Created {folder} for {name}, {phones}.
It answers from practice.toml; for anything else visitors get the phone numbers, and in an
emergency they are told to call 911. Next: fill in your hours and address in
{folder}/practice.toml and the answers in {folder}/office.md, then add your page:
{folder}/our-page.md says how.
`faqbot check {folder}` lists what is still to be done."""


@main.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--knowledge", "named", envvar=KNOWLEDGE.variable, type=click.Path(path_type=Path))
def check(folder: Path | None, named: Path | None) -> None:
    """List every problem in a knowledge FOLDER, with file, line and how to fix it."""
    path = find_folder(folder or named)
    found, problems = knowledge.read(path)
    if found:
        problems = (*found.warnings, *advice.confusable(found), *advice.misplaced(found))
    for problem in problems:
        click.echo(str(problem))
    if problems or not found:
        click.echo(f"{len(problems)} problem{'s' if len(problems) > 1 else ''} found.", err=True)
        sys.exit(1)
    for note in (*advice.to_do(found, date.today()), *knowledge.uncovered(found)):
        click.echo(f"To do: {note}")
    for line in advice.claims(found):
        click.echo(line)
    total = sum(len(entry.phrasings) + 1 for entry in found.entries)
    click.echo(f"{path}: no problems. {len(found.entries)} entries, {total} ways to ask.")


@main.command("topics")
@click.argument("word", nargs=-1)
def list_topics(word: tuple[str, ...]) -> None:
    """List the topics that an entry can claim, all or those with each WORD in them."""
    for topic in claimable().values():
        line = f"{topic.id:24}{topic.heading}" + (f"  (pack: {topic.pack})" if topic.pack else "")
        if all(w.lower() in line.lower() for w in word):
            click.echo(line)


def _phone(number: str) -> str:
    if not is_phone(number):
        raise click.BadParameter(f"“{number}” is not a phone number. Write it as (646) 555-0142.")
    return number


def _is_used(folder: Path) -> bool:
    """Whether it holds anything; a volume that was just made has lost+found."""
    return any(entry.name != "lost+found" for entry in folder.iterdir())


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", default="", help="The practice's name; asked for if you leave it out.")
@click.option(
    "--phone",
    "phones",
    multiple=True,
    type=_phone,
    metavar="NUMBER",
    help="Its main phone number, asked for as well; repeat it for further ones.",
)
def new(folder: Path, name: str, phones: tuple[str, ...]) -> None:
    """Make a starter FOLDER for another practice."""
    if folder.exists() and (not folder.is_dir() or _is_used(folder)):
        raise click.ClickException(f"{folder} is already there. Choose another name.")
    if sys.stdin.isatty():
        name = name or click.prompt("The practice's name")
        phones = phones or (click.prompt("Its main phone number", value_proc=_phone),)
    if not name.strip() or not phones:
        raise click.UsageError(NO_NAME.format(folder=folder))
    try:
        files = starter.files(name.strip(), phones)
    except knowledge.KnowledgeError as error:
        raise click.ClickException(f"the starter folder cannot be made.\n{error}") from None
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (folder / file).write_bytes(content)
    click.echo(MADE.format(folder=folder, name=name.strip(), phones=" · ".join(phones)))

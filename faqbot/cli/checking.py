"""`check` and `new`: a knowledge folder, before anybody is answered from it."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import click

from faqbot import knowledge, review
from faqbot.knowledge.practice import is_phone
from faqbot.paths import bundled
from faqbot.settings import KNOWLEDGE

from .group import find_folder, main


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
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", default="", help="The practice's name; asked for where it is left out.")
@click.option("--phone", default="", help="Its main phone number; asked for too.")
def new(folder: Path, name: str, phone: str) -> None:
    """Make a starter FOLDER for another practice."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.ClickException(f"{folder} is already there. Choose another name.")
    if sys.stdin.isatty():
        name = name or click.prompt("The practice's name")
        phone = phone or click.prompt("Its main phone number", value_proc=_phone)
    if phone:
        _phone(phone)
    shutil.copytree(bundled("knowledge"), folder, dirs_exist_ok=True)
    _introduce(folder / "practice.toml", name, phone)
    click.echo(f"{folder} now holds a copy of the sample practice. {_next(name, phone)}")
    click.echo(
        f"Then put your own page and answers in place of its page, and `faqbot check {folder}`."
    )


def _phone(number: str) -> str:
    if not is_phone(number):
        raise click.BadParameter(f"“{number}” is no phone number. Write it as (646) 555-0142.")
    return number


def _introduce(path: Path, name: str, phone: str) -> None:
    """Put the practice's own name and number in place of the sample's."""
    text = path.read_text("utf-8")
    if name:
        text = re.sub(
            r"^name = .*$",
            lambda _: f"name = {json.dumps(name, ensure_ascii=False)}",
            text,
            count=1,
            flags=re.M,
        )
    if phone:
        blocks = re.compile(r"(?:\[\[phones\]\]\nlabel = .*\nnumber = .*\n+)+")
        block = f'[[phones]]\nlabel = "Office"\nnumber = {json.dumps(phone)}\n\n'
        text = blocks.sub(lambda _: block, text, count=1)
    path.write_text(text, "utf-8")


def _next(name: str, phone: str) -> str:
    left = [what for what, given in (("name", name), ("phone numbers", phone)) if not given]
    if not left:
        return "It has your name and number in practice.toml."
    return f"Change practice.toml first: it still has the sample's {' and '.join(left)}."

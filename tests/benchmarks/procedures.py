"""Is the right one of several procedures answered?

    python -m tests.benchmarks.procedures

Practices of 3 and of 15 procedures, put together from the strangers' pages with a head each. Their
visitors' questions are asked without the page and with it; where a question names its procedure is
left to them. The word vectors and decisions were trained on these practices too; whether they fit
one procedure is measured by `tests.benchmarks.strangers`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from faqbot import knowledge
from faqbot.bot import Bot, Reply
from faqbot.knowledge import Example, Knowledge, PageInfo, Role
from faqbot.quality.evaluation import read_questions
from models import folders

PAGE_INFOS = {
    "afib-ablation": PageInfo(
        "", ("catheter ablation", "ablation"), ("atrial fibrillation", "AFib")
    ),
    "allergy-shots": PageInfo("", ("allergy shots", "immunotherapy"), ("allergies",)),
    "bunion": PageInfo("", ("bunion surgery",), ("bunion",)),
    "epidural": PageInfo("", ("epidural steroid injection", "epidural"), ("sciatica",)),
    "gastric-sleeve": PageInfo("", ("gastric sleeve", "sleeve surgery"), ("obesity",)),
    "hernia": PageInfo("", ("hernia repair",), ("hernia", "inguinal hernia")),
    "hip": PageInfo("", ("hip replacement",), ("hip arthritis",), ("hip",)),
    "implant": PageInfo("", ("dental implant", "dental implants"), ("missing tooth",), ("tooth",)),
    "ivf": PageInfo("", ("IVF", "in vitro fertilization"), ("infertility",)),
    "kidney-stones": PageInfo("", ("shock wave lithotripsy", "lithotripsy"), ("kidney stone",)),
    "lasik": PageInfo("", ("LASIK",), ("nearsightedness",), ("eye", "cornea")),
    "mole": PageInfo("", ("mole removal",), ("mole", "melanoma")),
    "rhinoplasty": PageInfo("", ("rhinoplasty", "nose job", "septoplasty"), (), ("nose",)),
    "sleep": PageInfo("", ("sleep study", "polysomnography"), ("sleep apnea",)),
    "wisdom-teeth": PageInfo("", ("wisdom tooth removal", "wisdom teeth"), ()),
}
THREE = (("hip", "lasik", "implant"), ("hernia", "mole", "sleep"), ("epidural", "bunion", "ivf"))


@click.command()
def main() -> None:
    """Print the shares of answerable questions."""
    click.echo(f"{'':30}{'asked':>8}{'right':>8}{'resolved':>10}{'wrong':>8}{'other page':>12}")
    for names in (*THREE, tuple(PAGE_INFOS)):
        bot = Bot(joined(names))
        for told in (False, True):
            replies = list(asked(bot, names, told))
            label = f"{len(names)} pages, {'page told' if told else 'nothing told'}"
            click.echo(f"{label:30}{len(replies):8}" + _shares(replies))


def joined(names: Sequence[str]) -> Knowledge:
    """One practice with these pages; ids have the page's name before them."""
    found = [_folder(name) for name in names]
    office = {e.id: e for known in found for e in known.entries if e.role is Role.PHONE_ONLY}
    pages = [
        replace(entry, id=f"{name}/{entry.id}", file=f"{name}.md", links=())
        for name, known in zip(names, found, strict=True)
        for entry in known.entries
        if entry.role is Role.ANSWER
    ]
    page_infos = {
        name: replace(PAGE_INFOS[name], address=f"https://example.org/{name}") for name in names
    }
    practice = replace(found[0].practice, starters=(), pages={})
    return Knowledge(practice, (*pages, *office.values()), page_infos=page_infos)


def asked(bot: Bot, names: Sequence[str], told: bool) -> Iterator[tuple[str, set[str], Reply]]:
    """The page of each answerable question, the ids that are right, and the reply."""
    for name in names:
        ids = {entry.id for entry in bot.entries if entry.page_stem == name}
        for one in _questions(name):
            right = {f"{name}/{id}" for id in one.accept} & ids
            if right:
                page = f"/{name}" if told else ""
                yield name, right, bot.ask(one.question, page_path=page)


def _shares(replies: Sequence[tuple[str, set[str], Reply]]) -> str:
    right = resolved = wrong = other = 0
    for name, ids, reply in replies:
        shown = reply.entries
        hit = any(entry.id in ids for entry in shown)
        right += hit and reply.kind == "answer"
        resolved += hit
        wrong += reply.kind == "answer" and not hit
        pages = {entry.id.partition("/")[0] for entry in shown if "/" in entry.id}
        other += reply.kind == "answer" and bool(pages - {name})
    total = len(replies)
    return f"{right / total:8.3f}{resolved / total:10.3f}{wrong / total:8.3f}{other / total:12.4f}"


def _folder(name: str) -> Knowledge:
    return knowledge.load(_path(name) / "staff")


def _questions(name: str) -> Iterator[Example]:
    yield from read_questions((_path(name) / "questions.jsonl").read_text("utf-8").splitlines())


def _path(name: str) -> Path:
    return next(own / name for own in (folders.STRANGERS, folders.FURTHER) if (own / name).is_dir())


if __name__ == "__main__":
    main()

"""What another practice starts from: of the sample, only what belongs to no practice.

Its page, the answers drawn from it and its examples are the sample practice's own, and stay there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from string import Template

from faqbot import knowledge
from faqbot.knowledge import KnowledgeError, Practice
from faqbot.knowledge.gathering import gather
from faqbot.paths import bundled

SHARED = ("call-the-office.md", "emergencies.md", "small-talk.md", "synonyms.toml")
LABELS = ("Office", "Alternate phone")  # the second for each further number

# What visitors of the sample call it, and what is near it.
LOCAL = re.compile(
    r"\b(?:Stieber|New York|Manhattan|Brooklyn|Queens|Bronx|borough|Long Island|New Jersey|subway"
    r"|Penn Station|Grand Central|Lenox Hill|NYU|Mount Sinai|Empire)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r"- |\S.* = \[")  # a phrasing, or a row of synonyms
_PRIVATE = re.compile(r"[*_]*(?:last )?reviewed\b", re.IGNORECASE)  # says which of the staff did
_LINK = re.compile(r"\[([^\]]+)\]\(#[^)]*\)")  # to an answer that stays behind


def files(name: str, phones: Sequence[str]) -> dict[str, bytes]:
    """A starter folder's files by name, for a practice with this name and these numbers.

    Raises KnowledgeError where the sample, or what would be made of it, has problems.
    """
    gathered = gather(bundled("knowledge"))  # leaves out what running it has left there
    sample = _sound(gathered.files, gathered.folder).practice
    made = {"practice.toml": _practice(name, phones).encode()}
    for file in SHARED:
        if data := gathered.files.get(file):
            made[file] = _adapt(data.decode("utf-8-sig"), sample, name, phones[0]).encode()
    _sound(made, Path())
    return made


def _sound(files: dict[str, bytes], folder: Path) -> knowledge.Knowledge:
    found, problems = knowledge.read_files(files, folder)
    if not found:
        raise KnowledgeError(problems)
    return found


def _adapt(text: str, sample: Practice, name: str, phone: str) -> str:
    """The text without what the sample was asked by name; messages name the new practice."""
    own = re.compile(re.escape(sample.name), re.IGNORECASE)
    numbers = re.compile("|".join(_as_typed(known.number) for known in sample.phones))
    kept = []
    for line in text.splitlines():
        if _ASKED.match(line):
            kept += [line] if not any(of.search(line) for of in (own, numbers, LOCAL)) else []
        elif not _PRIVATE.match(line):
            named = own.sub(lambda _: name, _LINK.sub(r"\1", line))
            kept.append(numbers.sub(lambda _: phone, named))
    return "\n".join(kept) + "\n"


def _as_typed(number: str) -> str:
    """A pattern of its digits, whatever stands between them."""
    return r"\(?" + r"\D{0,3}".join(re.findall(r"\d", number))


def _practice(name: str, phones: Sequence[str]) -> str:
    blocks = [
        f"[[phones]]\nlabel = {_quoted(LABELS[min(i, 1)])}\nnumber = {_quoted(number)}"
        for i, number in enumerate(phones)
    ]
    template = Template((Path(__file__).with_name("starter.toml")).read_text("utf-8"))
    return template.substitute(name=_quoted(name), phones="\n\n".join(blocks))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

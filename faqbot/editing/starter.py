"""What a new practice starts from: its name and numbers, and files that say how to go on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from string import Template

from faqbot import knowledge
from faqbot.common.topics import topics
from faqbot.knowledge import KnowledgeError
from faqbot.knowledge.snapshot import OFFICE

PAGE = "our-page"
LABELS = ("Office", "Alternate phone")  # the second for each further number
STARTER_TOPICS = (  # by visitors of nearly every practice; topics, in the order of the file
    "parking",
    "accessibility",
    "insurance",
    "medicare",
    "cost",
    "financing",
    "new-patients",
    "referral",
    "forms-before-visit",
    "reschedule",
    "running-late",
    "telehealth",
    "refill",
    "records",
    "test-results",
    "languages",
)


def files(name: str, phones: Sequence[str]) -> dict[str, bytes]:
    """A starter folder's files by name, for a practice with this name and these numbers.

    Raises KnowledgeError if they cannot be used, as with a name without letters.
    """
    asked = (f"## {topics()[id].named({})} {{#{id}}}\n\nTopic: {id}\n" for id in STARTER_TOPICS)
    made = {
        "practice.toml": _practice(name, phones),
        OFFICE: _template("starter-office.md") + "\n".join(["", *asked]),
        f"{PAGE}.md": _template("starter-page.md"),
    }
    found = {file: text.encode() for file, text in made.items()}
    sound, problems = knowledge.read_files(found)
    if not sound:
        raise KnowledgeError(problems)
    return found


def _practice(name: str, phones: Sequence[str]) -> str:
    blocks = [
        f"[[phones]]\nlabel = {_quoted(LABELS[min(i, 1)])}\nnumber = {_quoted(number)}"
        for i, number in enumerate(phones)
    ]
    text = Template(_template("starter.toml"))
    return text.substitute(name=_quoted(name), phones="\n\n".join(blocks))


def _template(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

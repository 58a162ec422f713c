"""The gate before publishing: does the draft answer visitors' questions as well as before?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from faqbot.bot import Bot
from faqbot.knowledge import Problem


@dataclass(frozen=True, slots=True)
class Tried:
    """An example, and in words what a visitor gets before and after, and must get."""

    question: str
    before: str  # "the answer “How long does it take?”", "the phone numbers", "call 911" …
    after: str
    must: str
    key: str  # the same as long as the question, what it must get and what it gets are the same


@dataclass(frozen=True, slots=True)
class Gate:
    """How the examples of a draft fare, the worst first, and what else is new to look at."""

    better: tuple[Tried, ...]
    worse: tuple[Tried, ...]
    still_wrong: tuple[Tried, ...]
    problems: tuple[Problem, ...]  # page text left unquoted, entries that collide; new ones only
    asked: int


def try_examples(old: Bot, new: Bot, progress: Callable[[int, int], None] | None = None) -> Gate:
    """Ask both bots every example of the new knowledge; `progress(done, of)` is called after each.

    Worse is also what got the phone numbers before, and gets a wrong answer now.
    """
    raise NotImplementedError

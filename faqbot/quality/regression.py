"""The gate before publishing: does the draft answer visitors' questions as well as before?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from faqbot.bot import Bot, Reply
from faqbot.knowledge import Example, Knowledge, Problem, Role, uncovered
from faqbot.quality.advice import confusable, misplaced
from faqbot.quality.evaluation import EMERGENCY, OUT_OF_SCOPE, Outcome, Question, evaluate

PHONE = "the phone numbers"
_SERIOUS = {"wrong": 2, "false": 2, "overlooked": 3}  # among what is not right; else 1
_KEY = 16  # hexadecimal digits


@dataclass(frozen=True, slots=True)
class TriedExample:
    """An example, and in words what a visitor gets before and after, and must get."""

    question: str
    before: str  # "the answer “How long does it take?”", "the phone numbers", "call 911" …
    after: str
    must: str
    key: str  # the same as long as the question, what it must get and what it gets are the same


@dataclass(frozen=True, slots=True)
class RegressionReport:
    """How the examples of a draft fare, the worst first, and what else is new to look at."""

    better: tuple[TriedExample, ...]
    worse: tuple[TriedExample, ...]
    still_wrong: tuple[TriedExample, ...]
    problems: tuple[Problem, ...]  # page text left unquoted, entries that collide; new ones only
    asked: int


def check_examples(
    old: Bot, new: Bot, progress: Callable[[int, int], None] | None = None
) -> RegressionReport:
    """Ask both bots every example of the new knowledge; `progress(done, of)` is called after each.

    Worse is also what got the phone numbers before, and gets a wrong answer now.
    """
    examples = new.knowledge.examples
    alike = _hear_alike(old.knowledge, new.knowledge)
    found: list[tuple[Outcome, Outcome]] = []
    for done, example in enumerate(examples, 1):
        after = _ask(new, example)
        found.append((after if alike else _ask(old, example), after))
        if progress:
            progress(done, len(examples))
    return RegressionReport(
        better=_tried((pair for pair in found if _gain(pair) > 0), new.knowledge),
        worse=_tried((pair for pair in found if _gain(pair) < 0), new.knowledge),
        still_wrong=_tried((p for p in found if not _gain(p) and not p[1].right), new.knowledge),
        problems=_new_problems(old.knowledge, new.knowledge),
        asked=len(examples),
    )


def _hear_alike(old: Knowledge, new: Knowledge) -> bool:
    """Whether the two can only differ in what they say, so that one of them need not be asked."""
    return _heard(old) == _heard(new)


def _heard(knowledge: Knowledge) -> tuple[object, ...]:
    entries = [(entry.id, entry.role, entry.lines, entry.topics) for entry in knowledge.entries]
    examples = [(example.question, example.accept) for example in knowledge.examples]
    return entries, examples, knowledge.synonyms, knowledge.heads, knowledge.practice


def _ask(bot: Bot, example: Example) -> Outcome:
    question = Question(example.question, example.accept, example.style)
    return evaluate(bot, [question]).outcomes[0]


def _gain(pair: tuple[Outcome, Outcome]) -> int:
    before, after = map(_seriousness, pair)
    return before - after


def _seriousness(outcome: Outcome) -> int:
    """0 for what is right; a wrong answer and an overlooked emergency count most."""
    return 0 if outcome.right else _SERIOUS.get(outcome.way, 1)


def _tried(
    pairs: Iterable[tuple[Outcome, Outcome]], knowledge: Knowledge
) -> tuple[TriedExample, ...]:
    """The most serious first, each once."""
    ordered = sorted(pairs, key=lambda pair: max(map(_seriousness, pair)), reverse=True)
    return tuple(dict.fromkeys(_in_words(*pair, knowledge) for pair in ordered))


def _in_words(before: Outcome, after: Outcome, knowledge: Knowledge) -> TriedExample:
    question = after.question.question
    must, got = _must(after.question.accept, knowledge), _got(after.reply)
    key = hashlib.sha256("\0".join((question, must, got)).encode()).hexdigest()[:_KEY]
    return TriedExample(question, _got(before.reply), got, must, key)


def _got(reply: Reply) -> str:
    asked = [entry.question for entry in reply.entries]
    if reply.kind == "emergency":
        return f"call {reply.emergency_numbers[0].number}"
    if reply.kind == "answer":
        return _answers(asked, " and ")
    if reply.kind == "choices":
        return f"a choice of: {_listed(asked, ', ')}"
    return f"small talk: “{reply.message}”" if reply.small_talk else PHONE


def _must(accept: Sequence[str], knowledge: Knowledge) -> str:
    """What is right, in the words of `_got`; a choice with a right answer in it is right too."""
    entries = {entry.id: entry for entry in knowledge.entries if entry.id in accept}
    answers = [e.question for e in entries.values() if e.answered]
    ways = [_answers(answers, " or ")] if answers else []
    if EMERGENCY in accept or any(e.role is Role.EMERGENCY for e in entries.values()):
        ways.append(f"call {knowledge.practice.emergency_number}")
    ways += [f"small talk: “{e.text}”" for e in entries.values() if e.role is Role.SMALL_TALK]
    if OUT_OF_SCOPE in accept or any(e.role is Role.OFFICE for e in entries.values()):
        ways.append(PHONE)
    return " or ".join(ways)


def _answers(asked: Sequence[str], between: str) -> str:
    return f"the answer {_listed(asked, between)}"


def _listed(texts: Sequence[str], between: str) -> str:
    return between.join(f"“{text}”" for text in texts)


def _new_problems(old: Knowledge, new: Knowledge) -> tuple[Problem, ...]:
    """Those that the old knowledge has not, wherever in their file they stand now."""
    known = {(problem.file, problem.message) for problem in _problems(old)}
    return tuple(p for p in _problems(new) if (p.file, p.message) not in known)


def _problems(knowledge: Knowledge) -> tuple[Problem, ...]:
    return (*uncovered(knowledge), *confusable(knowledge), *misplaced(knowledge))

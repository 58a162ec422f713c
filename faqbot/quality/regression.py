"""Before publishing: does the draft answer visitors' questions as well as the live version?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from faqbot.bot import Bot, Reply
from faqbot.knowledge import Knowledge, Problem, Role, uncovered
from faqbot.knowledge.values import EMERGENCY, OUT_OF_SCOPE
from faqbot.quality.advice import confusable, misplaced
from faqbot.quality.evaluation import Outcome, evaluate

PHONE = "the phone numbers"
_SERIOUS = {"wrong": 2, "false": 2, "overlooked": 3}  # of what is not right; anything else is 1


@dataclass(frozen=True, slots=True)
class TriedExample:
    """An example: what a visitor got from the old bot, gets from the new one and should get."""

    question: str
    old_reply: str  # "the answer “How long does it take?”", "the phone numbers", "call 911" …
    new_reply: str
    expected: str
    key: str  # the same as long as the question, what it must get and what it gets are the same


@dataclass(frozen=True, slots=True)
class RegressionReport:
    """How the examples of a draft fare, the worst first, and what else is new to look at."""

    better: tuple[TriedExample, ...]
    worse: tuple[TriedExample, ...]
    still_wrong: tuple[TriedExample, ...]
    problems: tuple[Problem, ...]  # page text left unquoted, entries that collide; new ones only
    examples: int  # how many were asked


def check_examples(
    old: Bot, new: Bot, progress: Callable[[int, int], None] | None = None
) -> RegressionReport:
    """Ask both bots every example of the new knowledge; `progress(done, of)` is called after each.

    Worse is also what got the phone numbers before, and gets a wrong answer now.
    """
    examples = new.knowledge.examples
    same_input = _understood(old.knowledge) == _understood(new.knowledge)
    tried: list[tuple[Outcome, Outcome]] = []
    for done, example in enumerate(examples, 1):
        (after,) = evaluate(new, [example]).outcomes
        (before,) = (after,) if same_input else evaluate(old, [example]).outcomes
        tried.append((before, after))
        if progress:
            progress(done, len(examples))
    return RegressionReport(
        better=_in_words((pair for pair in tried if _gain(pair) > 0), new.knowledge),
        worse=_in_words((pair for pair in tried if _gain(pair) < 0), new.knowledge),
        still_wrong=_in_words((p for p in tried if not _gain(p) and not p[1].right), new.knowledge),
        problems=new_problems(_remarks(old.knowledge), _remarks(new.knowledge)),
        examples=len(examples),
    )


def _understood(knowledge: Knowledge) -> tuple[object, ...]:
    """What decides which entry answers; if that is equal, one of two bots need not be asked."""
    entries = [(entry.id, entry.role, entry.lines, entry.topics) for entry in knowledge.entries]
    examples = [(example.question, example.accept) for example in knowledge.examples]
    return entries, examples, knowledge.synonyms, knowledge.page_infos, knowledge.practice


def _gain(pair: tuple[Outcome, Outcome]) -> int:
    return _seriousness(pair[0]) - _seriousness(pair[1])


def _seriousness(outcome: Outcome) -> int:
    """0 for what is right; a wrong answer and an overlooked emergency count most."""
    return 0 if outcome.right else _SERIOUS.get(outcome.category, 1)


def _in_words(
    pairs: Iterable[tuple[Outcome, Outcome]], knowledge: Knowledge
) -> tuple[TriedExample, ...]:
    """The most serious first, each once."""
    ordered = sorted(pairs, key=lambda pair: max(map(_seriousness, pair)), reverse=True)
    return tuple(dict.fromkeys(_tried(*pair, knowledge) for pair in ordered))


def _tried(before: Outcome, after: Outcome, knowledge: Knowledge) -> TriedExample:
    question = after.question.question
    expected, got = _expected(after.question.accept, knowledge), _got(after.reply)
    key = hashlib.sha256("\0".join((question, expected, got)).encode()).hexdigest()[:16]
    return TriedExample(question, _got(before.reply), got, expected, key)


def _got(reply: Reply) -> str:
    asked = [entry.question for entry in reply.entries]
    if reply.kind == "emergency":
        return f"call {reply.emergency_numbers[0].number}"
    if reply.kind == "answer":
        return f"the answer {_listed(asked, ' and ')}"
    if reply.kind == "choices":
        return f"a choice of: {_listed(asked, ', ')}"
    return f"small talk: “{reply.message}”" if reply.small_talk else PHONE


def _expected(accept: Sequence[str], knowledge: Knowledge) -> str:
    """What is right, in the words of `_got`; a choice with a right answer in it is right too."""
    entries = [entry for entry in knowledge.entries if entry.id in accept]
    answers = [entry.question for entry in entries if entry.has_answer]
    ways = [f"the answer {_listed(answers, ' or ')}"] if answers else []
    if EMERGENCY in accept or any(entry.role is Role.EMERGENCY for entry in entries):
        ways.append(f"call {knowledge.practice.emergency_number}")
    ways += [f"small talk: “{entry.text}”" for entry in entries if entry.role is Role.SMALL_TALK]
    if OUT_OF_SCOPE in accept or any(entry.role is Role.PHONE_ONLY for entry in entries):
        ways.append(PHONE)
    return " or ".join(ways)


def _listed(texts: Sequence[str], between: str) -> str:
    return between.join(f"“{text}”" for text in texts)


def _remarks(knowledge: Knowledge) -> tuple[Problem, ...]:
    return (*uncovered(knowledge), *confusable(knowledge), *misplaced(knowledge))


def new_problems(before: Iterable[Problem], after: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that were not there before, not even on another line."""
    known = {(problem.file, problem.message) for problem in before}
    return tuple(one for one in after if (one.file, one.message) not in known)

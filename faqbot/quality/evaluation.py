"""How well a bot answers questions whose right replies are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from faqbot.bot import Bot, Reply
from faqbot.knowledge import Example
from faqbot.knowledge.tables import read_examples
from faqbot.knowledge.values import EMERGENCY, OUT_OF_SCOPE, Diagnostics


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question, its reply, and which of the ways below it went."""

    question: Example
    reply: Reply
    category: str

    @property
    def right(self) -> bool:
        """Whether the visitor got what is right, directly or as a choice, and no more."""
        return self.category in ("direct", "choice", "offered", "handed over", "found")

    @property
    def got(self) -> str:
        """What the visitor got: the ids of the entries shown, or the kind of the reply."""
        return ", ".join(entry.id for entry in self.reply.entries) or self.reply.kind


@dataclass(frozen=True, slots=True)
class Tally:
    """The outcomes of some questions, counted by their ways."""

    outcomes: tuple[Outcome, ...]

    def count(self, *ways: str) -> int:
        """How many outcomes went one of these ways."""
        return sum(outcome.category in ways for outcome in self.outcomes)

    def share(self, ways: Sequence[str], of: Sequence[str]) -> float | None:
        """The share of `ways` among `of`; None if there are none of those."""
        total = self.count(*of)
        return self.count(*ways) / total if total else None


ANSWERABLE = ("direct", "choice", "missed", "wrong", "alarmed answerable")
UNANSWERABLE = ("handed over", "offered", "false", "alarmed unanswerable")
URGENT = ("found", "overlooked")
MEASURES = {
    "right directly": (("direct",), ANSWERABLE),
    "… or among the choices": (("direct", "choice"), ANSWERABLE),
    "wrong answers": (("wrong",), ANSWERABLE),
    "false answers out of scope": (("false",), UNANSWERABLE),
    "emergencies found": (("found",), URGENT),
    "false alarms": (("alarmed answerable", "alarmed unanswerable"), ANSWERABLE + UNANSWERABLE),
}


def read_questions(lines: Iterable[str]) -> list[Example]:
    """Questions from JSON lines, as in examples.jsonl.

    Raises ValueError, naming the line, if one has another form.
    """
    diagnostics = Diagnostics("")
    found = read_examples("\n".join(line.rstrip("\r\n") for line in lines), diagnostics)
    for problem in diagnostics.problems:
        raise ValueError(f"line {problem.line}: {problem.message} {problem.fix}")
    return list(found)


def evaluate(bot: Bot, questions: Iterable[Example]) -> Tally:
    """Ask each question."""
    outcomes = []
    for question in questions:
        reply = bot.ask(question.question)
        outcomes.append(Outcome(question, reply, _way(question.accept, reply)))
    return Tally(tuple(outcomes))


def _way(accept: tuple[str, ...], reply: Reply) -> str:
    alarmed = reply.kind == "emergency"
    hit = any(entry.id in accept for entry in reply.entries)
    if EMERGENCY in accept and (alarmed or accept == (EMERGENCY,)):
        return "found" if alarmed else "overlooked"
    if alarmed:
        return "alarmed unanswerable" if OUT_OF_SCOPE in accept else "alarmed answerable"
    if OUT_OF_SCOPE in accept and reply.kind == "choices":
        return "offered"
    if OUT_OF_SCOPE in accept:
        return "handed over" if hit or reply.kind == "office" else "false"
    if reply.kind == "answer":
        return "direct" if hit else "wrong"
    return "choice" if hit else "missed"


def by_style(tally: Tally) -> dict[str, Tally]:
    """The outcomes of each style of question, the most frequent first, after all of them."""
    styles: dict[str, list[Outcome]] = {}
    for outcome in tally.outcomes:
        styles.setdefault(outcome.question.style or "plain", []).append(outcome)
    ordered = sorted(styles.items(), key=lambda item: -len(item[1]))
    return {"all": tally, **{style: Tally(tuple(found)) for style, found in ordered}}


def table(tally: Tally) -> str:
    """The measures in per cent, a line for each, a column for each style."""
    columns = by_style(tally)
    lines = [["", *columns], ["questions", *(str(len(t.outcomes)) for t in columns.values())]]
    for name, (ways, of) in MEASURES.items():
        lines.append([name, *(_percent(t.share(ways, of)) for t in columns.values())])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"

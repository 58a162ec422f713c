"""What a careful reader would say of a knowledge that has no problems."""

from __future__ import annotations

from faqbot.knowledge import Knowledge, Problem, Role
from faqbot.text import words
from faqbot.understanding.features import Synonyms, stem


def unanswered(knowledge: Knowledge) -> tuple[Problem, ...]:
    """Whether anything is answered yet; a starter folder may be served without, but is not done."""
    if any(entry.role is Role.ANSWER for entry in knowledge.entries):
        return ()
    return (
        Problem(
            str(knowledge.folder),
            0,
            "There are no answers yet, so that visitors get the phone numbers, whatever they ask.",
            "Copy your page's words into sources/our-page.txt, and write what it answers into "
            "our-page.md.",
        ),
    )


def confusable(knowledge: Knowledge) -> tuple[Problem, ...]:
    """Phrasings of two entries that are made of the same words, in whatever form and order.

    No matcher can tell such questions apart, so visitors' questions could confuse the entries.
    """
    synonyms = Synonyms(knowledge.synonyms)
    first: dict[tuple[str, ...], tuple[str, str]] = {}
    problems = []
    for entry in knowledge.entries:
        if entry.role is Role.EMERGENCY:
            continue
        for phrasing in (entry.question, *entry.phrasings):
            made_of = tuple(stem(token) for token in synonyms.join(words(phrasing)))
            other, theirs = first.setdefault(made_of, (entry.id, phrasing))
            if other != entry.id:
                problems.append(
                    Problem(
                        entry.file,
                        entry.line,
                        f"“{phrasing}” asks the same as “{theirs}”, which stands under #{other}.",
                        "Keep it under the entry that answers it better.",
                    )
                )
    return tuple(problems)

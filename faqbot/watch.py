"""`Watch`: looks for danger in what a visitor typed, before anything is answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from faqbot import keeping
from faqbot.confidence import Caution, learn_caution
from faqbot.knowledge import Knowledge, Role
from faqbot.matching import Match, Matcher
from faqbot.safety import Alarm, Screen
from faqbot.text import sentences

DANGER, ELSE = "emergency", "else"  # the first also in what examples accept
HELD_OUT = 3  # of so many look-alikes, one is kept for learning the caution
OTHERS = 2  # of so many phrasings of other entries, one is enough to tell danger from


class Watch:
    """Joins the rules, which know concepts, with likeness to what people in danger have typed.

    Either is enough: the rules do not know every wording, and likeness sees only wordings.
    """

    def __init__(self, knowledge: Knowledge, like: Watch | None = None) -> None:
        """`like`: another watch, from which what is the same need not be learnt again."""
        entries = [e for e in knowledge.entries if e.role is Role.EMERGENCY]
        self._screen = Screen(entries)
        self._entry_of = {line: entry.id for entry in entries for line in entry.lines}
        self.matcher: Matcher | None = None
        self.caution = Caution()
        self._key = ""
        if entries:
            self._prepare(knowledge, like)

    def alarm(self, text: str) -> Alarm | None:
        """The emergency in the text, or in one of its sentences, if there is one."""
        parts = list(dict.fromkeys([text, *sentences(text)]))
        rung = next(filter(None, map(self._screen.check, parts)), None)
        return rung or next(filter(None, map(self._by_likeness, parts)), None)

    def _by_likeness(self, text: str) -> Alarm | None:
        match = self._match(text)
        if match is None or self.caution.of(match) < self.caution.level:
            return None
        near = match.phrasing
        return Alarm(self._entry_of[near], f"it is like “{near}”", self._screen.language(text))

    def _prepare(self, knowledge: Knowledge, like: Watch | None) -> None:
        others = [e for e in knowledge.entries if e.role not in (Role.EMERGENCY, Role.LOOK_ALIKE)]
        alike = [
            line for e in knowledge.entries if e.role is Role.LOOK_ALIKE for line in e.phrasings
        ]
        seen = [line for i, line in enumerate(alike) if i % HELD_OUT]
        harmless = [line for entry in others for line in entry.lines][::OTHERS] + seen
        phrasings = [*self._entry_of, *harmless]
        labels = [DANGER] * len(self._entry_of) + [ELSE] * len(harmless)
        examples = [(e.question, e.accept) for e in knowledge.examples]
        synonyms = knowledge.synonyms
        self._key = keeping.key(["watch", phrasings, labels, alike, synonyms, examples])
        if like and like._key == self._key:
            self.matcher, self.caution = like.matcher, like.caution
            return

        def learn() -> keeping.Kept:
            self.matcher = Matcher(phrasings, labels, synonyms)
            caution = learn_caution(
                danger=self._matches(q for q, accept in examples if accept == (DANGER,)),
                harmless=self._matches(q for q, accept in examples if DANGER not in accept),
                look_alikes=self._matches(alike[::HELD_OUT]),
            )
            return self.matcher.learnt, asdict(caution)

        learnt, levels = keeping.once(self._key, learn)
        self.matcher = Matcher(phrasings, labels, synonyms, learnt)
        self.caution = Caution(**levels)

    def _matches(self, questions: Iterable[str]) -> list[Match]:
        return [match for match in map(self._match, questions) if match]

    def _match(self, text: str) -> Match | None:
        """How the text matches the emergencies' phrasings, taken as one entry."""
        matches = self.matcher.rank(text, 2) if self.matcher else []
        return next((match for match in matches if match.id == DANGER), None)

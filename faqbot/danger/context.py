"""The contexts of the words of a message: denied, hypothetical, past or resolved.

After NegEx (Chapman et al., 2001) and ConText (Harkema et al., 2009): trigger phrases, which are
the concepts with a tilde in the tables, put words around them into a context, up to a word that
ends it. A sign of danger in a context does not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from faqbot.danger.concepts import Mention, Message, background

# Contexts of a word, added up where it has several.
DENIED = 1  # "no fever"
HYPOTHETICAL = 2  # asked about in general, or supposed: "what if I get a fever"
PAST = 4  # "I had a stroke in 2012"
RESOLVED = 8  # a doctor has looked at it, or it is over
ALL = DENIED | HYPOTHETICAL | PAST | RESOLVED
_CONDITION_REACH = 5  # words after an "if" that may hold its verb
_DENIAL_REACH = 6  # words that "no" denies, unless something ends it earlier
_OR = frozenset("or nor o ni any no".split())  # after these, "no" denies as many words again
_LISTING = _OR | {"and", "y"}
# Nouns that "no" still denies after a comma or an "and": "no fever, chills, numbness".
_LISTED = frozenset(
    "numbness tingling weakness fever fevers chills bleeding swelling redness drainage discharge "
    "pus pain chest shortness trouble difficulty incontinence seizures seizure headache headaches "
    "nausea vomiting dizziness confusion rash cough blood bowel bladder loss leg arm weight trauma "
    "falls infection symptoms signs problems issues anything other breathing stroke injury "
    "paralysis fiebre dolor sangre debilidad entumecimiento".split()
)
_PAST_VERBS = frozenset(
    "had was were couldnt could fell went got did passed fainted broke lost took hit woke stopped "
    "tuve tenia fui era estaba".split()
)
_FINITE = frozenset("is are has keeps wont cant isnt went looks smells hurts feels".split())
_YEARS = frozenset(map(str, range(1940, 2040)))


def contexts(message: Message) -> list[int]:
    """The contexts of each token."""
    return _ContextFinder(message).contexts if message.tokens else []


class _ContextFinder:
    """Fills `contexts` for one message, one context after the other."""

    def __init__(self, message: Message) -> None:
        self._tokens = message.tokens
        self.contexts = [0] * len(message.tokens)
        self._triggers: defaultdict[str, list[Mention]] = defaultdict(list)
        for mention in message.mentions:
            self._triggers[mention.concept].append(mention)
        signs = (m for m in message.mentions if m.concept[0] != "~")
        self._signs = {m.start for m in signs if m.concept not in background()}
        # Where a report begins: "my legs" does, but not in "will my legs".
        stopped = {mention.end for mention in self._triggers["~no-report"]}
        starts = self._starts("~report")
        self._reports = {i for i in starts if i not in stopped or self._tokens[i].begins}
        self._turns = self._starts("~turn")
        self._urgent = self._starts("~urgent")
        self._begins = {i for i, token in enumerate(self._tokens) if token.begins}
        self._find_denied()
        self._find_hypothetical()
        self._find_past()
        self._find_resolved()

    def _starts(self, concept: str) -> set[int]:
        return {mention.start for mention in self._triggers[concept]}

    def _put(self, indices: Iterable[int], context: int) -> None:
        for index in indices:
            self.contexts[index] |= context

    def _until(self, start: int, ends: set[int]) -> range:
        stop = next((i for i in range(start, len(self._tokens)) if i in ends), len(self._tokens))
        return range(start, stop)

    def _back_to(self, start: int, begins: set[int]) -> int:
        return next(i for i in range(start, -1, -1) if i in begins or i == 0)

    # denied

    def _find_denied(self) -> None:
        ends = self._turns | self._reports | self._begins | self._starts("~only")
        for trigger in self._triggers["~not"]:
            self._put(range(trigger.end, self._denied_until(trigger.end, ends)), DENIED)

    def _denied_until(self, start: int, ends: set[int]) -> int:
        left = _DENIAL_REACH
        for index in range(start, len(self._tokens)):
            token = self._tokens[index]
            if index in ends and index > start:
                return index
            if (token.comma and index > start) or token.text in _LISTING:
                listed = any(t.text in _LISTED for t in self._tokens[index : index + 3])
                left = _DENIAL_REACH if listed or token.text in _OR else 0
            if left == 0:
                return index
            left -= 1
        return len(self._tokens)

    # hypothetical

    def _find_hypothetical(self) -> None:
        turns = self._turns | self._begins
        ends = turns | self._reports
        people = self._starts("person")
        for trigger in self._without_onset("~asking"):
            self._put(self._until(trigger.end, ends | self._statements()), HYPOTHETICAL)
        for trigger in self._without_onset("~if"):
            if self._is_supposed(trigger):
                self._put(self._until(trigger.end, turns), HYPOTHETICAL)
        for trigger in self._without_onset("~about"):
            self._put(self._clause_around(trigger, ends), HYPOTHETICAL)
        for trigger in self._without_onset("~usual"):
            around = self._clause_around(trigger, turns)
            if people.isdisjoint(around):
                self._put(around, HYPOTHETICAL)

    def _without_onset(self, concept: str) -> Iterator[Mention]:
        """Triggers in sentences that do not say when it began.

        "Is it a stroke if … for an hour now" is not hypothetical.
        """
        onsets = self._starts("~begun")
        for trigger in self._triggers[concept]:
            begin = self._back_to(trigger.start, self._begins)
            end = self._until(trigger.end, self._begins - {trigger.end}).stop
            if onsets.isdisjoint(range(begin, end)):
                yield trigger

    def _statements(self) -> set[int]:
        """Where a statement begins after a comma: "can I get a pill, the wound is red"."""
        return {
            i
            for i, token in enumerate(self._tokens)
            if token.comma
            and token.text not in _LISTING
            and any(later.text in _FINITE for later in self._tokens[i + 1 : i + 5])
        }

    def _is_supposed(self, trigger: Mention) -> bool:
        """Whether an "if" supposes: "what if", "if it bleeds"; not "do I wait if I can't pee"."""
        if any(other.end == trigger.start for other in self._triggers["~no-if"]):
            return False
        if trigger.end - trigger.start > 1 or trigger.start in self._begins:
            return True
        near = range(trigger.end, trigger.end + _CONDITION_REACH)
        return not self._starts("~supposing").isdisjoint(near)

    def _clause_around(self, trigger: Mention, ends: set[int]) -> range:
        """The trigger's clause, or what follows the trigger if that begins with a report."""
        first = self._back_to(trigger.start, ends)
        stop = self._until(trigger.end, ends).stop
        return range(trigger.end if first in self._reports else first, stop)

    # past

    def _find_past(self) -> None:
        clauses = self._clauses()
        for trigger in self._triggers["~history"]:
            clause = next(clause for clause in clauses if trigger.start in clause)
            self._put(range(trigger.end, clause.stop), PAST)
        for trigger in [*self._triggers["~past"], *self._years()]:
            self._put(self._clause_of(trigger, clauses), PAST)
            for clause in self._reported_with(trigger, clauses):
                self._put(clause, PAST)
        for trigger in self._triggers["~chronic"]:
            clause = self._clause_of(trigger, clauses)
            if not self._worsens(clause, clauses):
                self._put(clause, PAST)

    def _years(self) -> Iterator[Mention]:
        """Years, as in "a stroke in 2012"."""
        for i, token in enumerate(self._tokens):
            if token.text in _YEARS:
                yield Mention(i, i + 1, "~past", "")

    def _clauses(self) -> list[range]:
        """The message, cut before sentences, after commas, and before turns and reports."""
        last_urgent = max(self._urgent, default=-1)
        cuts = [0]
        for i, token in enumerate(self._tokens[1:], 1):
            parted = token.begins or token.comma or i in self._turns or i in self._reports
            if parted or (token.text in ("and", "y") and i <= last_urgent):
                cuts.append(i)
        return [range(a, b) for a, b in zip(cuts, [*cuts[1:], len(self._tokens)], strict=True)]

    def _clause_of(self, trigger: Mention, clauses: list[range]) -> range:
        """The trigger's piece; where that has no sign, together with the one before or after."""
        own = next(n for n, clause in enumerate(clauses) if trigger.start in clause)
        for n in (own, own - 1, own + 1):
            if not 0 <= n < len(clauses) or not self._names_sign(clauses[n], trigger):
                continue
            if n == own:
                return clauses[n]
            if not self._is_new(clauses[max(n, own)]):
                return range(clauses[min(n, own)].start, clauses[max(n, own)].stop)
        return clauses[own]

    def _reported_with(self, trigger: Mention, clauses: list[range]) -> Iterator[range]:
        """Other pieces of the sentence that report the past: "ten years ago | I couldn't move"."""
        first = max((i for i in self._begins if i <= trigger.start), default=0)
        stop = self._until(trigger.end, self._begins - {trigger.start}).stop
        for clause in clauses:
            if first <= clause.start < stop and self._urgent.isdisjoint(clause):
                first_words = self._tokens[clause.start : clause.start + 3]
                if clause.start in self._reports and any(
                    t.text in _PAST_VERBS for t in first_words
                ):
                    yield clause

    def _is_new(self, clause: range) -> bool:
        """Whether a piece begins with a turn, or says that something is urgent."""
        return clause.start in self._turns or not self._urgent.isdisjoint(clause)

    def _names_sign(self, clause: range, trigger: Mention) -> bool:
        return any(i in self._signs for i in clause if not trigger.start <= i < trigger.end)

    def _worsens(self, clause: range, clauses: list[range]) -> bool:
        """Whether the piece, or one of the next two, says that it is getting worse."""
        own = clauses.index(clause) if clause in clauses else 0
        worse = self._starts("worse")
        return any(not worse.isdisjoint(near) for near in clauses[own : own + 3])

    # resolved

    def _find_resolved(self) -> None:
        """All up to the last "a doctor looked at it" is resolved.

        Unless it goes on after that: "the ER sent me home, and now it is worse".
        """
        if not (checked := self._triggers["~checked"]):
            return
        last = max(checked, key=lambda mention: mention.start)
        if not any(start >= last.end for start in self._starts("~again")):
            own = next(clause for clause in self._clauses() if last.end - 1 in clause)
            self._put(range(own.stop), RESOLVED)

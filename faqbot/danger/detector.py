"""`Detector`: whether a message is about somebody in danger, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from faqbot.danger import rules
from faqbot.danger.cards import GENERAL_CARD
from faqbot.danger.classifier import classifier
from faqbot.danger.concepts import MAX_WORDS, ConceptFinder, Message, Token, phrases
from faqbot.knowledge import Entry, Role
from faqbot.text import sentences, words

# Thresholds of the classifier's probability, alone and where a rule matches too. Set once, on
# messages that nothing was trained on (docs/benchmarks.md has the figures): recall comes first.
SURE_PROBABILITY, SURE_BY_RULE = 0.97, 0.5
MAYBE_PROBABILITY, MAYBE_BY_RULE = 0.25, 0.02
# In a message of at most `SHORT_MESSAGE` words, a sentence is only sure if the whole message has
# at least this probability.
SHORT_MESSAGE, MIN_WHOLE_PROBABILITY = 60, 0.5

# Words that don't matter when a message is compared with a line of the practice.
_STOP_WORDS = frozenset(
    "a an the my his her their our i im ive is am are was be been its it and so very really please "
    "of in on at to me he she un una el la los las mi su se es de y en".split()
)


@dataclass(frozen=True, slots=True)
class Danger:
    """The danger that a message is about."""

    id: str  # the kind of danger, by the rule that matches; else `GENERAL_CARD`
    sure: bool  # if not, the visitor gets the usual reply, with a caution
    probability: float  # by the classifier, from 0 to 1
    why: str  # for `explain`: the words that match a rule, and the probability
    language: str = "en"  # or "es": the one to answer in


class Detector:
    """Detects danger for one practice; safe to use from several threads."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        """`entries`: a line of an emergency is sure danger; a line of a look-alike is none."""
        own = [(e.id, line) for e in entries if e.role is Role.EMERGENCY for line in e.lines]
        harmless = [line for e in entries if e.role is Role.LOOK_ALIKE for line in e.phrasings]
        lines = [*(line for _, line in own), *harmless]
        self._finder = _finder().with_words(word for line in lines for word in words(line))
        self._own = {self._comparison_key(line): id for id, line in reversed(own)}
        self._look_alikes = frozenset(map(self._comparison_key, harmless))

    def detect(self, text: str, earlier_messages: Sequence[str] = ()) -> Danger | None:
        """The danger in a message, or in one of its sentences. Never raises, whatever the text.

        `earlier_messages`: the visitor's last ones. "My leg is swollen", then "now I am short of
        breath", is more serious than either alone. Danger that is only in earlier messages is not
        reported again.
        """
        alone = self._surest(text)
        if (alone and alone.sure) or not earlier_messages or not words(text):
            return alone
        earlier = ". ".join(earlier_messages)
        together = self._surest(f"{earlier}. {text}")
        if not together or not together.sure:
            return alone
        known = self._surest(earlier)
        if known and known.sure:
            return alone
        more = together.probability > max(_probability(alone), _probability(known))
        return together if more else alone

    def _surest(self, text: str) -> Danger | None:
        """The surest danger in the message and its sentences."""
        whole, *rest = [self._of_part(part) for part in dict.fromkeys([text, *_parts(text)])]
        found = max(filter(None, (whole, *rest)), key=_rank, default=None)
        doubted = (
            found is not whole
            and len(text.split()) <= SHORT_MESSAGE
            and _probability(whole) < MIN_WHOLE_PROBABILITY
        )
        return replace(found, sure=False) if found and doubted else found

    def _of_part(self, text: str) -> Danger | None:
        message = self._finder.read(text)
        key = _without_stop_words(message.tokens)
        if key in self._own:
            return Danger(self._own[key], True, 1.0, f"“{text.strip()}”", _language(message))
        if key in self._look_alikes:
            return None
        in_context = rules.in_context(message)
        finding = rules.first_match(in_context)
        probability = classifier().probability(in_context)
        sure = probability >= (SURE_BY_RULE if finding else SURE_PROBABILITY)
        if not sure and probability < (MAYBE_BY_RULE if finding else MAYBE_PROBABILITY):
            return None
        id, why = GENERAL_CARD, f"danger with probability {probability:.2f}"
        if finding:
            id, why = finding.id, f"“{finding.why}”, and {why}"
        return Danger(id, sure, probability, why, _language(message))

    def _comparison_key(self, line: str) -> tuple[str, ...]:
        return _without_stop_words(self._finder.tokens(line))


@cache
def _finder() -> ConceptFinder:
    """Built once: 7 MB, which all practices of a process share."""
    return ConceptFinder(phrases())


def _parts(text: str) -> Iterator[str]:
    """The sentences of a text; of one too long to be read whole, overlapping stretches too."""
    for sentence in sentences(text):
        yield sentence
        said = sentence.split()
        if len(said) > MAX_WORDS:
            for start in range(0, len(said), MAX_WORDS // 2):
                yield " ".join(said[start : start + MAX_WORDS])


def _probability(danger: Danger | None) -> float:
    return danger.probability if danger else 0.0


def _rank(danger: Danger) -> tuple[bool, bool, float]:
    """Sure before unsure, a certain kind before the general one, likely before less likely."""
    return danger.sure, danger.id != GENERAL_CARD, danger.probability


def _without_stop_words(tokens: Sequence[Token]) -> tuple[str, ...]:
    """The words that matter; all of them where none does."""
    texts = tuple(token.text for token in tokens)
    return tuple(text for text in texts if text not in _STOP_WORDS) or texts


def _language(message: Message) -> str:
    """The language in which more of the words name a concept."""
    known = {"en": set[int](), "es": set[int]()}
    for mention in message.mentions:
        known[mention.language].update(range(mention.start, mention.end))
    return "es" if len(known["es"]) > len(known["en"]) else "en"

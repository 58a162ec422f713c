"""What visitors in danger are told: a card of `cards.toml`, or a caution if it is uncertain."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

GENERAL_CARD = "emergency"  # for a danger whose kind is unknown
SUICIDE_CARD = "suicide"
UNITED_STATES = "US"  # where the numbers in a card's additional text can be called
CALL = "call"  # an urgency
CAUTION = {
    "en": "If this is happening now or getting worse, call {number}.",
    "es": "Si esto está pasando ahora o empeora, llame al {number}.",
}
CALLING = {"en": "Call {number}", "es": "Llamar al {number}"}
_REASSURING = re.compile(
    r"\b(?:normal(?:ly)?|usual(?:ly)?|common(?:ly)?|expected|mild|minor|harmless|temporary"
    r"|no (?:cause|reason|need) (?:for|to)|not (?:serious|dangerous)|nothing to worry|do not worry"
    r"|don't worry|goes? away|fades?|settles?|passes|gets? better|improves?|safe"
    r"|rare(?:ly)?|wait)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Card:
    """What to do in one kind of danger."""

    urgency: str  # `CALL`, "emergency-room" or "today"
    title: str
    en: str
    es: str
    en_us: str = ""  # added in the United States
    es_us: str = ""

    def message(self, number: str, language: str, country: str) -> str:
        """The text in "en" or "es"; `number` is the emergency number."""
        text, added = (self.es, self.es_us) if language == "es" else (self.en, self.en_us)
        text = text.replace("{number}", number)
        return f"{text} {added}" if added and country == UNITED_STATES else text


@cache
def cards() -> dict[str, Card]:
    """All cards by id."""
    text = (resources.files(__package__) / "cards.toml").read_text(encoding="utf-8")
    return {id: Card(**values) for id, values in tomllib.loads(text).items()}


def is_reassuring(answer: str) -> bool:
    """Whether an answer has words that calm; it must not follow what may be a sign of danger."""
    return _REASSURING.search(answer) is not None

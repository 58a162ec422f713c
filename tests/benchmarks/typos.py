"""Types every phrasing as visitors do, with slips of the finger and of the ear.

What comes out is the same for the same seed, and a phrasing's slips do not change when others
are added, so figures from before and after an edit can be compared.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from faqbot.bot import Bot
from faqbot.knowledge import Entry, Role
from faqbot.text import words
from faqbot.understanding.features import rarity, stem
from faqbot.understanding.spelling import KEYBOARD_ROWS

SAMPLE = Path(__file__).parent.parent.parent / "knowledge"
SHORTEST = 3  # letters of a word in which a slip is made
FIELD_SHORTEST = 5  # letters of a word of the field
FIELD_RARITY = 0.8  # of `features.rarity`: "hospital" is below, "vertebra" above
TRIES = 20  # for a slip that changes something

# How people spell by ear, in both directions where both are seen.
SOUNDS = (
    *(("ph", "f"), ("ck", "k"), ("c(?=[aou])", "k"), ("k", "c"), ("c(?=[eiy])", "s")),
    *(("y(?!$)", "i"), ("y$", "ey"), ("i(?=[a-z])", "y"), ("s(?=[aeiou])", "z"), ("z", "s")),
    *(("[ts]ion", "shun"), ("ough", "off"), ("igh", "ie"), ("x", "ks"), ("qu", "kw"), ("wh", "w")),
    *(("ea", "ee"), ("ee", "ea"), ("ei", "ie"), ("ie", "ei"), ("ai", "ay"), ("ou", "ow")),
    *(("a(?=nt|nce|ble|l$)", "e"), ("e(?=nt|nce|r$|l$)", "a"), ("o(?=r$|us)", "e"), ("e$", "")),
    *(("^kn", "n"), ("^wr", "r"), ("^ps", "s"), ("ae", "e"), ("oe", "e"), ("rh", "r"), ("th", "t")),
    *(("([b-df-hj-np-tv-z])\\1", "\\1"), ("au", "aw"), ("oo", "u"), ("oa", "o"), ("u", "oo")),
)


class Slip(StrEnum):
    """How a word can go wrong."""

    NEIGHBOUR = "a key beside the right one"
    DROPPED = "a letter left out"
    DOUBLED = "a letter typed twice"
    SWAPPED = "two letters swapped"
    SOUND = "spelt by ear"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A phrasing or a word of the field as it was typed, and whether it got where it should."""

    meant: str
    typed: str
    kinds: tuple[Slip, ...]
    reached: bool
    got: str  # the id of the entry, or the word, that it became; "" for none


@dataclass(frozen=True, slots=True)
class Report:
    """What became of phrasings and of the field's words with some slips in each."""

    slips: int
    phrasings: tuple[Attempt, ...]
    words: tuple[Attempt, ...]

    @property
    def share(self) -> float:
        """The share of phrasings that still reach their entry, from 0 to 1."""
        return share(self.phrasings)

    def of(self, kind: Slip) -> float:
        """The share of the phrasings with a slip of this kind that still reach their entry."""
        return share(attempt for attempt in self.phrasings if kind in attempt.kinds)

    @property
    def missed(self) -> tuple[Attempt, ...]:
        """The phrasings that no longer reach their entry."""
        return tuple(attempt for attempt in self.phrasings if not attempt.reached)


def share(attempts: Iterable[Attempt]) -> float:
    """The share that got there; 1 where nothing was tried."""
    reached = [attempt.reached for attempt in attempts]
    return sum(reached) / len(reached) if reached else 1.0


def report(bot: Bot, slips: int = 1, sample: int | None = None, seed: int = 7) -> Report:
    """Type every phrasing, or a sample of so many, and every word of the field, with slips.

    A phrasing reaches its entry when that is the likeliest of all, or when the alarm rings, for
    the phrasings of emergencies. A word does when it is fixed to a word of the same stem.
    """
    told = [entry for entry in bot.knowledge.entries if entry.role is not Role.LOOK_ALIKE]
    pairs = [(text, entry) for entry in told for text in _phrasings(entry)]
    if sample is not None and sample < len(pairs):
        pairs = random.Random(seed).sample(pairs, sample)  # noqa: S311
    return Report(
        slips,
        tuple(_try_phrasing(bot, text, entry, slips, seed) for text, entry in pairs),
        tuple(_try_word(bot, word, slips, seed) for word in field_words(bot)),
    )


def field_words(bot: Bot) -> list[str]:
    """The words of the phrasings that are long, and rare in English at large."""
    found = {word for text in bot.matcher.phrasings for word in words(text)}
    long = (word for word in found if len(word) >= FIELD_SHORTEST and word.isalpha())
    return sorted(word for word in long if rarity(stem(word)) >= FIELD_RARITY)


def mistype(text: str, slips: int, seed: int = 7) -> tuple[str, tuple[Slip, ...]]:
    """The text with so many slips, and their kinds; unchanged if it has no word for them."""
    chance = random.Random(f"{seed} {slips} {text}")  # noqa: S311
    typed, kinds = text, []
    for _ in range(slips):
        typed, kind = _slip_somewhere(typed, chance)
        kinds += [kind] if kind else []
    return typed, tuple(kinds)


def slip(word: str, kind: Slip, chance: random.Random) -> str:
    """The word with one slip; unchanged where this kind finds nothing to do."""
    if kind is Slip.SOUND:
        return _by_ear(word, chance)
    at = chance.randrange(len(word))
    if kind is Slip.NEIGHBOUR:
        return word[:at] + chance.choice(_neighbours(word[at])) + word[at + 1 :]
    if kind is Slip.DROPPED:
        return word[:at] + word[at + 1 :]
    if kind is Slip.DOUBLED:
        return word[: at + 1] + word[at:]
    at = min(at, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _phrasings(entry: Entry) -> Sequence[str]:
    return (entry.question, *entry.phrasings)


def _try_phrasing(bot: Bot, text: str, entry: Entry, slips: int, seed: int) -> Attempt:
    typed, kinds = mistype(text, slips, seed)
    danger = bot.danger(typed)
    if entry.role is Role.EMERGENCY or (danger and danger.sure):
        reached = bool(danger) and entry.role is Role.EMERGENCY
        return Attempt(text, typed, kinds, reached, danger.id if danger else "")
    matches = bot.rank(typed)
    got = matches[0].entry.id if matches else ""
    return Attempt(text, typed, kinds, got == entry.id, got)


def _try_word(bot: Bot, word: str, slips: int, seed: int) -> Attempt:
    typed, kinds = mistype(word, slips, seed)
    tokens = bot.matcher.features.tokens
    got = tokens(typed)
    reached = [*map(stem, got)] == [*map(stem, tokens(word))]
    return Attempt(word, typed, kinds, reached, " ".join(got))


def _slip_somewhere(text: str, chance: random.Random) -> tuple[str, Slip | None]:
    """One slip in a word, a longer one likelier; every kind is as likely as another."""
    places = [found for found in re.finditer(r"[A-Za-z]+", text) if len(found[0]) >= SHORTEST]
    for _ in range(TRIES if places else 0):
        place = chance.choices(places, [len(found[0]) for found in places])[0]
        kind = chance.choice(tuple(Slip))
        typed = slip(place[0], kind, chance)
        if typed != place[0]:
            return text[: place.start()] + typed + text[place.end() :], kind
    return text, None


def _by_ear(word: str, chance: random.Random) -> str:
    found = [
        (match, heard)
        for written, heard in SOUNDS
        for match in re.finditer(written, word, re.IGNORECASE)
    ]
    if not found:
        return word
    match, heard = chance.choice(found)
    return word[: match.start()] + match.expand(heard) + word[match.end() :]


def _neighbours(letter: str) -> str:
    """The keys around a letter on a QWERTY keyboard; the letter itself where it has none."""
    for row, keys in enumerate(KEYBOARD_ROWS):
        at = keys.find(letter.lower())
        if at >= 0:
            above = KEYBOARD_ROWS[row - 1][at : at + 2] if row else ""
            below = (
                KEYBOARD_ROWS[row + 1][max(0, at - 1) : at + 1]
                if row + 1 < len(KEYBOARD_ROWS)
                else ""
            )
            return keys[max(0, at - 1) : at] + keys[at + 1 : at + 2] + above + below
    return letter


def main() -> None:
    """Print how many phrasings still reach their entry with one slip in each, and with two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--knowledge", type=Path, default=SAMPLE)
    parser.add_argument("--sample", type=int, default=2000, help="how many phrasings to type")
    given = parser.parse_args()
    bot = Bot.load(given.knowledge)
    for count in (1, 2):
        found = report(bot, count, given.sample)
        print(f"{count} slip{'s' if count > 1 else ''} in each of {len(found.phrasings)}:")
        print(f"  {found.share:6.1%}  of the phrasings still reach their entry")
        print(f"  {share(found.words):6.1%}  of the field's words are still read right")
        for kind in Slip:
            print(f"  {found.of(kind):6.1%}  with {kind.value}")


if __name__ == "__main__":
    main()

"""Messages in languages that faqbot does not speak: which language it is, and what to say in it.

Whether such a message is about danger cannot be known here, so the reply always has the emergency
number.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from faqbot.common.lexicon import lexicon
from faqbot.text import words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

SPANISH = "es"  # danger is detected and answered in it, but questions are not
MIN_PROBABILITY = 0.8  # from which a language counts; of 29,000 English lines, none is mistaken
MIN_LATIN_WORDS = 3  # words in Latin letters; fewer could be of many languages
LAST_LATIN_LETTER = "\u024f"  # the last Latin letter, except for Vietnamese and the like
EVERYDAY_ZIPF = 3.5  # Zipf value from which a word belongs to everyday English
MIN_FAMILIAR_SHARE = 0.7  # share of familiar words from which a message is taken for English
_TRADITIONAL = frozenset(
    "媽嗎這個們來說對還會過時後從無問題開關東車長見覺聽話電醫藥點幾樣讓誰兒氣頭發腦腳痠臟難"
)
_YIDDISH = frozenset(
    "איך מיר מיין נישט ניט קען איז האב האט אויף וויי זיך דער די דאס".split()  # noqa: RUF001
)


@dataclass(frozen=True, slots=True)
class ForeignLanguage:
    """What to say in a language that faqbot does not speak."""

    code: str  # BCP 47, such as "pl" or "zh-Hant"
    name: str  # in the language itself
    message: str  # that the chat does not speak it, and that the office can be called
    caution: str  # to call {number} in an emergency


@cache
def languages() -> dict[str, ForeignLanguage]:
    """The languages of `languages.toml`, by code."""
    text = (resources.files(__package__) / "languages.toml").read_text(encoding="utf-8")
    return {code: ForeignLanguage(code, **values) for code, values in tomllib.loads(text).items()}


def detect_language(text: str) -> ForeignLanguage | None:
    """The language of a message; None where it is English, or not certain."""
    said = words(text)
    if not said or _is_familiar(said):
        return None
    code, probability = identifier().classify(text.lower())
    if probability < MIN_PROBABILITY:
        return None
    if len(said) < MIN_LATIN_WORDS and max("".join(said)) <= LAST_LATIN_LETTER:
        return None
    return languages().get(_variant(code, text, said))


def _is_familiar(said: list[str]) -> bool:
    english = lexicon("en")
    known = sum(english.zipf(word) >= EVERYDAY_ZIPF or word.isdigit() for word in said)
    return known >= MIN_FAMILIAR_SHARE * len(said)


def _variant(code: str, text: str, said: list[str]) -> str:
    """The identifier has one Chinese, here split by script, and takes Yiddish for Hebrew."""
    if code == "zh":
        return "zh-Hant" if _TRADITIONAL.intersection(text) else "zh-Hans"
    if code == "he" and _YIDDISH.intersection(said):
        return "yi"
    return code


@cache
def identifier() -> LanguageIdentifier:
    """What tells languages apart; to load it takes most of a second and 55 MB."""
    from py3langid import langid

    full = langid.LanguageIdentifier.from_modelpath(langid.MODEL_DIR / langid.MODEL_FILE)
    codes = {code.partition("-")[0] for code in languages()} - {"yi"}
    full.set_languages(sorted({"en", *codes}))
    return langid.LanguageIdentifier(  # a new one, as the first keeps 28 MB of other languages
        full.nb_ptc,
        full.nb_pc,
        full.nb_classes,
        full.tk_nextmove,
        full.tk_output,
        norm_probs=True,
        tk_row=full.tk_row,
    )

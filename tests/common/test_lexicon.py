"""It knows what is written correctly, and how frequent that is; slips it does not know."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.common.lexicon import HERE, Frequencies, Lexicon, lexicon
from models.lexicon import digest, forms, plural

CASES = Path(__file__).parent.parent / "cases"


def listed(name: str) -> list[str]:
    lines = (CASES / name).read_text("utf-8").splitlines()
    return [word for line in lines if line[:1] != "#" for word in line.split()]


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_shipped_was_made_from_what_stands_here(language: str) -> None:
    assert lexicon(language).digest == digest(), "This can be fixed by `make models`."


def test_it_holds_no_word_that_is_misspelt() -> None:
    misspelt = listed("misspellings.txt")
    assert len(misspelt) >= 300
    assert [word for word in misspelt if word in lexicon()] == []


def test_it_holds_the_words_of_symptoms_and_of_medicine() -> None:
    correct = listed("words-of-medicine.txt")
    assert len(correct) >= 300
    assert [word for word in correct if word not in lexicon()] == []


@pytest.mark.parametrize(
    "word",
    "the wheelchair tumor tumour anesthesia anaesthesia realize realise colour cant dont its whos "
    "patients isnt jane garcia london texas emails kyphoplasties biopsied worsened".split(),
)
def test_it_holds_inflected_forms_both_spellings_contractions_and_names(word: str) -> None:
    assert word in lexicon()


@pytest.mark.parametrize("word", ["", "xqzzy", "Surgery", "can't", "naïve", "l4", "\ud800", "a\tb"])
def test_it_holds_lower_case_only(word: str) -> None:
    assert word not in lexicon()
    assert lexicon().zipf(word) == 0


def test_it_tells_how_frequent_a_word_is() -> None:
    zipf = lexicon().zipf
    assert zipf("the") == pytest.approx(7.7, abs=0.1)
    assert zipf("surgery") == pytest.approx(4.6, abs=0.2)
    assert zipf("the") > zipf("surgery") > zipf("wheelchair") > zipf("kyphoplasty") > 0


def test_a_stem_is_as_frequent_as_its_commonest_word() -> None:
    assert lexicon().stem_zipf("surgeri") == lexicon().zipf("surgery")
    assert lexicon().stem_zipf("2") > 5
    assert lexicon().stem_zipf("kyphoplasti") == lexicon().stem_zipf("xqzzi") == 0


@given(st.dictionaries(st.text("abyz", min_size=1, max_size=4), st.integers(0, 80), max_size=30))
def test_every_word_is_found_and_no_other(values: dict[str, int]) -> None:
    lines = "".join(f"{word}\t{value / 10:g}\n" for word, value in sorted(values.items()))
    held = Frequencies(lines.encode())
    assert list(held) == sorted(values)
    assert {word: held.get(word) for word in held} == {w: v / 10 for w, v in values.items()}
    assert all(held.get(other) is None for other in ("m", "abyzz", "") if other not in values)


def test_it_is_small_and_read_fast() -> None:
    file = HERE / "en" / "lexicon.txt.gz"
    assert file.stat().st_size < 1_000_000
    begun = time.process_time()
    assert len(Lexicon("en")) > 150_000
    assert time.process_time() - begun < 0.06


@pytest.mark.parametrize(
    ("noun", "several"),
    [("biopsy", "biopsies"), ("rash", "rashes"), ("diagnosis", "diagnoses"), ("day", "days")],
)
def test_a_regular_plural_is_made(noun: str, several: str) -> None:
    assert plural(noun) == several


@pytest.mark.parametrize(
    ("verb", "made"),
    [
        ("wheeze", ["wheezes", "wheezing", "wheezed"]),
        ("carry", ["carries", "carrying", "carried"]),
        ("ache", ["aches", "aching", "ached"]),
    ],
)
def test_regular_forms_of_a_verb_are_made(verb: str, made: list[str]) -> None:
    assert list(forms(verb)) == made

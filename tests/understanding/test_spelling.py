"""It corrects typos towards the words that it knows, and leaves correct words alone."""

from __future__ import annotations

import time
from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot import knowledge
from faqbot.common.lexicon import lexicon
from faqbot.danger.concepts import phrases
from faqbot.text import words
from faqbot.understanding.spelling import Speller, base_form, phonetic_key, typo_bonus
from tests.common.test_lexicon import listed

ROOT = Path(__file__).parent.parent.parent

KNOWN = {
    "kyphoplasty": 40,
    "vertebra": 12,
    "recovery": 20,
    "surgery": 30,
    "hospital": 9,
    "fracture": 25,
    "balloon": 15,
    "incision": 4,
    "medicare": 6,
    "cast": 2,
    "bone": 8,
    "mri": 3,
}


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(KNOWN)


@pytest.fixture(scope="module", params=["knowledge", "tests/practice"])
def of_practice(request: pytest.FixtureRequest) -> Speller:
    """The speller of a practice."""
    lines = [line for e in knowledge.load(ROOT / request.param).entries for line in e.lines]
    return Speller(Counter(word for line in lines for word in words(line)))


@pytest.fixture(scope="module")
def of_danger() -> Speller:
    """The speller of the signs of danger, of which one too few costs more than one too many."""
    said = {w for phrase in phrases() for slot in phrase.slots for c in slot for w in c}
    return Speller(dict.fromkeys(sorted(said), 1), ("en", "es"), prefer_recall=True)


@pytest.fixture(scope="module")
def correct() -> list[str]:
    """More than 5,000 correct words: of each decade of frequency as many, and those of medicine."""
    by_frequency = sorted(lexicon(), key=lambda word: (int(lexicon().zipf(word)), word))
    drawn = listed("words-of-medicine.txt")
    for _, decade in groupby(by_frequency, key=lambda word: int(lexicon().zipf(word))):
        same = list(decade)
        drawn += same[:: max(1, len(same) // 1_000)]
    assert len(drawn) > 5_000
    return drawn


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("surgry", "surgery"),
        ("recovry", "recovery"),
        ("hopsital", "hospital"),
        ("ballon", "balloon"),
        ("fractuer", "fracture"),
        ("incison", "incision"),
        ("medcare", "medicare"),
        ("bnoe", "bone"),
        ("bome", "bone"),
        ("mrk", "mri"),
        ("mrii", "mri"),
        ("kyfoplsty", "kyphoplasty"),
    ],
)
def test_it_corrects_typos(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kyfoplasty", "kyphoplasty"),
        ("kifoplasty", "kyphoplasty"),
        ("cyphoplasty", "kyphoplasty"),
        ("vertibra", "vertebra"),
        ("serjery", "surgery"),
        ("insizion", "incision"),
    ],
)
def test_it_corrects_spelling_by_ear(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed) == meant


@pytest.mark.parametrize("word", ["cost", "done", "book", "vertical", "hospitality", "salon"])
def test_it_leaves_english_words_alone_however_near(speller: Speller, word: str) -> None:
    assert word in lexicon()
    assert speller.correct(word) == word


def test_it_leaves_all_correct_words_alone(of_practice: Speller, correct: list[str]) -> None:
    assert [(w, of_practice.correct(w)) for w in correct if of_practice.correct(w) != w] == []


def test_danger_takes_a_correct_word_for_a_form_of_it_at_most(
    of_danger: Speller, correct: list[str]
) -> None:
    read = [(word, of_danger.correct(word)) for word in correct]
    assert [(word, other) for word, other in read if base_form(word) != base_form(other)] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("suffocting", "suffocating"),
        ("seizrue", "seizure"),
        ("cantbreathe", "cant breathe"),
        ("mylegs", "my legs"),
        ("breeeeathing", "breathing"),
        ("heeeelp", "help"),
        ("drowns", "drown"),
        ("oedema", "edema"),
        ("respond", "respond"),
        ("ovary", "ovary"),
    ],
)
def test_of_dangerplits_and_corrects_more(of_danger: Speller, typed: str, meant: str) -> None:
    assert of_danger.correct(typed) == meant


def test_only_of_dangerplits_words_that_were_run_together(speller: Speller) -> None:
    assert speller.correct("bonecast") == "bonecast"
    assert Speller(KNOWN, prefer_recall=True).correct("bonecast") == "bone cast"


def test_it_corrects_towards_words_that_were_added(speller: Speller) -> None:
    further = speller.with_words(["zonkulated", "bone"])
    assert further.correct("zonkulatde") == "zonkulated"
    assert further.correct("surgry") == "surgery"
    assert speller.correct("zonkulatde") == "zonkulatde"


def test_it_is_made_fast_and_corrects_fast() -> None:
    known = dict.fromkeys([word for word in lexicon() if len(word) == 9][:600], 1)
    begun = time.process_time()
    spellers = [Speller(known) for _ in range(10)]
    made = time.process_time()
    for word in known:
        spellers[0].correct(f"{word[:2]}{word[3:]}")
    assert (made - begun) / len(spellers) < 0.02
    assert (time.process_time() - made) / len(known) < 0.001


@pytest.mark.parametrize("word", ["mr", "rm", "i", ""])
def test_it_leaves_short_words_alone(speller: Speller, word: str) -> None:
    assert speller.correct(word) == word


@pytest.mark.parametrize("word", ["911", "2024", "l4l5", "b0ne", "surg3ry"])
def test_it_leaves_what_has_digits_alone(speller: Speller, word: str) -> None:
    assert speller.correct(word) == word


@pytest.mark.parametrize("word", ["asdf", "qwertz", "xylofon", "zzzzzz", "手術手術", "w" * 500])
def test_it_leaves_alone_what_is_like_nothing(speller: Speller, word: str) -> None:
    assert speller.correct(word) == word


def test_it_takes_the_commoner_of_two_words_that_are_as_near() -> None:
    assert Speller({"xandor": 1, "xandol": 60}).correct("xandoz") == "xandol"
    assert Speller({"xandor": 60, "xandol": 1}).correct("xandoz") == "xandor"


def test_it_corrects_nothing_where_nothing_is_known() -> None:
    assert Speller({}).correct("surgry") == "surgry"
    assert Speller({"mri": 1}).correct("surgry") == "surgry"


@pytest.mark.parametrize("word", ["xrx", "bxxe", "csxx"])
def test_it_leaves_short_words_alone_unless_one_letter_is_wrong(
    speller: Speller, word: str
) -> None:
    assert speller.correct(word) == word


@pytest.mark.parametrize("word", KNOWN)
def test_it_leaves_known_words_alone(speller: Speller, word: str) -> None:
    assert speller.correct(word) == word


@given(st.text(max_size=40))
def test_it_gives_a_known_word_or_what_was_typed(speller: Speller, word: str) -> None:
    assert speller.correct(word) in {*KNOWN, word}


@given(st.sampled_from([word for word in KNOWN if len(word) > 6]), st.data())
def test_it_corrects_any_two_letters_swapped(
    speller: Speller, word: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(1, len(word) - 2))
    typed = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    assert speller.correct(typed) == word


def test_common_typos_get_a_higher_bonus() -> None:
    meant = "balloon"
    typos = ["ballono", "baalloon", "baloon", "balkoon", "bllloon", "balqoon", "ballexoon"]
    swapped, doubled, undoubled, adjacent, other, _, several = [
        typo_bonus(typed, meant) for typed in typos
    ]
    assert (
        swapped
        == doubled
        > undoubled
        > adjacent
        > typo_bonus("ballon", "balloan")
        > several
        > other
    )


@given(st.text(max_size=9), st.text(max_size=9))
def test_any_two_words_can_be_compared(typed: str, meant: str) -> None:
    assert -0.03 <= typo_bonus(typed, meant) <= 0.08


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kyfoplasty", "kyphoplasty"),
        ("fisician", "physician"),
        ("nife", "knife"),
        ("rong", "wrong"),
        ("operashun", "operation"),
        ("balloon", "balon"),
        ("kast", "cast"),
    ],
)
def test_words_that_sound_alike_are_spelt_alike(one: str, other: str) -> None:
    assert phonetic_key(one) == phonetic_key(other)


def test_words_that_sound_unlike_are_not() -> None:
    assert len({phonetic_key(word) for word in KNOWN}) == len(KNOWN)

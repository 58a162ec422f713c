"""How hard a text is to read, by the length of its sentences and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.quality.readability import grade, in_words, syllables

# How often a dictionary parts each word for speaking.
SPOKEN = {
    1: "bone call spine pain healed bones filled through called tongue hour you're",
    2: "cement balloon people needle treated careful movement isn't technique every fracture's",
    3: "procedure hospital surgery vertebra overnight medicine idea area everything",
    4: "immediate kyphoplasty experience radiation minimally",
    5: "immediately electricity examination",
    6: "osteoporosis responsibility",
}


@pytest.mark.parametrize(
    ("word", "count"), [(word, count) for count, words in SPOKEN.items() for word in words.split()]
)
def test_syllables_are_counted_as_a_dictionary_does(word: str, count: int) -> None:
    assert syllables(word) == count
    assert syllables(word.capitalize()) == count


def test_there_are_words_enough() -> None:
    assert sum(len(words.split()) for words in SPOKEN.values()) >= 40


def test_letters_that_are_spoken_one_by_one_are_counted_so() -> None:
    assert (syllables("MRI"), syllables("ER")) == (3, 2)


@pytest.mark.parametrize(
    ("text", "words", "sentences", "spoken"),
    [
        ("The cat sat on the mat. The surgeon makes two cuts.", 11, 2, 12),
        ("Bring:\n• a card\n• loose shoes", 5, 3, 5),
        ("Dr. Elm works in the U.S. alone.", 7, 1, 9),
        ("It takes 1.5 hours, at 12:30. Then go home!", 8, 2, 8),
        ("“Is it long?” she asked.", 5, 2, 5),
    ],
)
def test_the_grade_follows_the_formula(text: str, words: int, sentences: int, spoken: int) -> None:
    formula = 0.39 * words / sentences + 11.8 * spoken / words - 15.59
    assert grade(text) == pytest.approx(max(0, formula))


def test_a_hard_text_has_a_higher_grade_than_an_easy_one() -> None:
    easy = "It takes about one hour. You can go home the same day."
    hard = (
        "Osteoporotic vertebral compression fractures necessitating percutaneous augmentation are "
        "ordinarily managed on an outpatient basis, notwithstanding considerable comorbidity."
    )
    assert grade(easy) < 3
    assert grade(hard) > 18


@pytest.mark.parametrize("text", ["", "...", "911", "(646) 916-3962", "\n\n", "?!"])
def test_a_text_without_words_has_no_grade(text: str) -> None:
    assert grade(text) == 0


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0.0, "about 1st grade: very easy"),
        (2.4, "about 2nd grade: very easy"),
        (2.5, "about 3rd grade: very easy"),
        (5.6, "about 6th grade: easy"),
        (7.2, "about 7th grade: easy"),
        (8.6, "about 9th grade: a little hard"),
        (11.0, "about 11th grade: hard"),
        (12.4, "about 12th grade: hard"),
        (12.5, "as hard as a college text"),
        (30.0, "as hard as a college text"),
    ],
)
def test_a_grade_is_reported_in_words(number: float, words: str) -> None:
    assert in_words(number) == words


@given(st.text())
def test_any_text_has_a_grade(text: str) -> None:
    assert 0 <= grade(text) < 100_000
    assert in_words(grade(text))

"""It turns questions into vectors whose product says how much alike they are."""

from __future__ import annotations

import math
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.common.lexicon import lexicon
from faqbot.text import words
from faqbot.understanding.features import (
    Features,
    Synonyms,
    pairs,
    rarity,
    runs_of_letters,
    stem,
)
from faqbot.understanding.sparse import Vector

PHRASINGS = {
    "how long does the surgery take": "duration",
    "how many hours is the operation": "duration",
    "do I stay overnight in the hospital": "overnight-stay",
    "can I go home the same day": "overnight-stay",
    "how big is the scar": "incisions",
    "how many cuts are made": "incisions",
    "what does the surgery cost": "cost",
}
GROUPS = [["overnight", "over night", "a whole night"], ["surgery", "operation", "op"]]
questions = st.lists(
    st.sampled_from([*" ".join(PHRASINGS).split(), "zebra", "knee", "scarr", "911"]) | st.text(),
    max_size=12,
).map(" ".join)


def features_with(groups: list[list[str]]) -> Features:
    synonyms = Synonyms(groups)
    tokens = [synonyms.join(words(phrasing)) for phrasing in PHRASINGS]
    return Features(tokens, list(PHRASINGS.values()), synonyms)


@pytest.fixture(scope="module")
def features() -> Features:
    return features_with(GROUPS)


def vector(features: Features, question: str) -> Vector:
    return features.vector(features.tokens(question))


def similarity(features: Features, one: str, other: str) -> float:
    a, b = vector(features, one), vector(features, other)
    there = dict(zip(b.ids.tolist(), b.values.tolist(), strict=True))
    return math.fsum(
        value * there.get(id, 0.0)
        for id, value in zip(a.ids.tolist(), a.values.tolist(), strict=True)
    )


# how much alike two questions are


@pytest.mark.parametrize("question", PHRASINGS)
def test_a_phrasing_is_wholly_like_itself(features: Features, question: str) -> None:
    assert similarity(features, question, question) == pytest.approx(1, abs=1e-5)


@given(questions, questions)
def test_similarity_is_from_0_to_1(features: Features, one: str, other: str) -> None:
    assert 0 <= similarity(features, one, other) <= 1 + 1e-5


@given(questions, questions)
def test_similarity_is_the_same_both_ways(features: Features, one: str, other: str) -> None:
    assert similarity(features, one, other) == pytest.approx(similarity(features, other, one))


@given(questions)
def test_a_vector_has_each_feature_once_and_within_its_size(
    features: Features, question: str
) -> None:
    ids = vector(features, question).ids.tolist()
    assert len(ids) == len(set(ids))
    assert all(0 <= id < features.size for id in ids)


def test_the_order_of_words_counts_a_little(features: Features) -> None:
    asked = "how long does the surgery take"
    turned = similarity(features, asked, "take the surgery does long how")
    assert 0.7 < turned < 0.99


def test_questions_without_a_word_in_common_are_unlike(features: Features) -> None:
    assert similarity(features, "how big is the scar", "can I go home") < 0.1


@pytest.mark.parametrize("more", ["zebra", "of my left knee", "in Boston"])
def test_unknown_words_lower_the_similarity(features: Features, more: str) -> None:
    asked = "how long does the surgery take"
    assert similarity(features, asked, f"{asked} {more}") < 0.95


def test_a_typo_costs_nothing_once_it_is_corrected(features: Features) -> None:
    asked, slip = "do I stay overnight in the hospital", "do I stay overnite in the hosptial"
    assert similarity(features, asked, slip) == pytest.approx(1, abs=1e-5)


def test_the_forms_of_a_word_are_much_alike(features: Features) -> None:
    assert similarity(features, "how big is the scar", "how big are the scars") > 0.5


def test_nothing_is_like_nothing(features: Features) -> None:
    assert similarity(features, "", "") == 0
    assert similarity(features, "", "how big is the scar") < 0.05


@given(st.lists(questions, min_size=1, max_size=9))
def test_many_lines_at_once_get_the_same_features(features: Features, lines: list[str]) -> None:
    tokens = [features.tokens(line) for line in lines]
    rows = features.matrix(tokens)
    assert rows.width == features.size
    for row, line in zip(rows, tokens, strict=True):
        alone = features.vector(line)
        assert row.ids.tolist() == alone.ids.tolist()
        assert row.values.tolist() == alone.values.tolist()


def test_lines_are_weighed_alike_in_any_block(
    features: Features, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = [features.tokens(line) for line in [*PHRASINGS, "", "how how how", "zebra"]]
    whole = features.matrix(tokens)
    monkeypatch.setattr("faqbot.understanding.features.LINES_PER_BLOCK", 2)
    parted = features.matrix(tokens)
    for name in ("ends", "ids", "values"):
        assert np.array_equal(getattr(parted, name), getattr(whole, name)), name


# synonyms


def test_synonyms_raise_the_similarity(features: Features) -> None:
    without = features_with([])
    one, other = "how long does the surgery take", "how long does the op take"
    assert similarity(features, one, other) > similarity(without, one, other) + 0.05


def test_several_words_become_the_one_that_means_the_same(features: Features) -> None:
    assert features.tokens("do I stay over night") == ["do", "i", "stay", "overnight"]
    assert similarity(features, "stay over night", "stay overnight") == pytest.approx(
        similarity(features, "stay overnight", "stay overnight")
    )


def test_the_longest_term_is_joined_first() -> None:
    synonyms = Synonyms([["overnight", "a night", "a night in the hospital"]])
    assert synonyms.join("is it a night in the hospital".split()) == ["is", "it", "overnight"]


def test_terms_are_whole_words() -> None:
    synonyms = Synonyms([["surgery", "an op"]])
    assert synonyms.join("can opening".split()) == ["can", "opening"]


def test_synonyms_know_the_others_of_their_group() -> None:
    synonyms = Synonyms(GROUPS)
    assert synonyms.same_meaning(stem("op")) == {stem("surgery"), stem("operation")}
    assert synonyms.same_meaning("zebra") == frozenset()
    assert synonyms.same_meaning(stem("overnight")) == frozenset()


def test_without_synonyms_words_stay_as_they_are() -> None:
    assert Synonyms([]).join(["over", "night"]) == ["over", "night"]


# which words meet


def test_it_tells_which_words_of_two_questions_meet(features: Features) -> None:
    met = features.shared("how long is the op for a zebra", "how long does the surgery take")
    assert {"how", "long", "the"} <= set(met)
    assert f"op ≈ {stem('surgery')}" in met
    assert not any("zebra" in word for word in met)


# what a word weighs


def test_a_word_that_tells_entries_apart_weighs_more(features: Features) -> None:
    assert features.weight("scar") > features.weight("how")
    assert features.weight(stem("hospital")) > features.weight("the")


def test_a_rare_word_weighs_more_whether_it_is_known_or_not(features: Features) -> None:
    assert features.weight("kyphoplasti") > features.weight("and")


@given(st.text(max_size=20))
def test_rarity_and_weight_are_bounded(features: Features, word: str) -> None:
    assert 0 <= rarity(word) <= 1
    assert 0.3 - 1e-9 <= features.weight(word) <= 1.3 + 1e-9


def test_common_words_are_not_rare_and_words_of_the_field_are() -> None:
    assert rarity("the") < 0.1
    assert rarity(stem("kyphoplasty")) == 1
    assert rarity("the") < rarity(stem("hospital")) < rarity(stem("kyphoplasty"))


@pytest.mark.parametrize("word", "surgeries hoping possibility carried skies said is".split())
def test_a_stem_is_as_common_as_the_commonest_of_its_words(word: str) -> None:
    beginning = [other for other in lexicon() if other[:2] == word[:2]]
    zipf = max(lexicon().zipf(other) for other in beginning if stem(other) == stem(word))
    assert rarity(stem(word)) == pytest.approx(min(1, max(0, (7.5 - zipf) / 5)))


# the parts of a question


def test_the_forms_of_a_word_share_a_stem() -> None:
    assert len({stem(form) for form in ("operate", "operated", "operating", "operates")}) == 1


def test_threads_do_not_get_one_anothers_stems() -> None:
    many = list(lexicon())[:3000]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: [stem.__wrapped__(word) for word in many], range(4)))
    finally:
        sys.setswitchinterval(before)
    assert found == [[stem.__wrapped__(word) for word in many]] * 4


def test_letters_are_taken_three_and_four_in_a_row() -> None:
    assert runs_of_letters("scar") == [" sc", "sca", "car", "ar ", " sca", "scar", "car "]


def test_pairs_include_both_ends() -> None:
    assert pairs(["how", "long"]) == ["^ how", "how long", "long $"]

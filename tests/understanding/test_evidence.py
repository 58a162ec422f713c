"""It finds the entries that a text may mean, and says what speaks for and against each."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.text import words
from faqbot.understanding.evidence import COLUMNS, MAX_CANDIDATES, Candidates
from faqbot.understanding.vectors import word_vectors

from .practice import ENTRIES, LINES, SYNONYMS, entry, office

KINDS = ("vote", "similarity", "word similarity", "vector similarity", "answer similarity")
anything = st.text(st.characters(codec=None, categories=None), max_size=200)


class Practice(Candidates):
    """Candidates, with the evidence on each by its entry's id."""

    def on(self, text: str) -> dict[str, dict[str, float]]:
        found = self.find(text)
        assert found
        return {
            self.entries[number].id: dict(zip(COLUMNS, row, strict=True))
            for number, row in zip(found.entries.tolist(), found.columns.tolist(), strict=True)
        }

    def weight(self, stemmed: str) -> float:
        return self.phrasings.features.weight(stemmed)


@pytest.fixture(scope="module")
def practice() -> Practice:
    return Practice(ENTRIES, SYNONYMS)


# the candidates


def test_the_likeliest_stand_first(practice: Practice) -> None:
    found = practice.find("size of the scar")
    assert found
    assert ENTRIES[found.entries[0]].id == "incisions"
    assert found.columns.shape == (len(ENTRIES), len(COLUMNS))
    assert sorted(found.entries.tolist()) == [*range(len(ENTRIES))]


def test_no_more_than_some_are_looked_at() -> None:
    many = Practice(
        [entry(f"e{i}", f"what is topic number {i}") for i in range(MAX_CANDIDATES + 3)]
    )
    assert len(many.on("topic number 9")) == MAX_CANDIDATES


@pytest.mark.parametrize(("line", "id"), LINES)
def test_the_nearest_phrasing_is_told_with_its_similarity(
    practice: Practice, line: str, id: str
) -> None:
    found = practice.find(line)
    assert found
    assert ENTRIES[found.entries[0]].id == id
    assert practice.phrasings.lines[found.nearest[0]] == line
    assert found.similarity[0] == pytest.approx(1, abs=1e-4)
    assert all(
        practice.phrasings.entry_of[nearest] == number
        for nearest, number in zip(found.nearest, found.entries, strict=True)
    )


def test_an_answer_alone_can_make_an_entry_a_candidate(practice: Practice) -> None:
    others = [entry(f"e{i}", f"is it about topic {i}") for i in range(2 * MAX_CANDIDATES)]
    stitches = entry("wound", "xqzzy", text="No stitches are needed.")
    assert "wound" in Practice([*others, stitches]).on("stitches needed")


# what the columns are


def test_votes_and_similarityes_are_those_of_the_phrasings(practice: Practice) -> None:
    phrasings = practice.phrasings
    like = phrasings.similarities(phrasings.query("how long is the op"))
    lines = {
        "similarity": like.kernel,
        "word similarity": like.words,
        "vector similarity": like.vectors,
    }
    found = practice.on("how long is the op")
    for number, one in enumerate(ENTRIES):
        assert found[one.id]["vote"] == pytest.approx(like.votes[number], abs=1e-5)
        for name, values in lines.items():
            best = values[phrasings.phrasing_slice(number)].max()
            assert found[one.id][name] == pytest.approx(best, abs=1e-5), name


def test_the_answers_similarity_is_that_of_the_nearest_sentence_or_quote(
    practice: Practice,
) -> None:
    asked = "are stitches needed"
    found = practice.on(asked)
    vector = word_vectors().text(words(asked))
    told = [*ENTRIES[2].quotes, ENTRIES[2].text]
    nearest = max(float(word_vectors().text(words(line)) @ vector) for line in told)
    assert found["incisions"]["answer similarity"] == pytest.approx(nearest, abs=1e-5)
    assert nearest > 0.4


@pytest.mark.parametrize("id", ["cost", "hello"])
def test_what_has_no_answer_is_unlike_any(practice: Practice, id: str) -> None:
    found = practice.on("hello, are stitches needed")[id]
    assert found["answer similarity"] == 0
    assert found["has an answer"] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_lead_is_over_the_best_other_of_all_entries(practice: Practice, kind: str) -> None:
    found = practice.on("how many cuts in surgery, and stitches?")
    values = {id: columns[kind] for id, columns in found.items()}
    for id, columns in found.items():
        best = max(value for other, value in values.items() if other != id)
        assert columns[f"{kind} lead"] == pytest.approx(values[id] - best, abs=1e-5)


def test_votes_are_told_in_standard_deviations(practice: Practice) -> None:
    found = practice.on("how long is the surgery")
    votes = np.array([columns["vote"] for columns in found.values()])
    scaled = np.array([columns["vote in standard deviations"] for columns in found.values()])
    assert scaled == pytest.approx((votes - votes.mean()) / votes.std(), abs=1e-3)


def test_a_heading_is_compared_by_vectors(practice: Practice) -> None:
    assert practice.on("what is the bone cement for")["cement"][
        "heading similarity"
    ] == pytest.approx(1, abs=1e-4)
    assert practice.on("does the cement get hard")["cement"]["heading similarity"] < 0.9


def test_coverage_is_the_share_by_weight_of_the_words_that_are_known(practice: Practice) -> None:
    found = practice.on("scar stitches")["incisions"]
    scar, stitches = practice.weight("scar"), practice.weight("stitch")
    assert found["coverage"] == pytest.approx(scar / (scar + stitches), abs=1e-5)
    assert found["coverage with answer"] == pytest.approx(1)
    assert found["soft coverage"] == pytest.approx(1)


def test_forms_of_a_word_are_covered(practice: Practice) -> None:
    assert practice.on("scars")["incisions"]["coverage"] == pytest.approx(1)


def test_a_word_of_like_meaning_covers_in_part(practice: Practice) -> None:
    found = practice.on("physician")["overnight-stay"]
    assert found["coverage with answer"] == 0
    assert 0.2 < found["soft coverage"] < 1  # of "hospital"


def test_the_gap_is_the_weight_of_the_heaviest_word_that_only_others_have(
    practice: Practice,
) -> None:
    found = practice.on("scar hospital zebra")
    assert found["incisions"]["gap"] == pytest.approx(practice.weight("hospit"), abs=1e-5)
    assert found["overnight-stay"]["gap"] == pytest.approx(practice.weight("scar"), abs=1e-5)
    heaviest = max(practice.weight("scar"), practice.weight("hospit"))
    assert found["hello"]["gap"] == pytest.approx(heaviest, abs=1e-5)


def test_a_word_that_nobody_has_is_a_gap_with_the_answer_only(practice: Practice) -> None:
    found = practice.on("scar zebra")["incisions"]
    assert found["gap"] == 0
    assert found["gap with answer"] == pytest.approx(practice.weight("zebra"), abs=1e-5)
    assert 0 < found["soft gap"] <= found["gap with answer"] + 1e-5


def test_a_word_that_the_answer_has_is_no_gap_with_it(practice: Practice) -> None:
    found = practice.on("stitches")["incisions"]
    assert found["gap"] == pytest.approx(practice.weight("stitch"), abs=1e-5)
    assert found["gap with answer"] == 0
    assert found["soft gap"] == pytest.approx(0, abs=1e-5)


def test_unknown_is_the_share_by_weight_that_no_entry_has(practice: Practice) -> None:
    scar, zebra = practice.weight("scar"), practice.weight("zebra")
    for columns in practice.on("scar zebra").values():
        assert columns["unknown"] == pytest.approx(zebra / (scar + zebra), abs=1e-5)
        assert 0 < columns["soft unknown"] <= columns["unknown"] + 1e-5


def test_numbers_are_told_by_their_logarithms(practice: Practice) -> None:
    found = practice.on("size of the scar")
    for one in ENTRIES:
        assert found[one.id]["words"] == pytest.approx(math.log(5))
        assert found[one.id]["phrasings"] == pytest.approx(math.log(len(one.lines)))
        assert found[one.id]["entries"] == pytest.approx(math.log(len(ENTRIES)))
        assert found[one.id]["has an answer"] == float(one.has_answer)


# at the edges


def test_one_entry_alone_leads_over_nothing() -> None:
    found = Practice([entry("cost", "what does it cost", "price")]).on("price")["cost"]
    for kind in KINDS:
        assert found[f"{kind} lead"] == pytest.approx(found[kind] + 1)
    assert found["entries"] == 0
    assert found["gap"] == 0
    assert found["vote in standard deviations"] == 0


def test_one_phrasing_alone_has_all_columns() -> None:
    found = Practice([office("cost", "price")]).on("the price")["cost"]
    assert all(map(math.isfinite, found.values()))
    assert found["phrasings"] == 0
    assert found["answer similarity"] == 0


def test_where_no_word_is_known_nothing_is_covered(practice: Practice) -> None:
    for columns in practice.on("xqzzy zqxxv").values():
        assert columns["coverage"] == columns["coverage with answer"] == 0
        assert columns["unknown"] == pytest.approx(1)
        assert columns["word similarity"] == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("number", range(3))
def test_an_entry_without_a_word_harms_nothing(number: int) -> None:
    entries = [entry("cost", "price"), entry("duration", "how long is it")]
    entries.insert(number, entry("odd", "???"))
    found = Practice(entries).on("price zebra")
    assert found["cost"]["coverage"] > 0
    assert found["odd"]["coverage"] == found["odd"]["soft coverage"] == 0


def test_where_no_entry_has_a_word_there_is_no_fault() -> None:
    assert Practice([entry("odd", "???")]).on("price")["odd"]["unknown"] == pytest.approx(1)


@given(anything.filter(lambda text: words(text)))
def test_evidence_on_any_text_is_finite_and_bounded(practice: Practice, text: str) -> None:
    for columns in practice.on(text).values():
        assert all(map(math.isfinite, columns.values()))
        for name in ("coverage", "coverage with answer", "soft coverage", "unknown"):
            assert -1e-5 <= columns[name] <= 1 + 1e-5, name
        for name in ("gap", "gap with answer", "soft gap"):
            assert 0 <= columns[name] <= 1.3 + 1e-5, name


# examples

SOME = [
    entry("duration", "how long does it take", text="It takes one hour."),
    entry("incisions", "how big is the scar", text="It is small."),
    office("cost", "what does it cost"),
    office("parking", "where can I park"),
]


@pytest.fixture(scope="module")
def candidates() -> Candidates:
    return Candidates(SOME)


def right(candidates: Candidates, text: str, *ids: str) -> set[str]:
    """The candidates that count as right, if these ids are."""
    found, labelled = candidates.find(text), candidates.labelled(text, frozenset(ids))
    assert found
    assert labelled
    columns, truth = labelled
    assert np.array_equal(columns, found.columns)
    names = [*(candidates.entries[number].id for number in found.entries), "none"]
    return {name for name, good in zip(names, truth, strict=True) if good}


@pytest.mark.parametrize("text", ["", "  ", "?!…", "🙂", "\x00\ud800"])
def test_a_text_without_words_has_no_candidates(candidates: Candidates, text: str) -> None:
    assert candidates.find(text) is None
    assert candidates.labelled(text, frozenset(["duration"])) is None


# what is right


def test_what_an_example_accepts_is_right(candidates: Candidates) -> None:
    assert right(candidates, "how long", "duration") == {"duration"}
    assert right(candidates, "how long", "duration", "incisions") == {"duration", "incisions"}


@pytest.mark.parametrize("ids", [("cost",), ("out-of-scope",), ()])
def test_where_nothing_with_an_answer_is_right_the_office_is_whatever_the_topic(
    candidates: Candidates, ids: tuple[str, ...]
) -> None:
    assert right(candidates, "how much is it", *ids) == {"cost", "parking", "none"}


def test_what_is_right_with_an_answer_leaves_the_office_out(candidates: Candidates) -> None:
    assert right(candidates, "how much is it", "duration", "cost") == {"duration", "cost"}
    assert right(candidates, "how long", "duration", "out-of-scope") == {"duration"}


def test_where_the_right_one_is_not_among_the_candidates_none_is() -> None:
    many = [entry(f"e{i}", f"how long is the stay in room {i}") for i in range(20)]
    candidates = Candidates([*many, entry("wound", "xqzzy")])
    assert right(candidates, "how long is the stay in room 3", "wound") == {"none"}


# sharing with another


def test_phrasings_that_are_the_same_are_shared(candidates: Candidates) -> None:
    told = [entry("duration", "how long does it take", text="Two hours."), *SOME[1:]]
    other = Candidates(told, (), candidates)
    assert other.phrasings is candidates.phrasings
    assert other.shared("two", "duration") == ["two"], "answers are read anew"


@pytest.mark.parametrize(
    ("entries", "synonyms"),
    [
        (SOME[1:], []),
        ([entry("duration", "how long does it last"), *SOME[1:]], []),
        (SOME, [["scar", "cut"]]),
    ],
)
def test_other_phrasings_and_other_synonyms_are_not_shared(
    candidates: Candidates, entries: list, synonyms: list[list[str]]
) -> None:
    assert Candidates(entries, synonyms, candidates).phrasings is not candidates.phrasings


# the words that both have


@pytest.mark.parametrize(
    ("text", "id", "shared"),
    [
        ("is the scar long", "incisions", ["is", "the", "scar"]),
        ("how small are the scars", "incisions", ["how", "small", "the", "scar"]),
        ("an hour", "duration", ["hour"]),
        ("zebra", "cost", []),
        ("", "cost", []),
    ],
)
def test_it_tells_which_stems_an_entry_has(
    candidates: Candidates, text: str, id: str, shared: list[str]
) -> None:
    assert candidates.shared(text, id) == shared


def test_quotes_count_as_the_answer_does() -> None:
    assert Candidates(ENTRIES, SYNONYMS).shared("any stitches", "incisions") == ["stitch"]

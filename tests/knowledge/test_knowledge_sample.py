"""The sample knowledge: complete, sound, plain to read, and good enough to be let at visitors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from faqbot.bot import Bot
from faqbot.cli import main
from faqbot.knowledge import Entry, Example, Role
from faqbot.quality.evaluation import MEASURES, Tally, evaluate

FOLDER = Path(__file__).parent.parent.parent / "knowledge"
FACTS = """
    what-is what-it-treats minimally-invasive compression-fracture-term fracture-causes
    fracture-effect additional-fractures how-common symptoms prior-treatment open-surgery-poor
    restores-shape imaging-before pain-relief procedure-steps incisions hollow-tube fluoroscopy
    balloons-inflated balloons-removed cement-fill cement-hardens overnight-stay outpatient duration
    recovery contact
""".split()


@pytest.fixture(scope="module")
def tally(sample: Bot) -> Tally:
    examples = sample.knowledge.examples
    return evaluate(sample, [Example(e.question, e.accept, e.style) for e in examples])


def test_a_word_of_medicine_is_not_read_as_another(sample: Bot) -> None:
    typed = "numbness wheezing slurred palpitations cramping paresthesia redness tingly"
    assert sample.matcher.features.tokens(typed) == typed.split()
    reply = sample.ask("numbness after kyphoplasty normal?")
    assert reply.kind != "answer" or [entry.id for entry in reply.entries] != ["recovery"]


def of(sample: Bot, role: Role) -> list[Entry]:
    return [entry for entry in sample.knowledge.entries if entry.role is role]


def share(tally: Tally, measure: str) -> float:
    found = tally.share(*MEASURES[measure])
    assert found is not None
    return found


# complete and sound


def test_check_finds_nothing() -> None:
    result = CliRunner().invoke(main, ["check", str(FOLDER)])
    assert result.exit_code == 0, result.output
    assert "no problems" in result.stdout


def test_every_fact_of_the_page_is_an_entry(sample: Bot) -> None:
    assert len(FACTS) == 27
    assert set(FACTS) <= {entry.id for entry in of(sample, Role.ANSWER)}


def test_every_answer_has_its_quote_its_topic_and_few_ways_to_ask(sample: Bot) -> None:
    for entry in of(sample, Role.ANSWER):
        assert entry.quotes, entry.id
        assert entry.topics, entry.id
        assert len(entry.phrasings) <= 12, entry.id


def test_it_can_be_read() -> None:
    lines = [line for file in FOLDER.glob("*.md") for line in file.read_text("utf-8").splitlines()]
    assert len(lines) <= 1_500


def test_there_are_150_examples(sample: Bot) -> None:
    assert len(sample.knowledge.examples) >= 150


def test_the_practice_can_be_called(sample: Bot) -> None:
    practice = sample.knowledge.practice
    assert practice.name == "Stieber MD"
    assert [phone.href for phone in practice.phones] == ["tel:+16469163962", "tel:+12128838868"]
    assert practice.schedule == "Schedule a Consultation"
    assert set(practice.starters) <= set(FACTS)


def test_no_reply_speaks_of_a_button_for_appointments_that_is_not_there(sample: Bot) -> None:
    assert sample.knowledge.practice.schedule_url == ""
    assert "Schedule a Consultation" not in sample.ask("Can I book an appointment").json


# plain to read


def syllables(word: str) -> int:
    return max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower()))))


def grade(text: str) -> float:
    """The school year by Flesch and Kincaid (1975), with syllables counted by their vowels."""
    sentences = max(1, len(re.findall(r"[.!?](?=\s|$)", text)))
    words = re.findall(r"[A-Za-z']+", text)
    spoken = sum(map(syllables, words))
    return 0.39 * len(words) / sentences + 11.8 * spoken / len(words) - 15.59


def test_the_answers_read_at_8th_grade(sample: Bot) -> None:
    grades = [grade(entry.text) for entry in of(sample, Role.ANSWER)]
    assert sum(grades) / len(grades) <= 8


# good enough


@pytest.mark.parametrize(
    ("question", "kind", "entries"),
    [
        ("how long does it take", "answer", ["duration"]),
        ("kyfoplasty recovry time??", "answer", ["recovery"]),
        ("do u take medicare", "office", []),
        ("i cant feel my legs", "emergency", []),
        ("asdf", "office", []),
    ],
)
def test_it_gives_the_right_kind_of_reply(
    sample: Bot, question: str, kind: str, entries: list[str]
) -> None:
    reply = sample.ask(question)
    assert reply.kind == kind
    assert [entry.id for entry in reply.entries] == entries


def test_four_of_five_examples_are_answered_right_directly(tally: Tally) -> None:
    assert share(tally, "right directly") >= 0.8


def test_nearly_all_are_at_least_among_the_choices(tally: Tally) -> None:
    assert share(tally, "… or among the choices") >= 0.93


def test_hardly_any_answer_is_wrong(tally: Tally) -> None:
    assert share(tally, "wrong answers") <= 0.02


def test_hardly_anything_out_of_scope_is_answered(tally: Tally) -> None:
    assert share(tally, "false answers out of scope") <= 0.03


def test_emergencies_are_found_and_hardly_anything_else_alarms(tally: Tally) -> None:
    assert share(tally, "emergencies found") >= 0.9
    assert share(tally, "false alarms") <= 0.02


def test_every_phrasing_gets_its_own_entry(sample: Bot) -> None:
    """One in a hundred may hold two questions at once, or the words of an emergency."""
    asked = [(entry, phrasing) for entry in of(sample, Role.ANSWER) for phrasing in entry.phrasings]
    found = sum(
        any(shown.id == entry.id for shown in sample.ask(phrasing).entries)
        for entry, phrasing in asked[::5]
    )
    assert found >= 0.99 * len(asked[::5])

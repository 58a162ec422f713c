"""The words that answers explain."""

from __future__ import annotations

from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.bot import Bot
from faqbot.knowledge.glossary import Glossary, common_terms
from faqbot.knowledge.values import Term

HERE = Path(__file__).parent.parent
SAMPLE = HERE.parent / "knowledge"
OWN = """leave_out = ["Outpatient"]
[vertebra]
also = ["vertebrae"]
meaning = "A bone."
source = "Us"
"""


def words(found: tuple[tuple[str, Term], ...]) -> list[str]:
    return [word for word, _ in found]


def test_a_practice_without_a_glossary_has_the_common_words(practice: Path) -> None:
    assert knowledge.load(practice).glossary == common_terms()


def test_the_practices_own_words_come_first_and_what_it_leaves_out_is_not_explained(
    practice: Path,
) -> None:
    (practice / "glossary.toml").write_text(OWN, "utf-8")
    found = Glossary(knowledge.load(practice).glossary).found("Vertebrae, outpatient, incisions.")
    assert {word: term.meaning for word, term in found} == {
        "Vertebrae": "A bone.",
        "incisions": "A cut that is made in surgery.",
    }


def test_every_common_word_names_a_source_with_its_licence_and_address() -> None:
    terms = common_terms()
    assert len(terms) >= 12
    assert [t.word for t in terms if "(public domain)" not in t.source] == []
    assert [t.word for t in terms if not t.link.startswith("https://")] == []
    names = [name.lower() for term in terms for name in (term.word, *term.also)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The vertebrae, then another vertebra.", ["vertebrae"]),
        ("A Vertebral Body.", ["Vertebral Body"]),
        ("Compression fractures of a vertebra", ["Compression fractures", "vertebra"]),
        ("two CT scans and biopsies", ["biopsies", "CT scans"]),
        ("an anti-biopsy, biopsyx", []),
        ("", []),
    ],
)
def test_words_are_found_in_whole_and_longer_names_before_shorter(
    text: str, found: list[str]
) -> None:
    assert words(Glossary(common_terms()).found(text)) == found


def test_only_words_that_stand_in_an_answer_are_sent() -> None:
    bot = Bot.load(SAMPLE)
    for entry in bot.entries:
        reply = bot.entry(entry.id)
        for shown in reply.shown if reply else ():
            assert all(term["word"] in shown.text for term in shown.to_dict().get("terms", ()))
    symptoms = bot.ask("what are the symptoms").to_dict()["entries"][0]
    assert [term["word"] for term in symptoms["terms"]] == ["kyphosis"]
    assert "terms" not in bot.ask("hello").to_dict()


def test_what_the_sample_says_itself_stands_on_its_page() -> None:
    own = [term for term in knowledge.load(SAMPLE).glossary if not term.source]
    page = " ".join(knowledge.load(SAMPLE).sources["balloon-kyphoplasty"].split())
    assert own
    assert all(term.meaning in page for term in own)

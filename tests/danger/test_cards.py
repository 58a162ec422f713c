"""What a visitor in danger is told fits the danger, the country and the language."""

from __future__ import annotations

import re
from itertools import product

import pytest

from faqbot.danger.cards import GENERAL_CARD, cards, is_reassuring
from faqbot.danger.rules import rules

IDS = sorted({rule.id for rule in rules() if not rule.id.startswith("~")} | {"tia", GENERAL_CARD})
FIRST_AID = {
    "epinephrine": {"allergy"},
    "steroid injection": {"steroid-crisis"},
    "push hard": {"unconscious", "over-sedation"},
    "naloxone": {"overdose", "over-sedation"},
    "blows": {"choking"},
    "rinse the eye": {"eye-chemical"},
    "cool running water": {"burn"},
    "give sugar": {"low-sugar"},
    "bite on": {"mouth-bleeding"},
    "cloth firmly": {"bleeding"},
    "fresh air": {"gas"},
}


def test_every_kind_has_a_card_that_says_whom_to_call() -> None:
    for id, language in product(IDS, ("en", "es")):
        message = cards()[id].message("112", language, "FR")
        assert "112" in message, (id, language)
        assert "{" not in message, (id, language)


def test_every_card_can_be_met() -> None:
    assert sorted(cards()) == IDS


def test_first_aid_stands_only_where_its_danger_is_told() -> None:
    wrong = [
        (id, aid)
        for id, (aid, where) in product(IDS, FIRST_AID.items())
        if aid in cards()[id].en.lower() and id not in where
    ]
    assert wrong == []


def test_numbers_of_the_united_states_are_said_only_there() -> None:
    for id, language in product(IDS, ("en", "es")):
        elsewhere = cards()[id].message("112", language, "FR")
        assert not re.search("988|911|1-800", elsewhere), (id, language)


def test_a_card_that_sends_to_the_emergency_room_says_when_to_call() -> None:
    for id in IDS:
        card = cards()[id]
        if card.urgency == "emergency-room":
            assert "emergency room" in card.en, id
            assert re.search(r"Call \{number\}|call \{number\}", card.en), id
            assert "sala de emergencias" in card.es, id
            assert "{number}" in card.es, id


def test_each_card_keeps_its_urgency() -> None:
    for id, card in cards().items():
        assert card.urgency in ("call", "emergency-room", "today"), id
        if card.urgency == "today":
            assert not card.en.startswith("Call"), id


@pytest.mark.parametrize(
    ("answer", "calms"),
    [
        ("Some soreness is normal and goes away in a few days.", True),
        ("The procedure takes about an hour for each vertebra.", False),
        ("Complications are rare.", True),
    ],
)
def test_it_knows_what_soothes(answer: str, calms: bool) -> None:
    assert is_reassuring(answer) is calms

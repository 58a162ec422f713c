"""Taking out of what is kept what says who a visitor is, and leaving ordinary questions."""

from __future__ import annotations

import json
import random
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot import knowledge
from faqbot.common.topics import read_topics
from faqbot.knowledge import Knowledge, Phone
from faqbot.privacy import MAX_STORED, anonymise
from models import texts

HERE = Path(__file__).parent.parent


def lines(name: str) -> list[dict[str, Any]]:
    """The lines of one of the tables, each with its text and the secrets in it."""
    rows = (HERE / "cases" / name).read_text("utf-8").splitlines()
    return [json.loads(row) for row in rows]


LINES = lines("personal-lines.jsonl")
UNSEEN = lines("personal-unseen.jsonl")
STRANGERS = lines("personal-strangers.jsonl")
KNOWN_TO_ALL = {  # the phrasings that name somebody: not a visitor, but who can tell
    "is it over before you can say Jack Robinson",
    "Once I turn 65 next month, will I get it paid by Uncle Sam?",
    "Was it Mark Reiley who devised it?",
    "Uncle Joe slashed his hand with the saw and it's gushing.",
    "what did christopher reeve have",
    "is it true Joe Namath had his back cemented",
    "uncle joe swears the cement made him heavier lol",
    "wie lange muss ich im Krankenhaus bleiben",  # "I'm Krankenhaus"
}


@pytest.fixture(scope="module")
def sample() -> Knowledge:
    return knowledge.load(HERE.parent / "knowledge")


def test_there_are_enough_lines() -> None:
    assert len(LINES) >= 300


def leaks(line: dict[str, Any]) -> list[str]:
    kept = anonymise(line["text"]).casefold()
    found = (rf"(?<![a-z]){re.escape(secret.casefold())}" for secret in line["secret"])  # not xRay
    return [pattern for pattern in found if re.search(pattern, kept)]


def test_it_takes_out_what_identifies_somebody() -> None:
    assert {line["text"]: leaks(line) for line in LINES if leaks(line)} == {}


def test_it_misses_at_most_one_in_ten_of_lines_that_no_rule_was_written_for() -> None:
    """Which ones is not said: who mends them one by one measures nothing any more."""
    assert len(UNSEEN) > 80
    assert sum(bool(leaks(line)) for line in UNSEEN) <= 8


def test_it_misses_at_most_one_in_six_of_a_strangers_lines_that_nobody_tuned_on() -> None:
    assert len(STRANGERS) >= 60
    assert sum(bool(leaks(line)) for line in STRANGERS) <= 9


def test_a_word_that_is_often_misspelt_is_no_name() -> None:
    misspelt = (HERE / "cases" / "misspellings.txt").read_text("utf-8").splitlines()
    words = [word for row in misspelt if not row.startswith("#") for word in row.split()]
    taken = {word for word in words if "[name]" in anonymise(f"i am {word} today")}
    assert len(taken) <= len(words) / 15, taken


@pytest.mark.parametrize("step", [10, pytest.param(1, marks=pytest.mark.long)])
def test_it_leaves_all_ordinary_questions_as_they_are(sample: Knowledge, step: int) -> None:
    asked = {line for entry in sample.entries for line in entry.lines}
    draw = random.Random(1)  # noqa: S311
    asked |= {texts.named(wording, draw) for _, own in read_topics() for wording in own}
    asked |= {example.question for example in sample.examples}
    assert len(asked) > 10_000
    asked = set(sorted(asked)[::step])
    own = sample.practice.phones
    changed = {
        line for line in asked if anonymise(line, own) != " ".join(line.split())[:MAX_STORED]
    }
    assert len(changed - KNOWN_TO_ALL) <= len(asked) / 1_000  # "we live at 8000 ft"


@pytest.mark.parametrize(
    "text",
    [
        "I'm 74 and L1 broke",
        "is 2 hours enough",
        "my name is on the list?",
        "my name is misspelled on the form",
        "I'm scared of needles",
        "Will It Hurt My Back",
        "my mom Had It Done In 2019, Can She Have Another",
        "are T11-T12-L1-L2 too many levels",
        "open 8:00-17:00?",
        "my blood pressure was 180/100 and then 170/95",
        "does it cost 5,000 or 10,000",
        "$25000 is a lot",
        "between 2019 and 2023 I fell 3 times",
        "I was born in 1934, does that matter?",
        "I had it on March 14",
        "after 2 weeks can I drive",
        "is it a 3 hour drive from Albany",
        "where is 34th street",
        "does Dr. Stieber do it himself",
        "Is this Dr. Patel's skin clinic?",
        "do you operate at St. Joseph hospital",
        "do you take Blue Cross Blue Shield or Medicare Advantage",
        "how many patients, 1000 or 2000?",
        "is CPT 22514 covered",
        "see you @ the office. It opens at 8?",
        "look at it. me too",
        "one or two levels, or three",
        "can i call 911",
        "me duele la espalda, ¿cuánto cuesta la operación?",
        "soy alérgica al látex",
        "“curly” quotes — and dashes… and ½ an hour",
        "5 mg of prednisone for 10 years",
        "this is not working here",
        "call me tomorrow",
        "thanks, Dr. Stieber",
        "is area code 646 yours",
        "is billing code 516 covered",
        "call billing please",
        "tell me more",
        "i am hurtting realy bad",
        "my dad is diabetec",
        "soy diabética y mi madre padece osteoporosis",
        "is open at 9 am Tuesday",
        "born two years ago with a bad back",
        "What is Betaxolol Ophthalmic",
        "我是病人,我背痛",
        "Ich habe Morbus Bechterew, kann man die Wirbelsäule trotzdem aufrichten?",
        "Johns Hopkins told me no surgery, Cleveland Clinic told me fusion. Who is right?",
        "My bill says 22612 and 22614, what are those",
        "is CPT #22514 covered",
        "Hat meine Mutter Rückenschmerzen, weil sie fiel?",
        "Hat mein Vater Parkinson und ist das ein Problem?",
        "ma mère a une sténose. Merci beaucoup",
        "plate in 2019, can it come out",
        "I sent it via MyChart 2 weeks ago",
        "Spring 2024 I had it",
        "call him when it hurts",
        "Муж перенес операцию. Можно ли летать? Спасибо большое",
        "Болезнь Бехтерева, что делать?",
        "ابني الصغير عنده جنف",
        "هل أمشي أم أرتاح",
        "我妈妈高血压能做吗",
        "我妈妈马上做手术",
        "어머니 이번에는 수술",
        "앞으로 3주 쉬나요",
        "मेरी माँ को दर्द है",
    ],
)
def test_it_leaves_what_only_looks_like_it(text: str) -> None:
    assert anonymise(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("my name is Jane Doe, may I eat?", "my name is [name], may I eat?"),
        ("call me at 917-555-0123, please", "call me at [number], please"),
        ("write to jane@example.org", "write to [e-mail]"),
        ("born 3/14/1950. Too old?", "born [date]. Too old?"),
        ("see https://example.org/jane for more", "see [link] for more"),
        ("I live at 12 Elm Street, is it far?", "I live at [address], is it far?"),
        ("Jane's mother has a fracture", "[name]'s mother has a fracture"),
        ("my MRN is 4412, is it safe?", "my MRN is [number], is it safe?"),
        ("expires 09/28, cvv 123", "expires [card], cvv [card]"),
        ("my wife Annelies fell. Can Annelies eat?", "my wife [name] fell. Can [name] eat?"),
        ("I'm Jane Brown. Will brown hair matter?", "I'm [name]. Will brown hair matter?"),
        ("我叫王小明,我背痛", "我叫[name],我背痛"),
        ("اسمي فاطمة وعندي ألم", "اسمي [name] وعندي ألم"),
        ("Meine Mutter Hilde ist gefallen", "Meine Mutter [name] ist gefallen"),
        ("Ma mère Bernadette a mal", "Ma mère [name] a mal"),
        ("min mor Ragnfrid har ont", "min mor [name] har ont"),
        ("Маме Зинаиде сделали операцию", "Маме [name] сделали операцию"),
        ("أمي فاطمة تعاني من ألم", "أمي [name] تعاني من ألم"),
        ("我妈妈王秀英今年80岁", "我妈妈[name]今年80岁"),
        ("王女士想问", "[name]女士想问"),
        ("어머니 김영희님이 아파요", "어머니 [name]님이 아파요"),
        ("मेरी माँ सुनीता को दर्द है", "मेरी माँ [name] को दर्द है"),
        ("בעלי דוד סובל מכאבים", "בעלי [name] סובל מכאבים"),
        ("η μητέρα μου Ευτέρπη πονάει", "η μητέρα μου [name] πονάει"),
        ("Grüße aus der Lindenstraße 12 in Bonn", "Grüße aus der [address] in Bonn"),
        ("via Roma 12, Milano", "[address], Milano"),
        ("я живу на ул. Ленина, д. 5, кв. 12", "я живу на [address]"),
        ("住在南京路12号", "[address]"),
        ("born '62, can I", "born [date], can I"),
        ("my file number is HC/0099/12 ok", "my file number is [number] ok"),
        ('Bartholomew "Bart" Quince. Barty asks', "[name]. [name] asks"),
        ("Viele Grüße, Ottokar", "Viele Grüße, [name]"),
    ],
)
def test_it_says_what_was_there(text: str, kept: str) -> None:
    assert anonymise(text) == kept


def test_the_practices_own_numbers_may_stay() -> None:
    own = [Phone("Office", "(646) 555-0142")]
    for text in ("is (646) 555-0142 your number", "is it 646.555.0142", "+1 646 555 0142?"):
        assert anonymise(text, own) == text
        assert "[number]" in anonymise(text)
    assert anonymise("917 555 0123 646 555 0142", own) == "[number]"
    assert anonymise("9175550123", [Phone("Office", "ask us")]) == "[number]"


def test_it_keeps_one_line_of_at_most_300_characters() -> None:
    assert anonymise("how\tlong\r\n\x00is\u200b it ") == "how long is it"
    assert anonymise("word " * 100) == ("word " * 60).strip()
    assert "0123" not in anonymise("x" * 295 + " 917-555-0123")


def test_it_survives_what_cannot_be_encoded() -> None:
    assert anonymise("how long \ud800 is it\udfff?").encode() == b"how long is it?"


@given(st.text())
def test_it_takes_any_text_and_doing_it_twice_changes_nothing(text: str) -> None:
    kept = anonymise(text)
    assert len(kept) <= MAX_STORED
    assert kept.isprintable()
    assert anonymise(kept) == kept


def test_doing_it_twice_changes_nothing() -> None:
    once = {anonymise(line["text"]) for line in LINES}
    assert {text for text in once if anonymise(text) != text} == set()


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "a.",
        "one ",
        "my name is ",
        "a@",
        "12 a ",
        "x-",
        "dot ",
        "1",
        "A ",
        "Jane ",
        "de ",
        "(",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    start = time.thread_time()
    anonymise(piece * 1000)
    assert time.thread_time() - start < 2

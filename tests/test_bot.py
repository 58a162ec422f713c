"""It replies to what a visitor typed: an answer, choices, the office or an emergency."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from faqbot.bot import Bot, Reply
from faqbot.knowledge import KnowledgeError

ROOT = Path(__file__).parent.parent
PRACTICE = ROOT / "tests" / "practice"
PHONES = [
    {"label": "Front desk", "number": "(646) 555-0142", "href": "tel:+16465550142"},
    {"label": "Nurse line", "number": "(212) 555-0188", "href": "tel:+12125550188"},
]
KINDS = {
    "how long does it take": "answer",
    "do u take medicare": "office",
    "hello there": "office",
    "asdf": "office",
    "": "office",
    "i cant feel my legs": "emergency",
}
EMPTY_FORM = {"html": "", "text": "", "quotes": [], "page": ""}
anything = st.text(st.characters(codec=None, categories=None), max_size=500)


@pytest.fixture
def unsure(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Bot:
    """A bot that answers directly only what is typed as a phrasing, and else offers choices."""
    monkeypatch.setattr("faqbot.bot.ANSWER_THRESHOLD", 1.0)
    monkeypatch.setattr("faqbot.bot.CHOICE_THRESHOLD", 0.001)
    return bot


def ids(reply: Reply) -> list[str]:
    return [entry.id for entry in reply.entries]


# the kinds of reply


@pytest.mark.parametrize(("question", "kind"), KINDS.items())
def test_each_question_gets_its_kind_of_reply(bot: Bot, question: str, kind: str) -> None:
    assert bot.ask(question).kind == kind


@pytest.mark.parametrize("question", [*KINDS, "i want to kill myself", "\ud800", "9" * 500])
def test_every_reply_has_the_phones(bot: Bot, question: str) -> None:
    assert bot.ask(question).to_dict()["phones"] == PHONES


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("How long does the procedure take?", "duration"),
        ("how many hours is the surgry", "duration"),
        ("overnite stay in hospitle", "overnight-stay"),
        ("when will my back stop hurting", "pain-relief"),
        ("how many incisions are made?", "incisions"),
    ],
)
def test_an_answer_is_the_entry_that_was_meant(bot: Bot, question: str, entry: str) -> None:
    reply = bot.ask(question)
    assert reply.kind == "answer"
    assert ids(reply) == [entry]


def test_an_answer_leads_on_to_what_it_links_to(bot: Bot) -> None:
    assert bot.ask("how long does it take").related[0].id == "overnight-stay"


def test_related_questions_have_an_answer_and_are_not_the_one_asked(bot: Bot) -> None:
    answers = {entry.id for entry in bot.knowledge.entries if entry.role == "answer"}
    for question in ["how long does it take", "does the cement get hard", "size of the scar"]:
        reply = bot.ask(question)
        related = [entry.id for entry in reply.related]
        assert set(related) <= answers - set(ids(reply))
        assert len(related) == len(set(related)) <= 3


def test_what_only_the_office_knows_is_left_to_it_by_name(bot: Bot) -> None:
    reply = bot.ask("do u take medicare")
    assert (reply.kind, ids(reply)) == ("office", [])
    assert "Do you take my insurance?" in reply.message


def test_small_talk_gets_its_own_message(bot: Bot) -> None:
    reply = bot.ask("hello there")
    assert (reply.kind, ids(reply)) == ("office", [])
    assert reply.message == "Hello! What would you like to know?"


@pytest.mark.parametrize("question", ["xyzzy plugh", "who won the world cup"])
def test_what_is_like_nothing_is_kindly_left_to_the_office(bot: Bot, question: str) -> None:
    reply = bot.ask(question)
    assert (reply.kind, ids(reply)) == ("office", [])
    assert "phone" in reply.message


@pytest.mark.parametrize("question", ["", "  \n", "?!…", "🙂🙂"])
def test_what_has_no_word_in_it_is_asked_for_again(bot: Bot, question: str) -> None:
    reply = bot.ask(question)
    assert reply.kind == "office"
    assert reply.message.startswith("Please type a question")


# choices


def test_what_is_not_certain_is_offered_as_choices(unsure: Bot) -> None:
    reply = unsure.ask("how many hours in the hospital")
    assert reply.kind == "choices"
    assert reply.message
    assert {"duration", "overnight-stay"} <= set(ids(reply))
    assert len(reply.entries) <= 3


def test_choices_stand_in_order_and_carry_no_answer(unsure: Bot) -> None:
    entries = unsure.ask("how many hours in the hospital").to_dict()["entries"]
    scores = [entry["score"] for entry in entries]
    assert scores == sorted(scores, reverse=True)
    assert all(entry | EMPTY_FORM == entry and entry["question"] for entry in entries)


def test_every_choice_can_be_chosen(unsure: Bot) -> None:
    for chosen in ids(unsure.ask("how much are the cuts overnight")):
        reply = unsure.entry(chosen)
        assert reply is not None
        assert reply.kind in ("answer", "office")


@pytest.mark.parametrize("code", ["{cement}", "<b>cement</b>", "cement \\r\\n", "${cement}"])
def test_what_is_written_for_machines_is_never_sure(bot: Bot, code: str) -> None:
    assert bot.ask("what is the bone cement for").kind == "answer"
    assert bot.ask(f"what is the bone cement for {code}").kind == "choices"


@pytest.mark.parametrize("question", ["how much is it", "price of the plans", "hello hi"])
def test_there_are_no_choices_among_topics_for_the_office(unsure: Bot, question: str) -> None:
    answers = {entry.id for entry in unsure.knowledge.entries if entry.role == "answer"}
    reply = unsure.ask(question)
    assert reply.kind == "office" or set(ids(reply)) & answers


def test_a_phrasing_is_answered_however_strict_the_bot_is(unsure: Bot) -> None:
    assert ids(unsure.ask("length of operation")) == ["duration"]


# emergencies


def test_an_emergency_says_what_to_do_now(bot: Bot) -> None:
    reply = bot.ask("i cant feel my legs").to_dict()
    assert reply["kind"] == "emergency"
    assert reply["entries"] == []
    assert reply["message"].startswith("Call 911 now. Weak or numb legs")
    assert reply["emergency_numbers"] == [
        {"label": "Emergency", "number": "911", "href": "tel:911"}
    ]


def test_thoughts_of_suicide_get_the_lifeline_too(bot: Bot) -> None:
    numbers = bot.ask("i want to kill myself").to_dict()["emergency_numbers"]
    assert [number["href"] for number in numbers] == ["tel:988", "sms:988", "tel:911"]
    assert "988" in numbers[0]["label"]


def test_lifelines_of_the_united_states_are_named_only_there(practice: Path) -> None:
    file = practice / "practice.toml"
    text = file.read_text("utf-8").replace('emergency_number = "911"', 'emergency_number = "112"')
    file.write_text(f'country = "FR"\n{text}', "utf-8")
    (practice / "emergencies.md").unlink()
    reply = Bot.load(practice).ask("i want to kill myself")
    assert [phone.href for phone in reply.emergency_numbers] == ["tel:112"]
    assert "988" not in reply.message
    assert "112" in reply.message


def test_what_may_be_danger_gets_the_usual_reply_under_a_caution(bot: Bot) -> None:
    reply = bot.ask("my leg has been numb since the operation, how long does it take").to_dict()
    if reply["kind"] != "emergency":
        assert reply["caution"]["message"] == (
            "If this is happening now or getting worse, call 911."
        )
        assert reply["caution"]["numbers"] == [
            {"label": "Call 911", "number": "911", "href": "tel:911"}
        ]
        assert reply["language"] == "en"


def test_what_must_be_seen_today_is_no_reason_to_call_911(practice: Path) -> None:
    (practice / "emergencies.md").unlink()
    bot = Bot.load(practice)
    reply = bot.ask("my wound is infected and leaking pus").to_dict()
    assert (reply["kind"], reply["urgency"]) == ("emergency", "today")
    assert bot.ask("i cant feel my legs").to_dict()["urgency"] == "call"


def test_nothing_soothes_under_a_caution(practice: Path) -> None:
    page = practice / "procedure.md"
    page.write_text(page.read_text("utf-8").replace("About **one hour**", "Usually **one hour**"))
    bot = Bot.load(practice)
    reply = bot.ask_not_emergency("how long does it take")
    assert (reply.kind, reply.entries) == ("office", ())
    assert reply.caution


def test_who_says_that_it_is_no_emergency_gets_the_answer_and_a_caution(bot: Bot) -> None:
    reply = bot.ask_not_emergency("i cant feel my legs, how long does it take")
    assert reply.kind != "emergency"
    assert reply.caution


@pytest.mark.parametrize(
    "question",
    [
        "how long does it take? also i cant feel my legs",
        "hello there. i want to kill myself",
        "do you take medicare, my legs are suddenly numb",
    ],
)
def test_an_emergency_wins_over_everything(bot: Bot, question: str) -> None:
    assert bot.ask(question).kind == "emergency"


def test_an_emergency_wins_whatever_was_answered_before(bot: Bot) -> None:
    assert bot.ask("i cant feel my legs", last_answer_id="duration").kind == "emergency"


def test_only_emergencies_have_emergency_numbers(bot: Bot) -> None:
    for question, kind in KINDS.items():
        assert ("emergency_numbers" in bot.ask(question).to_dict()) is (kind == "emergency")


def test_danger_says_what_it_was_recognised_by(bot: Bot) -> None:
    danger = bot.danger("help, I want to end my life")
    assert danger is not None
    assert (danger.id, danger.sure) == ("suicide", True)
    assert danger.why
    assert bot.danger("how long does it take") is None


def test_a_practice_has_its_own_emergency_number(practice: Path) -> None:
    for name in ("practice.toml", "emergencies.md"):
        text = (practice / name).read_text("utf-8").replace("911", "112")
        (practice / name).write_text(text, "utf-8")
    reply = Bot.load(practice).ask("i cant feel my legs")
    assert reply.emergency_numbers[0].href == "tel:112"
    assert "112" in reply.message


@pytest.mark.parametrize(
    "question",
    [
        "chest pain",
        "short of breath since this morning",
        "running a fever three days after surgery and pus comes out of the cut",
        "mom wet herself twice today and didn't notice",
        "no puedo respirar",
    ],
)
def test_an_emergency_need_not_be_like_any_phrasing(bot: Bot, question: str) -> None:
    assert bot.ask(question).kind == "emergency"


def test_an_emergency_without_an_entry_of_its_own_is_one_all_the_same(practice: Path) -> None:
    (practice / "emergencies.md").unlink()
    bot = Bot.load(practice)
    for question in ["my father is unconscious and does not breathe", "i cant feel my legs"]:
        reply = bot.ask(question)
        assert reply.kind == "emergency"
        assert "911" in reply.message


# one entry


def test_an_entry_is_given_as_its_answer_is(bot: Bot) -> None:
    chosen, asked = bot.entry("duration"), bot.ask("How long does the procedure take?")
    assert chosen is not None
    assert chosen.to_dict()["entries"] == asked.to_dict()["entries"]


def test_an_entry_for_the_office_is_left_to_it(bot: Bot) -> None:
    reply = bot.entry("insurance")
    assert reply is not None
    assert reply.kind == "office"
    assert "Do you take my insurance?" in reply.message


@pytest.mark.parametrize("entry", ["nothing-like-it", "", "legs", "../practice.toml", "\ud800"])
def test_no_other_entry_is_given(bot: Bot, entry: str) -> None:
    assert bot.entry(entry) is None


# suggestions


@pytest.mark.parametrize("typed", ["how long", "how long does the proc", "overnig"])
def test_it_suggests_questions_that_can_be_shown(bot: Bot, typed: str) -> None:
    suggested = bot.suggest(typed)
    assert 0 < len(suggested) <= 5
    for question in suggested:
        assert set(question) - {"by_phone"} == {"id", "question"}
        reply = bot.entry(question["id"])
        assert reply
        assert question.get("by_phone", False) == (reply.kind == "office")
        assert bot.entry(question["id"]) is not None


def test_the_likeliest_question_is_suggested_first(bot: Bot) -> None:
    assert bot.suggest("how long does the")[0] == {
        "id": "duration",
        "question": "How long does the procedure take?",
    }


@pytest.mark.parametrize("typed", ["", "  ", "?", "zzzz"])
def test_it_suggests_nothing_where_nothing_is_alike(bot: Bot, typed: str) -> None:
    assert bot.suggest(typed) == []


def test_it_suggests_neither_small_talk_nor_emergencies(bot: Bot) -> None:
    shown = [q["id"] for typed in ("hi", "hello", "my legs are numb") for q in bot.suggest(typed)]
    assert not {"hello", "legs", "suicide"} & set(shown)


# the form as JSON


def test_an_answer_as_json(bot: Bot) -> None:
    assert bot.ask("how long does it take").to_dict() == {
        "kind": "answer",
        "entries": [
            {
                "id": "duration",
                "question": "How long does the procedure take?",
                "html": "<p>About <strong>one hour</strong> for each fracture level treated. "
                'See also <a href="#overnight-stay">staying overnight</a>.</p>',
                "text": "About one hour for each fracture level treated. "
                "See also staying overnight.",
                "quotes": ["The procedure takes about one hour per fracture level treated"],
                "score": 1.0,
                "page": "https://practice.test/procedure",
            }
        ],
        "message": "",
        "related": [
            {"id": "overnight-stay", "question": "Do I have to stay in the hospital overnight?"}
        ],
        "phones": PHONES,
    }


def test_choices_as_json(unsure: Bot) -> None:
    reply = unsure.ask("the cuts and the hospital, overnight?").to_dict()
    assert set(reply) == {"kind", "entries", "message", "related", "phones"}
    for entry in reply["entries"]:
        assert set(entry) == {"id", "question", "html", "text", "quotes", "score", "page"}
        assert 0 <= entry["score"] <= 1
    assert (reply["related"], reply["phones"]) == ([], PHONES)


def test_small_talk_as_json(bot: Bot) -> None:
    assert bot.ask("hi").to_dict() == {
        "kind": "office",
        "entries": [],
        "message": "Hello! What would you like to know?",
        "related": [],
        "phones": PHONES,
        "small_talk": True,
    }


def test_a_page_without_an_address_has_none(practice: Path) -> None:
    text = (practice / "practice.toml").read_text("utf-8")
    (practice / "practice.toml").write_text(text.partition("[pages]")[0], "utf-8")
    reply = Bot.load(practice).ask("how long does it take").to_dict()
    assert reply["entries"][0]["page"] == ""


# whatever is typed


@given(anything, st.sampled_from([None, "duration", "insurance", "legs", "nothing-like-it"]))
@example("and " * 125, "duration")
@example("? and ?", None)
@example("how long and how", None)
@example("how long does it take and also", "duration")
@example("what;what", None)
@example("how?" * 125, None)
def test_any_text_gets_a_reply_that_can_be_sent(bot: Bot, text: str, after: str | None) -> None:
    reply = bot.ask(text, last_answer_id=after)
    sent = json.dumps(reply.to_dict(), ensure_ascii=False, allow_nan=False).encode("utf-8")
    assert json.loads(sent)["phones"] == PHONES
    assert reply.entries or reply.message
    assert reply.kind in ("answer", "choices", "office", "emergency")
    assert reply.why


@given(anything)
def test_the_same_text_gets_the_same_reply(bot: Bot, text: str) -> None:
    assert bot.ask(text) == bot.ask(text)


def test_what_follows_an_answer_gets_a_reply_of_its_own(bot: Bot) -> None:
    for question, kind in KINDS.items():
        if kind == "answer":
            assert bot.ask(question, last_answer_id="incisions") == bot.ask(question)


@pytest.mark.parametrize("after", ["", "nothing-like-it", "\ud800"])
def test_an_unknown_entry_before_makes_no_difference(bot: Bot, after: str) -> None:
    for question in KINDS:
        assert bot.ask(question, last_answer_id=after) == bot.ask(question)


def test_a_reply_cannot_be_changed(bot: Bot) -> None:
    with pytest.raises(FrozenInstanceError):
        bot.ask("hi").kind = "answer"  # type: ignore[misc]


# what a text may mean


def test_it_ranks_what_a_text_may_mean_likeliest_first(bot: Bot) -> None:
    matches = bot.rank("how long is the stay in the hospital")
    probabilities = [match.probability for match in matches]
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0 <= p <= 1 for p in probabilities)
    assert {match.entry.id for match in matches} >= {"duration", "overnight-stay"}


def test_nothing_means_nothing(bot: Bot) -> None:
    assert bot.rank("") == ()


# loading


def test_a_folder_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"practice\.toml"):
        Bot.load(tmp_path)


def test_a_folder_can_be_named_by_a_string() -> None:
    assert Bot.load(str(PRACTICE)).ask("hi").kind == "office"


def test_a_practice_may_have_a_single_answer(practice: Path) -> None:
    for name in ("call-the-office.md", "small-talk.md", "synonyms.toml", "emergencies.md"):
        (practice / name).unlink()
    entry = (practice / "procedure.md").read_text("utf-8").split("\n## ")[4]
    (practice / "procedure.md").write_text(f"## {entry}", "utf-8")
    (practice / "examples.jsonl").unlink()
    text = (practice / "practice.toml").read_text("utf-8")
    text = text.replace('["duration", "overnight-stay"]', "[]")
    (practice / "practice.toml").write_text(text, "utf-8")
    bot = Bot.load(practice)
    assert ids(bot.ask("how fast does bone cement harden")) == ["cement"]
    assert bot.ask("do you like music").kind != "answer"


def test_a_phrasing_without_a_word_harms_nothing(practice: Path) -> None:
    with (practice / "small-talk.md").open("a", encoding="utf-8") as file:
        file.write("\n## Hm {#hm}\n\nAlso asked:\n\n- ???\n- 🙂\n\nYes?\n")
    bot = Bot.load(practice)
    assert bot.ask("how long does it take").kind == "answer"
    assert bot.ask("").kind == "office"
    bot.rank("")


# many at once


def test_threads_that_ask_at_once_each_get_their_own_reply(bot: Bot) -> None:
    questions = [*KINDS, "how big are the cuts", "price", "is there cement in my bone", "scars"]
    expected = {question: bot.ask(question) for question in questions}
    asked = questions * 40
    Random(3).shuffle(asked)  # noqa: S311
    fresh = Bot.load(PRACTICE)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(fresh.ask, asked))
    assert replies == [expected[question] for question in asked]


# alone

ALONE = """
import sys

def refuse(event, args):
    if event.startswith("socket."):
        raise OSError(f"no network: {event}")

sys.addaudithook(refuse)
from faqbot.bot import Bot
bot = Bot.load(sys.argv[1])
print(bot.ask("how long does it take").kind)
print(sorted({"flask", "waitress", "click"} & set(sys.modules)))
"""


def test_it_needs_neither_the_network_nor_flask() -> None:
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    alone = subprocess.run(
        [sys.executable, "-c", ALONE, str(PRACTICE)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        encoding="utf-8",
    )
    assert alone.stdout.splitlines() == ["answer", "[]"], alone.stderr

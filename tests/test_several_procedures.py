"""A practice of several procedures: never the wrong one's answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from faqbot import knowledge
from faqbot.bot import Bot
from faqbot.reply import WHICH_PROCEDURE

PRACTICE = """name = "Joint Care"
address = "12 Example Street, Springfield"
schedule = "Book a visit"
schedule_url = "https://example.org/book"

[[phones]]
label = "Office"
number = "(646) 555-0142"

[hours]
timezone = "America/New_York"
monday = "9:00-17:00"
"""
PAGE = """# {title}

Procedure: {procedure}
Condition: arthritis
Part: {part}
Address: https://example.org/{part}-replacement

## How long does it take? {{#{part}-duration}}

Also asked:

- how many hours is the operation
- length of surgery

It takes {hours}.

> The operation takes {hours}.

## When can I drive again? {{#{part}-driving}}

Also asked:

- driving after surgery
- how soon can I drive my car

After {weeks}.

> You may drive after {weeks}.

## Is it worth it?

Ask people who had it.

> Most people are glad that they had it.
"""
SOURCE = """The operation takes {hours}. You may drive after {weeks}.
Most people are glad that they had it.
"""
KNEE = {
    "title": "Knees",
    "procedure": "knee replacement, TKR",
    "part": "knee",
    "hours": "two hours",
    "weeks": "six weeks",
}
HIP = {
    "title": "Hips",
    "procedure": "hip replacement",
    "part": "hip",
    "hours": "one hour",
    "weeks": "four weeks",
}
STAIRS = """
## Can I climb stairs afterwards? {#hip-stairs}

Also asked:

- are stairs a problem after a new hip
- going up stairs

Yes, with a rail.

> You may climb stairs with a rail.
"""
OFFICE = """# Our office

## Where can I park? {#parking}

Topic: parking

Behind the house.

## Do you speak Polish? {#polish}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("joints")
    (path / "sources").mkdir()
    (path / "practice.toml").write_text(PRACTICE)
    (path / "office.md").write_text(OFFICE)
    for name, values in (("knee", KNEE), ("hip", HIP)):
        more, said = (STAIRS, "You may climb stairs with a rail.\n") if name == "hip" else ("", "")
        (path / f"{name}.md").write_text(PAGE.format(**values) + more)
        (path / "sources" / f"{name}.txt").write_text(SOURCE.format(**values) + said)
    return path


@pytest.fixture(scope="module")
def bot(folder: Path) -> Bot:
    return Bot.load(folder)


def ids(reply: object) -> list[str]:
    return [entry.id for entry in reply.entries]  # type: ignore[attr-defined]


def test_the_same_heading_may_stand_on_two_pages(folder: Path) -> None:
    found = {entry.id for entry in knowledge.load(folder).entries}
    assert {"is-it-worth-it", "knee-is-it-worth-it"} <= found or {
        "hip-is-it-worth-it",
        "is-it-worth-it",
    } <= found


def test_the_same_phrasing_twice_on_one_page_is_refused(folder: Path, tmp_path: Path) -> None:
    text = (folder / "knee.md").read_text()
    doubled = text.replace("- driving after surgery", "- length of surgery")
    files = {
        "practice.toml": PRACTICE,
        "knee.md": doubled,
        "sources/knee.txt": SOURCE.format(**KNEE),
    }
    _, problems = knowledge.read_files({name: text.encode() for name, text in files.items()})
    assert ["is also listed under" in str(problem) for problem in problems] == [True]


@pytest.mark.parametrize("page", ["knee", "hip"])
@pytest.mark.parametrize(
    "asked", ["how long does the {} replacement take", "{} surgery how many hours"]
)
def test_the_one_that_is_named_is_answered(bot: Bot, page: str, asked: str) -> None:
    reply = bot.ask(asked.format(page))
    assert (reply.kind, ids(reply)) == ("answer", [f"{page}-duration"])


@pytest.mark.parametrize("page", ["knee", "hip"])
def test_else_the_one_that_the_talk_is_about(bot: Bot, page: str) -> None:
    reply = bot.ask("how soon can I drive my car", last_answer_id=f"{page}-duration")
    assert (reply.kind, ids(reply)) == ("answer", [f"{page}-driving"])


@pytest.mark.parametrize("page", ["knee", "hip"])
def test_else_the_one_on_whose_page_the_box_stands(bot: Bot, page: str) -> None:
    reply = bot.ask("how soon can I drive my car", page_path=f"/{page}-replacement/")
    assert (reply.kind, ids(reply)) == ("answer", [f"{page}-driving"])


def test_a_name_counts_more_than_the_talk_and_the_page(bot: Bot) -> None:
    asked = "how soon can I drive my car after a hip replacement"
    reply = bot.ask(asked, last_answer_id="knee-duration", page_path="/knee-replacement")
    assert ids(reply) == ["hip-driving"]


def test_else_it_asks_which_is_meant_and_names_them(bot: Bot) -> None:
    reply = bot.ask("how soon can I drive my car")
    assert (reply.kind, reply.message) == ("choices", WHICH_PROCEDURE)
    assert {entry.id for entry in reply.entries} == {"knee-driving", "hip-driving"}
    assert {entry.question for entry in reply.entries} == {
        "Knee replacement: When can I drive again?",
        "Hip replacement: When can I drive again?",
    }


def test_an_unknown_page_is_none(bot: Bot) -> None:
    assert bot.ask("how soon can I drive my car", page_path="/about-us").message == WHICH_PROCEDURE


def test_what_only_another_page_answers_is_not_taken_for_this_one_s(bot: Bot) -> None:
    reply = bot.ask("can I climb stairs after my knee replacement")
    assert reply.kind != "answer"
    assert "hip-stairs" not in ids(reply)


def test_the_office_answers_whatever_the_page(bot: Bot) -> None:
    for page in ("", "/knee-replacement"):
        reply = bot.ask("where do I leave my car", page_path=page)
        assert (reply.kind, ids(reply)) == ("answer", ["parking"])


@pytest.mark.parametrize(
    ("asked", "id"),
    [
        ("are you open on Monday", "hours"),
        ("where are you located", "location"),
        ("how can I book an appointment", "booking"),
        ("what is your phone number", "contact"),
    ],
)
def test_practice_toml_answers_too(bot: Bot, asked: str, id: str) -> None:
    reply = bot.ask(asked)
    assert (reply.kind, ids(reply)) == ("answer", [id])
    assert reply.entries[0].quotes == ()


def test_three_questions_get_three_replies(bot: Bot) -> None:
    reply = bot.ask("What are your hours? Where are you? Do you take Medicare?")
    assert [(part.kind, [e.id for e in part.entries]) for part in reply.parts] == [
        ("answer", ["hours"]),
        ("answer", ["location"]),
        ("office", []),
    ]
    assert "Medicare" in reply.parts[2].message
    assert (reply.kind, ids(reply)) == ("answer", ["hours"])
    told = reply.to_dict()["parts"]
    assert [part["text"] for part in told] == [
        "What are your hours",
        "Where are you",
        "Do you take Medicare",
    ]


def test_choices_are_answered_by_words(bot: Bot) -> None:
    shown = [entry.id for entry in bot.ask("how soon can I drive my car").entries]
    assert ids(bot.ask("the second one", choices=shown)) == [shown[1]]
    none = bot.ask("none of these", choices=shown)
    assert (none.kind, none.entries) == ("office", ())
    other = bot.ask("how long does a hip replacement take", choices=shown)
    assert ids(other) == ["hip-duration"]

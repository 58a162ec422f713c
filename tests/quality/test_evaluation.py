"""It tells how well a bot answers questions whose right replies are known."""

from __future__ import annotations

import json

import pytest

from faqbot.bot import Bot
from faqbot.knowledge import Example
from faqbot.quality.evaluation import (
    MEASURES,
    Tally,
    by_style,
    evaluate,
    read_questions,
    table,
)


def category(bot: Bot, question: str, *accept: str) -> str:
    (outcome,) = evaluate(bot, [Example(question, accept)]).outcomes
    return outcome.category


# in which way a question goes


@pytest.mark.parametrize(
    ("question", "accept", "expected"),
    [
        ("how long does it take", ("duration",), "direct"),
        ("how long does it take", ("cost", "duration"), "direct"),
        ("how long does it take", ("incisions",), "wrong"),
        ("asdf", ("duration",), "missed"),
        ("price", ("duration",), "missed"),
        ("i cant feel my legs", ("duration",), "alarmed answerable"),
        ("price", ("out-of-scope",), "handed over"),
        ("asdf", ("out-of-scope",), "handed over"),
        ("how long does it take", ("out-of-scope",), "false"),
        ("how long does it take", ("out-of-scope", "duration"), "handed over"),
        ("i cant feel my legs", ("out-of-scope",), "alarmed unanswerable"),
        ("i cant feel my legs", ("emergency",), "found"),
        ("i cant feel my legs", ("emergency", "out-of-scope"), "found"),
        ("how long does it take", ("emergency",), "overlooked"),
        ("how long does it take", ("emergency", "duration"), "direct"),
        ("price", ("emergency", "out-of-scope"), "handed over"),
    ],
)
def test_each_question_goes_one_way(
    bot: Bot, question: str, accept: tuple[str, ...], expected: str
) -> None:
    assert category(bot, question, *accept) == expected


def test_choices_hold_what_is_right_or_do_not(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faqbot.bot.ANSWER_THRESHOLD", 1.0)
    monkeypatch.setattr("faqbot.bot.CHOICE_THRESHOLD", 0.001)
    question = "the cuts and the hospital, overnight?"
    assert bot.ask(question).kind == "choices"
    assert category(bot, question, "overnight-stay") == "choice"
    assert category(bot, question, "pain-relief") == "missed"
    assert category(bot, question, "out-of-scope") == "offered"


def test_every_way_belongs_to_the_total_of_its_measure() -> None:
    for ways, of in MEASURES.values():
        assert set(ways) <= set(of)


# shares


@pytest.fixture(scope="module")
def tally(bot: Bot) -> Tally:
    return evaluate(
        bot,
        [
            Example("how long does it take", ("duration",)),
            Example("how many hours is the surgery", ("duration",), "plain"),
            Example("price", ("incisions",), "terse"),
            Example("does the cement get hard", ("incisions",), "plain"),
            Example("price", ("out-of-scope",), "terse"),
            Example("i cant feel my legs", ("emergency",), "plain"),
        ],
    )


def test_shares_are_of_the_questions_that_they_are_about(tally: Tally) -> None:
    shares = {name: tally.share(ways, of) for name, (ways, of) in MEASURES.items()}
    assert shares == {
        "right directly": 0.5,
        "… or among the choices": 0.5,
        "wrong answers": 0.25,
        "false answers out of scope": 0.0,
        "emergencies found": 1.0,
        "false alarms": 0.0,
    }


def test_there_is_no_share_of_nothing() -> None:
    assert Tally(()).share(("direct",), ("direct", "wrong")) is None


def test_styles_stand_after_all_the_most_frequent_first(tally: Tally) -> None:
    styles = by_style(tally)
    assert list(styles) == ["all", "plain", "terse"]
    assert [len(tally.outcomes) for tally in styles.values()] == [6, 4, 2]


def test_the_table_has_a_line_a_measure_and_a_column_a_style(tally: Tally) -> None:
    assert table(tally).splitlines() == [
        "                              all  plain  terse",
        "questions                       6      4      2",
        "right directly               50.0   66.7    0.0",
        "… or among the choices       50.0   66.7    0.0",
        "wrong answers                25.0   33.3    0.0",
        "false answers out of scope    0.0      -    0.0",
        "emergencies found           100.0  100.0      -",
        "false alarms                  0.0    0.0    0.0",
    ]


def test_a_table_of_nothing_has_no_figures() -> None:
    assert table(Tally(())).splitlines()[2].split() == ["right", "directly", "-"]


# reading questions


def test_questions_are_read_a_line_each() -> None:
    lines = [
        '{"question": "how long", "accept": ["duration"], "style": "terse"}\n',
        "\n",
        '{"question": "x", "accept": ["out-of-scope", "emergency"]}\n',
    ]
    assert read_questions(lines) == [
        Example("how long", ("duration",), "terse", 1),
        Example("x", ("out-of-scope", "emergency"), line=3),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "how long does it take",
        '{"question": "how long"}',
        '{"accept": ["duration"]}',
        '{"question": "how long", "accept": "duration"}',
        '{"question": 3, "accept": ["duration"]}',
        '{"question": "", "accept": ["duration"]}',
        '["how long", ["duration"]]',
        "null",
        '{"question": "how long", "accept": ["duration"]',
    ],
)
def test_a_line_of_another_form_is_reported_with_its_number(line: str) -> None:
    good = json.dumps({"question": "how long", "accept": ["duration"]})
    with pytest.raises(ValueError, match=r'^line 3: .* Write: \{"question": '):
        read_questions([good, "", line])

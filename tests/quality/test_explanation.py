from __future__ import annotations

import re

import pytest

from faqbot.bot import Bot
from faqbot.quality.explanation import explain

EXACT = "how long does it take"


class TestWhy:
    @pytest.mark.parametrize(
        ("question", "why"),
        [
            (EXACT, ["Matched “how long does it take”, word for word."]),
            (
                "how lnog does it take",
                [
                    "Read as “how long does it take”.",
                    "Matched “how long does it take”, nearly word for word.",
                ],
            ),
            (
                "do u take medicare",
                [
                    "Matched “do u take medicare”, word for word.",
                    "It is on the list of questions that only the office can answer.",
                ],
            ),
            ("hello there", ["Matched “hello there”, word for word.", "That is small talk."]),
            ("xqzv plmk", ["No entry is similar."]),
            ("!", ["No entry is similar."]),
            ("I cant feel my legs", ["It sounds like danger: “I cant feel my legs”."]),
        ],
    )
    def test_says_in_a_sentence_what_led_to_the_reply(
        self, bot: Bot, question: str, why: list[str]
    ) -> None:
        assert [*explain(bot, question).why] == why

    def test_names_what_each_part_of_a_question_matched(self, bot: Bot) -> None:
        why = explain(bot, f"{EXACT} and how big are the cuts").why
        assert why == (
            "Matched “how long does it take”, word for word.",
            "Matched “How big are the cuts?”, word for word.",
        )

    def test_names_the_telling_words_that_meet_and_how_sure_it_is(self, bot: Bot) -> None:
        nearest, level = explain(bot, "what about the cement and also my dog").why
        assert re.fullmatch(
            r"Nearest is “[^”]*cement[^”]*” \(in common: (?:what, )?cement\); \d\d% certain\.",
            nearest,
        )
        assert level == (
            "That is not certain enough to answer (it takes 68%), so the visitor gets a choice."
        )

    def test_says_what_a_corrected_word_was_read_as(self, bot: Bot) -> None:
        assert explain(bot, "overnite").why[0] == "Read as “overnight”."

    def test_says_which_word_another_was_taken_for(self, bot: Bot) -> None:
        near = [one.why for one in explain(bot, "hole in my backbone").nearest]
        assert any("(in common: backbone (“back”))" in why for why in near)

    def test_says_why_it_does_not_even_ask(self, bot: Bot) -> None:
        *_, last = explain(bot, "may I bring a lamp").why
        assert last == "That is not certain enough even to offer as a choice (it takes 7%)."


class TestNearest:
    def test_are_the_entries_that_came_near_surest_first(self, bot: Bot) -> None:
        nearest = explain(bot, "how long is the surgery").nearest
        assert nearest[0].id == "duration"
        assert [one.percent for one in nearest] == sorted(
            (one.percent for one in nearest), reverse=True
        )

    def test_are_never_wholly_sure_unless_they_are_the_question(self, bot: Bot) -> None:
        for question in [EXACT, "how long might it take", "size of my scar"]:
            for one in explain(bot, question).nearest:
                assert (one.percent == 100) == one.why.endswith("word for word")


def test_the_reply_is_the_one_that_visitors_get(bot: Bot) -> None:
    for question in [EXACT, "do u take medicare", "overnite", "asdf", "I cant feel my legs"]:
        assert explain(bot, question).reply == bot.ask(question)

"""Before it is published, a draft is asked what visitors asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from faqbot.bot import Bot
from faqbot.quality.regression import RegressionReport, check_examples

PROCEDURE, OFFICE, EMERGENCIES = "procedure.md", "call-the-office.md", "emergencies.md"
EXAMPLES = {
    "how long does it take": ["duration"],
    "what will I pay": ["out-of-scope"],
    "i cant feel my legs": ["emergency"],
    "does the cement get hard": ["cement"],
}

Edit = Callable[..., None]
Try = Callable[..., RegressionReport]


@pytest.fixture
def attempt(practice: Path) -> Try:
    """Tries the folder against what it was when the test began."""
    write_examples(practice, EXAMPLES)
    old = Bot.load(practice)

    def attempt(examples: dict[str, list[str]] | None = None) -> RegressionReport:
        if examples:
            write_examples(practice, examples)
        return check_examples(old, Bot.load(practice))

    return attempt


def write_examples(practice: Path, examples: dict[str, list[str]]) -> None:
    rows = [json.dumps({"question": q, "accept": accept}) for q, accept in examples.items()]
    (practice / "examples.jsonl").write_text("\n".join(rows), "utf-8")


def test_a_draft_without_changes_is_no_better_and_no_worse(attempt: Try) -> None:
    assert attempt() == RegressionReport((), (), (), (), examples=4)


def test_other_words_in_an_answer_cannot_make_it_worse(edit: Edit, attempt: Try) -> None:
    edit(PROCEDURE, "About **one hour**", "Around **one hour**")
    edit("practice.toml", "Hello! Ask me", "Ask me")
    assert attempt() == RegressionReport((), (), (), (), examples=4)


def test_a_question_that_loses_its_answer_is_worse(edit: Edit, attempt: Try) -> None:
    edit(PROCEDURE, "- how long does it take\n", "")
    edit(OFFICE, "- price\n", "- price\n- how long does it take\n")
    (worse,) = attempt().worse
    assert worse.question == "how long does it take"
    assert worse.old_reply == worse.expected == "the answer “How long does the procedure take?”"
    assert worse.new_reply == "the phone numbers"


def test_a_question_that_gets_its_answer_is_better(edit: Edit, attempt: Try) -> None:
    edit(PROCEDURE, "- cuts on my back\n", "- cuts on my back\n- who painted that\n")
    report = attempt({"who painted that": ["incisions"]})
    (better,) = report.better
    assert (report.worse, report.still_wrong, report.examples) == (
        (),
        (),
        1,
    )
    assert better.old_reply == "the phone numbers"
    assert better.new_reply == better.expected == "the answer “How big are the cuts?”"


def test_what_was_wrong_and_is_wrong_is_reported_apart(edit: Edit, attempt: Try) -> None:
    edit(PROCEDURE, "About **one hour**", "Around **one hour**")
    (wrong,) = attempt({"who painted that": ["incisions"]}).still_wrong
    assert (wrong.old_reply, wrong.new_reply) == ("the phone numbers", "the phone numbers")


def test_a_wrong_answer_in_place_of_the_phone_numbers_is_worse(edit: Edit, attempt: Try) -> None:
    edit(PROCEDURE, "- cement in my bone\n", "- cement in my bone\n- who painted that\n")
    (worse,) = attempt({"who painted that": ["incisions"]}).worse
    assert worse.old_reply == "the phone numbers"
    assert worse.new_reply == "the answer “What is the bone cement for?”"


def test_the_worst_comes_first(practice: Path, edit: Edit) -> None:
    examples = {
        "how long does it take": ["duration"],
        "cuts on my back": ["incisions"],
        "gran is all blue": ["emergency"],
    }
    write_examples(practice, examples)
    edit(EMERGENCIES, "- my legs are suddenly numb\n", "- gran is all blue\n")
    old = Bot.load(practice)
    edit(EMERGENCIES, "- gran is all blue\n", "- my legs are suddenly numb\n")
    edit(PROCEDURE, "- how long does it take\n", "")
    edit(OFFICE, "- price\n", "- price\n- how long does it take\n")
    edit(PROCEDURE, "- cuts on my back\n", "")
    edit(PROCEDURE, "- cement in my bone\n", "- cement in my bone\n- cuts on my back\n")
    assert [
        (tried.question, tried.new_reply) for tried in check_examples(old, Bot.load(practice)).worse
    ] == [
        ("gran is all blue", "the phone numbers"),
        ("cuts on my back", "the answer “What is the bone cement for?”"),
        ("how long does it take", "the phone numbers"),
    ]


def test_examples_that_accept_several_replies_say_all_of_them(edit: Edit, attempt: Try) -> None:
    accept = ["cement", "duration", "out-of-scope", "emergency", "hello"]
    edit(PROCEDURE, "- cuts on my back\n", "- cuts on my back\n- tell me about swimming\n")
    (wrong,) = attempt({"tell me about swimming": accept}).worse
    assert wrong.expected == (
        "the answer “How long does the procedure take?” or “What is the bone cement for?” or "
        "call 911 or small talk: “Hello! What would you like to know?” or the phone numbers"
    )


def test_the_key_stays_until_what_it_gets_is_another(edit: Edit, attempt: Try) -> None:
    edit(PROCEDURE, "- how long does it take\n", "")
    edit(OFFICE, "- price\n", "- price\n- how long does it take\n")
    (first,) = attempt().worse
    edit(PROCEDURE, "About **one hour**", "Around **one hour**")
    (again,) = attempt().worse
    assert first.key == again.key
    edit(OFFICE, "- price\n- how long does it take\n", "- price\n")
    edit(PROCEDURE, "- cement in my bone\n", "- cement in my bone\n- how long does it take\n")
    (other,) = attempt().worse
    assert other.key != first.key


def test_an_example_that_stands_twice_is_reported_once(
    practice: Path, edit: Edit, attempt: Try
) -> None:
    edit(PROCEDURE, "- how long does it take\n", "")
    edit(OFFICE, "- price\n", "- price\n- how long does it take\n")
    path = practice / "examples.jsonl"
    path.write_text(path.read_text("utf-8") + "\n" + path.read_text("utf-8"), "utf-8")
    report = attempt()
    assert (len(report.worse), report.examples) == (1, 8)


def test_only_new_problems_are_reported_wherever_they_stand_now(
    practice: Path, edit: Edit, attempt: Try
) -> None:
    edit("sources/procedure.txt", "© Hill", "Bring a friend.\n\n© Hill")
    edit(PROCEDURE, "- cuts on my back\n", "- cuts on my back\n- prices\n")
    assert [str(problem) for problem in attempt().problems] == [
        "sources/procedure.txt:8: No answer quotes this yet: “Bring a friend.”. Quote it in an "
        "answer in procedure.md, or write at the top of that file: Leave out: and its words.",
        "procedure.md:37: “prices” asks the same as “price”, which is under #cost. Keep it "
        "under the entry that answers it better.",
    ]
    moved = Bot.load(practice)
    edit("sources/procedure.txt", "(646) 555-0142 Menu\n", "(646) 555-0142 Menu\n\n\n")
    assert check_examples(moved, Bot.load(practice)).problems == ()


def test_progress_is_reported_after_each_example(bot: Bot) -> None:
    seen: list[tuple[int, int]] = []
    report = check_examples(bot, bot, lambda done, of: seen.append((done, of)))
    total = len(bot.knowledge.examples)
    assert seen == [(done, total) for done in range(1, total + 1)]
    assert report.examples == total

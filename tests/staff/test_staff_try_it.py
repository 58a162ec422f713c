from __future__ import annotations

import threading
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from faqbot.bot import Bot
from faqbot.editing import draft as drafts
from faqbot.editing import dry_run
from faqbot.editing.workspace import fingerprint, text_of
from faqbot.staff import try_it
from faqbot.staff.try_it import difference, visible
from tests.desk import Desk, signed_in
from tests.waiting import PATIENCE, wait_until

DURATION = "how long does it take"


@pytest.fixture
def desk(practice: Path) -> Desk:
    return signed_in(practice)


def change(desk: Desk, old: str, new: str) -> None:
    text = text_of(drafts.read(desk.workspace).files["procedure.md"])
    assert old in text
    before = fingerprint(text)
    drafts.save_file(
        desk.workspace, "procedure.md", text.replace(old, new), before, "Ann Lee", "Changed it."
    )


def tried(desk: Desk, question: str) -> TestResponse:
    return desk.follow(desk.post("/try", q=question))


def ask(desk: Desk, question: str) -> str:
    """The page, once the draft's bot is loaded."""
    wait_until(lambda: desk.get("/dry-run", until="bot").get_json()["over"])
    return tried(desk, question).text


class TestWithoutDraft:
    def test_shows_a_box_and_nothing_else_before_anything_is_asked(self, desk: Desk) -> None:
        page = desk.get("/try").text
        assert "Ask as a visitor would" in page
        assert "Visitors get now" not in page

    def test_shows_what_visitors_get_and_why(self, desk: Desk) -> None:
        page = tried(desk, DURATION).text
        assert "About <strong>one hour</strong>" in page
        assert "<blockquote>The procedure takes about one hour" in page
        assert "(646) 555-0142" in page
        assert f"Matched “{DURATION}”, word for word." in page
        assert "With the draft" not in page

    @pytest.mark.parametrize(
        ("question", "shown"),
        [
            ("how long is the surgery", "Matched “how many hours is the surgery”"),
            ("do u take medicare", "questions that only the office can answer"),
            ("I cant feel my legs", "This may be an emergency"),
            ("hello there", "That is small talk."),
            ("xqzv plmk", "No entry is similar."),
        ],
    )
    def test_explains_every_kind_of_reply(self, desk: Desk, question: str, shown: str) -> None:
        assert shown in tried(desk, question).text

    def test_keeps_the_question_in_the_box_safely(self, desk: Desk) -> None:
        page = tried(desk, '"><script>alert(1)</script>').text
        assert "<script>alert" not in page
        assert 'value="&#34;&gt;&lt;script&gt;' in page

    def test_takes_no_more_than_visitors_may_type(self, desk: Desk) -> None:
        assert tried(desk, "why " * 10_000).status_code == 200

    def test_keeps_the_question_out_of_addresses(self, desk: Desk) -> None:
        assert desk.post("/try", q=DURATION).location == "/staff/try"
        assert f'value="{DURATION}"' in desk.get("/try").text
        assert DURATION.upper() not in desk.get("/try", q=DURATION.upper()).text

    def test_shows_it_to_nobody_who_signs_in_later(self, desk: Desk) -> None:
        desk.post("/try", q=DURATION)
        desk.enter("Bob")
        assert DURATION not in desk.get("/try").text
        desk.post("/sign-out")
        assert desk.browser.get_cookie(try_it.ASKED_COOKIE, path="/staff/try") is None

    def test_forgets_it_after_ten_minutes(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.post("/try", q=DURATION)
        monkeypatch.setattr(try_it, "ASKED_FOR", -1)
        assert DURATION not in desk.get("/try").text

    def test_fits_any_language_into_its_cookie(self, desk: Desk) -> None:
        words = "".join(chr(0x4E00 + 7 * n) for n in range(try_it.MAX_QUESTION))
        cookie = desk.post("/try", q=words + words).headers["Set-Cookie"]
        assert len(cookie) < 4096
        assert f'value="{words}"' in desk.get("/try").text

    def test_counts_nothing_as_asked_by_a_visitor(self, practice: Path) -> None:
        class Counting:
            """A journal that must not be told anything."""

            def note(self, *_: object) -> None:
                raise AssertionError

            def __getattr__(self, name: str) -> object:
                raise AttributeError(name)

        desk = signed_in(practice, journal=Counting())
        assert tried(desk, "asdf").status_code == 200


class TestWithDraft:
    def test_shows_both_side_by_side(self, desk: Desk) -> None:
        change(desk, "About **one hour** for", "Roughly **one hour** for")
        page = ask(desk, DURATION)
        assert "About <strong>one hour</strong>" in page
        assert "Roughly <strong>one hour</strong>" in page

    def test_marks_what_became_of_the_words(self, desk: Desk) -> None:
        change(desk, "About **one hour** for", "Roughly **one hour** for")
        page = ask(desk, DURATION)
        assert "The draft gives a different reply" in page
        assert "<del>About</del><ins>Roughly</ins>" in page

    def test_says_when_both_reply_the_same(self, desk: Desk) -> None:
        change(desk, "About **one hour** for", "Roughly **one hour** for")
        assert "gives the same reply" in ask(desk, "does the cement get hard")

    def test_knows_the_drafts_new_phrasings(self, desk: Desk) -> None:
        change(desk, "- cuts on my back", "- cuts on my back\n- snips on my back")
        page = ask(desk, "snips on my back")
        assert "Matched “snips on my back”, word for word." in page
        assert "The draft gives a different reply" in page

    def test_says_when_something_must_be_mended_first(self, desk: Desk) -> None:
        change(desk, "> The bone cement hardens quickly", "> The bone cement gets warm")
        page = ask(desk, DURATION)
        assert "The draft cannot answer yet" in page
        assert "About <strong>one hour</strong>" in page

    def test_keeps_nobody_waiting_while_the_draft_learns(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        go_on = threading.Event()

        def slow(knowledge: object, like: Bot) -> Bot:
            assert go_on.wait(PATIENCE)
            return like

        monkeypatch.setattr(dry_run, "Bot", slow)
        monkeypatch.setattr(try_it, "AT_ONCE", 0.0)
        monkeypatch.setattr(try_it, "POLL", 0.0)
        change(desk, "- cuts on my back", "- snips on my back")
        page = tried(desk, DURATION).text
        assert "Getting the draft ready" in page
        assert 'data-wait="/staff/dry-run?until=bot"' in page
        assert '<noscript><meta http-equiv="refresh"' in page
        assert "About <strong>one hour</strong>" in page, "what visitors get now is there"
        go_on.set()
        assert "Getting the draft ready" not in ask(desk, DURATION)


class TestVisible:
    def test_leaves_out_how_sure_the_bot_was(self, bot: Bot) -> None:
        one, other = bot.ask(DURATION), bot.ask("how lnog does it take")
        assert visible(one) == visible(other)

    def test_tells_other_choices_apart(self, bot: Bot) -> None:
        assert visible(bot.ask("overnite")) != visible(bot.ask("surgery"))


class TestDifference:
    def test_is_none_between_different_entries(self, bot: Bot) -> None:
        assert difference(bot.ask(DURATION), bot.ask("does the cement get hard")) == ()

    def test_is_none_where_nothing_changed(self, bot: Bot) -> None:
        assert difference(bot.ask(DURATION), bot.ask(DURATION)) == ()

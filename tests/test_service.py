"""A service caches replies, each for the version of the knowledge that gave it, and notes them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from weakref import ref

import pytest

from faqbot.app import create_app
from faqbot.bot import Bot
from faqbot.danger import languages
from faqbot.journal import KEEP_DAYS, Journal
from faqbot.journal.store import this_hour
from faqbot.live import Live
from faqbot.service import Service, preload
from tests.waiting import PATIENCE, wait_until

ASKED = "how long does it take"


def test_gives_the_same_reply_to_the_same_words(bot: Bot) -> None:
    service = Service.for_bot(bot)
    reply = service.ask(ASKED)
    assert service.ask(ASKED) is reply
    assert reply == bot.ask(ASKED)


def test_tells_what_was_answered_before_apart(bot: Bot) -> None:
    service = Service.for_bot(bot)
    for after in (None, "duration"):
        assert service.ask("and then?", after) == bot.ask("and then?", after)
    assert service.ask("and then?") != service.ask("and then?", "duration")


def test_never_replies_with_what_another_version_said(
    practice: Path, edit: Callable[[str, str, str], None]
) -> None:
    service = Service(Live(practice))
    before = service.ask(ASKED)
    edit("procedure.md", "**one hour**", "**an hour**")
    service.live.refresh()
    after = service.ask(ASKED)
    assert "an hour" in after.entries[0].text
    assert "one hour" in before.entries[0].text


def test_keeps_no_old_version_in_memory(practice: Path) -> None:
    bot = Bot.load(practice)
    Service.for_bot(bot).ask(ASKED)
    old = ref(bot)
    del bot
    gc.collect()
    assert old() is None


def test_can_load_what_tells_languages_apart_before_the_first_question() -> None:
    preload()
    wait_until(lambda: languages.identifier.cache_info().currsize == 1)


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("where is your parking", ["where is your parking"]),
        ("i cant feel my legs", []),  # an emergency
        ("i have a fever", []),  # answered under a caution
    ],
)
def test_keeps_no_words_of_danger_from_an_answer_that_did_not_help(
    bot: Bot, tmp_path: Path, question: str, kept: list[str]
) -> None:
    journal = Journal(str(tmp_path / "journal.sqlite"))
    service = Service(Live(None, bot), journal)
    assert service.feedback("duration", False, question)
    assert journal.flush(PATIENCE)
    assert [asked.text for asked in journal.questions()] == kept
    assert [count.kind for count in journal.counts(1)] == ["not helpful"]
    service.close()


class Notes(Journal):
    """Keeps the ids that it is handed."""

    def __init__(self, file: Path) -> None:
        super().__init__(str(file))
        self.ids: list[str] = []

    def note(self, *given: Any, id: str = "") -> None:
        self.ids.append(id or given[-1])


def test_hands_the_journal_the_id_that_nginx_gives_a_request(bot: Bot, tmp_path: Path) -> None:
    notes = Notes(tmp_path / "journal.sqlite")
    client = create_app(Service(Live(None, bot), notes)).test_client()
    for number, (path, body) in enumerate(
        [
            ("/api/ask", {"question": "hello"}),
            ("/api/ask", {"question": "i cant feel my legs", "not_emergency": True}),
            ("/api/helpful", {"id": "duration", "helpful": True}),
        ]
    ):
        client.post(path, json=body, headers={"X-Request-ID": f"request-{number}"})
    client.get("/api/entries/duration", headers={"X-Request-ID": "request-3"})
    assert notes.ids == [f"request-{number}" for number in range(4)]
    notes.close()


@pytest.mark.parametrize(
    ("journal", "opened", "logged"),
    [
        ('"asked.sqlite"', ".faqbot/asked.sqlite", ""),
        ('"on"', None, "practice.toml:1: “on” is not a place where the journal can be kept"),
        ('"postgresql://[::"', None, "practice.toml names it"),
    ],
)
def test_a_bad_journal_costs_no_visitor_a_reply(
    practice: Path,
    journal: str,
    opened: str | None,
    logged: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    file = practice / "practice.toml"
    file.write_text(f"journal = {journal}\n" + file.read_text("utf-8"), "utf-8")
    service = Service.open(practice)
    assert service.ask("hello").phones
    service.close()
    assert (service.journal is not None) == bool(opened)
    assert opened is None or (practice / opened).exists()
    assert logged in caplog.text


@pytest.mark.parametrize("setting", ["off", "on"])  # “on” cannot be opened
def test_old_notes_are_deleted_also_where_the_journal_is_not_in_use(
    practice: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    Service.open(practice).close()
    file = practice / ".faqbot" / "journal.sqlite"
    kept = Journal(str(file))
    with monkeypatch.context() as then:
        then.setattr("faqbot.journal.this_hour", lambda: this_hour() - KEEP_DAYS * 24)
        kept.note("an old question", "office")
        assert kept.flush(PATIENCE)
    kept.note("a new question", "office")
    kept.close()
    toml = practice / "practice.toml"
    toml.write_text(f'journal = "{setting}"\n' + toml.read_text("utf-8"), "utf-8")
    Service.open(practice).close()
    with closing(Journal(str(file))) as left:
        assert [asked.text for asked in left.questions(KEEP_DAYS * 2)] == ["a new question"]


def test_opens_a_folder_that_is_named_as_text(practice: Path) -> None:
    service = Service.open(str(practice), "off")
    assert service.folder == practice
    assert service.ask(ASKED).kind == "answer"

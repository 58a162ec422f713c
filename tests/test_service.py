"""A service remembers replies, each for the version of the knowledge that gave it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from weakref import ref

from faqbot.bot import Bot
from faqbot.live import Live
from faqbot.service import Service

ASKED = "how long does it take"


def test_gives_the_same_reply_to_the_same_words(bot: Bot) -> None:
    service = Service.of(bot)
    reply = service.ask(ASKED)
    assert service.ask(ASKED) is reply
    assert reply == bot.ask(ASKED)


def test_tells_what_was_answered_before_apart(bot: Bot) -> None:
    service = Service.of(bot)
    for after in (None, "duration"):
        assert service.ask("and then?", after) == bot.ask("and then?", after)
    assert service.ask("and then?") != service.ask("and then?", "duration")


def test_never_replies_with_what_another_version_said(
    practice: Path, edit: Callable[[str, str, str], None]
) -> None:
    service = Service(Live(practice))
    before = service.ask(ASKED)
    edit("procedure.md", "**one hour**", "**an hour**")
    service.live.look()
    after = service.ask(ASKED)
    assert "an hour" in after.entries[0].text
    assert "one hour" in before.entries[0].text


def test_keeps_no_old_version_in_memory(practice: Path) -> None:
    bot = Bot.load(practice)
    Service.of(bot).ask(ASKED)
    old = ref(bot)
    del bot
    gc.collect()
    assert old() is None

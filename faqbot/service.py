"""`Service`: one practice being served, its live bot and its journal."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast
from weakref import ref

from faqbot.bot import Bot, Reply
from faqbot.editing.workspace import Pause, Workspace
from faqbot.journal import Journal
from faqbot.live import Live
from faqbot.settings import JOURNAL

CAUTION = "caution"  # in the journal: a reply under a caution, of whatever kind
CHOSEN = "chosen"  # in the journal: an entry that was not typed but picked from what was offered
QUESTION_LIMIT = 2_000  # characters of a question
REMEMBERED = 1024  # replies, of all practices together: many visitors ask in the same words

_turn = threading.Lock()  # Python lets one thread think at a time; to queue costs less than to vie


@lru_cache(REMEMBERED)
def _remembered(
    bot: ref[Bot],
    text: str,
    after: str | None,
    before: tuple[str, ...],
    page: str,
    choices: tuple[str, ...],
) -> Reply:
    """What the bot replies; a reference, so that no old version is kept for what it replied."""
    with _turn:
        return cast(Bot, bot()).ask(text, after, before, page, choices)


@dataclass(frozen=True, slots=True)
class Service:
    """Replies, and notes down what visitors could not get answered."""

    live: Live
    journal: Journal | None = None

    @classmethod
    def open(cls, folder: Path, journal: str | None = None) -> Service:
        """The practice of this folder; raises KnowledgeError where it cannot be used.

        `journal`: as FAQBOT_JOURNAL, which stands in for it, before practice.toml.
        """
        live = Live(folder)
        named = journal or os.environ.get(JOURNAL.variable, "")
        setting = named or live.bot.knowledge.practice.journal
        return cls(live, Journal.open(Workspace(folder).journal, setting))

    @classmethod
    def of(cls, bot: Bot) -> Service:
        """A bot by itself: nothing is followed, nothing is kept."""
        return cls(Live(None, bot))

    @property
    def bot(self) -> Bot:
        """The bot that answers now; take it once for all that must be of one version."""
        return self.live.bot

    @property
    def folder(self) -> Path | None:
        """Where the knowledge is read from."""
        return self.live.folder

    @property
    def paused(self) -> Pause | None:
        """Whether the practice has paused its answers."""
        return self.live.pause

    def start(self) -> None:
        """Follow the folder from now on, in this process."""
        self.live.start()

    def renewed(self) -> Service:
        """Itself, with the folder as it is now; for a process that was just forked."""
        self.live.look()
        return self

    def ask(
        self,
        text: str,
        after: str | None = None,
        before: tuple[str, ...] = (),
        page: str = "",
        choices: tuple[str, ...] = (),
    ) -> Reply:
        """Reply to a visitor, as `Bot.ask`; danger rings even in a pause."""
        bot = self.bot
        if self.paused:
            return bot.pause(text, before)
        reply = _remembered(ref(bot), text, after, before, page, choices)
        self._note(bot, text, reply)
        return reply

    def calm(self, text: str, page: str = "") -> Reply:
        """Reply to a visitor who says that it is no emergency."""
        bot = self.bot
        if self.paused:
            return bot.pause()
        with _turn:
            reply = bot.calm(text, page)
        self._note(bot, text, reply)
        return reply

    def _note(self, bot: Bot, text: str, reply: Reply) -> None:
        """What may tell of danger is counted, and never kept as text."""
        if not self.journal:
            return
        ids = list(dict.fromkeys(entry.id for entry in reply.shown)) or [reply.topic]
        kind = CAUTION if reply.caution else reply.kind
        phones = bot.knowledge.practice.phones
        self.journal.reply(text, kind, ids, reply.nearest, reply.small_talk, phones)

    def entry(self, entry_id: str) -> Reply | None:
        """The reply that shows one entry, as when it is chosen; None if there is none."""
        bot = self.bot
        reply = bot.entry(entry_id)
        if reply and self.paused:
            return bot.pause()
        if reply and self.journal:
            self.journal.reply("", CHOSEN, [entry_id], None)
        return reply

    def suggest(self, text: str) -> list[dict[str, Any]]:
        """Questions that go on from what is typed so far; none in a pause."""
        return [] if self.paused else self.bot.suggest(text)

    def feedback(self, entry_id: str, helpful: bool, question: str = "") -> bool:
        """Note whether an answer helped; False if there is no such entry."""
        if not self.bot.has(entry_id):
            return False
        if self.journal:
            phones = self.bot.knowledge.practice.phones
            self.journal.feedback(entry_id, helpful, question, phones)
        return True

    def close(self) -> None:
        """Stop following the folder, and write down what is still in hand."""
        self.live.close()
        if self.journal:
            self.journal.close()

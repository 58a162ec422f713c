"""`Service`: the live bot, the pause and the journal of one practice."""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from faqbot.bot import Bot, Reply
from faqbot.danger import Detector, languages
from faqbot.editing.workspace import Pause, Workspace
from faqbot.journal import KEEP_DAYS, Journal, JournalError
from faqbot.live import Live
from faqbot.privacy import anonymise
from faqbot.settings import JOURNAL
from faqbot.understanding.caching import shared_cache
from faqbot.understanding.calibration import calibration
from faqbot.understanding.features import rarity
from faqbot.understanding.vectors import word_vectors

CAUTION = "caution"  # in the journal: a reply under a caution, of whatever kind
SMALL_TALK = "small talk"  # in the journal: a hello, not a question that got no answer
CHOSEN = "chosen"  # in the journal: an entry that was not typed but picked from what was offered
QUESTION_LIMIT = 2_000  # characters of a question
CACHED = 1024  # replies, of all practices together: many visitors ask in the same words

log = logging.getLogger(__name__)

_one_at_a_time = threading.Lock()  # contention for the GIL costs more than waiting for a lock


@shared_cache(CACHED)
def _ask(
    bot: Bot,
    text: str,
    last_answer_id: str | None,
    earlier_messages: tuple[str, ...],
    page_path: str,
    choices: tuple[str, ...],
) -> Reply:
    with _one_at_a_time:
        return bot.ask(text, last_answer_id, earlier_messages, page_path, choices)


def _may_tell_danger(bot: Bot, text: str) -> bool:
    with _one_at_a_time:
        return bot.danger(text) is not None


def _delete_old_notes(file: Path) -> None:
    """Delete the old notes in a journal that nobody writes to any more, if there is one."""
    try:
        if file.exists():
            with closing(Journal(str(file))) as unused:
                unused.purge(KEEP_DAYS)
    except (JournalError, OSError) as error:
        log.warning("Old notes in %s could not be deleted. %s", file, error)


def preload() -> None:
    """Load what all practices share, so that no visitor waits for it; the slowest in a thread."""
    Detector().detect("i cant feal my legs")
    rarity("kyphoplasty")
    word_vectors()
    calibration()
    anonymise("my name is Ann Lee")
    threading.Thread(target=languages.identifier, name="faqbot-languages", daemon=True).start()


@dataclass(frozen=True, slots=True)
class Service:
    """Replies, and notes down what visitors could not get answered."""

    live: Live
    journal: Journal | None = None
    request_id: str = ""  # of the request under way; a request that is sent twice counts once
    journal_error: str = ""  # why the journal that practice.toml names cannot be opened

    @classmethod
    def open(cls, folder: str | Path, journal: str | None = None) -> Service:
        """The practice of this folder; raises KnowledgeError where it cannot be used.

        `journal` overrides FAQBOT_JOURNAL, which overrides practice.toml.
        """
        folder = Path(folder)
        live = Live(folder)
        workspace = Workspace(folder)
        workspace.close_to_others()
        opened, problem = None, ""
        if setting := journal or os.environ.get(JOURNAL.variable, ""):
            opened = Journal.open(workspace.journal, setting)
        else:
            named = live.bot.knowledge.practice.journal
            try:
                opened = Journal.named(workspace.journal, named)
            except JournalError as error:  # the office's mistake, for which no visitor should pay
                log.error("%s practice.toml names it; nothing is noted until that is fixed.", error)
                problem = str(error)
        if opened is None:
            _delete_old_notes(workspace.journal)
        return cls(live, opened, journal_error=problem)

    @classmethod
    def for_bot(cls, bot: Bot) -> Service:
        """A bot by itself: no folder is followed, nothing is noted."""
        return cls(Live(None, bot))

    def for_request(self, request_id: str) -> Service:
        """The same service, for one request; "" where the request has no id."""
        return replace(self, request_id=request_id)

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

    def ask(
        self,
        text: str,
        last_answer_id: str | None = None,
        earlier_messages: tuple[str, ...] = (),
        page_path: str = "",
        choices: tuple[str, ...] = (),
    ) -> Reply:
        """Reply to a visitor, as `Bot.ask`; in a pause, danger is still recognised."""
        bot = self.bot
        if self.paused:
            return bot.reply_while_paused(text, earlier_messages)
        reply = _ask(bot, text, last_answer_id, earlier_messages, page_path, choices)
        self._note(bot, text, reply)
        return reply

    def ask_not_emergency(self, text: str, page_path: str = "") -> Reply:
        """Reply to a visitor who says that it is no emergency."""
        bot = self.bot
        if self.paused:
            return bot.reply_while_paused()
        with _one_at_a_time:
            reply = bot.ask_not_emergency(text, page_path)
        self._note(bot, text, reply)
        return reply

    def _note(self, bot: Bot, text: str, reply: Reply) -> None:
        """What may tell of danger is counted, and never kept as text."""
        if not self.journal:
            return
        entry = reply.shown[0].id if reply.shown else reply.topic
        kind = CAUTION if reply.caution else SMALL_TALK if reply.small_talk else reply.kind
        phones = bot.knowledge.practice.phones
        self.journal.note(text, kind, entry, reply.nearest, phones, self.request_id)

    def entry(self, entry_id: str) -> Reply | None:
        """The reply that shows one entry, as when it is chosen; None if there is none."""
        bot = self.bot
        reply = bot.entry(entry_id)
        if reply and self.paused:
            return bot.reply_while_paused()
        if reply and self.journal:
            self.journal.note("", CHOSEN, entry_id, id=self.request_id)
        return reply

    def suggest(self, text: str) -> list[dict[str, Any]]:
        """Suggestions for what is typed so far; none in a pause."""
        return [] if self.paused else self.bot.suggest(text)

    def feedback(self, entry_id: str, helpful: bool, question: str = "") -> bool:
        """Note whether an answer helped; False if there is no such entry.

        As in `ask`, a question that may tell of danger is counted, and never kept as text.
        """
        bot = self.bot
        if not bot.has(entry_id):
            return False
        if self.journal:
            kind = "helpful" if helpful else "not helpful"
            text = "" if helpful or _may_tell_danger(bot, question) else question
            phones = bot.knowledge.practice.phones
            self.journal.note(text, kind, entry_id, (entry_id, 0.0), phones, self.request_id)
        return True

    def next_best(self, entry_id: str, question: str = "") -> Reply:
        """Reply to a visitor whom this entry's answer did not help; there must be the entry."""
        if self.paused:
            return self.bot.reply_while_paused(question)
        with _one_at_a_time:
            return self.bot.next_best(entry_id, question)

    def counts(self) -> Counter[str]:
        """`reloads` of the knowledge, `lost` notes, and `problems` with the folder as it is now."""
        status, lost = self.live.status(), self.journal.lost if self.journal else 0
        return Counter(reloads=status.reloads, lost=lost, problems=len(status.problems))

    def close(self) -> None:
        """Stop following the folder, and write the notes that wait to be written."""
        self.live.close()
        if self.journal:
            self.journal.close()

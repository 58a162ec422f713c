"""Unanswered: what visitors asked in vain, and what becomes of it in the draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, abort, request

from faqbot.editing import entries, triage
from faqbot.editing.draft import Action
from faqbot.editing.entries import EditError
from faqbot.editing.triage import Spellings
from faqbot.journal import JournalError
from faqbot.journal.unanswered import Group, all_spellings, group, is_for_office
from faqbot.knowledge.snapshot import role_of
from faqbot.knowledge.wording import excerpt, sameness
from faqbot.staff import context, listing, times

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from faqbot.journal import Asked

DAYS = 90
MOST = 5_000  # of the newest questions are looked at
A_PAGE = 10  # groups
SHOWN = 6  # wordings of a group; the others are folded away
NEAR = 5  # entries that are offered first
KINDS = {
    "office": "got the phone numbers",
    "choices": "got a choice of questions",
    "not helpful": "said that the answer did not help",
}
ACTIONS = {
    "phrasing": "another way to ask",
    "entry": "a new answer",
    "office": "a topic for the office",
    "ignore": "ignored",
}

AWAY = "The journal cannot be read just now"
NOTHING_TICKED = "Tick the questions that you mean first; nothing was done."
NO_ENTRY = "Choose the answer that these questions ask for; nothing was done."
GONE = "These questions have left the list: somebody else took them on, or they grew too old."
ADDED = "Added to “{}” in the draft. Visitors get its answer once you publish."
TOPIC = "“{}” is in the draft as a topic for the office. Look once at how it is worded."
IGNORED = "Ignored. They leave the list for good once you publish."
BACK = "Taken out of the draft again; the questions are back on the list."


@dataclass(frozen=True, slots=True)
class Option:
    """An entry that a question can go to."""

    id: str
    question: str


@dataclass(frozen=True, slots=True)
class Row:
    """A group of questions as the page shows it."""

    group: Group
    title: str
    last: str  # "today at 3:14 PM"
    nearest: tuple[Option, ...]  # the likeliest entries first

    @property
    def texts(self) -> tuple[str, ...]:
        """All wordings in all spellings."""
        return tuple(text for wording in self.group.questions for text in wording.texts)


@dataclass(frozen=True, slots=True)
class InDraft:
    """Questions that the draft takes care of in the same way."""

    action: Action
    entry: Option | None
    questions: tuple[Sequence[str], ...]  # those that are undone together


def add(room: Blueprint) -> None:
    """Add the pages to the desk; any of its pages may find that the journal is away."""
    room.register_error_handler(JournalError, _journal_away)

    @room.get("/unanswered", endpoint="unanswered")
    def show() -> str:
        if context.service().journal is None:
            return context.page("unanswered.html", journal=False)
        return _shown(request.args.get("page", 1, int), request.args.get("about", ""))

    @room.post("/unanswered/take", endpoint="take")
    def take() -> ResponseReturnValue:
        return _take(request.form.getlist("question"), request.form.get("action", ""))

    @room.post("/unanswered/give-back", endpoint="give_back")
    def give_back() -> ResponseReturnValue:
        triage.give_back(context.workspace(), request.form.getlist("question"), context.who())
        context.say(BACK)
        return context.go("unanswered")


def _journal_away(error: JournalError) -> ResponseReturnValue:
    return context.page("problem.html", title=AWAY, message=str(error)), 503


# the page


def _shown(number: int, about: str = "") -> str:
    """One page of the list; the one with the group that holds the text `about`, if there is one."""
    waiting, topics = in_vain(), for_office()
    with_topics = "topics" in request.args or about in {one.text for one in topics}
    groups = group(waiting + topics if with_topics else waiting, phrasings())
    workspace = _place_of(about, groups)
    pages = max(1, -(-len(groups) // A_PAGE))
    number = min(max(1, number if workspace is None else workspace // A_PAGE + 1), pages)
    options = _options()
    return context.page(
        "unanswered.html",
        journal=True,
        days=DAYS,
        total=sum(found.count for found in groups),
        groups=len(groups),
        topics=len(topics),
        with_topics=with_topics,
        rows=[_row(found, options) for found in groups[(number - 1) * A_PAGE : number * A_PAGE]],
        number=number,
        pages=pages,
        options=_by_file(options),
        taken=_in_draft(options),
        about=about,
        shown=SHOWN,
        kinds=KINDS,
        actions=ACTIONS,
    )


def _place_of(about: str, groups: Sequence[Group]) -> int | None:
    places = (
        workspace
        for workspace, found in enumerate(groups)
        for wording in found.questions
        if about in wording.texts
    )
    return next(places, None) if about else None


def _asked() -> list[Asked]:
    journal = context.service().journal
    return journal.questions(DAYS)[:MOST] if journal else []


def _open() -> list[Asked]:
    """What no one has taken on yet."""
    taken = {one.question for one in context.draft().triaged}
    return [one for one in _asked() if one.text not in taken]


def in_vain() -> list[Asked]:
    """What visitors asked in vain, and no one has taken on yet."""
    topics = _topics()
    return [one for one in _open() if not is_for_office(one, topics)]


def for_office() -> list[Asked]:
    """What visitors asked of the office's own topics, so that nothing need be done about it."""
    topics = _topics()
    return [one for one in _open() if is_for_office(one, topics)]


def _topics() -> frozenset[str]:
    return context.service().bot.for_the_phone()


def phrasings() -> tuple[str, ...]:
    """The practice's own, by which it is known what is common here."""
    return tuple(line for entry in context.service().bot.knowledge.entries for line in entry.lines)


def _row(found: Group, options: dict[str, tuple[str, Option]]) -> Row:
    title = found.questions[0].text
    matches = context.service().bot.rank(title)[:NEAR]
    likely = dict.fromkeys([found.nearest, *(match.entry.id for match in matches)])
    return Row(
        group=found,
        title=title,
        last=times.in_words(found.last, context.service().bot.knowledge.practice),
        nearest=tuple(options[id_][1] for id_ in likely if id_ in options),
    )


def _options() -> dict[str, tuple[str, Option]]:
    """Every entry of the draft with the title of its file, by its id."""
    files, titles = listing.entry_files(context.draft()), listing.titles(context.draft())
    return {
        block.id: (titles[name], Option(block.id, block.question))
        for name, text in files.items()
        for block in entries.blocks(text, role_of(name))
        if block.id
    }


def _by_file(options: dict[str, tuple[str, Option]]) -> dict[str, list[Option]]:
    files: dict[str, list[Option]] = {}
    for title, option in options.values():
        files.setdefault(title, []).append(option)
    return files


def _in_draft(options: dict[str, tuple[str, Option]]) -> list[InDraft]:
    """What can be undone together: a topic as a whole, else each wording with its spellings."""
    sets: dict[tuple[Action, str], dict[str, list[str]]] = {}
    for one in context.draft().triaged:
        key = "" if one.action == "office" else sameness(one.question)
        found = sets.setdefault((one.action, one.entry), {})
        found.setdefault(key, []).append(one.question)
    return [
        InDraft(action, options[entry][1] if entry in options else None, tuple(found.values()))
        for (action, entry), found in sets.items()
    ]


# what becomes of questions


def _take(ticked: Sequence[str], action: str) -> ResponseReturnValue:
    if action not in ACTIONS:
        abort(400)
    questions = all_spellings(_open(), ticked)
    if not questions:
        context.say(GONE if ticked else NOTHING_TICKED, "bad")
    elif action == "entry":
        return _begin_entry(questions)
    else:
        try:
            _ACTS[action](questions)
        except EditError as error:
            context.say(str(error), "bad")
    return context.go("unanswered", page=request.form.get("page", 1, int))


def _begin_entry(questions: Spellings) -> ResponseReturnValue:
    """To the form for a new entry; the questions leave the list once it is saved.

    The first is its question and also a phrasing, so that its words stay when it is reworded.
    """
    return context.go(
        "new_entry",
        question=triage.heading(next(iter(questions))),
        phrasing=[written for text in questions if (written := triage.wording(text))],
        taken=[text for spellings in questions.values() for text in spellings],
    )


def _add_phrasings(questions: Spellings) -> None:
    entry_id = request.form.get("entry", "")
    found = _options().get(entry_id)
    if found is None:
        context.say(NO_ENTRY, "bad")
        return
    triage.as_phrasings(context.workspace(), entry_id, questions, context.who())
    context.say(ADDED.format(excerpt(found[1].question)))


def _add_topic(questions: Spellings) -> None:
    entry = triage.as_office_topic(context.workspace(), questions, context.who())
    context.say(TOPIC.format(excerpt(entry.question)))


def _ignore(questions: Spellings) -> None:
    triage.as_ignored(context.workspace(), questions, context.who())
    context.say(IGNORED)


_ACTS = {"phrasing": _add_phrasings, "office": _add_topic, "ignore": _ignore}

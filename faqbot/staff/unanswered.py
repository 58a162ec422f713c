"""Unanswered questions: the list, and what the draft does about each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, request
from flask.typing import ResponseReturnValue

from faqbot.editing import triage
from faqbot.editing.draft import Action
from faqbot.editing.entries import Block, EditError
from faqbot.editing.triage import Spellings
from faqbot.editing.workspace import fingerprint
from faqbot.journal import JournalError, OpenQuestion
from faqbot.journal.unanswered import Group, all_spellings, group, is_for_office
from faqbot.knowledge.strings import comparison_key, excerpt

from . import context, entry
from .answers import all_blocks, titles
from .context import desk

MAX_QUESTIONS = 5_000  # of the newest questions are looked at
GROUPS_PER_PAGE = 10  # groups
MAX_SHOWN_WORDINGS = 6  # wordings of a group; the others are folded away
MAX_OFFERED_ENTRIES = 5  # entries that are offered first
KIND_LABELS = {
    "office": "got the phone numbers",
    "choices": "got a choice of questions",
    "not helpful": "said that the answer did not help",
}
ACTION_LABELS = {
    "phrasing": "another way to ask",
    "entry": "a new answer",
    "office": "a topic for the office",
    "ignore": "ignored",
}

AWAY = "The journal cannot be read right now"
NOTHING_TICKED = "Tick the questions that you mean first; nothing was done."
NO_ENTRY = "Choose the answer that these questions ask for; nothing was done."
GONE = (
    "These questions are no longer on the list: somebody else handled them, or they have expired."
)
ADDED = "Added to “{}” in the draft. Visitors get its answer once you publish."
TOPIC = "“{}” is in the draft as a topic for the office. Please check its wording."
IGNORED = "Ignored. They leave the list for good once you publish."
BACK = "Taken out of the draft again; the questions are back on the list."


@dataclass(frozen=True, slots=True)
class TriagedGroup:
    """Questions that the draft handles in the same way."""

    action: Action
    entry: Block | None
    questions: tuple[Sequence[str], ...]  # those that are undone together


@desk.errorhandler(JournalError)  # any of the desk's pages may find that it is away
def _journal_away(error: JournalError) -> ResponseReturnValue:
    return context.render("problem.html", title=AWAY, message=str(error)), 503


@desk.get("/unanswered", endpoint="unanswered")
def show() -> str:
    """One page of the list: the one with the group that `about` leads to, if there is one."""
    if context.service().journal is None:
        service = context.service()
        reasons = [f"{one.message} {one.fix}" for one in service.bot.knowledge.warnings]
        reasons += filter(None, [service.journal_error])
        return context.render("unanswered.html", journal=False, reasons=reasons)
    about = request.args.get("about", "")
    waiting, topics = needs_attention(), _phone_only_questions()
    with_topics = "topics" in request.args or about in {key(one.text) for one in topics}
    groups = group(waiting + topics if with_topics else waiting, phrasings())
    pages = max(1, -(-len(groups) // GROUPS_PER_PAGE))
    here = next((i for i, found in enumerate(groups) if about in map(key, _texts(found))), None)
    number = request.args.get("page", 1, int) if here is None else here // GROUPS_PER_PAGE + 1
    number = min(max(1, number), pages)
    entries = _entries()
    return context.render(
        "unanswered.html",
        journal=True,
        total=sum(found.count for found in groups),
        groups=len(groups),
        topics=len(topics),
        with_topics=with_topics,
        shown_groups=[
            (found, _nearest(found, entries))
            for found in groups[(number - 1) * GROUPS_PER_PAGE : number * GROUPS_PER_PAGE]
        ],
        number=number,
        pages=pages,
        options=_by_title(),
        triaged=_in_draft(entries),
        here=None if here is None else groups[here],
        shown=MAX_SHOWN_WORDINGS,
        kinds=KIND_LABELS,
        actions=ACTION_LABELS,
    )


@desk.post("/unanswered/triage")
def triage_ticked() -> ResponseReturnValue:
    """Do in the draft what was chosen for the questions that were ticked."""
    ticked, action = request.form.getlist("question"), request.form.get("action", "")
    if action not in ACTION_LABELS:
        abort(400)
    questions = all_spellings(_open(), ticked)
    if not questions:
        context.flash(GONE if ticked else NOTHING_TICKED, "bad")
    elif action == "entry":
        return _begin_entry(questions)
    else:
        try:
            _put_in_draft(questions, action)
        except EditError as error:
            context.flash(str(error), "bad")
    page, topics = request.form.get("page", 1, int), request.form.get("topics") and "yes"
    return context.redirect_to("unanswered", page=page, topics=topics or None)


@desk.post("/unanswered/undo")
def undo_triage() -> ResponseReturnValue:
    """Put questions back on the list, and undo what was done with them."""
    triage.undo_triage(context.workspace(), request.form.getlist("question"), context.who())
    context.flash(BACK)
    return context.redirect_to("unanswered")


# the page


def key(text: str) -> str:
    """Identifies a visitor's question in an address without its words: browsers keep addresses."""
    return fingerprint(text)


def needs_attention() -> list[OpenQuestion]:
    """Questions that got no answer and that the draft does not handle yet."""
    topics = context.service().bot.phone_only_ids()
    return [one for one in _open() if not is_for_office(one, topics)]


def phrasings() -> tuple[str, ...]:
    """The practice's own phrasings, which tell what is common here."""
    return tuple(line for entry in context.service().bot.knowledge.entries for line in entry.lines)


def _phone_only_questions() -> list[OpenQuestion]:
    """Questions about the office's own topics, about which nothing needs to be done."""
    topics = context.service().bot.phone_only_ids()
    return [one for one in _open() if is_for_office(one, topics)]


def _open() -> list[OpenQuestion]:
    """Questions that the draft does not handle yet."""
    journal = context.service().journal
    asked = journal.questions()[:MAX_QUESTIONS] if journal else []
    triaged = {one.question for one in context.draft().triaged}
    return [one for one in asked if one.text not in triaged]


def _texts(found: Group) -> list[str]:
    """All wordings in all spellings."""
    return [text for wording in found.questions for text in wording.texts]


def _entries() -> dict[str, Block]:
    """Every entry of the draft, by its id."""
    return {block.id: block for _, block in all_blocks(context.draft().files)}


def _by_title() -> dict[str, list[Block]]:
    """Every entry of the draft, under the title of its file."""
    found, names = defaultdict[str, list[Block]](list), titles()
    for file, block in all_blocks(context.draft().files):
        found[names[file]].append(block)
    return found


def _nearest(found: Group, entries: dict[str, Block]) -> list[Block]:
    """The likeliest entries first."""
    matches = context.service().bot.rank(found.questions[0].text)[:MAX_OFFERED_ENTRIES]
    likely = dict.fromkeys([found.nearest, *(match.entry.id for match in matches)])
    return [entries[id_] for id_ in likely if id_ in entries]


def _in_draft(entries: dict[str, Block]) -> list[TriagedGroup]:
    """What can be undone together: a topic as a whole, else each wording with its spellings."""
    sets: dict[tuple[Action, str], dict[str, list[str]]] = {}
    for one in context.draft().triaged:
        wording = "" if one.action == "office" else comparison_key(one.question)
        found = sets.setdefault((one.action, one.entry), {})
        found.setdefault(wording, []).append(one.question)
    return [
        TriagedGroup(action, entries.get(entry), tuple(found.values()))
        for (action, entry), found in sets.items()
    ]


# what becomes of questions


def _begin_entry(questions: Spellings) -> str:
    """The form for a new entry; the questions leave the list once it is saved.

    The first is its question and also a phrasing, so that its words stay when it is reworded.
    Nothing leads there by an address, which would keep the visitors' words.
    """
    return entry.begin(
        question=triage.heading(next(iter(questions))),
        phrasings=[written for text in questions if (written := triage.wording(text))],
        triaged=[text for spellings in questions.values() for text in spellings],
    )


def _put_in_draft(questions: Spellings, action: str) -> None:
    """As phrasings of an entry, as a topic for the office, or as ignored."""
    workspace, who = context.workspace(), context.who()
    if action == "office":
        topic = triage.as_office_topic(workspace, questions, who)
        context.flash(TOPIC.format(excerpt(topic.question)))
    elif action == "ignore":
        triage.as_ignored(workspace, questions, who)
        context.flash(IGNORED)
    elif block := _entries().get(request.form.get("entry", "")):
        triage.as_phrasings(workspace, block.id, questions, who)
        context.flash(ADDED.format(excerpt(block.question)))
    else:
        context.flash(NO_ENTRY, "bad")

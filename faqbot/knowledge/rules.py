"""What an entry must keep: each alone, by its role, and all of them together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from faqbot.common.topics import Kind, claimable
from faqbot.knowledge.diagnostics import Diagnostics
from faqbot.knowledge.parsed import Draft, Line
from faqbot.text import unpile

from .answer import Answer, render
from .examples import KINDS
from .page import Page
from .reviewed import read_review
from .values import LOOK_ALIKES, Entry, Practice, Role
from .wording import excerpt, nearest, plain, sameness, verbatim

_WORDS = "one two three four five six seven eight nine ten eleven twelve"
_VALUES = {word: str(value) for value, word in enumerate(_WORDS.split(), 1)}
_PHONE = re.compile(r"(?<!\d)(?:\+?1[\s.\-]*)?\(?(\d{3})\)?[\s.\-]*(\d{3})[\s.\-]*(\d{4})(?!\d)")
_NUMBER = re.compile(rf"\d+(?:,\d{{3}})*(?:\.\d+)?|\b(?:{'|'.join(_VALUES)})\b", re.IGNORECASE)
_SPANISH = re.compile(r"[*_]*en espa(?:ñ|n)ol[*_]*\s*:[*_]*\s*", re.IGNORECASE)
NO_TOPIC = "none"  # behind "Topic:": what is asked is no topic
_ONE_SENTENCE = "Write what the visitor should read in a sentence or two"


@dataclass(frozen=True, slots=True)
class Checked:
    """An entry that was read, with the lines of what others must agree with."""

    entry: Entry
    phrasings: tuple[Line, ...]
    links: tuple[Line, ...]
    diagnostics: Diagnostics


@dataclass(frozen=True, slots=True)
class Setting:
    """What an entry is judged by: its file's role, the page it rests on, the practice."""

    role: Role
    diagnostics: Diagnostics
    page: Page | None
    page_file: str
    practice: Practice | None
    pack: str = ""  # whose topics an entry may claim too


def check(draft: Draft, setting: Setting) -> Checked:
    """The entry that the draft makes; whatever is wrong with it is told."""
    diagnostics = setting.diagnostics
    spanish, body = _split_spanish(draft) if setting.role is Role.EMERGENCY else ([], draft.body)
    told = len(diagnostics.problems)
    answer = render(body, diagnostics)
    sound = len(diagnostics.problems) == told
    day, by = read_review(draft.reviewed, diagnostics)
    entry = Entry(
        id=draft.id,
        question=draft.question,
        phrasings=_phrasings(draft),
        role=setting.role,
        html=answer.html,
        text=answer.text,
        quotes=tuple(line.text for line in draft.quotes),
        links=tuple(dict.fromkeys(link.text for link in answer.links)),
        file=diagnostics.file,
        line=draft.line,
        text_es=render(spanish, diagnostics).text if spanish else "",
        topics=_topics(draft, setting),
        reviewed=day,
        reviewed_by=by,
    )
    entry = _BY_ROLE[setting.role](entry, draft, setting)
    if setting.practice and setting.practice.schedule:
        entry = _with_schedule(entry, draft, diagnostics, setting.practice)
    if setting.role is Role.ANSWER and draft.quotes and sound:
        _check_numbers(draft, answer, diagnostics)
    asked = (Line(draft.line, draft.question), *draft.phrasings)
    return Checked(entry, asked, answer.links, diagnostics)


def _phrasings(draft: Draft) -> tuple[str, ...]:
    """Each once, and without the question itself."""
    kept = {sameness(draft.question): ""}
    for line in draft.phrasings:
        kept.setdefault(sameness(line.text), line.text)
    return tuple(text for text in kept.values() if text)


def _topics(draft: Draft, setting: Setting) -> tuple[str, ...] | None:
    """The ids behind "Topic:", () for "none"; None where there is no such line."""
    if draft.topic is None:
        return None
    line, text = draft.topic
    named = [name for part in text.split(",") if (name := part.strip().strip("`{#}").lower())]
    if named == [NO_TOPIC]:
        return ()
    known = claimable()
    diagnostics = setting.diagnostics
    if not named:
        diagnostics.add(
            line, "Nothing stands behind “Topic:”.", "Remove the line, or name a topic."
        )
    for name in named:
        topic = known.get(name)
        if topic is None:
            like = nearest(name, known)
            diagnostics.add(
                line,
                f"There is no topic “{excerpt(name)}”.",
                f"Did you mean “{like}”?" if like else "`faqbot topics` lists them all.",
            )
        elif topic.pack not in ("", setting.pack):
            diagnostics.add(
                line,
                f"The topic “{name}” belongs to the pack “{topic.pack}”.",
                f"Write at the head of this file: Pack: {topic.pack}",
            )
        elif setting.role is Role.FACT and topic.kind is Kind.PROCEDURE and draft.answered:
            diagnostics.add(
                line,
                f"The topic “{name}” is about a procedure, and its answer needs a quote.",
                "Put the question into the file of a page, with the sentence of the page.",
            )
    return tuple(named)


def _split_spanish(draft: Draft) -> tuple[list[Line], list[Line]]:
    """The paragraphs that begin with "En español:", without those words; and all others."""
    spanish: list[Line] = []
    others: list[Line] = []
    begun = True
    into = others
    for line in draft.body:
        match = _SPANISH.match(line.text) if begun else None
        if begun:
            into = spanish if match else others
        into.append(Line(line.number, line.text[match.end() :]) if match else line)
        begun = not line.text
    return spanish, others


# each role's own rules


def _check_answer(entry: Entry, draft: Draft, setting: Setting) -> Entry:
    tell = setting.diagnostics.add
    if not draft.answered:
        tell(
            draft.line,
            f"This question has no answer: “{excerpt(draft.question)}”.",
            f"{_ONE_SENTENCE} below the list, after an empty line; a question that only the "
            "office can answer belongs in office.md.",
        )
    if not draft.quotes:
        tell(
            draft.line,
            f"The answer to “{excerpt(draft.question)}” has no quote from the page.",
            "Below the answer, write > and a space, and behind it copy the passage of the page "
            "that the answer rests on.",
        )
        return entry
    quotes = tuple(_check_quote(quote, setting) for quote in draft.quotes)
    return replace(entry, quotes=quotes)


def _check_quote(quote: Line, setting: Setting) -> str:
    if setting.page is None:
        return quote.text
    for text in dict.fromkeys((quote.text, plain(quote.text))):
        if setting.page.find(verbatim(text)):
            return text
    near = setting.page.nearest(verbatim(quote.text))
    setting.diagnostics.add(
        quote.number,
        f"The page does not say this, word for word: “{excerpt(quote.text, 200)}”.",
        f"The nearest passage is: “{excerpt(near, 400)}”. Copy it from {setting.page_file}."
        if near
        else f"Copy the passage from {setting.page_file}, exactly as it stands there.",
    )
    return quote.text


def _check_numbers(draft: Draft, answer: Answer, diagnostics: Diagnostics) -> None:
    quoted = dict(_numbers(" | ".join(line.text for line in draft.quotes)))
    shown = f"{answer.text} | {answer.dialled}"
    for value, written in dict(_numbers(shown, markers=True)).items():
        if value not in quoted:
            diagnostics.add(
                _line_of(written, draft),
                f"The number “{excerpt(written)}” is in the answer but not in its quote.",
                "Correct it, or quote the passage of the page that says it too.",
            )


def _line_of(written: str, draft: Draft) -> int:
    """The line of the answer that holds what is written; else its first."""
    return next((row.number for row in draft.body if written in row.text), draft.body[0].number)


def _numbers(text: str, *, markers: bool = False) -> Iterator[tuple[str, str]]:
    """Each number as (its value, how it is written); a phone is one number, "2" is "two"."""
    text = unicodedata.normalize("NFKC", unpile(text))
    if markers:
        text = re.sub(r"(?m)^\d+\. ", "", text)
    for phone in _PHONE.finditer(text):
        yield "".join(phone.groups()), phone[0]
    for number in _NUMBER.finditer(_PHONE.sub(" ", text)):
        written = number[0]
        plain_value = _VALUES.get(written.lower()) or written.replace(",", "").lstrip("0") or "0"
        yield plain_value, written


def _with_schedule(
    entry: Entry, draft: Draft, diagnostics: Diagnostics, practice: Practice
) -> Entry:
    """The entry with the link for appointments, if it names it and practice.toml says where to.

    Staff never write that link themselves, so none is promised that is not there: where the page
    is quoted for its name the link stands below the answer, or nothing does.
    """
    label, url = practice.schedule, practice.schedule_url
    if label in f"{entry.text}\n{entry.text_es}" and not (url and entry.answered):
        _refuse_schedule(entry, _line_of(label, draft), diagnostics, label)
    named = label in entry.quotes or label in entry.text
    if not entry.answered or not named:
        return entry
    link = f'<p><a class="book" href="{escape(url)}">{escape(label)}</a></p>'
    quotes = tuple(quote for quote in entry.quotes if quote != label)
    return replace(entry, html=f"{entry.html}\n{link}" if url else entry.html, quotes=quotes)


def _refuse_schedule(entry: Entry, line: int, diagnostics: Diagnostics, label: str) -> None:
    where = "leads nowhere" if entry.answered else "is shown with answers only"
    fix = "Write its address as schedule_url in practice.toml, or take"
    fix = fix if entry.answered else "Take"
    diagnostics.add(
        line,
        f"“{excerpt(label)}” {where}, so visitors would look for it in vain.",
        f"{fix} these words out.",
    )


def _check_fact(entry: Entry, draft: Draft, setting: Setting) -> Entry:
    for quote in draft.quotes[:1]:
        setting.diagnostics.add(
            quote.number,
            "There is a quote in office.md, which rests on no page.",
            "Remove the > sign, or move the question to the file of its page.",
        )
    return entry if draft.answered else replace(entry, role=Role.OFFICE)


def _check_office(entry: Entry, draft: Draft, setting: Setting) -> Entry:
    rows = [row.number for row in draft.body if row.text] + [row.number for row in draft.quotes]
    if rows:
        setting.diagnostics.add(
            min(rows),
            "There is an answer in call-the-office.md; visitors get the phone numbers instead.",
            "Remove it, or move the question to the file of the page that answers it.",
        )
    return entry


def _check_small_talk(entry: Entry, draft: Draft, setting: Setting) -> Entry:
    _need_message(draft, setting)
    for quote in draft.quotes[:1]:
        setting.diagnostics.add(
            quote.number,
            f"There is a quote in {setting.diagnostics.file}, which rests on no page.",
            "Remove the > sign, or move the question to the file of its page.",
        )
    return entry


def _check_emergency(entry: Entry, draft: Draft, setting: Setting) -> Entry:
    if entry.id == LOOK_ALIKES:
        return _check_look_alikes(entry, draft, setting)
    _check_small_talk(entry, draft, setting)
    number = setting.practice.emergency_number if setting.practice else ""
    for text, name, start in (
        (entry.text, "message", ""),
        (entry.text_es, "Spanish message", "En espa"),
    ):
        if number and text and not re.search(rf"(?<!\d){re.escape(number)}(?!\d)", text):
            setting.diagnostics.add(
                _line_of(start, draft),
                f"The {name} for “{excerpt(draft.question)}” does not contain the emergency "
                f"number {number}.",
                f"Write in it that the visitor should call {number} now.",
            )
    if entry.text_es and not entry.text:
        setting.diagnostics.add(draft.line, "The message is in Spanish only.", f"{_ONE_SENTENCE}.")
    return entry


def _check_look_alikes(entry: Entry, draft: Draft, setting: Setting) -> Entry:
    if draft.answered:
        setting.diagnostics.add(
            draft.line,
            f"The entry {{#{LOOK_ALIKES}}} has a message, but visitors never get one from it.",
            "Take the text out; only the list teaches the alarm.",
        )
    return replace(entry, role=Role.LOOK_ALIKE)


def _need_message(draft: Draft, setting: Setting) -> None:
    if not draft.answered:
        setting.diagnostics.add(
            draft.line,
            f"There is no message for “{excerpt(draft.question)}”.",
            f"{_ONE_SENTENCE} below the list, after an empty line.",
        )


_BY_ROLE: Mapping[Role, Callable[[Entry, Draft, Setting], Entry]] = {
    Role.ANSWER: _check_answer,
    Role.FACT: _check_fact,
    Role.OFFICE: _check_office,
    Role.EMERGENCY: _check_emergency,
    Role.SMALL_TALK: _check_small_talk,
}


# all entries together


def check_together(checked: Sequence[Checked], told: Iterable[str] = (), *, complete: bool) -> None:
    """Ids and phrasings are told where they stand a second time, links where they lead nowhere.

    `told`: the ids of what practice.toml answers.
    When not `complete`, a file could not be read, and a missing id may be in it: not told.
    """
    _check_ids(checked)
    _check_phrasings(checked)
    if complete:
        known = dict.fromkeys([*(one.entry.id for one in checked), *told])
        for one in checked:
            for link in one.links:
                refuse_unknown_id(
                    link.text, link.number, known, "This link leads to", one.diagnostics
                )


def refuse_unknown_id(
    name: str, line: int, known: Mapping[str, object], what: str, diagnostics: Diagnostics
) -> None:
    """Tell an id that no entry has, with the one that was probably meant."""
    if name not in known:
        like = nearest(name, known)
        diagnostics.add(
            line,
            f"{what} “{excerpt(name)}”, but no question has this id.",
            f"Did you mean “{like}”?" if like else "Use one of the ids in {#…} after a question.",
        )


def _check_ids(checked: Sequence[Checked]) -> None:
    first: dict[str, Entry] = {}
    for one in checked:
        entry = one.entry
        other = first.setdefault(entry.id, entry)
        if entry.id in KINDS and entry.role is not Role.EMERGENCY:
            one.diagnostics.add(
                entry.line,
                f"The id “{entry.id}” has a meaning of its own and cannot be used here.",
                "Give the question another id.",
            )
        if other is not entry and entry.id:
            one.diagnostics.add(
                entry.line,
                f"The id “{entry.id}” is already that of “{excerpt(other.question)}” "
                f"({other.file}, line {other.line}).",
                f"Give this question another one: ## {excerpt(entry.question)} {{#another-id}}",
            )


def _check_phrasings(checked: Sequence[Checked]) -> None:
    """The same may be asked of two pages: the procedure decides. Otherwise it is told."""
    met: dict[str, list[tuple[int, Line, Entry]]] = {}
    for index, one in enumerate(checked):
        for line in one.phrasings:
            key = sameness(line.text)
            if not key:
                continue
            others = met.setdefault(key, [])
            for owner, place, entry in others:
                if owner != index and not are_of_two_pages(entry, one.entry):
                    one.diagnostics.add(
                        line.number,
                        f"“{excerpt(line.text)}” also stands under “{excerpt(entry.question)}” "
                        f"({entry.file}, line {place.number}).",
                        "Keep it under the question that it asks, and remove the other one.",
                    )
                    break
            others.append((index, line, one.entry))


def are_of_two_pages(one: Entry, other: Entry) -> bool:
    """Whether they are answers of different pages, which may be asked in the same words."""
    return one.role is other.role is Role.ANSWER and one.file != other.file

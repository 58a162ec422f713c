"""Validates entries: each by itself, by its role, and all of them together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from faqbot.knowledge.answer import Answer, render
from faqbot.knowledge.fields import read_review, read_topics
from faqbot.knowledge.page import Page
from faqbot.knowledge.parsed import Line, ParsedEntry
from faqbot.knowledge.strings import (
    comparison_key,
    excerpt,
    normalize_quote,
    strip_emphasis,
    suggest,
)
from faqbot.knowledge.values import KINDS, LOOK_ALIKES, Diagnostics, Entry, Practice, Role
from faqbot.text import limit_accents

_WORDS = "one two three four five six seven eight nine ten eleven twelve"
_VALUES = {word: str(value) for value, word in enumerate(_WORDS.split(), 1)}
_PHONE = re.compile(r"(?<!\d)(?:\+?1[\s.\-]*)?\(?(\d{3})\)?[\s.\-]*(\d{3})[\s.\-]*(\d{4})(?!\d)")
_NUMBER = re.compile(rf"\d+(?:,\d{{3}})*(?:\.\d+)?|\b(?:{'|'.join(_VALUES)})\b", re.IGNORECASE)
_SPANISH = re.compile(r"[*_]*en espa(?:ñ|n)ol[*_]*\s*:[*_]*\s*", re.IGNORECASE)
_WRITE_SHORTLY = "Write a sentence or two below the list, after an empty line"


@dataclass(frozen=True, slots=True)
class Context:
    """What an entry is judged by: its file's role, the page that it quotes, the practice."""

    role: Role
    diagnostics: Diagnostics
    page: Page | None
    page_file: str
    practice: Practice | None
    pack: str = ""  # whose topics an entry may claim too


@dataclass(frozen=True, slots=True)
class Checked:
    """An entry, with the lines that must agree with other entries."""

    entry: Entry
    phrasings: tuple[Line, ...]  # the question, then the phrasings
    links: tuple[Line, ...]
    diagnostics: Diagnostics


def check(parsed: ParsedEntry, context: Context) -> Checked:
    """The entry; whatever is wrong with it is reported."""
    diagnostics = context.diagnostics
    is_emergency = context.role is Role.EMERGENCY
    spanish, body = _split_spanish(parsed.body) if is_emergency else ([], parsed.body)
    before = len(diagnostics.problems)
    answer = render(body, diagnostics)
    sound = len(diagnostics.problems) == before
    reviewed, reviewed_by = read_review(parsed, diagnostics)
    entry = Entry(
        id=parsed.id,
        question=parsed.question,
        phrasings=_distinct_phrasings(parsed),
        role=context.role,
        html=answer.html,
        text=answer.text,
        quotes=tuple(line.text for line in parsed.quotes),
        links=tuple(dict.fromkeys(link.text for link in answer.links)),
        file=diagnostics.file,
        line=parsed.line,
        text_es=render(spanish, diagnostics).text,
        topics=read_topics(parsed, context.role, context.pack, diagnostics),
        reviewed=reviewed,
        reviewed_by=reviewed_by,
    )
    entry = _BY_ROLE[context.role](entry, parsed, context)
    if context.practice and context.practice.schedule:
        entry = _with_schedule(entry, parsed, diagnostics, context.practice)
    if context.role is Role.ANSWER and parsed.quotes and sound:
        _check_numbers(parsed, answer, diagnostics)
    asked = (Line(parsed.line, parsed.question), *parsed.phrasings)
    return Checked(entry, asked, answer.links, diagnostics)


def _distinct_phrasings(parsed: ParsedEntry) -> tuple[str, ...]:
    """Each once, and without the question itself."""
    kept = {comparison_key(parsed.question): ""}
    for line in parsed.phrasings:
        kept.setdefault(comparison_key(line.text), line.text)
    return tuple(text for text in kept.values() if text)


def _split_spanish(body: Iterable[Line]) -> tuple[list[Line], list[Line]]:
    """The paragraphs that begin with "En español:", without those words; and all others."""
    spanish: list[Line] = []
    others: list[Line] = []
    part, after_blank = others, True
    for line in body:
        marker = _SPANISH.match(line.text) if after_blank else None
        if after_blank:
            part = spanish if marker else others
        part.append(Line(line.number, line.text[marker.end() :]) if marker else line)
        after_blank = not line.text
    return spanish, others


def _line_of(written: str, parsed: ParsedEntry) -> int:
    """The line of the answer that contains what is written, or else its first."""
    return next((row.number for row in parsed.body if written in row.text), parsed.body[0].number)


# each role's own rules


def _check_answer(entry: Entry, parsed: ParsedEntry, context: Context) -> Entry:
    report, question = context.diagnostics.add, excerpt(parsed.question)
    if not parsed.has_answer:
        fix = f"{_WRITE_SHORTLY}; a question that only the office can answer belongs in office.md."
        report(parsed.line, f"This question has no answer: “{question}”.", fix, "answer")
    if not parsed.quotes:
        fix = "Write > and a space below the answer, then copy the passage that it is based on."
        message = f"The answer to “{question}” has no quote from the page."
        report(parsed.line, message, fix, "quotes")
    return replace(entry, quotes=tuple(_check_quote(quote, context) for quote in parsed.quotes))


def _check_quote(quote: Line, context: Context) -> str:
    if context.page is None:
        return quote.text
    for text in dict.fromkeys((quote.text, strip_emphasis(quote.text))):
        if context.page.find(normalize_quote(text)):
            return text
    near = context.page.nearest(normalize_quote(quote.text))
    context.diagnostics.add(
        quote.number,
        f"The page does not say this, word for word: “{excerpt(quote.text, 200)}”.",
        f"The nearest passage is: “{excerpt(near, 400)}”. Copy it from {context.page_file}."
        if near
        else f"Copy the passage from {context.page_file}, exactly as it is there.",
    )
    return quote.text


def _check_fact(entry: Entry, parsed: ParsedEntry, context: Context) -> Entry:
    _refuse_quote(parsed, context)
    return entry if parsed.has_answer else replace(entry, role=Role.PHONE_ONLY)


def _check_office(entry: Entry, parsed: ParsedEntry, context: Context) -> Entry:
    rows = [row.number for row in (*parsed.body, *parsed.quotes) if row.text]
    if rows:
        context.diagnostics.add(
            min(rows),
            "There is an answer in call-the-office.md; visitors get the phone numbers instead.",
            "Remove it, or move the question to the file of the page that answers it.",
        )
    return entry


def _check_small_talk(entry: Entry, parsed: ParsedEntry, context: Context) -> Entry:
    if not parsed.has_answer:
        message = f"There is no message for “{excerpt(parsed.question)}”."
        context.diagnostics.add(parsed.line, message, f"{_WRITE_SHORTLY}.", "answer")
    _refuse_quote(parsed, context)
    return entry


def _check_emergency(entry: Entry, parsed: ParsedEntry, context: Context) -> Entry:
    report = context.diagnostics.add
    if entry.id == LOOK_ALIKES:
        if parsed.has_answer:
            message = f"The entry {{#{LOOK_ALIKES}}} has a message, but visitors never get it."
            report(parsed.line, message, "Remove the text; only the list has an effect.")
        return replace(entry, role=Role.LOOK_ALIKE)
    _check_small_talk(entry, parsed, context)
    number = context.practice.emergency_number if context.practice else ""
    named = re.compile(rf"(?<!\d){re.escape(number)}(?!\d)")
    for text, name, start in (
        (entry.text, "message", ""),
        (entry.text_es, "Spanish message", "En espa"),
    ):
        if number and text and not named.search(text):
            message = f"The {name} for “{excerpt(parsed.question)}” does not contain {number}."
            fix = f"Write in it that the visitor should call {number} now."
            report(_line_of(start, parsed), message, fix)
    if entry.text_es and not entry.text:
        fix = "Write it in English too, above the Spanish one."
        report(parsed.line, "The message is in Spanish only.", fix)
    return entry


def _refuse_quote(parsed: ParsedEntry, context: Context) -> None:
    for quote in parsed.quotes[:1]:
        message = f"There is a quote in {context.diagnostics.file}, which belongs to no page."
        fix = "Remove the > sign, or move the question to the file of its page."
        context.diagnostics.add(quote.number, message, fix)


_BY_ROLE: Mapping[Role, Callable[[Entry, ParsedEntry, Context], Entry]] = {
    Role.ANSWER: _check_answer,
    Role.OFFICE_ANSWER: _check_fact,
    Role.PHONE_ONLY: _check_office,
    Role.EMERGENCY: _check_emergency,
    Role.SMALL_TALK: _check_small_talk,
}


# numbers, and the link for appointments


def _check_numbers(parsed: ParsedEntry, answer: Answer, diagnostics: Diagnostics) -> None:
    """No number in an answer that its quotes do not say."""
    quoted = dict(_numbers(" | ".join(line.text for line in parsed.quotes)))
    shown = re.sub(r"(?m)^\d+\. ", "", f"{answer.text} | {answer.dialled}")
    for value, written in dict(_numbers(shown)).items():
        if value not in quoted:
            message = f"The number “{excerpt(written)}” is in the answer but not in its quote."
            fix = "Correct it, or quote the passage of the page that says it too."
            diagnostics.add(_line_of(written, parsed), message, fix)


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    """Each number as (its value, how it is written); a phone is one number, "2" is "two"."""
    text = unicodedata.normalize("NFKC", limit_accents(text))
    for phone in _PHONE.finditer(text):
        yield "".join(phone.groups()), phone[0]
    for number in _NUMBER.finditer(_PHONE.sub(" ", text)):
        written = number[0]
        value = _VALUES.get(written.lower()) or written.replace(",", "").lstrip("0") or "0"
        yield value, written


def _with_schedule(
    entry: Entry, parsed: ParsedEntry, diagnostics: Diagnostics, practice: Practice
) -> Entry:
    """The entry with the link for appointments, if it names it and practice.toml has its address.

    Staff never write that link themselves, so no text promises one that is not there: where the
    page is quoted for its label, the link is put below the answer, or nothing is.
    """
    label, url = practice.schedule, practice.schedule_url
    if label in f"{entry.text}\n{entry.text_es}" and not (url and entry.has_answer):
        where = "leads nowhere" if entry.has_answer else "is shown below answers only"
        message = f"“{excerpt(label)}” {where}, so visitors would look for it without success."
        fix = (
            ", or write its address as schedule_url in practice.toml." if entry.has_answer else "."
        )
        diagnostics.add(_line_of(label, parsed), message, f"Remove these words{fix}")
    if not entry.has_answer or (label not in entry.quotes and label not in entry.text):
        return entry
    link = f'\n<p><a class="book" href="{escape(url)}">{escape(label)}</a></p>' if url else ""
    quotes = tuple(quote for quote in entry.quotes if quote != label)
    return replace(entry, html=entry.html + link, quotes=quotes)


# all entries together


def check_together(
    checked: Sequence[Checked], other_ids: Iterable[str] = (), *, complete: bool
) -> None:
    """Report ids and phrasings that occur twice, and links that lead nowhere.

    `other_ids`: of what practice.toml answers. When not `complete`, some file could not be read,
    and a missing id may be in it, so links are not checked.
    """
    _check_ids(checked)
    _check_phrasings(checked)
    known = dict.fromkeys([*(one.entry.id for one in checked), *other_ids])
    for one in checked if complete else ():
        for link in one.links:
            refuse_unknown_id(link.text, link.number, known, "This link leads to", one.diagnostics)


def refuse_unknown_id(
    name: str, line: int, known: Collection[str], what: str, diagnostics: Diagnostics
) -> None:
    """Report an id that no entry has, with the one that was probably meant."""
    if name not in known:
        message = f"{what} “{excerpt(name)}”, but no question has this id."
        fix = suggest(name, known, "Use one of the ids in {#…} after a question.")
        diagnostics.add(line, message, fix)


def _check_ids(checked: Iterable[Checked]) -> None:
    first: dict[str, Entry] = {}
    for one in checked:
        entry = one.entry
        other = first.setdefault(entry.id, entry)
        if entry.id in KINDS and entry.role is not Role.EMERGENCY:
            message = f"The id “{entry.id}” has a special meaning and cannot be used here."
            one.diagnostics.add(entry.line, message, "Give the question another id.")
        if other is not entry:
            one.diagnostics.add(
                entry.line,
                f"The id “{entry.id}” is already that of “{excerpt(other.question)}” "
                f"({other.file}, line {other.line}).",
                f"Give this question another one: ## {excerpt(entry.question)} {{#another-id}}",
            )


def _check_phrasings(checked: Iterable[Checked]) -> None:
    """The same may be asked of two pages: the procedure decides. Otherwise it is reported."""
    seen: dict[str, list[tuple[Line, Entry]]] = {}
    for one in checked:
        for line in one.phrasings:
            others = seen.setdefault(comparison_key(line.text), [])
            for first, entry in others:
                if entry is not one.entry and not are_of_two_pages(entry, one.entry):
                    one.diagnostics.add(
                        line.number,
                        f"“{excerpt(line.text)}” is also listed under “{excerpt(entry.question)}” "
                        f"({entry.file}, line {first.number}).",
                        "Keep it under the question that it asks, and remove the other one.",
                    )
                    break
            others.append((line, one.entry))


def are_of_two_pages(one: Entry, other: Entry) -> bool:
    """Whether they are answers of different pages, which may be asked in the same words."""
    return one.role is other.role is Role.ANSWER and one.file != other.file

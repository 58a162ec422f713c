"""What a draft changes, entry by entry, in words for the office."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from faqbot.editing.diff import Op, Words, word_changes
from faqbot.editing.settings_in_words import setting_changes
from faqbot.knowledge import Entry, Example, Head, Knowledge, Role
from faqbot.knowledge.page import Page
from faqbot.knowledge.wording import sameness

__all__ = ["EntryChange", "Op", "Words", "changes", "word_changes"]

SHOWN = 5  # of many things that were added; the rest is counted

_NEW = {
    Role.ANSWER: "A new question",
    Role.FACT: "A new answer of the office",
    Role.OFFICE: "A new topic that only the office can answer",
    Role.EMERGENCY: "A new emergency",
    Role.SMALL_TALK: "New small talk",
    Role.LOOK_ALIKE: "A list of what only sounds like danger",
}


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry that is not as it was; or, with an empty `id`, a file that holds no entries."""

    id: str
    question: str  # of the new entry, else the old one; for a file its name
    file: str
    kind: Literal["new", "removed", "changed"]
    sentences: tuple[str, ...]
    before: str = ""  # the answer, or the page text, as plain text
    after: str = ""
    words: Words = ()  # from `before` to `after`, where there were both and they differ


def changes(old: Knowledge, new: Knowledge) -> list[EntryChange]:
    """All that differs: entries in their new order, then removed ones, then other files.

    What stands in a file beside its entries, and notes in practice.toml, visitors never meet: a
    change of those alone is none here.
    """
    return [
        *_entries(old, new),
        *_heads(old.heads, new.heads),
        *_pages(old.sources, new.sources),
        *_tables(old, new),
    ]


# entries


def _entries(old: Knowledge, new: Knowledge) -> Iterator[EntryChange]:
    was = {entry.id: entry for entry in old.entries}
    now = {entry.id: entry for entry in new.entries}
    for entry in new.entries:
        if entry.id not in was:
            yield _new(entry)
        elif sentences := tuple(_differences(was[entry.id], entry)):
            yield _changed(was[entry.id], entry, sentences)
    for entry in old.entries:
        if entry.id not in now:
            yield _removed(entry)


def _new(entry: Entry) -> EntryChange:
    sentence = f"{_NEW[entry.role]} in {entry.file}{_ways(entry)}."
    return EntryChange(entry.id, entry.question, entry.file, "new", (sentence,), after=_text(entry))


def _removed(entry: Entry) -> EntryChange:
    sentence = f"Removed from {entry.file}{_ways(entry)}."
    return EntryChange(
        entry.id, entry.question, entry.file, "removed", (sentence,), before=_text(entry)
    )


def _changed(old: Entry, new: Entry, sentences: tuple[str, ...]) -> EntryChange:
    before, after = _text(old), _text(new)
    words = word_changes(before, after) if before != after else ()
    return EntryChange(new.id, new.question, new.file, "changed", sentences, before, after, words)


def _ways(entry: Entry) -> str:
    count = len(entry.phrasings)
    return f", with {_count(count, 'other way')} to ask it" if count else ""


def _text(entry: Entry) -> str:
    spanish = f"En español: {entry.text_es}" if entry.text_es else ""
    return "\n\n".join(filter(None, (entry.text, spanish)))


def _differences(old: Entry, new: Entry) -> Iterator[str]:
    if old.file != new.file:
        yield f"Moved from {old.file} to {new.file}."
    if old.question != new.question:
        yield f"The question was “{old.question}”."
    yield from _phrasings(old.phrasings, new.phrasings)
    yield from _answer(old, new)
    yield from _quotes(old.quotes, new.quotes)
    if old.topics != new.topics:
        yield f"Its topic is now {_topics(new)}; it was {_topics(old)}."
    if (old.reviewed, old.reviewed_by) != (new.reviewed, new.reviewed_by):
        yield _review(new)


def _topics(entry: Entry) -> str:
    if entry.topics is None:
        return "not said"
    return ", ".join(entry.topics) or "none"


def _phrasings(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    added = [phrasing for phrasing in new if phrasing not in old]
    removed = [phrasing for phrasing in old if phrasing not in new]
    respelt = {sameness(phrasing) for phrasing in added} & {sameness(p) for p in removed}
    for verb, listed in (("added", added), ("removed", removed)):
        others = [phrasing for phrasing in listed if sameness(phrasing) not in respelt]
        if others:
            yield f"{_count(len(others), 'phrasing')} {verb}: {_list(others)}."
    if respelt:
        yield f"{_count(len(respelt), 'phrasing')} spelt in another way."
    if not added and not removed and tuple(old) != tuple(new):
        yield "The phrasings stand in another order."


def _answer(old: Entry, new: Entry) -> Iterator[str]:
    said = "answer" if new.role in (Role.ANSWER, Role.FACT, Role.OFFICE) else "message"
    if old.text != new.text:
        yield f"The {said} {_became(old.text, new.text)}."
    elif old.links != new.links:
        yield f"The {said} leads to other questions."
    elif old.html != new.html:
        yield f"The {said} looks different, or a link in it changed; its words did not."
    if old.text_es != new.text_es:
        yield f"The Spanish message {_became(old.text_es, new.text_es)}."


def _quotes(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    if tuple(old) == tuple(new):
        return
    added = [quote for quote in new if quote not in old]
    removed = [quote for quote in old if quote not in new]
    if added:
        yield f"It now quotes {_list(added)}."
    if removed:
        yield f"It no longer quotes {_list(removed)}."
    if not added and not removed:
        yield "The quotes stand in another order."


def _review(entry: Entry) -> str:
    if entry.reviewed is None:
        return "It is no longer marked as reviewed."
    by = f" by {entry.reviewed_by}" if entry.reviewed_by else ""
    return f"Marked as reviewed on {entry.reviewed.isoformat()}{by}."


def _became(old: str, new: str) -> str:
    if not old:
        return "is new"
    return "changed" if new else "was taken out"


# other files


def _heads(old: Mapping[str, Head], new: Mapping[str, Head]) -> Iterator[EntryChange]:
    """What is said at the top of pages' files."""
    for page in sorted({*old} & {*new}):
        was, now = _head_lines(old[page]), _head_lines(new[page])
        if was != now:
            name, before, after = f"{page}.md", "\n".join(was), "\n".join(now)
            words = word_changes(before, after) if was and now else ()
            sentences = ("What stands at the top of the file changed.",)
            yield EntryChange("", name, name, "changed", sentences, before, after, words)


def _head_lines(head: Head) -> list[str]:
    said = {
        "Procedure": head.procedures,
        "Condition": head.conditions,
        "Part": head.parts,
        "Address": (head.address,) if head.address else (),
        "Pack": (head.pack,) if head.pack else (),
        "Leave out": head.left_out,
    }
    return [f"{key}: {', '.join(names)}" for key, names in said.items() if names]


def _pages(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[EntryChange]:
    for stem in sorted({*old, *new}):
        before, after = old.get(stem, ""), new.get(stem, "")
        name = f"sources/{stem}.txt"
        if stem not in old:
            yield EntryChange("", name, name, "new", ("A new page text.",), after=after)
        elif stem not in new:
            yield EntryChange("", name, name, "removed", ("Removed.",), before=before)
        elif before != after:
            sentences = tuple(_page(before, after))
            words = word_changes(before, after)
            yield EntryChange("", name, name, "changed", sentences, before, after, words)


def _page(before: str, after: str) -> Iterator[str]:
    was, now = (dict.fromkeys(s.text for s in Page(text).sentences) for text in (before, after))
    added = len(now.keys() - was.keys())
    removed = len(was.keys() - now.keys())
    if added:
        yield f"{_count(added, 'sentence')} added or reworded."
    if removed:
        yield f"{_count(removed, 'sentence')} gone or reworded."
    if not added and not removed:
        yield "Only line breaks, spaces or the order changed."


def _tables(old: Knowledge, new: Knowledge) -> Iterator[EntryChange]:
    told = {
        "practice.toml": setting_changes(old, new),
        "synonyms.toml": _synonyms(old.synonyms, new.synonyms),
        "examples.jsonl": _examples(old.examples, new.examples),
    }
    for name, sentences in told.items():
        if listed := tuple(sentences):
            yield EntryChange("", name, name, "changed", listed)


def _synonyms(old: Sequence[tuple[str, ...]], new: Sequence[tuple[str, ...]]) -> Iterator[str]:
    for what, some, others in (
        ("Now mean the same", new, old),
        ("No longer mean the same", old, new),
    ):
        groups = [" = ".join(group) for group in some if group not in others]
        if groups:
            yield f"{what}: {_list(groups)}."


def _examples(old: Sequence[Example], new: Sequence[Example]) -> Iterator[str]:
    was = {example.question: example.accept for example in old}
    now = {example.question: example.accept for example in new}
    for verb, some, others in (("added", now, was), ("removed", was, now)):
        listed = [question for question in some if question not in others]
        if listed:
            yield f"{_count(len(listed), 'example')} {verb}: {_list(listed)}."
    other = [question for question in now if was.get(question, now[question]) != now[question]]
    if other:
        yield f"{_count(len(other), 'example')} must get another reply than before: {_list(other)}."


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _list(texts: Sequence[str]) -> str:
    listed = ", ".join(f"“{text}”" for text in texts[:SHOWN])
    return listed if len(texts) <= SHOWN else f"{listed} and {len(texts) - SHOWN:,} more"

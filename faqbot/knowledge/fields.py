"""What follows a name and a colon: the front matter ("Procedure:" …), "Topic:", "Reviewed:"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from faqbot.common.topics import TopicKind, claimable, packs
from faqbot.knowledge.parsed import Line, LineKind, ParsedEntry, ParsedFile
from faqbot.knowledge.practice import check_address
from faqbot.knowledge.strings import excerpt, strip_emphasis, suggest
from faqbot.knowledge.values import Diagnostics, PageInfo, Role

LONGEST_NAME = 80  # characters
NO_TOPIC = "none"  # "Topic: none": the question is not about any topic

_EXAMPLES = {
    "procedure": "balloon kyphoplasty, kyphoplasty",
    "condition": "spinal fracture, broken vertebra",
    "part": "spine, back",
    "pack": "kyphoplasty",
}
_DAY = timedelta(days=1)  # in the office it can be tomorrow already
_REVIEW = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:,? by (\S.*)|,? ?)", re.IGNORECASE)
_REVIEW_EXAMPLE = "Reviewed: 2026-11-02 by Ann Lee"


def read_page_info(parsed: ParsedFile, role: Role, diagnostics: Diagnostics) -> PageInfo:
    """The front matter of a file; only a page's file has more than a title."""
    front_matter = dict(parsed.front_matter)
    title = front_matter.pop("title", Line(0, "")).text
    if role is not Role.ANSWER:
        for key, line in front_matter.items():
            message = f"“{key.capitalize()}:” is about a page, but this is not the file of a page."
            diagnostics.add(line.number, message, "Move the line to the file of the page.")
        return PageInfo(title)
    address = front_matter.pop("address", None)
    names = {key: _names(key, line, diagnostics) for key, line in front_matter.items()}
    return PageInfo(
        title=title,
        procedures=names.get("procedure", ()),
        conditions=names.get("condition", ()),
        body_parts=names.get("part", ()),
        address=check_address(address.text, address.number, diagnostics) if address else "",
        pack=_pack(names.get("pack", ()), front_matter.get("pack"), diagnostics),
        left_out=tuple(line.text for line in parsed.left_out),
    )


def _names(key: str, line: Line, diagnostics: Diagnostics) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(filter(None, (part.strip() for part in line.text.split(",")))))
    if not names or any(len(name) > LONGEST_NAME for name in names):
        diagnostics.add(
            line.number,
            f"“{key.capitalize()}:” needs short names, separated by commas.",
            f"Write, for example: {key.capitalize()}: {_EXAMPLES[key]}",
        )
    return names


def _pack(names: tuple[str, ...], line: Line | None, diagnostics: Diagnostics) -> str:
    if line and names and (len(names) > 1 or names[0] not in packs()):
        fix = suggest(names[0], packs(), f"The packs are: {', '.join(packs())}.")
        diagnostics.add(line.number, f"There is no pack “{excerpt(line.text)}”.", fix)
    return names[0] if names else ""


def read_topics(
    entry: ParsedEntry, role: Role, pack: str, diagnostics: Diagnostics
) -> tuple[str, ...] | None:
    """The ids after "Topic:"; () for "none"; None where there is no such line.

    `pack`: the one of the entry's file, whose topics it may claim too.
    """
    line = entry.fields.get(LineKind.TOPIC)
    if line is None:
        return None
    named = [name for part in line.text.split(",") if (name := part.strip().strip("`{#}").lower())]
    if named == [NO_TOPIC]:
        return ()
    if not named:
        message = "There is nothing after “Topic:”."
        diagnostics.add(line.number, message, "Name a topic, or remove the line.")
    needs_quote = role is Role.OFFICE_ANSWER and entry.has_answer
    for name in named:
        _check_topic(name, line.number, pack, needs_quote, diagnostics)
    return tuple(named)


def _check_topic(
    name: str, line: int, pack: str, needs_quote: bool, diagnostics: Diagnostics
) -> None:
    topic = claimable().get(name)
    if topic is None:
        fix = suggest(name, claimable(), "`faqbot topics` lists them all.")
        diagnostics.add(line, f"There is no topic “{excerpt(name)}”.", fix)
    elif topic.pack not in ("", pack):
        message = f"The topic “{name}” belongs to the pack “{topic.pack}”."
        diagnostics.add(line, message, f"Write at the top of this file: Pack: {topic.pack}")
    elif needs_quote and topic.kind is TopicKind.PROCEDURE:
        message = f"The topic “{name}” is about a procedure, so its answer needs a quote."
        diagnostics.add(line, message, "Move the question to a page's file, and quote the page.")


def read_review(entry: ParsedEntry, diagnostics: Diagnostics) -> tuple[date | None, str]:
    """The date after "Reviewed:" and who it was; None and "" where it cannot be read."""
    line = entry.fields.get(LineKind.REVIEWED)
    if line is None:
        return None, ""
    review = _REVIEW.fullmatch(line.text)
    day = _date(review[1]) if review else None
    if review is None or day is None:
        wrong = f"The date of this review cannot be read: “{excerpt(line.text)}”."
        message = wrong if line.text else "There is nothing after “Reviewed:”."
        diagnostics.add(line.number, message, f"Write the date, and who it was: {_REVIEW_EXAMPLE}")
        return None, ""
    if day > date.today() + _DAY:
        message = f"This review is in the future: {day.isoformat()}."
        diagnostics.add(line.number, message, f"Write the day of the review: {_REVIEW_EXAMPLE}")
    return day, strip_emphasis(review[2] or "")


def _date(text: str) -> date | None:
    try:
        return date(*map(int, text.split("-")))
    except ValueError:
        return None

"""A tiny practice's entries, made in a line each."""

from __future__ import annotations

from faqbot.knowledge import Entry, Role

SYNONYMS = [["procedure", "surgery", "op"], ["overnight", "over night"]]


def entry(id: str, *lines: str, text: str = "", quotes: tuple[str, ...] = ()) -> Entry:
    """An entry with an answer, the first of its lines being the question."""
    return Entry(id, lines[0], lines[1:], Role.ANSWER, text=text, quotes=quotes)


def office(id: str, *lines: str) -> Entry:
    """An entry that only the office can answer."""
    return Entry(id, lines[0], lines[1:], Role.PHONE_ONLY)


ENTRIES = [
    entry(
        "duration",
        "how long does the procedure take",
        "how many hours is the surgery",
        "length of operation",
        text="It takes one hour. You are asleep meanwhile.",
    ),
    entry(
        "overnight-stay",
        "do I have to stay in the hospital overnight",
        "can I go home the same day",
        "overnight hospital stay",
        text="You sleep at home the same evening.",
    ),
    entry(
        "incisions",
        "how big are the cuts",
        "how many incisions are made",
        "size of the scar",
        text="Two small cuts are made.",
        quotes=("No stitches are needed after a balloon kyphoplasty.",),
    ),
    entry("cement", "what is the bone cement for", "does the cement get hard", text="It hardens."),
    office("cost", "how much is the surgery", "price", "what will I pay"),
    Entry("hello", "hi", ("hello there", "good morning"), Role.SMALL_TALK, text="Hello!"),
]
LINES = [(line, one.id) for one in ENTRIES for line in one.lines]

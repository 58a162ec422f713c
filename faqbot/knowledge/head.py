"""The head of a page's file: what its procedure is called, and where the page is."""

from __future__ import annotations

from faqbot.common.topics import packs
from faqbot.knowledge.diagnostics import Diagnostics
from faqbot.knowledge.parsed import Line
from faqbot.knowledge.parser import Frame

from .practice import is_address
from .values import Head, Role
from .wording import excerpt, nearest

LONGEST_NAME = 80  # characters


def read_head(frame: Frame, role: Role, diagnostics: Diagnostics) -> Head:
    """The head from what stands behind its keys; what is wrong with it is told."""
    head = frame.head
    title = head["title"].text if "title" in head else ""
    keys = {key: line for key, line in head.items() if key != "title"}
    if role is not Role.ANSWER:
        for key, line in keys.items():
            diagnostics.add(
                line.number,
                f"“{key.capitalize()}:” says what a page is about, and this is no page's file.",
                "Move the line to the file of the page.",
            )
        return Head(title)
    names = {key: _names(key, line, diagnostics) for key, line in keys.items() if key != "address"}
    return Head(
        title=title,
        procedures=names.get("procedure", ()),
        conditions=names.get("condition", ()),
        parts=names.get("part", ()),
        address=_address(keys.get("address"), diagnostics),
        pack=_pack(names.get("pack", ()), keys.get("pack"), diagnostics),
        left_out=tuple(line.text for line in frame.left_out),
    )


def _names(key: str, line: Line, diagnostics: Diagnostics) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(filter(None, (part.strip() for part in line.text.split(",")))))
    if not names or any(len(name) > LONGEST_NAME for name in names):
        diagnostics.add(
            line.number,
            f"“{key.capitalize()}:” needs short names, parted by commas.",
            f"Write, for example: {key.capitalize()}: {_EXAMPLES[key]}",
        )
    return names


_EXAMPLES = {
    "procedure": "balloon kyphoplasty, kyphoplasty",
    "condition": "spinal fracture, broken vertebra",
    "part": "spine, back",
    "pack": "kyphoplasty",
}


def _address(line: Line | None, diagnostics: Diagnostics) -> str:
    if line is None:
        return ""
    if not is_address(line.text):
        diagnostics.add(
            line.number,
            f"This is no web address: “{excerpt(line.text)}”.",
            "Copy it from the browser, with https:// at its beginning.",
        )
    return line.text


def _pack(names: tuple[str, ...], line: Line | None, diagnostics: Diagnostics) -> str:
    if line and names and (len(names) > 1 or names[0] not in packs()):
        like = nearest(names[0], packs()) or ", ".join(packs())
        diagnostics.add(
            line.number, f"There is no pack “{excerpt(line.text)}”.", f"There is: {like}"
        )
    return names[0] if names else ""

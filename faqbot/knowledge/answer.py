"""The text of an answer: Markdown to safe HTML, to plain text, and to its links."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from faqbot.knowledge.diagnostics import Diagnostics
from faqbot.knowledge.parsed import Line

from .wording import excerpt

LONGEST = 5_000  # characters; a chat bubble that is longer is a page
MOST_LINKS = 100  # thousands of unclosed brackets cost the parser seconds

_SAFE_LINK = re.compile(r"(?:https?://[^/]|tel:|mailto:|/(?![/\\])|#)", re.IGNORECASE)
_OFF = ["image", "html_block", "html_inline", "code", "fence", "lheading", "reference", "hr"]
_TAG = re.compile(
    r"<!--|</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>|<(?:script|style|iframe|object|embed|img|svg)\b",
    re.IGNORECASE,
)
_DEAD_MARK = re.compile(r"\[([^\[\]]*)\]\s?\(([^()\s]*)")
_PICTURE = re.compile(r"!\[")
_FENCE = re.compile(r"```|~~~")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an entry's text says: safe `html`, plain `text`, and the entries it leads to."""

    html: str = ""
    text: str = ""
    links: tuple[Line, ...] = ()  # ids, each with the line of its link
    dialled: str = ""  # the numbers that its tel: links dial


def render(body: Sequence[Line], diagnostics: Diagnostics) -> Answer:
    """Render the lines of an answer; what a chat bubble cannot show is told to `notes`."""
    if not body:
        return Answer()
    length = sum(len(line.text) + 1 for line in body)
    if length > LONGEST:
        diagnostics.add(
            body[0].number,
            f"This answer is too long ({length} letters; at most {LONGEST}).",
            "Shorten it, or split it into several questions.",
        )
        return Answer(text=excerpt(body[0].text))
    if sum(line.text.count("[") for line in body) > MOST_LINKS:
        diagnostics.add(
            body[0].number,
            f"There are more than {MOST_LINKS} square brackets in this answer.",
            "Keep only the links that visitors need.",
        )
        return Answer(text=excerpt(body[0].text))
    _refuse_marks(body, diagnostics)
    markdown = _markdown()
    tokens = markdown.parse("\n".join(line.text for line in body))
    reader = _Inline(body, diagnostics)
    text = _plain(tokens, reader)
    html = markdown.renderer.render(tokens, markdown.options, {}).strip()
    return Answer(html, text, tuple(reader.links), " ".join(reader.dialled))


@functools.cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).disable(_OFF)
    setattr(markdown, "validateLink", _is_safe_link)  # noqa: B010 - how the parser is meant to be set
    return markdown


def _is_safe_link(url: str) -> bool:
    return _SAFE_LINK.match(url) is not None


def _refuse_marks(body: Sequence[Line], diagnostics: Diagnostics) -> None:
    for number, text in body:
        if "<" in text and (tag := _TAG.search(text)):
            diagnostics.add(
                number,
                f"There is HTML in this line: “{excerpt(tag[0], 40)}”.",
                "Remove it: write **bold** for bold and [words](https://…) for a link.",
            )
        if _PICTURE.search(text):
            diagnostics.add(
                number, "A picture cannot be shown here.", "Remove it, or link to the page with it."
            )
        if _FENCE.match(text.lstrip()):
            diagnostics.add(number, "This row of signs does nothing here.", "Remove the line.")


class _Inline:
    """Reads the text of one paragraph after another, and collects its links."""

    def __init__(self, body: Sequence[Line], diagnostics: Diagnostics) -> None:
        self.body = body
        self.diagnostics = diagnostics
        self.links: list[Line] = []
        self.dialled: list[str] = []

    def read(self, token: Token) -> str:
        row = token.map[0] if token.map else 0
        parts: list[str] = []
        opened = -1
        for child in token.children or ():
            if child.type == "link_open":
                self._link(str(child.attrs.get("href", "")), self._line(row))
                opened = len(parts)
            elif child.type == "link_close":
                self._refuse_empty(parts[opened:], self._line(row))
            elif child.type in ("softbreak", "hardbreak"):
                row += 1
                parts.append(" " if child.type == "softbreak" else "\n")
            elif child.content:
                parts.append(child.content)
        text = "".join(parts)
        self._refuse_dead_marks(text, token)
        return text

    def _line(self, row: int) -> int:
        return self.body[min(row, len(self.body) - 1)].number

    def _link(self, href: str, line: int) -> None:
        if href.startswith("#"):
            self.links.append(Line(line, unquote(href[1:])))
        elif href.lower().startswith("tel:"):
            self.dialled.append(href[4:])

    def _refuse_empty(self, words: list[str], line: int) -> None:
        if not "".join(words).strip():
            self.diagnostics.add(
                line,
                "This link has no words to press on.",
                "Write them between the square brackets: [overnight stay](#overnight-stay)",
            )

    def _refuse_dead_marks(self, text: str, token: Token) -> None:
        for found in _DEAD_MARK.finditer(text) if "](" in text or "] (" in text else ():
            self.diagnostics.add(
                self._line_of(found[2] or found[1], token),
                f"This link does not work: “{excerpt(found[0], 60)}…”.",
                "A link is written [words](#id), or leads to https://…, tel: or mailto:, "
                "with no space between the brackets.",
            )

    def _line_of(self, part: str, token: Token) -> int:
        first, end = token.map or (0, 0)
        rows = self.body[first:end]
        return next((line.number for line in rows if part in line.text), self._line(first))


def _plain(tokens: Sequence[Token], reader: _Inline) -> str:
    return "".join(_blocks(tokens, reader)).strip()


def _blocks(tokens: Sequence[Token], reader: _Inline) -> Iterator[str]:
    """One text for each paragraph; a list's items begin with a bullet or their number."""
    marker = ""
    for token in tokens:
        if token.type == "list_item_open":
            marker = f"{token.info}. " if token.info else "• "
        elif token.type == "inline":
            yield ("\n" + marker if marker else "\n\n") + reader.read(token)
            marker = ""

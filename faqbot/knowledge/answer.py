"""The text of an answer: Markdown to safe HTML, to plain text, and to its links."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from faqbot.knowledge.parsed import Line
from faqbot.knowledge.strings import excerpt
from faqbot.knowledge.values import Diagnostics

MAX_ANSWER_LENGTH = 5_000  # characters; a longer chat bubble is a page
MOST_LINKS = 100  # thousands of unclosed brackets take the parser seconds

_SAFE_LINK = re.compile(r"(?:https?://[^/]|tel:|mailto:|/(?![/\\])|#)", re.IGNORECASE)
_OFF = ["image", "html_block", "html_inline", "code", "fence", "lheading", "reference", "hr"]
_TAG = re.compile(
    r"<!--|</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>|<(?:script|style|iframe|object|embed|img|svg)\b",
    re.IGNORECASE,
)
_DEAD_LINK = re.compile(r"\[([^\[\]]*)\]\s?\(([^()\s]*)")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an entry's text says: safe `html`, plain `text`, and the entries it links to."""

    html: str = ""
    text: str = ""
    links: tuple[Line, ...] = ()  # ids, each with the line of its link
    dialled: str = ""  # the numbers of its tel: links


def render(body: Sequence[Line], diagnostics: Diagnostics) -> Answer:
    """Render the lines of an answer; what a chat bubble cannot show is reported."""
    if not body or _is_too_much(body, diagnostics):
        return Answer(text=excerpt(body[0].text) if body else "")
    _refuse_markup(body, diagnostics)
    markdown = _markdown()
    tokens = markdown.parse("\n".join(line.text for line in body))
    reader = _InlineReader(body, diagnostics)
    text = "".join(_blocks(tokens, reader)).strip()
    html = markdown.renderer.render(tokens, markdown.options, {}).strip()
    return Answer(html, text, tuple(reader.links), " ".join(reader.dialled))


@functools.cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).disable(_OFF)
    setattr(markdown, "validateLink", _is_safe_link)  # noqa: B010 - how the parser is meant to be set
    return markdown


def _is_safe_link(url: str) -> bool:
    return _SAFE_LINK.match(url) is not None


def _is_too_much(body: Sequence[Line], diagnostics: Diagnostics) -> bool:
    length = sum(len(line.text) + 1 for line in body)
    if length > MAX_ANSWER_LENGTH:
        message = f"This answer is too long ({length} letters; at most {MAX_ANSWER_LENGTH})."
        diagnostics.add(body[0].number, message, "Shorten it, or split it into several questions.")
        return True
    if sum(line.text.count("[") for line in body) > MOST_LINKS:
        message = f"There are more than {MOST_LINKS} square brackets in this answer."
        diagnostics.add(body[0].number, message, "Keep only the links that visitors need.")
        return True
    return False


def _refuse_markup(body: Sequence[Line], diagnostics: Diagnostics) -> None:
    for number, text in body:
        if "<" in text and (tag := _TAG.search(text)):
            message = f"There is HTML in this line: “{excerpt(tag[0], 40)}”."
            fix = "Remove it: write **bold** for bold and [words](https://…) for a link."
            diagnostics.add(number, message, fix)
        if "![" in text:
            fix = "Remove it, or link to the page that shows it."
            diagnostics.add(number, "A picture cannot be shown here.", fix)
        if text.lstrip().startswith(("```", "~~~")):
            diagnostics.add(number, "These characters have no effect here.", "Remove the line.")


class _InlineReader:
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
        self._refuse_dead_links(text, token)
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
            fix = "Write some in the square brackets: [overnight stay](#overnight-stay)"
            self.diagnostics.add(line, "This link has no words to click on.", fix)

    def _refuse_dead_links(self, text: str, token: Token) -> None:
        for found in _DEAD_LINK.finditer(text) if "](" in text or "] (" in text else ():
            self.diagnostics.add(
                self._line_of(found[2] or found[1], token),
                f"This link does not work: “{excerpt(found[0], 60)}…”.",
                "Write [words](#id), or an address that begins with https://, tel: or mailto:, "
                "without a space between the brackets.",
            )

    def _line_of(self, part: str, token: Token) -> int:
        first, end = token.map or (0, 0)
        rows = self.body[first:end]
        return next((line.number for line in rows if part in line.text), self._line(first))


def _blocks(tokens: Sequence[Token], reader: _InlineReader) -> Iterator[str]:
    """One text for each paragraph; a list's items begin with a bullet or their number."""
    marker = ""
    for token in tokens:
        if token.type == "list_item_open":
            marker = f"{token.info}. " if token.info else "• "
        elif token.type == "inline":
            yield ("\n" + marker if marker else "\n\n") + reader.read(token)
            marker = ""

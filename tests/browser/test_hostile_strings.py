"""Ten thousand hostile strings through the chat box in a real browser: all are words, none acts.

The page around forbids nothing, so that what gets through would run; it only has the browser
report what a strict policy would have forbidden, making markup of text above all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from faqbot.bot import Bot
from tests.hostile import MARK, PARTS, Hostile, strings

from .chat import Chat
from .conftest import HostSite

BATCH = 1_000
POLICY = (
    "default-src 'none'; script-src {bot}; connect-src {bot}; require-trusted-types-for 'script'; "
    "base-uri 'none'; form-action 'none'; img-src "  # its icon, which the browser asks for itself
)
# One of each kind, from which the box's own elements are known. The replies to them serve for the
# hostile ones too, in turn: tests/test_worst_cases.py shows that these get no others.
REFUSED = "lamp " * 500
TAME = (
    "how long does it take",
    "my legs are numb",
    "who won the world cup",
    "hello",
    "how long and how big",
    REFUSED,
)

# Asks each text as a visitor does, the server's replies at hand. What is asked must stand in one
# text node, as it was typed but for personal details that were left out; every element must be one
# that harmless questions have too, by name and attributes. Nothing is laid out, which would take
# as long again: the test below does that with some of them.
ASK = """async ([asked, replies, learning]) => {
  const chat = document.querySelector("faq-chat");
  const root = chat.shadowRoot;
  root.querySelector(".log").style.display = "none";
  const tame = (window.tame ||= new Set());
  const field = document.createElement("textarea");
  const count = { sent: 0, refused: 0, faults: [] };
  let reply;
  window.fetch = async () => ({ ok: true, status: 200, json: async () => structuredClone(reply) });
  const shape = (node) => `${node.tagName} ${node.getAttributeNames().sort()}`;
  for (const [text, number] of asked) {
    reply = replies[number];
    field.value = text;
    const typed = field.value.trim();
    root.querySelector(".startOver").click();
    chat.ask(text);
    const sent = root.querySelectorAll(".turn").length > 1;
    for (let i = 0; sent && i < 50 && root.querySelectorAll(".turn").length < 3; i++) await null;
    const [, you, answer] = root.querySelectorAll(".turn");
    if (!sent) {
      count.refused += 1;
      const notice = [...root.querySelectorAll(".notice *")].map(shape);
      const odd = notice.filter((one) => !tame.has(one));
      if (learning) odd.forEach((one) => tame.add(one));
      else if (odd.length) count.faults.push(["notice", text, odd]);
      continue;
    }
    count.sent += 1;
    const said = you.querySelector("p.bubble");
    const plain = you.children.length === 1 && said.children.length === 1 &&
      said.childNodes.length === 2 &&
      (said.lastChild.data === typed || said.lastChild.data.includes("●●●"));
    const odd = [you, answer, ...you.querySelectorAll("*"), ...answer.querySelectorAll("*")]
      .map(shape).filter((one) => !tame.has(one));
    if (learning) odd.forEach((one) => tame.add(one));
    else if (!plain || odd.length) count.faults.push([text, said.innerHTML, odd]);
  }
  return count;
}"""


@dataclass
class Watched:
    """What a page did that no string may make it do."""

    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("dialog", self._dismiss)
        page.on("request", lambda request: self.requests.append(request.url))

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def elsewhere(self, *origins: str) -> list[str]:
        """The requests to other places, or with the mark of an attack."""
        return [url for url in self.requests if not url.startswith(origins) or MARK in url]


@pytest.fixture
def watched(page: Page) -> Watched:
    watched = Watched()
    watched.follow(page)
    page.add_init_script(
        f"window.{MARK} = () => {{ window.done = true; }}; window.reports = [];"
        "document.addEventListener('securitypolicyviolation', (event) =>"
        " window.reports.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));"
    )
    return watched


@pytest.fixture
def hostile_chat(open_chat: Callable[..., Chat], host_site: HostSite, watched: Watched) -> Chat:
    host_site.headers = {
        "Content-Security-Policy-Report-Only": f"{POLICY}{host_site.origin}/favicon.ico"
    }
    return open_chat(f"{host_site.origin}/plain.html")


def unharmed(page: Page, watched: Watched, *origins: str) -> bool:
    """Whether nothing ran, was asked for, or would have needed a laxer policy."""
    assert page.evaluate("window.done") is None
    assert page.evaluate("window.reports") == []
    assert page.evaluate("({}).pwned") is None
    assert watched.dialogs == []
    assert watched.elsewhere(*origins) == []
    return True


def with_replies(bot: Bot, texts: list[str]) -> Iterator[list[Any]]:
    """Batches of what the script takes: texts, each with the number of its reply, and replies."""
    replies = [bot.ask(text).to_dict() for text in TAME]
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        yield [[[text, n % len(TAME)] for n, text in enumerate(batch)], replies]


@pytest.mark.parametrize(("first", "step"), PARTS)
def test_none_of_ten_thousand_is_taken_for_markup(
    hostile_chat: Chat,
    host_site: HostSite,
    server: str,
    bot: Bot,
    watched: Watched,
    first: int,
    step: int,
) -> None:
    page = hostile_chat.page
    (learning,) = with_replies(bot, list(TAME))
    assert page.evaluate(ASK, [*learning, True]) == {"sent": 5, "refused": 1, "faults": []}
    # Half a character cannot be handed to the browser.
    texts = [one.text.encode("utf-8", "replace").decode() for one in strings()[first::step]]
    sent = refused = 0
    for batch in with_replies(bot, texts):
        count = page.evaluate(ASK, [*batch, False])
        assert count["faults"] == []
        sent, refused = sent + count["sent"], refused + count["refused"]
    assert sent + refused == len(texts) == 10_000 // step
    assert sent > 9_000 // step
    assert unharmed(page, watched, host_site.origin, server)


def one_of_each() -> list[Hostile]:
    """Two strings of each kind that can be typed."""
    typed = [one for one in strings(1_000) if 3 < len(one.text) < 400 and one.text.isprintable()]
    kinds = {one.kind: [o for o in typed if o.kind == one.kind][:2] for one in typed}
    return [one for pair in kinds.values() for one in pair]


def test_none_acts_when_it_is_typed_sent_stored_and_shown_again(
    hostile_chat: Chat, host_site: HostSite, server: str, watched: Watched
) -> None:
    page = hostile_chat.page
    shown = 0
    for one in one_of_each():
        hostile_chat.input.fill(one.text)
        hostile_chat.input.press("Enter")
        if hostile_chat.notice.is_visible() and "left" not in hostile_chat.notice.inner_text():
            continue
        expect(hostile_chat.log.locator(".turn:not(.dots)")).to_have_count(3 + shown)
        shown += 2
    assert shown > 20
    before = hostile_chat.log.locator(".you").all_text_contents()
    page.reload()
    expect(hostile_chat.log.locator(".you")).to_have_text(before[-20:], use_inner_text=False)
    assert unharmed(page, watched, host_site.origin, server)


def test_what_watches_sees_what_runs(
    hostile_chat: Chat, host_site: HostSite, server: str, watched: Watched
) -> None:
    """A test that cannot fail would tell nothing."""
    page = hostile_chat.page
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=/pwned.png>')")
    page.wait_for_function("window.reports.length > 0")
    with pytest.raises(AssertionError):
        unharmed(page, watched, host_site.origin, server)
    page.evaluate("window.reports = []")
    page.wait_for_function("performance.getEntriesByType('resource').length > 1")
    assert watched.elsewhere(host_site.origin, server)

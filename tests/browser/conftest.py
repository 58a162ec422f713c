"""A real server on loopback, a host page on another origin, and Debian's Chromium.

Its headless shell, where it is installed: the same engine opens a page at a quarter of the cost.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from faqbot import knowledge
from faqbot.app import create_app
from faqbot.bot import Bot
from faqbot.journal import Journal
from faqbot.live import Live
from faqbot.service import Service
from tests.servers import served
from tests.waiting import PATIENCE

from .chat import Chat

PRACTICE = Path(__file__).parent.parent / "practice"
HOST_PAGES = Path(__file__).parent / "pages"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=PATIENCE * 1000)


def pytest_configure(config: pytest.Config) -> None:
    # pytest-base-url, which pytest-playwright brings along, still declares its fixtures this way.
    config.addinivalue_line("filterwarnings", "ignore:Session-scoped fixtures defined as instance")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": shutil.which("chromium-headless-shell") or shutil.which("chromium"),
        "args": CHROMIUM,
        "timeout": 4 * PATIENCE * 1000,  # to start; the first reads all of it from the disk
    }


class HostSite:
    """Some other site: pages from `pages/`, with the headers that a test asks for."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.made: dict[str, str] = {}  # more files, by name: pages, and scripts that end in .js
        self.bot = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(site) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                file = HOST_PAGES / Path(self.path.partition("?")[0]).name
                text = site.made.get(file.name)
                if text is None and not file.is_file():
                    self.send_error(404)
                    return
                text = file.read_text("utf-8") if text is None else text
                body = text.replace("{bot}", site.bot).encode()
                kind = "javascript" if file.suffix == ".js" else "html"
                self.send_response(200)
                self.send_header("Content-Type", f"text/{kind}; charset=utf-8")
                for name, value in site.headers.items():
                    self.send_header(name, value.replace("{bot}", site.bot))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture(scope="session")
def _host_site() -> Iterator[HostSite]:
    site = HostSite()
    yield site
    site.stop()


@pytest.fixture
def host_site(_host_site: HostSite, server: str) -> HostSite:
    _host_site.headers = {}
    _host_site.made = {}
    _host_site.bot = server
    return _host_site


@pytest.fixture(scope="session")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    journal = Journal(f"sqlite:///{tmp_path_factory.mktemp('journal') / 'journal.sqlite'}")
    yield journal
    journal.close()


@pytest.fixture(scope="session")
def web_app(_host_site: HostSite, journal: Journal) -> Flask:
    known = knowledge.load(PRACTICE)
    practice = replace(known.practice, sites=(_host_site.origin,))
    bot = Bot(replace(known, practice=practice))
    return create_app(Service(Live(None, bot), journal))


@pytest.fixture(scope="session")
def server(web_app: Flask) -> Iterator[str]:
    with served(web_app) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def open_chat(page: Page, server: str) -> Callable[..., Chat]:
    """Opens the demonstration page, or another one, and the box on it."""

    def go(address: str = "/", *, closed: bool = False) -> Chat:
        page.goto(address if "://" in address else server + address)
        chat = Chat(page)
        if not closed:
            chat.open()
        return chat

    return go


@pytest.fixture
def visit(open_chat: Callable[..., Chat], host_site: HostSite) -> Callable[..., Chat]:
    """Opens a page of the other site, and the box on it."""

    def go(page: str, *, closed: bool = False) -> Chat:
        return open_chat(f"{host_site.origin}/{page}", closed=closed)

    return go


@pytest.fixture
def chat(open_chat: Callable[..., Chat]) -> Chat:
    return open_chat()


@pytest.fixture(autouse=True)
def _no_errors(request: pytest.FixtureRequest) -> Iterator[None]:
    """A script error on any page fails the test, whatever else it looks at."""
    errors: list[str] = []
    if "page" in request.fixturenames:
        context: BrowserContext = request.getfixturevalue("context")
        context.on("weberror", lambda error: errors.append(str(error.error)))
    yield
    assert errors == []

"""WebKit (Safari's engine) and Firefox, with the little that the tests need of them.

Playwright drives neither of Debian's. WebKit speaks WebDriver over HTTP, Firefox its own Marionette
protocol: the same commands as JSON over a socket, each message with its length before it.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

WAIT = 60.0  # seconds
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "Down": "\ue015", "Shift": "\ue008"}
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # how WebDriver marks an element in JSON
BOX = "document.querySelector('faq-chat').shadowRoot"


class Engine(ABC):
    """A browser with one window."""

    @abstractmethod
    def go(self, address: str) -> None: ...

    @abstractmethod
    def run(self, script: str) -> Any:
        """The value of a JavaScript expression."""

    @abstractmethod
    def click(self, selector: str) -> None:
        """A press of the mouse on a part of the chat box."""

    @abstractmethod
    def press(self, *keys: str) -> None:
        """Names of `KEYS`, or text to type; "Shift+Tab" holds Shift."""

    @abstractmethod
    def resize(self, width: int, height: int) -> None: ...

    @abstractmethod
    def quit(self) -> None: ...

    def text(self, selector: str) -> str:
        """What a visitor can read in a part of the box; empty if it is not there."""
        return str(self.run(f"({BOX}.querySelector({selector!r})?.innerText ?? '').trim()"))

    def wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT
        while not condition():
            assert time.monotonic() < deadline, f"waited {WAIT} seconds in vain"
            time.sleep(0.02)


def _typing(keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Keys as WebDriver's actions."""
    events: list[dict[str, str]] = []
    for key in keys:
        *held, last = key.split("+") if key.partition("+")[0] in KEYS else [key]
        held = [KEYS[name] for name in held]
        events += [{"type": "keyDown", "value": name} for name in held]
        for letter in [KEYS[last]] if last in KEYS else last:
            events += [{"type": "keyDown", "value": letter}, {"type": "keyUp", "value": letter}]
        events += [{"type": "keyUp", "value": name} for name in held]
    return [{"type": "key", "id": "keyboard", "actions": events}]


class Screen:
    """A display that nobody looks at; WebKit hangs without one."""

    def __init__(self) -> None:
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x1000x24"]
        self._process = subprocess.Popen(
            [*command, "-nolisten", "tcp"], pass_fds=[write], stderr=subprocess.DEVNULL
        )
        os.close(write)
        with os.fdopen(read) as answer:
            self.name = f":{answer.readline().strip()}"

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


class WebKit(Engine):
    """WebKitGTK's MiniBrowser."""

    def __init__(self) -> None:
        self._screen = Screen()
        self._port = _free_port()
        self._process = subprocess.Popen(
            ["WebKitWebDriver", f"--port={self._port}"],
            env={**os.environ, "DISPLAY": self._screen.name},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._session = "/session"
        self.wait(lambda: _listens(self._port))
        browser = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
        wanted = {"binary": str(browser), "args": ["--automation"]}
        always = {"alwaysMatch": {"webkitgtk:browserOptions": wanted}}
        session = self._send("", capabilities=always)
        self._session += f"/{session['sessionId']}"

    def _send(self, path: str, method: str = "POST", **parameters: Any) -> Any:
        body = json.dumps(parameters) if method == "POST" else None
        connection = HTTPConnection("127.0.0.1", self._port, timeout=WAIT)
        with closing(connection):
            connection.request(method, self._session + path, body)
            value = json.load(connection.getresponse())["value"]
        assert not (isinstance(value, dict) and "stacktrace" in value), value
        return value

    def go(self, address: str) -> None:
        self._send("/url", url=address)

    def run(self, script: str) -> Any:
        return self._send("/execute/sync", script=f"return {script}", args=[])

    def click(self, selector: str) -> None:
        element = self.run(f"{BOX}.querySelector({selector!r})")
        self._send(f"/element/{element[ELEMENT]}/click")

    def press(self, *keys: str) -> None:
        self._send("/actions", actions=_typing(keys))

    def resize(self, width: int, height: int) -> None:
        self._send("/window/rect", width=width, height=height)

    def quit(self) -> None:
        self._send("", "DELETE")
        self._process.terminate()
        self._process.wait(WAIT)
        self._screen.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Firefox(Engine):
    """Debian's Firefox ESR."""

    def __init__(self, profile: Path) -> None:
        (profile / "user.js").write_text(
            'user_pref("marionette.port", 0);\nuser_pref("datareporting.policy.firstRunURL", "");\n'
        )
        command = ["firefox-esr", "--headless", "--marionette", "--no-remote", "--profile"]
        self._process = subprocess.Popen(
            [*command, str(profile)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        port = profile / "MarionetteActivePort"
        self.wait(lambda: port.is_file() and bool(port.read_text()))
        self._socket = socket.create_connection(("127.0.0.1", int(port.read_text())), WAIT)
        self._stream = self._socket.makefile("rb")
        self._read()
        self._number = 0
        self._send("WebDriver:NewSession", capabilities={})

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._stream.read(1)
        return json.loads(self._stream.read(int(length[:-1])))

    def _send(self, command: str, **parameters: Any) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, command, parameters])
        self._socket.sendall(f"{len(message)}:{message}".encode())
        _, _, error, result = self._read()
        assert error is None, error
        return result

    def go(self, address: str) -> None:
        self._send("WebDriver:Navigate", url=address)

    def run(self, script: str) -> Any:
        result = self._send("WebDriver:ExecuteScript", script=f"return {script}", args=[])
        return result["value"]

    def click(self, selector: str) -> None:
        element = self.run(f"{BOX}.querySelector({selector!r})")
        self._send("WebDriver:ElementClick", id=element[ELEMENT])

    def press(self, *keys: str) -> None:
        self._send("WebDriver:PerformActions", actions=_typing(keys))

    def resize(self, width: int, height: int) -> None:
        self._send("WebDriver:SetWindowRect", width=width, height=height)

    def quit(self) -> None:
        self._send("Marionette:Quit", flags=["eForceQuit"])
        self._stream.close()
        self._socket.close()
        self._process.wait(WAIT)

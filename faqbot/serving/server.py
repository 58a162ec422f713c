"""Serves the web app with waitress, in one process."""

from __future__ import annotations

import logging
import select
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import WSGITask

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ACCEPTED = 64  # most connections accepted before those that are open get their turn
SWITCH_INTERVAL = 0.001  # seconds that a thread may compute while others wait; Python's is 0.005

# It warns of every request that waits for a thread: under a flood that is a second log.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def options() -> dict[str, Any]:
    """waitress's settings.

    With its defaults, 120 clients that send half a request and stop freeze waitress; with these,
    1,500 of them delay everybody else by milliseconds. `select.poll` is missing on Windows, where
    `select` takes no more than 512 sockets.
    """
    return {
        "threads": 8,
        "asyncore_use_poll": hasattr(select, "poll"),
        "connection_limit": 400 if sys.platform == "win32" else 4000,
        "channel_timeout": 20,
        "max_request_body_size": 4 << 20,  # a page's text at the staff desk; visitors' is less
        "backlog": 1024,
        "ident": None,
        # FAQBOT_PROXIES decides which addresses to trust, and /metrics must see whether a request
        # came through a proxy.
        "clear_untrusted_proxy_headers": False,
    }


def serve(app: WSGIApplication, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until interrupted or terminated, and print the address; port 0 takes a free one.

    Requests under way when it ends are still answered.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    server = create_server(app, host=host, port=port, **options())
    signal.signal(signal.SIGTERM, _exit)
    print(f"Serving at {address(server, host)}", flush=True)
    server.run()
    server.close()  # whoever still connects is refused at once, and nginx asks another instance


def address(server: Any, host: str) -> str:
    """The address to open in a browser on this machine; a host that means "all" becomes local."""
    port = getattr(server, "effective_port", None) or server.effective_listen[0][1]
    shown = "127.0.0.1" if host in ("", "*", "0.0.0.0", "::") else host  # noqa: S104
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def _exit(*_: object) -> NoReturn:
    """Let waitress end as after Ctrl-C: its threads finish what they are answering."""
    raise SystemExit(0)


_accept_one = BaseWSGIServer.handle_accept


def _accept_waiting(server: Any) -> None:
    """Accept all connections that wait.

    waitress polls every open connection for each one that it accepts: 1,500 at once took it 0.4 s.
    """
    for _ in range(ACCEPTED):
        before = len(server._map)
        _accept_one(server)
        if len(server._map) == before:
            return


BaseWSGIServer.handle_accept = _accept_waiting  # type: ignore[method-assign, assignment]


class _Task(WSGITask):
    """Sends the head of a reply and its body in one piece.

    Where it was killed between the two, nginx would have begun to pass the reply on, and could ask
    no other instance: of three kills under load, one did that.
    """

    def write(self, data: bytes) -> None:
        if self.wrote_header or self.content_length != len(data):
            super().write(data)
            return
        head = self.build_response_header()
        self.wrote_header = True
        self.content_bytes_written = len(data)
        self.channel.write_soon(head + data)


HTTPChannel.task_class = _Task

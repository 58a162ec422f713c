"""Serves the web app with waitress."""

from __future__ import annotations

import select
import sys
from typing import TYPE_CHECKING, Any

from waitress.server import create_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def options() -> dict[str, Any]:
    """waitress's settings.

    As shipped, 120 clients that send half a request and stop freeze waitress; with these, 1,500
    of them leave an honest one at 6 ms. `select.poll` is missing on Windows, and `select` takes
    no more than 512 sockets there.
    """
    return {
        "threads": 8,
        "asyncore_use_poll": hasattr(select, "poll"),
        "connection_limit": 400 if sys.platform == "win32" else 4000,
        "channel_timeout": 20,
        "max_request_body_size": 16384,
        "ident": None,
    }


def serve(app: WSGIApplication, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until interrupted, and print the address; port 0 takes a free one."""
    server = create_server(app, host=host, port=port, **options())
    print(f"Serving at {address(server, host)}", flush=True)
    server.run()


def address(server: Any, host: str) -> str:
    """The address to open in a browser on this machine; a host that means "all" becomes local."""
    port = getattr(server, "effective_port", None) or server.effective_listen[0][1]
    shown = "127.0.0.1" if host in ("", "*", "0.0.0.0", "::") else host  # noqa: S104
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"

"""Serves the web app with waitress, in one process or in several that share the port."""

from __future__ import annotations

import gc
import logging
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from waitress.server import BaseWSGIServer, create_server

from faqbot.serving import logs, metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    # Makes the app in the process that serves it, and what is to be called when it ends.
    Prepare = Callable[[], tuple[WSGIApplication, Callable[[], None]]]

BACKLOG = 1024  # connections that wait to be accepted
ENDING = (signal.SIGTERM, signal.SIGINT)
TOO_SOON = 1.0  # seconds; a worker that ends earlier is started again only after as long
LOOK_EVERY = 0.25  # seconds
TURN = 0.001  # seconds that a thread may think while others wait; five by default
CROWD = 32  # connections, for each of which one more is accepted at a time

log = logging.getLogger("faqbot.serving.server")
# It warns of every request that waits for a thread: under a flood that is a second log.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def options() -> dict[str, Any]:
    """waitress's settings.

    As shipped, 120 clients that send half a request and stop freeze waitress; with these, 1,500
    of them leave an honest one its milliseconds. `select.poll` is missing on Windows, and `select`
    takes no more than 512 sockets there.
    """
    return {
        "threads": 8,
        "asyncore_use_poll": hasattr(select, "poll"),
        "connection_limit": 400 if sys.platform == "win32" else 4000,
        "channel_timeout": 20,
        "max_request_body_size": 4 << 20,  # a page's text at the staff desk; visitors' is less
        "backlog": BACKLOG,
        "ident": None,
        # Whom to believe about visitors' addresses is FAQBOT_PROXIES' business; and /metrics must
        # see that it is asked through a proxy.
        "clear_untrusted_proxy_headers": False,
    }


def serve(prepare: Prepare, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until interrupted, and print the address; port 0 takes a free one."""
    app, close = prepare()
    server = _server(app, host=host, port=port)
    print(f"Serving at {address(server, host)}", flush=True)
    _end_on_sigterm()
    server.run()
    close()


def _server(app: WSGIApplication, **where: Any) -> Any:
    """A server in this process; reading and sending waits no longer for thinking than it must."""
    sys.setswitchinterval(TURN)
    return create_server(app, **where, **options())


_accept_one = BaseWSGIServer.handle_accept


def _accept_some(server: Any) -> None:
    """Accept what waits, the more at a time the more connections there are.

    waitress looks through all connections for each that it accepts: 1,500 at once took it 0.4 s.
    With few, it is one at a time, so that all workers get their share.
    """
    for _ in range(1 + len(server._map) // CROWD):
        before = len(server._map)
        _accept_one(server)
        if len(server._map) == before:
            return


BaseWSGIServer.handle_accept = _accept_some  # type: ignore[method-assign, assignment]


def address(server: Any, host: str) -> str:
    """The address to open in a browser on this machine; a host that means "all" becomes local."""
    port = getattr(server, "effective_port", None) or server.effective_listen[0][1]
    return url(host, port)


def url(host: str, port: int) -> str:
    """The same from a host and a port."""
    shown = "127.0.0.1" if host in ("", "*", "0.0.0.0", "::") else host  # noqa: S104
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def serve_with_workers(
    prepare: Prepare, host: str, port: int, workers: int, look: Callable[[], object] | None = None
) -> None:
    """Serve from several processes, each with an app of its own; one that dies is replaced.

    The parent answers nothing itself: it only holds the port, so that no connection is refused
    while a worker is replaced. It calls `look` again and again, so that the next worker is born
    with what the others have by now; `look` says whether there is anything new. Needs `os.fork`.
    """
    listening = _listen(host, port)
    print(f"Serving at {url(host, listening.getsockname()[1])}", flush=True)
    with metrics.shared():
        _Crew(prepare, listening, workers, look).run()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(BACKLOG)
    return listening


class _Crew:
    """The worker processes, and the parent's watch over them."""

    def __init__(
        self,
        prepare: Prepare,
        listening: socket.socket,
        workers: int,
        look: Callable[[], object] | None,
    ) -> None:
        self._prepare = prepare
        self._look = look
        self._is_new = False  # something that the last worker was born without
        self._listening = listening
        self._workers = workers
        self._started: dict[int, float] = {}  # by process id
        self._places: dict[int, int] = {}  # by process id: which of the workers it is

    def run(self) -> None:
        _end_on_sigterm()
        gc.freeze()  # what the parent has loaded stays shared: no collector touches it
        try:
            while True:
                while len(self._started) < self._workers:
                    self._start()
                self._wait()
        finally:
            self._stop()

    def _start(self) -> None:
        self._share()
        place = min(set(range(self._workers)) - set(self._places.values()))
        # What a signal raises within `fork`'s own hooks would be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        process = os.fork()
        if process == 0:
            self._work(place)
        self._places[process] = place
        self._started[process] = time.monotonic()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)

    def _share(self) -> None:
        """Keep the collector's hands off what is new as well, but for what it replaced."""
        if self._is_new:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._is_new = False

    def _work(self, place: int) -> NoReturn:
        """What a worker does, to its end; it never returns into the parent's code."""
        code = 1
        try:
            metrics.join(place)
            app, close = self._prepare()
            server = _server(app, sockets=[self._listening])
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
            server.run()
            close()
            code = 0
        except Exception:
            log.exception("A worker could not go on.")
        finally:
            logs.flush()
            logging.shutdown()
            sys.stdout.flush()
            os._exit(code)

    def _wait(self) -> None:
        process, status = self._ended()
        self._places.pop(process, None)
        lived = time.monotonic() - self._started.pop(process, 0.0)
        log.warning("Worker %d ended (%s); starting another.", process, _ending(status))
        if lived < TOO_SOON:
            time.sleep(TOO_SOON)

    def _ended(self) -> tuple[int, int]:
        """The next worker that ends; until then look, without threads: these survive no fork."""
        while not (ended := os.waitpid(-1, os.WNOHANG if self._look else 0))[0]:
            time.sleep(LOOK_EVERY)
            self._try_to_look()
        return ended

    def _try_to_look(self) -> None:
        try:
            if self._look and self._look():
                self._is_new = True
        except Exception:  # the workers look for themselves
            log.exception("Looking at the knowledge failed; going on as before.")

    def _stop(self) -> None:
        for process in self._started:
            os.kill(process, signal.SIGTERM)
        for process in self._started:
            os.waitpid(process, 0)


def _ending(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _end_on_sigterm() -> None:
    """Let what is being answered be answered when a service manager asks to end."""

    def end(*_: object) -> NoReturn:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)

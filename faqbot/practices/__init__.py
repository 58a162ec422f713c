"""Many practices in one process: each has a folder, is opened when first asked for, stands alone.

`directory` knows which there are, `registry` holds those that are open and follows their folders.
Here a request finds its practice, by `/p/NAME/` or by host name. The practice's pages do not know
about this: the prefix goes to SCRIPT_NAME, so that `url_for` leads back to the same practice.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from flask import Flask, Response, abort, jsonify, request

from faqbot.practices.directory import NAME as NAME_PATTERN
from faqbot.practices.directory import Directory
from faqbot.practices.registry import Practices, Unavailable
from faqbot.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["Directory", "Practices", "Unavailable", "current_service", "install"]

PREFIX = "/p/"
NAME, SERVICE = "faqbot.practice", "faqbot.service"  # in a request's environment
STATUS_PATHS = ("/healthz", "/readyz")  # also of the server as a whole
SHARED_ENDPOINTS = ("metrics",)  # about no practice


def install(app: Flask, practices: Practices) -> None:
    """Serve all practices with one app, which gets its service from `current_service`.

    To be installed before what refuses or counts requests, so that these know the practice. A
    request for one that cannot answer now raises Unavailable.
    """
    app.wsgi_app = PracticeMiddleware(app.wsgi_app, practices.directory)  # type: ignore[method-assign]
    app.before_request(partial(_find_practice, practices))


def current_service() -> Service:
    """The practice that the current request is for."""
    return cast(Service, request.environ[SERVICE])


class PracticeMiddleware:
    """Tells from a request's address which practice it is for, and takes that off the path.

    What cannot be a practice's name stays in the path, where no route matches it: SCRIPT_NAME is
    copied unescaped into redirects, where a line break would be an error.
    """

    def __init__(self, app: WSGIApplication, directory: Directory) -> None:
        self._app = app
        self._directory = directory

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve a request."""
        path = environ.get("PATH_INFO", "")
        if name := self._directory.for_host(environ.get("HTTP_HOST", "")):
            environ[NAME] = name
        elif path.startswith(PREFIX):
            name, _, rest = path[len(PREFIX) :].partition("/")
            if NAME_PATTERN.fullmatch(name):
                environ[NAME] = name
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PREFIX + name
                environ["PATH_INFO"] = f"/{rest}"
        return self._app(environ, start_response)


def _find_practice(practices: Practices) -> Response | None:
    if request.routing_exception or request.endpoint in SHARED_ENDPOINTS:
        return None
    name = request.environ.get(NAME)
    if not name:
        if request.path in STATUS_PATHS:
            return jsonify(practices.status())
        abort(404)  # don't reveal which practices exist
    try:
        request.environ[SERVICE] = practices.service(name)
    except KeyError:
        abort(404)
    return None

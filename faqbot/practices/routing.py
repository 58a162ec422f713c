"""Finds the practice that a request is for, by `/p/NAME/` or by host, and says so where it can't.

A practice's pages do not know of it: what stands before them goes to SCRIPT_NAME, so that
`url_for` leads back to the same practice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Flask, Response, abort, g, jsonify, render_template, request

from faqbot.practices.registry import Practices, Trouble

from .directory import NAME as NAME_PATTERN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from faqbot.service import Service

    from .directory import Directory

PREFIX = "/p/"
NAME, SERVICE = "faqbot.practice", "faqbot.service"  # in a request's environment
STATES = ("/healthz", "/readyz")  # also of the service as a whole
OF_ALL = ("metrics",)  # endpoints that are about no practice
SORRY = "The chat of this practice is not available right now. Please call."


def install(app: Flask, practices: Practices) -> None:
    """Serve all practices with one app, which was made by `create_app(here)`.

    To be installed before what refuses or counts requests, so that these know the practice.
    """
    app.extensions["faqbot-practices"] = practices
    app.wsgi_app = PracticeMiddleware(app.wsgi_app, practices.directory)  # type: ignore[method-assign]

    @app.before_request
    def arrive() -> Response | None:
        return _arrive(practices)

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        if slot := g.pop("slot", None):
            practices.leave(slot)


def here() -> Service:
    """The practice that the request under way is for."""
    return cast("Service", request.environ[SERVICE])


def name() -> str:
    """Its name; "" where a request is for no practice."""
    return cast(str, request.environ.get(NAME, ""))


class PracticeMiddleware:
    """Tells from a request's address which practice it is for, and takes that off the path.

    What is no practice's name stays in the path, where no route takes it: SCRIPT_NAME goes as it
    is into the addresses that requests are redirected to, and a line break in it is an error.
    """

    def __init__(self, app: WSGIApplication, directory: Directory) -> None:
        self._app = app
        self._directory = directory

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve a request."""
        path = environ.get("PATH_INFO", "")
        if named := self._directory.of_host(environ.get("HTTP_HOST", "")):
            environ[NAME] = named
        elif path.startswith(PREFIX):
            named, _, rest = path[len(PREFIX) :].partition("/")
            if NAME_PATTERN.fullmatch(named):
                environ[NAME] = named
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PREFIX + named
                environ["PATH_INFO"] = f"/{rest}"
        return self._app(environ, start_response)


def _arrive(practices: Practices) -> Response | None:
    if request.routing_exception or request.endpoint in OF_ALL:
        return None
    practices.start()
    if not name():
        if request.path in STATES:
            return jsonify(practices.status())
        abort(404)  # nobody need know who is served here
    try:
        g.slot = practices.enter(name())
    except KeyError:
        abort(404)
    except Trouble as trouble:
        g.practice = trouble.practice
        return _unavailable(trouble)
    request.environ[SERVICE] = g.slot.service
    return None


def _unavailable(trouble: Trouble) -> Response:
    """Never a dead end: the phones, if they can be known."""
    practice = trouble.practice
    if "/api/" in request.path:
        contacts = practice.contacts() if practice else {"phones": []}
        response = jsonify({"error": SORRY, **contacts})
    else:
        response = Response(render_template("unavailable.html", practice=practice, sorry=SORRY))
    response.status_code = 503
    response.headers["Retry-After"] = str(trouble.retry)
    response.headers["Cache-Control"] = "no-store"
    return response

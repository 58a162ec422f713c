"""What the pages load: the chat box in one file, styles, the icon."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from faqbot.app import widget
from faqbot.assets import bundled

from .api import practice_data


def add(room: Blueprint) -> None:
    """Add its routes."""

    @room.get("/widget.js")
    def widget_script() -> Response:
        return _widget(widget.script(practice_data(g.bot)))

    @room.get("/widget-<version>.js")
    def versioned_script(version: str) -> Response:
        """For pages that are made anew with each version: kept by browsers for a year."""
        script = widget.script(practice_data(g.bot))
        response = _widget(script)
        if version == script.etag:
            response.cache_control.max_age = 365 * 24 * 3600
            response.cache_control.immutable = True
        return response

    @room.get("/tools.js")
    def tools() -> Response:
        """What the box loads when it is first opened, as a module: so any site may read it."""
        response = _widget(widget.tools())
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    @room.get("/pages.css")
    def styles() -> Response:
        return _file("pages.css", "text/css")

    @room.get("/icon.svg")
    def icon() -> Response:
        return _file("icon.svg", "image/svg+xml")


def _widget(script: widget.Script) -> Response:
    packed = request.accept_encodings["gzip"] > 0
    response = Response(script.gzipped if packed else script.plain, mimetype="text/javascript")
    if packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    # Other sites load it, also those that isolate themselves with Cross-Origin-Embedder-Policy.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(f"{script.etag}{'-gzip' if packed else ''}")
    return _cached(response)


def _file(name: str, mimetype: str) -> Response:
    return _cached(Response((bundled("web") / name).read_bytes(), mimetype=mimetype))


def _cached(response: Response) -> Response:
    """For five minutes, then asked for again by ETag."""
    response.cache_control.public = True
    response.cache_control.max_age = 300
    response.add_etag()
    response.make_conditional(request)
    return response

"""What pages load: the chat box's scripts, each as one small file, the styles and the icon."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from string import ascii_letters
from typing import Any

from flask import Blueprint, Response, g, request, url_for
from rcssmin import cssmin
from rjsmin import jsmin

from faqbot.app.api import practice_info
from faqbot.assets import bundled, ui_texts

_BUNDLE = re.compile(r"/\*bundle\*/.*?/\*end\*/", re.DOTALL)
_LATER = "/* What follows is loaded when the box first opens. */"
_YEAR = 365 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Script:
    """A script as sent; `etag` changes with every byte of it."""

    plain: bytes
    gzipped: bytes
    etag: str


def add_routes(blueprint: Blueprint) -> None:
    """Add what pages load."""

    @blueprint.get("/widget.js")
    def widget_script() -> Response:
        return _sent(current_script())

    @blueprint.get("/widget-<version>.js")
    def versioned_script(version: str) -> Response:
        """For pages that name the current version: browsers keep it for a year."""
        current = current_script()
        response = _sent(current)
        if version == current.etag:
            response.cache_control.max_age = _YEAR
            response.cache_control.immutable = True
        return response

    @blueprint.get("/tools.js")
    def tools() -> Response:
        """What the box imports when it first opens.

        It names the version in the query, so that the two scripts never mix.
        """
        return _sent(tools_script())

    @blueprint.get("/pages.css")
    def styles() -> Response:
        return _cached(Response(_read("pages.css"), mimetype="text/css"))

    @blueprint.get("/widget.d.ts")
    def types() -> Response:
        """For sites written in TypeScript."""
        return _cached(Response(_read("widget.d.ts"), mimetype="text/plain"))

    @blueprint.get("/icon.svg")
    def icon() -> Response:
        return _cached(Response(_read("icon.svg"), mimetype="image/svg+xml"))


def current_script() -> Script:
    """The script of this request's practice, at the address where this request found it."""
    server = url_for("faqbot.widget_script", _external=True).removesuffix("widget.js")
    return script(practice_info(g.bot), server)


def script(practice: Mapping[str, Any], server: str) -> Script:
    """`widget.js` joined with this practice, and the styles and words until the box is open.

    The practice travels in the script so that opening the box needs no request, and the phone
    numbers are there even if the server no longer is. `server` is where the box finds it when the
    browser does not tell where the script came from.
    """
    return _script(json.dumps(practice, sort_keys=True), server)


@lru_cache(maxsize=64)
def _script(practice: str, server: str) -> Script:
    return _bundled(
        "widget.js",
        css=_css()[0],
        words=_word_tables()[0],
        practice=json.loads(practice),
        server=server,
        tools=tools_script().etag[:8],
    )


@lru_cache(maxsize=1)
def tools_script() -> Script:
    """`tools.js`, which the box loads when it first opens, with the styles and words left."""
    return _bundled("tools.js", css=_css()[1], words=_word_tables()[1])


def _bundled(name: str, **parts: Any) -> Script:
    joined = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return _packed(_code(name).replace("BUNDLE", joined, 1))


@lru_cache(maxsize=2)
def _code(name: str) -> str:
    return minify_js(_BUNDLE.sub("BUNDLE", _read(name), count=1))


@lru_cache(maxsize=1)
def _css() -> list[str]:
    """The styles until the box is open, and the rest; they share their custom properties."""
    return minify_css(*_read("widget.css").split(_LATER))


@lru_cache(maxsize=1)
def _word_tables() -> tuple[dict[str, Any], dict[str, Any]]:
    """The words that `widget.js` uses, and the rest."""
    used = set(re.findall(r"\w+", jsmin(_read("widget.js"))))
    core: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for key, text in ui_texts().items():
        # A dictionary holds the words of another language.
        table = core if key in used or isinstance(text, dict) else rest
        table[key] = text
    return core, rest


def minify_js(code: str) -> str:
    """Smaller code that does the same; private names are out of reach, so they are shortened."""
    code = jsmin(code)
    short = _short_names(re.findall(r"this\.#(\w+)", code))
    return re.sub(r"#(\w+)", lambda match: f"#{short.get(match[1], match[1])}", code)


def minify_css(*sheets: str) -> list[str]:
    """Minify styles; custom properties get short names, except those that sites set (--faq-…)."""
    css = "\n".join(map(cssmin, sheets))
    own = set(re.findall(r"[{;]--(?!faq-)([\w-]+):", css))
    short = _short_names(name for name in re.findall(r"--([\w-]+)", css) if name in own)
    css = re.sub(r"--([\w-]+)", lambda match: f"--{short.get(match[1], match[1])}", css)
    return css.split("\n")


def _short_names(uses: Iterable[str]) -> dict[str, str]:
    """A name of one or two letters for each; the most used get the shortest."""
    letters = (*ascii_letters, *map("".join, product(ascii_letters, repeat=2)))
    return dict(zip((name for name, _ in Counter(uses).most_common()), letters, strict=False))


def _packed(code: str) -> Script:
    """Gzip without a timestamp, so that the same content gives the same bytes on every server.

    Code, styles and words use letters differently. With less memory zlib counts the letters of
    each part anew, which saves 80 bytes.
    """
    plain = code.encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS, memLevel=6)
    gzipped = packer.compress(plain) + packer.flush()
    return Script(plain, gzipped, hashlib.sha256(plain).hexdigest()[:20])


def _sent(script: Script) -> Response:
    packed = request.accept_encodings["gzip"] > 0
    response = Response(script.gzipped if packed else script.plain, mimetype="text/javascript")
    if packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    # Also for sites that isolate themselves with Cross-Origin-Embedder-Policy.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    # Modules and what is marked `crossorigin` are subject to CORS; there is nothing secret in it.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(f"{script.etag}{'-gzip' if packed else ''}")
    return _cached(response)


def _cached(response: Response) -> Response:
    """For five minutes, then asked for again by ETag."""
    response.cache_control.public = True
    response.cache_control.max_age = 300
    response.add_etag()
    response.make_conditional(request)
    return response


def _read(name: str) -> str:
    return (bundled("web") / name).read_text("utf-8")

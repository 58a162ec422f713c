"""The script that a practice's site loads: code, styles, words and the practice in one file."""

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
from pathlib import Path
from string import ascii_letters
from typing import Any

from faqbot.assets import bundled

_LITERAL = r"""
    "(?:[^"\\\n]|\\.)*" | '[^'\n]*' | `(?:[^`\\]|\\.)*`
    | /(?![/*\s]) (?:\[[^\]\n]*\] | \\. | [^/\\\n\[])+ /\w*
"""
_SIGN = r"\s* (?: => | [=!]== | [<>]= | && | \|\| | [][=?:;,<>(){}] ) \s*"
# Literals stand first, so that nothing inside them is taken for a sign.
_NEEDLESS = r"\s* (?: , \s* (?=[])}]) | ; \s* (?=}) )"
_TOKEN = re.compile(
    rf"(?P<literal>{_LITERAL}) | {_NEEDLESS} | (?P<const>\bconst\b) | (?P<sign>{_SIGN})",
    re.VERBOSE,
)
_BUNDLE = re.compile(r"/\*bundle\*/.*?/\*end\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Script:
    """The script as sent; `etag` changes with every byte of it."""

    plain: bytes
    gzipped: bytes
    etag: str


def script(practice: Mapping[str, Any]) -> Script:
    """`widget.js` with `widget.css`, the words and this practice joined in.

    The practice travels in the script so that opening the box needs no request, and the phone
    numbers are there when the server no longer is.
    """
    files = tuple(bundled("web") / name for name in ("widget.js", "widget.css", "words.json"))
    stamps = tuple(file.stat().st_mtime_ns for file in files)
    return _script(json.dumps(practice, ensure_ascii=False, sort_keys=True), files, stamps)


@lru_cache(maxsize=64)
def _script(practice: str, files: tuple[Path, ...], stamps: tuple[int, ...]) -> Script:
    code, css, table = (file.read_text("utf-8") for file in files)
    bundle = {
        "css": squeeze_css(css),
        "words": json.loads(table),
        "practice": json.loads(practice),
    }
    joined = json.dumps(bundle, ensure_ascii=False, separators=(",", ":"))
    plain = _BUNDLE.sub(lambda _: joined, squeeze_js(code), count=1).encode()
    return _made(plain)


def tools() -> Script:
    """`tools.js`, which the box loads when it is first opened."""
    file = bundled("web") / "tools.js"
    return _tools(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _tools(file: Path, stamp: int) -> Script:
    return _made(squeeze_js(file.read_text("utf-8")).encode())


def _made(plain: bytes) -> Script:
    return Script(plain, _pack(plain), hashlib.sha256(plain).hexdigest()[:20])


def _pack(plain: bytes) -> bytes:
    """As gzip, without a time: the same content gives the same bytes, so every worker sends them.

    Code, styles and words have other letters in common, and with less memory zlib counts the
    letters of each part anew, which saves 80 bytes.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS, memLevel=6)
    return packer.compress(plain) + packer.flush()


def squeeze_js(code: str) -> str:
    """Without comments that fill a line, and with less white space.

    This is no minifier: in `widget.js` every statement ends with a semicolon, no text runs over
    several lines, and no comment stands behind code, which is what makes it safe. `const` becomes
    the shorter `let`, which means the same where nothing breaks it.
    """
    code = re.sub(r"^\s*/\*\*.*?\*/\s*$", "", code, flags=re.DOTALL | re.MULTILINE)
    lines = (line.strip() for line in code.splitlines())
    code = "\n".join(line for line in lines if line and not line.startswith("//"))
    return _shorten_private(_TOKEN.sub(_shorten, code))


def _shorten(match: re.Match[str]) -> str:
    if match["literal"]:
        return match["literal"]
    return "let" if match["const"] else (match["sign"] or "").strip()


def _shorten_private(code: str) -> str:
    """Private names cannot be reached from outside, so any others will do: `#say` becomes `#a`."""
    short = _short_names(re.findall(r"this\.#(\w+)", code))
    return re.sub(r"#(\w+)", lambda match: f"#{short.get(match[1], match[1])}", code)


def _short_names(uses: Iterable[str]) -> dict[str, str]:
    """A name of one or two letters for each; the most used get the shortest."""
    letters = (*ascii_letters, *map("".join, product(ascii_letters, repeat=2)))
    return dict(zip((name for name, _ in Counter(uses).most_common()), letters, strict=False))


def squeeze_css(css: str) -> str:
    """Without comments, and with white space only where it means something."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,>!]) ?", r"\1", css).replace(": ", ":").replace(";}", "}")
    return _shorten_properties(re.sub(r"(?<=[ :(,-])0\.", ".", css).strip())


def _shorten_properties(css: str) -> str:
    """The same for the properties that it sets itself; those that a site sets keep their names."""
    own = set(re.findall(r"[{;]--(?!faq-)([\w-]+):", css))
    names = re.findall(r"--([\w-]+)", css)
    short = _short_names(name for name in names if name in own)
    return re.sub(r"--([\w-]+)", lambda match: f"--{short.get(match[1], match[1])}", css)

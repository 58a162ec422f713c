"""The bytes of a knowledge file as text, and back again.

Where only one entry is changed, all else stays byte for byte, also in a file that Notepad wrote,
or that is not UTF-8 at all. A person who edits the whole file gets it with plain line ends.
"""

from __future__ import annotations

import hashlib

_MARK = "\ufeff"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def as_it_is(data: bytes) -> str:
    """The text with its own line ends and byte order mark; what is not UTF-8 is kept as it is."""
    return data.decode("utf-8", "surrogateescape")


def as_it_was(text: str) -> bytes:
    """The bytes of such a text."""
    return text.encode("utf-8", "surrogateescape")


def plain(text: str) -> str:
    """The text with plain line ends and no byte order mark."""
    return text.removeprefix(_MARK).replace("\r\n", "\n").replace("\r", "\n")


def text_of(data: bytes) -> str:
    """A file's bytes as a person edits them: plain line ends, and never an error."""
    if data.startswith(_UTF_16):
        return plain(data.decode("utf-16", "replace"))
    try:
        return plain(data.decode("utf-8"))
    except UnicodeDecodeError:
        return plain(data.decode("cp1252", "replace"))


def bytes_like(text: str, old: bytes) -> bytes:
    """A person's text as bytes, with line ends and byte order mark as in the old ones."""
    text = plain(text)
    ends = old.find(b"\n")
    if ends > 0 and old[ends - 1 : ends] == b"\r":
        text = text.replace("\n", "\r\n")
    mark = _MARK if old.startswith(_MARK.encode()) else ""
    return (mark + text).encode("utf-8", "replace")


def fingerprint(text: str) -> str:
    """A short name for a text.

    Line ends do not count, since browsers change them, nor what is empty at the end, since an
    entry's text gets more of that when another is added below it.
    """
    return hashlib.sha256(plain(text).rstrip().encode("utf-8", "replace")).hexdigest()[:16]

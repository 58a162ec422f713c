"""Files on disk to bytes, and to text: refuses what is no text file, and says what to do."""

from __future__ import annotations

import stat
from pathlib import Path

from faqbot.knowledge.diagnostics import Diagnostics

LARGEST = 1_000_000  # bytes; the longest page of a practice's site is a hundredth of this

_LOOKS = (
    (b"PK\x03\x04", "a Word document or a zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Word document"),
    (b"{\\rtf", "a rich text document"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)
_AS_TEXT = "Open it in its own program, copy the words and paste them into a plain text file."
_AS_UTF8 = (
    'Save it again as UTF-8: in Notepad, "Save as", then choose "UTF-8" next to "Encoding"; '
    'in TextEdit, "Format", "Make Plain Text", then save.'
)
_NOISE = {
    **{code: " " for code in (*range(0x20), 0x7F, 0x85, 0x2028, 0x2029) if code not in (9, 10)},
    **dict.fromkeys((0x00AD, 0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F)), ""),
    **dict.fromkeys(range(0x2066, 0x206A), ""),
}


def read_bytes(path: Path, folder: Path, diagnostics: Diagnostics) -> bytes | None:
    """The file's bytes; None, and a problem told, where it cannot or may not be read."""
    try:
        if path.is_symlink() and leaves(path, folder):
            diagnostics.add(
                0,
                "This is a link to a file outside of the knowledge folder.",
                "Put the file itself into the folder instead.",
            )
            return None
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            diagnostics.add(0, "This is not a file.", "Remove it, or give it another name.")
            return None
        if status.st_size > LARGEST:
            _refuse_size(status.st_size, diagnostics)
            return None
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, before 3.13
        reason = getattr(error, "strerror", None) or "the link leads nowhere"
        diagnostics.add(
            0,
            f"This file cannot be opened ({reason}).",
            "Check that it exists and that you are allowed to read it.",
        )
        return None
    if len(data) > LARGEST:  # it grew since
        _refuse_size(len(data), diagnostics)
        return None
    return data


def text_of(data: bytes, diagnostics: Diagnostics) -> str | None:
    """The text with plain line ends; None, and a problem told, where it is none."""
    if len(data) > LARGEST:
        _refuse_size(len(data), diagnostics)
        return None
    return _decode(data, diagnostics)


def leaves(path: Path, folder: Path) -> bool:
    """Whether `path` is, through a link, really somewhere outside of `folder`."""
    return not path.resolve().is_relative_to(folder.resolve())


def clean(text: str) -> str:
    """`text` with plain line ends, and without signs that nobody sees; no line more or less."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_NOISE)


def lines_of(text: str) -> list[str]:
    """The lines as an editor numbers them."""
    return text.split("\n")


def _refuse_size(size: int, diagnostics: Diagnostics) -> None:
    diagnostics.add(
        0,
        f"This file is too large ({size / 1_000_000:.1f} MB; at most 1 MB is read).",
        "Keep only the questions and answers in it, or split it into several files.",
    )


def _decode(data: bytes, diagnostics: Diagnostics) -> str | None:
    for start, what in _LOOKS:
        if data.startswith(start):
            diagnostics.add(0, f"This is not a text file but {what} with another name.", _AS_TEXT)
            return None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        diagnostics.add(0, "This file is saved as UTF-16 (“Unicode”), not as UTF-8.", _AS_UTF8)
        return None
    if b"\0" in data:
        diagnostics.add(0, "This is not a text file.", _AS_TEXT)
        return None
    return _decode_utf8(data, diagnostics)


def _decode_utf8(data: bytes, diagnostics: Diagnostics) -> str | None:
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        return data.decode("utf-8").translate(_NOISE)
    except UnicodeDecodeError as error:
        before = data[: error.start].rsplit(b"\n", 1)[-1].split(b" ")[-1]
        after = data[error.start :].split(b"\n", 1)[0].split(b" ")[0]
        word = (before + after)[:40].decode("cp1252", "replace")
        line = data.count(b"\n", 0, error.start) + 1
        diagnostics.add(line, f"This file is not saved as UTF-8: see “{word}”.", _AS_UTF8)
        return None

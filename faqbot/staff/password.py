"""The practice's one password for its desk, as a scrypt hash in a file."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from werkzeug.security import check_password_hash, generate_password_hash

from faqbot.desk.place import Place

SHORTEST = 12  # characters
LONGEST = 500  # characters; composing a million accents would take the server half an hour


def is_set(place: Place) -> bool:
    """Whether there is a password, and with it a desk."""
    return bool(_stored(place))


def set_password(place: Place, password: str) -> None:
    """Set or change it, which ends all sessions; raises ValueError for a length that is no good."""
    if len(password) < SHORTEST:
        raise ValueError(
            f"A password needs at least {SHORTEST} characters. Three or four words are good."
        )
    if len(password) > LONGEST:
        raise ValueError(f"A password may have {LONGEST} characters at most.")
    place.ready()
    hashed = generate_password_hash(_composed(password), "scrypt")
    with place.lock():
        part = _file(place).with_name("password.part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        part.write_text(hashed + "\n", "ascii")
        part.replace(_file(place))


def check_password(place: Place, password: str) -> bool:
    """Whether it is the right one; takes as long for a wrong one."""
    stored = _stored(place)
    if not stored or len(password) > LONGEST:
        return False
    try:
        return check_password_hash(stored, _composed(password))
    except ValueError:  # a file that holds no hash opens for nobody
        return False


def remove(place: Place) -> bool:
    """Close the desk; False if there was no password."""
    there = is_set(place)
    _file(place).unlink(missing_ok=True)
    return there


def mark(place: Place) -> str:
    """What changes with the password, to tell sessions that began under another."""
    return _stored(place)[-16:]


def _file(place: Place) -> Path:
    return place.room / "password"


def _stored(place: Place) -> str:
    try:
        return _file(place).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _composed(password: str) -> str:
    """Keyboards differ in how they type the same é."""
    return unicodedata.normalize("NFKC", password)

"""The practice's one password for its desk, as a scrypt hash in a file."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from werkzeug.security import check_password_hash, generate_password_hash

from faqbot.editing.workspace import Workspace

MIN_LENGTH = 12  # characters
MAX_LENGTH = 500  # characters; composing a million accents would take the server half an hour


def is_set(workspace: Workspace) -> bool:
    """Whether there is a password, and with it a desk."""
    return bool(_stored(workspace))


def set_password(workspace: Workspace, password: str) -> None:
    """Set or change it, which ends all sessions; raises ValueError for a length that is no good."""
    if len(password) < MIN_LENGTH:
        raise ValueError(
            f"A password needs at least {MIN_LENGTH} characters. Three or four words are good."
        )
    if len(password) > MAX_LENGTH:
        raise ValueError(f"A password may have {MAX_LENGTH} characters at most.")
    workspace.create_hidden_folder()
    hashed = generate_password_hash(_composed(password), "scrypt")
    with workspace.lock():
        part = _file(workspace).with_name("password.part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        part.write_text(hashed + "\n", "ascii")
        part.replace(_file(workspace))


def check_password(workspace: Workspace, password: str) -> bool:
    """Whether it is the right one; takes as long for a wrong one."""
    stored = _stored(workspace)
    if not stored or len(password) > MAX_LENGTH:
        return False
    try:
        return check_password_hash(stored, _composed(password))
    except ValueError:  # a file that holds no hash opens for nobody
        return False


def remove(workspace: Workspace) -> bool:
    """Close the desk; False if there was no password."""
    there = is_set(workspace)
    _file(workspace).unlink(missing_ok=True)
    return there


def password_version(workspace: Workspace) -> str:
    """What changes with the password, to tell sessions that began under another."""
    return _stored(workspace)[-16:]


def _file(workspace: Workspace) -> Path:
    return workspace.hidden / "password"


def _stored(workspace: Workspace) -> str:
    try:
        return _file(workspace).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _composed(password: str) -> str:
    """Keyboards differ in how they type the same é."""
    return unicodedata.normalize("NFKC", password)

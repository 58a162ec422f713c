"""Files and folders written so that a power cut or a `kill -9` leaves them whole, old or new."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_WINDOWS = os.name == "nt"
_NO_FOLDERS = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EBADF, errno.EISDIR)
_PATIENCE = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)  # seconds; there, what somebody reads cannot move


def beside(path: Path) -> Path:
    """Where a file's new content waits until it takes its place; hidden from the knowledge."""
    name = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:12]  # no name gets too long by it
    return path.with_name(f".faqbot-{name}.part")


def prepare(path: Path, data: bytes) -> None:
    """Put new content beside a file, on the disk itself; it gets the file's mode and owner."""
    waiting = beside(path)
    waiting.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with open(os.open(waiting, flags, 0o666), "wb") as file:
        _take_after(path, waiting)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def put(path: Path, data: bytes) -> None:
    """Let a file have this content, whole or not at all, prepared before or not."""
    if not _holds(beside(path), data):
        prepare(path, data)
    move(beside(path), path)


def move(source: Path, target: Path) -> None:
    """Rename; a file at `target` is replaced. Durable once the folders are synced."""
    for pause in _PATIENCE if _WINDOWS else ():
        with suppress(PermissionError):
            os.replace(source, target)
            return
        time.sleep(pause)
    os.replace(source, target)


def sync(folder: Path) -> None:
    """Bring the names in a folder to the disk itself."""
    if _WINDOWS:  # which does so by itself, and opens no folders
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDERS:  # as network drives say that know no such thing
            raise
    finally:
        os.close(handle)


def make(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a new folder with these files, on the disk itself; what was there is removed."""
    remove(folder)
    folder.mkdir(parents=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    for path in {folder, *((folder / name).parent for name in files)}:
        sync(path)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, if there is one."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)


def _holds(path: Path, data: bytes) -> bool:
    with suppress(OSError):
        return not path.is_symlink() and path.read_bytes() == data
    return False


def _take_after(path: Path, waiting: Path) -> None:
    """Give the new file the old one's mode and, where that is allowed, its owner."""
    with suppress(OSError):
        status = path.lstat()
        if not path.is_symlink():
            if hasattr(os, "chown"):
                with suppress(OSError):
                    os.chown(waiting, status.st_uid, status.st_gid)
            waiting.chmod(status.st_mode & 0o7777)

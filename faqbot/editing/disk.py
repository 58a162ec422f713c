"""Files and folders written so that a power cut or a `kill -9` leaves them whole, old or new."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

_WINDOWS = os.name == "nt"
# Errors from network drives that cannot sync a folder.
_CANNOT_SYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EBADF, errno.EISDIR)
_RETRIES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)  # seconds; Windows cannot move a file that is open


def staging_path(path: Path) -> Path:
    """Where a file's new content waits to replace it; hidden from the knowledge."""
    name = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:12]  # never too long for a name
    return path.with_name(f".faqbot-{name}.part")


def make_folder(folder: Path) -> None:
    """Make a folder and its parents where they are missing, each as open as the one around it."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(folder.parent.stat().st_mode & 0o777, exist_ok=True)


def file_mode(folder: Path) -> int:
    """The mode of a new file in a folder: closed to whom the folder is closed."""
    return folder.stat().st_mode & 0o666


def create_file(path: Path) -> BinaryIO:
    """Open a new file, with the mode above from the start; raises FileExistsError."""
    return open(path, "xb", opener=partial(os.open, mode=file_mode(path.parent)))


def prepare(path: Path, data: bytes) -> None:
    """Write new content beside a file and sync it; it gets the file's mode and owner."""
    waiting = staging_path(path)
    waiting.unlink(missing_ok=True)
    with create_file(waiting) as file:
        _copy_owner(path, waiting)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file's content as a whole, whether it was prepared or not."""
    if not _holds(staging_path(path), data):
        prepare(path, data)
    move(staging_path(path), path)


def move(source: Path, target: Path) -> None:
    """Rename, replacing a file at `target`; durable once the folders are synced."""
    for pause in _RETRIES if _WINDOWS else ():
        with suppress(PermissionError):
            os.replace(source, target)
            return
        time.sleep(pause)
    os.replace(source, target)


def sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    if _WINDOWS:  # does so by itself, and cannot open folders
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(handle)


def create_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder of these files and sync it; whatever was there is removed first."""
    remove(folder)
    make_folder(folder)
    for name, data in files.items():
        path = folder / name
        make_folder(path.parent)
        with create_file(path) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    for path in {folder, *((folder / name).parent for name in files)}:
        sync(path)


def update(
    folder: Path, now: Mapping[str, bytes], new: Mapping[str, bytes], gone: Iterable[str]
) -> None:
    """Turn a folder's files `now` into `new`, each whole at any time, and remove those `gone`."""
    for name in gone:
        if name not in new:  # first, since the new name may differ in capitals only
            (folder / name).unlink(missing_ok=True)
    for name, data in new.items():
        path = folder / name
        if now.get(name) == data:
            staging_path(path).unlink(missing_ok=True)
        else:
            path.parent.mkdir(exist_ok=True)
            replace_file(path, data)
    for path in {(folder / name).parent for name in new}:
        sync(path)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, if there is one."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)


def remove_atomically(folder: Path) -> None:
    """Remove a folder in one step: whoever reads it finds all of it or nothing."""
    gone = folder.with_name(".gone")
    remove(gone)
    if folder.exists():
        move(folder, gone)
        remove(gone)


def _holds(path: Path, data: bytes) -> bool:
    with suppress(OSError):
        return not path.is_symlink() and path.read_bytes() == data
    return False


def _copy_owner(path: Path, waiting: Path) -> None:
    """Give the new file the old one's mode and, if that is allowed, its owner."""
    with suppress(OSError):
        status = path.lstat()
        if not path.is_symlink():
            if hasattr(os, "chown"):
                with suppress(OSError):
                    os.chown(waiting, status.st_uid, status.st_gid)
            waiting.chmod(status.st_mode & 0o7777)

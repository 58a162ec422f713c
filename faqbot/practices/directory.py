"""Which practices there are: the subfolders of a folder, and the host names that lead to them."""

from __future__ import annotations

import logging
import os
import re
import tomllib
from pathlib import Path

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
HOSTS = "hosts.toml"
_PORT = re.compile(r":\d*$")

log = logging.getLogger("faqbot.practices")


class Directory:
    """The practices in `root` as of the last `refresh`; looking one up touches no disk.

    A practice is a folder whose name has only lower-case letters, digits and dashes; a link counts
    if it leads to another folder of `root`. `hosts.toml` maps host names to practices:
    "chat.example.org" = "example".
    """

    def __init__(self, root: Path) -> None:
        """Raises OSError if there is no such folder."""
        self.root = root
        self.names: frozenset[str] = frozenset()
        self._hosts: dict[str, str] = {}
        self._missing: frozenset[str] = frozenset()  # since the last refresh, but not before
        self._refused: frozenset[str] = frozenset()
        self._warned = ""
        self._stamp: tuple[int, ...] | None = None
        os.listdir(root)
        self.refresh()

    def folder(self, name: str) -> Path:
        """The folder of a practice."""
        return self.root / name

    def for_host(self, host: str) -> str | None:
        """The practice that a host name leads to; `host` as in the Host header."""
        return self._hosts.get(_normalised(host)) if self._hosts else None

    def refresh(self) -> None:
        """List the folder again; never raises.

        A practice is gone once it is missing twice in a row, since its folder may just be being
        replaced. If all are gone at once, the disk has probably been lost, and they stay.
        """
        self._refresh_hosts()
        try:
            found = self._list()
            is_empty = not found and not os.listdir(self.root)
        except OSError as error:
            self._warn_once(f"{self.root} cannot be listed ({error.strerror}); going on as before.")
            return
        if self.names and is_empty:
            self._warn_once(f"{self.root} is suddenly empty; going on as before.")
            return
        gone = (self.names - found) & self._missing
        self._missing = self.names - found - gone
        self.names = found | self._missing
        self._warned = ""

    def _list(self) -> frozenset[str]:
        with os.scandir(self.root) as entries:
            folders = {entry.name for entry in entries if self._is_folder(entry)}
        found = frozenset(name for name in folders if NAME.fullmatch(name))
        self._warn_of_refused(folders - found)
        return found

    def _is_folder(self, entry: os.DirEntry[str]) -> bool:
        try:
            if entry.name.startswith(".") or not entry.is_dir():
                return False
            if not entry.is_symlink():
                return True
            return Path(entry.path).resolve().parent == self.root.resolve()
        except (OSError, RuntimeError):  # RuntimeError: links in a circle, before 3.13
            return False

    def _warn_of_refused(self, names: set[str]) -> None:
        for name in sorted(names - self._refused):
            log.warning(
                "The folder “%s” is not served: a practice's name has only lower-case letters, "
                "digits and dashes. Rename it, for example to “%s”.",
                name,
                re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64] or "practice",
            )
        self._refused = frozenset(names)

    def _refresh_hosts(self) -> None:
        path = self.root / HOSTS
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_size)
            if stamp != self._stamp:
                self._stamp = stamp
                self._hosts = _read_hosts(path.read_text("utf-8-sig"))
        except FileNotFoundError:
            self._hosts, self._stamp = {}, None
        except (OSError, ValueError) as error:
            log.warning("%s cannot be read: %s. The host names stay as before.", path, error)

    def _warn_once(self, message: str) -> None:
        if message != self._warned:
            log.warning("%s", message)
        self._warned = message


def _read_hosts(text: str) -> dict[str, str]:
    """Raises ValueError, with what is wrong, if it is not a table of host names."""
    hosts: dict[str, str] = {}
    for host, name in tomllib.loads(text).items():
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise ValueError(f'“{host}” names no folder. Write: "chat.example.org" = "folder"')
        hosts[_normalised(host)] = name
    return hosts


def _normalised(host: str) -> str:
    """In lower case, without the port and a final dot."""
    return _PORT.sub("", host.strip()).rstrip(".").lower()

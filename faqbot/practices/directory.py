"""Which practices there are: the subfolders of a folder, and the hosts that stand for them."""

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
    """The practices in `root`, as they were at the last look: to ask for one touches no disk.

    A practice is a folder whose name has small letters, digits and dashes only; a link counts
    where it leads to another folder of `root`. `hosts.toml` says which host stands for which:
    "chat.example.org" = "example".
    """

    def __init__(self, root: Path) -> None:
        """Raises OSError where there is no such folder."""
        self.root = root
        self.names: frozenset[str] = frozenset()
        self._hosts: dict[str, str] = {}
        self._missing: frozenset[str] = frozenset()  # at the last look, for the first time
        self._refused: frozenset[str] = frozenset()
        self._told = ""
        self._stamp: tuple[int, ...] | None = None
        os.listdir(root)
        self.look()

    def folder(self, name: str) -> Path:
        """The folder of a practice."""
        return self.root / name

    def of_host(self, host: str) -> str | None:
        """The practice that a host stands for; `host` as browsers send it."""
        return self._hosts.get(_bare(host)) if self._hosts else None

    def look(self) -> None:
        """See what there is now; never raises.

        A practice is gone when two looks in a row miss it, since a folder may be replaced by
        another. Where all are gone at once, the disk is what is gone, and they stay.
        """
        self._look_at_hosts()
        try:
            found = self._list()
        except OSError as error:
            self._tell(f"{self.root} cannot be listed ({error.strerror}); going on as before.")
            return
        if self.names and not found and not any(os.scandir(self.root)):
            self._tell(f"{self.root} is empty all at once; going on as before.")
            return
        gone = (self.names - found) & self._missing
        self._missing = self.names - found - gone
        self.names = found | self._missing
        self._tell("")

    def _list(self) -> frozenset[str]:
        with os.scandir(self.root) as entries:
            folders = {entry.name for entry in entries if self._is_folder(entry)}
        found = frozenset(name for name in folders if NAME.fullmatch(name))
        self._tell_of_refused(folders - found)
        return found

    def _is_folder(self, entry: os.DirEntry[str]) -> bool:
        try:
            if entry.name.startswith(".") or not entry.is_dir():
                return False
            inside = Path(entry.path).resolve().parent == self.root.resolve()
            return inside if entry.is_symlink() else True
        except (OSError, RuntimeError):  # RuntimeError: links in a circle, before 3.13
            return False

    def _tell_of_refused(self, names: set[str]) -> None:
        for name in sorted(names - self._refused):
            log.warning(
                "The folder “%s” is not served: a practice is named with small letters, digits "
                "and dashes. Rename it, as to “%s”.",
                name,
                re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64] or "practice",
            )
        self._refused = frozenset(names)

    def _look_at_hosts(self) -> None:
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
            log.warning("%s cannot be read: %s. The hosts are as before.", path, error)

    def _tell(self, message: str) -> None:
        if message and message != self._told:
            log.warning("%s", message)
        self._told = message


def _read_hosts(text: str) -> dict[str, str]:
    """Raises ValueError, in words, for what is no table of hosts."""
    hosts: dict[str, str] = {}
    for host, name in tomllib.loads(text).items():
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise ValueError(f'“{host}” names no folder. Write: "chat.example.org" = "folder"')
        hosts[_bare(host)] = name
    return hosts


def _bare(host: str) -> str:
    """Without the port and in small letters."""
    return _PORT.sub("", host.strip()).rstrip(".").lower()

"""Journals for the tests of this folder: files, and schemas of a PostgreSQL server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from faqbot.journal import Journal

if TYPE_CHECKING:
    from tests.postgres import PostgresServer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def opened() -> Iterator[Callable[..., Journal]]:
    """Opens journals, and closes them at the end."""
    journals: list[Journal] = []

    def open_one(url: Path | str, practice: str = "", file: Path | None = None) -> Journal:
        journals.append(Journal(str(url), practice, file))
        return journals[-1]

    yield open_one
    for journal in journals:
        journal.close(timeout=0.1)


@pytest.fixture
def journal(file: Path, opened: Callable[..., Journal]) -> Journal:
    return opened(file)


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, file: Path) -> str:
    """The address of a new journal, on both engines."""
    if request.param == "sqlite":
        return str(file)
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.empty()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root may make a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)

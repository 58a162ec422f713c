"""What all tests share: a small practice, its bot, and an environment without settings."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache

from faqbot.bot import Bot
from tests.waiting import wait_until

PRACTICE = Path(__file__).parent / "practice"
SAMPLE = Path(__file__).parent.parent / "knowledge"
ZONES = (None, UTC)  # of this machine; whose hours end with those of the journal and New York
LAST = timedelta(seconds=20)  # of an hour, in which no test begins

# A busy machine is no defect; and the same texts each time, so that what passed once passes again.
# New ones are tried by `python -m tests.benchmarks.fuzz`, four times as many by `make test-long`.
settings.register_profile("daily", deadline=None, derandomize=True, max_examples=25)
settings.register_profile("long", settings.get_profile("daily"), max_examples=100)
settings.load_profile("daily")


@pytest.fixture(autouse=True)
def _the_same_hour() -> None:
    """Lets no test begin in one hour, or on one day, and end in the next."""
    wait_until(_is_early_enough, 2 * LAST.total_seconds())


def _is_early_enough() -> bool:
    return all((now + LAST).hour == now.hour for now in map(datetime.now, ZONES))


@pytest.fixture(scope="session", autouse=True)
def _without_settings() -> Iterator[None]:
    """Lets the tests run untouched by what the developer has set."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("FAQBOT_")]:
            patch.delenv(name)
        patch.setenv("FAQBOT_RATE_LIMIT", "off")
        patch.setenv("FAQBOT_LOG", "off")
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_power_cut() -> Iterator[None]:
    """Lets nothing wait for the disk itself, since no test cuts the power: 20 ms each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", os.fstat)  # which refuses the same handles
        yield


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Lets the hundreds of apps share their compiled templates: 20 ms an app."""
    cache = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", cache)
        yield


@pytest.fixture(scope="session")
def bot() -> Bot:
    """The bot of the small practice; nothing may change it."""
    return Bot.load(PRACTICE)


@pytest.fixture(scope="session")
def sample() -> Bot:
    """The bot of the sample practice; nothing may change it."""
    return Bot.load(SAMPLE)


def copy_practice(to: Path) -> Path:
    """The small practice's folder once more, without what is left where it was served in place."""
    return shutil.copytree(PRACTICE, to, ignore=shutil.ignore_patterns(".faqbot"))


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    """A copy of the small practice's folder, to be changed."""
    return copy_practice(tmp_path / "practice")


@pytest.fixture
def no_dry_run() -> None:
    """Waits for other tests' dry runs, whose memory would be counted."""
    wait_until(lambda: not any("(_run)" in thread.name for thread in threading.enumerate()))


@pytest.fixture
def edit(practice: Path) -> Callable[[str, str, str], None]:
    """Puts one passage of a file in place of another, which must be there."""

    def edit(name: str, old: str, new: str) -> None:
        text = (practice / name).read_text("utf-8")
        assert old in text
        (practice / name).write_text(text.replace(old, new, 1), "utf-8")

    return edit

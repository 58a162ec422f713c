"""What all tests share: a small practice, its bot, and a place where the learnt is kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from faqbot.bot import Bot

PRACTICE = Path(__file__).parent / "practice"

settings.register_profile("patient", deadline=None)  # a busy machine is no defect
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Learns each knowledge once a session, untouched by what the developer has set or kept."""
    folder = tmp_path_factory.mktemp("learnt")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("FAQBOT_")]:
            patch.delenv(name)
        patch.setenv("FAQBOT_CACHE", str(folder))
        patch.setenv("FAQBOT_RATE_LIMIT", "off")
        patch.setenv("FAQBOT_LOG", "off")
        yield folder


@pytest.fixture(scope="session")
def bot() -> Bot:
    """The bot of the small practice; nothing may change it."""
    return Bot.load(PRACTICE)


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    """A copy of the small practice's folder, to be changed."""
    hidden = shutil.ignore_patterns(".faqbot")  # where the folder was served in place
    return shutil.copytree(PRACTICE, tmp_path / "practice", ignore=hidden)


@pytest.fixture
def edit(practice: Path) -> Callable[[str, str, str], None]:
    """Puts one passage of a file in place of another, which must be there."""

    def edit(name: str, old: str, new: str) -> None:
        text = (practice / name).read_text("utf-8")
        assert old in text
        (practice / name).write_text(text.replace(old, new, 1), "utf-8")

    return edit

"""The pause: a file in the hidden room, so that every worker sees it at once."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from faqbot.desk.place import Place


@dataclass(frozen=True, slots=True)
class Pause:
    """Since when nothing is answered, and who wanted that; empty where the file cannot be read."""

    who: str = ""
    when: str = ""  # ISO 8601, UTC


def standing(place: Place) -> Pause | None:
    """The pause that is on. A file that cannot be read pauses too: somebody wanted one."""
    try:
        told = json.loads(place.paused.read_text("utf-8"))
        return Pause(str(told["who"]), str(told["when"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return Pause() if place.paused.exists() else None


def begin(place: Place, who: str) -> Pause:
    """Pause; one that is on already stays as it is."""
    with place.lock():
        if standing_one := standing(place):
            return standing_one
        pause = Pause(who, datetime.now(UTC).isoformat(timespec="seconds"))
        part = place.paused.with_name(f"paused.{os.getpid()}.part")
        part.write_text(json.dumps(asdict(pause)), "utf-8")
        part.replace(place.paused)
        return pause


def end(place: Place) -> None:
    """Answer again."""
    with place.lock():
        place.paused.unlink(missing_ok=True)

"""The pause: a file in the hidden room, so that every worker sees it at once."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from faqbot.editing.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Pause:
    """Since when nothing is answered, and who wanted that; empty where the file cannot be read."""

    who: str = ""
    when: str = ""  # ISO 8601, UTC


def standing(workspace: Workspace) -> Pause | None:
    """The pause that is on. A file that cannot be read pauses too: somebody wanted one."""
    try:
        told = json.loads(workspace.paused.read_text("utf-8"))
        return Pause(str(told["who"]), str(told["when"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return Pause() if workspace.paused.exists() else None


def begin(workspace: Workspace, who: str) -> Pause:
    """Pause; one that is on already stays as it is."""
    with workspace.lock():
        if standing_one := standing(workspace):
            return standing_one
        pause = Pause(who, datetime.now(UTC).isoformat(timespec="seconds"))
        part = workspace.paused.with_name(f"paused.{os.getpid()}.part")
        part.write_text(json.dumps(asdict(pause)), "utf-8")
        part.replace(workspace.paused)
        return pause


def end(workspace: Workspace) -> None:
    """Answer again."""
    with workspace.lock():
        workspace.paused.unlink(missing_ok=True)

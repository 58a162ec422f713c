"""Pause: the phone card instead of every reply, at once, and back."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Blueprint, request

from faqbot.desk.place import Place

from . import here

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


def add(room: Blueprint) -> None:
    """Ask before pausing, since visitors notice; answering again needs no question."""

    @room.get("/pause")
    def pause() -> str:
        return here.page("pause.html")

    @room.post("/pause", endpoint="pause_now")
    def pause_now() -> ResponseReturnValue:
        if request.form.get("paused") == "yes":
            begin(here.place(), here.who())
            here.say("Answering is paused. Visitors get your phone numbers only.", "warn")
        else:
            end(here.place())
            here.say("Visitors get answers again.")
        return here.go("home")


def begin(place: Place, who: str) -> None:
    """Pause; a pause that is on already keeps who began it."""
    place.ready()
    part = place.paused.with_name(f"paused.{os.getpid()}.part")
    when = datetime.now(UTC).isoformat(timespec="seconds")
    part.write_text(json.dumps({"who": who, "when": when}), "utf-8")
    if place.paused.exists():
        part.unlink()
    else:
        part.replace(place.paused)


def end(place: Place) -> None:
    """Answer again."""
    place.paused.unlink(missing_ok=True)

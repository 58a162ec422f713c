"""Pause: the phone card instead of every reply, at once, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from faqbot.desk import pausing

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
            pausing.begin(here.place(), here.who())
        else:
            pausing.end(here.place())
            here.say("Visitors get answers again.")
        here.service().live.look()
        return here.go("home")

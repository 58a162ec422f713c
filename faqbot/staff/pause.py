"""Pause: the phone card instead of every reply, at once, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from faqbot.staff import context

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


def add(room: Blueprint) -> None:
    """Ask before pausing, since visitors notice; answering again needs no question."""

    @room.get("/pause")
    def pause() -> str:
        return context.page("pause.html")

    @room.post("/pause", endpoint="pause_now")
    def pause_now() -> ResponseReturnValue:
        if request.form.get("paused") == "yes":
            context.workspace().pause(context.who())
        else:
            context.workspace().resume()
            context.say("Visitors get answers again.")
        context.service().live.look()
        return context.go("home")

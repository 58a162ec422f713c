"""The first page: how the practice's answers are doing, and what waits to be done."""

from __future__ import annotations

from flask import Blueprint

from . import here


def add(room: Blueprint) -> None:
    """Add the page."""

    @room.get("/")
    def home() -> str:
        return here.page("home.html")

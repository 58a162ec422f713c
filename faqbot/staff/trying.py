"""Try it: the draft and the live version, side by side."""

from __future__ import annotations

from flask import Blueprint


def add(room: Blueprint) -> None:
    """Add the pages to the desk."""

"""Reviews: which answers are due to be read again."""

from __future__ import annotations

from flask import Blueprint


def add(room: Blueprint) -> None:
    """Add the pages to the desk."""

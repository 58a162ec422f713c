"""Page text: which answers rest on which sentence."""

from __future__ import annotations

from flask import Blueprint


def add(room: Blueprint) -> None:
    """Add the pages to the desk."""

"""Publish, undo, and what stands in the way."""

from __future__ import annotations

from flask import Blueprint


def add(room: Blueprint) -> None:
    """Add the pages to the desk."""

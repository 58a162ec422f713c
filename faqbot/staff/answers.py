"""Answers: find an entry, change it, add one, remove one."""

from __future__ import annotations

from flask import Blueprint


def add(room: Blueprint) -> None:
    """Add the pages to the desk."""

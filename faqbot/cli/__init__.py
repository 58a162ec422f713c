"""The `faqbot` command: `main` is the group, and each module adds its commands to it."""

from __future__ import annotations

from . import asking, checking, measuring, office, serving
from .group import main

__all__ = ["asking", "checking", "main", "measuring", "office", "serving"]

"""The problems of one file, collected while it is read."""

from __future__ import annotations

from .values import Problem


class Diagnostics:
    """What is wrong in one file; `tell` adds a problem, nothing is ever raised."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(self, line: int, message: str, fix: str) -> None:
        """Add a problem at `line` (from 1; 0 for the whole file)."""
        self.problems.append(Problem(self.file, line, message, fix))

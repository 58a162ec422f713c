"""A piece of work, step by step, so that a test lets something happen at each step, one by one.

Whatever two processes or threads may do to one another can be tried in one of them: at any step of
the one, the other acts. No test then hangs on how often they happen to meet.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import pytest

ON_DISK = [(os, name) for name in ("replace", "rename", "unlink", "fsync", "mkdir", "rmdir")]


class Steps:
    """Counts the calls of some functions, and lets something happen before those from `at` on."""

    def __init__(
        self, patch: pytest.MonkeyPatch, functions: Iterable[tuple[ModuleType, str]] = ON_DISK
    ) -> None:
        self.count = 0
        self.rest()
        for module, name in functions:
            patch.setattr(module, name, self._counted(getattr(module, name)))

    def _counted(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **more: Any) -> Any:
            self.count += 1
            if self.at <= self.count < self.until:
                self.happen()
            return step(*args, **more)

        return counted

    def number_of(self, work: Callable[[], object]) -> int:
        """How many steps the work takes when nothing happens."""
        self.rest()
        self.count = 0
        work()
        return self.count

    def let(self, happen: Callable[[], object], *, at: int, until: int) -> None:
        """From now on `happen` before each step from number `at`, but before none from `until`."""
        self.count, self.at, self.until, self.happen = 0, at, until, happen

    def rest(self) -> None:
        """Let nothing happen any more."""
        self.at = self.until = 0
        self.happen: Callable[[], object] = lambda: None

"""Waiting for a condition, instead of for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 60.0  # seconds; far more than anything here takes, also on a slow and busy machine


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE) -> float:
    """How long it took in seconds; fails where the condition does not come true in time."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > seconds:
            raise AssertionError(f"It did not happen within {seconds} s.")
        time.sleep(0.01)
    return time.monotonic() - start

"""Waiting for what a bench needs before it measures."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def wait(condition: Callable[[], Any], seconds: float, what: str, pace_s: float = 0.02) -> Any:
    """What the condition gives once it holds, asked at a pace; the bench ends when it does not in time."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise SystemExit(f"{what}: not within {seconds:g} s")
        time.sleep(pace_s)
    return found

"""What the tour's pictures are made of: a scene with its way there, and waiting while the window lives."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QApplication

REST_S = 0.6
"""From the first answers to the picture: what is drawn at 4 Hz has been drawn."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: a name for its file and the way there; the way says False where there is nothing to show."""

    name: str
    go: Callable[[], bool]
    rest_s: float | None = None
    """Taken so soon after the way there; None: when the screen has settled."""


def wait(app: QApplication, done: Callable[[], bool], most_s: float, tick: Callable[[], None] | None = None) -> bool:
    """Let the window live until something is done; whether it was in time."""
    end = time.monotonic() + most_s
    while time.monotonic() < end:
        app.processEvents()
        if tick is not None:
            tick()
        if done():
            return True
        time.sleep(0.005)
    return False

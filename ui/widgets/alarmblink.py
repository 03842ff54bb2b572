"""The one pulse of the window: everything that blinks does so together, and only what can be seen repaints."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer

from ui.theme.look import look

BEAT_MS = 500
"""Half a period of the fast pulse: 1 Hz, lit half of the time."""


class Pulse(Enum):
    """How a mark draws the eye."""

    STEADY = 0
    FAST = 1  # 1 Hz: waits for a person
    SLOW = 2  # 0.5 Hz: is over, nobody has said that they saw it


class Blinking(Protocol):
    """A widget with marks that may blink."""

    def blink(self) -> None:
        """Repaint the blinking marks, nothing else. Called on every beat while ``isVisible``."""

    def isVisible(self) -> bool:
        """Whether it can be seen."""


class Blink(QObject):
    """Counts the beats; lives on the window's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.beats = 0
        self._watched: list[Blinking] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self.beat)

    def watch(self, widget: Blinking) -> None:
        """Let a widget hear of the beats as long as it lives."""
        self._watched.append(widget)
        if not self._timer.isActive():
            self._timer.start()

    def lit(self, pulse: Pulse) -> bool:
        """Whether a mark of this pulse is lit now; always, where blinking is switched off (remote desktop)."""
        if pulse is Pulse.STEADY or not look().blink:
            return True
        return self.beats % 2 == 0 if pulse is Pulse.FAST else self.beats // 2 % 2 == 0

    def beat(self) -> None:
        """One beat."""
        self.beats += 1
        if not look().blink:
            return
        self._watched = [w for w in self._watched if shiboken6.isValid(w)]
        for widget in self._watched:
            if widget.isVisible():
                widget.blink()
        if not self._watched:
            self._timer.stop()


_blink: Blink | None = None


def blink() -> Blink:
    """The pulse of this window."""
    global _blink
    if _blink is None or not shiboken6.isValid(_blink):
        _blink = Blink(QCoreApplication.instance())
    return _blink

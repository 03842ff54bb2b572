"""The controls above the trend: length of the window, its place in time, live, tags, sets, export."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hmi.model.words import say
from ui.screens.trends.presenter import WINDOWS
from ui.widgets.controls import Button, Choice
from ui.widgets.panel import Ground

SHIFT = 0.5
"""Share of the window by which the arrows move it."""


class TrendBar(Ground):
    """A row of controls, all of one height."""

    moved = Signal(float)
    """Share of the window to move by; negative is back in time."""
    zoomed = Signal(float)
    """Factor on the length of the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.windows = Choice([(k, say(f"trends.{k}")) for k, _ in WINDOWS], name=say("trends.window"), ground="ground")
        row.addWidget(self.windows)
        row.addSpacing(6)
        self.back = self._icon("back", "trends.earlier")
        self.ahead = self._icon("forward", "trends.later")
        self.wider = self._icon("minus", "trends.wider")
        self.closer = self._icon("plus", "trends.closer")
        self.live = Button(say("trends.live"), icon="live", checkable=True, ground="ground")
        self.live.setChecked(True)
        for button in (self.back, self.ahead, self.wider, self.closer, self.live):
            row.addWidget(button)
        row.addStretch(1)
        self.add = Button(say("trends.add"), icon="search", ground="ground")
        self.sets = Button(say("trends.sets"), icon="pin", ground="ground")
        self.csv = Button(say("trends.csv"), icon="down", ground="ground")
        for button in (self.add, self.sets, self.csv):
            row.addWidget(button)
        self.back.clicked.connect(self._back)
        self.ahead.clicked.connect(self._ahead)
        self.wider.clicked.connect(self._wider)
        self.closer.clicked.connect(self._closer)

    def _icon(self, icon: str, key: str) -> Button:
        return Button(icon=icon, name=say(key), ground="ground")

    def _back(self) -> None:
        self.moved.emit(-SHIFT)

    def _ahead(self) -> None:
        self.moved.emit(SHIFT)

    def _wider(self) -> None:
        self.zoomed.emit(2.0)

    def _closer(self) -> None:
        self.zoomed.emit(0.5)

"""The controls above the trend: length of the window, its place in time, live, tags, sets, export."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

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
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(6)
        row, right = QHBoxLayout(), QHBoxLayout()
        for part in (row, right):
            part.setSpacing(6)
            self._rows.addLayout(part)
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
        right.addStretch(1)
        for button in (self.add, self.sets, self.csv):
            right.addWidget(button)
        self._both = (row, right)
        self.back.clicked.connect(self._back)
        self.ahead.clicked.connect(self._ahead)
        self.wider.clicked.connect(self._wider)
        self.closer.clicked.connect(self._closer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside a faceplate on a small screen what is chosen stands below the window of time, both whole."""
        super().resizeEvent(event)
        need = sum(part.sizeHint().width() for part in self._both) + self._rows.spacing()
        way = QBoxLayout.Direction.LeftToRight if self.width() >= need else QBoxLayout.Direction.TopToBottom
        if way is not self._rows.direction():
            self._rows.setDirection(way)

    def minimumSizeHint(self) -> QSize:
        """As wide as the wider of the two rows: it may become two rows."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), max(part.minimumSize().width() for part in self._both)), hint.height())

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

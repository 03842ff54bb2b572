"""The controls above the timeline: which line, which window, live."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.states.views import KEYS
from ui.widgets.controls import Button, Choice
from ui.widgets.panel import Ground

NARROW_PX, LEAST_PX = 960, 640
MANY = 6
"""More lines than this are stepped through instead of standing beside each other."""


class StatesBar(Ground):
    """Lines at the left, windows at the right."""

    line_chosen = Signal(str)
    moved = Signal(float)
    zoomed = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._lines: Choice | None = None
        self._known: list[tuple[str, Text]] = []
        self._line = ""
        self._place = QHBoxLayout()
        row.addLayout(self._place)
        self.before = self._icon("up", "states.line_before")
        self.after = self._icon("down", "states.line_after")
        self.before.clicked.connect(self._line_before)
        self.after.clicked.connect(self._line_after)
        row.addWidget(self.before)
        row.addWidget(self.after)
        row.addStretch(1)
        self.windows = Choice([(k, say(f"states.{k}")) for k in KEYS], name=say("states.windows"), ground="ground")
        self.windows.choose("shift")
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
        self.back.clicked.connect(self._back)
        self.ahead.clicked.connect(self._ahead)
        self.wider.clicked.connect(self._wider)
        self.closer.clicked.connect(self._closer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow zooming is left to wheel, + and -: the words of the windows stay whole."""
        super().resizeEvent(event)
        for button in (self.wider, self.closer):
            button.setVisible(self.width() >= NARROW_PX)

    def minimumSizeHint(self) -> QSize:
        """Without the two that give way."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), LEAST_PX), hint.height())

    def set_lines(self, lines: Sequence[tuple[str, Text]]) -> None:
        """Offer these lines."""
        if list(lines) == self._known:
            return
        self._known = list(lines)
        if self._lines is not None:
            self._lines.deleteLater()
        few = len(lines) <= MANY
        offered = self._known if few else self._known[:1]
        self._lines = Choice(offered, name=say("states.line"), ground="ground") if offered else None
        if self._lines is not None:
            self._place.addWidget(self._lines)
            self._lines.changed.connect(self.line_chosen)
        for button in (self.before, self.after):
            button.setVisible(not few)

    def choose_line(self, line: str) -> None:
        """Show which line is looked at."""
        self._line = line
        if self._lines is None:
            return
        if len(self._known) <= MANY:
            self._lines.choose(line)
            return
        name = next((text for key, text in self._known if key == line), None)
        if name is not None:
            for button in self._lines.findChildren(Button):
                button.set_text(name)

    def _step(self, by: int) -> None:
        keys = [key for key, _ in self._known]
        if self._line in keys:
            self.line_chosen.emit(keys[(keys.index(self._line) + by) % len(keys)])

    def _line_before(self) -> None:
        self._step(-1)

    def _line_after(self) -> None:
        self._step(1)

    def _icon(self, icon: str, key: str) -> Button:
        return Button(icon=icon, name=say(key), ground="ground")

    def _back(self) -> None:
        self.moved.emit(-0.5)

    def _ahead(self) -> None:
        self.moved.emit(0.5)

    def _wider(self) -> None:
        self.zoomed.emit(2.0, 0.5)

    def _closer(self) -> None:
        self.zoomed.emit(0.5, 0.5)

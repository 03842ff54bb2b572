"""A main value of a station: name, bar with band, limits and set-point, figure, and its last half hour. Pooled."""

from __future__ import annotations

import time

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hmi.desk.rows import Series
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from ui.bridge.desk import Desk
from ui.screens.faceplate.presenter import AnalogShown
from ui.theme.look import look
from ui.widgets.analog import CompactAnalog
from ui.widgets.sparkline import Sparkline

MINUTES = 30
POINTS = 240


class MainValue(QWidget):
    """``show_value`` makes it the row of another tag and asks for its history."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.analog_shown: AnalogShown | None = None
        self.analog = CompactAnalog(None, self, label_px=150)
        self.past = Sparkline(self, minutes=MINUTES)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.analog, 1)
        row.addWidget(self.past)
        self.past.setFixedWidth(112)
        self.setFixedHeight(32)

    def show_value(self, shown: AnalogShown, narrow: bool) -> None:
        """Be the row of this value."""
        self.past.setVisible(not narrow)
        self.analog.label_px = 112 if narrow else 150
        if shown == self.analog_shown:
            return
        desk = self._desk
        self.analog_shown = shown
        self.setAccessibleName(look().text(shown.tag.name))
        self.analog.set_setpoint(None)
        self.analog.bind(desk, shown.tag)
        desk.unsubscribe(self)
        if shown.setpoint is not None:
            desk.subscribe(shown.setpoint.id, self)
            desk.refresh(self)
        desk.unsubscribe(self.past)
        self.past.set_name(shown.tag.name)
        self.past.desired = shown.tag.desired
        self.past.set_points([], [])
        now_ns = time.time_ns()
        desk.ask("history", self._answered, None, tag=shown.tag.id, from_ns=now_ns - MINUTES * 60_000_000_000,
                 to_ns=now_ns, points=POINTS)  # fmt: skip
        desk.subscribe(shown.tag.id, self.past)

    def _answered(self, series: Series) -> None:
        if self.analog_shown is not None and series.tag == self.analog_shown.tag.id:
            self.past.set_points(series.time_ns, series.value)

    def take(self, tag: str, reading: Reading, now_ns: int) -> None:
        """The set-point's reading."""
        value = reading.value
        believed = reading.quality in (Quality.GOOD, Quality.UNCERTAIN)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        self.analog.set_setpoint(float(value) if believed and number else None)  # type: ignore[arg-type]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._desk.refresh(self)

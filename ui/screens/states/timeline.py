"""All stations of a line above each other on one axis of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.model.machine import StateSpan
from hmi.model.text import Text
from hmi.model.words import say
from ui.widgets.panel import Panel
from ui.widgets.statebar import AXIS_PX, StateBar, StateLegend

LABEL_PX = 148
TALL, LOW = 30, 16
SHARE = 0.36
"""Of the screen's height, for the timeline with its header and axis."""
FRAME_PX = 74
MOST = 14


class Timeline(Panel):
    """Bars are made once. The wheel zooms, Shift+Left/Right moves, + and - zoom; on a bar Left/Right walk its spans."""

    chosen = Signal(object)
    """The StateSpan a person chose."""
    zoomed = Signal(float, float)
    """Factor on the length, and share of the window (0 left, 1 right) that stays in its place."""
    moved = Signal(float)
    """Share of the window to move by."""

    def __init__(
        self, station_name: Callable[[str], Text], reason_name: Callable[[str], Text], parent: QWidget | None = None
    ) -> None:
        super().__init__(say("states.timeline"), parent)
        self._names = station_name, reason_name
        self._bars: list[StateBar] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        self.body.addLayout(self._column)
        self.legend = StateLegend()
        assert self.head is not None
        self.head.row.insertWidget(1, self.legend)
        self._room = 900

    def show_places(
        self,
        places: Sequence[tuple[str, Text]],
        spans: Mapping[str, Sequence[StateSpan]],
        from_ns: int,
        to_ns: int,
    ) -> None:
        """Show these places (id and name) from top to bottom, the axis below the last."""
        while len(self._bars) < min(MOST, len(places)):
            bar = StateBar(
                self, station=Text.same(""), label_px=LABEL_PX, axis=True, height=TALL,
                station_name=self._names[0], reason_name=self._names[1],
            )  # fmt: skip
            bar.chosen.connect(self.chosen)
            self._column.addWidget(bar)
            self._bars.append(bar)
        for index, bar in enumerate(self._bars):
            bar.setVisible(index < len(places))
            if index >= len(places):
                continue
            place, name = places[index]
            if bar.station != name:
                bar.station = name
                bar.set_name(say("statebar.name", station=name))
            bar.axis = index == len(places) - 1
            bar.set_spans(spans.get(place, []), from_ns, to_ns)
        self.fit(self._room)

    @property
    def shown(self) -> int:
        """How many bars can be seen."""
        return sum(not b.isHidden() for b in self._bars)

    def fit(self, height: int) -> None:
        """Make the bars as thick as a screen of this height allows."""
        self._room = height
        bar_px = max(LOW, min(TALL, int((height * SHARE - FRAME_PX) / max(1, self.shown)) - 2))
        for bar in self._bars:
            if bar.bar_px != bar_px:
                bar.bar_px = bar_px
                bar.update()
            bar.setFixedHeight(bar.bar_px + (AXIS_PX if bar.axis else 0))

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        shown = [b for b in self._bars if b.isVisible()]
        if steps and shown:
            left = shown[0].x() + LABEL_PX
            share = (event.position().x() - left) / max(1.0, shown[0].width() - LABEL_PX)
            self.zoomed.emit(0.8**steps, min(1.0, max(0.0, share)))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoomed.emit(0.5, 0.5)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self.zoomed.emit(2.0, 0.5)
        elif shift and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.moved.emit(-0.25 if key == Qt.Key.Key_Left else 0.25)
        else:
            super().keyPressEvent(event)

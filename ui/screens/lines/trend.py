"""The trend of the line's main tags: rate first, then what matters most of each station."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hmi.desk.rows import Series
from hmi.model.plant import Plant
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.equipment.tags import line_pens, pen_names
from ui.screens.lines.pens import ROW, PenNames
from ui.screens.lines.strips import HEAD_PX
from ui.shell import registry
from ui.widgets.controls import Button
from ui.widgets.panel import EmptyState, Panel
from ui.widgets.trend import TrendPlot

PENS = 6
"""More lines than these nobody tells apart in half a screen's width."""
MOST_MINUTES = 30
POINTS = 600
LEGEND_PX = 284
NARROW = 560


class LineTrend(Panel):
    """One plot for all lines: its pens change, it is never made anew."""

    opened = Signal(str)
    """Tag ids of the pens, joined by commas: a person wants them on the trend screen."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(say("lines.trend", n=MOST_MINUTES), parent, margin=10)
        self._desk = desk
        self._line: tuple[Plant, str] | None = None
        self._minutes = MOST_MINUTES
        self._more = Button(say("lines.open_trends"), self, flat=True)
        self._more.clicked.connect(self._open)
        self._more.setEnabled(registry.screen("trends") is not None)
        if self.head is not None:
            self.head.add(self._more)
            self.head.setFixedHeight(HEAD_PX)
        self._plot = TrendPlot(self, name=say("lines.trend", n=MOST_MINUTES), minutes=MOST_MINUTES)
        self._legend = PenNames(self._plot, self)
        self._empty = EmptyState(say("lines.no_values"), self, icon="trends")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._plot, 1)
        row.addWidget(self._legend)
        self._legend.setFixedWidth(LEGEND_PX)
        self.body.addLayout(row, 1)
        self.add(self._empty, 1)
        self._plot.setMinimumSize(160, 60)
        self._plot.window_changed.connect(self._ask)
        self._plot.bind(desk)
        desk.quarter.connect(self._tick)

    def set_line(self, plant: Plant, line: str) -> None:
        """Draw this line's main tags."""
        if self._line is not None and self._line[0] is plant and self._line[1] == line:
            return
        self._line = (plant, line)
        self._fit()

    def set_minutes(self, minutes: int) -> None:
        """Show the last so many minutes; half an hour at most."""
        minutes = min(MOST_MINUTES, minutes)
        if minutes != self._minutes:
            self._minutes = minutes
            if self.head is not None:
                self.head.title.set_text(say("lines.trend", n=minutes))
            self._plot.follow(minutes)

    def _fit(self) -> None:
        """As many pens as the legend can name."""
        if self._line is None:
            return
        room = max(2, (self.height() - 60) // ROW)
        pens = line_pens(*self._line, most=min(PENS, room))
        self._empty.setVisible(not pens)
        self._plot.setVisible(bool(pens))
        self._more.setVisible(bool(pens))
        self._legend.setVisible(bool(pens) and self.width() >= NARROW)
        if [pen.tag.id for pen in self._plot.pens] != [t.id for t in pens]:
            self._plot.set_pens(pens)
            self._legend.set_names(pen_names(self._line[0], pens))

    def _ask(self, from_ns: int, to_ns: int) -> None:
        for pen in self._plot.pens:
            self._desk.ask("history", self._answered, None, tag=pen.tag.id, from_ns=from_ns, to_ns=to_ns, points=POINTS)

    def _answered(self, series: Series) -> None:
        self._plot.set_series(series)

    def _tick(self) -> None:
        self._plot.tick()
        self._legend.tick()

    def _open(self) -> None:
        self.opened.emit(",".join(pen.tag.id for pen in self._plot.pens))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

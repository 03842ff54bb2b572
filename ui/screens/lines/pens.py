"""The pens of the line's trend in words: their line, name, value now. A press gives the value axis to a pen."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip, QWidget

from hmi.model.text import Text
from hmi.model.units import unit_words
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import RIGHT, Drawn, words
from ui.widgets.figures import NONE, digits_of, number
from ui.widgets.trend import TrendPlot, pen_style

ROW = 30
UNIT_PX = 46
FIGURE_PX = 64
SAMPLE_PX = 34


class PenNames(Drawn):
    """Up and Down choose a pen."""

    def __init__(self, plot: TrendPlot, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("trend.pens"))
        self._plot = plot
        self._names: Sequence[Text] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        plot.cursor_moved.connect(self.update)

    def set_names(self, names: Sequence[Text]) -> None:
        """The words of the plot's pens, in their order."""
        self._names = names
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, ROW * max(1, len(self._names)))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, ROW)

    def tick(self) -> None:
        """Show the values of now."""
        if self.isVisible():
            self.update()

    def draw(self, p: QPainter, t: Theme) -> None:
        here, width = look(), float(self.width())
        for at, (pen, name) in enumerate(zip(self._plot.pens, self._names, strict=False)):
            row = QRectF(0, at * ROW, width, ROW)
            if at == self._plot.chosen:
                p.fillRect(row, t.chosen)
            style = pen_style(at, t)
            style.setWidth(2)
            p.setPen(style)
            p.drawLine(QPointF(4, row.center().y()), QPointF(SAMPLE_PX - 6, row.center().y()))
            name_px = width - SAMPLE_PX - FIGURE_PX - UNIT_PX
            words(p, QRectF(SAMPLE_PX, row.top(), name_px - 4, ROW), here.text(name), here.font(Size.SMALL), t.text)
            value = self._plot.value_at_cursor(at)
            known = value is not None and math.isfinite(value)
            figure = number(value, digits_of(pen.tag)) if known else NONE
            box = QRectF(SAMPLE_PX + name_px, row.top(), FIGURE_PX, ROW)
            words(p, box, figure, here.font(Size.BODY, True, words=False), t.value if known else t.second, RIGHT)
            unit = here.text(unit_words(pen.tag.unit))
            words(p, QRectF(box.right() + 5, row.top(), UNIT_PX - 5, ROW), unit, here.font(Size.SMALL), t.second)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(int(event.position().y() // ROW))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None or not self._plot.pens:
            super().keyPressEvent(event)
            return
        self._choose((self._plot.chosen + step) % len(self._plot.pens))

    def _choose(self, at: int) -> None:
        if 0 <= at < len(self._plot.pens):
            self._plot.choose(at)
            self.setAccessibleDescription(look().text(self._names[at]))
            self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = event.pos().y() // ROW
            pens = self._plot.pens
            told = f"{look().text(self._names[at])}\n{pens[at].tag.id}" if 0 <= at < len(pens) else ""
            QToolTip.showText(event.globalPos(), told, self)
            return True
        return super().event(event)

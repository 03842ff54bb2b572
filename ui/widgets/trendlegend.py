"""The pens of a trend in words: line, name, value at the cursor, unit; a press gives the value axis to a pen."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from hmi.model.units import unit_words
from hmi.model.words import say
from ui.theme import icons
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import RIGHT, Drawn, words
from ui.widgets.figures import NONE, number, time_text, value_text
from ui.widgets.figures import digits_of as digits
from ui.widgets.trend import TrendPlot, pen_style

ROW = 32
CLOSE_PX = 32


class TrendLegend(Drawn):
    """Up and Down choose a pen, Delete takes it off; so do presses on its row and on its cross."""

    removed = Signal(str)
    """Tag id of a pen that a person took off."""

    def __init__(self, plot: TrendPlot, parent: QWidget | None = None, *, ground: str = "panel") -> None:
        super().__init__(parent, name=say("trend.pens"), ground=ground)
        self._plot = plot
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        plot.cursor_moved.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(360, ROW * (1 + max(1, len(self._plot.pens))))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, ROW * 3)

    def tick(self) -> None:
        """Show the values of now; call with the plot's tick."""
        if self.isVisible():
            self.update()

    def draw(self, p: QPainter, t: Theme) -> None:
        here, width = look(), self.width()
        moment = self._plot.cursor_ns
        head = here.say("trend.now") if moment is None else time_text(moment, here.zone)
        words(p, QRectF(0, 0, width - CLOSE_PX, ROW), head, here.font(Size.SMALL), t.second, RIGHT)
        for index, pen in enumerate(self._plot.pens):
            row = QRectF(0, ROW * (index + 1), width, ROW)
            if index == self._plot.chosen:
                p.fillRect(row, t.chosen)
            style = pen_style(index, t)
            style.setWidth(2)
            p.setPen(style)
            p.drawLine(QPointF(8, row.center().y()), QPointF(40, row.center().y()))
            value = self._plot.value_at_cursor(index)
            if value is None or not math.isfinite(value):
                figure = NONE
            elif pen.tag.words:
                figure = value_text(value, pen.tag, here.lang)
            else:
                figure = number(value, digits(pen.tag))
            name_px = width - 48 - 156 - CLOSE_PX
            words(p, QRectF(48, row.top(), name_px, ROW), here.text(pen.tag.name), here.font(Size.BODY), t.text)
            box = QRectF(48 + name_px, row.top(), 100, ROW)
            words(p, box, figure, here.font(Size.BODY, True, words=False), t.value, RIGHT)
            unit = "" if pen.tag.words else here.text(unit_words(pen.tag.unit))
            words(p, QRectF(box.right() + 6, row.top(), 50, ROW), unit, here.font(Size.SMALL), t.second)
            icons.paint(p, "close", QRectF(width - 24, row.center().y() - 8, 16, 16), t.second)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = int(event.position().y() // ROW) - 1
        if 0 <= index < len(self._plot.pens):
            if event.position().x() >= self.width() - CLOSE_PX:
                self.removed.emit(self._plot.pens[index].tag.id)
            else:
                self._plot.choose(index)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pens, step = self._plot.pens, {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and pens:
            self._plot.choose((self._plot.chosen + step) % len(pens))
            self.update()
        elif event.key() == Qt.Key.Key_Delete and pens:
            self.removed.emit(pens[self._plot.chosen].tag.id)
        else:
            super().keyPressEvent(event)

"""The trend on a card: the tags and the window that were used, and which line is which."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hmi.model.text import Text
from hmi.model.units import unit_words
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import LEFT, Drawn, words
from ui.widgets.figures import NONE, digits_of, number
from ui.widgets.trend import TrendPlot, pen_style

ROW = 20
SAMPLE_PX = 30


class CardTrend(TrendPlot):
    """A trend in a card that scrolls: the wheel zooms it only after it was pressed, else it scrolls the card."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class PenKey(Drawn):
    """Line, name and last figure of each pen, as many beside each other as there is room."""

    def __init__(self, plot: TrendPlot, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("trend.pens"))
        self._plot = plot
        self._names: Sequence[Text] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        plot.cursor_moved.connect(self.update)

    def set_names(self, names: Sequence[Text]) -> None:
        """The words of the plot's pens, in their order."""
        self._names = names
        self.setAccessibleDescription("; ".join(self._words()))
        self.updateGeometry()
        self.update()

    def _words(self) -> list[str]:
        here, made = look(), []
        for index, (pen, name) in enumerate(zip(self._plot.pens, self._names, strict=False)):
            value = self._plot.value_at_cursor(index)
            figure = number(value, digits_of(pen.tag)) if value is not None and math.isfinite(value) else NONE
            made.append(f"{here.text(name)}  {figure} {here.text(unit_words(pen.tag.unit))}".rstrip())
        return made

    def _places(self, width: int) -> list[tuple[int, float, float]]:
        """Row, left edge and width of each."""
        fm, places, row, x = look().metrics(Size.SMALL), [], 0, 0.0
        for text in self._words():
            wide = min(float(width), SAMPLE_PX + 8 + fm.horizontalAdvance(text + "0000") + 10)
            if x and x + wide > width:
                row, x = row + 1, 0.0
            places.append((row, x, wide))
            x += wide + 12
        return places

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        places = self._places(width)
        return ROW * (1 + (places[-1][0] if places else 0))

    def sizeHint(self) -> QSize:
        return QSize(300, self.heightForWidth(max(300, self.width())))

    def draw(self, p: QPainter, t: Theme) -> None:
        here = look()
        shown = zip(self._words(), self._places(self.width()), strict=True)
        for index, (text, (row, x, wide)) in enumerate(shown):
            style = pen_style(index, t)
            style.setWidth(2)
            p.setPen(style)
            y = row * ROW + ROW / 2
            p.drawLine(QPointF(x, y), QPointF(x + SAMPLE_PX, y))
            box = QRectF(x + SAMPLE_PX + 8, row * ROW, wide - SAMPLE_PX - 8, ROW)
            words(p, box, text, here.font(Size.SMALL), t.text, LEFT)

"""A verdict in a line: its mark, its word, what was found or why nobody knows."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import LEFT, Drawn, words
from ui.widgets.marks import draw_alarm_mark
from ui.widgets.picturemarks import NG_PRIORITY, Edge, draw_question

SIDE = 24.0


class VerdictMark(Drawn):
    """What passed has a word and no mark."""

    def __init__(self, parent: QWidget | None = None, *, ground: str = "panel") -> None:
        super().__init__(parent, name=say("verdicts.name"), ground=ground)
        self.edge = Edge.NONE
        self._word, self._more = Text.same(""), Text.same("")

    def show_verdict(self, edge: Edge, word: Text, more: Text) -> None:
        """Show this verdict."""
        if (edge, word, more) != (self.edge, self._word, self._more):
            self.edge, self._word, self._more = edge, word, more
            self._tell()
            self.updateGeometry()
            self.update()

    def _tell(self) -> None:
        told = f"{look().text(self._word)} {look().text(self._more)}".strip()
        self.setAccessibleDescription(told)
        self.setToolTip(told)

    def retell(self) -> None:
        self._tell()
        super().retell()

    def _rows(self, width: float) -> int:
        more = look().metrics(Size.BODY).horizontalAdvance(look().text(self._more))
        return 1 if more <= self._room(width) else min(3, math.ceil(more * 1.1 / max(40.0, width)))

    def _start(self) -> float:
        return SIDE + 8 if self.edge in (Edge.FAIL, Edge.UNDECIDED) else 0.0

    def _room(self, width: float) -> float:
        return width - self._start() - look().metrics(Size.BODY, True).horizontalAdvance(look().text(self._word)) - 10

    def _line(self) -> float:
        return max(SIDE + 2, look().metrics(Size.BODY).height() * 1.3)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        rows = self._rows(width)
        return math.ceil(self._line() * (1 if rows == 1 and self._one(width) else rows + 1))

    def _one(self, width: float) -> bool:
        return look().metrics(Size.BODY).horizontalAdvance(look().text(self._more)) <= self._room(width)

    def sizeHint(self) -> QSize:
        return QSize(240, math.ceil(self._line()))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, math.ceil(self._line()))

    def draw(self, p: QPainter, t: Theme) -> None:
        here, line, width = look(), self._line(), float(self.width())
        mark = QRectF(0, (line - SIDE) / 2, SIDE, SIDE)
        if self.edge is Edge.FAIL:
            draw_alarm_mark(p, t, mark, NG_PRIORITY)
        elif self.edge is Edge.UNDECIDED:
            draw_question(p, t, mark)
        word, more = here.text(self._word), here.text(self._more)
        start = self._start()
        words(p, QRectF(start, 0, width - start, line), word, here.font(Size.BODY, True), t.text)
        if self._one(width):
            x = start + here.metrics(Size.BODY, True).horizontalAdvance(word) + 10
            words(p, QRectF(x, 0, width - x, line), more, here.font(Size.BODY), t.text)
        else:
            box = QRectF(0, line, width, self.height() - line)
            words(p, box, more, here.font(Size.BODY), t.text, LEFT, wrap=True)

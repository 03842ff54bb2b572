"""The mark of a hold in its state: a full plate while gates hold the material, an empty one while only paper does."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.hold import HoldState
from hmi.model.words import say
from ui.theme import typeface
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, Drawn
from ui.widgets.marks import draw_chip

WIDTH, HEIGHT = 34.0, 20.0


def draw_hold(p: QPainter, t: Theme, rect: QRectF, state: HoldState) -> None:
    """Draw the H: full HELD, framed PARTLY or PLACING, dashed ON_PAPER, grey and struck out RELEASED."""
    box = QRectF(rect.left(), rect.center().y() - HEIGHT / 2, WIDTH - 6, HEIGHT)
    if state is HoldState.HELD:
        draw_chip(p, t, box, "H")
        return
    released = state is HoldState.RELEASED
    ink = t.second if released else t.hold
    line = Qt.PenStyle.CustomDashLine if state is HoldState.ON_PAPER else Qt.PenStyle.SolidLine
    pen = QPen(ink, 1.2 if released else 2, line)
    if state is HoldState.ON_PAPER:
        pen.setDashPattern([2, 1.6])
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(pen)
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
    p.setFont(typeface.font(Size.SMALL, True))
    p.drawText(box, int(CENTRE), "H")
    if released:
        p.drawLine(QLineF(box.left() + 5, box.center().y(), box.right() - 5, box.center().y()))


class HoldMark(Drawn):
    """The mark on its own, before a title."""

    def __init__(self, parent: QWidget | None = None, *, ground: str = "panel") -> None:
        super().__init__(parent, name=say("qualityscreen.mark"), ground=ground)
        self.state: HoldState | None = None
        self.setFixedSize(round(WIDTH), 24)

    def show_state(self, state: HoldState | None) -> None:
        """Show a hold's state, or nothing."""
        if state is not self.state:
            self.state = state
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(WIDTH), 24)

    def draw(self, p: QPainter, t: Theme) -> None:
        if self.state is not None:
            draw_hold(p, t, QRectF(self.rect()), self.state)

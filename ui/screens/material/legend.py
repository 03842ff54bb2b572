"""The signs of the map and what they mean, in one row."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import Drawn, triangle, words
from ui.widgets.flowmap import FlowMap, LaneLook

LANES = {"shut": LaneLook.SHUT, "planned": LaneLook.PLANNED, "asked": LaneLook.ASKED, "open": LaneLook.OPEN}
SIGNS = (*LANES, "held", "gate", "failed")
SIGN_PX = 34


class Legend(Drawn):
    """As many signs as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("materialscreen.legend"))
        self.setFixedHeight(24)

    def sizeHint(self) -> QSize:
        return QSize(700, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 24)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, x, y = look(), 2.0, self.height() / 2
        for key in SIGNS:
            said = here.say(f"materialscreen.legend_{key}")
            wide = here.metrics(Size.SMALL).horizontalAdvance(said) + 6
            if x + SIGN_PX + wide > self.width():
                return
            self._sign(p, t, key, x, y)
            words(p, QRectF(x + SIGN_PX + 2, 0, wide, self.height()), said, here.font(Size.SMALL), t.second)
            x += SIGN_PX + wide + 16

    @staticmethod
    def _sign(p: QPainter, t: Theme, key: str, x: float, y: float) -> None:
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setBrush(Qt.BrushStyle.NoBrush)
        box = QRectF(x + 8, y - 8, 16, 16)
        if key in LANES:
            pen, head, ink = FlowMap.pen_of(t, LANES[key])
            p.setPen(pen)
            p.drawLine(QPointF(x, y), QPointF(x + 24, y))
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(ink)
            triangle(p, QPointF(x + 30, y), min(head, 11), "right")
        elif key == "held":
            p.fillRect(QRectF(x + 2, y - 7, 26, 14), QBrush(t.hold, Qt.BrushStyle.BDiagPattern))
        elif key == "gate":
            p.fillRect(QRectF(x + 16, y - 9, 5, 18), t.hold)
        else:
            p.setPen(QPen(t.text, 2))
            p.drawRect(box)
            inner = box.adjusted(4, 4, -4, -4)
            p.drawLine(inner.topLeft(), inner.bottomRight())
            p.drawLine(inner.topRight(), inner.bottomLeft())

"""Where a stop is cut in two: a bar as long as the stop with a handle, by touch, mouse or keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import LEFT, RIGHT, Drawn, triangle, words
from ui.widgets.figures import time_text

SECOND = 1_000_000_000
KEY_STEP_S = 10


class SplitBar(Drawn):
    """Left and Right move the handle by ten seconds, with Shift by one minute."""

    moved = Signal(object)
    """Where a person put the handle, in ns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("states.split"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._from_ns = self._to_ns = self._at_ns = 0

    def show_stop(self, from_ns: int, to_ns: int, at_ns: int) -> None:
        """A stop and the place of the handle."""
        if (from_ns, to_ns, at_ns) != (self._from_ns, self._to_ns, self._at_ns):
            self._from_ns, self._to_ns, self._at_ns = from_ns, to_ns, at_ns
            self.setAccessibleDescription(time_text(at_ns, look().zone))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, 52)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 52)

    def _bar(self) -> QRectF:
        return QRectF(12, 22, self.width() - 24, 22)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, bar = look(), self._bar()
        share = (self._at_ns - self._from_ns) / max(1, self._to_ns - self._from_ns)
        x = bar.left() + bar.width() * min(1.0, max(0.0, share))
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.fillRect(QRectF(bar.left(), bar.top(), x - bar.left(), bar.height()), t.stopped)
        p.fillRect(QRectF(x, bar.top(), bar.right() - x, bar.height()), t.bar)
        p.setPen(QPen(t.outline, 1))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(bar)
        p.setPen(QPen(t.text, 3))
        p.drawLine(QPointF(x, bar.top() - 4), QPointF(x, bar.bottom() + 4))
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(t.text)
        triangle(p, QPointF(x, bar.top() - 2), 12, "down")
        small = here.font(Size.SMALL, words=False)
        words(p, QRectF(bar.left(), 0, 90, 18), time_text(self._from_ns, here.zone), small, t.second, LEFT)
        words(p, QRectF(bar.right() - 90, 0, 90, 18), time_text(self._to_ns, here.zone), small, t.second, RIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._to(event.position().x())

    def _to(self, x: float) -> None:
        bar = self._bar()
        share = min(1.0, max(0.0, (x - bar.left()) / max(1.0, bar.width())))
        self.moved.emit((self._from_ns + round(share * (self._to_ns - self._from_ns))) // SECOND * SECOND)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        long = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.moved.emit(self._at_ns + step * (60 if long else KEY_STEP_S) * SECOND)

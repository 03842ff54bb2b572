"""A button that can be forbidden and says why: it keeps the focus, so that a keyboard learns it too."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from hmi.model.text import Text
from ui.theme import icons
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.drawn import ring, words

LOCK_PX = 14


class GuardedButton(Button):
    """``acted`` comes only while nothing forbids it; pressed in vain, it tells why."""

    acted = Signal()
    in_vain = Signal(object)
    """Pressed while forbidden (Text: why)."""

    def __init__(self, text: Text | None = None, parent: QWidget | None = None, *, icon: str | None = None,
                 flat: bool = False, ground: str = "panel", name: Text | None = None) -> None:  # fmt: skip
        super().__init__(text, parent, icon=icon, flat=flat, ground=ground, name=name)
        self.why: Text | None = None
        self.clicked.connect(self._pressed)

    def forbid(self, why: Text | None) -> None:
        """Forbid it with a reason, or allow it with None."""
        if why != self.why:
            self.why = why
            said = "" if why is None else look().text(why)
            self.setAccessibleDescription(said)
            self.setToolTip(said)
            self.setCursor(Qt.CursorShape.ArrowCursor if why is not None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def _pressed(self) -> None:
        if self.why is None:
            self.acted.emit()
        else:
            self._say()
            self.in_vain.emit(self.why)

    def _say(self) -> None:
        if self.why is not None:
            QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), look().text(self.why), self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._say()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.why is None:
            super().paintEvent(event)
            return
        here, r = look(), QRectF(self.rect())
        t, p = here.theme, QPainter(self)
        p.fillRect(r, t.colour(self.ground))
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(t.hairline, 1.5))
        p.setBrush(t.colour(self.ground))
        p.drawRoundedRect(r.adjusted(1, 1, -1, -1), 5, 5)
        text = "" if self._text is None else here.text(self._text)
        width = here.metrics(Size.BODY).horizontalAdvance(text)
        left = max(6.0, r.center().x() - (width + LOCK_PX + 4) / 2)
        icons.paint(p, "lock", QRectF(left, r.center().y() - LOCK_PX / 2, LOCK_PX, LOCK_PX), t.second)
        box = QRectF(left + LOCK_PX + 4, 0, r.width() - left - LOCK_PX - 8, r.height())
        words(p, box, text, here.font(Size.BODY), t.second)
        if self.hasFocus():
            ring(p, r, t, 5)
        p.end()


class ConfirmButton(GuardedButton):
    """The button that lets something happen on the plant: pressed or reached by Tab and Space, never by Enter."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            return
        super().keyPressEvent(event)

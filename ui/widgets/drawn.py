"""The base of everything that paints itself: ground, focus ring, name for screen readers, language and theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.text import Text
from ui.theme.look import look
from ui.theme.palette import Theme

RING_PX = 3
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
TOP_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class Drawn(QWidget):
    """A widget that paints all of itself in ``draw``; opaque, so that its parents need no repaint with it."""

    def __init__(self, parent: QWidget | None = None, *, name: Text | None = None, ground: str = "panel") -> None:
        """ground: the theme colour it stands on. name: what a screen reader calls it."""
        super().__init__(parent)
        self.ground = ground
        self._name: Text | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        if name is not None:
            self.set_name(name)

    def set_name(self, name: Text | str) -> None:
        """Say what this is, for screen readers, in both languages."""
        self._name = Text.same(name) if isinstance(name, str) else name
        self.setAccessibleName(look().text(self._name))

    def draw(self, p: QPainter, t: Theme) -> None:
        """Paint yourself on your ground. Override."""

    def retell(self) -> None:
        """Language or size of type changed: make words anew. Override; call the base first."""
        if self._name is not None:
            self.setAccessibleName(look().text(self._name))
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = look().theme
        p = QPainter(self)
        p.fillRect(event.rect(), theme.colour(self.ground))
        self.draw(p, theme)
        if self.hasFocus():
            ring(p, QRectF(self.rect()), theme)
        p.end()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retell()
        super().changeEvent(event)


class Pressable(Drawn):
    """A drawn widget that can be pressed by mouse, touch, Space and Enter."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None, *, name: Text | None = None, ground: str = "panel") -> None:
        super().__init__(parent, name=name, ground=ground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.down = False
        self.over = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.down = True
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.down and event.button() == Qt.MouseButton.LeftButton:
            self.down = False
            self.update()
            if self.rect().contains(event.position().toPoint()):
                self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEvent) -> None:
        self.over = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.over = False
        self.update()


def ring(p: QPainter, rect: QRectF, t: Theme, radius: float = 4) -> None:
    """The focus ring, 3 px, inside a rectangle."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setPen(QPen(t.focus, RING_PX))
    inset = RING_PX / 2
    p.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)


def words(
    p: QPainter,
    rect: QRectF,
    text: str,
    font: QFont,
    colour: QColor,
    align: Qt.AlignmentFlag = LEFT,
    *,
    wrap: bool = False,
) -> None:
    """Draw text into a rectangle, cut with an ellipsis where it is too long (or wrapped)."""
    p.setFont(font)
    p.setPen(colour)
    if wrap:
        p.drawText(rect, int(align | Qt.TextFlag.TextWordWrap), text)
        return
    fm = p.fontMetrics()
    if fm.horizontalAdvance(text) > rect.width():
        text = fm.elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
    p.drawText(rect, int(align), text)


def line_height(size_px: float) -> float:
    """Height of a line of words."""
    return round(size_px * 1.4)


def triangle(p: QPainter, tip: QPointF, size: float, direction: str) -> None:
    """A filled pointer with its tip at a point: direction left, right, up or down says where it points."""
    half, back = size * 0.5, size * 0.86
    x, y = tip.x(), tip.y()
    points = {
        "right": [tip, QPointF(x - back, y - half), QPointF(x - back, y + half)],
        "left": [tip, QPointF(x + back, y - half), QPointF(x + back, y + half)],
        "up": [tip, QPointF(x - half, y + back), QPointF(x + half, y + back)],
        "down": [tip, QPointF(x - half, y - back), QPointF(x + half, y - back)],
    }[direction]
    p.drawPolygon(points)


def fixed(width: int, height: int) -> QSize:
    """A size in logical pixels, for size hints."""
    return QSize(width, height)

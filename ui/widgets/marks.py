"""Marks: alarm priorities by shape, digit and colour; holds and AI; the quality of a reading."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.quality import Quality
from hmi.model.text import Text
from hmi.model.words import say
from ui.theme import typeface
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, Drawn

OUTLINE_PX = 1.5
SIDE = 26


def mark_shape(priority: int, rect: QRectF) -> QPainterPath:
    """Outline of a priority: 1 square, 2 triangle, 3 diamond, 4 circle."""
    path, r = QPainterPath(), rect.adjusted(1, 1, -1, -1)
    if priority == 1:
        path.addRoundedRect(r.adjusted(1, 1, -1, -1), 2, 2)
    elif priority == 2:
        path.moveTo(r.center().x(), r.top())
        path.lineTo(r.right(), r.bottom() - 1)
        path.lineTo(r.left(), r.bottom() - 1)
        path.closeSubpath()
    elif priority == 3:
        path.moveTo(r.center().x(), r.top())
        for x, y in ((r.right(), r.center().y()), (r.center().x(), r.bottom()), (r.left(), r.center().y())):
            path.lineTo(x, y)
        path.closeSubpath()
    else:
        path.addEllipse(r.adjusted(1, 1, -1, -1))
    return path


def draw_alarm_mark(
    p: QPainter, t: Theme, rect: QRectF, priority: int, *, active: bool = True, outline_only: bool = False
) -> None:
    """Draw a priority's mark. Not active: grey, for a count of zero. outline_only: gone but not acknowledged."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    colours = t.priority[priority]
    shape = mark_shape(priority, rect)
    digit: QColor
    if not active:
        p.setPen(QPen(t.faint, OUTLINE_PX))
        p.setBrush(Qt.BrushStyle.NoBrush)
        digit = t.second
    elif outline_only:
        p.setPen(QPen(colours.text, 2))
        p.setBrush(Qt.BrushStyle.NoBrush)
        digit = colours.text
    else:
        p.setPen(QPen(t.mark_outline, OUTLINE_PX))
        p.setBrush(colours.fill)
        digit = colours.digit
    p.drawPath(shape)
    small = rect.height() < 22
    font = typeface.font(Size.SMALL, True, scale=0.78 if small else 1.0)
    p.setFont(font)
    p.setPen(digit)
    low = rect.height() * 0.13 if priority == 2 else 0.0
    p.drawText(rect.translated(0, low), int(CENTRE), str(priority))


def draw_chip(p: QPainter, t: Theme, rect: QRectF, letters: str) -> None:
    """Draw the teal mark of a hold (H) or of an AI proposal (AI)."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(t.hold)
    p.drawRoundedRect(rect, 4, 4)
    p.setPen(t.on_hold)
    p.setFont(typeface.font(Size.SMALL, True))
    p.drawText(rect, int(CENTRE), letters)


def draw_quality(p: QPainter, t: Theme, rect: QRectF, quality: Quality) -> None:
    """Draw a reading's doubt in a square: ``~`` uncertain, ``?`` stale, a cross for bad; nothing for good."""
    if quality is Quality.GOOD:
        return
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(QPen(t.text, OUTLINE_PX))
    p.setBrush(t.panel)
    box = rect.adjusted(1, 1, -1, -1)
    p.drawRoundedRect(box, 3, 3)
    if quality is Quality.BAD:
        arm = box.width() * 0.22
        c = box.center()
        p.drawLine(QPointF(c.x() - arm, c.y() - arm), QPointF(c.x() + arm, c.y() + arm))
        p.drawLine(QPointF(c.x() - arm, c.y() + arm), QPointF(c.x() + arm, c.y() - arm))
        return
    p.setFont(typeface.font(Size.SMALL, True))
    p.drawText(box, int(CENTRE), "?" if quality is Quality.STALE else "~")


class AlarmMark(Drawn):
    """One priority's mark; grey while there is nothing."""

    def __init__(self, priority: int = 1, parent: QWidget | None = None, *, ground: str = "panel") -> None:
        super().__init__(parent, name=say(f"alarm.p{priority}"), ground=ground)
        self.priority = priority
        self.active = True
        self.outline_only = False

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_mark(self, priority: int, *, active: bool = True, outline_only: bool = False) -> None:
        """Show another mark."""
        if (priority, active, outline_only) != (self.priority, self.active, self.outline_only):
            self.priority, self.active, self.outline_only = priority, active, outline_only
            self.set_name(say(f"alarm.p{priority}"))
            self.update()

    def draw(self, p: QPainter, t: Theme) -> None:
        draw_alarm_mark(
            p, t, _square(self.rect().toRectF()), self.priority, active=self.active, outline_only=self.outline_only
        )


class QualityMark(Drawn):
    """The quality of something in a square; empty while GOOD."""

    def __init__(self, parent: QWidget | None = None, *, ground: str = "panel") -> None:
        super().__init__(parent, name=say("quality.GOOD"), ground=ground)
        self.quality = Quality.GOOD

    def sizeHint(self) -> QSize:
        return QSize(20, 20)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_quality(self, quality: Quality, why: Text | None = None) -> None:
        """Show a quality, with the reason on hovering."""
        if quality is not self.quality:
            self.quality = quality
            self.set_name(say(f"quality.{quality.name}"))
            self.update()
        self.setToolTip("" if why is None else look().text(why))

    def draw(self, p: QPainter, t: Theme) -> None:
        draw_quality(p, t, _square(self.rect().toRectF(), 20), self.quality)


def _square(rect: QRectF, most: float = SIDE) -> QRectF:
    side = min(rect.width(), rect.height(), most)
    return QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)

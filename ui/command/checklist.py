"""May I, and if not why: each condition in a line with a tick, a cross or a question mark; shapes, no alarm colours."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.words import say
from ui.command.presenter import CheckShown, StepShown
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, RIGHT, Drawn, words

ROW = 24


def draw_tick(p: QPainter, t: Theme, box: QRectF, holds: bool | None) -> None:
    """A tick, a cross in a square, or a question mark in a circle."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setBrush(Qt.BrushStyle.NoBrush)
    if holds:
        p.setPen(QPen(t.second, 2))
        p.drawPolyline([
            QPointF(box.left() + 2, box.center().y()), QPointF(box.left() + box.width() * 0.42, box.bottom() - 3),
            QPointF(box.right() - 1, box.top() + 3),
        ])  # fmt: skip
        return
    p.setPen(QPen(t.text, 1.6))
    if holds is None:
        p.drawEllipse(box)
        words(p, box, "?", look().font(Size.SMALL, True), t.text, CENTRE)
        return
    p.drawRect(box)
    inner = box.adjusted(4, 4, -4, -4)
    p.drawLine(inner.topLeft(), inner.bottomRight())
    p.drawLine(inner.topRight(), inner.bottomLeft())


class CheckList(Drawn):
    """One paint for all conditions."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("cmd.checks"))
        self.shown: list[CheckShown] = []

    def show_checks(self, shown: list[CheckShown]) -> None:
        """Show these."""
        if shown != self.shown:
            if len(shown) != len(self.shown):
                self.updateGeometry()
            self.shown = shown
            here = look()
            told = "\n".join(
                f"{here.say('cmd.holds' if c.holds else 'cmd.open' if c.holds is None else 'cmd.fails')}: "
                f"{here.text(c.words)}"
                for c in shown
            )
            self.setAccessibleDescription(told)
            self.setToolTip(told)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, ROW * max(1, len(self.shown)))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, ROW * max(1, len(self.shown)))

    def draw(self, p: QPainter, t: Theme) -> None:
        here = look()
        for at, check in enumerate(self.shown):
            y = at * ROW
            draw_tick(p, t, QRectF(1, y + 4, 15, 15), check.holds)
            box = QRectF(24, y, self.width() - 24, ROW)
            words(p, box, here.text(check.words), here.font(Size.SMALL, not check.holds), t.text if not check.holds else
                  t.second)  # fmt: skip


class StepList(Drawn):
    """On record, sent, taken, verified: each with its time as soon as it has come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("cmd.steps"))
        self.shown: list[StepShown] = []

    def show_steps(self, shown: list[StepShown]) -> None:
        """Show these."""
        if shown != self.shown:
            self.shown = shown
            here = look()
            self.setAccessibleDescription("; ".join(f"{here.text(s.words)} {s.at}" for s in shown))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, (ROW + 6) * max(1, len(self.shown)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def draw(self, p: QPainter, t: Theme) -> None:
        here = look()
        for at, step in enumerate(self.shown):
            y = at * (ROW + 6)
            box = QRectF(2, y + 7, 15, 15)
            if step.reached:
                draw_tick(p, t, box, True)
            else:
                p.setPen(QPen(t.faint, 1.4))
                p.drawEllipse(box.adjusted(3, 3, -3, -3))
            ink = t.text if step.reached else t.second
            words(p, QRectF(28, y, self.width() * 0.5, ROW + 6), here.text(step.words),
                  here.font(Size.BODY, step.reached), ink)  # fmt: skip
            time_box = QRectF(self.width() * 0.5, y, self.width() * 0.5 - 4, ROW + 6)
            words(p, time_box, step.at, here.font(Size.BODY, step.reached, words=False), ink, RIGHT)

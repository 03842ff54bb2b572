"""The head of a line's screen: what it does, what it works on, rate, plan and OEE."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from hmi.model.words import say
from ui.screens.lines.presenter import LineShown
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.analog import MovingAnalog, Scale
from ui.widgets.drawn import Drawn, words
from ui.widgets.oee import OeeBars, ProgressBar
from ui.widgets.panel import Panel

HEIGHT, LOW = 120, 106


class _Standing(Drawn):
    """Name, state, since when and because of whom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("lines.title"))
        self.shown: LineShown | None = None

    def sizeHint(self) -> QSize:
        return QSize(240, 96)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 88)

    def draw(self, p: QPainter, t: Theme) -> None:
        if self.shown is None:
            return
        here, width, shown = look(), float(self.width()), self.shown
        small, line = here.font(Size.SMALL), here.metrics(Size.SMALL).height() * 1.25
        words(p, QRectF(0, 0, width, 32), here.text(shown.name), here.font(Size.LARGE, True), t.text)
        words(p, QRectF(0, 32, width, 22), here.text(shown.state), here.font(Size.BODY, shown.stands), t.text)
        words(p, QRectF(0, 54, width, line), here.text(shown.since), small, t.second)
        if shown.cause is not None:
            words(p, QRectF(0, 54 + line, width, line), here.text(shown.cause), small, t.text)


class _Particulars(Drawn):
    """Order, product, lot, batch, operator, shift: three columns of two, the name above the word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("lines.order"))
        self.shown: LineShown | None = None

    def sizeHint(self) -> QSize:
        return QSize(420, 96)

    def minimumSizeHint(self) -> QSize:
        return QSize(270, 88)

    def draw(self, p: QPainter, t: Theme) -> None:
        if self.shown is None:
            return
        here = look()
        wide, deep = self.width() / 100, self.height() / 2
        for at, (key, value) in enumerate(self.shown.particulars):
            x, y = ((0, 31, 60)[at % 3] * wide, (at // 3) * deep)
            room = (31, 29, 40)[at % 3] * wide - 10
            words(p, QRectF(x, y, room, 20), here.text(key), here.font(Size.SMALL), t.second)
            fits = here.metrics(Size.BODY).horizontalAdvance(here.text(value)) <= room
            face = here.font(Size.BODY if fits else Size.SMALL)
            words(p, QRectF(x, y + 20, room, 22), here.text(value), face, t.text)


class LineHead(Panel):
    """One plate across the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent, flow=QBoxLayout.Direction.LeftToRight, margin=8)
        self.body.setSpacing(20)
        self._standing = _Standing(self)
        self._particulars = _Particulars(self)
        self._rate = MovingAnalog(None, self, name=say("lines.rate"), digits=0)
        self._plan = ProgressBar(self)
        self._oee = OeeBars(self)
        stretches = ((self._standing, 10), (self._particulars, 18), (self._rate, 6), (self._plan, 6), (self._oee, 7))
        for part, stretch in stretches:
            self.add(part, stretch)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_low(self, low: bool) -> None:
        """Be lower, for screens of little height."""
        self.setFixedHeight(LOW if low else HEIGHT)

    def set_narrow(self, narrow: bool) -> None:
        """Leave out what the overview shows too."""
        self._oee.setVisible(not narrow)

    def show_line(self, shown: LineShown) -> None:
        """Show this line."""
        for part in (self._standing, self._particulars):
            if shown != part.shown:
                part.shown = shown
                part.update()
        here = look()
        self._standing.set_name(shown.name)
        self._standing.setAccessibleDescription(f"{here.text(shown.state)} {here.text(shown.since)}")
        said = "; ".join(f"{here.text(k)}: {here.text(v)}" for k, v in shown.particulars)
        self._particulars.setAccessibleDescription(said)
        low, high, desired = shown.rate_scale
        self._rate.unit = here.say("lines.rate_unit")
        self._rate.set_scale(Scale(low, high, desired))
        self._rate.show_figure(shown.rate, shown.rate_quality)
        self._plan.show_progress(shown.made, shown.plan_now, shown.plan, old=shown.old)
        self._oee.show_oee(shown.oee, old=shown.old)

"""A figure with its range on a common axis: what is expected, from where, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from hmi.model.text import Text
from hmi.model.units import with_unit
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, Drawn, triangle, words
from ui.widgets.figures import number

BAR_PX = 10
BAND_PX = 14
LABEL_PX = 20
MARGIN = 0.06
"""Share of the axis that is left free at both ends, so that no mark lies on the edge."""


@dataclass(frozen=True, slots=True)
class Range:
    """One bar: the figure, its range, and besides where it started and what was measured; None is not known."""

    value: float | None
    low: float | None = None
    high: float | None = None
    now: float | None = None
    measured: float | None = None
    control: float | None = None

    def known(self) -> list[float]:
        """The figures that can be drawn."""
        told = (self.value, self.low, self.high, self.now, self.measured, self.control)
        return [v for v in told if v is not None and math.isfinite(v)]


def axis_of(ranges: Iterable[Range]) -> tuple[float, float]:
    """An axis that holds several ranges, so that bars above each other compare; (0, 1) where nothing is known."""
    known = [v for r in ranges for v in r.known()]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    room = (high - low) * MARGIN or abs(high) * MARGIN or 1.0
    return low - room, high + room


def draw_range(p: QPainter, t: Theme, rect: QRectF, axis: tuple[float, float], shown: Range) -> None:
    """Draw the axis as a thin bar, the range as a pale band and the figure as a stroke.

    Above the bar a hollow pointer says where it stands now; below it a filled one what was measured, and a hollow one
    the control.
    """

    def x(value: float) -> float:
        share = (value - axis[0]) / (axis[1] - axis[0] or 1.0)
        return rect.left() + min(1.0, max(0.0, share)) * rect.width()

    middle = rect.center().y()
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.fillRect(QRectF(rect.left(), middle - BAR_PX / 2, rect.width(), BAR_PX), t.inset)
    p.setPen(QPen(t.faint, 1))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawRect(QRectF(rect.left(), middle - BAR_PX / 2, rect.width(), BAR_PX).adjusted(0.5, 0.5, -0.5, -0.5))
    if shown.low is not None and shown.high is not None:
        left, right = sorted((x(shown.low), x(shown.high)))
        band = QRectF(left, middle - BAND_PX / 2, max(2.0, right - left), BAND_PX)
        p.fillRect(band, t.band)
        p.setPen(QPen(t.outline, 1))
        p.drawLine(QPointF(band.left(), band.top()), QPointF(band.left(), band.bottom()))
        p.drawLine(QPointF(band.right(), band.top()), QPointF(band.right(), band.bottom()))
    if shown.value is not None:
        at = x(shown.value)
        p.fillRect(QRectF(at - 1.5, middle - BAND_PX / 2 - 3, 3, BAND_PX + 6), t.text)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    if shown.now is not None:
        p.setPen(QPen(t.outline, 1.5))
        p.setBrush(Qt.BrushStyle.NoBrush)
        triangle(p, QPointF(x(shown.now), middle - BAR_PX / 2 - 1), 9, "down")
    if shown.control is not None:
        p.setPen(QPen(t.outline, 1.5))
        p.setBrush(Qt.BrushStyle.NoBrush)
        triangle(p, QPointF(x(shown.control), middle + BAR_PX / 2 + 1), 9, "up")
    if shown.measured is not None:
        p.setPen(QPen(t.value, 1.5))
        p.setBrush(t.value)
        triangle(p, QPointF(x(shown.measured), middle + BAR_PX / 2 + 1), 11, "up")


class RangeBar(Drawn):
    """One range with the figures of its ends below."""

    def __init__(self, parent: QWidget | None = None, *, name: Text | None = None, ground: str = "panel") -> None:
        super().__init__(parent, name=name or say("rangebar.name"), ground=ground)
        self._shown, self._unit = Range(None), ""
        self._digits: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_range(self, shown: Range, unit: str = "", digits: int | None = None) -> None:
        """Show this range; digits as in figures.number."""
        if (shown, unit, digits) != (self._shown, self._unit, self._digits):
            self._shown, self._unit, self._digits = shown, unit, digits
            self._describe()
            self.update()

    def _describe(self) -> None:
        s, here = self._shown, look()
        told = [("value", s.value), ("low", s.low), ("high", s.high), ("now", s.now), ("measured", s.measured),
                ("control", s.control)]  # fmt: skip
        parts = [
            f"{here.say(f'rangebar.{k}')} {here.text(with_unit(Text.same(number(v, self._digits)), self._unit))}"
            for k, v in told
            if v is not None
        ]
        self.setAccessibleDescription("; ".join(parts))
        self.setToolTip("\n".join(parts))

    def retell(self) -> None:
        super().retell()
        self._describe()

    def sizeHint(self) -> QSize:
        return QSize(220, 26 + LABEL_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 26 + LABEL_PX)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, s = look(), self._shown
        bar = QRectF(2, 2, self.width() - 4, 28)
        axis = axis_of([s])
        draw_range(p, t, bar, axis, s)
        face = here.font(Size.SMALL, words=False)
        fm = here.metrics(Size.SMALL, words=False)
        taken: list[tuple[float, float]] = []
        for value in (s.low, s.high):
            if value is None or not math.isfinite(value):
                continue
            figure = number(value, self._digits)
            wide = fm.horizontalAdvance(figure) + 6
            share = (value - axis[0]) / (axis[1] - axis[0] or 1.0)
            left = min(bar.right() - wide, max(bar.left(), bar.left() + share * bar.width() - wide / 2))
            if any(left < b and left + wide > a for a, b in taken):
                continue  # its figure would lie on the other one
            taken.append((left, left + wide))
            words(p, QRectF(left, bar.bottom() - 3, wide, LABEL_PX), figure, face, t.second, CENTRE)

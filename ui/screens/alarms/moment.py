"""The values around the moment of an alarm: a small line with the limit and the instant, on its own scale."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from hmi.desk.rows import Series
from hmi.model.plant import Tag
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import LEFT, RIGHT, Drawn, words
from ui.widgets.figures import number, time_text, value_text

S = 1_000_000_000
BEFORE_S, AFTER_S = 600, 300
HEIGHT = 120


def window_of(at_ns: int, now_ns: int) -> tuple[int, int]:
    """From ten minutes before to five after, or to now: the whole of it is always as long."""
    to_ns = min(at_ns + AFTER_S * S, max(now_ns, at_ns + 60 * S))
    return at_ns - BEFORE_S * S, to_ns


def runs_of(values: Sequence[float | None]) -> list[tuple[int, int]]:
    """Stretches of known values as [first, last): gaps stay gaps."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for i, value in enumerate([*values, None]):
        if value is not None and start is None:
            start = i
        elif value is None and start is not None:
            runs.append((start, i))
            start = None
    return runs


def stepped(points: Sequence[QPointF]) -> list[QPointF]:
    """A line that keeps each value until the next: between two states there is nothing half-way."""
    made = list(points[:1])
    for before, after in pairwise(points):
        made += [QPointF(after.x(), before.y()), after]
    return made


class MomentTrend(Drawn):
    """One pen; the limit is always within the scale, so that crossing it is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("alarmscreen.around"))
        self._series: Series | None = None
        self._at_ns = 0
        self._limit: float | None = None
        self._digits: int | None = None
        self._tag: Tag | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_moment(
        self, series: Series | None, at_ns: int, limit: float | None, digits: int | None, tag: Tag | None = None
    ) -> None:
        """Show these values around ``at_ns``; tag: whose words they are told in, where it has words."""
        self._series, self._at_ns, self._limit, self._digits = series, at_ns, limit, digits
        self._tag = tag if tag is not None and tag.words else None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, HEIGHT)

    def _figure(self, value: float) -> str:
        return number(value, self._digits) if self._tag is None else value_text(value, self._tag, look().lang)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r, series = look(), QRectF(self.rect()), self._series
        known = [] if series is None else [v for v in series.value if v is not None]
        if series is None or not known:
            words(p, r, here.say("alarmscreen.no_values"), here.font(Size.SMALL), t.second, LEFT)
            return
        from_ns, to_ns = series.from_ns, series.to_ns
        scale = [*known, *([self._limit] if self._limit is not None else [])]
        low, high = min(scale), max(scale)
        room = (high - low) * 0.08 or abs(high) * 0.05 or 1.0
        low, high = low - room, high + room
        label = here.metrics(Size.SMALL, words=False)
        wide = max(label.horizontalAdvance(self._figure(v)) for v in (min(scale), max(scale))) + 8
        box = QRectF(wide, 4, r.width() - wide - 6, r.height() - 24)
        p.setPen(QPen(t.hairline, 1))
        p.drawRect(box)

        def x(ns: int) -> float:
            share = (ns - from_ns) / max(1, to_ns - from_ns)
            return float(box.left() + box.width() * share)

        def y(value: float) -> float:
            share = (value - low) / (high - low)
            return float(box.bottom() - box.height() * share)

        face = here.font(Size.SMALL, words=False)
        for value in sorted({min(scale), max(scale)}):
            words(p, QRectF(0, y(value) - 9, wide - 6, 18), self._figure(value), face, t.second, RIGHT)
        if self._limit is not None:
            p.setPen(QPen(t.text, 1.2, Qt.PenStyle.DashLine))
            p.drawLine(QPointF(box.left(), y(self._limit)), QPointF(box.right(), y(self._limit)))
        p.setPen(QPen(t.text, 1.2, Qt.PenStyle.DotLine))
        p.drawLine(QPointF(x(self._at_ns), box.top()), QPointF(x(self._at_ns), box.bottom()))
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(t.pens[0], 1.6))
        for first, last in runs_of(series.value):
            points = [QPointF(x(series.time_ns[i]), y(series.value[i] or 0.0)) for i in range(first, last)]
            p.drawPolyline(QPolygonF(points if self._tag is None else stepped(points)))
        foot = QRectF(box.left(), box.bottom() + 2, box.width(), 18)
        words(p, foot, time_text(series.from_ns, here.zone), face, t.second, LEFT)
        words(p, foot, time_text(series.to_ns, here.zone), face, t.second, RIGHT)
        middle = time_text(self._at_ns, here.zone)
        half = label.horizontalAdvance(middle) / 2 + 4
        if box.left() + 3 * half < x(self._at_ns) < box.right() - 3 * half:
            words(p, QRectF(x(self._at_ns) - half, foot.top(), 2 * half, 18), middle,
                  here.font(Size.SMALL, True, words=False), t.text, Qt.AlignmentFlag.AlignCenter)  # fmt: skip

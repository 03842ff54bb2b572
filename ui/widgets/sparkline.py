"""A sparkline: the last half hour or hour in a thumb's width, with its desired band and last value as a dot."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from hmi.model.plant import Span, Tag
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from hmi.model.text import Text
from ui.theme.palette import Theme
from ui.widgets.drawn import Drawn

POINTS = 480
REPAINT_EVERY_NS = 1_000_000_000

Floats = npt.NDArray[np.float64]


def columns_of(time_s: Floats, value: Floats, start: float, end: float, columns: int) -> tuple[Floats, Floats, Floats]:
    """Smallest and largest value within each of ``columns`` equal stretches of [start, end]; NaN where there is none.

    Returns the middles of the stretches, minima and maxima, each of shape (columns,).
    """
    low, high = np.full(columns, np.nan), np.full(columns, np.nan)
    width = (end - start) / columns
    middle = np.linspace(start + width / 2, end - width / 2, columns)
    inside = (time_s >= start) & (time_s <= end) & np.isfinite(value)
    if inside.any():
        place = np.minimum(((time_s[inside] - start) / width).astype(int), columns - 1)
        kept = value[inside]
        np.fmin.at(low, place, kept)
        np.fmax.at(high, place, kept)
    return middle, low, high


class Sparkline(Drawn):
    """Minima and maxima of each pixel column are kept, so that no spike is lost; gaps are gaps."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        name: Text | None = None,
        minutes: float = 30,
        desired: Span | None = None,
        low: float | None = None,
        high: float | None = None,
        ground: str = "panel",
    ) -> None:
        """low and high fix the scale; without them it fits data and band."""
        super().__init__(parent, name=name, ground=ground)
        self.minutes, self.desired, self.low, self.high = minutes, desired, low, high
        self._time: Floats = np.empty(0)
        self._value: Floats = np.empty(0)
        self._painted_ns = 0
        self.old = False
        """What is drawn is the past: no dot, for there is no value of now."""
        self._line: list[list[QPointF]] | None = None

    @classmethod
    def of_tag(cls, tag: Tag, parent: QWidget | None = None, minutes: float = 30, ground: str = "panel") -> Sparkline:
        """The sparkline of a tag with its name, desired band and, where known, range."""
        return cls(parent, name=tag.name, minutes=minutes, desired=tag.desired, ground=ground)

    def set_points(self, time_ns: Sequence[int] | npt.NDArray[np.int64], value: Sequence[float | None]) -> None:
        """Show these points (time order; None or NaN is a gap)."""
        self._time = np.asarray(time_ns, np.int64) / 1e9
        self._value = np.array([math.nan if v is None else v for v in value], float)
        self._line = None
        self.update()

    @property
    def first_s(self) -> float | None:
        """Time of the oldest point; None without any."""
        return float(self._time[0]) if len(self._time) else None

    def set_minutes(self, minutes: float) -> None:
        """Show another stretch of time up to the last point."""
        if minutes != self.minutes:
            self.minutes = minutes
            self._line = None
            self.update()

    def set_even(self, values: Sequence[float | None], end_ns: int, every_s: float = 60.0) -> None:
        """Show evenly spaced values, the last of them at end_ns."""
        n = len(values)
        self.set_points((end_ns - np.arange(n - 1, -1, -1) * every_s * 1e9).astype(np.int64), values)

    def take(self, tag: str, reading: Reading, now_ns: int) -> None:
        """Append a reading of the tag; repaints at most once a second."""
        good = reading.quality in (Quality.GOOD, Quality.UNCERTAIN)
        value = float(reading.value) if good and isinstance(reading.value, int | float) else math.nan
        moment = (reading.source_ns if good else now_ns) / 1e9
        if len(self._time) and moment <= self._time[-1]:
            return
        self._time = np.append(self._time[-8 * POINTS :], moment)
        self._value = np.append(self._value[-8 * POINTS :], value)
        if now_ns - self._painted_ns >= REPAINT_EVERY_NS:
            self._painted_ns = now_ns
            self._line = None
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, 36)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 24)

    def resizeEvent(self, event: object) -> None:
        self._line = None

    def draw(self, p: QPainter, t: Theme) -> None:
        box = QRectF(self.rect()).adjusted(3, 4, -6, -4)
        if self._line is None:
            self._lay_out(box)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self.desired is not None and self._low < self._high:
            top, foot = self._y(box, self.desired.high), self._y(box, self.desired.low)
            p.fillRect(QRectF(box.left(), top, box.width(), max(1.0, foot - top)), t.band)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(t.second if self.old else t.value, 1.25))
        for piece in self._line or []:
            if len(piece) == 1:
                p.drawPoint(piece[0])
            else:
                p.drawPolyline(QPolygonF(piece))
        if self._last is not None and not self.old:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(t.value)
            p.drawEllipse(self._last, 3, 3)

    def _y(self, box: QRectF, value: float) -> float:
        share = (value - self._low) / (self._high - self._low)
        return box.bottom() - min(1.0, max(0.0, share)) * box.height()

    def _lay_out(self, box: QRectF) -> None:
        self._line, self._last = [], None
        self._low, self._high = 0.0, 0.0
        if len(self._time) == 0:
            return
        end = float(self._time[-1])
        start = end - self.minutes * 60
        columns = max(8, min(POINTS, int(box.width())))
        if len(self._time) <= columns:
            kept = self._time >= start
            at, low, high = self._time[kept], self._value[kept], self._value[kept]
        else:
            at, low, high = columns_of(self._time, self._value, start, end, columns)
        known = np.isfinite(low)
        if not known.any():
            return
        edges = [float(np.nanmin(low)), float(np.nanmax(high))]
        if self.desired is not None:
            edges += [self.desired.low, self.desired.high]
        self._low = self.low if self.low is not None else min(edges)
        self._high = self.high if self.high is not None else max(edges)
        if self.low is None and self.high is None:
            room = (self._high - self._low) * 0.12
            self._low, self._high = self._low - room, self._high + room
        if self._high <= self._low:
            room = max(abs(self._low) * 0.01, 0.5)
            self._low, self._high = self._low - room, self._high + room
        spacing = float(np.median(np.diff(at[known]))) if known.sum() > 2 else math.inf
        piece: list[QPointF] = []
        before = math.nan
        for x_s, lo, hi in zip(at.tolist(), low.tolist(), high.tolist(), strict=True):
            if not math.isfinite(lo):
                if self._value_gap(before, x_s):
                    piece = self._close(piece)
                continue
            if piece and x_s - before > 6 * spacing:
                piece = self._close(piece)
            x = box.left() + (x_s - start) / (end - start) * box.width()
            piece.append(QPointF(x, self._y(box, lo)))
            if hi != lo:
                piece.append(QPointF(x, self._y(box, hi)))
            before = x_s
        self._close(piece)
        if math.isfinite(float(self._value[-1])):
            self._last = QPointF(box.right(), self._y(box, float(self._value[-1])))

    def _value_gap(self, before: float, at: float) -> bool:
        """Whether a column without a number is a told gap rather than merely an empty pixel."""
        between = (self._time > before) & (self._time <= at)
        return not between.any() or bool(np.isnan(self._value[between]).any())

    def _close(self, piece: list[QPointF]) -> list[QPointF]:
        if piece and self._line is not None:
            self._line.append(piece)
        return []

"""What a trend draws with: pooled curves, limits, band, cursor and axes, dressed in the theme; no time, no hands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.plant import Limits, Tag
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.trendaxis import TimeAxis, ValueAxis, plain
from ui.widgets.trendlanes import Lane, borders, lanes
from ui.widgets.trendpen import PenData, YScale, scales

PENS = 8
DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
AXIS_PX = 64
UNIT_AXIS_PX = 92
BAND_ALPHA = 110


def pen_style(index: int, t: Theme) -> QPen:
    """Colour and dashes of the n-th pen: told apart without colour."""
    pen = QPen(t.pens[index % len(t.pens)], 1)
    pen.setCosmetic(True)
    pen.setStyle(DASHES[index % len(DASHES)])
    return pen


class TrendCanvas(pg.PlotWidget):
    """Made once, used again for every set of pens. Its height runs from 0 to 1, its width in seconds since 1970."""

    def __init__(self, parent: QWidget, *, ground: str, units: bool) -> None:
        """units: an axis for each unit (two at most, more as lanes above each other); else that of the chosen pen."""
        self._values, self._times = ValueAxis(units=units), TimeAxis()
        self._right = ValueAxis("right", units=units)
        super().__init__(parent, axisItems={"left": self._values, "bottom": self._times, "right": self._right})
        self.ground, self.units = ground, units
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setContentsMargins(0, 6, 6, 0)
        item.vb.setMouseEnabled(False, False)
        item.vb.disableAutoRange()
        item.vb.setYRange(0, 1, padding=0)
        item.showAxis("right", False)
        self._values.setWidth(UNIT_AXIS_PX if units else AXIS_PX)
        self._right.setWidth(UNIT_AXIS_PX)
        self._times.setHeight(26)
        for axis in (self._values, self._times, self._right):
            plain(axis)
        self._band = pg.LinearRegionItem(orientation="horizontal", movable=False)
        self._band.setZValue(-20)
        item.addItem(self._band)
        self._limits = [pg.InfiniteLine(angle=0) for _ in range(4)]
        self._borders = [pg.InfiniteLine(angle=0) for _ in range(PENS - 1)]
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.setZValue(20)
        self._cursor.setVisible(False)
        self._marks = pg.PlotDataItem(connect="pairs")
        for extra in (*self._borders, *self._limits, self._marks, self._cursor):
            item.addItem(extra)
        for line in self._borders:
            line.setVisible(False)
        self._curves = [pg.PlotDataItem(connect="finite") for _ in range(PENS)]
        for curve in self._curves:
            item.addItem(curve)

    def use(self, count: int) -> None:
        """Let so many curves be seen."""
        for index, curve in enumerate(self._curves):
            curve.setVisible(index < count)
            if index >= count:
                curve.setData([], [])

    def show_marks(self, seconds: Sequence[float]) -> None:
        """Draw a line across at each of these times."""
        self._marks.setData(np.repeat(np.asarray(seconds, float), 2), np.tile([0.0, 1.0], len(seconds)))

    def show_cursor(self, seconds: float | None) -> None:
        """Put the cursor at a time, or take it away."""
        self._cursor.setVisible(seconds is not None)
        if seconds is not None:
            self._cursor.setValue(seconds)

    def place(self, start: float, end: float) -> None:
        """Show this stretch of time."""
        self.getPlotItem().vb.setXRange(start, end, padding=0)

    def redraw(self, pens: Sequence[PenData], chosen: int, start: float, end: float, live: float | None) -> None:
        """Draw the pens over a stretch of time; with live their last believed values are drawn on to it."""
        found = scales(pens, start, end)
        names = [_names(pen.tag) for pen in pens]
        if self.units:
            shown = lanes(pens, found, names)
        else:
            shown = [Lane(s, unit=p.tag.unit, words=w) for p, s, w in zip(pens, found, names, strict=True)]
        for pen, lane, curve in zip(pens, shown, self._curves, strict=False):
            at, value = pen.points(live)
            low = max(0, int(np.searchsorted(at, start)) - 1)
            high = int(np.searchsorted(at, end)) + 1
            curve.setData(at[low:high], lane.share(value[low:high]))
            pen.dirty = False
        self._show_axes(shown if self.units else shown[chosen : chosen + 1])
        if chosen < len(shown):
            self._show_limits(pens[chosen].tag, shown[chosen])
        else:
            self._show_limits(None, Lane(YScale(0, 1)))

    def area(self) -> QRectF:
        """Where the curves are, in px of the parent."""
        rect = self.getPlotItem().vb.sceneBoundingRect()
        return rect.translated(QPointF(self.pos()))

    def dress(self) -> None:
        """Take the colours and type of the current look."""
        here = look()
        t = here.theme
        self.setBackground(t.colour(self.ground))
        face = QFont(here.font(Size.SMALL, words=False))
        for axis in (self._values, self._times, self._right):
            axis.setPen(QPen(t.faint, 1))
            axis.setTextPen(QPen(t.second))
            axis.setTickFont(face)
            axis.setTickPen(QPen(t.hairline, 1))
        self.showGrid(x=False, y=False)
        band = QColor(t.band)
        band.setAlpha(BAND_ALPHA)  # over a whole plot the full tone would outshine the curves
        self._band.setBrush(band)
        self._band.setHoverBrush(band)
        for edge in self._band.lines:
            edge.setPen(QPen(Qt.PenStyle.NoPen))
        for index, line in enumerate(self._limits):
            pen = QPen(t.second, 1, Qt.PenStyle.SolidLine if index in (0, 3) else Qt.PenStyle.DashLine)
            pen.setCosmetic(True)
            line.setPen(pen)
        for line, colour, style in (
            (self._cursor, t.focus, Qt.PenStyle.SolidLine),
            (self._marks, t.second, Qt.PenStyle.DotLine),
            *((border, t.hairline, Qt.PenStyle.SolidLine) for border in self._borders),
        ):
            pen = QPen(colour, 1, style)
            pen.setCosmetic(True)
            line.setPen(pen)
        for index, curve in enumerate(self._curves):
            curve.setPen(pen_style(index, t))

    def _show_axes(self, shown: Sequence[Lane]) -> None:
        distinct: dict[tuple[float, bool, str, YScale], Lane] = {}
        for lane in shown:
            distinct.setdefault((lane.foot, lane.right, lane.unit, lane.scale), lane)
        right = [lane for lane in distinct.values() if lane.right]
        self._values.set_lanes([lane for lane in distinct.values() if not lane.right])
        self._right.set_lanes(right)
        if self._right.isVisible() is not bool(right):
            self.getPlotItem().showAxis("right", bool(right))
        between = borders(shown)
        for line, at in zip(self._borders, [*between, *[None] * len(self._borders)], strict=False):
            line.setVisible(at is not None)
            if at is not None:
                line.setValue(at)

    def _show_limits(self, tag: Tag | None, lane: Lane) -> None:
        lim = Limits() if tag is None else tag.limits
        for line, value in zip(self._limits, (lim.low_low, lim.low, lim.high, lim.high_high), strict=True):
            line.setVisible(value is not None)
            if value is not None:
                line.setValue(float(lane.share(value)))
        desired = None if tag is None else tag.desired
        self._band.setVisible(desired is not None)
        if desired is not None:
            self._band.setRegion((float(lane.share(desired.low)), float(lane.share(desired.high))))


def _names(tag: Tag) -> Mapping[int, str]:
    here = look()
    return {int(k): here.text(v) for k, v in tag.words.items() if k.lstrip("-").isdigit()}

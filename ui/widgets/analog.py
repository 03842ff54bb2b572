"""The moving analog indicator: where a value stands between its limits, seen without reading the number."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.plant import Limits, Span, Tag
from hmi.model.quality import Quality
from hmi.model.text import Text
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import triangle, words
from ui.widgets.figures import Shown, number
from ui.widgets.label import draw_figure, draw_line_figure
from ui.widgets.live import Live
from ui.widgets.marks import draw_alarm_mark

POINTER = 13.0
BAR = 16.0


@dataclass(frozen=True, slots=True)
class Scale:
    """The bar's ends, its desired band and its limits, in the value's unit."""

    low: float
    high: float
    desired: Span | None = None
    limits: Limits = field(default_factory=Limits)

    def at(self, value: float) -> float:
        """Place of a value on the bar, 0 at the low end to 1 at the high end, never beyond."""
        if self.high <= self.low:
            return 0.5
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def beyond(self, value: float) -> bool:
        """Whether the value is outside the alarm limits."""
        return self.passed(value) is not None

    def passed(self, value: float) -> float | None:
        """The first limit that a value has passed; None while it is within."""
        lim = self.limits
        lows = [x for x in (lim.low, lim.low_low) if x is not None]
        highs = [x for x in (lim.high, lim.high_high) if x is not None]
        if lows and value < max(lows):
            return max(lows)
        return min(highs) if highs and value > min(highs) else None


def draw_beyond(p: QPainter, t: Theme, bar: QRectF, scale: Scale, seen: Shown) -> None:
    """On a lying bar: darken the piece from the limit that a value has passed up to the value, while it is believed."""
    value = seen.number
    edge = None if value is None else scale.passed(value)
    if value is not None and edge is not None and seen.quality is not Quality.STALE:
        a, b = sorted((scale.at(edge), scale.at(value)))
        p.fillRect(QRectF(bar.left() + a * bar.width(), bar.top(), (b - a) * bar.width(), bar.height()), t.done)


def scale_of(tag: Tag) -> Scale | None:
    """The scale on which a tag is watched; None where nothing is known.

    Where limits and desired band fill less than a third of the range, the bar shows their neighbourhood: on a bar from
    0 to 300 °C nobody sees an oven leave 212 to 220.
    """
    lim = tag.limits
    marks = [x for x in (lim.low_low, lim.low, lim.high, lim.high_high) if x is not None]
    if tag.desired is not None:
        marks += [tag.desired.low, tag.desired.high]
    span = max(marks) - min(marks) if marks else 0.0
    whole = tag.range if tag.range is not None and tag.range.high > tag.range.low else None
    if whole is not None and (span <= 0 or span > (whole.high - whole.low) / 3):
        return Scale(whole.low, whole.high, tag.desired, lim)
    if span <= 0:
        return None
    low, high = min(marks) - span / 2, max(marks) + span / 2
    if whole is not None:
        low, high = max(low, whole.low), min(high, whole.high)
    return Scale(low, high, tag.desired, lim)


class MovingAnalog(Live):
    """Vertical bar with band, limits, pointer and set-point; the figure beside it. Of a tag, or of any figure."""

    def __init__(
        self,
        tag: Tag | None = None,
        parent: QWidget | None = None,
        *,
        scale: Scale | None = None,
        name: Text | None = None,
        unit: str = "",
        digits: int | None = None,
        title: bool = False,
        ground: str = "panel",
    ) -> None:
        """Without a tag give name, unit and scale, and call show_figure. title: write the name above."""
        super().__init__(tag, parent, ground=ground)
        self.scale = scale if scale is not None or tag is None else scale_of(tag)
        self.unit, self.digits, self.title = unit, digits, title
        self.setpoint: float | None = None
        self.priority: int | None = None
        if name is not None:
            self.set_name(name)

    def set_tag(self, tag: Tag) -> None:
        self.scale = scale_of(tag)
        super().set_tag(tag)

    def set_scale(self, scale: Scale | None) -> None:
        """Give another scale."""
        if scale != self.scale:
            self.scale = scale
            self.update()

    def set_setpoint(self, value: float | None) -> None:
        """Place of the hollow pointer: what was asked for."""
        if value != self.setpoint:
            self.setpoint = value
            self.update()

    def set_priority(self, priority: int | None) -> None:
        """The alarm of this value, shown as a mark beside the pointer; None for no alarm."""
        if priority != self.priority:
            self.priority = priority
            self.update()

    def show_figure(self, value: float | None, quality: Quality = Quality.GOOD, age: str = "", why: str = "") -> None:
        """Show a figure that is no tag, such as a rate; None is unknown and shown so."""
        known = value is not None and math.isfinite(value)
        figure = number(value, self.digits)
        bad = quality is Quality.BAD and known
        seen = Shown(
            f"[ {figure} ]" if bad else figure,
            self.unit if known else "",
            quality,
            value if known and not bad else None,
            age,
            why,
            bad,
        )
        if seen != self.seen:
            self.seen = seen
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(168, 118 if self.title else 100)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 76 if self.title else 56)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, rect = look(), QRectF(self.rect()).adjusted(2, 2, -2, -2)
        if self.title and self._name is not None:
            line = here.metrics(Size.SMALL).height()
            words(
                p,
                QRectF(rect.left(), rect.top(), rect.width(), line),
                here.text(self._name),
                here.font(Size.SMALL),
                t.second,
            )
            rect.setTop(rect.top() + line + 6)
        bar = QRectF(rect.left() + POINTER + 2, rect.top() + 4, BAR, rect.height() - 8)
        left = bar.right() + (POINTER + 8 if self.priority is None else 28)
        if self.scale is not None:
            self._draw_bar(p, t, bar, self.scale)
        else:
            left = rect.left()
        draw_figure(p, t, QRectF(left, rect.top(), rect.right() - left, rect.height()), self.seen)

    def _draw_bar(self, p: QPainter, t: Theme, bar: QRectF, scale: Scale) -> None:
        def y(value: float) -> float:
            return bar.bottom() - scale.at(value) * bar.height()

        draw_track(p, t, bar, scale, self.seen.quality, upright=True)
        value = self.seen.number
        edge = None if value is None else scale.passed(value)
        if value is not None and edge is not None and self.seen.quality is not Quality.STALE:
            p.fillRect(QRectF(bar.left(), min(y(value), y(edge)), BAR, abs(y(value) - y(edge))), t.done)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.setpoint is not None:
            p.setPen(QPen(t.text, 1.5))
            p.setBrush(Qt.BrushStyle.NoBrush)
            triangle(p, QPointF(bar.right() + 3, y(self.setpoint)), POINTER - 2, "left")
        if value is None:
            return
        stale = self.seen.quality is Quality.STALE
        p.setPen(QPen(t.second, 1.5) if stale else Qt.PenStyle.NoPen)
        p.setBrush(Qt.BrushStyle.NoBrush if stale else t.value)
        off = "up" if value > scale.high else "down" if value < scale.low else "right"
        tip = {"right": QPointF(bar.left() - 2, y(value)), "up": QPointF(bar.left() - 8, bar.top()),
               "down": QPointF(bar.left() - 8, bar.bottom())}[off]  # fmt: skip
        triangle(p, tip, POINTER, off)
        if self.priority is not None:
            side = 22.0
            draw_alarm_mark(p, t, QRectF(bar.right() + 2, y(value) - side / 2, side, side), self.priority)


class CompactAnalog(Live):
    """The same in one row: name, horizontal bar, figure with unit."""

    def __init__(
        self, tag: Tag | None = None, parent: QWidget | None = None, *, label_px: int = 140, ground: str = "panel"
    ) -> None:
        super().__init__(tag, parent, ground=ground)
        self.scale = None if tag is None else scale_of(tag)
        self.label_px = label_px
        self.figure_px = 112
        self.setpoint: float | None = None

    def set_tag(self, tag: Tag) -> None:
        self.scale = scale_of(tag)
        super().set_tag(tag)

    def set_setpoint(self, value: float | None) -> None:
        """Place of the hollow pointer."""
        if value != self.setpoint:
            self.setpoint = value
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.label_px + 120 + self.figure_px, 32)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.label_px + 40 + self.figure_px, 32)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect())
        name = "" if self._name is None else here.text(self._name)
        words(p, QRectF(4, 0, self.label_px - 8, r.height()), name, here.font(Size.BODY), t.text)
        bar = QRectF(self.label_px, r.center().y() - 2, r.width() - self.label_px - self.figure_px - 16, 10)
        if self.scale is not None and bar.width() > 24:
            self._draw_bar(p, t, bar, self.scale)
        draw_line_figure(p, t, QRectF(r.right() - self.figure_px, 0, self.figure_px - 4, r.height()), self.seen)

    def _draw_bar(self, p: QPainter, t: Theme, bar: QRectF, scale: Scale) -> None:
        draw_track(p, t, bar, scale, self.seen.quality, upright=False)
        draw_beyond(p, t, bar, scale, self.seen)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.setpoint is not None:
            p.setPen(QPen(t.text, 1.5))
            p.setBrush(Qt.BrushStyle.NoBrush)
            triangle(p, QPointF(bar.left() + scale.at(self.setpoint) * bar.width(), bar.bottom() + 1), 8, "up")
        value = self.seen.number
        if value is not None:
            stale = self.seen.quality is Quality.STALE
            p.setPen(QPen(t.second, 1.5) if stale else Qt.PenStyle.NoPen)
            p.setBrush(Qt.BrushStyle.NoBrush if stale else t.value)
            triangle(p, QPointF(bar.left() + scale.at(value) * bar.width(), bar.top()), 11, "down")


def draw_track(p: QPainter, t: Theme, bar: QRectF, scale: Scale, quality: Quality, *, upright: bool) -> None:
    """Draw bar, desired band and limit ticks; hatched where the value cannot be believed."""

    def part(low: float, high: float) -> QRectF:
        a, b = scale.at(low), scale.at(high)
        if upright:
            return QRectF(bar.left(), bar.bottom() - b * bar.height(), bar.width(), (b - a) * bar.height())
        return QRectF(bar.left() + a * bar.width(), bar.top(), (b - a) * bar.width(), bar.height())

    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.fillRect(bar, t.bar)
    if scale.desired is not None:
        p.fillRect(_seen(part(scale.desired.low, scale.desired.high), bar, upright=upright), t.band)
    lim = scale.limits
    for value, width in ((lim.low_low, 3.0), (lim.low, 1.5), (lim.high, 1.5), (lim.high_high, 3.0)):
        if value is not None and scale.low <= value <= scale.high:
            spot = part(value, value)
            p.setPen(QPen(t.text, width))
            if upright:
                p.drawLine(QPointF(bar.left(), spot.top()), QPointF(bar.right(), spot.top()))
            else:
                p.drawLine(QPointF(spot.left(), bar.top()), QPointF(spot.left(), bar.bottom()))
    if quality in (Quality.STALE, Quality.BAD):
        p.fillRect(bar, QBrush(t.panel, Qt.BrushStyle.BDiagPattern))
        p.setPen(QPen(t.outline, 1))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(bar.adjusted(0, 0, -1, -1))


def _seen(band: QRectF, bar: QRectF, *, upright: bool) -> QRectF:
    """A band of a single value, such as none at all, is still wide enough to be seen."""
    least = 4.0
    if upright and band.height() < least:
        return QRectF(band.left(), min(max(band.top(), bar.top()), bar.bottom() - least), band.width(), least)
    if not upright and band.width() < least:
        return QRectF(min(max(band.left(), bar.left()), bar.right() - least), band.top(), least, band.height())
    return band

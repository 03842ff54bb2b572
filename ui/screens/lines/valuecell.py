"""A value under its machine: name, figure and unit, and a lying bar with band, limits and pointer, 76 px or wider."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.plant import Tag
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from ui.screens.lines.presenter import ValueShown
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.analog import Scale, draw_beyond, draw_track, scale_of
from ui.widgets.drawn import RIGHT, triangle, words
from ui.widgets.figures import NONE
from ui.widgets.live import Live, Source

HEIGHT = 64


class ValueCell(Live):
    """Pooled: ``show_value`` makes it the cell of another tag."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self._shown: ValueShown | None = None
        self._scale: Scale | None = None
        self._setpoint: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_value(self, shown: ValueShown, source: Source) -> None:
        """Be the cell of this value."""
        if shown == self._shown and source is self._source:
            return
        self._shown, self._scale, self._setpoint = shown, scale_of(shown.tag), None
        self.bind(source, shown.tag)
        if shown.setpoint is not None:
            source.subscribe(shown.setpoint.id, self)
            if self.isVisible():
                source.refresh(self)

    def set_tag(self, tag: Tag) -> None:
        self._scale = scale_of(tag)
        super().set_tag(tag)

    def take(self, tag: str, reading: Reading, now_ns: int) -> None:
        if self.tag is not None and tag == self.tag.id:
            super().take(tag, reading, now_ns)
            return
        believed = reading.quality in (Quality.GOOD, Quality.UNCERTAIN)
        number = isinstance(reading.value, int | float) and not isinstance(reading.value, bool)
        asked = float(reading.value) if believed and number else None  # type: ignore[arg-type]
        if asked != self._setpoint:
            self._setpoint = asked
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(70, HEIGHT)

    def draw(self, p: QPainter, t: Theme) -> None:
        if self.tag is None:
            return
        here, r, seen = look(), QRectF(self.rect()).adjusted(2, 2, -2, -2), self.seen
        small = here.font(Size.SMALL)
        line = here.metrics(Size.SMALL).height()
        words(p, QRectF(r.left(), r.top(), r.width(), line), here.text(self.tag.name), small, t.second)
        doubtful = seen.quality in (Quality.STALE, Quality.BAD)
        colour = t.second if doubtful or seen.figure == NONE else t.value
        face, measures = here.font(Size.BODY, True, words=False), here.metrics(Size.BODY, True, words=False)
        text = f"{seen.mark} {seen.figure}" if seen.mark else seen.figure
        width = min(r.width(), measures.horizontalAdvance(text) + 2)
        box = QRectF(r.left(), r.top() + line + 1, width, 20)
        words(p, box, text, face, colour)
        if seen.struck:
            p.setPen(QPen(colour, 1.5))
            p.drawLine(QPointF(box.left(), box.center().y() + 1), QPointF(box.right(), box.center().y() + 1))
        rest = QRectF(box.right() + 4, box.top(), r.right() - box.right() - 4, 20)
        tail = here.metrics(Size.SMALL).horizontalAdvance(seen.unit)
        words(p, rest, seen.unit, small, t.second)
        if doubtful and seen.age:
            words(p, rest.adjusted(tail + 4, 0, 0, 0), seen.age, small, t.second, RIGHT)
        bar = QRectF(r.left() + 5, r.bottom() - 13, r.width() - 10, 8)
        if self._scale is not None:
            self._draw_bar(p, t, bar, self._scale)

    def _draw_bar(self, p: QPainter, t: Theme, bar: QRectF, scale: Scale) -> None:
        draw_track(p, t, bar, scale, self.seen.quality, upright=False)
        draw_beyond(p, t, bar, scale, self.seen)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._setpoint is not None:
            p.setPen(QPen(t.text, 1.25))
            p.setBrush(Qt.BrushStyle.NoBrush)
            triangle(p, QPointF(bar.left() + scale.at(self._setpoint) * bar.width(), bar.bottom() - 1), 7, "up")
        value = self.seen.number
        if value is None:
            return
        stale = self.seen.quality is Quality.STALE
        p.setPen(QPen(t.second, 1.5) if stale else Qt.PenStyle.NoPen)
        p.setBrush(Qt.BrushStyle.NoBrush if stale else t.value)
        triangle(p, QPointF(bar.left() + scale.at(value) * bar.width(), bar.top() + 1), 10, "down")

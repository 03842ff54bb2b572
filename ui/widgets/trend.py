"""The trend: live and historic in one plot of up to eight pens, made once and used again for every set of tags."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from hmi.desk.rows import Series
from hmi.model.plant import Tag
from hmi.model.reading import Reading
from hmi.model.text import Text
from ui.theme.look import look
from ui.widgets.drawn import ring
from ui.widgets.figures import time_text
from ui.widgets.live import Source
from ui.widgets.trendcanvas import PENS, TrendCanvas, pen_style
from ui.widgets.trendpen import PenData

__all__ = ["PENS", "EventMark", "TrendPlot", "pen_style"]
SHORTEST_S, LONGEST_S = 5.0, 400 * 86_400.0


@dataclass(frozen=True, slots=True)
class EventMark:
    """Something that happened, as a line across the trend."""

    at_ns: int
    text: Text


class TrendPlot(QWidget):
    """Follows the live edge, or stands still over a stretch of the past.

    Keyboard: Left and Right move the cursor, Shift with them the window; + and - zoom; End goes to the live edge.
    Mouse: drag moves the window, the wheel zooms, a press sets the cursor.
    """

    window_changed = Signal(object, object)
    """from_ns, to_ns: a person moved or zoomed, or the live window has moved a quarter: ask for history."""
    cursor_moved = Signal(object)
    """Time of the cursor in ns, None when it is gone."""
    follow_changed = Signal(bool)

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        name: Text,
        minutes: float = 60,
        ground: str = "panel",
        units: bool = False,
    ) -> None:
        """units: an axis for each unit, two at most, more as lanes above each other; else that of the chosen pen."""
        super().__init__(parent)
        self._name, self.ground = name, ground
        self.setAccessibleName(look().text(name))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._source: Source | None = None
        self.pens: list[PenData] = []
        self.chosen = 0
        self._length_s = minutes * 60
        self._end_s = time.time()
        self.following = True
        self._cursor_s: float | None = None
        self._events: list[EventMark] = []
        self._told_s: tuple[float, float] | None = None
        self._drag: tuple[float, float] | None = None
        self._plot = TrendCanvas(self, ground=ground, units=units)
        self._plot.setAccessibleName(look().text(name))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3, 3, 3, 3)
        layout.addWidget(self._plot)
        self._plot.dress()
        self._place()

    def set_pens(self, tags: Sequence[Tag]) -> None:
        """Draw these tags (the first eight); points of tags that were drawn before are kept."""
        known = {pen.tag.id: pen for pen in self.pens}
        self.pens = [known.get(tag.id) or PenData(tag) for tag in tags[:PENS]]
        self.chosen = min(self.chosen, max(0, len(self.pens) - 1))
        self._plot.use(len(self.pens))
        if self._source is not None:
            self.bind(self._source)
        self._told_s = None
        self._redraw()
        self._tell_window()

    def bind(self, source: Source) -> None:
        """Take live readings of the pens from the desk."""
        source.unsubscribe(self)
        self._source = source
        for pen in self.pens:
            source.subscribe(pen.tag.id, self)
        if self.isVisible():
            source.refresh(self)

    def take(self, tag: str, reading: Reading, now_ns: int) -> None:
        """Append a live reading; drawn with the next ``tick``."""
        for pen in self.pens:
            if pen.tag.id == tag:
                pen.take(reading, now_ns)

    def set_series(self, series: Series) -> None:
        """Show a history answer."""
        for pen in self.pens:
            if pen.tag.id == series.tag:
                pen.set_series(series)
        self._redraw()

    def set_events(self, events: Sequence[EventMark]) -> None:
        """Mark these moments."""
        self._events = sorted(events, key=lambda e: e.at_ns)
        self._plot.show_marks([e.at_ns / 1e9 for e in self._events])

    def choose(self, index: int) -> None:
        """Let the value axis, limits and band be those of the n-th pen."""
        if 0 <= index < len(self.pens) and index != self.chosen:
            self.chosen = index
            self._redraw()

    @property
    def window_ns(self) -> tuple[int, int]:
        """The stretch of time in sight."""
        return int((self._end_s - self._length_s) * 1e9), int(self._end_s * 1e9)

    def set_window(self, from_ns: int, to_ns: int) -> None:
        """Stand still over a stretch of the past."""
        self._set_following(False)
        self._length_s = min(LONGEST_S, max(SHORTEST_S, (to_ns - from_ns) / 1e9))
        self._end_s = to_ns / 1e9
        self._moved()

    def follow(self, minutes: float | None = None) -> None:
        """Go to the live edge and stay there, over so many minutes."""
        if minutes is not None:
            self._length_s = min(LONGEST_S, max(SHORTEST_S, minutes * 60))
        self._set_following(True)
        self._end_s = time.time()
        self._moved()

    @property
    def cursor_ns(self) -> int | None:
        """Time of the cursor."""
        return None if self._cursor_s is None else int(self._cursor_s * 1e9)

    def set_cursor(self, ns: int | None) -> None:
        """Put the cursor at a time, or take it away."""
        self._cursor_s = None if ns is None else ns / 1e9
        self._plot.show_cursor(self._cursor_s)
        if ns is not None:
            self.setAccessibleDescription(self.readout())
        self.cursor_moved.emit(ns)

    def value_at_cursor(self, index: int) -> float | None:
        """The n-th pen's value at the cursor, or now without one."""
        moment = self._cursor_s if self._cursor_s is not None else self._end_s
        return self.pens[index].at(moment, self.following and self._cursor_s is None)

    def readout(self) -> str:
        """Time at the cursor and what happened near it."""
        if self._cursor_s is None:
            return ""
        here, reach = look(), self._length_s / 100
        lines = [time_text(int(self._cursor_s * 1e9), here.zone)]
        lines += [here.text(e.text) for e in self._events if abs(e.at_ns / 1e9 - self._cursor_s) <= reach]
        return "\n".join(lines)

    def tick(self) -> None:
        """Move with time and draw what is new; call four times a second (``desk.quarter``)."""
        if not self.isVisible():
            return
        fresh = any(pen.dirty for pen in self.pens)
        if self.following:
            now = time.time()
            pixel = self._length_s / max(1, self._plot.width())
            if not fresh and now - self._end_s < pixel:
                return
            self._end_s = now
            self._place()
            if self._told_s is not None and now - self._told_s[1] > self._length_s / 4:
                self._tell_window()
        if fresh or self.following:
            self._redraw()

    def _set_following(self, on: bool) -> None:
        if on is not self.following:
            self.following = on
            self.follow_changed.emit(on)

    def _moved(self) -> None:
        self._place()
        self._redraw()
        self._tell_window()

    def _place(self) -> None:
        self._plot.place(self._end_s - self._length_s, self._end_s)

    def _tell_window(self) -> None:
        self._told_s = (self._end_s - self._length_s, self._end_s)
        self.window_changed.emit(*self.window_ns)

    def _redraw(self) -> None:
        live = self._end_s if self.following else None
        self._plot.redraw(self.pens, self.chosen, self._end_s - self._length_s, self._end_s, live)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LanguageChange) and hasattr(self, "_plot"):
            self.setAccessibleName(look().text(self._name))
            self._plot.setAccessibleName(look().text(self._name))
            self._plot.dress()
            self._redraw()
        super().changeEvent(event)

    def showEvent(self, event: Any) -> None:
        if self._source is not None:
            self._source.refresh(self)
        if self.following:
            self._end_s = time.time()
            self._moved()
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: Any) -> None:
        t, p = look().theme, QPainter(self)
        p.fillRect(self.rect(), t.colour(self.ground))
        if self.hasFocus():
            ring(p, QRectF(self.rect()), t, 3)
        p.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier):
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            sign = -1 if key == Qt.Key.Key_Left else 1
            if shift:
                self._shift(sign * self._length_s / 4)
            else:
                start = self._cursor_s if self._cursor_s is not None else self._end_s
                moment = start + sign * self._length_s / 100
                self.set_cursor(int(min(self._end_s, max(self._end_s - self._length_s, moment)) * 1e9))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(0.5, self._cursor_s)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self._zoom(2.0, self._cursor_s)
        elif key == Qt.Key.Key_End:
            self.follow()
        elif key == Qt.Key.Key_Escape and self._cursor_s is not None:
            self.set_cursor(None)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.pens:
            self.choose((self.chosen + (1 if key == Qt.Key.Key_Down else -1)) % len(self.pens))
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self._zoom(0.8**steps, self._time_at(event.position()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = (event.position().x(), self._end_s)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None or abs(event.position().x() - self._drag[0]) < 4:
            return
        moved = (self._drag[0] - event.position().x()) / max(1.0, self.area.width()) * self._length_s
        self._set_following(False)
        self._end_s = min(time.time(), self._drag[1] + moved)
        self._place()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            return
        still = abs(event.position().x() - self._drag[0]) < 4
        self._drag = None
        if still:
            self.set_cursor(int(self._time_at(event.position()) * 1e9))
            QToolTip.showText(event.globalPosition().toPoint(), self.readout(), self)
        else:
            self._moved()

    @property
    def area(self) -> QRectF:
        """Where the curves are, in px of this widget: what stands below can align with it."""
        return self._plot.area()

    def _time_at(self, place: QPointF) -> float:
        area = self.area
        share = min(1.0, max(0.0, (place.x() - area.left()) / max(1.0, area.width())))
        return self._end_s - self._length_s * (1 - share)

    def _shift(self, seconds: float) -> None:
        self._set_following(False)
        self._end_s = min(time.time(), self._end_s + seconds)
        self._moved()

    def _zoom(self, factor: float, around_s: float | None) -> None:
        length = min(LONGEST_S, max(SHORTEST_S, self._length_s * factor))
        if self.following or around_s is None:
            self._length_s = length
        else:
            share = (self._end_s - around_s) / self._length_s
            self._end_s, self._length_s = min(time.time(), around_s + share * length), length
        self._moved()

"""Two tracks under the trend, on its time axis: where a pen could not be believed, and what happened."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from hmi.model.quality import Quality
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.trends.doubt import Stretch
from ui.screens.trends.presenter import Mark
from ui.theme import icons
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import RIGHT, Drawn, words
from ui.widgets.figures import time_text

TRACK = 22
SAME_NS = 1_000_000
"""The plot keeps its cursor in seconds: this near is the same moment."""
_PATTERN = {
    Quality.UNCERTAIN: Qt.BrushStyle.Dense6Pattern,
    Quality.STALE: Qt.BrushStyle.BDiagPattern,
    Quality.BAD: Qt.BrushStyle.DiagCrossPattern,
}


class TrendStrip(Drawn):
    """Left and Right go from one event to the next; a press on one puts the cursor there."""

    picked = Signal(object)
    """Time of the event that a person chose, in ns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("trends.tracks"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._from_ns = self._to_ns = 0
        self._left = self._right = 0.0
        self._doubts: Sequence[tuple[Stretch, tuple[int, ...]]] = ()
        self._names: Sequence[Text] = ()
        self._marks: Sequence[Mark] = ()
        self._at_ns: int | None = None
        self._remark = say("trends.no_events")

    def show_tracks(
        self,
        window: tuple[int, int],
        area: tuple[float, float],
        doubts: Sequence[tuple[Stretch, tuple[int, ...]]],
        names: Sequence[Text],
        marks: Sequence[Mark],
        cursor_ns: int | None,
        remark: Text,
    ) -> None:
        """area: left and right end of the plot's curves in px of this widget. names: of the pens, by index.

        remark: said where no event is marked.
        """
        if remark != self._remark:
            self._remark = remark
            self.update()
        fresh = (window, area, list(doubts), list(names), list(marks), cursor_ns)
        if fresh == ((self._from_ns, self._to_ns), (self._left, self._right), self._doubts, self._names, self._marks,
                     self._at_ns):  # fmt: skip
            return
        (self._from_ns, self._to_ns), (self._left, self._right) = window, area
        self._doubts, self._names, self._marks, self._at_ns = fresh[2], fresh[3], fresh[4], cursor_ns
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, 2 * TRACK)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 2 * TRACK)

    def _x(self, ns: int) -> float:
        share = (ns - self._from_ns) / max(1, self._to_ns - self._from_ns)
        return self._left + min(1.0, max(0.0, share)) * (self._right - self._left)

    def _is_at(self, mark: Mark) -> bool:
        return self._at_ns is not None and abs(mark.at_ns - self._at_ns) <= SAME_NS

    def _inside(self) -> list[Mark]:
        return [m for m in self._marks if self._from_ns <= m.at_ns <= self._to_ns]

    def draw(self, p: QPainter, t: Theme) -> None:
        here = look()
        small = here.font(Size.SMALL)
        for track, key in enumerate(("quality", "events")):
            box = QRectF(0, track * TRACK, self._left - 8, TRACK)
            words(p, box, here.say(f"trends.track_{key}"), small, t.second, RIGHT)
            p.fillRect(QRectF(self._left, track * TRACK, self._right - self._left, 1), t.hairline)
        self._draw_doubts(p, t)
        self._draw_marks(p, t)

    def _draw_doubts(self, p: QPainter, t: Theme) -> None:
        here = look()
        small, measures = here.font(Size.SMALL), here.metrics(Size.SMALL)
        if not self._doubts:
            box = QRectF(self._left + 6, 0, self._right - self._left - 6, TRACK)
            words(p, box, here.say("trends.all_good" if self._names else "trends.nothing"), small, t.second)
            return
        for stretch, _ in self._doubts:
            left, right = self._x(stretch.from_ns), self._x(stretch.to_ns or self._to_ns)
            box = QRectF(left, 4, max(2.0, right - left), TRACK - 7)
            p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            p.fillRect(box, t.bar)
            p.fillRect(box, QBrush(t.text, _PATTERN.get(stretch.quality, Qt.BrushStyle.DiagCrossPattern)))
            p.setPen(QPen(t.outline, 1))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(box)
            word = here.say(f"quality.{stretch.quality.name}")
            width = measures.horizontalAdvance(word)
            if box.width() > width + 14:
                plate = QRectF(box.left() + 4, box.top(), width + 6, box.height())
                p.fillRect(plate, t.panel)
                p.drawRect(plate)
                words(p, plate.adjusted(3, 0, 0, 0), word, small, t.text)

    def _draw_marks(self, p: QPainter, t: Theme) -> None:
        here = look()
        small, measures = here.font(Size.SMALL), here.metrics(Size.SMALL)
        inside = self._inside()
        if not inside:
            box = QRectF(self._left + 6, TRACK, self._right - self._left - 6, TRACK)
            words(p, box, here.text(self._remark), small, t.second)
            return
        ends = [*(self._x(m.at_ns) for m in inside[1:]), self._right]
        for mark, end in zip(inside, ends, strict=True):
            x = self._x(mark.at_ns)
            p.setPen(QPen(t.focus if self._is_at(mark) else t.text, 2))
            p.drawLine(QPointF(x, TRACK + 2), QPointF(x, 2 * TRACK - 3))
            room = end - x - 6
            if room < 24:
                continue
            left = x + 5
            if mark.link:
                icons.paint(p, "link", QRectF(left, TRACK + 4, 14, 14), t.second)
                left += 18
            text = here.text(mark.text)
            box = QRectF(left, TRACK, end - left - 4, TRACK)
            if box.width() >= min(56.0, measures.horizontalAdvance(text)):
                words(p, box, text, small, t.text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        mark = self._near(event.position().x(), event.position().y())
        if mark is not None:
            self.picked.emit(mark.at_ns)

    def _near(self, x: float, y: float) -> Mark | None:
        inside = self._inside()
        if y < TRACK or not inside:
            return None
        before = [m for m in inside if self._x(m.at_ns) <= x + 6]
        return before[-1] if before else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        inside = self._inside()
        if step is None or event.modifiers() or not inside:
            super().keyPressEvent(event)
            return
        here = self._at_ns if self._at_ns is not None else (self._from_ns if step > 0 else self._to_ns)
        ahead = [m for m in inside if (m.at_ns - here) * step > SAME_NS]
        if ahead:
            mark = ahead[0] if step > 0 else ahead[-1]
            self.setAccessibleDescription(f"{time_text(mark.at_ns, look().zone)} {look().text(mark.text)}")
            self.picked.emit(mark.at_ns)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            where: QPoint = event.pos()
            QToolTip.showText(event.globalPos(), self._told(where), self)
            return True
        return super().event(event)

    def _told(self, where: QPoint) -> str:
        here = look()
        mark = self._near(where.x(), where.y())
        if mark is not None:
            return f"{time_text(mark.at_ns, here.zone)}  {here.text(mark.text)}"
        for stretch, who in self._doubts:
            if where.y() < TRACK and self._x(stretch.from_ns) - 3 <= where.x() <= self._x(stretch.to_ns or 0) + 3:
                span = f"{time_text(stretch.from_ns, here.zone)} – {time_text(stretch.to_ns or 0, here.zone)}"
                names = [here.text(self._names[i]) for i in who if i < len(self._names)]
                return "\n".join([f"{here.say(f'quality.{stretch.quality.name}')}  {span}", *names])
        return ""

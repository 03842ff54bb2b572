"""The timeline of a station's states: grey scale, pattern and words; no colour needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QFocusEvent, QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from hmi.model.machine import StateSpan, TimeClass
from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, LEFT, Drawn, words
from ui.widgets.figures import span_text, time_text

BAR_PX = 34
MOST_SMALL_PX = 20
LEAST_NAME_PX = 11
"""A station's name is never smaller; a bar that is to carry one is as high."""
AXIS_PX = 20
_STEPS_S = (60, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)

PATTERN: dict[TimeClass, Qt.BrushStyle | None] = {
    TimeClass.BLOCKED: Qt.BrushStyle.BDiagPattern,
    TimeClass.STARVED: Qt.BrushStyle.FDiagPattern,
    TimeClass.WAITING: Qt.BrushStyle.Dense6Pattern,
    TimeClass.SETUP: Qt.BrushStyle.HorPattern,
    TimeClass.PLANNED: Qt.BrushStyle.Dense7Pattern,
    TimeClass.UNKNOWN: Qt.BrushStyle.DiagCrossPattern,
}


def fill_class(p: QPainter, t: Theme, rect: QRectF, kind: TimeClass) -> None:
    """Fill a rectangle in the tone and pattern of a time class; used by timeline, legend and waterfall alike."""
    ground = {
        TimeClass.PRODUCTION: t.running,
        TimeClass.DOWN: t.stopped,
        TimeClass.PLANNED: t.panel,
        TimeClass.UNKNOWN: t.panel,
    }.get(kind, t.bar)
    p.fillRect(rect, ground)
    pattern = PATTERN.get(kind)
    if pattern is not None:
        p.fillRect(rect, QBrush(t.text if kind in (TimeClass.BLOCKED, TimeClass.STARVED) else t.second, pattern))


def state_text(span: StateSpan) -> Text:
    """The state of a span in words; a wait says which, a planned stop that it is one."""
    if span.counts_as in (TimeClass.BLOCKED, TimeClass.STARVED):
        return say(f"machine.class.{span.counts_as}")
    if span.counts_as is TimeClass.PLANNED:
        return say("machine.class.PLANNED")
    return say(f"machine.state.{span.state}")


class StateBar(Drawn):
    """Spans of one station on a time axis. Left and Right walk the spans; a press chooses one."""

    chosen = Signal(object)
    """The StateSpan a person chose."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        station: Text,
        axis: bool = False,
        label_px: int = 0,
        height: int = BAR_PX,
        station_name: Callable[[str], Text] | None = None,
        reason_name: Callable[[str], Text] | None = None,
        ground: str = "panel",
    ) -> None:
        """axis: write times below. label_px: room for the station's name at the left. The names resolve ids."""
        super().__init__(parent, name=say("statebar.name", station=station), ground=ground)
        self.station, self.axis, self.label_px, self.bar_px = station, axis, label_px, height
        self._station_name = station_name or Text.same
        self._reason_name = reason_name or Text.same
        self._spans: list[StateSpan] = []
        self._from_ns = self._to_ns = 0
        self._at = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_spans(self, spans: Sequence[StateSpan], from_ns: int, to_ns: int) -> None:
        """Show these spans (time order) over a window of time."""
        picked = self.chosen_span
        self._spans = [s for s in spans if s.start_ns < to_ns and (s.end_ns is None or s.end_ns > from_ns)]
        self._from_ns, self._to_ns = from_ns, to_ns
        self._at = next((i for i, s in enumerate(self._spans) if picked and s.start_ns == picked.start_ns), -1)
        self.update()

    @property
    def chosen_span(self) -> StateSpan | None:
        """The span under the selection, None without one."""
        return self._spans[self._at] if 0 <= self._at < len(self._spans) else None

    def span_at(self, x: float) -> StateSpan | None:
        """The span at a horizontal place in px."""
        for span in self._spans:
            rect = self._rect(span)
            if rect.left() <= x < rect.right():
                return span
        return None

    def describe(self, span: StateSpan) -> str:
        """State, from, to, how long, cause and reason, in the current language."""
        here = look()
        end = span.end_ns
        last = time_text(end, here.zone) if end is not None else here.say("statebar.now")
        length = span_text(((end or max(self._to_ns, span.start_ns)) - span.start_ns) / 1e9)
        lines = [here.say("statebar.span", state=state_text(span), start=time_text(span.start_ns, here.zone), end=last,
                          length=length)]  # fmt: skip
        if span.cause:
            lines.append(here.say("statebar.cause", station=self._station_name(span.cause)))
        if span.reason:
            lines.append(here.text(self._reason_name(span.reason)))
        return "\n".join(lines)

    def sizeHint(self) -> QSize:
        return QSize(480, self.bar_px + (AXIS_PX if self.axis else 0))

    def minimumSizeHint(self) -> QSize:
        return QSize(160 + self.label_px, self.bar_px + (AXIS_PX if self.axis else 0))

    def _bar(self) -> QRectF:
        return QRectF(self.label_px + 0.5, 0.5, self.width() - self.label_px - 1, self.bar_px - 1)

    def _x(self, ns: int) -> float:
        bar = self._bar()
        share = (ns - self._from_ns) / max(1, self._to_ns - self._from_ns)
        return bar.left() + min(1.0, max(0.0, share)) * bar.width()

    def _rect(self, span: StateSpan) -> QRectF:
        left = self._x(span.start_ns)
        right = self._x(span.end_ns if span.end_ns is not None else self._to_ns)
        return QRectF(left, 1, max(1.0, right - left), self.bar_px - 2)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, bar = look(), self._bar()
        if self.label_px:
            box = QRectF(0, 0, self.label_px - 8, self.bar_px)
            font = here.font(Size.BODY if self.bar_px >= MOST_SMALL_PX else Size.SMALL)
            if font.pixelSize() > self.bar_px:  # on a low screen a small name is better than half a name
                font = QFont(font)  # the look's own is shared by all
                font.setPixelSize(max(LEAST_NAME_PX, self.bar_px))
            words(p, box, here.text(self.station), font, t.text)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if not self._spans:
            words(p, bar.adjusted(8, 0, 0, 0), here.say("statebar.none"), here.font(Size.SMALL), t.second)
        small = here.font(Size.SMALL)
        measures = here.metrics(Size.SMALL)
        for span in self._spans:
            rect, kind = self._rect(span), span.counts_as
            fill_class(p, t, rect, kind)
            p.setPen(QPen(t.outline, 1))
            p.drawLine(QPointF(rect.left(), 1), QPointF(rect.left(), self.bar_px - 2))
            word = here.text(state_text(span))
            width = measures.horizontalAdvance(word)
            if rect.width() < width + 12 or self.bar_px < measures.height():
                continue
            box = QRectF(rect.left() + 5, rect.top(), width + 2, rect.height())
            if kind not in (TimeClass.PRODUCTION, TimeClass.DOWN):
                plate = QRectF(box.left() - 3, box.center().y() - measures.height() / 2, width + 7, measures.height())
                p.fillRect(plate, t.panel)
            colour = {TimeClass.PRODUCTION: t.on_running, TimeClass.DOWN: t.on_stopped}.get(kind, t.text)
            words(p, box, word, small, colour)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setPen(QPen(t.outline, 1))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(bar)
        picked = self.chosen_span
        if picked is not None:
            p.setPen(QPen(t.focus, 3))
            p.drawRect(self._rect(picked).adjusted(1, 1, -1, -1))
        if self.axis:
            self._draw_axis(p, t)

    def _draw_axis(self, p: QPainter, t: Theme) -> None:
        here, bar = look(), self._bar()
        for ns in time_ticks(self._from_ns, self._to_ns, int(bar.width() / 90)):
            x = self._x(ns)
            if x > self.width() - 18 or x < bar.left() + 18:
                continue  # its words would be cut
            p.setPen(QPen(t.faint, 1))
            p.drawLine(QPointF(x, self.bar_px), QPointF(x, self.bar_px + 4))
            box = QRectF(min(bar.right() - 48, max(bar.left(), x - 24)), self.bar_px + 3, 48, AXIS_PX - 3)
            words(p, box, time_text(ns, here.zone)[:5], here.font(Size.SMALL, words=False), t.second, CENTRE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        span = self.span_at(event.position().x())
        if span is not None:
            self._choose(self._spans.index(span))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self._spans or event.modifiers():
            super().keyPressEvent(event)
            return
        start = self._at if self._at >= 0 else (len(self._spans) if step < 0 else -1)
        self._choose(min(len(self._spans) - 1, max(0, start + step)))
        QToolTip.showText(self.mapToGlobal(QPoint(0, self.bar_px)), self.accessibleDescription(), self)

    def _choose(self, at: int) -> None:
        self._at = at
        self.setAccessibleDescription(self.describe(self._spans[at]))
        self.update()
        self.chosen.emit(self._spans[at])

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            span = self.span_at(event.pos().x())
            QToolTip.showText(event.globalPos(), "" if span is None else self.describe(span), self)
            return True
        return super().event(event)


def time_ticks(from_ns: int, to_ns: int, most: int) -> list[int]:
    """Round local times within a window, at most ``most`` of them: quarter hours, hours, ..."""
    length = (to_ns - from_ns) / 1e9
    if length <= 0 or most < 1:
        return []
    step = next((s for s in _STEPS_S if length / s <= most), _STEPS_S[-1])
    zone = look().zone
    offset = datetime.fromtimestamp(from_ns / 1e9).astimezone(zone).utcoffset()
    shift = 0 if offset is None else int(offset.total_seconds())
    first = -(-(from_ns // 1_000_000_000 + shift) // step) * step - shift
    count = int((to_ns / 1e9 - first) // step) + 1
    return [(first + i * step) * 1_000_000_000 for i in range(max(0, count))]


class StateLegend(Drawn):
    """What tone and pattern of a timeline mean."""

    KINDS = (TimeClass.PRODUCTION, TimeClass.SETUP, TimeClass.DOWN, TimeClass.BLOCKED, TimeClass.STARVED,
             TimeClass.WAITING, TimeClass.PLANNED, TimeClass.UNKNOWN)  # fmt: skip

    def __init__(self, parent: QWidget | None = None, *, ground: str = "panel") -> None:
        super().__init__(parent, name=say("statebar.legend"), ground=ground)

    def sizeHint(self) -> QSize:
        fm = look().metrics(Size.SMALL)
        width = sum(fm.horizontalAdvance(look().say(f"machine.class.{k}")) + 44 for k in self.KINDS)
        return QSize(int(width), 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 24)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, x = look(), 0.0
        fm = here.metrics(Size.SMALL)
        for kind in self.KINDS:
            p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            swatch = QRectF(x + 0.5, self.height() / 2 - 7.5, 20, 14)
            fill_class(p, t, swatch, kind)
            p.setPen(QPen(t.outline, 1))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(swatch)
            word = here.say(f"machine.class.{kind}")
            width = fm.horizontalAdvance(word)
            words(p, QRectF(x + 27, 0, width + 2, self.height()), word, here.font(Size.SMALL), t.second, LEFT)
            x += width + 44

"""An alarm's mark in each of its states: filled while active, an outline when over, an L when latched."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QPixmapCache

from hmi.model.alarm import AlarmState
from ui.theme import typeface
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.alarmblink import Pulse, blink
from ui.widgets.drawn import CENTRE
from ui.widgets.marks import draw_alarm_mark

SIDE = 24.0
LETTER_PX = 14.0
DIM = 0.22
"""What is left of a mark in the dark half of its pulse: enough to see that there is one."""


@dataclass(frozen=True, slots=True)
class MarkLook:
    """How the mark of a state looks."""

    active: bool
    outline: bool
    pulse: Pulse
    letter: str = ""


_LOOKS = {
    AlarmState.UNACKED: MarkLook(True, False, Pulse.FAST),
    AlarmState.ACKED: MarkLook(True, False, Pulse.STEADY),
    AlarmState.RETURNED: MarkLook(True, True, Pulse.SLOW),
    AlarmState.LATCHED: MarkLook(True, False, Pulse.FAST, "L"),
    AlarmState.LATCHED_ACKED: MarkLook(True, False, Pulse.STEADY, "L"),
}
_GREY = MarkLook(False, False, Pulse.STEADY)


def mark_look(state: AlarmState) -> MarkLook:
    """The look of a state; grey for what is at rest or put aside."""
    return _LOOKS.get(state, _GREY)


def draw_alarm(p: QPainter, t: Theme, rect: QRectF, priority: int, state: AlarmState, *, doubt: bool = False) -> None:
    """Draw an alarm's mark at the left of a rectangle, with L and ? at its right; only the mark itself blinks."""
    seen = mark_look(state)
    box = QRectF(rect.left(), rect.center().y() - SIDE / 2, SIDE, SIDE)
    lit = blink().lit(seen.pulse)
    p.drawPixmap(box.topLeft(), _mark(t, priority, seen, lit, p.device().devicePixelRatioF()))
    letters = seen.letter + ("?" if doubt else "")
    if letters:
        p.setFont(typeface.font(Size.SMALL, True))
        p.setPen(t.text)
        p.drawText(QRectF(box.right() + 2, box.top(), LETTER_PX * len(letters), box.height()), int(CENTRE), letters)


def draw_place_mark(p: QPainter, t: Theme, rect: QRectF, priority: int, state: AlarmState) -> None:
    """Draw the mark of a place with alarms, as large as the rectangle; it blinks like that of one alarm."""
    seen = mark_look(state)
    p.setOpacity(1.0 if blink().lit(seen.pulse) else DIM)
    draw_alarm_mark(p, t, rect, priority, active=seen.active, outline_only=seen.outline)
    p.setOpacity(1.0)


def _mark(t: Theme, priority: int, seen: MarkLook, lit: bool, ratio: float) -> QPixmap:
    """A mark drawn once: a page of a busy list has forty of them, four times a second. Qt's own cache keeps it."""
    key = f"alarm {t.name} {priority} {seen.active} {seen.outline} {lit} {ratio}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    side = round(SIDE * ratio)
    made = QPixmap(side, side)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    p = QPainter(made)
    p.setOpacity(1.0 if lit else DIM)
    draw_alarm_mark(p, t, QRectF(0, 0, SIDE, SIDE), priority, active=seen.active, outline_only=seen.outline)
    p.end()
    QPixmapCache.insert(key, made)
    return made

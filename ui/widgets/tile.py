"""A station as a tile: name, what it does, and its mark; light while it makes product, dark while it stands."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.alarm import AlarmState
from hmi.model.machine import MachineState, TimeClass, Waiting, time_class
from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.alarmblink import blink
from ui.widgets.alarmmark import draw_place_mark
from ui.widgets.drawn import CENTRE, RIGHT, Pressable, words
from ui.widgets.marks import draw_chip

MARK = 24.0


class StationTile(Pressable):
    """Press it to open the station's faceplate."""

    def __init__(self, name: Text, parent: QWidget | None = None, *, ground: str = "panel") -> None:
        super().__init__(parent, name=name, ground=ground)
        self.station = name
        self.kind = TimeClass.UNKNOWN
        self.state = MachineState.UNKNOWN
        self.priority: int | None = None
        self.held = False
        self.alarms, self.alarm = 0, AlarmState.NORMAL
        self._told()
        blink().watch(self)

    def set_station(self, name: Text) -> None:
        """Be the tile of another station."""
        if name != self.station:
            self.station = name
            self._told()
            self.update()

    def show_state(
        self, state: MachineState, waiting: Waiting = Waiting.NONE, counts_as: TimeClass | None = None
    ) -> None:
        """Show what the station does; counts_as where time counts otherwise than its state says (a planned stop)."""
        kind = counts_as or time_class(state, waiting)
        if (kind, state) != (self.kind, self.state):
            self.kind, self.state = kind, state
            self._told()
            self.update()

    def show_marks(
        self, priority: int | None = None, held: bool = False, *, alarms: int = 0, alarm: AlarmState = AlarmState.ACKED
    ) -> None:
        """Show its worst alarm, how many there are, how they look; whether something is held."""
        if (priority, held, alarms, alarm) != (self.priority, self.held, self.alarms, self.alarm):
            self.priority, self.held, self.alarms, self.alarm = priority, held, alarms, alarm
            self.update()

    def blink(self) -> None:
        """Repaint the mark, if it blinks."""
        if self.priority is not None:
            self.update(self.width() - round(MARK), 0, round(MARK), round(MARK))

    def _told(self) -> None:
        word = "class" if self.kind in (TimeClass.BLOCKED, TimeClass.STARVED) else "state"
        which = self.kind if word == "class" else self.state
        told = say("tile.told", station=self.station, state=say(f"machine.{word}.{which}"))
        self.set_name(told)
        self.setToolTip(look().text(told))

    def retell(self) -> None:
        self._told()
        super().retell()

    def sizeHint(self) -> QSize:
        return QSize(64, 58)

    def minimumSizeHint(self) -> QSize:
        return QSize(52, 56)

    def draw(self, p: QPainter, t: Theme) -> None:
        here = look()
        r = QRectF(self.rect()).adjusted(1, 9, -9, -1)
        runs = self.kind is TimeClass.PRODUCTION
        unknown = self.kind is TimeClass.UNKNOWN
        fill = t.running if runs else t.panel if unknown else t.stopped
        ink = t.on_running if runs else t.text if unknown else t.on_stopped
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = Qt.PenStyle.DashLine if unknown else Qt.PenStyle.SolidLine
        p.setPen(QPen(t.text if self.over else t.outline, 2 if self.over else 1.5, line))
        p.setBrush(fill)
        p.drawRoundedRect(r, 4, 4)
        half = r.height() / 2
        box = r.adjusted(1, 0, -1, 0)
        name = here.text(self.station)
        words(p, QRectF(box.left(), r.top() + 2, box.width(), half - 1), name, here.font(Size.SMALL), ink, CENTRE)
        word = here.say(f"tile.{self.kind}")
        words(
            p,
            QRectF(box.left(), r.top() + half - 1, box.width(), half - 1),
            word,
            here.font(Size.SMALL, True),
            ink,
            CENTRE,
        )
        if self.priority is not None:
            if self.alarms > 1:
                said, face = f"{self.alarms}×", here.font(Size.SMALL, True, words=False)
                wide = here.metrics(Size.SMALL, True, words=False).horizontalAdvance(said) + 5
                plate = QRectF(self.width() - MARK - wide, 0, wide, 17)
                p.fillRect(plate, t.colour(self.ground))
                words(p, plate.adjusted(0, 0, -2, 0), said, face, t.text, RIGHT)
            draw_place_mark(p, t, QRectF(self.width() - MARK, 0, MARK, MARK), self.priority, self.alarm)
        elif self.held:
            draw_chip(p, t, QRectF(self.width() - MARK, 0, MARK, 18), "H")

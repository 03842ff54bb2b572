"""A machine in the flow: name, what it does and since when; light while it makes product, dark while it stands."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.machine import TimeClass
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment.alarmplaces import PlaceAlarms
from ui.screens.lines.presenter import MachinePlan, MachineShown
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.alarmblink import blink
from ui.widgets.alarmmark import draw_place_mark
from ui.widgets.drawn import CENTRE, RIGHT, Pressable, words

HEIGHT, LOW = 92, 60
MARK = 24.0


class Machine(Pressable):
    """Press it to open the station's faceplate."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plan: MachinePlan | None = None
        self.shown: MachineShown | None = None
        self.alarms: PlaceAlarms | None = None
        blink().watch(self)

    def show_alarms(self, alarms: PlaceAlarms | None) -> None:
        """Mark the worst of its alarms."""
        if alarms != self.alarms:
            self.alarms = alarms
            self._tell()
            self.update()

    def blink(self) -> None:
        """Repaint the mark, if it blinks."""
        if self.alarms is not None and self.alarms.unacked:
            self.update(self._mark().toAlignedRect())

    def _mark(self) -> QRectF:
        return QRectF(self.width() - MARK - 4, 3, MARK, MARK)

    def show_machine(self, plan: MachinePlan, shown: MachineShown | None) -> None:
        """Be this machine and show what it does."""
        if (plan, shown) == (self.plan, self.shown):
            return
        self.plan, self.shown = plan, shown
        state = say("machine.state.UNKNOWN") if shown is None else shown.word
        self.set_name(say("lines.machine", station=plan.name, state=state))
        self._tell()
        self.update()

    def _tell(self) -> None:
        if self.plan is None or self.shown is None:
            return
        here, shown = look(), self.shown
        told: list[Text | None] = [self.plan.name, shown.word, shown.since, shown.cause, shown.counts]
        if self.alarms is not None:
            told.append(self.alarms.words)
        self.setToolTip("\n".join(here.text(x) for x in told if x is not None and here.text(x)))

    def retell(self) -> None:
        self._tell()
        super().retell()

    def sizeHint(self) -> QSize:
        return QSize(140, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(64, LOW)

    def draw(self, p: QPainter, t: Theme) -> None:
        if self.plan is None:
            return
        here, r = look(), QRectF(self.rect()).adjusted(1, 1, -1, -1)
        kind = TimeClass.UNKNOWN if self.shown is None else self.shown.kind
        runs, unknown = kind is TimeClass.PRODUCTION, kind is TimeClass.UNKNOWN
        ink = t.on_running if runs else t.text if unknown else t.on_stopped
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        dashes = Qt.PenStyle.DashLine if unknown else Qt.PenStyle.SolidLine
        p.setPen(QPen(t.text if self.over else t.outline, 2.5 if self.over else 1.5, dashes))
        p.setBrush(t.running if runs else t.panel if unknown else t.stopped)
        p.drawRoundedRect(r, 3, 3)
        if unknown:
            p.fillRect(r.adjusted(4, 4, -4, -4), QBrush(t.hairline, Qt.BrushStyle.BDiagPattern))
        box = r.adjusted(5, 5, -5, -5)
        small, bold = here.font(Size.SMALL), here.font(Size.BODY, True)
        room = box.width() - (MARK if self.alarms is not None else 0.0)
        fits = here.metrics(Size.SMALL).horizontalAdvance(here.text(self.plan.name)) <= room
        line = here.metrics(Size.SMALL).height()
        name = here.text(self.plan.name if fits else self.plan.short)
        words(p, QRectF(box.left(), box.top() + 3, room, line), name, small, ink, CENTRE)
        if self.alarms is not None:
            self._draw_mark(p, t, self.alarms)
        word = self._word(box.width())
        middle = box.center().y() - (13 if self.height() >= HEIGHT else 3)
        words(p, QRectF(box.left(), middle, box.width(), 26), word, bold, ink, CENTRE)
        if self.height() < HEIGHT:
            return  # on a low screen how long it lasts is told by the tool tip
        since = "" if self.shown is None else here.text(self.shown.lasts)
        words(p, QRectF(box.left(), box.bottom() - line - 3, box.width(), line), since, small, ink, CENTRE)

    def _draw_mark(self, p: QPainter, t: Theme, alarms: PlaceAlarms) -> None:
        """The mark in the corner; below it how many there are."""
        box = self._mark()
        draw_place_mark(p, t, box, alarms.worst, alarms.state)
        if alarms.count > 1:
            kind = TimeClass.UNKNOWN if self.shown is None else self.shown.kind
            runs = kind is TimeClass.PRODUCTION
            ink = t.on_running if runs else t.text if kind is TimeClass.UNKNOWN else t.on_stopped
            below = QRectF(box.left() - 6, box.bottom() + 1, box.width() + 6, 16)
            words(p, below, f"{alarms.count}×", look().font(Size.SMALL, True, words=False), ink, RIGHT)

    def _word(self, width: float) -> str:
        """The longest of the state's words that fits: in full, the state alone, the short word of its time class."""
        here = look()
        if self.shown is None:
            return here.say("tile.UNKNOWN")
        choices = [here.text(self.shown.word), here.say(f"tile.{self.shown.kind}")]
        if self.shown.kind is TimeClass.DOWN:
            choices.insert(1, here.say(f"machine.state.{self.shown.state}"))
        measures = here.metrics(Size.BODY, True)
        return next((x for x in choices if measures.horizontalAdvance(x) <= width), choices[-1])

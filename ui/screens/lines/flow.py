"""The line as a flat drawing: machines from left to right, conveyors with their units, waits that point at a cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QPainter, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from hmi.model.machine import TimeClass
from hmi.model.reading import Reading
from hmi.model.words import say
from ui.equipment.alarmplaces import PlaceAlarms
from ui.screens.lines.machine import HEIGHT, LOW, Machine
from ui.screens.lines.presenter import (
    MachinePlan,
    MachineShown,
    Place,
    Wait,
    fill_of,
    joined_waits,
    places,
    unit_tail,
)
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, Drawn, triangle, words
from ui.widgets.live import Source

LANE_PX, LOW_LANE_PX = 30, 22
BELT_PX = 16
MOST_SLOTS = 12


class Flow(Drawn):
    """Takes the readings of conveyors and units itself; the machines on it are pooled."""

    machine_pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("lines.flow"))
        self._plans: tuple[MachinePlan, ...] = ()
        self._waits: tuple[Wait, ...] = ()
        self._machines: list[Machine] = []
        self._readings: dict[str, Reading] = {}
        self._source: Source | None = None
        self.machine_px = HEIGHT
        self._lane_px = LANE_PX

    def set_plan(self, plans: tuple[MachinePlan, ...], source: Source) -> None:
        """Draw these machines, with readings from a desk."""
        if plans == self._plans and source is self._source:
            return
        source.unsubscribe(self)
        self._plans, self._source, self._readings, self._waits = plans, source, {}, ()
        while len(self._machines) < len(plans):
            machine = Machine(self)
            machine.pressed.connect(self._pressed)
            self._machines.append(machine)
        for at, machine in enumerate(self._machines):
            machine.setVisible(at < len(plans))
            if at < len(plans):
                machine.show_machine(plans[at], None)
        for plan in plans:
            for tag in (plan.buffer, plan.unit):
                if tag is not None:
                    source.subscribe(tag.id, self)
        if self.isVisible():
            source.refresh(self)
        self._place()
        self.update()

    def set_low(self, low: bool) -> None:
        """Draw the machines lower, for screens of little height."""
        height = LOW if low else HEIGHT
        if height != self.machine_px:
            self.machine_px = height
            self._lane_px = LOW_LANE_PX if low else LANE_PX
            self.updateGeometry()
            self._place()

    def show_machines(self, shown: Sequence[MachineShown], waits: tuple[Wait, ...]) -> None:
        """Show what the machines do."""
        for machine, plan, said in zip(self._machines, self._plans, shown, strict=False):
            machine.show_machine(plan, said)
        if waits != self._waits:
            self._waits = waits
            self.update()

    def show_alarms(self, alarms: Mapping[str, PlaceAlarms]) -> None:
        """Mark the machines at which alarms stand."""
        for machine, plan in zip(self._machines, self._plans, strict=False):
            machine.show_alarms(alarms.get(plan.station))

    def take(self, tag: str, reading: Reading, now_ns: int) -> None:
        """A conveyor's or unit's reading."""
        before = self._readings.get(tag)
        self._readings[tag] = reading
        if before is None or (before.value, before.quality) != (reading.value, reading.quality):
            self._tell()
            self.update()

    def showEvent(self, event: QShowEvent) -> None:
        if self._source is not None:
            self._source.refresh(self)
        super().showEvent(event)

    def _tell(self) -> None:
        here, told = look(), []
        for plan in self._plans:
            units, believed = self._fill(plan)
            if plan.buffer is not None and units is not None and believed:
                said = say("lines.buffer_told", station=plan.name, n=units, capacity=plan.capacity or "–")
                told.append(here.text(said))
        self.setAccessibleDescription("; ".join(told))
        self.setToolTip("\n".join(told))

    def retell(self) -> None:
        self._tell()
        super().retell()

    def _fill(self, plan: MachinePlan) -> tuple[int | None, bool]:
        reading = None if plan.buffer is None else self._readings.get(plan.buffer.id)
        return (None, False) if reading is None else fill_of(reading, plan.capacity)

    def _pressed(self) -> None:
        machine = self.sender()
        if isinstance(machine, Machine) and machine.plan is not None:
            self.machine_pressed.emit(machine.plan.station)

    def sizeHint(self) -> QSize:
        return QSize(900, self._lane_px + self.machine_px + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(92 * max(1, len(self._plans)), self._lane_px + self.machine_px + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _places(self) -> list[Place]:
        return places(len(self._plans), self.width())

    def _place(self) -> None:
        for machine, place in zip(self._machines, self._places(), strict=False):
            wide = round(place.right - place.machine)
            machine.setGeometry(round(place.machine), self._lane_px, wide, self.machine_px)

    def draw(self, p: QPainter, t: Theme) -> None:
        found = self._places()
        for at, (plan, place) in enumerate(zip(self._plans, found, strict=True)):
            self._draw_belt(p, t, plan, place, self._plans[at - 1] if at else None)
        for at, wait in enumerate(joined_waits(self._waits)):
            self._draw_wait(p, t, wait, found, at % 2)

    def _draw_belt(self, p: QPainter, t: Theme, plan: MachinePlan, place: Place, before: MachinePlan | None) -> None:
        here = look()
        middle = self._lane_px + self.machine_px / 2
        belt = QRectF(place.left + 1, middle - BELT_PX / 2, place.machine - place.left - 2, BELT_PX)
        units, believed = self._fill(plan)
        capacity = plan.capacity
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.fillRect(belt, t.bar if plan.buffer is not None else t.panel)
        if plan.buffer is not None and not believed:
            p.fillRect(belt, QBrush(t.panel, Qt.BrushStyle.BDiagPattern))
        elif units is not None and capacity:
            self._draw_units(p, t, belt, min(units, capacity), capacity)
        p.setPen(QPen(t.outline, 1.5))
        p.drawLine(belt.topLeft(), belt.topRight())
        p.drawLine(belt.bottomLeft(), belt.bottomRight())
        small = here.font(Size.SMALL, words=False)
        if plan.buffer is not None:
            figure = "–" if units is None else f"{units}/{capacity}" if capacity else f"{units}"
            figure = figure if believed else f"? {figure}"
            full = believed and capacity is not None and units is not None and units >= capacity
            face = here.font(Size.SMALL, full, words=False)
            words(p, QRectF(place.left - 4, belt.bottom() + 3, belt.width() + 8, 20), figure, face,
                  t.value if believed else t.second, CENTRE)  # fmt: skip
        leaving = None if before is None or before.unit is None else self._readings.get(before.unit.id)
        if leaving is not None and (word := unit_tail(leaving)):
            room, measures = belt.width() - 4, here.metrics(Size.SMALL, words=False)
            while len(word) > 3 and measures.horizontalAdvance(word) > room:
                word = "…" + word.lstrip("…")[1:].lstrip("-_. ")
            words(p, QRectF(place.left + 3, belt.top() - 24, room, 20), word, small, t.second, CENTRE)

    def _draw_units(self, p: QPainter, t: Theme, belt: QRectF, units: int, capacity: int) -> None:
        """The units on a belt: one by one from the machine back, or as a bar where they are too many."""
        inner = belt.adjusted(2, 4, -2, -4)
        step = inner.width() / capacity
        if capacity > MOST_SLOTS or step < 4:
            wide = inner.width() * units / capacity
            p.fillRect(QRectF(inner.right() - wide, inner.top(), wide, inner.height()), t.done)
            return
        for slot in range(units):
            p.fillRect(QRectF(inner.right() - (slot + 1) * step + 1, inner.top(), step - 2, inner.height()), t.done)

    def _draw_wait(self, p: QPainter, t: Theme, wait: Wait, found: list[Place], lane: int) -> None:
        here = look()
        if max(wait.at, wait.cause) >= len(found):
            return
        start, end = found[wait.at], found[wait.cause]
        # each kind comes down on its own side of the cause, so that two waits for one machine stay apart
        aside = min(14.0, (end.right - end.machine) / 5)
        x0 = (start.machine + start.right) / 2
        x1 = (end.machine + end.right) / 2 + (-aside if wait.at < wait.cause else aside)
        y = 9.0 + lane * (5 if self._lane_px == LANE_PX else 2)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(t.text, 1.5))
        p.drawLine(QPointF(x0, self._lane_px), QPointF(x0, y))
        p.drawLine(QPointF(x0, y), QPointF(x1, y))
        p.drawLine(QPointF(x1, y), QPointF(x1, self._lane_px - 6))
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(t.text)
        triangle(p, QPointF(x1, self._lane_px - 1), 11, "down")
        word = here.say("lines.blocked" if wait.kind is TimeClass.BLOCKED else "lines.starved")
        width = here.metrics(Size.SMALL).horizontalAdvance(word) + 10
        middle = (x0 + x1) / 2
        plate = QRectF(middle - width / 2, y - 9, width, 18)
        if abs(x1 - x0) > width + 12:
            p.fillRect(plate, t.panel)
            words(p, plate, word, here.font(Size.SMALL), t.text, CENTRE)

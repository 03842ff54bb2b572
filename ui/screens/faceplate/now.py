"""The first page of a faceplate: why it stands, main values, last events."""

from __future__ import annotations

import time

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.equipment.words import reach_minutes, station_name
from ui.screens.faceplate.controls import Controls
from ui.screens.faceplate.presenter import EventShown, FaceplatePlan, StationShown, StopShown
from ui.screens.faceplate.values import MainValue
from ui.shell import registry
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.drawn import Drawn, words
from ui.widgets.label import Caption
from ui.widgets.panel import Ground, Rule, Section
from ui.widgets.scroller import Scroller

EVENT_PX = 25
NARROW = 430
REACHES = (5, 10, 30)


class EventList(Drawn):
    """The last events, newest first, each in one line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("faceplate.events"))
        self._events: list[EventShown] = []

    def set_events(self, events: list[EventShown]) -> None:
        """Show these."""
        if events != self._events:
            if len(events) != len(self._events):
                self.updateGeometry()
            self._events = events
            here = look()
            told = [f"{e.clock}  {here.text(e.words)}" for e in events]
            self.setAccessibleDescription("; ".join(told))
            self.setToolTip("\n".join(told))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, EVENT_PX * max(1, len(self._events)))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, EVENT_PX * max(1, len(self._events)))

    def draw(self, p: QPainter, t: Theme) -> None:
        here, width = look(), float(self.width())
        if not self._events:
            words(p, QRectF(0, 0, width, EVENT_PX), here.say("faceplate.no_events"), here.font(Size.SMALL), t.second)
        for at, event in enumerate(self._events):
            y = at * EVENT_PX
            words(p, QRectF(0, y, 52, EVENT_PX), event.clock, here.font(Size.SMALL, words=False), t.second)
            words(p, QRectF(56, y, width - 56, EVENT_PX), here.text(event.words), here.font(Size.BODY), t.text)


class NowPage(Ground):
    """Scrolls where the dock is too low for all of it."""

    go_to = Signal(str)
    explain = Signal()
    open_trends = Signal()
    command = Signal(str)
    """A tag that is to be changed."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent, ground="panel")
        self._desk = desk
        self._points_at: str | None = None
        self._plan: FaceplatePlan | None = None
        self._values: list[MainValue] = []
        self._sheet = Ground(ground="panel")
        self._scroll = Scroller(self._sheet, self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll)
        self._why = Caption("", self._sheet, wrap=True)
        self._why_head = Section(say("faceplate.why"), self._sheet)
        self._go = Button(say("faceplate.go_cause", station="–"), self._sheet)
        self._explain = Button(say("faceplate.assign"), self._sheet)
        self._trends = Button(say("faceplate.open_trends"), self._sheet, icon="trends", flat=True)
        self._no_values = Caption(say("faceplate.no_values"), self._sheet, tone="second", wrap=True, size=Size.SMALL)
        self._events = EventList(self._sheet)
        self._minutes = REACHES[-1]
        self._values_head = Section(say("faceplate.values", n=self._minutes), self._sheet)
        self._values_head.add(self._trends)
        self._column = column = QVBoxLayout(self._sheet)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(4)
        column.addWidget(self._why_head)
        column.addWidget(self._why)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self._go)
        acts.addWidget(self._explain)
        acts.addStretch(1)
        column.addLayout(acts)
        column.addWidget(Rule(self._sheet))
        column.addWidget(self._values_head)
        column.addWidget(self._no_values)
        self._values_at = column.count()
        column.addWidget(Rule(self._sheet))
        self.controls = Controls(desk, self._sheet)
        self.controls.wanted.connect(self.command)
        column.addWidget(Section(say("cmd.controls"), self._sheet))
        column.addWidget(self.controls)
        column.addWidget(Rule(self._sheet))
        column.addWidget(Section(say("faceplate.events"), self._sheet))
        column.addWidget(self._events)
        column.addStretch(1)
        self._go.clicked.connect(self._go_pressed)
        self._explain.clicked.connect(self.explain)
        self._trends.clicked.connect(self.open_trends)
        desk.second.connect(self._reach)
        self.retell()

    def retell(self) -> None:
        self._scroll.setAccessibleName(look().say("faceplate.page_now"))

    def set_plan(self, plan: FaceplatePlan) -> None:
        """Be the page of this station."""
        self._plan = plan
        while len(self._values) < len(plan.analogs):
            made = MainValue(self._desk, self._sheet)
            self._column.insertWidget(self._values_at + len(self._values), made)
            self._values.append(made)
        if self._desk.plant is not None:
            self.controls.set_station(self._desk.plant, plan.station.id)
        self._no_values.setVisible(not plan.analogs)
        self._trends.setVisible(bool(plan.analogs) and registry.screen("trends") is not None)
        self._fit()

    def _fit(self) -> None:
        if self._plan is None:
            return
        narrow = self.width() < NARROW
        for at, row in enumerate(self._values):
            row.setVisible(at < len(self._plan.analogs))
            if at < len(self._plan.analogs):
                row.show_value(self._plan.analogs[at], narrow)

    def show_station(self, shown: StationShown, stop: StopShown | None, plant: Plant) -> None:
        """Show why it stands, and what can be done about it."""
        sentences = shown.reasons or (say("faceplate.runs"),)
        self._why.set_text(
            Text("\n".join(s.en for s in sentences), "\n".join(s.ko for s in sentences)),
            "text" if shown.reasons else "second",
        )
        self._why_head.title.set_text(say("faceplate.why" if shown.reasons else "faceplate.how"))
        self._points_at = shown.points_at
        self._go.setVisible(shown.points_at is not None)
        if shown.points_at is not None:
            self._go.set_text(say("faceplate.go_cause", station=station_name(plant, shown.points_at)))
        self._explain.setVisible(stop is not None and bool(plant.reasons) and (stop.now or stop.reason is None))
        if stop is not None:
            self._explain.set_text(say("faceplate.assign" if stop.reason is None else "faceplate.reassign"))

    def _reach(self) -> None:
        """All sparklines show the same stretch: as much as there is on record, half an hour at most."""
        if not self.isVisible() or self._plan is None:
            return
        begun = [row.past.first_s for row in self._values[: len(self._plan.analogs)]]
        first = min((s for s in begun if s is not None), default=None)
        minutes = reach_minutes(first, time.time(), REACHES)
        if minutes != self._minutes:
            self._minutes = minutes
            self._values_head.title.set_text(say("faceplate.values", n=minutes))
        for row in self._values:
            row.past.set_minutes(minutes)

    def show_events(self, events: list[EventShown]) -> None:
        """Show the last events."""
        self._events.set_events(events)

    def _go_pressed(self) -> None:
        if self._points_at is not None:
            self.go_to.emit(self._points_at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

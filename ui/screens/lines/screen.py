"""The screen of one line: what it works on, its machines along the flow with their main values, its last hour."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hmi.desk.rows import OverviewRows
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment import alarmplaces
from ui.equipment.alarmplaces import PlaceAlarms
from ui.equipment.tags import line_pens
from ui.screens.lines import presenter
from ui.screens.lines.flow import Flow
from ui.screens.lines.head import LineHead
from ui.screens.lines.presenter import MachinePlan
from ui.screens.lines.strips import StateStrips
from ui.screens.lines.trend import LineTrend
from ui.screens.lines.valuecell import HEIGHT as CELL_PX
from ui.screens.lines.valuecell import ValueCell
from ui.shell import registry
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Place, Screen, Window
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button, Choice
from ui.widgets.figures import time_text
from ui.widgets.label import Caption
from ui.widgets.panel import EmptyState, Ground, Panel

STATION_PX = 92
"""Least width of a station; narrower windows scroll sideways."""
NARROW, LOW = 900, 660
PAST_PX = 214
"""Least height of the last hour below."""


class LinesScreen(Screen):
    """Level 2. ``arrive({"line": "L1"})`` chooses the line; Page Up and Page Down go to its neighbours."""

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(window, parent)
        self.setAccessibleName(look().say("lines.title"))
        self._rows: OverviewRows | None = None
        self._alarms: dict[str, PlaceAlarms] = {}
        self._plant: Plant | None = None
        self._plans: tuple[MachinePlan, ...] = ()
        self._cells: list[list[ValueCell]] = []
        self._chooser: Choice | None = None
        self._build()
        self.desk.keep_asking(self, "overview", 1.0, self._answered)
        alarmplaces.keep_asking(self.desk, self, self._alarmed)
        self.desk.second.connect(self._show)
        self.desk.plant_changed.connect(self._plant_changed)
        self.desk.engine_changed.connect(self._show)
        self._plant_changed()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._bar = QHBoxLayout()
        self._bar.setSpacing(8)
        self._doubt = Caption("", self, size=Size.SMALL, bold=True, ground="ground")
        self._states = Button(say("lines.open_states"), self, ground="ground", flat=True)
        self._states.clicked.connect(self._open_states)
        self._bar.addWidget(self._doubt, 1)
        self._trends = Button(say("lines.open_trends"), self, ground="ground", flat=True)
        self._trends.clicked.connect(self._open_line_trend)
        self._bar.addWidget(self._trends)
        self._bar.addWidget(self._states)
        column.addLayout(self._bar)
        self._empty = EmptyState(say("lines.no_plant"), self, icon="lines", ground="ground")
        column.addWidget(self._empty, 1)
        self._head = LineHead(self)
        column.addWidget(self._head)
        self._plate = Panel(None, self, margin=10)
        self._sheet = Ground(ground="panel")
        self.flow = Flow(self._sheet)
        self.flow.machine_pressed.connect(self.window_.open_faceplate)
        self._scroll = QScrollArea(self._plate)
        self._scroll.setWidget(self._sheet)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setAccessibleName(look().say("lines.flow"))
        self._no_stations = EmptyState(say("lines.no_stations", line="–"), self._plate, icon="lines")
        self._plate.add(self._scroll, 1)
        self._plate.add(self._no_stations, 1)
        column.addWidget(self._plate)
        past = QHBoxLayout()
        past.setSpacing(8)
        self._strips = StateStrips(self.desk, self)
        self._strips.station_chosen.connect(self.window_.open_faceplate)
        self._trend = LineTrend(self.desk, self)
        self._trend.opened.connect(self._open_trends)
        self._strips.reach_changed.connect(self._trend.set_minutes)
        past.addWidget(self._strips, 4)
        past.addWidget(self._trend, 5)
        column.addLayout(past, 1)

    def arrive(self, place: Place) -> None:
        before = self.place.get("line")
        super().arrive(place)
        line = presenter.first_line(self.desk.plant, place.get("line"), before)
        self.place = {} if line is None else {"line": line}
        self._show_line()

    def crumbs(self) -> list[Text]:
        plant, line = self.desk.plant, self.place.get("line")
        return [plant.line[line].name] if plant is not None and line in plant.line else []

    def minimumSizeHint(self) -> QSize:
        return QSize(640, 420)

    def help(self) -> Text | None:
        return say("lines.help")

    def keep(self) -> dict[str, Any]:
        return dict(self.place)

    def recall(self, kept: Mapping[str, Any]) -> None:
        line = kept.get("line")
        if isinstance(line, str) and not self.place:
            self.place = {"line": line}

    def _plant_changed(self) -> None:
        self._rows, plant = None, self.desk.plant
        if self._chooser is not None:
            self._chooser.deleteLater()
            self._chooser = None
        if plant is not None and len(plant.lines) > 1:
            lines = [(x.id, x.name) for x in plant.lines]
            self._chooser = Choice(lines, self, name=say("lines.choose"), ground="ground")
            self._chooser.changed.connect(self._chosen)
            self._bar.insertWidget(0, self._chooser)
        line = presenter.first_line(plant, self.place.get("line"), None)
        self.place = {} if line is None else {"line": line}
        self._show_line()

    def _chosen(self, line: str) -> None:
        self.window_.go("lines", line=line)

    def _show_line(self) -> None:
        """Another line: its machines, values, states and pens."""
        plant, line = self.desk.plant, self.place.get("line")
        known = plant is not None and line is not None
        for part in (self._head, self._plate, self._strips):
            part.setVisible(known)
        self._states.setVisible(known and registry.screen("states") is not None)
        self._fit_width(known)
        self._empty.setVisible(not known)
        if plant is None or line is None:
            self._empty.say(say("lines.no_plant" if plant is None else "overview.no_lines"))
            return
        if self._chooser is not None:
            self._chooser.choose(line)
        self._plant = plant
        self._plans = presenter.machines(plant, line)
        self._scroll.setVisible(bool(self._plans))
        self._no_stations.setVisible(not self._plans)
        self._no_stations.say(say("lines.no_stations", line=line))
        self.flow.set_plan(self._plans, self.desk)
        self._strips.set_line(plant, line)
        self._trend.set_line(plant, line)
        self._place_parts()
        self._show()
        self.crumbs_changed.emit()

    def _show(self, _alive: bool | None = None) -> None:
        plant, line = self.desk.plant, self.place.get("line")
        if plant is None or line is None or not self.isVisible():
            return
        shown = presenter.show(self._rows, plant, line, time.time_ns(), look().zone)
        if shown is None:
            return
        self._head.show_line(shown)
        self.flow.show_machines(shown.machines, shown.waits)
        self.flow.show_alarms({} if shown.old else self._alarms)
        old = shown.old and shown.at_ns
        self._doubt.set_text(say("lines.old", clock=time_text(shown.at_ns, look().zone)) if old else "")

    def _answered(self, rows: OverviewRows) -> None:
        self._rows = rows
        self._show()

    def _alarmed(self, found: dict[str, PlaceAlarms]) -> None:
        self._alarms = found
        self._show()

    def _place_parts(self) -> None:
        """Machines and values in columns; as many rows of values as the height allows."""
        low = self.height() < LOW
        self._head.set_low(low)
        self.flow.set_low(low)
        if not self._plans:
            self._plate.setFixedHeight(160)
            return
        deepest = max((len(plan.values) for plan in self._plans), default=0)
        flow_px = self.flow.sizeHint().height()
        room = self.height() - 44 - self._head.height() - flow_px - 20 - PAST_PX - 24
        depth = presenter.values_deep(room, CELL_PX, deepest) if deepest else 0
        width = max(self.width() - 20, STATION_PX * len(self._plans))
        slider = 14 if width > self.width() - 20 else 0
        tall = flow_px + depth * CELL_PX + 6
        self._sheet.resize(width, tall)
        self._plate.setFixedHeight(tall + 20 + slider)
        self.flow.setGeometry(0, 0, width, flow_px)
        places = presenter.places(len(self._plans), width)
        while len(self._cells) < len(self._plans):
            self._cells.append([])
        for at, column in enumerate(self._cells):
            values = self._plans[at].values[:depth] if at < len(self._plans) else ()
            while len(column) < len(values):
                column.append(ValueCell(self._sheet))
            for row, cell in enumerate(column):
                cell.setVisible(row < len(values))
                if row < len(values):
                    left = places[at].left + 4
                    cell.setGeometry(round(left), flow_px + 6 + row * CELL_PX, round(places[at].right - left), CELL_PX)
                    cell.show_value(values[row], self.desk)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_width(self._plant is not None)
        self._place_parts()

    def _fit_width(self, known: bool) -> None:
        """Beside a faceplate on a small screen there is no room for OEE and trend: they are one press away."""
        narrow = self.width() < NARROW
        self._head.set_narrow(narrow)
        self._trend.setVisible(not narrow and known)
        self._trends.setVisible(narrow and known and registry.screen("trends") is not None)

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._show()

    def retell(self) -> None:
        self._scroll.setAccessibleName(look().say("lines.flow"))
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()))
        plant, line = self.desk.plant, self.place.get("line")
        if step is None or plant is None or line is None:
            super().keyPressEvent(event)
            return
        self._chosen(presenter.neighbour(plant, line, step))

    def _open_trends(self, tags: str) -> None:
        self.window_.go("trends", tags=tags)

    def _open_line_trend(self) -> None:
        plant, line = self.desk.plant, self.place.get("line")
        if plant is not None and line is not None:
            self._open_trends(",".join(t.id for t in line_pens(plant, line)))

    def _open_states(self) -> None:
        self.window_.go("states", line=self.place.get("line", ""))


register(ScreenSpec("lines", "lines", "lines.title", LinesScreen, order=20))

"""The overview: a row for each line, the plant's figures below. No controls: from here one goes to where things are."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.desk.rows import OverviewRows
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment import alarmplaces
from ui.equipment.alarmplaces import PlaceAlarms
from ui.screens.overview import presenter
from ui.screens.overview.columns import columns
from ui.screens.overview.linerow import LineRow
from ui.screens.overview.plantstrip import PlantStrip
from ui.screens.overview.presenter import GAP_PX, OverviewShown
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Screen, Window
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import Drawn, words
from ui.widgets.figures import time_text
from ui.widgets.panel import EmptyState, Ground
from ui.widgets.scroller import Scroller

HEAD_PX = 30


class Heads(Drawn):
    """The headings over the columns of the rows, and the shift."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("overview.lines"), ground="ground")
        self.lean = False
        self.tiles = 0
        self.shift = Text.same("")
        self.old: Text | None = None
        self.setFixedHeight(HEAD_PX)

    def sizeHint(self) -> QSize:
        return QSize(700, HEAD_PX)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, height = look(), float(self.height())
        cells = columns(self.width(), self.lean, self.tiles)
        title = here.say("overview.lines")
        width = here.metrics(Size.BODY, True).horizontalAdvance(title) + 12
        left = cells["name"].left
        words(p, QRectF(left, 0, width, height), title, here.font(Size.BODY, True), t.text)
        room = QRectF(left + width, 0, cells["rate"].left - left - width - 8, height)
        small = here.font(Size.SMALL)
        if self.old is not None:
            room.setRight(cells["hour"].left)
            words(p, room, here.text(self.old), here.font(Size.SMALL, True), t.text)
        else:
            words(p, room, here.text(self.shift), small, t.second)
            heads = (("rate", "rate"), ("plan", "plan"), ("oee", "oee_lean" if self.lean else "oee"))
            for key, word in heads:
                if not cells[key].width:
                    continue
                box = QRectF(cells[key].left, 0, cells[key].width + 14, height)
                words(p, box, here.say(f"overview.{word}"), small, t.second)
        for key in ("hour", "stations"):
            if cells[key].width:
                box = QRectF(cells[key].left, 0, cells[key].width + 14, height)
                words(p, box, here.say(f"overview.{key}"), small, t.second)


class OverviewScreen(Screen):
    """Level 1: what every line does, at one glance."""

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(window, parent)
        self.setAccessibleName(look().say("overview.title"))
        self._rows: OverviewRows | None = None
        self._lines: list[LineRow] = []
        self._alarms: dict[str, PlaceAlarms] = {}
        self._heads = Heads(self)
        self._inside = Ground()
        self._scroll = Scroller(self._inside, self)
        self._scroll.setWidgetResizable(False)
        self._scroll.setAccessibleName(look().say("overview.lines"))
        self._empty = EmptyState(say("overview.no_plant"), self, icon="lines", ground="ground")
        self._strip = PlantStrip(self)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        column.addWidget(self._heads)
        column.addWidget(self._scroll, 4)
        column.addWidget(self._empty, 4)
        column.addWidget(self._strip, 1)
        self.desk.keep_asking(self, "overview", 1.0, self._answered)
        self._asking_alarms = alarmplaces.keep_asking(self.desk, self, self._alarmed)
        self.desk.second.connect(self._show)
        self.desk.plant_changed.connect(self._plant_changed)
        self.desk.engine_changed.connect(self._show)
        self._show()

    def minimumSizeHint(self) -> QSize:
        return QSize(640, 420)

    def help(self) -> Text | None:
        return say("overview.help")

    def retell(self) -> None:
        self.setAccessibleName(look().say("overview.title"))
        self._scroll.setAccessibleName(look().say("overview.lines"))
        self._show()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._strip.setMaximumHeight(max(140, min(188, self.height() // 4)))
        self._column.activate()
        self._place()

    def _answered(self, rows: OverviewRows) -> None:
        self._rows = rows
        self._show()

    def _alarmed(self, found: dict[str, PlaceAlarms]) -> None:
        self._alarms = found
        self._show()

    def _plant_changed(self) -> None:
        self._rows = None
        self._show()

    def _show(self, _alive: bool | None = None) -> None:
        plant, now_ns = self.desk.plant, time.time_ns()
        listed = plant is not None and bool(plant.lines)
        self._empty.setVisible(not listed)
        for part in (self._heads, self._scroll, self._strip):
            part.setVisible(listed)
        if plant is None or not listed:
            self._empty.say(say("overview.no_plant" if plant is None else "overview.no_lines"))
            return
        rows = self._rows or presenter.unknown_rows(plant, now_ns)
        self._fill(presenter.show(rows, plant, now_ns, look().zone))

    def _fill(self, shown: OverviewShown) -> None:
        plant = self.desk.plant
        while len(self._lines) > len(shown.lines):
            self._lines.pop().deleteLater()
        while len(self._lines) < len(shown.lines):
            row = LineRow(self._inside)
            row.pressed.connect(self._line_pressed)
            row.station_pressed.connect(self.window_.open_faceplate)
            row.show()
            self._lines.append(row)
        for row, line in zip(self._lines, shown.lines, strict=True):
            row.show_line(line, shown.at_ns)
            known = {} if shown.old or plant is None else self._alarms
            row.show_alarms(None if plant is None else alarmplaces.of_line(known, plant, line.line), known)
        self._heads.shift = shown.shift
        self._heads.old = say("overview.old", clock=time_text(shown.at_ns, look().zone)) if shown.old else None
        self._heads.tiles = max((len(x.tiles) for x in shown.lines), default=0)
        self._heads.update()
        self._strip.show_figures(shown.kpis, shown.old)
        self._place()

    def _place(self) -> None:
        if not self._lines:
            return
        port = self._scroll.viewport().size()
        room = presenter.room_for(len(self._lines), port.height())
        width = port.width() - (0 if not room.scrolls else 2)
        tall = len(self._lines) * (room.row_px + GAP_PX) - GAP_PX
        self._inside.resize(width, max(tall, port.height()))
        self._heads.lean = room.lean
        for at, row in enumerate(self._lines):
            row.set_lean(room.lean)
            row.setGeometry(0, at * (room.row_px + GAP_PX), width, room.row_px)

    def _line_pressed(self) -> None:
        row = self.sender()
        if isinstance(row, LineRow) and row.shown is not None:
            self.window_.go("lines", line=row.shown.line)


register(ScreenSpec("overview", "overview", "overview.title", OverviewScreen, order=10))

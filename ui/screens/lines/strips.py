"""Each station's states of the last hour, aligned in time; asked for every few seconds."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from hmi.desk.rows import Spans
from hmi.model.machine import MachineState, StateSpan
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.equipment.words import reach_minutes, reason_name, short_names, station_name
from ui.screens.lines.presenter import spans_by_station
from ui.theme.look import look
from ui.widgets.panel import EmptyState, Ground, Panel
from ui.widgets.statebar import AXIS_PX, MOST_SMALL_PX, StateBar, StateLegend

MINUTE_NS = 60 * 1_000_000_000
HOUR_NS = 60 * MINUTE_NS
REACHES = (5, 15, 30, 60)
ASK_EVERY_S = 3.0
HEAD_PX = 32
MOST_PX, LEAST_PX = 46, 13
GAP_PX, LOW_GAP_PX = 4, 2


class StateStrips(Panel):
    """One bar a station, pooled; a press on a bar tells its station."""

    station_chosen = Signal(str)
    reach_changed = Signal(int)
    """Minutes that are shown: fewer while the record is young."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(say("lines.strip", n=REACHES[-1]), parent, margin=10)
        self._desk = desk
        self._plant: Plant | None = None
        if self.head is not None:
            self.head.setFixedHeight(HEAD_PX)
        self._stations: list[str] = []
        self._bars: list[StateBar] = []
        self._known = False
        self.minutes = REACHES[-1]
        self._legend = StateLegend(self)
        self._empty = EmptyState(say("statebar.none"), self, icon="states")
        self._empty.hide()
        self._area = Ground(self, ground="panel")
        self._area.setMinimumHeight(60)
        self._area.setAccessibleName(look().say("lines.strip", n=REACHES[-1]))
        self.add(self._area, 1)
        self.add(self._empty, 1)
        self.add(self._legend)
        self._asking = desk.keep_asking(self, "states", ASK_EVERY_S, self._answered, self._refused, self._arguments)

    def set_line(self, plant: Plant, line: str) -> None:
        """Show this line's stations."""
        stations = plant.stations_of(line)
        if plant is self._plant and [s.id for s in stations] == self._stations:
            return
        self._plant, self._stations = plant, [s.id for s in stations]
        short = short_names(stations)
        for bar in self._bars:
            bar.hide()
            bar.deleteLater()
        self._bars = []
        for at, station in enumerate(stations):
            bar = StateBar(
                self._area,
                station=short[station.id],
                label_px=self._label_px(),
                axis=at == len(stations) - 1,
                station_name=self._station_name,
                reason_name=self._reason_name,
            )
            bar.chosen.connect(self._chosen)
            bar.show()
            self._bars.append(bar)
        self._place()
        self._asking.now()

    def _label_px(self) -> int:
        return 96 if look().lang.value == "en" else 84

    def _station_name(self, station: str) -> Text:
        return station_name(self._plant, station)

    def _reason_name(self, reason: str) -> Text:
        return reason_name(self._plant, reason)

    def _arguments(self) -> dict[str, Any] | None:
        if not self._stations:
            return None
        now_ns = time.time_ns()
        return {"stations": self._stations, "from_ns": now_ns - HOUR_NS, "to_ns": now_ns}

    def _answered(self, spans: Spans) -> None:
        self._known = True
        self._show_empty(None)
        known = [s.start_ns for s in spans.spans if s.state is not MachineState.UNKNOWN]
        first_s = max(min(known), spans.at_ns - HOUR_NS) / 1e9 if known else None
        self._reach(reach_minutes(first_s, spans.at_ns / 1e9, REACHES))
        found = spans_by_station(spans.spans)
        for station, bar in zip(self._stations, self._bars, strict=True):
            bar.set_spans(found.get(station, []), spans.at_ns - self.minutes * MINUTE_NS, spans.at_ns)

    def _reach(self, minutes: int) -> None:
        if minutes == self.minutes:
            return
        self.minutes = minutes
        if self.head is not None:
            self.head.title.set_text(say("lines.strip", n=minutes))
        self.reach_changed.emit(minutes)

    def _refused(self, why: Text) -> None:
        if not self._known:
            self._show_empty(say("lines.no_history", why=why))

    def _show_empty(self, why: Text | None) -> None:
        self._empty.setVisible(why is not None)
        self._area.setVisible(why is None)
        if why is not None:
            self._empty.say(why)

    def _chosen(self, span: StateSpan) -> None:
        self.station_chosen.emit(span.station)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        roomy = self.height() >= 30 * len(self._bars) + 90 and self.width() >= self._legend.sizeHint().width() + 24
        self._legend.setVisible(roomy)
        self.layout().activate()  # type: ignore[union-attr]
        self._place()

    def _place(self) -> None:
        if not self._bars:
            return
        width = self._area.width()
        step = min(MOST_PX, max(LEAST_PX, (self._area.height() - AXIS_PX - 4) // len(self._bars)))
        gap = GAP_PX if step >= MOST_SMALL_PX else LOW_GAP_PX
        for at, bar in enumerate(self._bars):
            bar.bar_px = step - gap
            bar.setGeometry(0, at * step, width, step - gap + (AXIS_PX if bar.axis else 0))

"""The states screen: timeline of a line, its stops, its OEE; a stop's reason in one touch."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from hmi.desk.rows import OeeFigures, Spans
from hmi.model.machine import StateSpan
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment.words import station_name
from ui.screens.states import presenter, views
from ui.screens.states.oeepanel import OeePanel
from ui.screens.states.presenter import OeeRow, StopRow
from ui.screens.states.stoplist import StopList
from ui.screens.states.stoppanel import StopPanel
from ui.screens.states.timeline import Timeline
from ui.screens.states.toolbar import StatesBar
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Place, Screen, Window
from ui.theme.look import look
from ui.widgets.panel import GAP, EmptyState

RIGHT = 63
"""Share of the width below the timeline, in percent, for OEE or stop."""


class StatesScreen(Screen):
    """Asks anew every two seconds while live, once for a window of the past."""

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(window, parent)
        self.setAccessibleName(look().say("states.title"))
        self.setMinimumSize(640, 480)  # parts are arranged for the room there is, not the other way round
        self.line: str | None = None
        self.view = views.view_of("shift", self.desk.plant, time.time_ns())
        self._spans: list[StateSpan] = []
        self._places: dict[str, list[StateSpan]] = {}
        self._stops: list[StopRow] = []
        self._figures: dict[str, OeeFigures] = {}
        self._at_ns = 0
        self._stop_key: tuple[str, int] | None = None
        self._waits_for_stop = False
        self._heard: set[str] = set()
        self._build()
        self._connect()
        self._plant_changed()

    def _build(self) -> None:
        self.bar = StatesBar(self)
        self.timeline = Timeline(self._station_name, self._reason_name, self)
        self.stops = StopList(self)
        self.oee, self.stop = OeePanel(self), StopPanel(self)
        self._right = QStackedLayout()
        self._right.addWidget(self.oee)
        self._right.addWidget(self.stop)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.stops, 100 - RIGHT)
        below.addLayout(self._right, RIGHT)
        self.empty = EmptyState(say("states.no_lines"), self, icon="states", ground="ground")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.bar)
        column.addWidget(self.empty, 1)
        column.addWidget(self.timeline)
        column.addLayout(below, 1)

    def _connect(self) -> None:
        bar, desk = self.bar, self.desk
        bar.line_chosen.connect(self._line_chosen)
        bar.windows.changed.connect(self._window_chosen)
        bar.moved.connect(self._move)
        bar.zoomed.connect(self._zoom)
        bar.live.clicked.connect(self._live)
        self.timeline.chosen.connect(self._span_chosen)
        self.timeline.zoomed.connect(self._zoom)
        self.timeline.moved.connect(self._move)
        self.stops.chosen.connect(self._stop_chosen)
        self.stop.assigned.connect(self._assign)
        self.stop.split.connect(self._split)
        self.stop.closed.connect(self.close_stop)
        desk.second.connect(self._second)
        desk.plant_changed.connect(self._plant_changed)
        self._asks = [
            desk.keep_asking(self, "states", 2.0, self._took_states, self._refused, self._states_wanted),
            desk.keep_asking(self, "oee", 2.0, self._took_oee, None, self._oee_wanted),
        ]

    # -- what is looked at --------------------------------------------------------------------------------------------

    def _plant_changed(self) -> None:
        plant = self.desk.plant
        lines = [] if plant is None else list(plant.lines)
        self.bar.set_lines([(x.id, x.name) for x in lines])
        for part in (self.bar, self.timeline, self.stops, self.oee, self.stop):
            part.setEnabled(bool(lines))
        self.empty.setVisible(not lines)
        self.timeline.setVisible(bool(lines))
        if plant is None or not lines:
            return
        self.stop.set_reasons(plant.reasons)
        if self.line not in plant.line:
            self.line = lines[0].id
        self.bar.choose_line(self.line or "")
        self._look(views.view_of(self.view.key or "shift", plant, time.time_ns()))

    def _line_chosen(self, line: str) -> None:
        self.window_.go("states", line=line)

    def _window_chosen(self, key: str) -> None:
        self._look(views.view_of(key, self.desk.plant, time.time_ns()))

    def _move(self, share: float) -> None:
        self._look(views.moved(self._shown(), share, time.time_ns()))

    def _zoom(self, factor: float, share: float) -> None:
        shown = self._shown()
        around = shown.to_ns if shown.live else shown.from_ns + round(share * shown.length_ns)
        self._look(views.zoomed(shown, factor, around, time.time_ns()))

    def _live(self) -> None:
        if not self.view.live:
            self._look(views.view_of("shift", self.desk.plant, time.time_ns()))
        self.bar.live.setChecked(self.view.live)

    def _look(self, view: views.View) -> None:
        self.view = view
        self.bar.windows.choose(view.key)
        self.bar.live.setChecked(view.live)
        self._heard.clear()
        for asking in getattr(self, "_asks", []):
            asking.now()
        self._show()

    def _shown(self) -> views.View:
        return views.begun(self.view, self._spans)

    # -- questions and answers ----------------------------------------------------------------------------------------

    def _states_wanted(self) -> dict[str, Any] | None:
        plant = self.desk.plant
        if plant is None or self.line is None or (not self.view.live and "states" in self._heard):
            return None
        return {"stations": presenter.places_of(plant, self.line), "from_ns": self.view.from_ns,
                "to_ns": max(self.view.to_ns, time.time_ns()) if self.view.live else self.view.to_ns}  # fmt: skip

    def _oee_wanted(self) -> dict[str, Any] | None:
        plant = self.desk.plant
        if plant is None or self.line is None or (not self.view.live and "oee" in self._heard):
            return None
        return {"scopes": presenter.places_of(plant, self.line), "from_ns": self.view.from_ns,
                "to_ns": max(self.view.to_ns, time.time_ns()) if self.view.live else self.view.to_ns}  # fmt: skip

    def _took_states(self, found: Spans) -> None:
        self._heard.add("states")
        self._spans, self._at_ns = found.spans, found.at_ns
        self._show()
        if self._waits_for_stop and self._stops:
            self._waits_for_stop = False
            self._stop_chosen(self._stops[0])

    def _took_oee(self, figures: list[OeeFigures]) -> None:
        self._heard.add("oee")
        self._figures = {f.scope: f for f in figures}
        self._show_oee()

    def _refused(self, why: Text) -> None:
        self._heard.add("states")
        self._tell_head(why, "text")

    # -- showing ------------------------------------------------------------------------------------------------------

    def _second(self) -> None:
        if self.isVisible():
            self.view = views.onward(self.view, self.desk.plant, time.time_ns())
            self._show()

    def _show(self) -> None:
        plant, line, here = self.desk.plant, self.line, look()
        if plant is None or line is None:
            return
        now = time.time_ns() if self.desk.alive else self._at_ns or time.time_ns()
        order = presenter.places_of(plant, line)
        self._places = presenter.by_place(self._spans, order)
        shown = self._shown()
        names = list(presenter.short_names_of(plant, line).items())
        taller = len(names) != self.timeline.shown
        self.timeline.show_places(names, self._places, shown.from_ns, shown.to_ns)
        if taller:
            self._fit()
        self._stops = presenter.line_stops(plant, line, self._places, now)
        self.stops.show_rows(self._stops, self._stop_key)
        if self.desk.alive or self._spans:
            self._tell_head(views.view_words(self.view, shown, here.zone), "second")
        self._show_stop(now)

    def _show_oee(self) -> None:
        plant, line = self.desk.plant, self.line
        if plant is None or line is None:
            return
        names = presenter.short_names_of(plant, line)
        self.oee.show_rows([OeeRow(p, name, self._figures.get(p), p == line) for p, name in names.items()])
        self._fit()  # the timeline may have another number of bars than when the window got its size

    def _show_stop(self, now_ns: int) -> None:
        plant = self.desk.plant
        if self._stop_key is None or plant is None:
            self._right.setCurrentWidget(self.oee)
            return
        place, start = self._stop_key
        span = next((s for s in self._places.get(place, ()) if s.start_ns == start), None)
        row = None if span is None else presenter.stop_row(plant, span, self._places, now_ns)
        if row is not None:
            self.stop.show_stop(row)
            self._right.setCurrentWidget(self.stop)

    def _tell_head(self, text: Text, tone: str) -> None:
        assert self.timeline.head is not None
        self.timeline.head.remark.set_text(text, tone)

    # -- a stop -------------------------------------------------------------------------------------------------------

    def _span_chosen(self, span: StateSpan) -> None:
        self._stop_key = (span.station, span.start_ns)
        self._show()

    def _stop_chosen(self, row: StopRow) -> None:
        self._stop_key = row.key
        self._show()

    def close_stop(self) -> None:
        """Back to the OEE."""
        self._stop_key = None
        self._show()

    def _assign(self, row: StopRow, reason: str) -> None:
        plant = self.desk.plant
        name = say("states.no_reason") if not reason or plant is None else presenter.reason_name(plant, reason)
        if not row.targets:
            self.window_.tell(say("states.not_yet"))
        for number, target in enumerate(row.targets):
            done = say("states.assigned", place=row.place, reason=name) if number == 0 else None
            self.desk.ask("assign_reason", self._after(done), self.window_.tell, span_id=target, reason=reason)

    def _split(self, row: StopRow, at_ns: int) -> None:
        done = say("states.was_split", place=row.place)
        self.desk.ask("split_stop", self._after(done), self.window_.tell, span_id=row.span.span_id, at_ns=at_ns)

    def _after(self, done: Text | None) -> Any:
        def answered(_answer: Any) -> None:
            if done is not None:
                self.window_.tell(done)
            self._heard.clear()
            for asking in self._asks:
                asking.now()

        return answered

    # -- the window's wishes ------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        """``line``; ``window``: a choice; ``stop``: open the newest stop."""
        super().arrive(place)
        plant = self.desk.plant
        line = place.get("line")
        if plant is not None and line in plant.line and line != self.line:
            self.line, self._stop_key, self._spans, self._figures = line, None, [], {}
            self.bar.choose_line(line or "")
            self._look(self.view)
            self._show_oee()
            self.crumbs_changed.emit()
        if place.get("window") in views.KEYS:
            self._window_chosen(place["window"])
        if place.get("stop"):
            self._waits_for_stop = True
            self._look(self.view)
        else:
            self.close_stop()

    def settled(self) -> bool:
        """Whether the first answers are there: for pictures."""
        return {"states", "oee"} <= self._heard and not (self._waits_for_stop and self._stops)

    def scenes(self) -> dict[str, dict[str, str]]:
        """What else is worth a picture: a line that stood, with the choice of a reason open."""
        return {"stop-reason": {"line": self._worst_line(), "stop": "newest"}}

    def _worst_line(self) -> str:
        plant = self.desk.plant
        return (self.line or "") if plant is None or not plant.lines else plant.lines[-1].id

    def crumbs(self) -> list[Text]:
        plant = self.desk.plant
        return [] if plant is None or self.line not in plant.line else [plant.line[self.line].name]

    def help(self) -> Text | None:
        return say("states.help")

    def keep(self) -> dict[str, Any]:
        return {"line": self.line or "", "window": self.view.key}

    def recall(self, kept: Mapping[str, Any]) -> None:
        line, key = kept.get("line"), kept.get("window")
        if isinstance(line, str) and self.desk.plant is not None and line in self.desk.plant.line:
            self.line = line
            self.bar.choose_line(line)
        if key in views.KEYS:
            self._window_chosen(str(key))

    def retell(self) -> None:
        self.setAccessibleName(look().say("states.title"))
        self._show()
        self._show_oee()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.timeline.fit(self.height())
        below = self.height() - self.bar.sizeHint().height() - self.timeline.sizeHint().height() - 2 * GAP
        self.stop.fit(below)

    def _station_name(self, place: str) -> Text:
        return station_name(self.desk.plant, place)

    def _reason_name(self, reason: str) -> Text:
        plant = self.desk.plant
        return Text.same(reason) if plant is None else presenter.reason_name(plant, reason)


register(ScreenSpec("states", "states", "states.title", StatesScreen, order=40))

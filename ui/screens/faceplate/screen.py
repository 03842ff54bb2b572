"""The faceplate of a station, docked at the right: one layout for every station. Changes begin here, in a dialog."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from hmi.desk.rows import OverviewRows, Spans
from hmi.model.machine import StateSpan
from hmi.model.text import Text
from hmi.model.words import say
from ui.command.recordtable import CommandRecord
from ui.screens.faceplate import presenter
from ui.screens.faceplate.head import FaceHead
from ui.screens.faceplate.now import NowPage
from ui.screens.faceplate.presenter import FaceplatePlan, StopShown
from ui.screens.faceplate.stopreason import StopReasons
from ui.screens.faceplate.tagtable import TagTable
from ui.shell.registry import register_faceplate
from ui.shell.screen import Window
from ui.theme.look import look
from ui.widgets.controls import Button, Choice
from ui.widgets.panel import EmptyState, Panel

PAGES = ("now", "tags", "stop", "commands")
REACH_NS = 8 * 3600 * 1_000_000_000


class StationFaceplate(Panel):
    """One for a window: ``show_station`` makes it the faceplate of another station."""

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self._window, self.desk = window, window.desk
        self.station: str | None = None
        self._plan: FaceplatePlan | None = None
        self._rows: OverviewRows | None = None
        self._spans: list[StateSpan] = []
        self._stop: StopShown | None = None
        self._page = "now"
        self._build()
        self.desk.keep_asking(self, "overview", 1.0, self._answered)
        self._states = self.desk.keep_asking(self, "states", 3.0, self._spans_came, None, self._states_of)
        self.desk.second.connect(self._show)
        self.desk.engine_changed.connect(self._show)
        self.desk.plant_changed.connect(self._plant_changed)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        self._head = FaceHead(self)
        self._head.fault_changed.connect(self._show)
        self._close = Button(None, self, icon="close", flat=True, name=say("faceplate.close"))
        self._close.clicked.connect(self._window.close_faceplate)
        top.addWidget(self._head, 1)
        top.addWidget(self._close)
        top.setAlignment(self._close, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(top)
        words = {"now": "faceplate.page_now", "tags": "faceplate.all_tags", "stop": "faceplate.page_stop",
                 "commands": "cmd.page"}  # fmt: skip
        self._tabs = Choice([(page, say(words[page])) for page in PAGES], self, name=say("faceplate.page"))
        self._tabs.changed.connect(self.show_page)
        row = QHBoxLayout()
        row.addWidget(self._tabs)
        row.addStretch(1)
        self.body.addLayout(row)
        self._now = NowPage(self.desk, self)
        self._now.go_to.connect(self._window.open_faceplate)
        self._now.explain.connect(self._explain)
        self._now.open_trends.connect(self._open_trends)
        self._now.command.connect(self._command)
        self._tags = TagTable(self.desk, self)
        self._tags.command.connect(self._command)
        self._record = CommandRecord(self.desk, self)
        self._reasons = StopReasons(self)
        self._reasons.assign.connect(self._assign)
        self._empty = EmptyState(say("faceplate.unknown", station="–"), self)
        self._stack = QStackedLayout()
        for page in (self._now, self._tags, self._reasons, self._record, self._empty):
            self._stack.addWidget(page)
        self.body.addLayout(self._stack, 1)

    def sizeHint(self) -> QSize:
        return QSize(544, 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(340, 430)

    def show_station(self, station: str) -> None:
        """Be the faceplate of this station."""
        other = station != self.station
        self.station = station
        plant = self.desk.plant
        plan = None if plant is None else presenter.plan(plant, station)
        if plan is None:
            self._plan = None
            self._empty.say(say("faceplate.unknown", station=station))
            self._stack.setCurrentWidget(self._empty)
            self._tabs.setVisible(False)
            return
        if plan != self._plan:
            self._plan = plan
            self.setAccessibleName(look().text(plan.name))
            self._head.set_plan(plan, self.desk)
            self._now.set_plan(plan)
            self._tags.set_tags(plan.tags)
            mine = {tag.id for tag in plan.tags}
            self._record.want(lambda row: row.tag in mine)
            self._spans, self._stop = [], None
            self._states.now()
        if other or not self._tabs.isVisible():
            self._tabs.setVisible(True)
            self.show_page("now")
        self._show()

    def show_page(self, page: str) -> None:
        """now, tags, stop or commands."""
        self._page = page if page in PAGES else "now"
        self._tabs.choose(self._page)
        pages = {"now": self._now, "tags": self._tags, "stop": self._reasons, "commands": self._record}
        self._stack.setCurrentWidget(pages[self._page])

    @property
    def page(self) -> str:
        """Which page is open."""
        return self._page

    def _plant_changed(self) -> None:
        self._plan, self._rows = None, None
        if self.station is not None:
            self.show_station(self.station)

    def _states_of(self) -> dict[str, Any] | None:
        if self._plan is None:
            return None
        now_ns = time.time_ns()
        return {"stations": [self._plan.station.id], "from_ns": now_ns - REACH_NS, "to_ns": now_ns}

    def _spans_came(self, spans: Spans) -> None:
        if self._plan is not None:
            self._spans = [s for s in spans.spans if s.station == self._plan.station.id]
            self._show()

    def _answered(self, rows: OverviewRows) -> None:
        self._rows = rows
        self._show()

    def _show(self, _alive: bool | None = None) -> None:
        plant, plan = self.desk.plant, self._plan
        if plant is None or plan is None:
            return
        now_ns, zone = time.time_ns(), look().zone
        shown = presenter.show(self._rows, plant, plan.station.id, self._head.fault, now_ns, zone)
        self._stop = presenter.stop_to_explain(self._spans, plant.reasons, now_ns, zone)
        self._head.show_station(shown)
        self._now.show_station(shown, self._stop, plant)
        self._reasons.show_stop(self._stop, plant.reasons)
        changes = [] if self._rows is None else self._rows.changes
        self._now.show_events(presenter.events(self._spans, changes, plant, plan.station, now_ns, zone))

    def _explain(self) -> None:
        self._reasons.begin()
        self.show_page("stop")

    def _assign(self, span_id: int, reason: str) -> None:
        plan, plant = self._plan, self.desk.plant
        if plan is None or plant is None:
            return
        name = next((r.name for r in plant.reasons if r.id == reason), Text.same(reason))

        def done(_spans: Spans) -> None:
            self._reasons.set_busy(False)
            self._window.tell(say("faceplate.assigned", station=plan.name, reason=name))
            self._states.now()
            self._reasons.begin()
            self.show_page("now")

        def refused(why: Text) -> None:
            self._reasons.set_busy(False)
            self._window.tell(say("faceplate.not_assigned", station=plan.name, why=why))

        self._reasons.set_busy(True)
        self.desk.ask("assign_reason", done, refused, span_id=span_id, reason=reason)

    def _command(self, tag: str) -> None:
        self._window.command(tag)

    def _open_trends(self) -> None:
        if self._plan is not None:
            self._window.go("trends", tags=",".join(a.tag.id for a in self._plan.analogs))


register_faceplate(StationFaceplate)

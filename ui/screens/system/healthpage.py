"""Links, tags in doubt, engine and plugins on one page."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.rows import BadTags, ControllerRow, EngineRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.screens.system import presenter
from ui.screens.system.controllers import ControllerPlate, ControllerTable
from ui.screens.system.doubts import LIMIT, DoubtList, PluginList
from ui.widgets.panel import GAP, MARGIN, Ground, KeyValue, Panel

PLATE_PX, ENGINE_PX = 348, 304
PLUGINS_LOW_PX, PLUGINS_PX, PLUGINS_HIGH_PX = 116, 168, 264
LOW_PX, HIGH_PX = 560, 760


class HealthPage(Ground):
    """Asks each second while it can be seen."""

    def __init__(self, desk: Desk, tell: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._tell = desk, tell
        self._chosen: str | None = None
        self._controllers: Sequence[ControllerRow] = ()
        self._engine: EngineRow | None = None
        self.heard: set[str] = set()
        self.links, self.plate = ControllerTable(self), ControllerPlate(self)
        self.doubts, self.plugins = DoubtList(self), PluginList(self)
        self.engine = Panel(say("system.engine"), self)
        self.facts = KeyValue(name=say("system.engine"), key_px=104)
        self.engine.add(self.facts)
        self.engine.body.addStretch(1)
        middle = QVBoxLayout()
        middle.setSpacing(GAP)
        middle.addWidget(self.doubts, 1)
        middle.addWidget(self.plugins)
        self.plugins.setFixedHeight(PLUGINS_PX)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        self.plate.setFixedWidth(PLATE_PX)
        self.engine.setFixedWidth(ENGINE_PX)
        row.addWidget(self.plate)
        row.addLayout(middle, 1)
        row.addWidget(self.engine)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.links)
        column.addLayout(row, 1)
        self.links.chosen.connect(self._choose)
        self.plate.accepted.connect(self._accept)
        self.doubts.only.clicked.connect(self._filter)
        desk.keep_asking(self, "controllers", 1.0, self._took_controllers, self._refused)
        desk.keep_asking(self, "engine", 1.0, self._took_engine)
        self._bad = desk.keep_asking(self, "bad_tags", 1.0, self._took_bad, None, self._bad_wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low, high = self.height() < LOW_PX, self.height() >= HIGH_PX
        self.plugins.setFixedHeight(PLUGINS_LOW_PX if low else PLUGINS_HIGH_PX if high else PLUGINS_PX)
        for panel in (self.doubts, self.plugins):  # on a low screen a whole row is worth more than its margin
            layout = panel.layout()
            assert layout is not None
            layout.setContentsMargins(MARGIN, MARGIN // 3 if low else MARGIN, MARGIN, MARGIN // 3 if low else MARGIN)

    def _took_controllers(self, rows: Sequence[ControllerRow]) -> None:
        self.heard.add("controllers")
        self._controllers = rows
        if self._chosen not in {r.controller for r in rows}:
            waiting = next((r.controller for r in rows if r.state != "CONNECTED"), None)
            self._chosen = waiting or (rows[0].controller if rows else None)
        self._show()

    def _took_engine(self, row: EngineRow) -> None:
        self.heard.add("engine")
        self._engine = row
        report = self._desk.times.report()
        frames = (report.interval_p50, report.interval_p99) if report.frames > 60 else None
        self.facts.set_rows(presenter.engine_facts(row, time.time_ns(), frames))
        self.plugins.show_rows(row.plugins)
        assert self.engine.head is not None
        self.engine.head.remark.set_text("")

    def _took_bad(self, found: BadTags) -> None:
        self.heard.add("bad_tags")
        self.doubts.show_tags(found, self._desk.plant)

    def _refused(self, why: Text) -> None:
        assert self.engine.head is not None
        self.engine.head.remark.set_text(say("system.old"), "text")
        self._tell(why)

    def _bad_wanted(self) -> dict[str, Any]:
        only = self._chosen if self.doubts.only.isChecked() else None
        return {"controller": only, "limit": LIMIT}

    def _show(self) -> None:
        self.links.show_rows(self._controllers, self._chosen)
        row = next((r for r in self._controllers if r.controller == self._chosen), None)
        self.plate.show_row(row)
        self.doubts.name_filter(row.name if row is not None and len(self._controllers) > 1 else None)

    def _choose(self, row: ControllerRow) -> None:
        if row.controller != self._chosen:
            self._chosen = row.controller
            self._show()
            self._filter()

    def _filter(self) -> None:
        self._bad.now()

    def _accept(self, controller: str, fingerprint: str) -> None:
        name = next((r.name for r in self._controllers if r.controller == controller), Text.same(controller))

        def accepted(_answer: Any) -> None:
            self._tell(say("system.accepted", name=name))

        self._desk.ask("trust", accepted, self._tell, controller=controller, fingerprint=fingerprint)

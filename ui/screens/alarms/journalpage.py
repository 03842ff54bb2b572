"""The journal: every transition of every alarm, newest first, page by page."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from hmi.desk.alarm_rows import AlarmJournal
from hmi.model.alarm import JournalRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.equipment.words import station_name
from ui.screens.alarms import presenter
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button, Choice
from ui.widgets.label import Caption
from ui.widgets.panel import Panel
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

S = 1_000_000_000
PAGE = 200
EVERY_S = 5.0
GIVES_WAY = (("lot", 1300), ("by", 1200), ("step", 1200))
"""Columns, and the width of the page below which they go."""


class JournalPage(Panel):
    """Asks anew every few seconds while nobody has asked for older rows."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self._desk = desk
        self.heard = False
        self._rows: list[JournalRow] = []
        self.window_ = Choice([(k, say(f"alarmscreen.{k}")) for k in presenter.WINDOWS], name=say("alarmscreen.window"))
        self.window_.choose("h24")
        self.words = QLineEdit()
        self.words.setMaximumWidth(280)
        self.words.setPlaceholderText(look().say("alarmscreen.text_hint"))
        self.words.setAccessibleName(look().say("alarmscreen.text_hint"))
        self.count = Caption("", size=Size.SMALL, tone="second")
        self.older = Button(say("alarmscreen.older"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.window_)
        row.addWidget(self.words)
        row.addWidget(self.count, 1)
        row.addWidget(self.older)
        self.body.addLayout(row)
        here = look()

        def place(r: JournalRow) -> str:
            return here.text(station_name(desk.plant, r.place)) if r.place else ""

        def value(r: JournalRow) -> str:
            return presenter.journal_value(r, desk.tag(r.tag), here.lang)

        self.table = DataTable(
            [
                Column("at", say("alarmscreen.when"), lambda r: presenter.journal_when(r, here.zone), 228,
                       sort=lambda r: r.event.at_ns),
                Column("mark", Text.same(""), lambda r: "", 44, mark=lambda r: int(r.priority),
                       sort=lambda r: int(r.priority)),
                Column("name", say("alarmscreen.alarm"), lambda r: here.text(r.name), 0),
                Column("place", say("alarmlist.place"), place, 170),
                Column("event", say("alarmscreen.happened"), lambda r: here.text(presenter.happened(r)), 150,
                       bold=True),
                Column("step", say("alarmscreen.from_to"), lambda r: here.text(presenter.step_words(r)), 0,
                       tone=lambda _: "second"),
                Column("by", say("alarmscreen.by"), lambda r: r.event.by, 110),
                Column("why", say("alarmscreen.why"), value, 0, tone=lambda _: "second"),
                Column("lot", say("alarmlist.lot"), lambda r: " · ".join(x for x in (r.event.lot, r.event.order) if x),
                       190, tone=lambda _: "second"),
            ],
            key=lambda r: r.id, name=say("alarmscreen.journal"), empty=say("alarmscreen.empty_journal"),
        )  # fmt: skip
        self.add(self.table, 1)
        self._asking = desk.keep_asking(self, "alarm_journal", EVERY_S, self._take, self._refused, self._wanted)
        self.window_.changed.connect(self._window)
        self.words.textChanged.connect(self._filter)
        self.older.clicked.connect(self._older)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a small screen who and which lot give way: the alarm's name and what became of it do not."""
        super().resizeEvent(event)
        keys = [c.key for c in self.table.rows_model.columns]
        for key, least in GIVES_WAY:
            self.table.setColumnHidden(keys.index(key), self.width() < least)

    def _window(self, _key: str) -> None:
        self._rows = []
        self._asking.now()

    def _span(self) -> tuple[int, int]:
        now = time.time_ns()
        return now - presenter.WINDOWS[self.window_.key] * S, now + S

    def _wanted(self) -> dict[str, Any] | None:
        if len(self._rows) > PAGE:
            return None  # older rows are being read: new ones would push them away
        from_ns, to_ns = self._span()
        return {"from_ns": from_ns, "to_ns": to_ns, "limit": PAGE}

    def _take(self, found: AlarmJournal) -> None:
        self.heard = True
        self._rows = list(found.rows)
        self._show()

    def _older(self) -> None:
        if not self._rows:
            return
        from_ns, to_ns = self._span()

        def more(found: AlarmJournal) -> None:
            known = {row.id for row in self._rows}
            self._rows += [row for row in found.rows if row.id not in known]
            self._show()

        self._desk.ask("alarm_journal", more, self._refused, from_ns=from_ns, to_ns=to_ns, limit=PAGE,
                       before_id=min(row.id for row in self._rows))  # fmt: skip

    def _show(self) -> None:
        self.table.set_rows(self._rows)
        self.count.set_text(say("alarmscreen.n_rows", n=len(self._rows)))
        self.older.setEnabled(len(self._rows) >= PAGE)

    def _filter(self, text: str) -> None:
        self.table.want(text)

    def _refused(self, why: Text) -> None:
        self.heard = True
        self.count.set_text(why)

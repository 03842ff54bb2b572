"""The hold board: one row for each hold, the least real first; and what is in the lines, to be held in one touch."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.hold_rows import HoldRow
from hmi.model.hold import HoldState
from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import session_of
from ui.equipment.rights import may_not
from ui.equipment.words import length_words, since_words, too_old
from ui.screens.quality import presenter
from ui.screens.quality.detail import HoldDetail
from ui.screens.quality.linesnow import LinesNow
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.figures import time_text
from ui.widgets.guarded import GuardedButton
from ui.widgets.holdmark import WIDTH as MARK_PX
from ui.widgets.holdmark import draw_hold
from ui.widgets.label import Caption
from ui.widgets.panel import Banner, Ground, Panel
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

EVERY_S = 2.0
SINCE_PX = 170
DETAIL = (560, 460)
"""Width of the detail on a wide and on a small screen."""
NARROW = 1400
GIVES_WAY = (("by", 1300), ("gates", 900), ("why", 760))
"""Columns and the width of the table below which they go: the detail tells them too."""


class BoardPage(Ground):
    """Asks every 2 s while it can be seen, and at once when the engine tells of a hold."""

    wanted = Signal(object, str)
    """A new hold on this (ScopeKind or None, id)."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._session = desk, session_of(desk)
        self.rows: list[HoldRow] = []
        self.heard = False
        self._at_ns = 0
        self._wish: int | None = None
        self.detail = HoldDetail(desk, self)
        self._build()
        self._asking = desk.keep_asking(self, "holds", EVERY_S, self._take, self._refused, self._arguments)
        desk.keep_asking(self, "material_now", EVERY_S, self.now.show_rows, None)
        desk.told.connect(self._told)
        desk.second.connect(self._tell_time)
        self._session.who_changed.connect(self._rights)
        self._rights()

    def _build(self) -> None:
        self.strip = Banner(self, kind="doubt", text=say("qualityscreen.empty"))
        self.strip.hide()
        self.new_button = GuardedButton(say("qualityscreen.new"), self, icon="plus")
        self.new_button.acted.connect(self._new)
        self.count = Caption(say("qualityscreen.asking"), self, size=Size.SMALL, tone="second")
        self.released = Button(say("qualityscreen.with_released"), self, checkable=True)
        self.released.toggled.connect(self.ask_again)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.new_button)
        head.addWidget(self.count, 1)
        head.addWidget(self.released)
        self._plate = Panel(None, self)
        self._plate.body.addLayout(head)
        self._plate.add(self.strip)
        self._plate.add(self._table(), 1)
        self.now = LinesNow(desk=self._desk, parent=self)
        self.now.wanted.connect(self.wanted)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self._plate, 1)
        left.addWidget(self.now)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(left, 1)
        row.addWidget(self.detail)

    def _table(self) -> DataTable:
        here = look()
        self.table = DataTable(
            [
                Column("state", say("qualityscreen.column_state"), _state, 230, bold=True, sign=_sign, tone=_tone,
                       sort=lambda r: r.state.value),
                Column("what", say("qualityscreen.column_what"), lambda r: here.text(r.name), 0, bold=True, tone=_tone),
                Column("why", say("qualityscreen.column_why"), lambda r: here.text(presenter.why_words(r)), 190,
                       tone=_tone),
                Column("units", say("qualityscreen.column_units"), lambda r: here.text(presenter.units_words(r)), 240,
                       tone=_tone, sort=lambda r: r.units),
                Column("gates", say("qualityscreen.column_gates"),
                       lambda r: here.text(presenter.gates_words(r, here.zone)), 180, tone=_tone),
                Column("by", say("qualityscreen.column_by"), lambda r: r.by, 110, tone=_tone),
                Column("since", say("qualityscreen.column_since"), self._since, SINCE_PX, tone=_tone,
                       sort=lambda r: r.placed_ns),
            ],
            key=lambda r: r.id, name=say("qualityscreen.table"), empty=say("qualityscreen.asking"),
        )  # fmt: skip
        self.table.chosen.connect(self.detail.show_hold)
        return self.table

    def _new(self) -> None:
        self.wanted.emit(None, "")

    # -- what is shown ------------------------------------------------------------------------------------------------

    def show_hold(self, id: int) -> None:
        """Choose a hold; one that is not on the board yet is chosen when it comes."""
        self._wish = id
        if all(r.id != id for r in self.rows):
            self.ask_again()
        else:
            self._choose()

    def ask_again(self, *_: object) -> None:
        """Ask at once."""
        self._asking.now()

    def _arguments(self) -> dict[str, Any]:
        return {"released": self.released.isChecked(), "limit": 200}

    def _take(self, rows: Sequence[HoldRow]) -> None:
        self.heard, self._at_ns = True, time.time_ns()
        self.rows = presenter.in_order(rows)
        self.table.say_empty(say("qualityscreen.empty"))
        self.table.set_rows(self.rows)
        warning = presenter.paper_only(self.rows)
        self.strip.setVisible(warning is not None)
        if warning is not None:
            self.strip.say(warning)
        self._choose()
        self._tell_time()

    def _choose(self) -> None:
        wish, self._wish = self._wish, None
        if wish is not None and not self.table.choose(wish):
            if not self.released.isChecked():
                self._wish = wish
                self.released.setChecked(True)  # it is released by now
            return
        chosen = self.table.chosen_row
        if chosen is None and self.rows:
            self.table.choose(self.rows[0].id)
            chosen = self.table.chosen_row
        self.detail.show_hold(chosen)

    def _refused(self, why: Text) -> None:
        self.heard = True
        self.count.set_text(why, "text")

    def _told(self, event: dict[str, Any]) -> None:
        if "hold" in event:
            self._asking.now()

    def _tell_time(self) -> None:
        if not self.heard or not self.isVisible():
            return
        if self._at_ns:
            old = too_old(self._at_ns, time.time_ns() - round((EVERY_S + 2) * presenter.S))
            said = say("qualityscreen.old", clock=time_text(self._at_ns, look().zone))
            self.count.set_text(said if old else presenter.holds_count(self.rows), "text" if old else "second")
        self.detail.tell_time()
        self.table.refresh()

    def _since(self, row: HoldRow) -> str:
        here = look()
        if row.state is HoldState.RELEASED:
            return presenter.moment(row.released_ns, here.zone)
        now_ns = time.time_ns()
        if self.table.columnWidth(len(self.table.rows_model.columns) - 1) < SINCE_PX:
            return here.text(length_words((now_ns - row.placed_ns) / presenter.S))
        return here.text(since_words(row.placed_ns, now_ns, here.zone))

    def _rights(self, *_: object) -> None:
        why = may_not(self._session.who, Action.PLACE_HOLD)
        self.new_button.forbid(why)
        self.now.forbid(why)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = DETAIL[0] if self.width() >= NARROW else DETAIL[1]
        self.detail.setFixedWidth(side)
        room = self.width() - side - 40
        keys = [c.key for c in self.table.rows_model.columns]
        for key, px in GIVES_WAY:
            self.table.setColumnHidden(keys.index(key), room < px)
        self.table.setColumnWidth(keys.index("state"), 230 if room >= 760 else 206)
        self.table.setColumnWidth(keys.index("since"), SINCE_PX if room >= 760 else 100)
        self.table.setColumnWidth(keys.index("units"), 200)
        self.now.fit(self.height())

    def retell(self) -> None:
        self.detail.retell()
        self._tell_time()


def _state(row: HoldRow) -> str:
    return look().text(presenter.state_words(row))


def _sign(p: QPainter, t: Theme, box: QRectF, row: HoldRow) -> float:
    draw_hold(p, t, box, row.state)
    return MARK_PX


def _tone(row: HoldRow) -> str:
    return "second" if row.state is HoldState.RELEASED else "text"

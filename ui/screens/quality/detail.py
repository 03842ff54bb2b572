"""The chosen hold in full: how real it is, its facts, its gates, its units, and what can be done about it."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from hmi.desk.hold_rows import HoldRow, HoldUnits
from hmi.model.genealogy import UnitFate
from hmi.model.hold import HoldState
from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import session_of
from ui.equipment.rights import may_not
from ui.screens.quality import presenter
from ui.screens.quality.gates import GateList
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.dialog import Remark
from ui.widgets.guarded import GuardedButton
from ui.widgets.holdmark import HoldMark
from ui.widgets.label import Caption
from ui.widgets.panel import EmptyState, Ground, KeyValue, Panel
from ui.widgets.scroller import Scroller
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

PAGE = 200
EVERY_S = 5.0


class HoldDetail(Panel):
    """``show_hold`` as often as there is news of it."""

    release = Signal(object)
    close_gates = Signal(object)
    trace = Signal(str)
    card = Signal(str)
    """Number of the decision that it came from."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self.setAccessibleName(look().say("qualityscreen.chosen"))
        self._desk, self._session = desk, session_of(desk)
        self.row: HoldRow | None = None
        self._limit = PAGE
        self._heading()
        self._unit_table()
        self._acts()
        self._empty = EmptyState(say("qualityscreen.choose"), self, icon="quality")
        self._sheet = Ground(ground="panel")
        column = QVBoxLayout(self._sheet)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(8)
        gates_title = Caption(say("qualityscreen.gates_title"), self, size=Size.SMALL, tone="second")
        for part in (self.told, self.why, self.facts, gates_title, self.gates):
            column.addWidget(part)
        column.addLayout(self._units_head)
        column.addWidget(self.units, 1)
        scroll = Scroller(self._sheet, self)
        whole = Ground(ground="panel")
        inner = QVBoxLayout(whole)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addLayout(self._head)
        inner.addWidget(scroll, 1)
        inner.addLayout(self._act_row)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(whole)
        self.body.addLayout(self._stack, 1)
        self._asking = desk.keep_asking(self, "hold_units", EVERY_S, self._take, self._refused, self._wanted)
        self._session.who_changed.connect(self._rights)
        self._rights()

    def _heading(self) -> None:
        self.mark = HoldMark(self)
        self.name = Caption("", self, size=Size.LARGE, bold=True)
        self._head = QHBoxLayout()
        self._head.setSpacing(4)
        self._head.addWidget(self.mark)
        self._head.addWidget(self.name, 1)
        self.told = Caption("", self, bold=True, wrap=True)
        self.why = Remark(self, bold=False)
        self.facts = KeyValue(self, key_px=100, name=say("qualityscreen.facts"))
        self.gates = GateList(self)

    def _unit_table(self) -> None:
        self.units_said = Caption("", self, size=Size.SMALL, tone="second")
        self.more = Button(say("qualityscreen.more_units"), self)
        self.more.clicked.connect(self._more)
        self.more.hide()
        self._units_head = QHBoxLayout()
        title = Caption(say("qualityscreen.units_title"), self, size=Size.SMALL, tone="second")
        self._units_head.addWidget(title)
        self._units_head.addStretch(1)
        self._units_head.addWidget(self.units_said)
        self._units_head.addWidget(self.more)
        self.units = DataTable(
            [
                Column("unit", say("qualityscreen.unit"), lambda u: u.unit, 148, bold=True),
                Column("last", say("qualityscreen.last_left"), self._left, 0),
                Column("at", say("qualityscreen.left_at"), _left_at, 106,
                       sort=lambda u: u.at_ns),
                Column("where", say("qualityscreen.is_where"), _where, 70, tone=_tone),
            ],
            key=lambda u: u.unit, name=say("qualityscreen.units_title"), empty=say("qualityscreen.no_units"),
        )  # fmt: skip
        self.units.setMinimumHeight(136)
        self.units.opened.connect(self._trace)

    def _acts(self) -> None:
        self.release_button = GuardedButton(say("qualityscreen.release"), self, icon="check")
        self.close_button = GuardedButton(say("qualityscreen.close_again"), self, icon="lock")
        self.card_button = Button(say("qualityscreen.open_card"), self, icon="decisions")
        self.said = Caption("", self, size=Size.SMALL, tone="second")
        self._act_row = QHBoxLayout()
        self._act_row.setSpacing(8)
        for part in (self.release_button, self.close_button, self.card_button):
            self._act_row.addWidget(part)
        self._act_row.addWidget(self.said, 1)
        self.release_button.acted.connect(self._release)
        self.close_button.acted.connect(self._close_gates)
        self.card_button.clicked.connect(self._open_card)
        for button in (self.release_button, self.close_button):
            button.in_vain.connect(self.said.set_text)

    # -- what is shown ------------------------------------------------------------------------------------------------

    def show_hold(self, row: HoldRow | None) -> None:
        """Show this hold, or none."""
        other = (None if row is None else row.id) != (None if self.row is None else self.row.id)
        self.row = row
        if other:
            self._limit = PAGE
            self.units.set_rows([])
            self.units_said.set_text("")
            self.more.hide()
            self.said.set_text("")
            self._asking.now()
        self._stack.setCurrentIndex(0 if row is None else 1)
        self.tell_time()
        self._rights()

    def tell_time(self) -> None:
        """Ages have grown."""
        row = self.row
        if row is None:
            return
        self.mark.show_state(row.state)
        self.name.set_text(row.name)
        self.told.set_text(presenter.state_told(row))
        self.why.set_text(row.why or "")
        self.facts.set_rows(presenter.facts(row, self._desk.plant, time.time_ns(), look().zone))
        self.gates.show_gates(row.gates, self._desk.plant)

    def _rights(self, *_: object) -> None:
        row, who = self.row, self._session.who
        released = row is None or row.state is HoldState.RELEASED
        why = say("qualityscreen.is_released") if released else may_not(who, Action.RELEASE_HOLD)
        self.release_button.forbid(why)
        self.close_button.forbid(may_not(who, Action.PLACE_HOLD))
        again = row is not None and not released and presenter.closed(row) < len(row.gates)
        self.close_button.setVisible(again)
        self.card_button.setVisible(row is not None and row.cause.startswith("decision:"))

    def _wanted(self) -> dict[str, Any] | None:
        return None if self.row is None else {"id": self.row.id, "limit": self._limit, "offset": 0}

    def _take(self, found: HoldUnits) -> None:
        self.units.set_rows(found.rows)
        self.units_said.set_text(say("qualityscreen.units_count", n=len(found.rows), total=found.total))
        self.more.setVisible(len(found.rows) < found.total)

    def _refused(self, why: Text) -> None:
        self.units_said.set_text(why)

    def _more(self) -> None:
        self._limit += PAGE
        self._asking.now()

    def _open_card(self) -> None:
        if self.row is not None:
            self.card.emit(self.row.cause.partition(":")[2])

    def _release(self) -> None:
        self.release.emit(self.row)

    def _close_gates(self) -> None:
        self.close_gates.emit(self.row)

    def _trace(self, unit: UnitFate) -> None:
        self.trace.emit(unit.unit)

    def traced(self) -> str:
        """A unit of the hold that passed the most of the line: the last that is out, else the first inside."""
        rows = self.units.rows_model.rows
        out = [u for u in rows if u.out]
        found: str = out[-1].unit if out else rows[0].unit if rows else ""
        return found

    def _left(self, unit: UnitFate) -> str:
        return look().text(presenter.place_words(self._desk.plant, unit.station))

    def retell(self) -> None:
        """The language is another one."""
        self.setAccessibleName(look().say("qualityscreen.chosen"))
        self.tell_time()


def _left_at(unit: UnitFate) -> str:
    return presenter.short_moment(unit.at_ns, time.time_ns(), look().zone)


def _where(unit: UnitFate) -> str:
    return look().say("qualityscreen.is_out" if unit.out else "qualityscreen.is_inside")


def _tone(unit: UnitFate) -> str:
    return "text" if unit.out else "second"

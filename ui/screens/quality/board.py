"""The hold board: one row for each hold, the least real first; and what is in the lines, to be held in one touch."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hmi.desk.hold_rows import HoldRow, MaterialNow
from hmi.model.hold import HoldState, ScopeKind
from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import session_of
from ui.equipment.rights import may_not
from ui.equipment.words import length_words, since_words, station_name, too_old
from ui.screens.quality import presenter
from ui.screens.quality.detail import HoldDetail
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
LABEL_PX, GROUP_PX = 64, 320
"""A line with its buttons takes at least so much."""
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

    def retell(self) -> None:
        self.detail.retell()
        self._tell_time()


class LinesNow(Panel):
    """Lots and batches in work, a group for each line; a press begins a hold on it."""

    wanted = Signal(object, str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(say("qualityscreen.lines_now"), parent)
        self._desk = desk
        self._rows: list[MaterialNow] = []
        self._why: Text | None = None
        self.buttons: dict[tuple[str, str, str], GuardedButton] = {}
        self._filled = 0
        """Lines beside each other, as they were placed last."""
        self._none = Caption(say("qualityscreen.nothing_now"), self, size=Size.SMALL, tone="second")
        self._sheet = Ground(ground="panel")
        self._grid = QGridLayout(self._sheet)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._scroll = QScrollArea(self)
        self._scroll.setWidget(self._sheet)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.hide()
        self.add(self._none)
        self.add(self._scroll)

    def show_rows(self, rows: Sequence[MaterialNow]) -> None:
        """Show what the lines tell."""
        told = [(r.line, r.lot, r.batch) for r in rows]
        if told == [(r.line, r.lot, r.batch) for r in self._rows]:
            return
        self._rows = list(rows)
        self._fill()

    def _fill(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.buttons = {}
        there = [r for r in self._rows if r.lot or r.batch]
        self._none.setVisible(not there)
        self._scroll.setVisible(bool(there))
        for row in there:
            for kind, id in ((ScopeKind.LOT, row.lot), (ScopeKind.BATCH, row.batch)):
                if id:
                    button = GuardedButton(say(f"qualityscreen.{kind.value}_button", id=id), self._sheet)
                    button.setProperty("what", (kind.value, id))
                    button.acted.connect(self._pressed)
                    self.buttons[(row.line, kind.value, id)] = button
        groups = self._filled = self._across()
        for at, row in enumerate(there):
            line, column = divmod(at, groups)
            name = Caption(station_name(self._desk.plant, row.line), self._sheet, size=Size.SMALL, tone="second")
            self._grid.addWidget(name, line, column * 4)
            for n, (kind, id) in enumerate(((ScopeKind.LOT, row.lot), (ScopeKind.BATCH, row.batch))):
                if id:
                    self._grid.addWidget(self.buttons[(row.line, kind.value, id)], line, column * 4 + 1 + n)
        self._grid.setColumnStretch(groups * 4, 1)
        lines = -(-len(there) // groups)
        self._scroll.setFixedHeight(min(2, max(1, lines)) * (max(36, look().target(self)) + 6))
        self.forbid(self._why)

    def _across(self) -> int:
        room = self.width() - 24
        across = max(1, room // GROUP_PX)
        parts = self._parts_px()
        return max(1, min(across, room // parts)) if parts else across

    def _parts_px(self) -> int:
        """Width of the widest line with its buttons as they are now; 0 before there are any."""
        lines: dict[str, int] = {}
        for (line, _, _), button in self.buttons.items():
            lines[line] = lines.get(line, LABEL_PX) + button.sizeHint().width() + 8
        return max(lines.values(), default=0)

    def forbid(self, why: Text | None) -> None:
        """Forbid all of them with a reason, or allow them."""
        self._why = why
        for button in self.buttons.values():
            button.forbid(why)

    def _pressed(self) -> None:
        kind, id = self.sender().property("what")
        self.wanted.emit(ScopeKind(kind), id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._rows and self._across() != self._filled:
            self._fill()


def _state(row: HoldRow) -> str:
    return look().text(presenter.state_words(row))


def _sign(p: QPainter, t: Theme, box: QRectF, row: HoldRow) -> float:
    draw_hold(p, t, box, row.state)
    return MARK_PX


def _tone(row: HoldRow) -> str:
    return "second" if row.state is HoldState.RELEASED else "text"

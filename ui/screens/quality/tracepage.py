"""The genealogy of one unit: back to its material, along its stations, forward to what shares its material."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hmi.desk.hold_rows import UnitTrace
from hmi.model.genealogy import UnitPass
from hmi.model.hold import ScopeKind
from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import session_of
from ui.equipment.rights import may_not
from ui.screens.quality import presenter
from ui.screens.quality.tracelane import Step, TraceLane
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.figures import number, time_text
from ui.widgets.guarded import GuardedButton
from ui.widgets.label import Caption
from ui.widgets.panel import EmptyState, Ground, KeyValue, Panel
from ui.widgets.scroller import Scroller
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

SIDE_PX = 400
MOST_LINKS = 8
GIVES_WAY = (("operator", 1010), ("order", 890), ("lot", 770))
"""Columns and the width of the table below which they go."""


class TracePage(Panel):
    """``trace(unit)`` asks; answers to a unit that is no longer asked for are let go."""

    wanted = Signal(object, str)
    """A new hold on this (ScopeKind, id)."""
    hold = Signal(int)
    inspection = Signal(int)

    def __init__(self, desk: Desk, tell: Callable[[Text], None], parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self._desk, self._tell, self._session = desk, tell, session_of(desk)
        self.unit = ""
        self.found: UnitTrace | None = None
        self.heard = True
        """Nothing asked is still open."""
        self.field = QLineEdit(self)
        self.field.setMaxLength(200)
        self.field.returnPressed.connect(self._go)
        self.button = Button(say("qualityscreen.trace_go"), self, icon="search")
        self.button.clicked.connect(self._go)
        self.hold_unit = GuardedButton(say("qualityscreen.hold_unit"), self, icon="quality")
        self.hold_unit.acted.connect(self._hold_unit)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Caption(say("qualityscreen.trace_unit"), self, size=Size.SMALL, tone="second"))
        head.addWidget(self.field, 1)
        head.addWidget(self.button)
        head.addStretch(1)
        head.addWidget(self.hold_unit)
        self.body.addLayout(head)
        self.empty = EmptyState(say("qualityscreen.trace_first"), self, icon="search")
        self.add(self.empty, 1)
        self.sheet = Ground(ground="panel")
        self.add(self.sheet, 1)
        self.sheet.hide()
        self._fill()
        self._session.who_changed.connect(self._rights)
        self._rights()
        self.retell()

    def _fill(self) -> None:
        here = look()
        self.lane = TraceLane(self)
        self.facts = KeyValue(self, key_px=120, name=say("qualityscreen.made_in"))
        self.lot = GuardedButton(say("qualityscreen.hold_lot"), self)
        self.batch = GuardedButton(say("qualityscreen.hold_batch"), self)
        self.same_lot, self.same_batch = Caption("", self), Caption("", self)
        self.lot.acted.connect(self._hold_lot)
        self.batch.acted.connect(self._hold_batch)
        share = QGridLayout()
        share.setSpacing(8)
        for at, (said, button) in enumerate(((self.same_lot, self.lot), (self.same_batch, self.batch))):
            share.addWidget(said, at, 0)
            share.addWidget(button, at, 1)
        share.setColumnStretch(0, 1)
        self.inspections = Links(say("qualityscreen.inspections"), say("qualityscreen.no_inspections"), self)
        self.holds = Links(say("qualityscreen.holds_on"), say("qualityscreen.no_holds_on"), self)
        self.inspections.pressed.connect(self.inspection)
        self.holds.pressed.connect(self.hold)
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(Caption(say("qualityscreen.made_in"), self, bold=True))
        side.addWidget(self.facts)
        side.addWidget(Caption(say("qualityscreen.share"), self, bold=True))
        side.addLayout(share)
        links = QHBoxLayout()
        links.setSpacing(16)
        links.addWidget(self.inspections, 1, Qt.AlignmentFlag.AlignTop)
        links.addWidget(self.holds, 1, Qt.AlignmentFlag.AlignTop)
        side.addLayout(links)
        side.addStretch(1)
        plate = Ground(self.sheet, ground="panel")
        plate.setLayout(side)
        around = Scroller(plate, self.sheet)  # its buttons take the keys, and it follows them
        around.setAccessibleName(look().say("qualityscreen.made_in"))
        around.setFixedWidth(SIDE_PX)
        self.table = DataTable(
            [
                Column("station", say("qualityscreen.the_station"), self._station, 0, bold=True),
                Column("at", say("qualityscreen.left_at"), lambda p: presenter.moment(p.at_ns, here.zone), 150,
                       sort=lambda p: p.at_ns),
                Column("after", say("qualityscreen.took_s"), self._after, 80, right=True),
                Column("lot", say("qualityscreen.lot"), lambda p: p.lot or "–", 120),
                Column("order", say("qualityscreen.order"), lambda p: p.order or "–", 120),
                Column("batch", say("qualityscreen.batch"), lambda p: here.text(presenter.batch_words(p)), 140),
                Column("operator", say("qualityscreen.operator"), lambda p: p.operator or "–", 110),
            ],
            key=lambda p: (p.station, p.at_ns), name=say("qualityscreen.passed"), empty=say("qualityscreen.no_passes"),
        )  # fmt: skip
        lower = QHBoxLayout()
        lower.setSpacing(16)
        lower.addWidget(self.table, 1)
        lower.addWidget(around)
        column = QVBoxLayout(self.sheet)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.lane)
        column.addLayout(lower, 1)

    # -- asking -------------------------------------------------------------------------------------------------------

    def _go(self) -> None:
        self.trace(self.field.text().strip())

    def trace(self, unit: str) -> None:
        """Show this unit."""
        if not unit:
            return
        self.unit, self.heard = unit, False
        if self.field.text() != unit:
            self.field.setText(unit)

        def answered(found: UnitTrace) -> None:
            if unit == self.unit:
                self._show(found)

        def refused(why: Text) -> None:
            if unit == self.unit:
                self.heard, self.found = True, None
                self._say(why)
                self._tell(why)

        self._desk.ask("trace", answered, refused, unit=unit)

    def _say(self, why: Text) -> None:
        self.sheet.hide()
        self.empty.show()
        self.empty.say(why)
        self._rights()

    def _show(self, found: UnitTrace) -> None:
        self.heard = True
        self.found = found if found.known else None
        if not found.known:
            self._say(say("qualityscreen.trace_unknown", unit=found.unit))
            return
        self.empty.hide()
        self.sheet.show()
        zone, plant = look().zone, self._desk.plant
        passes = sorted(found.passes, key=lambda p: p.at_ns)
        self._took = presenter.took(passes)
        steps = [Step(self._short(p), time_text(p.at_ns, zone), p.batch) for p in passes]
        self.lane.show_way(presenter.batches_of(found), steps)
        lines = list(dict.fromkeys(p.line for p in passes if p.line))
        rows: list[tuple[Text, Text | str]] = [
            (say("qualityscreen.order"), found.order or "–"),
            (say("qualityscreen.lot"), found.lot or "–"),
            (say("qualityscreen.product"), found.product or "–"),
            (say("qualityscreen.batch"), presenter.some(presenter.batches_of(found))),
            (say("qualityscreen.where"), presenter.place_words(plant, " ".join(lines))),
        ]
        self.facts.set_rows(rows)
        self.same_lot.set_text(say("qualityscreen.same_lot", n=number(found.same_lot)))
        self.same_batch.set_text(say("qualityscreen.same_batch", n=number(found.same_batch)))
        self.table.set_rows(passes)
        self.inspections.show_ids(found.inspections)
        self.holds.show_ids(found.holds)
        self._rights()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        keys, room = [c.key for c in self.table.rows_model.columns], self.width() - SIDE_PX - 40
        for key, px in GIVES_WAY:
            self.table.setColumnHidden(keys.index(key), room < px)

    # -- acting and words ---------------------------------------------------------------------------------------------

    def _hold_unit(self) -> None:
        self.wanted.emit(ScopeKind.UNITS, self.unit)

    def _hold_lot(self) -> None:
        self._hold(ScopeKind.LOT)

    def _hold_batch(self) -> None:
        self._hold(ScopeKind.BATCH)

    def _hold(self, kind: ScopeKind) -> None:
        found = self.found
        if found is None:
            return
        batches = presenter.batches_of(found)
        id = found.lot if kind is ScopeKind.LOT else batches[0] if batches else ""
        self.wanted.emit(kind, id)

    def _rights(self, *_: object) -> None:
        why, found = may_not(self._session.who, Action.PLACE_HOLD), self.found
        for button in (self.hold_unit, self.lot, self.batch):
            button.forbid(why)
        self.hold_unit.setVisible(found is not None)
        self.lot.setVisible(found is not None and bool(found.lot))
        self.batch.setVisible(found is not None and bool(presenter.batches_of(found)))

    def _short(self, found: UnitPass) -> Text:
        plant = self._desk.plant
        station = None if plant is None else plant.station.get(found.station)
        return Text.same(found.station) if station is None else station.name

    def _station(self, found: UnitPass) -> str:
        return look().text(presenter.place_words(self._desk.plant, found.station))

    def _after(self, found: UnitPass) -> str:
        seconds = self._took.get((found.station, found.at_ns))
        return "–" if seconds is None else look().say("figures.s", n=number(seconds, 0))

    def retell(self) -> None:
        """The language is another one."""
        self.field.setPlaceholderText(look().say("qualityscreen.trace_hint"))
        self.field.setAccessibleName(look().say("qualityscreen.trace_unit"))
        if self.found is not None:
            self._show(self.found)


class Links(QWidget):
    """Numbers of records that can be opened."""

    pressed = Signal(int)

    def __init__(self, title: Text, none: Text, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._none = Caption(none, self, tone="second")
        self._buttons: list[Button] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(Caption(title, self, bold=True))
        column.addWidget(self._none)
        column.addLayout(self._grid)

    def show_ids(self, ids: list[int]) -> None:
        """Show these, the newest few."""
        shown = sorted(ids, reverse=True)[:MOST_LINKS]
        self._none.setVisible(not shown)
        while len(self._buttons) < len(shown):
            button = Button(Text.same(""), self)
            button.clicked.connect(self._pressed)
            self._grid.addWidget(button, len(self._buttons) // 2, len(self._buttons) % 2)
            self._buttons.append(button)
        for at, button in enumerate(self._buttons):
            button.setVisible(at < len(shown))
            if at < len(shown):
                button.setProperty("id", shown[at])
                button.set_text(say("qualityscreen.nth", n=shown[at]))

    def _pressed(self) -> None:
        self.pressed.emit(int(self.sender().property("id")))

"""What is to be held: a lot, a batch, units, or everything that passed a station since a moment; one touch each."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from hmi.desk.hold_rows import MaterialNow
from hmi.model.hold import HoldScope, ScopeKind
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.quality import presenter
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.chips import Chips
from ui.widgets.controls import Button, Choice
from ui.widgets.label import Caption
from ui.widgets.secret import NamedField


class ScopePick(QWidget):
    """``scope`` is a HoldScope once it is whole, else the Text that says what is missing."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plant: Plant | None = None
        self._now_ns: int | None = None
        """The moment that a one-touch beginning counts from: the press, so that the preview does not run away."""
        self.kind_choice = Choice(presenter.KINDS, self, name=say("qualityscreen.step_what"))
        self.kind_choice.changed.connect(self._kind_chosen)
        self.lots = Chips(say("qualityscreen.lots_now"), self, several=True)
        self.other_lot = NamedField(say("qualityscreen.other_lot"), self)
        self.batches = Chips(say("qualityscreen.batches_now"), self, several=True)
        self.other_batch = NamedField(say("qualityscreen.other_batch"), self)
        self.units = NamedField(say("qualityscreen.unit_ids"), self)
        self.units.field.setMaxLength(4000)
        self.station = QComboBox(self)
        self.since = Chips(say("qualityscreen.since_when"), self, across=len(presenter.SINCE_MIN))
        self.since.offer([(str(m), _since_word(m)) for m in presenter.SINCE_MIN])
        self.clock = NamedField(say("qualityscreen.since_clock"), self)
        self.clock.field.setMaximumWidth(140)
        self.goes_on = Button(say("qualityscreen.goes_on"), self, checkable=True)
        self.goes_on.setChecked(True)
        self._stack = QStackedLayout()
        self._pages: dict[ScopeKind, QWidget] = {
            ScopeKind.LOT: self._page(self.lots, self.other_lot),
            ScopeKind.BATCH: self._page(self.batches, self.other_batch),
            ScopeKind.UNITS: self._page(self.units),
            ScopeKind.STATION: self._station_page(),
        }
        for page in self._pages.values():
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.addWidget(self.kind_choice)
        row.addStretch(1)
        column.addLayout(row)
        column.addLayout(self._stack)
        for chips in (self.lots, self.batches):
            chips.changed.connect(self.changed)
        for field in (self.other_lot, self.other_batch, self.units):
            field.field.textChanged.connect(self.changed)
        self.since.changed.connect(self._since_chosen)
        self.clock.field.textChanged.connect(self._clock_typed)
        self.station.currentIndexChanged.connect(self.changed)
        self.goes_on.toggled.connect(self.changed)

    def _page(self, *parts: QWidget) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        return page

    def _station_page(self) -> QWidget:
        row = QWidget(self)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self.clock)
        line.addWidget(self.goes_on, 1)
        label = Caption(say("qualityscreen.the_station"), self, size=Size.SMALL, tone="second")
        return self._page(label, self.station, self.since, row)

    # -- what is chosen -----------------------------------------------------------------------------------------------

    @property
    def kind(self) -> ScopeKind:
        """Which kind of scope is being named."""
        return ScopeKind(self.kind_choice.key)

    @property
    def scope(self) -> HoldScope | Text:
        """The scope as far as it is named."""
        kind = self.kind
        if kind is ScopeKind.STATION:
            station = self.station.currentData() or ""
            return presenter.scope_of(kind, [station] if station else [], *self._window())
        if kind is ScopeKind.UNITS:
            return presenter.scope_of(kind, presenter.ids_in(self.units.text), None)
        lot = kind is ScopeKind.LOT
        chips, other = (self.lots, self.other_lot) if lot else (self.batches, self.other_batch)
        return presenter.scope_of(kind, tuple(dict.fromkeys([*chips.chosen, *presenter.ids_in(other.text)])), None)

    def _window(self) -> tuple[int | None, int]:
        now_ns = self._now_ns or time.time_ns()
        until = 0 if self.goes_on.isChecked() else now_ns
        if self.since.key:
            return now_ns - int(self.since.key) * 60 * presenter.S, until
        return presenter.clock_in(self.clock.text, now_ns, look().zone), until

    def begin(self, plant: Plant | None) -> None:
        """Begin with nothing chosen."""
        self._plant, self._now_ns = plant, None
        for chips in (self.lots, self.batches, self.since):
            chips.choose([])
        for field in (self.other_lot, self.other_batch, self.units, self.clock):
            field.field.clear()
        self.goes_on.setChecked(True)
        self._stations()
        self.kind_choice.choose(ScopeKind.LOT.value)
        self._stack.setCurrentWidget(self._pages[ScopeKind.LOT])

    def choose(self, kind: ScopeKind, id: str) -> None:
        """Take this lot, batch, unit or station."""
        self.kind_choice.choose(kind.value)
        self._stack.setCurrentWidget(self._pages[kind])
        if kind is ScopeKind.STATION:
            self.station.setCurrentIndex(max(0, self.station.findData(id)))
        elif kind is ScopeKind.UNITS:
            self.units.field.setText(id)
        else:
            chips, other = (self.lots, self.other_lot) if kind is ScopeKind.LOT else (self.batches, self.other_batch)
            if id in chips.buttons:
                chips.choose([id])
            else:
                other.field.setText(id)
        self.changed.emit()

    def offer(self, rows: Sequence[MaterialNow]) -> None:
        """Offer what is in the lines; what was typed and is offered now becomes a button."""
        for chips, other, kind in (
            (self.lots, self.other_lot, ScopeKind.LOT), (self.batches, self.other_batch, ScopeKind.BATCH),
        ):  # fmt: skip
            found = presenter.offers(rows, kind)
            chips.offer([(x.id, presenter.offer_words(x, self._plant)) for x in found])
            if other.text in chips.buttons:
                chips.choose([*chips.chosen, other.text])
                other.field.clear()

    def _stations(self) -> None:
        kept = self.station.currentData()
        self.station.blockSignals(True)
        self.station.clear()
        self.station.addItem("–", "")
        for station in () if self._plant is None else self._plant.stations:
            self.station.addItem(look().text(presenter.place_words(self._plant, station.id)), station.id)
        self.station.setCurrentIndex(max(0, self.station.findData(kept)))
        self.station.setAccessibleName(look().say("qualityscreen.the_station"))
        self.station.blockSignals(False)

    def _kind_chosen(self, key: str) -> None:
        self._stack.setCurrentWidget(self._pages[ScopeKind(key)])
        self.changed.emit()

    def _since_chosen(self) -> None:
        self._now_ns = time.time_ns()
        if self.since.key:
            self.clock.field.clear()
        self.changed.emit()

    def _clock_typed(self) -> None:
        self._now_ns = time.time_ns()
        if self.clock.text:
            self.since.choose([])
        self.changed.emit()

    def retell(self) -> None:
        """The language is another one."""
        self._stations()


def _since_word(minutes: int) -> Text:
    if minutes >= 60:
        return say("qualityscreen.since_h", n=minutes // 60)
    return say("qualityscreen.since_min", n=minutes)

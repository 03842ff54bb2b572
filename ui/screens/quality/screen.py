"""The quality screen: the hold board and the trace. ``go("quality", lot="LOT-3007")`` begins a hold on that lot."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from hmi.desk.hold_rows import HoldRow
from hmi.model.hold import ScopeKind
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.quality import presenter
from ui.screens.quality.board import BoardPage
from ui.screens.quality.newhold import NewHold
from ui.screens.quality.release import ClosePlate, ReleasePlate
from ui.screens.quality.tracepage import TracePage
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Place, Screen, Window
from ui.theme.look import look
from ui.widgets.controls import Choice
from ui.widgets.panel import Ground

PRESETS = {"lot": ScopeKind.LOT, "batch": ScopeKind.BATCH, "unit": ScopeKind.UNITS, "station": ScopeKind.STATION}


class QualityScreen(Screen):
    """Places: ``page`` board or trace; ``hold`` a number; ``unit`` with page trace; lot, batch, unit, station: a new
    hold on it."""

    wide = True

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(window, parent)
        self.setAccessibleName(look().say("qualityscreen.title"))
        self.page = "board"
        self.choice = Choice(
            [(key, say(f"qualityscreen.{key}")) for key in presenter.PAGES], name=say("qualityscreen.pages"),
            ground="ground",
        )  # fmt: skip
        self.choice.changed.connect(self._go_page)
        self.board = BoardPage(self.desk)
        self.trace = TracePage(self.desk, window.tell)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.board)
        self._stack.addWidget(self.trace)
        bar = Ground(self)
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.choice)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(bar)
        column.addLayout(self._stack, 1)
        self.board.wanted.connect(self.new_hold)
        self.trace.wanted.connect(self.new_hold)
        detail = self.board.detail
        detail.release.connect(self._release)
        detail.close_gates.connect(self._close_gates)
        detail.trace.connect(self._go_unit)
        detail.card.connect(self._go_card)
        self.trace.hold.connect(self._go_hold)
        self.trace.inspection.connect(self._go_inspection)

    @cached_property
    def plate(self) -> NewHold:
        """The plate of a new hold, made when first asked for."""
        return NewHold(self.window(), self.desk, self.window_.tell, self._changed)

    @cached_property
    def release_plate(self) -> ReleasePlate:
        """The plate of a release."""
        return ReleasePlate(self.window(), self.desk, self.window_.tell, self._changed)

    @cached_property
    def close_plate(self) -> ClosePlate:
        """The plate that closes gates again."""
        return ClosePlate(self.window(), self.desk, self.window_.tell, self._changed)

    def new_hold(self, kind: ScopeKind | None, id: str = "") -> None:
        """Begin a hold."""
        self.plate.begin(kind, id)

    def _release(self, row: HoldRow) -> None:
        self.release_plate.ask(row)

    def _close_gates(self, row: HoldRow) -> None:
        self.close_plate.ask(row)

    def _go_page(self, page: str) -> None:
        self.window_.go("quality", page=page)

    def _go_unit(self, unit: str) -> None:
        self.window_.go("quality", page="trace", unit=unit)

    def _go_hold(self, id: int) -> None:
        self.window_.go("quality", hold=str(id))

    def _go_card(self, number: str) -> None:
        self.window_.go("decisions", id=number)

    def _go_inspection(self, id: int) -> None:
        self.window_.go("review", inspection=str(id))

    def _changed(self, row: HoldRow) -> None:
        self.board.show_hold(row.id)
        self.board.ask_again()

    def arrive(self, place: Place) -> None:
        super().arrive(place)
        page = place.get("page", "board")
        self.page = page if page in presenter.PAGES else "board"
        self.choice.choose(self.page)
        self._stack.setCurrentIndex(presenter.PAGES.index(self.page))
        if self.page == "trace":
            self.trace.trace(place.get("unit", ""))
        else:
            preset = next(((kind, place[key]) for key, kind in PRESETS.items() if place.get(key)), None)
            if preset is not None:
                self.new_hold(*preset)
            elif "new" in place:
                self.new_hold(None)
            if place.get("hold", "").isascii() and place.get("hold", "").isdigit():
                self.board.show_hold(int(place["hold"]))
        self.crumbs_changed.emit()

    def scope(self) -> str:
        return ""

    def settled(self) -> bool:
        """Whether the first answers are there: for pictures."""
        return self.board.heard if self.page == "board" else self.trace.heard

    def scenes(self) -> dict[str, dict[str, str]]:
        """What the tour shows beside the board."""
        units = self.board.detail.traced()
        found = {"new": {"new": "hold"}, "trace": {"page": "trace"}}
        return found if not units else {**found, "trace": {"page": "trace", "unit": units}}

    def crumbs(self) -> list[Text]:
        if self.page == "board":
            return []
        return [say("qualityscreen.trace"), *([Text.same(self.trace.unit)] if self.trace.unit else [])]

    def help(self) -> Text | None:
        return say("qualityscreen.help")

    def minimumSizeHint(self) -> QSize:
        return QSize(900, 400)

    def retell(self) -> None:
        self.setAccessibleName(look().say("qualityscreen.title"))
        self.board.retell()
        self.trace.retell()


register(ScreenSpec("quality", "quality", "qualityscreen.title", QualityScreen, order=23))

"""Lots and batches that are in the lines now, a touch away from a hold."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from hmi.desk.hold_rows import MaterialNow
from hmi.model.hold import ScopeKind
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.equipment.words import station_name
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.guarded import GuardedButton
from ui.widgets.label import Caption
from ui.widgets.panel import Ground, Panel
from ui.widgets.scroller import Scroller

THREE_LINES_PX = 430
"""On a page of this height the buttons may take three rows."""
LABEL_PX, GROUP_PX = 64, 320
"""A line with its buttons takes at least so much."""


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
        self._lines, self._page_px = 1, 0
        self._none = Caption(say("qualityscreen.nothing_now"), self, size=Size.SMALL, tone="second")
        self._sheet = Ground(ground="panel")
        self._grid = QGridLayout(self._sheet)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._scroll = Scroller(self._sheet, self)
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
        self._lines = max(1, lines)
        self.fit(self._page_px)
        self.forbid(self._why)

    def fit(self, page_px: int) -> None:
        """As many rows of buttons as the page has room for; the others are scrolled to."""
        self._page_px = page_px
        most = 2 if page_px < THREE_LINES_PX else 3
        self._scroll.setFixedHeight(min(most, self._lines) * (max(36, look().target(self)) + 6))

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

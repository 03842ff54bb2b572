"""OEE of a line and its stations: the figures beside each other, one of them in words, and where its time went."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from hmi.desk.rows import OeeFigures
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.states import presenter
from ui.screens.states.presenter import OeeRow
from ui.theme.look import look
from ui.widgets.figures import span_text
from ui.widgets.oee import Waterfall, percent, whole_share
from ui.widgets.panel import KeyValue, Panel
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

FIGURE_PX = 66
WATERFALL_PX = 176
WIDE_PX, LEAN_PX = 1000, 860
"""Below the first there is room below each other only, below the second the factors are in words alone."""
TABLE_PX, LEAN_TABLE_PX = 376, 196
FACTORS = (2, 3, 4)
OTHERS_PX = 160
HEAD_PX = 62
"""Header and gaps."""


class OeePanel(Panel):
    """A press on a row shows its words and its waterfall."""

    chosen = Signal(str)
    """Scope: the line's id or a station's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("states.oee"), parent)
        self._scope: str | None = None
        self._room = (0, 0)
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts.setSpacing(16)
        self.table = DataTable(
            [
                Column("name", say("states.place"), lambda r: look().text(r.name), 0),
                *(self._figure(key, which) for key, which in
                  (("oee", "oee"), ("a", "availability"), ("p", "effectiveness"), ("q", "quality"))),
            ],
            key=lambda r: r.scope, name=say("states.oee"), empty=say("states.no_figures"),
        )  # fmt: skip
        self.table.setMinimumWidth(TABLE_PX)
        self.table.chosen.connect(self._picked)
        self.table.opened.connect(self._picked)
        self.waterfall = Waterfall()
        self.waterfall.setMinimumHeight(WATERFALL_PX)
        self._parts.addWidget(self.table, 11)
        self._parts.addWidget(self.waterfall, 11)
        self.body.addLayout(self._parts, 1)
        self.words = KeyValue(name=say("oee.name"), key_px=128)
        self.add(self.words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the parts for the room there is; where it is rather high than wide, the waterfall goes below."""
        super().resizeEvent(event)
        if (self.width(), self.height()) != self._room:
            self._room = self.width(), self.height()
            self._arrange()

    def _arrange(self) -> None:
        width, height = self._room
        tall = self.table.horizontalHeader().height() + self.table.row_px * len(self.table.rows_model.rows) + 4
        high = width < WIDE_PX and height >= tall + WATERFALL_PX + OTHERS_PX
        direction = QBoxLayout.Direction.TopToBottom if high else QBoxLayout.Direction.LeftToRight
        if self._parts.direction() is not direction:
            self._parts.setDirection(direction)
        self.table.setMinimumHeight(tall if high else 0)
        lean = not high and width < LEAN_PX
        for column in FACTORS:
            self.table.setColumnHidden(column, lean)
        self.table.setMinimumWidth(LEAN_TABLE_PX if lean else TABLE_PX)
        self._parts.setStretch(0, 2 if lean else 1)
        self._parts.setStretch(1, 5 if lean else 1)
        self.words.setVisible(height >= WATERFALL_PX + HEAD_PX + self.words.sizeHint().height())

    @staticmethod
    def _figure(key: str, which: str) -> Column:
        title = say("states.oee_short") if key == "oee" else say(f"oee.{key}")

        def share(row: OeeRow) -> float | None:
            if key == "oee":
                return whole_share(row.figures)
            found: float | None = None if row.figures is None else getattr(row.figures, which)
            return found

        return Column(
            key, title, lambda r: percent(share(r)), FIGURE_PX, right=True, bold=key == "oee",
            tone=lambda r: "value" if key == "oee" else "text", sort=share,
        )  # fmt: skip

    def show_rows(self, rows: Sequence[OeeRow]) -> None:
        """Show these; the chosen place stays chosen, the line stands for a place that is gone."""
        self.table.set_rows(rows)
        self._arrange()
        if self._scope not in {r.scope for r in rows}:
            self._scope = rows[0].scope if rows else None
        if self._scope is not None:
            self.table.choose(self._scope)
        row = next((r for r in rows if r.scope == self._scope), None)
        self._show(None if row is None else row.figures, None if row is None else row.name)

    def _picked(self, row: OeeRow) -> None:
        self._scope = row.scope
        self._show(row.figures, row.name)
        self.chosen.emit(row.scope)

    def _show(self, oee: OeeFigures | None, name: Text | None) -> None:
        self.waterfall.show_oee(oee)
        self.words.set_rows(presenter.figures_words(oee))
        assert self.head is not None
        if name is None or oee is None or (loss := presenter.largest_loss(oee)) is None:
            self.head.remark.set_text(name or "")
            return
        key, seconds = loss
        self.head.remark.set_text(
            say("states.largest_loss", place=name, loss=say(f"waterfall.{key}"), length=span_text(seconds))
        )

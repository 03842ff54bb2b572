"""The stops of a line in a list: when, how long, who caused it, why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from hmi.model.words import say
from ui.equipment.words import length_words
from ui.screens.states import presenter
from ui.screens.states.presenter import StopRow
from ui.theme.look import look
from ui.widgets.figures import time_text
from ui.widgets.panel import Panel
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

STATE_COLUMN = 3
WIDE_PX = 560


class StopList(Panel):
    """Newest first. A press opens the stop."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("states.stops"), parent)
        self.table = DataTable(
            [
                Column("start", say("states.start"), lambda r: time_text(r.start_ns, look().zone), 84,
                       sort=lambda r: r.start_ns),
                Column("length", say("states.length"), _length, 92, right=True, bold=True, sort=lambda r: r.length_s),
                Column("cause", say("states.cause"), lambda r: look().text(r.cause), 104),
                Column("state", say("states.state"), lambda r: look().text(r.state), 0),
                Column("reason", say("states.reason"), _reason, 0, tone=_tone),
            ],
            key=lambda r: r.key, name=say("states.stops"), empty=say("states.no_stops"),
        )  # fmt: skip
        self.table.opened.connect(self.chosen)
        self.add(self.table, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the state goes: the cause and the reason say more."""
        super().resizeEvent(event)
        self.table.setColumnHidden(STATE_COLUMN, self.width() < WIDE_PX)

    def show_rows(self, rows: Sequence[StopRow], key: tuple[str, int] | None) -> None:
        """Show these; key: the one that is open."""
        self.table.set_rows(rows)
        if key is not None:
            self.table.choose(key)
        assert self.head is not None
        self.head.remark.set_text(presenter.stops_words(rows) if rows else "")


def _length(row: StopRow) -> str:
    said = look().text(length_words(row.length_s))
    return f"{said} …" if row.end_ns is None else said


def _reason(row: StopRow) -> str:
    return look().say("states.reason_missing") if row.reason is None else look().text(row.reason)


def _tone(row: StopRow) -> str:
    return "second" if row.reason is None else "text"

"""The record of commands as a table: when, what, what became of it, who, why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.desk.command_rows import CommandRow
from hmi.model.command import CommandOutcome
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import session_of
from ui.command import presenter
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.figures import day_time_text, time_text
from ui.widgets.label import Caption
from ui.widgets.panel import Ground
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

LIMIT = 200
EVERY_S = 5.0
GIVES_WAY = (("why", 900), ("who", 640))
NARROW = 640


class CommandRecord(Ground):
    """Asks for the record while it can be seen, and anew at each step of any command."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent, ground="panel")
        self._desk = desk
        self._wanted: Callable[[CommandRow], bool] = lambda row: True
        self.settled = False
        self._rows: Sequence[CommandRow] = ()
        self.table = DataTable(
            [
                Column("time", say("cmd.column_time"), self._time, width=90, sort=_intent),
                Column("tag", say("cmd.column_tag"), self._tag, width=0),
                Column("change", say("cmd.column_change"), self._change, width=150, bold=True),
                Column("outcome", say("cmd.column_outcome"), self._outcome, width=150, tone=_tone, tip=self._tip),
                Column("who", say("cmd.column_who"), _who, width=130),
                Column("why", say("cmd.column_why"), _why, width=200),
            ],
            _key,
            self,
            name=say("cmd.table"),
            empty=say("cmd.none"),
        )
        self.detail = Caption("", self, size=Size.SMALL, tone="second", wrap=True)
        self.detail.setFixedHeight(62)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addWidget(self.detail)
        self.table.chosen.connect(self._tell)
        self._asking = desk.keep_asking(self, "commands", EVERY_S, self._take, self._refused, {"limit": LIMIT})
        session_of(desk).commanded.connect(self._stepped)

    @property
    def narrow(self) -> bool:
        """Whether it stands in the dock of a small window."""
        return self.width() < NARROW

    def want(self, wanted: Callable[[CommandRow], bool]) -> None:
        """Show only these commands, e.g. those of a station."""
        self._wanted = wanted
        self._show()

    def _stepped(self, _row: CommandRow) -> None:
        self._asking.now()

    def _take(self, rows: Sequence[CommandRow]) -> None:
        self.settled = True
        self._rows = rows
        self._show()

    def _refused(self, why: Text) -> None:
        self.settled = True
        self.detail.set_text(why)

    def _show(self) -> None:
        self.table.set_rows([row for row in self._rows if self._wanted(row)])
        if self.table.chosen_row is not None:
            self._tell(self.table.chosen_row)

    def _time(self, row: CommandRow) -> str:
        clock = time_text(row.intent_ns, look().zone)
        return clock[:5] if self.narrow else clock

    def _tag(self, row: CommandRow) -> str:
        tag = self._desk.tag(row.tag)
        if tag is None:
            return row.tag
        here, plant = look(), self._desk.plant
        return here.text(tag.name) if self.narrow else f"{here.text(presenter.name_of(plant, tag))}  {row.tag}"

    def _change(self, row: CommandRow) -> str:
        tag = self._desk.tag(row.tag)
        if tag is None:
            return f"{row.old} → {row.asked}"
        here = look()
        old = presenter.value_words(row.old, tag, unit=False)
        new = presenter.value_words(row.asked, tag, unit=not self.narrow)
        return f"{here.text(old)} → {here.text(new)}"

    def _outcome(self, row: CommandRow) -> str:
        word = look().say(f"outcome.{row.outcome.value}")
        verified = row.outcome is CommandOutcome.VERIFIED and not self.narrow
        return f"{word} {time_text(row.done_ns, look().zone)}" if verified else word

    def _tip(self, row: CommandRow) -> str:
        return look().text(presenter.outcome(row, look().zone))

    def _tell(self, row: CommandRow) -> None:
        """The chosen command in full."""
        here, zone = look(), look().zone
        found = "–" if row.read_back is None else str(row.read_back)
        times = here.say(
            "cmd.detail", sent=_ms(row.sent_ns, zone), taken=_ms(row.taken_ns, zone), done=_ms(row.done_ns, zone),
            found=found,
        )  # fmt: skip
        who = f"{row.printed_name or row.user or '–'}: {row.reason}"
        notes = "  ".join(here.text(n) for n in row.notes)
        why = here.text(presenter.outcome(row, zone))
        self.detail.set_text(f"{day_time_text(row.intent_ns, zone)}  {who}\n{why}  {notes}\n{times}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        keys = [c.key for c in self.table.rows_model.columns]
        for key, px in GIVES_WAY:
            self.table.setColumnHidden(keys.index(key), self.width() < px)
        self.table.setColumnWidth(keys.index("change"), 124 if self.narrow else 170)
        self.table.setColumnWidth(keys.index("outcome"), 82 if self.narrow else 170)
        self.table.setColumnWidth(keys.index("time"), 58 if self.narrow else 90)

    def retell(self) -> None:
        if self.table.chosen_row is not None:
            self._tell(self.table.chosen_row)


def _ms(ns: int, zone: Any) -> str:
    return time_text(ns, zone, milliseconds=True)


def _key(row: CommandRow) -> str:
    return row.key


def _intent(row: CommandRow) -> int:
    return row.intent_ns


def _who(row: CommandRow) -> str:
    return row.printed_name or row.user or "–"


def _why(row: CommandRow) -> str:
    return row.reason


def _tone(row: CommandRow) -> str:
    return "second" if row.outcome is CommandOutcome.VERIFIED else "text"

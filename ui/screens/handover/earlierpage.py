"""Earlier handovers: the list, the chosen one with its signatures, and its print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hmi.desk.shiftlog_rows import HandoverRow, HandoverSheet
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.equipment.words import station_name
from ui.screens.handover import presenter, print
from ui.screens.handover.paper import Paper
from ui.screens.handover.sheetview import SheetView
from ui.theme.look import look
from ui.widgets.controls import Button
from ui.widgets.panel import EmptyState, Ground, Panel
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

EVERY_S = 10.0
LIST_SHARE, LIST_LEAST, LIST_MOST = 0.36, 430, 620
PAGE = 200


class EarlierPage(Ground):
    """The newest is shown until another is chosen."""

    def __init__(self, desk: Desk, tell: Callable[[Text], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._tell = desk, tell
        self._sheet: HandoverSheet | None = None
        self._wanted = 0
        self.heard = False
        here = look()
        self.table = DataTable(
            [
                Column("number", say("handover.number"), lambda r: str(r.number), 48, right=True,
                       sort=lambda r: r.number),
                Column("handed", say("handover.handed"), lambda r: presenter.day(r.at_ns, here.zone), 156,
                       sort=lambda r: r.at_ns),
                Column("shift", say("handover.which_shift"),
                       lambda r: here.text(presenter.shift_words(r, here.zone)), 104),
                Column("people", say("handover.people"), lambda r: f"{r.outgoing} → {r.incoming}", 0,
                       tone=lambda _: "second"),
            ],
            key=lambda r: r.number, name=say("handover.earlier"), empty=say("handover.no_earlier"),
        )  # fmt: skip
        self.table.chosen.connect(self._chosen)
        listed = Panel(say("handover.earlier"), self)
        self._listed = listed
        listed.add(self.table, 1)
        self.paper = Panel(say("handover.sheet.title"), self)
        self.pdf = Button(say("handover.pdf"), self, icon="note")
        self.pdf.setEnabled(False)
        self.pdf.clicked.connect(self.save)
        assert self.paper.head is not None
        self.paper.head.add(self.pdf)
        self.sheet = SheetView(desk, self)
        self.paper.add(self.sheet, 1)
        self.none = EmptyState(say("handover.none_chosen"), self)
        self.paper.add(self.none, 1)
        self._show_sheet(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(listed)
        row.addWidget(self.paper, 1)
        self._asking = desk.keep_asking(self, "handovers", EVERY_S, self._take, self._refused, {"limit": PAGE})

    def show_number(self, number: int) -> None:
        """Show this handover."""
        self._wanted = number
        self._asking.now()
        self._desk.ask("handover", self._took, self._refused, number=number)

    def _take(self, rows: list[HandoverRow]) -> None:
        self.table.set_rows(rows)
        self.heard = self.heard or not rows
        if rows and not self._wanted:
            self.show_number(rows[0].number)
        if self._wanted:
            self.table.choose(self._wanted)

    def _chosen(self, row: HandoverRow) -> None:
        if row.number != self._wanted:
            self.show_number(row.number)

    def _took(self, sheet: HandoverSheet) -> None:
        self.heard = True
        if sheet.number != self._wanted:
            return
        self._sheet = sheet
        self._show_sheet(True)
        self.pdf.setEnabled(sheet.record is not None)
        if sheet.record is None:
            self.sheet.show_nothing()
            self._tell(say("handover.sheet.unreadable"))
        else:
            self.sheet.show_sheet(sheet.record, sheet.sha, sheet.signatures, sheet.wrong, sheet.number)

    def _show_sheet(self, shown: bool) -> None:
        self.sheet.setVisible(shown)
        self.none.setVisible(not shown)

    def _refused(self, why: Text) -> None:
        self.heard = True
        self._tell(why)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._listed.setFixedWidth(min(LIST_MOST, max(LIST_LEAST, round(self.width() * LIST_SHARE))))

    def save(self) -> None:
        """Write the shown handover as a PDF into the data folder."""
        sheet, here = self._sheet, look()
        if sheet is None or sheet.record is None:
            return
        file = print.file_for(self._desk.data, sheet.number, datetime.now(UTC).astimezone(here.zone))
        paper = Paper(here.lang, None, lambda place: station_name(self._desk.plant, place))
        html = paper.write(sheet.record, sheet.sha, sheet.signatures, sheet.wrong, sheet.number)
        try:
            print.write(file, html, sheet.sha, here.lang, here.say("handover.sheet.title"))
        except OSError as err:
            self._tell(say("handover.pdf_failed", why=err.strerror or str(err)))
            return
        self._tell(say("handover.pdf_done", file=str(file)))

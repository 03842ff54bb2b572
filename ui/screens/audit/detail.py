"""The chosen row of the trail in full, beside the table; long values wrap, nothing is cut off."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.people_rows import AuditRow
from hmi.model.plant import Plant
from hmi.model.words import say
from ui.screens.audit import presenter
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.label import Caption
from ui.widgets.panel import Ground
from ui.widgets.scroller import Scroller

WIDTH = 360
LINES = 13


class RowDetail(Ground):
    """Name and value below each other; pooled."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, ground="inset")
        self.setFixedWidth(WIDTH)
        self._row: AuditRow | None = None
        self._plant: Plant | None = None
        self.close_button = Button(icon="close", flat=True, name=say("signin.close"), ground="inset")
        self.close_button.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(Caption(say("auditscreen.row"), bold=True, ground="inset"), 1)
        head.addWidget(self.close_button)
        self._sheet = Ground(ground="inset")
        self._lines = [
            (Caption("", size=Size.SMALL, tone="second", ground="inset"), Caption("", wrap=True, ground="inset"))
            for _ in range(LINES)
        ]
        sheet = QVBoxLayout(self._sheet)
        sheet.setContentsMargins(0, 0, 8, 0)
        sheet.setSpacing(2)
        for name, value in self._lines:
            sheet.addWidget(name)
            sheet.addWidget(value)
        sheet.addStretch(1)
        scroll = Scroller(self._sheet, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 8)
        column.addLayout(head)
        column.addWidget(scroll, 1)

    def show_row(self, row: AuditRow, plant: Plant | None) -> None:
        """Show this row."""
        self._row, self._plant = row, plant
        here = look()
        rows = [(k, v) for k, v in presenter.full(row, plant, here.lang, here.zone) if v]
        for at, (name, value) in enumerate(self._lines):
            name.setVisible(at < len(rows))
            value.setVisible(at < len(rows))
            if at < len(rows):
                name.set_text(rows[at][0])
                value.set_text(presenter.breakable(rows[at][1]))
        self.setAccessibleName(here.say("auditscreen.row"))

    def retell(self) -> None:
        if self._row is not None:
            self.show_row(self._row, self._plant)

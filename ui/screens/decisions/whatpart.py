"""Part 1 of the card: what is proposed in one sentence, and how long one may decide."""

from __future__ import annotations

from datetime import tzinfo

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.decision_rows import DecisionRow
from hmi.model.plant import Plant
from hmi.model.words import say
from ui.screens.decisions import presenter
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import Drawn
from ui.widgets.label import Caption
from ui.widgets.marks import draw_chip
from ui.widgets.panel import Panel


class AiChip(Drawn):
    """The teal mark of what a machine proposes and a person decides."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("decisions.ai"))
        self.setFixedSize(30, 20)

    def sizeHint(self) -> QSize:
        return QSize(30, 20)

    def draw(self, p: QPainter, t: Theme) -> None:
        draw_chip(p, t, QRectF(self.rect()).adjusted(0, 1, 0, -1), "AI")


class WhatPart(Panel):
    """Stands above the part that scrolls, so that one always sees what one decides on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent, edge="hold")
        self.setAccessibleName(say("decisions.part.what").en)
        self.countdown = Caption("", self, bold=True, right=True)
        self.title = Caption("", self, size=Size.LARGE, bold=True, wrap=True)
        self.under = Caption("", self, size=Size.SMALL, tone="second", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Caption(say("decisions.part.what"), self, bold=True, tone="second"))
        head.addWidget(AiChip(self))
        head.addStretch(1)
        head.addWidget(self.countdown)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.title)
        column.addWidget(self.under)
        self.body.addLayout(column)
        self._row: DecisionRow | None = None

    def show_row(self, row: DecisionRow, plant: Plant | None, zone: tzinfo | None, now_ns: int) -> None:
        """Show this card's sentence."""
        self._row = row
        self.title.set_text(row.what)
        self.under.set_text(presenter.under_title(row, plant, zone))
        self.tick(now_ns)

    def tick(self, now_ns: int) -> None:
        """A second has passed."""
        if self._row is not None:
            left = presenter.left_s(self._row, now_ns)
            calm = left is not None and left > presenter.SOON_S
            self.countdown.set_text(presenter.countdown(self._row, now_ns), "second" if calm else "text")

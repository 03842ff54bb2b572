"""The card: nine numbered parts in a fixed order; the first and the last stay in sight, the others scroll."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from hmi.desk.decision_rows import DecisionCard
from hmi.desk.people_rows import WhoRow
from ui.bridge.desk import Desk
from ui.screens.decisions import presenter
from ui.screens.decisions.actpart import ActPart
from ui.screens.decisions.effectpart import ContextPart, EffectPart, SurePart
from ui.screens.decisions.evidencepart import EvidencePart
from ui.screens.decisions.tableparts import AlternativesPart, UndoPart, WritesPart
from ui.screens.decisions.whatpart import WhatPart
from ui.theme.look import look
from ui.widgets.drawn import RING_PX, ring
from ui.widgets.panel import GAP, Ground
from ui.widgets.scroller import Scroller

TWO_COLUMNS_PX, THREE_COLUMNS_PX = 900, 1200
"""From these widths on the parts stand in so many columns, so that the writes come into sight without scrolling."""


class ScrollFrame(Ground):
    """Shows where the keys go while the middle of the card has them: arrows and page keys scroll it."""

    def __init__(self, inner: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.area = Scroller(inner, self)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area.setAccessibleName(look().say("decisions.card"))
        self.area.installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(RING_PX, RING_PX, RING_PX, RING_PX)
        column.addWidget(self.area)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The ring comes and goes with the focus."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.area.hasFocus():
            p = QPainter(self)
            ring(p, QRectF(self.rect()), look().theme)
            p.end()

    def retell(self) -> None:
        self.area.setAccessibleName(look().say("decisions.card"))


class CardView(Ground):
    """Made once; every card is shown in the same parts."""

    judged = Signal(str)
    in_vain = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.card: DecisionCard | None = None
        self.what = WhatPart(self)
        self.act = ActPart(self)
        self.inner = Ground()
        self.evidence, self.context = EvidencePart(desk, self.inner), ContextPart(self.inner)
        self.effect, self.sure = EffectPart(self.inner), SurePart(self.inner)
        self.alternatives, self.writes = AlternativesPart(self.inner), WritesPart(self.inner)
        self.undo = UndoPart(self.inner)
        self.sure.judged.connect(self.judged)
        self.sure.in_vain.connect(self.in_vain)
        outcome = QVBoxLayout()
        outcome.setSpacing(GAP)
        for part in (self.effect, self.sure):
            outcome.addWidget(part)
        outcome.addStretch(1)
        self._right = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._right.setSpacing(GAP)
        self._right.addWidget(self.context, 3)
        self._right.addLayout(outcome, 4)
        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pair.setSpacing(GAP)
        self._pair.addWidget(self.evidence, 4)
        self._pair.addLayout(self._right, 4)
        inside = QVBoxLayout(self.inner)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(GAP)
        inside.addLayout(self._pair)
        for low in (self.alternatives, self.writes, self.undo):
            inside.addWidget(low)
        inside.addStretch(1)
        self.middle = ScrollFrame(self.inner, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP - RING_PX)
        for end, at in ((self.what, 0), (self.act, 2)):
            framed = QVBoxLayout()
            framed.setContentsMargins(RING_PX, 0, RING_PX, 0)  # the ring round the middle takes as much
            framed.addWidget(end)
            column.insertLayout(at, framed)
            if end is self.what:
                column.addWidget(self.middle, 1)

    @property
    def heard(self) -> bool:
        """Whether the card and its pictures are there."""
        return self.card is not None and self.evidence.heard

    def show_card(self, card: DecisionCard, who: WhoRow | None, another: bool) -> None:
        """Show a card as it is now; another card begins at its top."""
        before, self.card = self.card, card
        plant, now_ns, zone = self._desk.plant, time.time_ns(), look().zone
        judging = self.sure.asks
        self.what.show_row(card.row, plant, zone, now_ns)
        self.evidence.show_card(card)
        self.context.show_card(card)
        self.effect.show_card(card, plant)
        self.sure.show_card(card, presenter.why_no_judging(who, card, plant))
        self.alternatives.show_card(card)
        self.writes.show_card(card, plant)
        self.undo.show_card(card)
        self.act.show_card(card, who, plant, now_ns, another)
        self.inner.updateGeometry()
        if before is None or before.row.id != card.row.id:
            self.middle.area.verticalScrollBar().setValue(0)
        elif judging and not self.sure.asks:
            self.act.turn_away()

    def tick(self, who: WhoRow | None, another: bool) -> None:
        """A second has passed: the countdown, and what it forbids."""
        if self.card is not None:
            now_ns = time.time_ns()
            self.what.tick(now_ns)
            self.act.show_card(self.card, who, self._desk.plant, now_ns, another)

    def retell(self) -> None:
        self.sure.retell()
        self.act.retell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        two, three = self.width() >= TWO_COLUMNS_PX, self.width() >= THREE_COLUMNS_PX
        self._pair.setDirection(QBoxLayout.Direction.LeftToRight if two else QBoxLayout.Direction.TopToBottom)
        self._pair.setStretchFactor(self._right, 7 if three else 4)
        self._right.setDirection(QBoxLayout.Direction.LeftToRight if three else QBoxLayout.Direction.TopToBottom)
        for at in range(2):
            self._right.setStretch(at, (3, 4)[at] if three else 0)
        super().resizeEvent(event)

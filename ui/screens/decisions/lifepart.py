"""The right column: from approval to effect as four facts, and the record of the advisor that made the card."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from hmi.desk.decision_rows import DecisionCard
from hmi.model.decision import AdvisorRecord
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.decisions import cardwords, lifewords
from ui.screens.decisions.lifewords import Fact, Mark
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.dialog import Remark
from ui.widgets.drawn import CENTRE, RIGHT, Drawn, words
from ui.widgets.panel import Panel

CIRCLE = 28
LEFT_PX = 42
GAP = 12
_WRAP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap


class FactSteps(Drawn):
    """Four facts below each other, joined by a line that is drawn as far as they have come true."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("decisions.life"))
        self.facts: list[Fact] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_facts(self, facts: list[Fact]) -> None:
        """Show these."""
        if facts != self.facts:
            self.facts = facts
            self._describe()
            self.updateGeometry()
            self.update()

    def _describe(self) -> None:
        here = look()
        self.setAccessibleDescription(
            "; ".join(f"{here.text(f.title)} {f.clock} {here.text(f.words)}".strip() for f in self.facts)
        )

    def retell(self) -> None:
        super().retell()
        self._describe()

    def _high(self, fact: Fact, width: float) -> float:
        here = look()
        box = here.metrics(Size.SMALL).boundingRect(
            QRectF(0, 0, max(40.0, width - LEFT_PX), 10_000), int(_WRAP), here.text(fact.words)
        )
        return max(CIRCLE, here.metrics(Size.BODY, True).height() + box.height()) + GAP

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return math.ceil(sum(self._high(f, width) for f in self.facts))

    def sizeHint(self) -> QSize:
        return QSize(280, self.heightForWidth(max(280, self.width())))

    def draw(self, p: QPainter, t: Theme) -> None:
        here, y = look(), 0.0
        line = here.metrics(Size.BODY, True).height()
        clock_px = here.metrics(Size.BODY, True, words=False).horizontalAdvance("00:00:00") + 8
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, fact in enumerate(self.facts):
            high = self._high(fact, self.width())
            if at + 1 < len(self.facts):
                done = fact.mark is Mark.DONE
                p.setPen(QPen(t.outline if done else t.hairline, 2 if done else 1.5))
                p.drawLine(QPointF(CIRCLE / 2 + 1, y + CIRCLE + 1), QPointF(CIRCLE / 2 + 1, y + high - 1))
            self._mark(p, t, QRectF(1, y + 1, CIRCLE, CIRCLE), fact.mark, at + 1)
            came = fact.mark not in (Mark.AHEAD,)
            title = QRectF(LEFT_PX, y, self.width() - LEFT_PX - clock_px, line)
            words(p, title, here.text(fact.title), here.font(Size.BODY, True), t.text if came else t.second)
            clock = QRectF(self.width() - clock_px, y, clock_px - 2, line)
            words(p, clock, fact.clock, here.font(Size.BODY, True, words=False), t.text, RIGHT)
            p.setFont(here.font(Size.SMALL))
            p.setPen(t.text if came else t.second)
            p.drawText(QRectF(LEFT_PX, y + line, self.width() - LEFT_PX, high), int(_WRAP), here.text(fact.words))
            y += high

    def _mark(self, p: QPainter, t: Theme, box: QRectF, mark: Mark, number: int) -> None:
        """Told apart by shape: number, number in a heavy ring, tick on grey, cross in a square, question mark."""
        inner = box.adjusted(1, 1, -1, -1)
        face = look().font(Size.SMALL, True, words=False)
        if mark is Mark.DONE:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(t.done)
            p.drawEllipse(inner)
            p.setPen(QPen(t.panel, 2.5))
            c = inner.center()
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawPolyline(
                [QPointF(c.x() - 6, c.y()), QPointF(c.x() - 1.5, c.y() + 5), QPointF(c.x() + 6.5, c.y() - 5)]
            )
            return
        p.setBrush(Qt.BrushStyle.NoBrush)
        if mark is Mark.FAULT:
            p.setPen(QPen(t.text, 2))
            p.drawRect(inner.adjusted(2, 2, -2, -2))
            cross = inner.adjusted(8, 8, -8, -8)
            p.drawLine(cross.topLeft(), cross.bottomRight())
            p.drawLine(cross.topRight(), cross.bottomLeft())
            return
        heavy = mark in (Mark.GOING, Mark.UNKNOWN)
        p.setPen(QPen(t.text if heavy else t.faint, 2.5 if heavy else 1.5))
        p.drawEllipse(inner)
        words(p, inner, "?" if mark is Mark.UNKNOWN else str(number), face, t.text if heavy else t.second, CENTRE)


class CountBars(Drawn):
    """Counts as bars of the first one's length."""

    ROW = 24

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("decisions.record.title"))
        self._rows: list[tuple[Text, int]] = []

    def show_counts(self, rows: Sequence[tuple[Text, int]]) -> None:
        """Show these counts; the first is the whole."""
        made = list(rows)
        if made != self._rows:
            self._rows = made
            self.setAccessibleDescription("; ".join(f"{look().text(name)} {n}" for name, n in made))
            self.setFixedHeight(max(1, len(made)) * self.ROW)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, max(1, len(self._rows)) * self.ROW)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, whole = look(), max([n for _, n in self._rows], default=0)
        name_px = max((here.metrics(Size.SMALL).horizontalAdvance(here.text(n)) for n, _ in self._rows), default=0) + 12
        figure_px = here.metrics(Size.BODY, True, words=False).horizontalAdvance("00000")
        room = max(20.0, self.width() - name_px - figure_px)
        for at, (name, n) in enumerate(self._rows):
            y = at * self.ROW
            words(p, QRectF(0, y, name_px, self.ROW), here.text(name), here.font(Size.SMALL), t.second)
            bar = QRectF(name_px, y + self.ROW / 2 - 4, room, 8)
            p.fillRect(bar, t.inset)
            if whole:
                p.fillRect(QRectF(bar.left(), bar.top(), bar.width() * n / whole, 8), t.done)
            figure = QRectF(bar.right() + 4, y, figure_px - 4, self.ROW)
            words(p, figure, str(n), here.font(Size.BODY, True, words=False), t.value, RIGHT)


class LifePart(Panel):
    """Grows on the same card as the facts come true."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("decisions.life"), parent)
        self.steps = FactSteps(self)
        self.add(self.steps)

    def show_card(self, card: DecisionCard) -> None:
        """Show how far a card has come."""
        self.steps.show_facts(lifewords.facts(card, look().zone))


class RecordPart(Panel):
    """What became of this advisor's cards so far: trust is earned by figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("decisions.record.title"), parent)
        self.bars = CountBars(self)
        self.lines = [Remark(self, bold=False) for _ in range(2)]
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.bars)
        for line in self.lines:
            line.size_, line.tone = Size.SMALL, "second"
            column.addWidget(line)
        self.body.addLayout(column)

    def show_record(self, record: AdvisorRecord | None) -> None:
        """Show a record; without one there is nothing to show."""
        self.setVisible(record is not None)
        if record is None:
            return
        self.bars.show_counts(cardwords.record_bars(record))
        told = cardwords.record_words(record)
        for at, line in enumerate(self.lines):
            line.set_text(told[at] if at < len(told) else "")

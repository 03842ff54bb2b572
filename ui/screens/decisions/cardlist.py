"""The other cards: those that wait, those under way, those decided before with what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from hmi.desk.decision_rows import DecisionRow, Inbox
from hmi.model.decision import Effect
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.decisions import presenter
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import Drawn, words

HEAD_PX, ROW_PX = 28, 46
PAST = 8
"""More of them stand in the audit trail."""


@dataclass(frozen=True, slots=True)
class Item:
    """A heading (id 0) or a card."""

    id: int
    title: Text
    under: Text
    open: bool = False
    bold: bool = False


def items(inbox: Inbox, now_ns: int, zone: tzinfo | None) -> list[Item]:
    """The list in its order: open cards (three at most), those under way, those decided."""
    made: list[Item] = []
    nothing = Text.same("")
    if inbox.open:
        made.append(Item(0, say("decisions.list.open", n=len(inbox.open) + inbox.waiting), nothing))
    made += [Item(r.id, r.what, presenter.countdown(r, now_ns), open=True) for r in inbox.open]
    if inbox.waiting:
        made.append(Item(0, say("decisions.list.waiting", n=inbox.waiting), nothing))
    if inbox.running:
        made.append(Item(0, say("decisions.list.running"), nothing))
    made += [Item(r.id, r.what, _line(r, now_ns, zone), bold=presenter.in_doubt(r)) for r in inbox.running]
    shown = {item.id for item in made}
    past = [r for r in inbox.past if r.id not in shown][:PAST]
    if past:
        made.append(Item(0, say("decisions.list.past"), nothing))
    made += [Item(r.id, r.what, _line(r, now_ns, zone), bold=r.effect is Effect.WORSE) for r in past]
    return made


def _line(row: DecisionRow, now_ns: int, zone: tzinfo | None) -> Text:
    clock = presenter.past_clock(row, now_ns, zone)
    return say("decisions.list.line", clock=clock, state=presenter.state_words(row))


class CardList(Drawn):
    """J and K, Up and Down go through the cards; so does a press."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("decisions.list.title"))
        self.items: list[Item] = []
        self.at = 0
        """Id of the card that is shown."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_items(self, made: list[Item], at: int) -> None:
        """Show these; ``at`` is the card beside the list."""
        if (made, at) == (self.items, self.at):
            return
        self.items, self.at = made, at
        here = look()
        told = [f"{here.text(i.title)} {here.text(i.under)}".strip() for i in made]
        self.setAccessibleDescription("; ".join(told))
        self.setFixedHeight(max(1, sum(self._high(i) for i in made)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, max(1, sum(self._high(i) for i in self.items)))

    def _high(self, item: Item) -> int:
        return ROW_PX if item.id else HEAD_PX

    def card_at(self, y: float) -> Item | None:
        """What stands at a height in px."""
        top = 0
        for item in self.items:
            top += self._high(item)
            if y < top:
                return item
        return None

    def draw(self, p: QPainter, t: Theme) -> None:
        here, y, wide = look(), 0.0, float(self.width())
        for item in self.items:
            high = self._high(item)
            if not item.id:
                words(p, QRectF(0, y, wide, high - 2), here.text(item.title), here.font(Size.SMALL, True), t.second)
                p.fillRect(QRectF(0, y + high - 1, wide, 1), t.hairline)
                y += high
                continue
            box = QRectF(0, y, wide, high)
            if item.id == self.at:
                p.fillRect(box, t.chosen)
            if item.open:
                p.fillRect(QRectF(0, y + 1, 4, high - 2), t.hold)
            inner = box.adjusted(12, 3, -6, -3)
            top = QRectF(inner.left(), inner.top(), inner.width(), inner.height() / 2)
            words(p, top, here.text(item.title), here.font(Size.BODY, item.open), t.text)
            under = top.translated(0, inner.height() / 2)
            words(p, under, here.text(item.under), here.font(Size.SMALL, item.bold), t.text if item.bold else t.second)
            p.fillRect(QRectF(0, y + high - 1, wide, 1), t.hairline)
            y += high

    def mousePressEvent(self, event: QMouseEvent) -> None:
        item = self.card_at(event.position().y())
        if item is not None and item.id:
            self.chosen.emit(item.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None or event.modifiers():
            super().keyPressEvent(event)
            return
        ids = [i.id for i in self.items if i.id]
        if ids:
            at = ids.index(self.at) + step if self.at in ids else 0
            self.chosen.emit(ids[min(len(ids) - 1, max(0, at))])

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            item = self.card_at(event.pos().y())
            QToolTip.showText(event.globalPos(), "" if item is None else look().text(item.title), self)
            return True
        return super().event(event)

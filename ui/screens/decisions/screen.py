"""The decision inbox: one card at a time, its signing, and what came of it, on the same card."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from hmi.desk.decision_rows import DecisionCard, Inbox
from hmi.model.decision import Judgement
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.session import session_of
from ui.screens.decisions import cardlist, presenter
from ui.screens.decisions.card import CardView
from ui.screens.decisions.cardlist import CardList
from ui.screens.decisions.effectpart import KEYS
from ui.screens.decisions.emptypart import EmptyPart
from ui.screens.decisions.lifepart import LifePart, RecordPart
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Place, Screen, Window
from ui.theme.look import look
from ui.widgets.panel import GAP, Ground, Panel
from ui.widgets.scroller import Scroller

INBOX_S, CARD_S = 2.0, 1.0
SIDE_SHARE, SIDE_LEAST, SIDE_MOST = 0.29, 300, 552
_JUDGE = {getattr(Qt.Key, f"Key_{letter}"): judgement for judgement, letter in KEYS.items()}


class DecisionsScreen(Screen):
    """Left the card, right its life, the advisor's record and the other cards."""

    wide = True

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(window, parent)
        self.setAccessibleName(look().say("decisions.title"))
        self.session = session_of(self.desk)
        self.inbox: Inbox | None = None
        self.shown = 0
        """Id of the card that is looked at; 0 without one."""
        self.view = CardView(self.desk, self)
        self.empty = EmptyPart(self)
        self.stack = QStackedLayout()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.view)
        self.life, self.record, self.list = LifePart(self), RecordPart(self), CardList(self)
        self._side()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addLayout(self.stack, 1)
        row.addWidget(self.side)
        self.view.judged.connect(self.judge)
        self.view.in_vain.connect(window.tell)
        self.view.act.told.connect(window.tell)
        self.view.act.decided.connect(self._decide)
        self.view.act.next_wanted.connect(self._next)
        self.list.chosen.connect(self.show_card)
        self.session.who_changed.connect(self._who_is)
        self.desk.second.connect(self._second)
        self.desk.told.connect(self._heard)
        self._inbox = self.desk.keep_asking(self, "inbox", INBOX_S, self._take_inbox, self._no_inbox)
        self._card = self.desk.keep_asking(self, "decision", CARD_S, self._take, self._no_card, self._wanted)

    def _side(self) -> None:
        cards = Panel(say("decisions.list.title"), self)
        cards.add(self.list)
        self.cards = cards
        inner = Ground(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for part in (self.life, self.record, cards):
            column.addWidget(part)
        column.addStretch(1)
        self.life.hide()
        self.record.hide()
        cards.hide()
        self.side = Scroller(inner, self)
        self.side.setAccessibleName(look().say("decisions.list.title"))

    # -- ways ---------------------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        """``id``: this card; else the one that is under the hand, else the first that waits."""
        super().arrive(place)
        number = place.get("id", "")
        if number.isascii() and number.isdigit() and int(number):
            self.show_card(int(number))
            return
        card = self.view.card
        if card is not None and not card.row.state.open and not self.view.act.open_:
            first = presenter.following(self.inbox, self.shown)
            if first:
                self.show_card(first)
        self._inbox.now()

    def show_card(self, number: int) -> None:
        """Look at a card."""
        if number == self.shown:
            return
        self.shown = number
        self._card.now()
        self._show_list()

    def crumbs(self) -> list[Text]:
        card = self.view.card
        if card is None or card.row.id != self.shown:
            return []
        return [say("decisions.number", number=card.row.id)]

    def scope(self) -> str:
        card = self.view.card
        plant = self.desk.plant
        if card is None or plant is None or not self.shown:
            return ""
        station = plant.station.get(card.row.place)
        return card.row.place if station is None else station.line

    def help(self) -> Text | None:
        return say("decisions.help")

    def settled(self) -> bool:
        """Whether the first answers are there: for pictures."""
        card = self.view.card
        if self.shown:
            return card is not None and card.row.id == self.shown and self.view.heard
        return self.empty.heard

    def scenes(self) -> dict[str, dict[str, str]]:
        """Other cards that there are at the moment, one of each kind."""
        made: dict[str, dict[str, str]] = {}
        for row in () if self.inbox is None else presenter.walk(self.inbox):
            made.setdefault(f"{row.kind.value}", {"id": str(row.id)})
        return made

    # -- what the engine says -----------------------------------------------------------------------------------------

    def _wanted(self) -> dict[str, Any] | None:
        return {"id": self.shown} if self.shown else None

    def _take_inbox(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.empty.show_inbox(inbox)
        first = presenter.pick(inbox, self.shown)
        if first != self.shown:
            self.show_card(first)
        self._show_list()

    def _no_inbox(self, why: Text) -> None:
        self.empty.show_refused(why)

    def _take(self, card: DecisionCard) -> None:
        if card.row.id != self.shown:
            return
        moved = self.view.card is None or self.view.card.row.id != card.row.id
        self.view.show_card(card, self.session.who, self._another)
        self.stack.setCurrentWidget(self.view)
        self.life.show_card(card)
        self.record.show_record(card.record)
        self.life.show()
        self.side.show()
        if moved:
            self.crumbs_changed.emit()

    def _no_card(self, why: Text) -> None:
        """No such card: whatever is shown stays, unless it was never there."""
        if self.view.card is None or self.view.card.row.id != self.shown:
            self.window_.tell(why)
            self.shown = 0 if self.view.card is None else self.view.card.row.id
            self._show_list()

    def _heard(self, event: dict[str, Any]) -> None:
        if "decision" in event:
            self._inbox.now()
            self._card.now()

    @property
    def _another(self) -> bool:
        return presenter.following(self.inbox, self.shown) != 0

    def _show_list(self) -> None:
        if self.inbox is not None:
            made = cardlist.items(self.inbox, time.time_ns(), look().zone)
            self.cards.setVisible(bool(made))
            self.side.setVisible(bool(made) or self.view.card is not None)
            self.list.show_items(made, self.shown)

    def _second(self) -> None:
        if self.isVisible():
            self._show_list()
            self.view.tick(self.session.who, self._another)

    def _who_is(self, *_: object) -> None:
        """Another person, or nobody: what was typed is forgotten, the rights are others."""
        self.view.act.forget()
        if self.view.card is not None:
            self.view.show_card(self.view.card, self.session.who, self._another)

    # -- what a person does -------------------------------------------------------------------------------------------

    def judge(self, judgement: str) -> None:
        """Give one's own judgement of the cause."""
        if self.shown and self.view.sure.asks:
            self.desk.ask("judge_cause", self._judged, self.window_.tell, id=self.shown, judgement=judgement)

    def _judged(self, card: DecisionCard) -> None:
        self._card.now()  # an answer to an earlier question would show the card without the confidence
        self._take(card)
        self.view.middle.area.setFocus()

    def _decide(self, verdict: str, reason: str, password: str, seen: str) -> None:
        number = self.shown

        def done(card: DecisionCard) -> None:
            self._card.now()
            self._inbox.now()
            self.view.act.settle(None, False)
            self._take(card)
            self.window_.tell(say(f"decisions.done.{verdict}", what=card.row.what))

        def refused(why: Text) -> None:
            self.window_.tell(why)

            def again(card: DecisionCard) -> None:
                """What is shown is made new first; only a card that still is the same keeps its plate."""
                self.view.act.settle(why, card.shown != seen or card.stale is not None)
                self._take(card)

            self.desk.ask("decision", again, lambda _why: self.view.act.settle(why, False), id=number)

        if verdict == "undo":
            self.desk.ask("undo_decision", done, refused, id=number, reason=reason, password=password)
        else:
            self.desk.ask(
                "decide", done, refused, id=number, verdict=verdict, reason=reason, password=password, shown=seen
            )

    def _next(self) -> None:
        number = presenter.following(self.inbox, self.shown)
        if number:
            self.show_card(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.modifiers() or event.isAutoRepeat():
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_J, Qt.Key.Key_K) and self.inbox is not None:
            if not self.view.act.open_:
                number = presenter.beside(self.inbox, self.shown, 1 if key == Qt.Key.Key_J else -1)
                if number:
                    self.show_card(number)
        elif key in _JUDGE and self.view.sure.asks and self.stack.currentWidget() is self.view:
            self.view.sure.buttons[Judgement(_JUDGE[key]).value].click()
        else:
            super().keyPressEvent(event)

    def retell(self) -> None:
        self.setAccessibleName(look().say("decisions.title"))
        self.side.setAccessibleName(look().say("decisions.list.title"))
        self.view.retell()
        self._show_list()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.side.setFixedWidth(min(SIDE_MOST, max(SIDE_LEAST, round(self.width() * SIDE_SHARE))))
        super().resizeEvent(event)


register(ScreenSpec("decisions", "decisions", "decisions.title", DecisionsScreen, order=24))

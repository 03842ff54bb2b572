"""Part 9 of the card: reject, defer, approve and sign; afterwards what happens, and the way back. Always in sight.

Three buttons of one size, none the default, none taken by Enter; each opens the same plate with a reason and a
password, so that saying no costs no more than saying yes.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.decision_rows import DecisionCard
from hmi.desk.people_rows import WhoRow
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.decisions import cardwords, presenter
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.dialog import Remark, turn_away
from ui.widgets.factsheet import FactSheet, SheetColumn
from ui.widgets.figures import time_text
from ui.widgets.guarded import ConfirmButton
from ui.widgets.label import Caption
from ui.widgets.panel import Panel
from ui.widgets.reasonfield import ReasonField
from ui.widgets.secret import SecretField

BUTTON_PX = 150
HIGH_PX = 46
ACROSS = 3
"""Chips beside each other: five of them in two rows."""


class SignPlate(QWidget):
    """Reason and signature for one verdict: ``signed`` with reason and password, ``left`` when it was given up."""

    signed = Signal(str, str, str)
    """Verdict, reason as it goes on record, password."""
    left = Signal()

    def __init__(self, verdict: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = verdict
        self.setAccessibleName(look().say(f"decisions.plate.{verdict}"))
        self.title = Caption(say(f"decisions.plate.{verdict}"), self, bold=True, wrap=True)
        chips = [(key, say(f"decisions.reason.{key}")) for key in presenter.REASONS[verdict]]
        self.reason = ReasonField(chips, self, across=ACROSS)
        self.password = SecretField(say("decisions.password"), self)
        self.said = Remark(self)
        self.back = Button(say("decisions.back"), self)
        self.back.clicked.connect(self.left)
        self.confirm = ConfirmButton(say(f"decisions.sign.{verdict}"), self, icon="check")
        self.confirm.acted.connect(self._sign)
        self.confirm.in_vain.connect(self.tell)
        self.reason.changed.connect(self.check)
        self.password.field.textChanged.connect(self.check)
        self.acts = QHBoxLayout()
        self.acts.setSpacing(16)
        self.acts.addWidget(self.back, 1)
        self.acts.addWidget(self.confirm, 2)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(self.password)
        right.addWidget(self.said)
        right.addStretch(1)
        right.addLayout(self.acts)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.reason, 5)
        row.addLayout(right, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addLayout(row)
        self._why: Text | None = None
        self.busy = False
        self.check()

    def begin(self) -> None:
        """Come up empty, the focus on the first reason."""
        self.reason.clear()
        self.password.clear()
        self.said.set_text("")
        self.busy = False
        self.show()
        self.check()
        next(iter(self.reason.buttons.values())).setFocus()
        turn_away(self.acts, self.confirm)

    def forbid(self, why: Text | None) -> None:
        """Why it cannot be signed at the moment, whatever was filled in."""
        if why != self._why:
            self._why = why
            self.check()

    def check(self, *_: object) -> None:
        """Say what is missing for a signature."""
        why = self._why or presenter.why_no_signature(self.reason.key, self.password.typed)
        self.confirm.forbid(say("decisions.signing") if self.busy else why)

    def tell(self, text: Text | str) -> None:
        """Say why not, beside the buttons."""
        self.said.set_text(text)

    def _sign(self) -> None:
        if self.busy:
            return
        self.busy = True
        self.said.set_text(say("decisions.signing"))
        self.check()
        word = look().say(f"decisions.reason.{self.reason.key}")
        typed = self.reason.words.text
        reason = presenter.reason_sent(self.reason.key, word, typed, undo=self.verdict == "undo")
        self.signed.emit(self.verdict, reason, self.password.take())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class ActPart(Panel):
    """``decided`` with verdict, reason, password and the hash of what was shown when the plate was opened."""

    decided = Signal(str, str, str, str)
    next_wanted = Signal()
    told = Signal(object)
    """Why something was refused (Text), for the footer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("decisions.part.act"), parent, edge=None)
        self._card: DecisionCard | None = None
        self._who: WhoRow | None = None
        self._plant: Plant | None = None
        self.seen = ""
        """Hash of what was shown when the plate was opened."""
        self._refused: Text | None = None
        self.note = Caption("", self, wrap=True, size=Size.SMALL, tone="second")
        self.buttons = {verdict: self._button(verdict) for verdict in presenter.VERDICTS}
        self.undo = self._button("undo")
        self.next = Button(say("decisions.next"), self, icon="forward")
        self.next.clicked.connect(self.next_wanted)
        self.row = QHBoxLayout()
        self.row.setSpacing(10)
        for button in (*self.buttons.values(), self.undo, self.next):
            self.row.addWidget(button)
        self.front = QWidget(self)
        front = QHBoxLayout(self.front)
        front.setContentsMargins(0, 0, 0, 0)
        front.setSpacing(16)
        front.addWidget(self.note, 1)
        front.addLayout(self.row)
        self.preview = FactSheet(
            [SheetColumn(say("decisions.column.name"), 0.35), SheetColumn(say("decisions.column.node"), 0.3),
             SheetColumn(say("decisions.column.now"), 0.17), SheetColumn(say("decisions.column.new"), 0.18)],
            self, name=say("decisions.undo_preview"),
        )  # fmt: skip
        self.preview.hide()
        self.plates = {verdict: self._plate(verdict) for verdict in (*presenter.VERDICTS, "undo")}
        self.open_ = ""
        self.add(self.front)
        self.add(self.preview)
        for plate in self.plates.values():
            self.add(plate)

    def _button(self, verdict: str) -> ConfirmButton:
        button = ConfirmButton(say(f"decisions.act.{verdict}"), self)
        button.setProperty("verdict", verdict)
        button.setMinimumSize(BUTTON_PX, HIGH_PX)
        button.acted.connect(self._pressed)
        button.in_vain.connect(self._in_vain)
        return button

    def _plate(self, verdict: str) -> SignPlate:
        plate = SignPlate(verdict, self)
        plate.hide()
        plate.signed.connect(self._signed)
        plate.left.connect(self.fold)
        return plate

    # -- what is shown ------------------------------------------------------------------------------------------------

    def show_card(
        self, card: DecisionCard, who: WhoRow | None, plant: Plant | None, now_ns: int, another: bool
    ) -> None:
        """Show what can be done with a card now. another: a further card waits."""
        before, self._card = self._card, card
        self._who, self._plant = who, plant
        if (before is not None and before.row.id != card.row.id) or (
            before is not None and before.row.state.open and not card.row.state.open
        ):
            self._refused = None
            self.fold()
        opened = self.open_
        if opened and opened != "undo" and not card.row.state.open:
            self.fold()
        can_decide = card.row.state.open
        for verdict, button in self.buttons.items():
            button.setVisible(can_decide)
            button.forbid(presenter.why_not(who, card, plant, verdict, now_ns))
        self.undo.setVisible(not can_decide and card.can_undo)
        self.undo.forbid(presenter.why_not(who, card, plant, "undo", now_ns))
        self.next.setVisible(not can_decide and another)
        self.preview.set_rows(cardwords.undo_rows(card.writes, plant))
        self._say(card, now_ns)
        if self.open_:
            plate = self.plates[self.open_]
            plate.forbid(presenter.why_not(who, card, plant, self.open_, now_ns))
        self._same_width()

    def _say(self, card: DecisionCard, now_ns: int) -> None:
        """The note beside the buttons: what was refused, why it cannot be approved, or what happens at signing."""
        if self.head is not None:
            title = say("decisions.part.act")
            if card.row.state.open and card.row.expires_ns:
                title = say("decisions.part.act_by", at=time_text(card.row.expires_ns, look().zone))
            elif not card.row.state.open:
                title = say("decisions.part.act_done")
            self.head.title.set_text(title)
        bold = True
        text = self._refused
        if text is None and not card.row.state.open:
            text = presenter.state_line(card, look().zone)
            why = presenter.reason_words(card.row.why)
            if why is not None:
                text = say("decisions.line_why", line=text, why=why)
            bold = presenter.in_doubt(card.row)
        elif text is None:
            two = presenter.two_words(card, now_ns, look().zone)
            why = presenter.why_not(self._who, card, self._plant, "approve", now_ns)
            waits = card.row.second_until_ns > now_ns
            text = two if waits else why or two
        if text is None:
            text, bold = say("decisions.checked_again", at=time_text(now_ns, look().zone)), False
        self.note.bold = bold
        self.note.size_ = Size.BODY if bold or not card.row.state.open else Size.SMALL
        self.note.set_text(text, "text" if bold or not card.row.state.open else "second")
        self.note.updateGeometry()
        self.note.update()

    def _same_width(self) -> None:
        wide = max(BUTTON_PX, *(b.sizeHint().width() + 20 for b in self.buttons.values()))
        for button in (*self.buttons.values(), self.undo):
            button.setFixedWidth(wide)

    def retell(self) -> None:
        """Another language: words of another length."""
        self._same_width()

    # -- what a person does -------------------------------------------------------------------------------------------

    def ask(self, verdict: str) -> bool:
        """Open the plate of a verdict, as its button does; False while it is forbidden."""
        button = self.undo if verdict == "undo" else self.buttons[verdict]
        if self._card is None or button.why is not None:
            return False
        self._refused = None
        self.open_, self.seen = verdict, self._card.shown
        self.front.hide()
        self.preview.setVisible(verdict == "undo")
        for name, plate in self.plates.items():
            if name != verdict:
                plate.hide()
        self.plates[verdict].begin()
        return True

    def fold(self) -> None:
        """Give up what was begun; nothing was signed."""
        if not self.open_:
            return
        plate = self.plates[self.open_]
        inside = plate.isAncestorOf(self.window().focusWidget() or self.window())
        verdict, self.open_ = self.open_, ""
        plate.password.clear()
        plate.hide()
        self.preview.hide()
        self.front.show()
        turn_away(self.row, self.buttons["approve"])
        if inside and verdict in self.buttons and self.buttons[verdict].isVisible():
            self.buttons[verdict].setFocus()

    def settle(self, why: Text | None, again: bool) -> None:
        """The answer to a signature: taken (None), or refused. again: the card has changed and is asked anew."""
        plate = self.plates.get(self.open_)
        if plate is not None:
            plate.busy = False
        self._refused = why
        if why is None or again:
            self.fold()
        elif plate is not None:
            plate.tell(why)
            plate.check()
            plate.password.setFocus()

    def forget(self) -> None:
        """Somebody else sits here: nothing typed stays."""
        self._refused = None
        self.fold()

    def turn_away(self) -> None:
        """Approve must not come up under the pointer."""
        turn_away(self.row, self.buttons["approve"])

    def _pressed(self) -> None:
        self.ask(str(self.sender().property("verdict")))

    def _in_vain(self, why: Text) -> None:
        self.told.emit(why)

    def _signed(self, verdict: str, reason: str, password: str) -> None:
        self.decided.emit(verdict, reason, password, self.seen)

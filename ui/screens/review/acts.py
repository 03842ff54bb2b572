"""The row of buttons under a reviewed part, and the reasons that take its place."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment.verdicts import REASONS
from ui.widgets.controls import Button
from ui.widgets.guarded import GuardedButton
from ui.widgets.reasonchips import ReasonChips

KEYS = {"previous": "P", "next": "N", "confirm": "C", "overrule": "O", "hold": "H"}
GUARDED = ("confirm", "overrule", "hold")
HEIGHT_PX = 72


class ReviewActs(QWidget):
    """``acted`` tells which: previous, next, confirm, overrule, hold; ``overruled`` the reason."""

    acted = Signal(str)
    overruled = Signal(str)
    in_vain = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stack = QStackedLayout(self)
        self.stack.setContentsMargins(0, 0, 0, 0)
        self._sheet = QWidget(self)
        row = QHBoxLayout(self._sheet)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.buttons: dict[str, Button] = {}
        for key, sign in KEYS.items():
            guarded = key in GUARDED
            word = say(f"reviewscreen.{key}")
            made = GuardedButton if guarded else Button
            button: Button = made(word, self._sheet, ground="ground")
            button.glove, button.key_hint = True, sign
            button.setFixedHeight(HEIGHT_PX)
            button.setMinimumWidth(104)
            button.setProperty("act", key)
            if isinstance(button, GuardedButton):
                button.acted.connect(self._acted)
                button.in_vain.connect(self.in_vain)
            else:
                button.clicked.connect(self._acted)
            row.addWidget(button, 3 if guarded else 2)
            self.buttons[key] = button
        self.chips = ReasonChips([(key, say(f"vision.reason.{key}")) for key in REASONS], self, across=3,
                                 ground="ground")  # fmt: skip
        self.chips.picked.connect(self._picked)
        self.chips.away.connect(self.put_away)
        self.stack.addWidget(self._sheet)
        self.stack.addWidget(self.chips)
        self.setFixedHeight(HEIGHT_PX)

    def set_narrow(self, narrow: bool) -> None:
        """Little width: smaller words on the same buttons."""
        for button in self.buttons.values():
            button.glove = not narrow
            button.update()

    @property
    def asking(self) -> bool:
        """Whether a reason is being asked for."""
        return self.stack.currentWidget() is self.chips

    def forbid(self, whys: dict[str, Text | None]) -> None:
        """Say what is not open and why; None where it is."""
        for key in GUARDED:
            button = self.buttons[key]
            if isinstance(button, GuardedButton):
                button.forbid(whys.get(key))

    def ask_reason(self, what: Text) -> None:
        """Put the reasons in the place of the buttons."""
        self.stack.setCurrentWidget(self.chips)
        self.setFixedHeight(self.chips.sizeHint().height())
        self.chips.ask(what)

    def put_away(self) -> None:
        """The buttons again."""
        if self.asking:
            self.stack.setCurrentWidget(self._sheet)
            self.setFixedHeight(HEIGHT_PX)

    def press(self, sign: str) -> bool:
        """Take a key; False when it means nothing here."""
        if self.asking:
            return self.chips.press(sign)
        found = next((key for key, letter in KEYS.items() if letter == sign), None)
        if found is None:
            return False
        self.buttons[found].click()
        return True

    def _acted(self) -> None:
        self.acted.emit(str(self.sender().property("act")))

    def _picked(self, reason: str) -> None:
        self.put_away()
        self.overruled.emit(reason)

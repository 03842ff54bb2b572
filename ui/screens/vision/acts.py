"""The four large buttons of the vision station, and the reasons that take their place while one is asked for."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QStackedLayout, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment.verdicts import REASONS
from ui.theme.look import look
from ui.widgets.controls import GLOVE
from ui.widgets.guarded import GuardedButton
from ui.widgets.reasonchips import ReasonChips

LOW_PX = 72
KEYS = {"confirm": "C", "overrule": "O", "hold": "H", "call": "Q"}


class ActButtons(QWidget):
    """``acted`` tells which: confirm, hold, call; ``overruled`` with its reason."""

    acted = Signal(str)
    overruled = Signal(str)
    in_vain = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stack = QStackedLayout(self)
        self.stack.setContentsMargins(0, 0, 0, 0)
        self._sheet = QWidget(self)
        grid = QGridLayout(self._sheet)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(max(8, look().mm(3)))
        self.buttons: dict[str, GuardedButton] = {}
        for at, (key, sign) in enumerate(KEYS.items()):
            button = GuardedButton(say(f"visionscreen.{key}"), self._sheet, ground="ground")
            button.glove, button.key_hint = True, sign
            button.setProperty("act", key)
            button.acted.connect(self._acted)
            button.in_vain.connect(self.in_vain)
            grid.addWidget(button, at // 2, at % 2)
            self.buttons[key] = button
        self.chips = ReasonChips([(key, say(f"vision.reason.{key}")) for key in REASONS], self, ground="ground")
        self.chips.picked.connect(self._picked)
        self.chips.away.connect(self.put_away)
        self.stack.addWidget(self._sheet)
        self.stack.addWidget(self.chips)

    @property
    def asking(self) -> bool:
        """Whether a reason is being asked for."""
        return self.stack.currentWidget() is self.chips

    def set_low(self, low: bool) -> None:
        """Little height: lower buttons, never below what can be pressed."""
        each = max(look().target(self), LOW_PX if low else GLOVE.height())
        for button in self.buttons.values():
            button.setFixedHeight(each)
        self.chips.set_low(low, 2 * each + 8)

    def forbid(self, whys: dict[str, Text | None]) -> None:
        """Say what is not open and why; None where it is."""
        for key, button in self.buttons.items():
            button.forbid(whys.get(key))

    def ask_reason(self, what: Text) -> None:
        """Put the reasons in the place of the buttons."""
        self.stack.setCurrentWidget(self.chips)
        self.chips.ask(what)

    def put_away(self) -> None:
        """The four buttons again."""
        if self.asking:
            self.stack.setCurrentWidget(self._sheet)
            self.buttons["overrule"].setFocus()

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

"""Large chips for a reason, picked by a press or by a figure key, in the place of the buttons that asked for it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.label import Caption


class ReasonChips(QWidget):
    """``picked`` tells the key of a reason; ``away`` that a person thought better of it."""

    picked = Signal(str)
    away = Signal()

    def __init__(
        self,
        reasons: Sequence[tuple[str, Text]],
        parent: QWidget | None = None,
        *,
        across: int = 2,
        ground: str = "panel",
    ) -> None:
        """reasons: keys with their words, in the order of the figure keys."""
        super().__init__(parent)
        self._keys = [key for key, _ in reasons]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.title = Caption("", self, size=Size.SMALL, tone="second", ground=ground)
        column.addWidget(self.title)
        grid = QGridLayout()
        grid.setSpacing(6)
        self.buttons: dict[str, Button] = {}
        for at, (key, text) in enumerate(reasons):
            button = Button(Text(f"{at + 1}  {text.en}", f"{at + 1}  {text.ko}"), self, ground=ground)
            button.setProperty("reason", key)
            button.clicked.connect(self._clicked)
            grid.addWidget(button, at // across, at % across)
            self.buttons[key] = button
        self.back = Button(say("reasonchips.back"), self, ground=ground)
        self.back.clicked.connect(self.away)
        column.addLayout(grid)
        column.addWidget(self.back)

    def set_low(self, low: bool, height: int) -> None:
        """Fit into a height: chips as high as there is room."""
        rows = (len(self.buttons) + 1) // 2 + 1
        each = max(32, (height - 26 - 6 * rows) // rows)
        for button in (*self.buttons.values(), self.back):
            button.setFixedHeight(min(each, 40 if low else 72))

    def ask(self, what: Text) -> None:
        """Ask why; what is overruled stands over the chips."""
        self.title.set_text(what)
        self.show()
        self.back.setFocus()  # Enter by itself gives no reason

    def press(self, sign: str) -> bool:
        """Take a figure key; False for any other."""
        if sign.isdigit() and 0 < int(sign) <= len(self._keys):
            self.picked.emit(self._keys[int(sign) - 1])
            return True
        return False

    def _clicked(self) -> None:
        self.picked.emit(str(self.sender().property("reason")))

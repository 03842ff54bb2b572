"""One-touch buttons of which one is chosen, or several: lots in the lines, reasons, dispositions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from hmi.model.text import Text
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.label import Caption


class Chips(QWidget):
    """``chosen`` holds the keys in the order of the buttons; ``offer`` keeps what is still there."""

    changed = Signal()
    """A person chose or let go."""

    def __init__(
        self, title: Text | None = None, parent: QWidget | None = None, *, several: bool = False, across: int = 3
    ) -> None:
        super().__init__(parent)
        self.several, self._across = several, across
        self._options: list[tuple[str, Text]] = []
        self.buttons: dict[str, Button] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if title is not None:
            column.addWidget(Caption(title, self, size=Size.SMALL, tone="second"))
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        column.addLayout(self._grid)

    @property
    def chosen(self) -> list[str]:
        """Keys of what is chosen."""
        return [key for key, button in self.buttons.items() if button.isChecked()]

    @property
    def key(self) -> str:
        """The first key that is chosen; empty for none."""
        return next(iter(self.chosen), "")

    def offer(self, options: Sequence[tuple[str, Text]]) -> None:
        """Offer these; what was chosen and is still offered stays chosen."""
        if list(options) == self._options:
            return
        kept, self._options = self.chosen, list(options)
        for button in self.buttons.values():
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {}
        for at, (key, text) in enumerate(self._options):
            button = Button(text, self, checkable=True)
            button.setProperty("choice", key)
            button.setChecked(key in kept)
            button.clicked.connect(self._pressed)
            self._grid.addWidget(button, at // self._across, at % self._across)
            self.buttons[key] = button
        for at in range(self._across):
            self._grid.setColumnStretch(at, 1)

    def choose(self, keys: Sequence[str]) -> None:
        """Choose these alone, without telling."""
        for key, button in self.buttons.items():
            button.setChecked(key in keys)

    def _pressed(self) -> None:
        pressed = str(self.sender().property("choice"))
        if not self.several:
            self.choose([pressed] if pressed in self.chosen else [])
        self.changed.emit()

"""Why something is done: a chip for what is usual, words for the rest."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.label import Caption
from ui.widgets.secret import NamedField


class ReasonField(QWidget):
    """``why`` is empty until a person has said something."""

    changed = Signal()

    def __init__(self, chips: Sequence[tuple[str, Text]], parent: QWidget | None = None, *, across: int = 3) -> None:
        """chips: keys with their words."""
        super().__init__(parent)
        self._chips = dict(chips)
        self._key = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(Caption(say("reasonfield.why"), self, size=Size.SMALL, tone="second"))
        grid = QGridLayout()
        grid.setSpacing(6)
        self.buttons: dict[str, Button] = {}
        for at, (key, text) in enumerate(self._chips.items()):
            button = Button(text, self, checkable=True)
            button.setProperty("choice", key)
            button.clicked.connect(self._chosen)
            grid.addWidget(button, at // across, at % across)
            self.buttons[key] = button
        column.addLayout(grid)
        self.words = NamedField(say("reasonfield.more"), self)
        self.words.field.textChanged.connect(self.changed)
        column.addWidget(self.words)

    @property
    def key(self) -> str:
        """Key of the chosen chip; empty without one."""
        return self._key

    @property
    def why(self) -> str:
        """The reason in the words of the moment, with what was typed."""
        chosen = look().text(self._chips[self._key]) if self._key else ""
        return ": ".join(x for x in (chosen, self.words.text) if x)

    def clear(self) -> None:
        """Begin anew."""
        self.words.field.clear()
        self.choose("")

    def choose(self, key: str) -> None:
        """Take a chip; the same again lets it go."""
        self._key = key if key in self._chips else ""
        for name, button in self.buttons.items():
            button.setChecked(name == self._key)
        self.changed.emit()

    def _chosen(self) -> None:
        key = str(self.sender().property("choice"))
        self.choose("" if key == self._key else key)

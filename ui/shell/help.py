"""F1: what this screen or the chosen thing is for, and the keys that work everywhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.shell.tagsearch import plate
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.label import Caption
from ui.widgets.panel import KeyValue

WIDTH = 560
KEYS = (("Home", "home"), ("F1", "help"), ("F2 … F9", "screens"), ("Ctrl+K", "search"), ("Alt+← →", "back"),
        ("Ctrl+L", "lock"), ("Tab", "tab"), ("F10", "alarms"), ("F12", "silence"), ("F11", "full"),
        ("Esc", "close"))  # fmt: skip


class Help(QWidget):
    """A plate over the window; Escape closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._before: QWidget | None = None
        self.setAccessibleName(look().say("window.help"))
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        self.title = Caption("", size=Size.LARGE, bold=True)
        self.text = Caption("", wrap=True)
        self.keys = KeyValue(key_px=120, name=say("window.keys"))
        self.keys.set_rows([(Text.same(key), say(f"keys.{what}")) for key, what in KEYS])
        self.close_button = Button(say("window.close"), key="Esc")
        self.close_button.clicked.connect(self.shut)
        for part in (self.title, self.text, Caption(say("window.keys"), bold=True), self.keys):
            column.addWidget(part)
        column.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)
        self.hide()

    def open(self, title: Text, text: Text, top: int = 72) -> None:
        """Come up with a title and what there is to say."""
        self._before = self.window().focusWidget()
        self.title.set_text(title)
        self.text.set_text(text)
        room = self.window().width()
        width = min(WIDTH, room - 32)
        self.resize(width, self._column.totalHeightForWidth(width))
        self.move((room - width) // 2, top)
        self.show()
        self.raise_()
        self.close_button.setFocus()

    def shut(self) -> None:
        """Go away; the focus returns."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(look().say("window.help"))
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        plate(self)

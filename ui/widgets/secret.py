"""A field for a password: dots, no memory, and a word when the caps key seems to be on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.label import Caption


def caps_on(typed: str, shift: bool) -> bool | None:
    """Whether a typed letter shows that caps lock is on; None for what is no letter of two cases."""
    if len(typed) != 1 or typed.upper() == typed.lower():
        return None
    return typed.isupper() is not shift


class SecretField(QWidget):
    """``field`` is the line itself; ``take()`` gives what was typed and forgets it."""

    entered = Signal()

    def __init__(self, label: Text, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self.field = QLineEdit(self)
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.field.returnPressed.connect(self.entered)
        self.field.installEventFilter(self)
        self.field.setAccessibleName(look().text(label))
        self._hint = Caption(say("signin.caps"), self, size=Size.SMALL, bold=True)
        self._hint.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(Caption(label, self, size=Size.SMALL, tone="second"))
        column.addWidget(self.field)
        column.addWidget(self._hint)
        self.setFocusProxy(self.field)

    @property
    def typed(self) -> bool:
        """Whether anything was typed."""
        return bool(self.field.text())

    def take(self) -> str:
        """What was typed; the field forgets it."""
        typed = self.field.text()
        self.clear()
        return typed

    def clear(self) -> None:
        """Forget what was typed."""
        self.field.clear()
        self._hint.hide()

    @property
    def caps(self) -> bool:
        """Whether it says that caps lock is on."""
        return not self._hint.isHidden()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See from what is typed whether caps lock is on."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_CapsLock and self.caps:
                self._hint.hide()
            found = caps_on(event.text(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            if found is not None:
                self._hint.setVisible(found)
        return False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.field.setAccessibleName(look().text(self._label))
        super().changeEvent(event)


class NamedField(QWidget):
    """A line of text with its label above."""

    entered = Signal()

    def __init__(self, label: Text, parent: QWidget | None = None, *, hint: Text | None = None) -> None:
        super().__init__(parent)
        self._label, self._hint = label, hint
        self.field = QLineEdit(self)
        self.field.setMaxLength(200)
        self.field.returnPressed.connect(self.entered)
        self._caption = Caption(label, self, size=Size.SMALL, tone="second")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._caption)
        column.addWidget(self.field)
        self.setFocusProxy(self.field)
        self._tell()

    @property
    def text(self) -> str:
        """What was typed, without spaces around it."""
        return self.field.text().strip()

    def set_label(self, label: Text) -> None:
        """Ask for something else."""
        self._label = label
        self._caption.set_text(label)
        self._tell()

    def _tell(self) -> None:
        self.field.setAccessibleName(look().text(self._label))
        if self._hint is not None:
            self.field.setPlaceholderText(look().text(self._hint))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()
        super().changeEvent(event)

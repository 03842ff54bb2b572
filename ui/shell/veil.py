"""The hatch over all screens while the engine is silent."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.theme.look import look


class Veil(QWidget):
    """A sparse hatch over all screens while the engine is silent: nothing old looks alive. Lets presses through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(look().say("window.doubt_engine"))
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        ink = QColor(look().theme.second)
        ink.setAlpha(70)
        brush = QBrush(ink, Qt.BrushStyle.BDiagPattern)
        p.scale(3, 3)
        p.fillRect(self.rect(), brush)
        p.end()

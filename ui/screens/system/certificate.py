"""Accepting a controller's certificate: the fingerprint to compare, and a second question in another place."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.system.presenter import fingerprint_groups
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.drawn import CENTRE, Drawn, words
from ui.widgets.label import Caption

PER_ROW = 4
GROUP_PX, ROW_PX = 76, 34


class Fingerprint(Drawn):
    """Sixteen groups of four digits, four in a row, large enough to compare across a cabinet door."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("system.fingerprint"))
        self._groups: list[str] = []

    def show_fingerprint(self, fingerprint: str) -> None:
        """Show this one."""
        groups = fingerprint_groups(fingerprint)
        if groups != self._groups:
            self._groups = groups
            self.setAccessibleDescription(" ".join(groups))
            self.setFixedHeight(self.sizeHint().height())
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(PER_ROW * GROUP_PX, ROW_PX * max(1, -(-len(self._groups) // PER_ROW)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def draw(self, p: QPainter, t: Theme) -> None:
        face = look().font(Size.LARGE, True, words=False)
        for at, group in enumerate(self._groups):
            box = QRectF((at % PER_ROW) * GROUP_PX, (at // PER_ROW) * ROW_PX, GROUP_PX, ROW_PX)
            words(p, box, group, face, t.text, CENTRE)


class CertificatePlate(QWidget):
    """Two steps: compare and ask for it; then say so again with a button that stands elsewhere."""

    accepted = Signal(str)
    """The fingerprint that was shown when the person accepted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fingerprint = ""
        self.setAccessibleName(look().say("system.certificate"))
        self.ask = Caption(say("system.compare"), wrap=True)
        self.print_ = Fingerprint()
        self.accept = Button(say("system.accept"))
        self.again = Caption(say("system.accept_again", name=""), wrap=True, bold=True)
        self.no, self.yes = Button(say("system.cancel")), Button(say("system.accept_now"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(8)
        for part in (self.ask, self.print_, self.accept, self.again):
            column.addWidget(part)
        row = QHBoxLayout()
        row.addWidget(self.no)
        row.addStretch(1)
        row.addWidget(self.yes)
        column.addLayout(row)
        self.accept.clicked.connect(self._first)
        self.no.clicked.connect(self._cancel)
        self.yes.clicked.connect(self._second)
        self._step(False)

    def show_fingerprint(self, fingerprint: str, name: Text) -> None:
        """Ask about this certificate; another one begins at the first step again."""
        if fingerprint != self._fingerprint:
            self._fingerprint = fingerprint
            self.print_.show_fingerprint(fingerprint)
            self._step(False)
        self.again.set_text(say("system.accept_again", name=name))

    def _step(self, second: bool) -> None:
        self.accept.setVisible(not second)
        self.ask.setVisible(not second)
        for part in (self.again, self.no, self.yes):
            part.setVisible(second)

    def _first(self) -> None:
        self._step(True)
        self.no.setFocus()

    def _cancel(self) -> None:
        self._step(False)
        self.accept.setFocus()

    def _second(self) -> None:
        self._step(False)
        if self._fingerprint:
            self.accepted.emit(self._fingerprint)

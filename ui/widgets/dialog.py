"""A plate over the window that asks for something: one at a time, Escape closes it, Tab stays within it.

Nothing behind it is blocked: alarms and live values go on, and can be pressed. It has no default button.
"""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.label import Caption

WIDTH = 520
MARGIN = 18
TOP = 64
"""Where there is no main part that tells its own."""


class Dialog(QWidget):
    """``body`` takes the parts, ``acts`` the buttons. ``over`` is the window it lies on."""

    opened = Signal()
    closed = Signal()
    width_ = WIDTH
    beside: ClassVar[bool] = False
    """Stands at the left of the right column, where what it is about is shown; else in the middle."""

    def __init__(self, over: QWidget, title: Text) -> None:
        super().__init__(over)
        self._over = over
        self._title = title
        self._before: QWidget | None = None
        self.side: QWidget | None = None
        """The right column, for dialogs that stand beside it."""
        self.title = Caption(title, self, size=Size.LARGE, bold=True)
        self.close_button = Button(None, self, icon="close", flat=True, name=say("signin.close"), key="Esc")
        self.close_button.clicked.connect(self.shut)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        self.acts = QHBoxLayout()
        self.acts.setSpacing(8)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 12, MARGIN, MARGIN)
        column.setSpacing(10)
        column.addLayout(head)
        column.addLayout(self.body, 1)
        column.addLayout(self.acts)
        self.setAccessibleName(look().text(title))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a press between the parts leaves the keys with the plate
        self.hide()
        over.installEventFilter(self)

    def stand_beside(self, side: QWidget) -> None:
        """Keep to the left of this column, wherever it goes."""
        self.side = side
        side.installEventFilter(self)

    def set_title(self, title: Text) -> None:
        """Ask for something else."""
        self._title = title
        self.title.set_text(title)
        self.setAccessibleName(look().text(title))

    def open(self) -> None:
        """Come up; whatever else was asked for goes away."""
        if not self.isVisible():
            self._before = self.window().focusWidget()
        for other in self._over.findChildren(Dialog):
            if other is not self and other.isVisible():
                other.shut()
        self.show()
        self.fit()
        self.raise_()
        self.first().setFocus()
        self.opened.emit()

    def shut(self) -> None:
        """Go away; the focus returns to where it was."""
        if not self.isVisible():
            return
        there = self.window().focusWidget()
        mine = there is not None and self.isAncestorOf(there)
        self.hide()
        if mine and self._before is not None:
            self._before.setFocus()
        self.closed.emit()

    def first(self) -> QWidget:
        """What has the focus when it comes up. Override; never the button that lets something happen."""
        return self.close_button

    def fit(self) -> None:
        """Be as high as the parts need, within the window."""
        if not self.isVisible():
            return
        room = self._over.rect()
        right = room.width()
        if self.beside and self.side is not None and self.side.isVisible():
            right = self.side.x()
        width = min(self.width_, room.width() - 32)
        self._column.activate()
        height = self._column.totalHeightForWidth(width) if self._column.hasHeightForWidth() else 0
        main = getattr(self._over, "main", None)
        top = main.y() + 8 if isinstance(main, QWidget) else TOP
        height = min(max(height, self._column.totalSizeHint().height()), room.height() - top - 8)
        x = right - width - 12 if self.beside else (right - width) // 2
        self.setGeometry(max(8, x), top if self.beside else max(top, (room.height() - height) // 3), width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window has another size, or the column beside the plate another place."""
        moved = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)
        if (watched is self._over and event.type() == QEvent.Type.Resize) or (
            watched is self.side and event.type() in moved
        ):
            self.fit()
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            done = super().event(event)
            self.fit()
            return done
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round within the plate."""
        start: QWidget = self.window().focusWidget() or self
        at = start
        while True:
            at = (at.nextInFocusChain() if forward else at.previousInFocusChain()) or start
            if at is start:
                return True
            takes = at.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
            if takes and self.isAncestorOf(at) and at.isVisible() and at.isEnabled():
                at.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
                return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # Enter means nothing to the plate itself
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(look().text(self._title))
            self.retell()
        super().changeEvent(event)

    def retell(self) -> None:
        """Language changed. Override where words are made by hand."""

    def paintEvent(self, event: QPaintEvent) -> None:
        t, p = look().theme, QPainter(self)
        p.fillRect(self.rect(), t.panel)
        p.setPen(QPen(t.outline, 2))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(self.rect().adjusted(1, 1, -1, -1))
        p.end()

    def mousePressEvent(self, event: object) -> None:
        """A press between the parts is not one on what lies behind."""


def turn_away(row: QBoxLayout, button: QWidget, reach: int = 24) -> None:
    """Let a row of buttons run the other way when the button that confirms would come up under the pointer."""
    parent = button.parentWidget()
    if parent is None:
        return
    row.setDirection(QBoxLayout.Direction.LeftToRight)
    row.activate()
    at = parent.mapFromGlobal(parent.cursor().pos())
    if button.geometry().adjusted(-reach, -reach, reach, reach).contains(at):
        row.setDirection(QBoxLayout.Direction.RightToLeft)
        row.activate()


class Remark(Caption):
    """Words that take room only while there are some: what is wrong, what is missing."""

    def __init__(self, parent: QWidget | None = None, *, bold: bool = True) -> None:
        super().__init__("", parent, bold=bold, wrap=True)
        self.hide()

    def set_text(self, text: Text | str, tone: str | None = None) -> None:
        """Say something, or nothing."""
        super().set_text(text, tone)
        self.setVisible(bool(self.text()))

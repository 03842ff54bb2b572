"""Things to press: buttons in desk, touch and glove size, switches of a few choices, icon buttons."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from hmi.model.text import Text
from ui.theme import icons
from ui.theme.look import MIN_TARGET_PX, look
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, ring, words

GLOVE = QSize(160, 96)


class Button(QAbstractButton):
    """A button with a word, an icon, or both; all buttons of one row look the same, none is the default."""

    def __init__(
        self,
        text: Text | None = None,
        parent: QWidget | None = None,
        *,
        icon: str | None = None,
        key: str = "",
        glove: bool = False,
        flat: bool = False,
        checkable: bool = False,
        ground: str = "panel",
        name: Text | None = None,
    ) -> None:
        """icon: a name of ui.theme.icons. key: shortcut shown under the word. flat: no frame (top strip, tables).

        A button with an icon alone needs ``name``.
        """
        super().__init__(parent)
        self._text, self._said, self.icon_name, self.key_hint = text, name or text, icon, key
        self.glove, self.flat, self.ground = glove, flat, ground
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        look().density_changed.connect(self.updateGeometry)
        self._tell()

    def set_text(self, text: Text | None, name: Text | None = None) -> None:
        """Say another word, or with None show the icon alone under a name."""
        self._text, self._said = text, name or text
        self._tell()
        self.updateGeometry()
        self.update()

    def _tell(self) -> None:
        here = look()
        said = "" if self._said is None else here.text(self._said)
        self.setAccessibleName(said)
        if self._text is None:
            self.setToolTip(f"{said}  {self.key_hint}".strip())

    def sizeHint(self) -> QSize:
        if self.glove:
            return GLOVE
        here = look()
        side = here.target(self)
        if not self.flat:
            side = max(side, 36)
        if self._text is None:
            return QSize(side, side)
        width = here.metrics(Size.BODY, True).horizontalAdvance(here.text(self._text)) + (16 if self.flat else 32)
        return QSize(max(side, math.ceil(width + (28 if self.icon_name else 0))), side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        here, r = look(), QRectF(self.rect())
        t, p = here.theme, QPainter(self)
        p.fillRect(r, t.colour(self.ground))
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.isEnabled() and (self.isDown() or self.isChecked())
        if not self.flat or lit or (self.underMouse() and self.isEnabled()):
            p.setPen(Qt.PenStyle.NoPen if self.flat else QPen(t.outline if self.isEnabled() else t.hairline, 1.5))
            p.setBrush(t.button_down if lit else t.chosen if self.underMouse() and self.isEnabled() else t.button)
            p.drawRoundedRect(r.adjusted(1, 1, -1, -1), 5, 5)
        colour = t.text if self.isEnabled() else t.second
        size = Size.LARGE if self.glove else Size.BODY
        if self._text is None and self.icon_name:
            side = 24
            icons.paint(p, self.icon_name, QRectF(r.center().x() - 12, r.center().y() - 12, side, side), colour)
        elif self._text is not None:
            box = r.adjusted(8, 0, -8, -22 if self.key_hint and self.glove else 0)
            if self.icon_name:
                width = here.metrics(size, True).horizontalAdvance(here.text(self._text))
                left = max(box.left(), box.center().x() - (width + 28) / 2)
                icons.paint(p, self.icon_name, QRectF(left, r.center().y() - 10, 20, 20), colour)
                box.setLeft(left + 26)
                words(p, box, here.text(self._text), here.font(size, True), colour)
            else:
                words(p, box, here.text(self._text), here.font(size, True), colour, CENTRE)
            if self.key_hint and self.glove:
                foot = QRectF(r.left(), r.bottom() - 34, r.width(), 22)
                words(p, foot, self.key_hint, here.font(Size.SMALL), t.second, CENTRE)
        if self.hasFocus():
            ring(p, r, t, 5)
        p.end()


class Choice(QWidget):
    """A row of buttons of which one is chosen: a time span, a language."""

    changed = Signal(str)
    """Key of the choice a person made."""

    def __init__(
        self,
        options: Sequence[tuple[str, Text]],
        parent: QWidget | None = None,
        *,
        name: Text | None = None,
        flat: bool = False,
        ground: str = "panel",
    ) -> None:
        """options: keys with their words. The first is chosen."""
        super().__init__(parent)
        if name is not None:
            self.setAccessibleName(look().text(name))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._group = QButtonGroup(self)
        self._keys = [key for key, _ in options]
        self._buttons: list[Button] = []
        for index, (_, text) in enumerate(options):
            button = Button(text, self, checkable=True, flat=flat, ground=ground)
            button.setChecked(index == 0)
            self._buttons.append(button)
            self._group.addButton(button, index)
            row.addWidget(button)
        self._group.idClicked.connect(self._clicked)

    @property
    def key(self) -> str:
        """Key of what is chosen."""
        return self._keys[max(0, self._group.checkedId())]

    def choose(self, key: str) -> None:
        """Choose without telling; a key that is none of them leaves nothing chosen."""
        if key in self._keys:
            self._buttons[self._keys.index(key)].setChecked(True)
        elif self._group.checkedButton() is not None:
            self._group.setExclusive(False)
            self._group.checkedButton().setChecked(False)
            self._group.setExclusive(True)

    def _clicked(self, index: int) -> None:
        self.changed.emit(self._keys[index])


def touchable(widget: QWidget) -> bool:
    """Whether something can be hit with a bare hand: at least 44 px on both sides."""
    return widget.width() >= MIN_TARGET_PX and widget.height() >= MIN_TARGET_PX

"""The rail: one button for each screen, at the same pixels wherever one is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.shell.registry import ScreenSpec
from ui.theme import icons
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, Pressable, words

WIDTH = 88
HEIGHT = 72
LEAST_HEIGHT = 36
"""In a low window all screens keep their place and become lower together."""
LEAN = 56
"""Below this height the word stands close under a smaller icon."""
TOP = 4


class RailButton(Pressable):
    """Icon and word of a screen; a bar at its left while one is there, a teal count where people are waited for."""

    def __init__(self, spec: ScreenSpec, key_hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say(spec.title_key), ground="panel")
        self.spec, self.here, self.count = spec, False, 0
        self._key = key_hint
        self.setFixedSize(WIDTH, HEIGHT)
        self._tell()

    def set_height(self, height: int) -> None:
        """Be so high."""
        if height != self.height():
            self.setFixedSize(WIDTH, height)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def _tell(self) -> None:
        self.setToolTip(f"{look().say(self.spec.title_key)}  ({self._key})" if self._key else "")

    def retell(self) -> None:
        super().retell()
        self._tell()

    def set_here(self, here: bool) -> None:
        """Whether one is on this screen."""
        if here is not self.here:
            self.here = here
            self._describe()
            self.update()

    def set_count(self, count: int) -> None:
        """How many things wait for a person there."""
        if count != self.count:
            self.count = count
            self._describe()
            self.update()

    def _describe(self) -> None:
        here = look()
        told = [here.say("window.here")] if self.here else []
        told += [here.say("decisions.waits_there", n=self.count)] if self.count else []
        self.setAccessibleDescription("; ".join(told))

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect())
        if self.here or self.over:
            p.fillRect(r, t.chosen if self.here else t.button)
        if self.here:
            p.fillRect(QRectF(0, 0, 4, r.height()), t.focus)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        lean = r.height() < LEAN
        side = 16.0 if lean else 26.0
        word = 18.0 if lean else 22.0
        top = max(1.0, (r.height() - side - word - (0 if lean else 4)) / 2)
        icons.paint(
            p, self.spec.icon, QRectF(r.center().x() - side / 2, top, side, side), t.text if self.here else t.second
        )
        box = QRectF(2, top + side + (0 if lean else 4), r.width() - 4, word)
        words(
            p,
            box,
            here.say(self.spec.title_key),
            here.font(Size.SMALL, self.here),
            t.text if self.here else t.second,
            CENTRE,
        )
        if self.count:
            badge = QRectF(r.right() - 34, max(1.0, top - 5), 26, 18)
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(t.hold)
            p.drawRoundedRect(badge, 9, 9)
            words(p, badge, str(min(self.count, 99)), here.font(Size.SMALL, True, words=False), t.on_hold, CENTRE)


class Rail(QWidget):
    """All screens that have a place here."""

    chosen = Signal(str)

    def __init__(self, specs: list[ScreenSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH + 1)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._name: Text = say("window.rail")
        self.setAccessibleName(look().text(self._name))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, TOP, 1, TOP)
        column.setSpacing(0)
        self.buttons: dict[str, RailButton] = {}
        for number, spec in enumerate(specs):
            button = RailButton(spec, "Home" if number == 0 else f"F{number + 1}" if number < 9 else "", self)
            button.pressed.connect(self._pressed)
            column.addWidget(button)
            self.buttons[spec.key] = button
        column.addStretch(1)

    def minimumSizeHint(self) -> QSize:
        """The buttons' heights are set by the window's, so they must not keep it from becoming lower."""
        return QSize(WIDTH + 1, len(self.buttons) * LEAST_HEIGHT + 2 * TOP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = (self.height() - 2 * TOP) // max(1, len(self.buttons))
        for button in self.buttons.values():
            button.set_height(min(HEIGHT, max(LEAST_HEIGHT, room)))

    def _pressed(self) -> None:
        sender = self.sender()
        if isinstance(sender, RailButton):
            self.chosen.emit(sender.spec.key)

    def show_here(self, key: str | None) -> None:
        """Light the screen one is on."""
        for name, button in self.buttons.items():
            button.set_here(name == key)

    def paintEvent(self, event: QPaintEvent) -> None:
        t, p = look().theme, QPainter(self)
        p.fillRect(event.rect(), t.panel)
        p.fillRect(QRectF(self.width() - 1, 0, 1, self.height()), t.frame)
        p.end()

"""The footer: the outcome of the last action at the left, what cannot be believed at the right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import LEFT, RIGHT, Drawn, words

HEIGHT = 24


class Footer(Drawn):
    """Two lines of words, side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("window.footer"))
        self.setFixedHeight(HEIGHT)
        self._last: Text = say("window.no_action")
        self._doubt: Text | None = None

    def tell(self, last: Text) -> None:
        """Say the outcome of the last action."""
        self._last = last
        self._describe()

    def warn(self, doubt: Text | None) -> None:
        """Say what cannot be believed at the moment."""
        if doubt != self._doubt:
            self._doubt = doubt
            self._describe()

    def _describe(self) -> None:
        here = look()
        parts = [self._last, *([self._doubt] if self._doubt is not None else [])]
        self.setAccessibleDescription("; ".join(here.text(x) for x in parts))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect()).adjusted(16, 0, -16, 0)
        p.fillRect(QRectF(0, 0, self.width(), 1), t.frame)
        small = here.font(Size.SMALL)
        half = r.width() * 0.6
        words(p, QRectF(r.left(), 1, half, r.height()), here.text(self._last), small, t.second, LEFT)
        if self._doubt is not None:
            box = QRectF(r.left() + half, 1, r.width() - half, r.height())
            words(p, box, here.text(self._doubt), here.font(Size.SMALL, True), t.text, RIGHT)

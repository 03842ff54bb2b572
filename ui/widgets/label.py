"""Figures on their own, and captions: a value with unit, quality and age; words of one size and tone."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.plant import Tag
from hmi.model.quality import Quality
from hmi.model.text import Text
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import LEFT, RIGHT, Drawn, words
from ui.widgets.figures import NONE, Shown
from ui.widgets.live import Live


def draw_figure(p: QPainter, t: Theme, rect: QRectF, seen: Shown) -> None:
    """Draw a large figure with unit and, when in doubt, mark and age in the line below it."""
    here = look()
    numeral = here.font(Size.LARGE, True, words=False)
    big = here.metrics(Size.LARGE, True, words=False)
    small = here.metrics(Size.SMALL)
    top = rect.center().y() - (big.height() + small.height()) / 2
    box = QRectF(rect.left(), top, rect.width(), big.height())
    doubtful = seen.quality in (Quality.STALE, Quality.BAD)
    colour = t.second if doubtful or seen.figure == NONE else t.value
    text = f"{seen.mark} {seen.figure}" if seen.mark and seen.figure != NONE else seen.figure
    size = Size.LARGE if big.horizontalAdvance(text) <= rect.width() else Size.BODY
    face = numeral if size is Size.LARGE else here.font(Size.BODY, True, words=False)
    words(p, box, text, face, colour)
    if seen.struck:
        measures = big if size is Size.LARGE else here.metrics(Size.BODY, True, words=False)
        p.setPen(QPen(colour, 2))
        y = box.center().y() + 1
        p.drawLine(QPointF(box.left(), y), QPointF(min(box.right(), box.left() + measures.horizontalAdvance(text)), y))
    below = " · ".join(x for x in (seen.unit, seen.age) if x)
    words(p, QRectF(rect.left(), box.bottom(), rect.width(), small.height()), below, here.font(Size.SMALL), t.second)


def draw_line_figure(p: QPainter, t: Theme, rect: QRectF, seen: Shown, *, ranged: bool = True) -> None:
    """Draw figure and unit in one line, figures right-aligned before a unit column of fixed width."""
    here = look()
    doubtful = seen.quality in (Quality.STALE, Quality.BAD)
    colour = t.second if doubtful or seen.figure == NONE else t.value
    unit_px = 44.0 if ranged else 0.0
    measures = here.metrics(Size.BODY, True, words=False)
    text = f"{seen.mark} {seen.figure}" if seen.mark and seen.figure != NONE else seen.figure
    box = QRectF(rect.left(), rect.top(), rect.width() - unit_px, rect.height())
    words(p, box, text, here.font(Size.BODY, True, words=False), colour, RIGHT)
    if seen.struck:
        width = min(box.width(), measures.horizontalAdvance(text))
        p.setPen(QPen(colour, 1.5))
        y = box.center().y() + 0.5
        p.drawLine(QPointF(box.right() - width, y), QPointF(box.right(), y))
    tail = seen.age if doubtful and seen.age else seen.unit
    words(
        p, QRectF(box.right() + 6, rect.top(), unit_px - 6, rect.height()), tail, here.font(Size.SMALL), t.second, LEFT
    )


class ValueLabel(Live):
    """A figure with unit, quality and age; one line, or large with the unit below."""

    def __init__(
        self, tag: Tag | None = None, parent: QWidget | None = None, *, large: bool = False, ground: str = "panel"
    ) -> None:
        super().__init__(tag, parent, ground=ground)
        self.large = large

    def sizeHint(self) -> QSize:
        return QSize(140, 52) if self.large else QSize(150, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 48) if self.large else QSize(96, 22)

    def draw(self, p: QPainter, t: Theme) -> None:
        r = QRectF(self.rect()).adjusted(2, 0, -2, 0)
        if self.large:
            draw_figure(p, t, r, self.seen)
        else:
            draw_line_figure(p, t, r, self.seen)


class Caption(Drawn):
    """Words of one size and tone, in both languages: titles, labels, remarks."""

    def __init__(
        self,
        text: Text | str = "",
        parent: QWidget | None = None,
        *,
        size: Size = Size.BODY,
        bold: bool = False,
        tone: str = "text",
        ground: str = "panel",
        right: bool = False,
        wrap: bool = False,
    ) -> None:
        """text: a Text, or a plain string for what has no language."""
        super().__init__(parent, ground=ground)
        self.size_, self.bold, self.tone, self.right, self.wrap = size, bold, tone, right, wrap
        self._text = text
        self.set_text(text)
        if wrap:
            policy = self.sizePolicy()
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)

    def set_text(self, text: Text | str, tone: str | None = None) -> None:
        """Say something else, in another tone if given."""
        same_words = text == self._text and self._name is not None
        if same_words and tone in (None, self.tone):
            return
        self._text = text
        self.tone = tone or self.tone
        self.set_name(text)
        if not same_words:
            self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The words in the current language."""
        return look().text(self._text)

    def sizeHint(self) -> QSize:
        fm = look().metrics(self.size_, self.bold)
        return QSize(math.ceil(fm.horizontalAdvance(self.text())) + 4, round(fm.height() * 1.15))

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(40, hint.width()), hint.height())

    def hasHeightForWidth(self) -> bool:
        return self.wrap

    def heightForWidth(self, width: int) -> int:
        fm = look().metrics(self.size_, self.bold)
        box = fm.boundingRect(
            QRectF(0, 0, max(20, width - 2), 10_000), int(LEFT | Qt.TextFlag.TextWordWrap), self.text()
        )
        return math.ceil(box.height()) + 2

    def draw(self, p: QPainter, t: Theme) -> None:
        face = look().font(self.size_, self.bold)
        align = RIGHT if self.right else LEFT
        words(p, QRectF(self.rect()), self.text(), face, t.colour(self.tone), align, wrap=self.wrap)

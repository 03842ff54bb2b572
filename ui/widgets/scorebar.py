"""How far a part is from its tolerance: below it, or beyond it up to what leaves no doubt."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import LEFT, RIGHT, Drawn, triangle, words
from ui.widgets.figures import NONE

BAR_PX = 14.0
WITHIN = 0.22
"""Share of the bar for what is within tolerance: no finding, score 0."""


class ScoreBar(Drawn):
    """A score of 0 is within tolerance; above it a finding's score runs from hardly to beyond doubt."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("scorebar.name"))
        self._score: float | None = None
        self._known = False
        self._past: tuple[float, ...] = ()

    def show_score(self, score: float | None, known: bool, past: Sequence[float] = ()) -> None:
        """Show a part's score, None for one without; known: there is a part at all. past: scores of those before."""
        told = (score, known, tuple(past))
        if told != (self._score, self._known, self._past):
            self._score, self._known, self._past = told
            self.setAccessibleDescription(NONE if score is None else f"{score:.2f}")
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 66)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 64)

    def _at(self, bar: QRectF, score: float) -> float:
        if score <= 0:
            return bar.left() + bar.width() * WITHIN / 2
        return bar.left() + bar.width() * (WITHIN + (1 - WITHIN) * min(1.0, score))

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect())
        small = here.font(Size.SMALL)
        bar = QRectF(r.left() + 2, r.top() + 24, r.width() - 4, BAR_PX)
        edge = bar.left() + bar.width() * WITHIN
        p.fillRect(bar, t.bar)
        p.fillRect(QRectF(bar.left(), bar.top(), edge - bar.left(), bar.height()), t.band)
        p.setPen(QPen(t.outline, 1))
        for score in self._past:
            x = self._at(bar, score)
            p.drawLine(QPointF(x, bar.top() + 3), QPointF(x, bar.bottom() - 3))
        p.setPen(QPen(t.text, 2))
        p.drawLine(QPointF(edge, bar.top() - 4), QPointF(edge, bar.bottom() + 4))
        if self._score is not None:
            x = self._at(bar, self._score)
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(t.value)
            triangle(p, QPointF(x, bar.top() - 1), 14, "down")
            figure = here.say("scorebar.none") if self._score <= 0 else f"{self._score:.2f}"
            width = here.metrics(Size.BODY, True).horizontalAdvance(figure) + 4
            left = min(max(r.left(), x + 10), r.right() - width)
            if left < x + 8:
                left = x - 10 - width
            words(p, QRectF(left, r.top(), width, 22), figure, here.font(Size.BODY, True), t.value)
        elif self._known:
            words(p, QRectF(r.left(), r.top(), r.width(), 22), here.say("scorebar.undecided"), small, t.second, LEFT)
        foot = QRectF(r.left(), bar.bottom() + 5, r.width(), 20)
        words(p, QRectF(foot.left(), foot.top(), edge - foot.left() - 4, 20), here.say("scorebar.within"), small,
              t.second, LEFT)  # fmt: skip
        words(p, QRectF(edge + 4, foot.top(), 160, 20), here.say("scorebar.beyond"), small, t.second, LEFT)
        words(p, QRectF(edge + 160, foot.top(), foot.right() - edge - 162, 20), here.say("scorebar.sure"), small,
              t.second, RIGHT)  # fmt: skip

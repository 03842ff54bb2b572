"""The shift's counts in large figures, and the camera's health in one line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.words import say
from ui.screens.vision.presenter import Cell, Figure, fitting
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import Drawn, words

CELL_PX = 14.0
FIRST = 1.5
"""The first figure counts all the others: it is the longest."""


class Counters(Drawn):
    """Figures side by side; with a question mark where the engine is away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("visionscreen.this_shift"))
        self._figures: tuple[Figure, ...] = ()
        self._old = False

    def show_figures(self, figures: Sequence[Figure], old: bool) -> None:
        """Show these; old: nobody knows whether they still hold."""
        told = (tuple(figures), old)
        if told != (self._figures, self._old):
            self._figures, self._old = told
            here = look()
            self.setAccessibleDescription("; ".join(f"{here.text(f.name)} {f.figure}, {f.below}" for f in figures))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 74)

    def minimumSizeHint(self) -> QSize:
        return QSize(280, 74)

    def draw(self, p: QPainter, t: Theme) -> None:
        if not self._figures:
            return
        here, x = look(), 0.0
        shares = [FIRST if at == 0 else 1.0 for at in range(len(self._figures))]
        for share, figure in zip(shares, self._figures, strict=True):
            each = self.width() * share / sum(shares)
            box = QRectF(x, 0, each - 6, self.height())
            x += each
            words(p, QRectF(box.left(), 0, box.width(), 20), here.text(figure.name), here.font(Size.SMALL), t.second)
            shown = f"? {figure.figure}" if self._old else figure.figure
            words(p, QRectF(box.left(), 21, box.width(), 30), shown, here.font(Size.LARGE, True, words=False),
                  t.second if self._old else t.value)  # fmt: skip
            words(
                p, QRectF(box.left(), 53, box.width(), 20), figure.below, here.font(Size.SMALL, words=False), t.second
            )


class HealthLine(Drawn):
    """Name above, value below, in cells; what is not as it should be is bold and underlined."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("visionscreen.health"))
        self._cells: tuple[Cell, ...] = ()

    def show_cells(self, cells: Sequence[Cell]) -> None:
        """Show these."""
        if tuple(cells) != self._cells:
            self._cells = tuple(cells)
            here = look()
            told = "\n".join(f"{here.text(c.name)}: {c.value}" for c in cells)
            self.setAccessibleDescription(told)
            self.setToolTip(told)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(800, 44)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, 44)

    def draw(self, p: QPainter, t: Theme) -> None:
        here = look()
        small, body = here.metrics(Size.SMALL), here.metrics(Size.BODY, True)
        wants = [max(small.horizontalAdvance(here.text(c.name)), body.horizontalAdvance(c.value)) + 2 * CELL_PX
                 for c in self._cells]  # fmt: skip
        room = float(self.width())
        shown = fitting(self._cells, wants, room + CELL_PX)
        spare = max(0.0, room - sum(wants[i] for i in shown)) / max(1, len(shown))
        x = 0.0
        for at in shown:
            cell, width = self._cells[at], wants[at] + spare
            if x:
                p.fillRect(QRectF(x, 6, 1, self.height() - 12), t.hairline)
            box = QRectF(x + (CELL_PX if x else 4), 0, width - CELL_PX - 4, self.height())
            words(p, QRectF(box.left(), 3, box.width(), 18), here.text(cell.name), here.font(Size.SMALL), t.second)
            face = here.font(Size.BODY, cell.bad)
            words(p, QRectF(box.left(), 21, box.width(), 21), cell.value, face, t.text)
            if cell.bad:
                p.setPen(QPen(t.text, 1.5, Qt.PenStyle.DashLine))
                length = min(box.width(), body.horizontalAdvance(cell.value))
                p.drawLine(QLineF(box.left(), 41.0, box.left() + length, 41.0))
            x += width

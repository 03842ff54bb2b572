"""The pens of the trend as a table: line, tag, value at the cursor, now, smallest and largest of the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from hmi.model.quality import Quality
from hmi.model.words import say
from ui.equipment.words import length_words
from ui.screens.trends.presenter import PenShown
from ui.theme import icons
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import LEFT, RIGHT, Drawn, words
from ui.widgets.figures import NONE
from ui.widgets.marks import draw_quality
from ui.widgets.trendcanvas import pen_style

HEAD = 26
ROW_PX, LOW_ROW_PX = 30, 24
LINE_PX = 48
CLOSE_PX = 36
FIGURES = (("cursor", 104), ("now", 132), ("unit", 64), ("low", 96), ("high", 96), ("doubt", 108))
"""Columns of figures from left to right with their widths."""


class PenTable(Drawn):
    """Up and Down choose a pen (it owns limits and band), Delete takes it off; so do presses on row and cross."""

    chosen = Signal(int)
    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("trend.pens"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._rows: list[PenShown] = []
        self._at = 0
        self._row_px = ROW_PX

    def set_low(self, low: bool) -> None:
        """Closer rows, for low windows."""
        row_px = LOW_ROW_PX if low else ROW_PX
        if row_px != self._row_px:
            self._row_px = row_px
            self.updateGeometry()
            self.update()

    def show_pens(self, rows: Sequence[PenShown], at: int) -> None:
        """Show these pens; at is the chosen one."""
        if list(rows) == self._rows and at == self._at:
            return
        taller = len(rows) != len(self._rows)
        self._rows, self._at = list(rows), at
        if taller:
            self.updateGeometry()
        if rows:
            row, here = rows[min(at, len(rows) - 1)], look()
            self.setAccessibleDescription(f"{here.text(row.name)}: {row.now} {row.unit}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(820, HEAD + self._row_px * max(1, len(self._rows)))

    def minimumSizeHint(self) -> QSize:
        return QSize(640, self.sizeHint().height())

    def draw(self, p: QPainter, t: Theme) -> None:
        here, places = look(), self._places()
        small = here.font(Size.SMALL)
        words(p, QRectF(LINE_PX, 0, places["cursor"].left() - LINE_PX, HEAD), here.say("trends.tag"), small, t.second)
        for key, box in places.items():
            align = LEFT if key == "unit" else RIGHT
            words(p, QRectF(box.left(), 0, box.width(), HEAD), here.say(f"trends.{key}"), small, t.second, align)
        p.fillRect(QRectF(0, HEAD - 1, self.width(), 1), t.hairline)
        if not self._rows:
            box = QRectF(LINE_PX, HEAD, self.width() - LINE_PX, self._row_px)
            words(p, box, here.say("trends.no_pens"), here.font(Size.BODY), t.second)
        for index, row in enumerate(self._rows):
            self._draw_row(p, t, QRectF(0, HEAD + index * self._row_px, self.width(), self._row_px), index, row)

    def _draw_row(self, p: QPainter, t: Theme, box: QRectF, index: int, row: PenShown) -> None:
        here, places = look(), self._places()
        if index == self._at:
            p.fillRect(box, t.chosen)
        style = pen_style(index, t)
        style.setWidth(2)
        p.setPen(style)
        p.drawLine(QPointF(8, box.center().y()), QPointF(LINE_PX - 10, box.center().y()))
        name = QRectF(LINE_PX, box.top(), places["cursor"].left() - LINE_PX - 8, self._row_px)
        words(p, name, here.text(row.name), here.font(Size.BODY), t.text)
        figures = here.font(Size.BODY, words=False)
        doubtful = row.quality in (Quality.STALE, Quality.BAD)
        cells = {
            "cursor": (row.cursor, here.font(Size.BODY, True, words=False), t.value),
            "now": (row.now, here.font(Size.BODY, True, words=False), t.second if doubtful else t.value),
            "unit": (row.unit, here.font(Size.SMALL), t.second),
            "low": (row.low, figures, t.text),
            "high": (row.high, figures, t.text),
            "doubt": (here.text(length_words(row.doubt_s)) if row.doubt_s >= 1 else NONE, here.font(Size.SMALL),
                      t.text if row.doubt_s >= 1 else t.second),
        }  # fmt: skip
        for key, (text, font, colour) in cells.items():
            cell = QRectF(places[key].left(), box.top(), places[key].width(), self._row_px)
            words(p, cell, text, font, t.second if text == NONE else colour, LEFT if key == "unit" else RIGHT)
        if row.quality is not Quality.GOOD:
            at = places["now"]
            draw_quality(p, t, QRectF(at.left() + 8, box.center().y() - 9, 18, 18), row.quality)
        icons.paint(p, "close", QRectF(self.width() - 26, box.center().y() - 8, 16, 16), t.second)

    def _places(self) -> dict[str, QRectF]:
        x = float(self.width() - CLOSE_PX)
        found: dict[str, QRectF] = {}
        for key, width in reversed(FIGURES):
            x -= width
            lead = 10 if key == "unit" else 0
            found[key] = QRectF(x + lead, 0, width - lead, self._row_px)
        return dict(reversed(found.items()))

    def _row_at(self, y: float) -> int | None:
        index = int((y - HEAD) // self._row_px)
        return index if y >= HEAD and 0 <= index < len(self._rows) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._row_at(event.position().y())
        if index is None:
            return
        if event.position().x() >= self.width() - CLOSE_PX:
            self.removed.emit(self._rows[index].tag)
        else:
            self.chosen.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and self._rows:
            self.chosen.emit((self._at + step) % len(self._rows))
        elif event.key() == Qt.Key.Key_Delete and 0 <= self._at < len(self._rows):
            self.removed.emit(self._rows[self._at].tag)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            where: QPoint = event.pos()
            index = self._row_at(where.y())
            if index is None:
                QToolTip.hideText()
            else:
                row, here = self._rows[index], look()
                lines = [here.text(row.name), row.tag]
                if row.quality is not Quality.GOOD:
                    lines.append(f"{here.say(f'quality.{row.quality.name}')}: {row.why}")
                QToolTip.showText(event.globalPos(), "\n".join(lines), self)
            return True
        return super().event(event)

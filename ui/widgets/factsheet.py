"""A still table on a card: few rows, words that wrap instead of being cut, ranges drawn in their cells; one paint."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from hmi.model.text import Text
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import Drawn
from ui.widgets.rangebar import Range, axis_of, draw_range

PAD = 10
ROOM, TIGHT = 5, 2
"""Above and below the words of a row, with a line below it and without."""
LONG = 14
"""Words longer than this, such as addresses, may be broken after their points."""
_WRAP = Qt.TextFlag.TextWordWrap
_BREAK = re.compile(r"(?<=[._/:])")
_TALL = 10_000.0


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: its title and its share of the width."""

    title: Text
    weight: float = 1.0
    right: bool = False
    least: int = 0
    """Pixels that it keeps in a narrow card."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place: words, or a range on the column's common axis."""

    text: Text | str = ""
    bold: bool = False
    tone: str = "text"
    small: bool = False
    range: Range | None = None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row, with a remark over its whole width below it."""

    cells: tuple[Cell, ...]
    note: Text | None = None


def breakable(text: str) -> str:
    """A text whose long words may be broken after a point, a stroke or a colon."""
    return " ".join(_BREAK.sub("\u200b", w) if len(w) > LONG else w for w in text.split(" "))


class FactSheet(Drawn):
    """As high as its words need at its width; nothing in it can be pressed."""

    def __init__(
        self, columns: Sequence[SheetColumn], parent: QWidget | None = None, *, name: Text, head: bool = True,
        lines: bool = True, ground: str = "panel",
    ) -> None:  # fmt: skip
        """head: write the columns' titles. lines: a hairline below each row."""
        super().__init__(parent, name=name, ground=ground)
        self.columns, self.head, self.lines = list(columns), head, lines
        self.room = ROOM if lines else TIGHT
        self.rows: list[SheetRow] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_rows(self, rows: Sequence[SheetRow]) -> None:
        """Show these rows."""
        made = list(rows)
        if made != self.rows:
            self.rows = made
            self._describe()
            self.updateGeometry()
            self.update()

    def _describe(self) -> None:
        here = look()
        told = []
        for row in self.rows:
            parts = [
                f"{here.text(column.title)} {here.text(cell.text)}".strip()
                for column, cell in zip(self.columns, row.cells, strict=False)
                if here.text(cell.text)
            ]
            told.append(", ".join([*parts, *([here.text(row.note)] if row.note is not None else [])]))
        self.setAccessibleDescription("; ".join(told))

    def retell(self) -> None:
        super().retell()
        self._describe()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        lefts = self._widths(width)
        return math.ceil(self._head_px(lefts) + sum(self._row_px(row, lefts, width) for row in self.rows)) + 1

    def sizeHint(self) -> QSize:
        wide = max(self.width(), 320)
        return QSize(320, self.heightForWidth(wide))

    def minimumSizeHint(self) -> QSize:
        return QSize(sum(max(40, c.least) for c in self.columns), 20)

    def _widths(self, width: int) -> list[float]:
        """Widths of the columns: each its share, none below its least."""
        weights = sum(c.weight for c in self.columns) or 1.0
        made = [width * c.weight / weights for c in self.columns]
        short = sum(max(0.0, c.least - px) for c, px in zip(self.columns, made, strict=True))
        wide = sum(max(0.0, px - c.least) for c, px in zip(self.columns, made, strict=True))
        if short and wide:
            give = min(1.0, short / wide)
            made = [
                float(c.least) if px < c.least else px - (px - c.least) * give
                for c, px in zip(self.columns, made, strict=True)
            ]
        return made

    def _high(self, text: str, px: float, size: Size, bold: bool) -> float:
        if not text:
            return 0.0
        fm = look().metrics(size, bold)
        flags = int(Qt.AlignmentFlag.AlignLeft | _WRAP)
        return fm.boundingRect(QRectF(0, 0, max(20.0, px - PAD), _TALL), flags, breakable(text)).height()

    def _head_px(self, widths: list[float]) -> float:
        if not self.head:
            return 0.0
        here = look()
        return max(
            (self._high(here.text(c.title), px, Size.SMALL, False)
             for c, px in zip(self.columns, widths, strict=True)),
            default=0.0,
        ) + 4  # fmt: skip

    def _cells_px(self, row: SheetRow, widths: list[float]) -> float:
        here = look()
        return max(
            (
                24.0
                if cell.range is not None
                else self._high(here.text(cell.text), px, Size.SMALL if cell.small else Size.BODY, cell.bold)
                for cell, px in zip(row.cells, widths, strict=False)
            ),
            default=0.0,
        )

    def _row_px(self, row: SheetRow, widths: list[float], width: float) -> float:
        note = 0.0 if row.note is None else self._high(look().text(row.note), width, Size.SMALL, True) + 2
        return self._cells_px(row, widths) + note + 2 * self.room

    def draw(self, p: QPainter, t: Theme) -> None:
        here, widths = look(), self._widths(self.width())
        y = self._head_px(widths)
        if self.head:
            x = 0.0
            for column, px in zip(self.columns, widths, strict=True):
                self._write(p, QRectF(x, 0, px - PAD, y), here.text(column.title), Size.SMALL, False, t, "second",
                            column.right)  # fmt: skip
                x += px
            p.fillRect(QRectF(0, y - 1, self.width(), 1), t.hairline)
        axis = axis_of(cell.range for row in self.rows for cell in row.cells if cell.range is not None)
        for row in self.rows:
            high = self._cells_px(row, widths)
            x = 0.0
            for column, cell, px in zip(self.columns, row.cells, widths, strict=False):
                box = QRectF(x, y + self.room, px - PAD, high)
                if cell.range is not None:
                    draw_range(
                        p, t, QRectF(box.left() + 2, box.center().y() - 12, box.width() - 4, 24), axis, cell.range
                    )
                else:
                    self._write(p, box, here.text(cell.text), Size.SMALL if cell.small else Size.BODY, cell.bold, t,
                                cell.tone, column.right)  # fmt: skip
                x += px
            if row.note is not None:
                foot = QRectF(0, y + self.room + high + 2, self.width(), _TALL)
                self._write(p, foot, here.text(row.note), Size.SMALL, True, t, "text", False)
            y += self._row_px(row, widths, self.width())
            if self.lines:
                p.fillRect(QRectF(0, y - 1, self.width(), 1), t.hairline)

    def _write(
        self, p: QPainter, box: QRectF, text: str, size: Size, bold: bool, t: Theme, tone: str, right: bool
    ) -> None:
        p.setFont(look().font(size, bold))
        p.setPen(t.colour(tone))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        p.drawText(box, int(side | Qt.AlignmentFlag.AlignTop | _WRAP), breakable(text))

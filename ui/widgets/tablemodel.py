"""The model behind a table: rows sorted and filtered here, changes told once and only where something differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QPainter

from hmi.model.quality import Quality
from hmi.model.text import Text
from ui.theme.look import look
from ui.theme.palette import Theme

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it says of a row and how it stands."""

    key: str
    title: Text
    text: Callable[[Any], str]
    """The cell's words; called only for rows in sight."""
    width: int = 120
    """Pixels; 0 takes what is left."""
    right: bool = False
    bold: bool = False
    tone: Callable[[Any], str] | None = None
    """Theme colour of the words, by row."""
    sort: Callable[[Any], Any] | None = None
    """What to sort by; without it the words. None sorts last."""
    quality: Callable[[Any], Quality] | None = None
    """Marks the cell with a reading's doubt."""
    mark: Callable[[Any], int | None] | None = None
    """Alarm priority to draw in the cell."""
    tip: Callable[[Any], str] | None = None
    sign: Callable[[QPainter, Theme, QRectF, Any], float] | None = None
    """Draws a sign of the row at the left of a rectangle; the pixels that it takes."""


class RowsModel(QAbstractTableModel):
    """Rows by key. ``set_rows`` keeps order and selection and tells only what changed."""

    reordered = Signal()

    def __init__(self, columns: Sequence[Column], key: Callable[[Any], Any]) -> None:
        super().__init__()
        self.columns = list(columns)
        self.key = key
        self._all: list[Any] = []
        self.rows: list[Any] = []
        """What is shown, in the order shown."""
        self._place: dict[Any, int] = {}
        self.sort_column: int | None = None
        self.descending = False
        self._wanted = ""

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column, row = self.columns[index.column()], self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip(row) if column.tip is not None else column.text(row)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            arrow = "" if section != self.sort_column else "  ↓" if self.descending else "  ↑"
            return look().text(self.columns[section].title) + arrow
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[section].right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show these rows instead; what is equal to before is not painted again."""
        self._all = list(rows)
        self._arrange()

    def want(self, text: str) -> None:
        """Show only rows in which each word of the text occurs in some column."""
        wanted = text.casefold().strip()
        if wanted != self._wanted:
            self._wanted = wanted
            self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column from now on; -1 for the order in which the rows came."""
        self.sort_column = column if 0 <= column < len(self.columns) else None
        self.descending = order == Qt.SortOrder.DescendingOrder
        self._arrange()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def row_of(self, key: Any) -> int | None:
        """Where the row with a key stands now."""
        return self._place.get(key)

    def tell(self, first: int, last: int) -> None:
        """The words of these shown rows may differ now (live values)."""
        if first <= last < len(self.rows):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1), [])

    def _arrange(self) -> None:
        rows = self._all
        if self._wanted:
            parts = self._wanted.split()
            rows = [r for r in rows if self._has(r, parts)]
        if self.sort_column is not None:
            column = self.columns[self.sort_column]
            by = column.sort or column.text
            known = [r for r in rows if by(r) is not None]
            unknown = [r for r in rows if by(r) is None]
            rows = sorted(known, key=by, reverse=self.descending) + unknown
        place = {self.key(r): i for i, r in enumerate(rows)}
        if list(place) == list(self._place):
            before, self.rows = self.rows, rows
            changed = [i for i, (a, b) in enumerate(zip(before, rows, strict=True)) if a != b]
            for first, last in _runs(changed):
                self.tell(first, last)
            return
        self.beginResetModel()
        self.rows, self._place = rows, place
        self.endResetModel()
        self.reordered.emit()

    def _has(self, row: Any, parts: list[str]) -> bool:
        words = "\n".join(c.text(row) for c in self.columns).casefold()
        return all(part in words for part in parts)


def _runs(places: list[int]) -> list[tuple[int, int]]:
    """Neighbouring places joined: [1, 2, 3, 7] gives [(1, 3), (7, 7)]."""
    runs: list[tuple[int, int]] = []
    for at in places:
        if runs and runs[-1][1] == at - 1:
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    return runs

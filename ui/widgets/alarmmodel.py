"""The model of an alarm list: as many rows as the engine has, of which only the page in sight is here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast, overload

from PySide6.QtCore import QModelIndex, Qt, Signal

from ui.widgets.tablemodel import Column, Index, RowsModel

_ROOT = QModelIndex()


class Page(Sequence[Any]):
    """A long list of which a stretch is known; the rest is None until somebody looks there."""

    def __init__(self) -> None:
        self.offset, self.known, self.total = 0, list[Any](), 0

    def __len__(self) -> int:
        return self.total

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return [row for i in range(*at.indices(self.total)) if (row := self[i]) is not None]
        inside = at - self.offset
        return self.known[inside] if 0 <= inside < len(self.known) else None

    def covers(self, first: int, count: int) -> bool:
        """Whether all of a stretch is known."""
        last = min(first + count, self.total)
        return self.offset <= first and last <= self.offset + len(self.known)


class PagedRows(RowsModel):
    """``show_page`` puts a page in place, ``renew`` changes rows where they stand. Sorting is the engine's."""

    order_changed = Signal(str)

    def __init__(
        self, columns: Sequence[Column], key: Callable[[Any], Any], orders: dict[str, tuple[str, str]]
    ) -> None:
        """orders: by column the engine's order upwards and downwards; the other columns sort nothing."""
        super().__init__(columns, key)
        self.page = Page()
        self.rows = cast("list[Any]", self.page)
        self._orders = orders

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return None if self.page[index.row()] is None else super().data(index, role)

    def show_page(self, offset: int, rows: Sequence[Any], total: int) -> None:
        """Let these rows stand from ``offset`` on, of ``total`` in all."""
        total = max(total, offset + len(rows))
        before = self.page.total
        if total > before:
            self.beginInsertRows(_ROOT, before, total - 1)
            self.page.total = total
            self.endInsertRows()
        elif total < before:
            self.beginRemoveRows(_ROOT, total, before - 1)
            self.page.total = total
            self.endRemoveRows()
        old = (self.page.offset, self.page.known)
        self.page.offset, self.page.known = offset, list(rows)
        if old == (offset, self.page.known):
            return
        moved = [self.key(r) for r in old[1]] != [self.key(r) for r in rows] or old[0] != offset
        self._place = {self.key(row): offset + i for i, row in enumerate(rows)}
        self.tell(offset, min(offset + len(rows), total) - 1)
        if moved:
            self.reordered.emit()

    def renew(self, rows: Sequence[Any]) -> None:
        """The same rows as they are now: none moves, none comes, none goes."""
        for row in rows:
            at = self._place.get(self.key(row))
            if at is not None and self.page.known[at - self.page.offset] != row:
                self.page.known[at - self.page.offset] = row
                self.tell(at, at)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask the engine for another order; -1 for the usual one."""
        key = self.columns[column].key if 0 <= column < len(self.columns) else ""
        found = self._orders.get(key)
        self.sort_column = column if found is not None else None
        self.descending = order == Qt.SortOrder.DescendingOrder
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)
        self.order_changed.emit("urgency" if found is None else found[1 if self.descending else 0])

    def _arrange(self) -> None:
        """Nothing is sorted or filtered here."""

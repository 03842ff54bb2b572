"""The way of an alarm list from the engine into its table: only the page in sight, at most four times a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from hmi.desk.alarm_rows import AlarmPage
from ui.widgets.alarmtable import AlarmTable

if TYPE_CHECKING:
    from ui.bridge.desk import Desk

EVERY_S = 0.25
AHEAD = 15
"""Rows asked for above and below what is in sight, so that a turn of the wheel finds them there."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which list, in which order, and what of it."""

    which: str = "standing"
    order: str = "urgency"
    priorities: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    text: str = ""


class AlarmFeed(QObject):
    """While a pointer rests on the table its rows stay where they are: they are renewed in place, and what came
    meanwhile is counted in ``fresh``. Scrolling or ``let_go`` brings the list up to date.
    """

    news = Signal(object)
    """The AlarmPage that was shown."""
    refused = Signal(object)

    def __init__(self, desk: Desk, table: AlarmTable, wish: Wish | None = None, watcher: QWidget | None = None) -> None:
        """watcher: asks while this can be seen, also where the table itself is folded away."""
        super().__init__(table)
        self._table, self.wish = table, wish or Wish()
        self.fresh = 0
        self.page: AlarmPage | None = None
        self._by_keys = False
        self._offset = 0
        self._since_ns = 0
        self._loose = False
        self.wanted = True
        """Whether there is anything to ask for."""
        table.order_wanted.connect(self._order)
        self._asking = desk.keep_asking(
            watcher or table, "alarms", EVERY_S, self._take, self.refused.emit, self._arguments
        )

    def wish_for(self, wish: Wish) -> None:
        """Show another list or another part of it, from its top."""
        if wish != self.wish:
            self.wish = wish
            self._table.verticalScrollBar().setValue(0)
            self.let_go()

    def let_go(self) -> None:
        """Bring the list up to date although a pointer rests on it."""
        self._loose, self.fresh = True, 0
        self._asking.now()

    def again(self) -> None:
        """Ask at once: something has been done."""
        self._asking.now()

    def _order(self, order: str) -> None:
        self.wish_for(Wish(self.wish.which, order, self.wish.priorities, self.wish.places, self.wish.text))

    def _still(self) -> bool:
        """Whether the rows in sight have to stay where they are."""
        page = self._table.paged.page
        return self._table.held and not self._loose and len(page) > 0 and page.covers(*self._table.sight())

    def _arguments(self) -> dict[str, Any] | None:
        if not self.wanted:
            return None
        first, count = self._table.sight()
        self._offset = max(0, first - AHEAD)
        self._by_keys = self._still()
        arguments: dict[str, Any] = {
            "which": self.wish.which, "order": self.wish.order, "priorities": list(self.wish.priorities),
            "places": list(self.wish.places), "text": self.wish.text,
        }  # fmt: skip
        if self._by_keys:
            return arguments | {"keys": self._keys(), "since_ns": self._since_ns}
        return arguments | {"offset": self._offset, "limit": count + 2 * AHEAD}

    def _keys(self) -> Sequence[str]:
        page, (first, count) = self._table.paged.page, self._table.sight()
        return [row.key for row in page[first : first + count]]

    def _take(self, page: AlarmPage) -> None:
        self.page = page
        if self._by_keys:
            self.fresh = page.fresh
            self._table.paged.renew(page.rows)
        elif self._still():  # the pointer came while this was on its way
            self._table.paged.renew(page.rows)
        else:
            self._loose, self.fresh = False, 0
            self._since_ns = page.at_ns
            was_empty = len(self._table.paged.page) == 0
            self._table.paged.show_page(self._offset, page.rows, page.total)
            if was_empty is not (page.total == 0):
                self._table.viewport().update()
        self.news.emit(page)

    def show_nothing(self) -> None:
        """Empty the table: what it showed is no longer known, or there is nothing."""
        self.page, self.fresh = None, 0
        self._table.paged.show_page(0, [], 0)
        self._table.viewport().update()

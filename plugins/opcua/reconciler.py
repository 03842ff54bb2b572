"""Desired against actual items: which to create now, which to try again and when. Pure, without clock or wire."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FIRST_RETRY_S = 1.0
LAST_RETRY_S = 10.0


@dataclass(slots=True)
class _Item:
    due: float | None = 0.0
    """When to (re)create it; None while it exists or is being created."""
    attempts: int = 0
    status: int | None = None
    """Why the controller refused it; None when it did not."""
    server_id: int | None = None
    subscription: int = 0


class Reconciler:
    """Keeps the desired items of one connection alive; a row stands for its tag throughout."""

    def __init__(self, rows: Iterable[int]) -> None:
        self._items = {row: _Item() for row in rows}
        self._pending = set(self._items)

    def due(self, now: float) -> list[int]:
        """Rows to create now, in their order."""
        return sorted(row for row in self._pending if (self._items[row].due or 0.0) <= now)

    def next_due(self) -> float | None:
        """When something is to be done next; None when all items stand."""
        return min((self._items[row].due or 0.0 for row in self._pending), default=None)

    def created(self, rows: Sequence[int], server_ids: Sequence[int], subscription: int) -> None:
        """The server took these."""
        for row, server_id in zip(rows, server_ids, strict=True):
            self._items[row] = _Item(None, 0, None, server_id, subscription)
        self._pending.difference_update(rows)

    def refused(self, row: int, status: int, now: float) -> bool:
        """The server refused one; tried again later and later. True when the reason is news."""
        item = self._items[row]
        news = item.status != status
        pause = min(FIRST_RETRY_S * 2.0**item.attempts, LAST_RETRY_S)
        self._items[row] = _Item(now + pause, item.attempts + 1, status)
        self._pending.add(row)
        return news

    def again(self, rows: Iterable[int], now: float) -> None:
        """Try these now, whatever was said before: the address space changed."""
        for row in rows:
            item = self._items[row]
            if item.server_id is None:
                item.due, item.attempts = now, 0

    def lost(self, row: int) -> tuple[int, int] | None:
        """An item's node went away on the server: subscription and item to delete there; None when it has none."""
        item = self._items.get(row)
        if item is None or item.server_id is None:
            return None
        return item.subscription, item.server_id

    @property
    def standing(self) -> int:
        """How many items exist on the server."""
        return len(self._items) - len(self._pending)

    @property
    def refusals(self) -> dict[int, int]:
        """Rows that the server refused, with the status it gave."""
        return {row: s for row in self._pending if (s := self._items[row].status) is not None}

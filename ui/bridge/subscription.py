"""Which widgets show which tags, and which of them are due in this frame.

A number is shown anew at most ten times a second, because nobody reads faster; the first change after a rest shows at
once. A frame takes on a bounded number of rows, the longest waiting first, so that a burst of thousands of changes is
spread over a few frames instead of holding one up.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from hmi.model.reading import Reading

SHOW_EVERY_S = 0.095
ROWS_A_FRAME = 80
"""Painting an indicator costs 0.05 to 0.1 ms: so many leave half of a frame free."""


class Taker(Protocol):
    """A widget that shows readings of tags."""

    def take(self, tag: str, reading: Reading, now_ns: int) -> None:
        """Show this reading."""

    def isVisible(self) -> bool:
        """Whether a person can see it."""


Rows = npt.NDArray[np.intp]


class Subscriptions:
    """Widgets by table row. Rows are those of one plant; a new plant means new subscriptions of the same widgets."""

    def __init__(self) -> None:
        self._tags: dict[str, list[Taker]] = {}
        self._of: dict[int, list[str]] = {}
        self._row: dict[str, int] = {}
        self._name: dict[int, str] = {}
        self._resize(0)

    def _resize(self, capacity: int) -> None:
        self._watched = np.zeros(capacity, bool)
        self._waiting = np.zeros(capacity, bool)
        self._shown = np.full(capacity, -np.inf)

    def __len__(self) -> int:
        return sum(len(takers) for takers in self._tags.values())

    def rows_are(self, row: dict[str, int]) -> None:
        """Learn the row of each tag; every subscription is due again."""
        self._row = row
        self._name = {}
        self._resize(max(row.values(), default=-1) + 1)
        for tag in self._tags:
            self._watch(tag)

    def _watch(self, tag: str) -> None:
        row = self._row.get(tag)
        if row is not None:
            self._name[row] = tag
            self._watched[row] = self._waiting[row] = True
            self._shown[row] = -np.inf

    def add(self, tag: str, taker: Taker) -> None:
        """Let a widget show a tag; a widget may show several."""
        tags = self._of.setdefault(id(taker), [])
        if tag not in tags:
            tags.append(tag)
            self._tags.setdefault(tag, []).append(taker)
        self._watch(tag)

    def remove(self, taker: Taker, tag: str | None = None) -> None:
        """Let a widget show no tag any more, or one tag less."""
        tags = self._of.get(id(taker), [])
        for name in [tag] if tag is not None else list(tags):
            if name not in tags:
                continue
            tags.remove(name)
            takers = [t for t in self._tags[name] if t is not taker]
            if takers:
                self._tags[name] = takers
            else:
                del self._tags[name]
                row = self._row.get(name)
                if row is not None:
                    self._watched[row] = self._waiting[row] = False
        if not tags:
            self._of.pop(id(taker), None)

    def tags_of(self, taker: Taker) -> list[str]:
        """The tags a widget shows."""
        return list(self._of.get(id(taker), []))

    def all_due(self) -> None:
        """Every subscribed row is due at once, e.g. when the engine has died or lives again."""
        self._waiting |= self._watched
        self._shown[self._watched] = -np.inf

    def changed(self, rows: Rows) -> None:
        """Rows of the table that have a new reading."""
        rows = rows[rows < len(self._watched)]
        self._waiting[rows[self._watched[rows]]] = True

    def due(self, now_s: float, limit: int = ROWS_A_FRAME) -> Rows:
        """The rows to show in this frame, the longest waiting first; they wait no longer afterwards."""
        rows = np.flatnonzero(self._waiting)
        if len(rows) == 0:
            return rows
        rows = rows[now_s - self._shown[rows] >= SHOW_EVERY_S]
        if len(rows) > limit:
            rows = rows[np.argpartition(self._shown[rows], limit)[:limit]]
        self._waiting[rows] = False
        self._shown[rows] = now_s
        return rows

    def takers(self, row: int) -> tuple[str, list[Taker]]:
        """Tag and widgets of a row."""
        tag = self._name[row]
        return tag, self._tags.get(tag, [])

    def rows(self) -> Rows:
        """All rows that some widget shows."""
        return np.flatnonzero(self._watched)

"""Which rows of the tag table play a role in machine time, and who takes what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from hmi.model.plant import Plant
from hmi.model.reading import Value
from hmi.plant.port import Batch
from hmi.plant.states import dated

_BOOLEAN = 1

Taker = Callable[[Value, int, int], None]
"""Takes value, status and the instant the reading counts from."""


class Roles:
    """The few rows that matter among all that change: one array look-up finds them in a batch."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._index = np.full(len(plant.tags) + 1, -1, np.int32)  # the last place is for rows that are not of the plant
        self._takers: list[list[tuple[str, Taker]]] = []
        self._rows_of: dict[str, list[int]] = {}

    def connect(self, tag: str | None, owner: str, taker: Taker) -> None:
        """Let a taker hear a tag; owner is the line to look at again afterwards. An unknown tag is passed over."""
        row = self._plant.row.get(tag or "")
        if row is None:
            return
        if self._index[row] < 0:
            self._index[row] = len(self._takers)
            self._takers.append([])
            self._rows_of.setdefault(self._plant.tags[row].controller, []).append(row)
        self._takers[int(self._index[row])].append((owner, taker))

    def heard(self, batch: Batch, now_ns: int) -> Iterator[tuple[str, int]]:
        """Give a batch's readings to their takers in order; yields owner and instant of each that was taken."""
        index = self._index.take(batch.rows, mode="clip")
        for i in np.flatnonzero(index >= 0).tolist():
            at_ns = dated(int(batch.source_ns[i]), now_ns)
            value, status = value_at(batch, i), int(batch.status[i])
            for owner, take in self._takers[int(index[i])]:
                take(value, status, at_ns)
                yield owner, at_ns

    def doubt(self, controller: str, status: int, now_ns: int) -> set[str]:
        """Tell all takers of a controller's rows that nothing is known; returns the owners."""
        owners = set()
        for row in self._rows_of.get(controller, ()):
            for owner, take in self._takers[int(self._index[row])]:
                take(None, status, now_ns)
                owners.add(owner)
        return owners


def value_at(batch: Batch, i: int) -> Value:
    """The value at a place of a batch; None where none came."""
    kind = int(batch.kinds[i])
    if kind == 0:
        return None
    text = batch.texts.get(i)
    if text is not None:
        return text
    number = float(batch.values[i])
    if number != number:
        return None
    return bool(number) if kind == _BOOLEAN else number

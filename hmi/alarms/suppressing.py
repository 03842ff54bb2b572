"""Suppression by design: which suppressions hold, from the tags they look at.

A suppression whose tag is in doubt is kept for a while, because a link that is renewed is no reason for a flood; then
it is lifted, because an alarm that nobody sees is worse than one too many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from hmi.alarms.conditions import qualities
from hmi.model.alarm import Suppression
from hmi.model.quality import Quality

DOUBT_NS = 30 * 1_000_000_000


class Suppressing:
    """The suppressions of a plant by their place in its file."""

    def __init__(self, suppressions: Sequence[Suppression], row_of: Mapping[str, int]) -> None:
        self.suppressions = tuple(suppressions)
        self.on = [False] * len(self.suppressions)
        self._doubt_since: dict[int, int] = {}
        self._of_row: dict[int, list[int]] = {}
        for i, one in enumerate(self.suppressions):
            if one.when in row_of:
                self._of_row.setdefault(row_of[one.when], []).append(i)
        self._looks_at = np.zeros(max(row_of.values(), default=-1) + 1, np.bool_)
        self._looks_at[list(self._of_row)] = True

    def adopt(self, on: set[str], mono_ns: int) -> None:
        """Take over what held before a restart; it is in doubt until a reading says so again."""
        for i, one in enumerate(self.suppressions):
            if one.id in on:
                self.on[i] = True
                self._doubt_since[i] = mono_ns

    def on_batch(
        self,
        rows: npt.NDArray[np.int32],
        values: npt.NDArray[np.float64],
        status: npt.NDArray[np.uint32],
        mono_ns: int,
    ) -> list[tuple[int, bool]]:
        """The suppressions that began or ended, in order."""
        if not self._of_row:
            return []
        changed = []
        for at in np.flatnonzero(self._looks_at[rows]).tolist():
            believed = qualities(status[at : at + 1])[0] < Quality.STALE and values[at] == values[at]
            for i in self._of_row[int(rows[at])]:
                if not believed:
                    if self.on[i]:
                        self._doubt_since.setdefault(i, mono_ns)
                    continue
                self._doubt_since.pop(i, None)
                on = float(values[at]) in self.suppressions[i].values
                if on is not self.on[i]:
                    self.on[i] = on
                    changed.append((i, on))
        return changed

    def tick(self, mono_ns: int) -> list[tuple[int, bool]]:
        """The suppressions that are lifted because their tag has been in doubt for too long."""
        lifted = [i for i, since in self._doubt_since.items() if mono_ns - since >= DOUBT_NS]
        for i in lifted:
            del self._doubt_since[i]
            self.on[i] = False
        return [(i, False) for i in lifted]

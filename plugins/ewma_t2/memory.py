"""What is remembered between rows: three moving averages of each reading, and for how long it has been missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hmi.loop.detector_port import Row, Rows
from plugins.ewma_t2.settings import EwmaT2Settings

LEVEL, FAST, SLOW = range(3)
_FARTHEST = 100.0
"""Standard deviations beyond which a reading says no more than that it is far off: one wild row is soon forgotten."""


@dataclass(slots=True, eq=False)
class Memory:
    """Averages f8[3, k] in standardised units, begun at the learned level, and rows missed in a row i8[k]."""

    averages: Rows
    missed: npt.NDArray[np.int64]
    weights: Rows
    patience: int
    """Rows that a reading may miss before its average no longer speaks for it."""
    gaps: bool = False
    """Whether any reading is missing or has just been."""

    @classmethod
    def begin(cls, width: int, settings: EwmaT2Settings) -> Memory:
        """Nothing seen yet."""
        weights = np.array([[settings.level], [settings.fast], [settings.slow]])
        return cls(np.zeros((3, width)), np.zeros(width, np.int64), weights, round(1 / settings.level))

    def take(self, row: Row) -> npt.NDArray[np.bool_] | None:
        """Remember a standardised row; gives which readings are known, None for all.

        A reading that misses a row keeps its averages; one that stays away is not known. When it comes back, fast and
        slow begin at what it says: what happened meanwhile is not a change that was seen.
        """
        here = np.isfinite(row)
        row = np.maximum(np.minimum(row, _FARTHEST), -_FARTHEST)
        if here.all() and not self.gaps:
            self.averages += self.weights * (row - self.averages)
            return None
        back = here & (self.missed > self.patience)
        self.averages[FAST:, back] = row[back]
        self.averages[:, here] += self.weights * (row[here] - self.averages[:, here])
        self.missed = np.where(here, 0, self.missed + 1)
        self.gaps = not bool(here.all())
        known = self.missed <= self.patience
        return None if known.all() else known

    def pause(self, expected: Row) -> None:
        """No rows for a while: every reading has stayed away, and its level begins again at the expected one f8[k]."""
        self.missed[:] = self.patience + 1
        self.averages[LEVEL] = expected
        self.gaps = True

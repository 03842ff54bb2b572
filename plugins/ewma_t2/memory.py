"""What is remembered between rows: three moving averages of each reading, and for how long it has been missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hmi.api import Row, Rows
from plugins.ewma_t2.settings import EwmaT2Settings

LEVEL, FAST, SLOW = range(3)
_FARTHEST = 100.0
"""Standard deviations beyond which a reading says no more than that it is far off: one wild row is soon forgotten."""


@dataclass(slots=True, eq=False)
class Memory:
    """Averages f8[3, k] in standardised units, begun at the learned level, and rows missed i8[k]."""

    averages: Rows
    missed: npt.NDArray[np.int64]
    """Rows that each reading still has to make up for before its averages speak for it again."""
    fresh: npt.NDArray[np.int64]
    """Rows since the fast and the slow average of each reading began anew."""
    weights: Rows
    patience: int
    """Rows after which a reading counts as away, and that it has to make up for at most."""
    even: bool = False
    """Whether every reading is known and settled: then all rows are remembered alike, the quick way."""

    @classmethod
    def begin(cls, width: int, settings: EwmaT2Settings) -> Memory:
        """Nothing seen yet."""
        weights = np.array([[settings.level], [settings.fast], [settings.slow]])
        settled = np.full(width, round(1 / settings.slow), np.int64)
        return cls(np.zeros((3, width)), np.zeros(width, np.int64), settled, weights, round(1 / settings.level))

    def take(self, row: Row) -> npt.NDArray[np.bool_] | None:
        """Remember a standardised row; gives which readings are known, None for all.

        A reading that misses rows keeps its averages but is not known, and stays so for as many rows after it came
        back: beside readings that moved on, an old average would look like a change. One that was away longer begins
        fast and slow anew: what happened meanwhile was not seen.
        """
        here = np.isfinite(row)
        row = np.maximum(np.minimum(row, _FARTHEST), -_FARTHEST)
        if self.even and here.all():
            self.averages += self.weights * (row - self.averages)
            return None
        back = here & (self.missed > self.patience)
        self.fresh = np.where(back, 1, self.fresh + here)
        weights = np.broadcast_to(self.weights, self.averages.shape).copy()
        # the plain mean of the first rows, until the average has more of them than it remembers
        weights[FAST:] = np.maximum(weights[FAST:], 1 / self.fresh)
        self.averages[:, here] += (weights * (row - self.averages))[:, here]
        made_up = np.maximum(np.minimum(self.missed, self.patience) - 1, 0)
        self.missed = np.where(here, made_up, np.minimum(self.missed, self.patience) + 1)
        known = self.missed == 0
        self.even = bool(known.all()) and bool((self.fresh * self.weights[SLOW] >= 1).all())
        return None if known.all() else known

    @property
    def waiting(self) -> bool:
        """Whether a reading is missing that may be back soon."""
        return bool(((self.missed > 0) & (self.missed <= self.patience)).any())

    def pause(self, expected: Row) -> None:
        """No rows for a while: every reading has stayed away, and its level begins again at the expected one f8[k]."""
        self.missed[:] = self.patience + 1
        self.averages[LEVEL] = expected
        self.even = False

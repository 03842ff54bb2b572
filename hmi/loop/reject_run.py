"""Runs of rejects at one station: a Bernoulli CUSUM that tells a share which rose from bad luck.

Each unit moves the sum by the log likelihood ratio of the risen share against the usual one; it never falls below zero,
and what it rests on began where it last left zero. Pure: no clock, no wire.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

USUAL = 0.02
"""Share of rejects where nothing is known."""
LOWEST, HIGHEST = 0.005, 0.10
"""A usual share is never taken for less (luck) or for more (a line that is bad all day is no normal)."""
RISEN_LEAST, RISEN_TIMES = 0.15, 4.0
"""The share that is looked for: so much, or so many times the usual one."""
LIMIT = 7.0
"""About one false alarm in 20,000 units at the usual 2 %, one in 9,000 at 10 % (tests/unit/test_loop_reject_run.py)."""
FEWEST = 3
"""Rejects that a run has at least."""
OVER_UNITS = 60
"""Good units after the last reject that end a run."""
LEAST_HISTORY = 200
"""Units below which no usual share is learned."""


@dataclass(frozen=True, slots=True)
class Made:
    """One unit's outcome at the station."""

    at_ns: int
    good: bool
    unit: str = ""
    lot: str = ""
    order: str = ""
    product: str = ""
    batch: str = ""
    operator: str = ""
    via: str = ""
    """The station of another line it came over, empty otherwise."""
    inspection: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """A run that stands: since when, how many of how many."""

    since_ns: int
    rejects: int
    units: int


def usual_share(good: int, reject: int) -> float:
    """The usual share of rejects that counts of the past show, in bounds."""
    total = good + reject
    if total < LEAST_HISTORY:
        return USUAL
    return min(HIGHEST, max(LOWEST, (reject + 0.5) / (total + 1)))


@dataclass(slots=True)
class RejectChart:
    """The chart of one station."""

    share: float = USUAL
    limit: float = LIMIT
    statistic: float = 0.0
    run: Run | None = None
    outcomes: deque[Made] = field(default_factory=lambda: deque(maxlen=1500))
    _since_ns: int = 0
    _rejects: int = 0
    _units: int = 0
    _good_in_row: int = 0

    @property
    def risen(self) -> float:
        """The share it looks for."""
        return min(0.6, max(RISEN_LEAST, RISEN_TIMES * self.share))

    def take(self, made: Made) -> bool | None:
        """Count a unit; True when a run begins with it, False when one ends, None otherwise."""
        self.outcomes.append(made)
        if self.run is not None:
            return self._going(made)
        if self.statistic <= 0.0:
            self._since_ns, self._rejects, self._units = made.at_ns, 0, 0
        self._units += 1
        self._rejects += not made.good
        risen, share = self.risen, self.share
        step = math.log((1 - risen) / (1 - share)) if made.good else math.log(risen / share)
        self.statistic = max(0.0, self.statistic + step)
        if made.good or self.statistic < self.limit or self._rejects < FEWEST:
            return None
        self.run, self._good_in_row = Run(self._since_ns, self._rejects, self._units), 0
        return True

    def _going(self, made: Made) -> bool | None:
        assert self.run is not None
        self.run = Run(self.run.since_ns, self.run.rejects + (not made.good), self.run.units + 1)
        self._good_in_row = self._good_in_row + 1 if made.good else 0
        if self._good_in_row < OVER_UNITS:
            return None
        self.run, self.statistic = None, 0.0
        return False

    def reset(self) -> None:
        """Forget a run, e.g. after its material was held."""
        self.run, self.statistic = None, 0.0
